"""A hub without cameras: takes reads, serves its socket and weeds, until it is killed.

    python -m tests.store.archive.weeding_hub STATE [STEP]

Its day is NOW. Says "accepted N" for every account that is acknowledged. Where a step is
named, it kills itself there (tests/store/dying.py).
"""

import itertools
import sys
import time
from datetime import datetime, timedelta
from datetime import time as clock_time
from pathlib import Path

from store.archive.keeping.daily import DailyWeeding
from store.desks import open_desks
from store.server import HubServer
from store.store import open_store
from store.terms import Account, Outcome
from tests.store.archive.reads import a_read
from tests.store.archive.weeded import CAMERA, NOW
from tests.store.dying import die_at_call

__all__ = ["TODAY", "an_account"]

TODAY = "T0DAY"
_BEGAN_S = time.monotonic()


def an_account(number: int) -> Account:
    """One read of today; the same for the same number."""
    at = NOW - timedelta(hours=1) + timedelta(milliseconds=number)
    read = a_read(10_000_000 + number, vrm=TODAY, camera_id=CAMERA, captured_at=at)
    return Account(f"today {number}", CAMERA, at, at, Outcome.READ, reads=(read,))


def _now() -> datetime:
    return NOW + timedelta(seconds=time.monotonic() - _BEGAN_S)


def main(state: Path, die_at: str = "") -> None:
    """Serve, take reads and weed."""
    if die_at:
        die_at_call(die_at)
    store = open_store(state)
    intake = store.intake(clock=_now)
    desks = open_desks(ledger=store.ledger, archive=store.archive, now=_now())
    with HubServer(desks, state / "hub.sock", clock=_now):
        DailyWeeding(store, intake, at=clock_time(3), look_s=0.05, clock=_now)
        for number in itertools.count():
            intake.accept([an_account(number)])
            sys.stdout.write(f"accepted {number}\n")
            sys.stdout.flush()
            time.sleep(0.02)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
