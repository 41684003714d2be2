"""A hub with sentinel plates on both sides of the bound, and a process that dies while weeding.

    python -m tests.store.archive.weeded STATE STEP

The process weeds and kills itself at that step (tests/store/dying.py).
"""

import os
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from store.archive.weeding import weed
from store.archive.writer import ArchiveWriter
from store.ledger import lists
from store.ledger.lists import Arrival
from store.spool.spool import Spool
from store.store import open_store
from store.terms import Account, Outcome, Read
from tests.store.archive.reads import a_read
from tests.store.dying import die_at_call
from tests.store.examples import an_entry

__all__ = [
    "BOUND",
    "CAMERA",
    "KEPT",
    "KEPT_PLATES",
    "NOW",
    "PAST",
    "PAST_PLATES",
    "SEALED",
    "UNFILED",
    "build",
    "files_with",
    "plates_of",
    "seal",
]

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BOUND = "2025-11-22"
CAMERA = "NS-C01"
PAST = {
    "2025-11-19": datetime(2025, 11, 19, 0, 0, tzinfo=UTC),
    "2025-11-20": datetime(2025, 11, 20, 9, 30, tzinfo=UTC),
    "2025-11-21": datetime(2025, 11, 21, 23, 59, 59, 999_990, tzinfo=UTC),
}
"""Days that go; of the last one the very last microseconds."""

UNFILED = datetime(2025, 11, 18, 8, tzinfo=UTC)
"""A day that goes, and that so far only the spool holds."""

KEPT = {
    "2025-11-22": datetime(2025, 11, 22, 0, 0, tzinfo=UTC),
    "2026-03-01": datetime(2026, 3, 1, 12, tzinfo=UTC),
    "2026-11-22": datetime(2026, 11, 22, 11, 59, tzinfo=UTC),
}
"""Days that stay; the first is the bound itself, from its first instant."""

SEALED = ("2025-11-20", "2025-11-21", "2026-03-01")
"""Days of both kinds that are sealed."""

_LETTERS = "ABCDEFGH"


def plates_of(day: datetime) -> list[str]:
    """The sentinel plates of a day; they occur on no other one."""
    return [f"T{letter}{day:%d}{'XJU'[day.month % 3]}{day:%y}"[:7] for letter in _LETTERS]


PAST_PLATES = [plate for day in (*PAST.values(), UNFILED) for plate in plates_of(day)]
KEPT_PLATES = [plate for day in KEPT.values() for plate in plates_of(day)]


def build(state: Path) -> None:
    """Fill a hub through its own intake: reads, pictures, alarms, torn ends and logs."""
    store = open_store(state)
    days = [*PAST.values(), *KEPT.values()]
    with store.ledger.transaction() as tx:
        # the first plate of each day is on a list when it is seen
        entries = [
            an_entry(f"26/{day:%y%m%d}", vrm=plates_of(day)[0], weeds_at=NOW.replace(year=2126))
            for day in days
        ]
        lists.replace(tx, Arrival("PNC", "a.csv", "0" * 64), entries=entries, rows=(), now=NOW)
    intake = store.intake(clock=lambda: NOW)
    intake.accept([account for day in days for account in _accounts(day)])
    intake.close()
    with store.ledger.transaction() as tx:
        # a list is not weeded with the reads, so none of its marks may blur what is looked for
        lists.replace(tx, Arrival("PNC", "b.csv", "1" * 64), entries=(), rows=(), now=NOW)
    store.close()
    seal(state, *SEALED)
    spool = Spool(state / "spool", limit_bytes=1 << 30)
    spool.append(_accounts(UNFILED))
    spool.close()
    for number, (day, at) in enumerate({**PAST, **KEPT}.items()):
        cut = state / "spool" / f"9{number:011d}.cut"
        cut.write_bytes(plates_of(at)[1].encode())
        os.utime(cut, (at.timestamp(), at.timestamp()))
        (state / "log").mkdir(exist_ok=True)
        with (state / "log" / "anpr.log").open("a") as log:
            log.write(f"{day} 12:00:00,000 store INFO a line of {day}\n  and what followed it\n")


def seal(state: Path, *days: str) -> None:
    """Seal some days, as a hub does when they are over."""
    with closing(ArchiveWriter(state / "archive")) as writer:
        for day in days:
            assert writer.seal(date.fromisoformat(day))


def files_with(state: Path, trace: str | bytes) -> list[str]:
    """Names of the files below a folder that hold it."""
    wanted = trace.encode() if isinstance(trace, str) else trace
    paths = (path for path in state.rglob("*") if path.is_file())
    return [str(path.relative_to(state)) for path in paths if wanted in path.read_bytes()]


def _accounts(day: datetime) -> list[Account]:
    return [_account(number, day=day, vrm=vrm) for number, vrm in enumerate(plates_of(day))]


def _account(number: int, *, day: datetime, vrm: str) -> Account:
    at = day + timedelta(microseconds=number)
    read: Read = a_read(
        int(day.timestamp()) * 100 + number,
        vrm=vrm,
        camera_id=CAMERA,
        captured_at=at,
        vehicle_jpeg=f"picture of {vrm}".encode(),
    )
    account = Account(f"{day.isoformat()} {number}", CAMERA, at, at, Outcome.READ)
    return replace(account, reads=(read,), sights=(read,))


def main(state: str, die_at: str) -> None:
    """Weed, and die on the way."""
    die_at_call(die_at)
    weed(open_store(Path(state)), now=NOW)
    print("it did not die")


if __name__ == "__main__":
    main(*sys.argv[1:])
