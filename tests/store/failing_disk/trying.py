"""Try acts while the disk fails: one process loads everything once and forks a child for each.

    LD_PRELOAD=failing_disk.so python -m tests.store.failing_disk.trying STATE FOLDER ERRNO,...

STATE is the hub that each child gets a copy of, below FOLDER. For every line it reads, an act and
"every" or "some", it says in a line of JSON what came of it.
"""

import ctypes
import json
import os
import pickle
import shutil
import signal
import sys
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from store.errors import CorruptError, StoreError, UnavailableError
from store.governance.rulebook.loading import carried
from store.ledger import audit
from store.ledger.ledger import Ledger
from tests.store.failing_disk.acts import OF_MACHINES, OF_PEOPLE, OF_THE_HUB, TAKEN_UP
from tests.store.failing_disk.hub import opened
from tests.store.failing_disk.standing import Standing, Watched, chance_in, standing

_Result = TypeVar("_Result")

OPENING = "opening"
ACTS = {OPENING: lambda _: None} | OF_PEOPLE | OF_THE_HUB | OF_MACHINES
RETURNED = "returned"
HUNG_S = 120
"""A child that took so long hangs; an erasure takes half a second."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one act.

    Attributes:
        out: `RETURNED`, or the name of the store's error.
        calls: How many writes and fsyncs there were.
        may_be: Whether the store may raise this because of its disk.
    """

    out: str
    calls: int
    may_be: bool = True


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """How an act goes while the disk works.

    Attributes:
        stood: How the ledger stood before it and after each change.
        chance: Columns that chance fills.
        calls: How many writes and fsyncs there are.
    """

    stood: list[Standing]
    chance: set[tuple[str, str]]
    calls: int


class Trying:
    """Tries acts on copies of a hub."""

    def __init__(self, state: Path, folder: Path, codes: list[int]) -> None:
        self._state = state
        self._case = folder / "case"
        self._codes = codes
        self._disk = ctypes.CDLL(None)

    def tried(self, name: str, *, every: bool) -> dict[str, Any]:
        """Let an act fail at every write, or at some of them."""
        calm = self._undisturbed(name)
        cases = list(_cases(calm.calls, self._codes, every=every))
        outs: Counter[str] = Counter()
        wrong: list[str] = []
        kept = 0
        for at, code in cases:
            came = self._failing(name, at=at, code=code)
            outs[came.out] += 1
            found, whole = _forked(partial(_judged, self._case, name, came, calm))
            if came.out == RETURNED and came.calls >= at and name not in OF_MACHINES:
                found.append("it returned although the disk had failed under it")
            kept += whole and came.out != RETURNED
            wrong += [f"call {at} as {os.strerror(code)}: {came.out}: {one}" for one in found]
        records = [one.kinds[len(calm.stood[0].kinds) :] for one in calm.stood]
        return {
            "calls": calm.calls,
            "cases": len(cases),
            "outs": dict(sorted(outs.items())),
            "kept": kept,
            "records": records[-1],
            "silent": _silent(calm),
            "wrong": wrong,
        }

    def _undisturbed(self, name: str) -> Undisturbed:
        def stood() -> list[Standing]:
            ledger = Watched.open(self._ledger)
            ACTS[name](opened(self._case, ledger))
            return ledger.stood

        first, second = self._copied(stood), self._copied(stood)
        chance = set().union(*map(chance_in, first, second))
        return Undisturbed(first, chance, self._failing(name, at=0, code=0).calls)

    def _failing(self, name: str, *, at: int, code: int) -> Came:
        def act() -> Came:
            below = str(self._case.resolve()).encode()
            try:
                if name == OPENING:
                    self._disk.anpr_fail(below, at, code)
                hub = opened(self._case, Ledger.open(self._ledger))
                if name != OPENING:
                    self._disk.anpr_fail(below, at, code)
                ACTS[name](hub)
            except StoreError as failure:
                return Came(
                    type(failure).__name__,
                    self._disk.anpr_counted(),
                    isinstance(failure, UnavailableError | CorruptError),
                )
            return Came(RETURNED, self._disk.anpr_counted())

        return self._copied(act)

    @property
    def _ledger(self) -> Path:
        return self._case / "ledger" / "ledger.db"

    def _copied(self, work: Callable[[], _Result]) -> _Result:
        """Do something to a fresh copy of the hub, in a child of its own."""
        shutil.rmtree(self._case, ignore_errors=True)
        shutil.copytree(self._state, self._case)
        return _forked(work)


def _cases(calls: int, codes: list[int], *, every: bool) -> Iterator[tuple[int, int]]:
    if every:
        yield from ((at, code) for at in range(1, calls + 1) for code in codes)
        return
    # of a look's two records the second is written in the last quarter
    spread = {1, (calls + 1) // 2, (3 * calls + 3) // 4, calls} - {0}
    for turn, at in enumerate(sorted(spread)):
        yield at, codes[turn % len(codes)]


def _silent(calm: Undisturbed) -> list[str]:
    """Name the tables that a change altered without any record of it."""
    silent = set()
    for before, after in zip(calm.stood, calm.stood[1:], strict=False):
        if before.kinds == after.kinds:
            silent |= {one for one in before.tables if before.tables[one] != after.tables[one]}
    return sorted(silent)


def _judged(state: Path, name: str, came: Came, calm: Undisturbed) -> tuple[list[str], bool]:
    """Say what must not be after an act on a failing disk, and whether all of it stands.

    An act that was refused may stand: its last write was done and the wait for the disk failed, so
    that nobody can know. Then it stands with its record, and may be told so when it is done again.
    """
    wrong = [] if came.may_be else ["that is not what a failing disk does"]
    ledger = Ledger.open(state / "ledger" / "ledger.db")
    with ledger.reading() as db:
        now = standing(db)
        if (at := audit.verify(db).broken_at) is not None:
            wrong.append(f"the chain is broken at record {at}")
    steps = [
        number
        for number, stood in enumerate(calm.stood)
        if stood.kinds == now.kinds and stood.without(calm.chance) == now.without(calm.chance)
    ]
    last = len(calm.stood) - 1
    if not steps:
        since = now.kinds[len(calm.stood[0].kinds) :]
        wrong.append(f"tables and records do not belong together: {since}")
    if came.out == RETURNED and last not in steps and name not in OF_MACHINES:
        wrong.append("it returned without all of its records")
    if came.out != RETURNED and list(state.glob("exports/*/*")):
        wrong.append("it was refused, and files lie in the folder of exports")
    hub, told = opened(state, ledger), ""
    try:
        ACTS[name](hub)
    except StoreError as refused:
        told = f": {type(refused).__name__}: {refused}"
        if name in TAKEN_UP:
            TAKEN_UP[name](hub)
    with ledger.reading() as db:
        missing = Counter(calm.stood[-1].kinds) - Counter(standing(db).kinds)
    wrong += [f"done again, there is no {kind!r}{told}" for kind in missing]
    ledger.close()
    return wrong, last > 0 and last in steps


def _forked(work: Callable[[], _Result]) -> _Result:
    """Do something in a child of its own, and give what came of it."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        signal.alarm(HUNG_S)
        try:
            told = pickle.dumps((work(), ""))
        except BaseException:
            told = pickle.dumps((None, traceback.format_exc()))
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(told)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    if not told:
        raise AssertionError(f"a child ended with {os.waitstatus_to_exitcode(status)}")
    came, broken = pickle.loads(told)  # noqa: S301 (out of our own child)
    if broken:
        raise AssertionError(broken)
    return came


def main(state: str, folder: str, codes: str) -> None:
    """Try what is asked for, line by line."""
    # LanceDB warns that a fork may catch it at work; here nothing is at work before the fork
    warnings.filterwarnings("ignore", "lancedb fork support", RuntimeWarning)
    carried()  # read once here, and not by every child
    trying = Trying(Path(state), Path(folder), list(map(int, codes.split(","))))
    for line in sys.stdin:
        name, _, how = line.strip().rpartition(":")
        try:
            told = trying.tried(name, every=how == "every")
        except AssertionError as broken:
            told = {"broken": str(broken)}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
