"""A process that accepts accounts until it is killed, and says which it was told are safe.

    python -m tests.store.killed_intake STATE FIRST [STEP]

Writes "ready" once it is open, then the number of each account whose `accept` has returned. Where a
step is named, it kills itself there (tests/store/dying.py).
"""

import itertools
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from store.store import open_store
from store.terms import Account, Outcome, Read
from tests.store.archive.reads import MIDNIGHT, a_read
from tests.store.dying import die_at_call

__all__ = ["CAMERAS", "WANTED", "an_account", "noon"]

CAMERAS = ("NS-C01", "NS-C02")
WANTED = "TX26KLM"
"""Every seventh vehicle is on a list."""


def noon() -> datetime:
    """The time here: by a real clock the day of the reads has ended, and may be sealed."""
    return MIDNIGHT + timedelta(hours=12)


def an_account(number: int) -> Account:
    """The same account for the same number in every life of the process."""
    camera_id, at = CAMERAS[number % 2], MIDNIGHT + timedelta(seconds=number)
    account = Account(f"f{number}", camera_id, at, at, Outcome.NO_PLATE)
    vehicle = a_read(
        number // 3,
        vrm=WANTED if number // 3 % 7 == 0 else f"AB{number % 100:02}CDE",
        camera_id=camera_id,
        captured_at=at,
        vehicle_jpeg=bytes(20_000),
    )
    sights: tuple[Read, ...] = (vehicle,) if number % 3 == 1 else ()
    reads: tuple[Read, ...] = (vehicle,) if number % 3 == 2 else ()
    if not sights and not reads:
        return account
    return replace(account, outcome=Outcome.READ, sights=sights, reads=reads)


def main(state: str, first: str, die_at: str = "") -> None:
    """Accept without end, filing as fast as can be, so that a kill meets every step."""
    store = open_store(Path(state))
    if die_at:
        die_at_call(die_at)
    intake = store.intake(filing_s=0.001, clock=noon)
    print("ready", flush=True)
    for number in itertools.count(int(first), 2):
        intake.accept([an_account(number), an_account(number + 1)])
        print(number + 1, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
