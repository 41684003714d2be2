"""Kill a store again and again at chosen steps and random moments, and say what it lost.

python -m tests.resilience.killing STATE KILLS [SEED]
"""

import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from store.archive.absence import prove
from store.archive.weeding import weed
from store.store import Store, open_store
from store.terms import MatchKind, Scope
from tests.resilience.killed_store import DAY_ONE, an_account, weeding_time
from tests.store.archive.reads import every_row

__all__ = ["Killed", "kill_often"]

ROOT = Path(__file__).parents[2]
_STEPS = ("accepted", "file", "compact", "seal", "weed")
_LINGER_S = 0.04
"""A step is met anywhere in its course: most take less than this."""

_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Killed:
    """What became of a store that was killed.

    Attributes:
        kills: How often.
        steps: What it was doing, by the last word it said.
        accounts: How many it had acknowledged at the end.
        lost: Acknowledged reads that ought to be there and are not.
        doubled: Reads that are there more than once.
        undead: Reads that ought to be weeded and are there.
        findings: What the proof of absence found, and no datum.
        slowest_open_s: The longest it took to open.
    """

    kills: int
    steps: dict[str, int]
    accounts: int
    lost: int
    doubled: int
    undead: int
    findings: tuple[str, ...]
    slowest_open_s: float


@dataclass(slots=True)
class _Life:
    """What one life said before it ended."""

    accepted: int
    bound: date | None
    open_s: float = 0.0
    step: str = "start"


def kill_often(state: Path, *, kills: int, seed: int) -> Killed:
    """Let a store live and die, then hold it against what it had acknowledged."""
    dice = random.Random(seed)
    last, bound, slowest_s = -1, None, 0.0
    steps: Counter[str] = Counter()
    for number in range(kills):
        # the camera gives the end of what it knows again, acknowledged or not
        first = max(0, last - 3) // 2 * 2
        life = _live(state, first=first, until=_STEPS[number % len(_STEPS)], dice=dice)
        last, bound = max(last, life.accepted), life.bound or bound
        slowest_s = max(slowest_s, life.open_s)
        steps[life.step] += 1
    return _held_against(
        state, kills=kills, steps=steps, last=last, bound=bound, slowest_open_s=slowest_s
    )


def _live(state: Path, *, first: int, until: str, dice: random.Random) -> _Life:
    """Let it live until a step has come for the nth time and some more, and kill it."""
    life = _Life(accepted=-1, bound=None)
    wanted, met = dice.randint(1, 3) if until != "accepted" else dice.randint(1, 60), 0
    command = [sys.executable, "-m", "tests.resilience.killed_store", str(state), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        deadline = threading.Timer(_PATIENCE_S, process.kill)
        deadline.start()
        for line in process.stdout:
            _heard(life, line)
            met += line.split()[0] == until
            if met == wanted:
                time.sleep(dice.uniform(0, _LINGER_S))
                process.kill()
                break
        # what it still said before it died counts as well
        for line in process.stdout.readlines():
            if line.endswith("\n"):
                _heard(life, line)
        deadline.cancel()
    if process.returncode != -9:
        raise AssertionError(f"it ended by itself ({process.returncode})")
    return life


def _heard(life: _Life, line: str) -> None:
    word, *rest = line.split()
    life.step = word
    match word:
        case "open":
            life.open_s = float(rest[0])
        case "accepted":
            life.accepted = int(rest[0])
        case "weed":
            life.bound = date.fromisoformat(rest[0])


def _held_against(
    state: Path,
    *,
    kills: int,
    steps: Counter[str],
    last: int,
    bound: date | None,
    slowest_open_s: float,
) -> Killed:
    with closing(open_store(state)) as store:
        store.intake().close()
        findings: tuple[str, ...] = ()
        if bound is not None:
            weed(store, now=weeding_time(bound))
            findings = tuple(f"{one.place}: {one.what}" for one in prove(store).findings)
        there = Counter(_found(store))
    # the last two may be there as well, though their accept never returned
    given = [an_account(number).reads[0] for number in range(last + 3)]
    kept = [read.read_id for read in given if not bound or read.captured_at.date() >= bound]
    gone = {read.read_id for read in given} - set(kept)
    unsure = {read.read_id for read in given[last + 1 :]}
    return Killed(
        kills=kills,
        steps=dict(steps),
        accounts=last + 1,
        lost=len(set(kept) - unsure - there.keys()),
        doubled=sum(count > 1 for count in there.values()),
        undead=len(gone & there.keys()) + len(there.keys() - {read.read_id for read in given}),
        findings=findings,
        slowest_open_s=slowest_open_s,
    )


def _found(store: Store) -> list[str]:
    since_at = DAY_ONE - timedelta(days=5)
    scope = Scope("", MatchKind.EXACT, since_at, datetime.now(UTC), limit=500)
    return [row.read.read_id for row in every_row(store.archive, scope)]


def main(state: str, kills: str, seed: str = "1") -> None:
    """Kill so often, print what became of it as JSON, and fail where anything did."""
    done = kill_often(Path(state), kills=int(kills), seed=int(seed))
    print(json.dumps(asdict(done)))
    sys.exit(bool(done.lost or done.doubled or done.undead or done.findings))


if __name__ == "__main__":
    main(*sys.argv[1:])
