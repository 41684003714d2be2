"""kill -9 at any moment: what was acknowledged is there, once, and all opens by itself."""

import json
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.intake import Intake
from store.ledger import lists
from store.ledger.alarms import board
from store.ledger.lists import Arrival
from store.store import Store, open_store
from store.terms import Outcome
from tests.store.archive.reads import MIDNIGHT, a_scope, every_row
from tests.store.dying import ROOT
from tests.store.examples import an_entry
from tests.store.killed_intake import CAMERAS, WANTED, an_account, noon

KILLS = 10
pytestmark = pytest.mark.slow


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with one list in force, for ever."""
    opened = open_store(tmp_path / "state")
    with opened.ledger.transaction() as tx:
        entries = [an_entry(vrm=WANTED, weeds_at=MIDNIGHT.replace(year=2126))]
        arrival = Arrival("PNC", "pnc.csv", "0" * 64)
        lists.replace(tx, arrival, entries=entries, rows=(), now=MIDNIGHT)
    yield opened
    opened.close()


def _life(state: Path, *, first: int, accounts: int, die_at: str = "") -> int:
    """Let a process live until it has accepted so much, and give its last acknowledged number.

    Where it is to die by itself before that, it must; else it must have lived until it was killed.
    """
    command = [sys.executable, "-m", "tests.store.killed_intake", str(state), str(first)]
    command += [die_at] * bool(die_at)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        heard = [process.stdout.readline() for _ in range(accounts)]
        died = not heard[-1]
        if not died:
            process.kill()
        # what it still said before it died counts as well
        heard += process.stdout.readlines()
    assert (died, process.returncode) == (bool(die_at), -signal.SIGKILL)
    return max([first - 1, *(int(line) for line in heard if line.endswith("\n"))])


def _everything_is_there_once(store: Store, *, last: int) -> None:
    """Open what was killed, and hold it against what must be in it up to the last number."""
    intake = Intake(store.state, ledger=store.ledger, filing_s=None, clock=noon)
    # the newest may be there as well, though its accept never returned
    while intake.seen([f"f{last + 1}"], camera_id=CAMERAS[(last + 1) % 2]):
        last += 1
    accounts = [an_account(number) for number in range(last + 1)]
    for camera_id in CAMERAS:
        of_camera = [account for account in accounts if account.camera_id == camera_id]
        expected = Counter(account.outcome for account in of_camera)
        names = [account.frame_id for account in of_camera]
        assert intake.tally(camera_id) == {outcome: expected[outcome] for outcome in Outcome}
        assert intake.seen(names, camera_id=camera_id) == set(names)
    intake.file()
    intake.close()

    settled = [read for account in accounts for read in account.reads]
    found = every_row(store.archive, a_scope(limit=500))
    assert sorted(row.read.read_id for row in found) == sorted(read.read_id for read in settled)
    assert all(store.archive.pictures(read.read_id) for read in settled)
    both = [read for account in accounts for read in (*account.reads, *account.sights)]
    with store.ledger.reading() as db:
        (alarm,) = board.board(db)
    assert alarm.sights == len({read.read_id for read in both if read.vrm == WANTED})
    assert not list((store.state / "spool").glob("*.spool"))


def test_nothing_acknowledged_is_lost_and_nothing_counts_twice(store: Store) -> None:
    dice = random.Random(9)
    last = 1
    for _ in range(KILLS):
        # the camera gives the end of what it knows again, acknowledged or not
        first = max(0, last - 3) // 2 * 2
        last = _life(store.state, first=first, accounts=dice.randint(2, 60))
    _everything_is_there_once(store, last=last)


@pytest.mark.parametrize(
    "die_at",
    [
        "store.ledger.alarms.raising:raise_or_repeat",
        "store.archive.days.durable:DurableMark.move",
        "store.spool.frames:FrameBook.enter",
        "store.spool.spool:Spool.drop",
    ],
)
def test_a_stop_at_any_step_of_filing_loses_nothing(store: Store, die_at: str) -> None:
    intake = Intake(store.state, ledger=store.ledger, filing_s=None, clock=noon)
    intake.accept([an_account(number) for number in range(8)])
    intake.close()
    # far more than any machine accepts before it has filed and told the first of them
    last = _life(store.state, first=8, accounts=5_000, die_at=die_at)
    if die_at.endswith("move"):
        assert _forget_what_was_not_synced(store)
    last = _life(store.state, first=max(0, last - 1) // 2 * 2, accounts=5)
    _everything_is_there_once(store, last=last)


def _forget_what_was_not_synced(store: Store) -> int:
    """Empty the manifests beyond the durable mark, as a power loss does; give their number."""
    emptied = 0
    for mark in (store.state / "archive").glob("2*/durable"):
        for table, version in json.loads(mark.read_bytes()).items():
            for manifest in (mark.parent / f"{table}.lance" / "_versions").glob("*.manifest"):
                if 2**64 - 1 - int(manifest.stem) > version:
                    manifest.write_bytes(b"")
                    emptied += 1
    return emptied
