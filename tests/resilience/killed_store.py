"""A process that takes reads, draws days together, seals and weeds, until it is killed.

    python -m tests.resilience.killed_store STATE FIRST

Says on its own lines what it does and what it was told is safe:

    open 0.84           it has the writer's place, after so many seconds
    file, compact, seal, weed DAY      that begins now
    weeded DAY          that is done: what was captured before the day is gone
    accepted 41         all accounts up to this number are acknowledged
"""

import itertools
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from store.archive import writer
from store.archive.weeding import weed
from store.intake import Intake
from store.store import open_store
from store.terms import Account, Outcome, Read
from tests.store.archive.reads import a_read

__all__ = ["DAY_ONE", "an_account", "bound_after", "weeding_time"]

DAY_ONE = datetime(2025, 1, 1, tzinfo=UTC)
_READS_A_DAY = 40
_DAYS_KEPT = 3
_ACCOUNTS_BETWEEN_WEEDINGS = 100
_COMMITS_BEFORE_COMPACTION = 1


def an_account(number: int) -> Account:
    """The same account for the same number in every life; every seventh is a day late."""
    received_at = DAY_ONE + timedelta(days=number // _READS_A_DAY, seconds=number)
    captured_at = received_at - timedelta(days=number % 7 == 6)
    read: Read = a_read(
        number, vrm=f"JA{number % 100:02}XYZ", captured_at=captured_at, vehicle_jpeg=bytes(2_000)
    )
    return Account(f"f{number}", "NS-C01", captured_at, received_at, Outcome.READ, reads=(read,))


def bound_after(number: int) -> date:
    """The first day that is kept by a weeding after so many accounts."""
    return (DAY_ONE + timedelta(days=number // _READS_A_DAY - _DAYS_KEPT)).date()


def weeding_time(bound: date) -> datetime:
    """The moment at which the policy keeps nothing from before a day."""
    return datetime(bound.year, bound.month, bound.day, 12, tzinfo=UTC) + timedelta(days=365)


def _say(*words: object) -> None:
    # one write: two threads speak
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def _saying(word: str, done: Callable[..., Any]) -> Callable[..., Any]:
    def stand_in(*args: Any, **kwargs: Any) -> Any:
        _say(word)
        return done(*args, **kwargs)

    return stand_in


def main(state: str, first: str) -> None:
    """Live as fast as can be, so that a kill meets every step."""
    writer._COMMITS_BEFORE_COMPACTION = _COMMITS_BEFORE_COMPACTION
    writer._QUIET_S = 0.0  # every day of these tests is over: one is sealed after each filing
    writer.seal_day = _saying("seal", writer.seal_day)
    writer._Day.compact = _saying("compact", writer._Day.compact)
    writer._Day.record = _saying("file", writer._Day.record)
    began_s = time.monotonic()
    store = open_store(Path(state))
    intake = Intake(store.state, ledger=store.ledger, filing_s=0.001)
    _say("open", f"{time.monotonic() - began_s:.2f}")
    for number in itertools.count(int(first), 2):
        intake.accept([an_account(number), an_account(number + 1)])
        _say("accepted", number + 1)
        time.sleep(0.005)
        if (number + 2) % _ACCOUNTS_BETWEEN_WEEDINGS == 0:
            intake.close()
            bound = bound_after(number)
            _say("weed", bound)
            weed(store, now=weeding_time(bound))
            _say("weeded", bound)
            intake = Intake(store.state, ledger=store.ledger, filing_s=0.001)


if __name__ == "__main__":
    main(*sys.argv[1:])
