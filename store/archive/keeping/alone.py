"""The recorder's place, for whoever takes days away or writes them anew."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from store.disk import lock_alone
from store.errors import BusyError, UnavailableError
from store.store import Store

__all__ = ["filed_and_alone", "writers_place"]


@contextmanager
def filed_and_alone(store: Store, *, now: datetime) -> Iterator[None]:
    """File what the spool holds, then keep every recorder out while a block runs.

    Nothing can be filed for a day while that day goes, and what waited for it goes with it.

    Args:
        store: The data of the hub.
        now: The moment of it; days that are over by then may be sealed on the way.

    Raises:
        BusyError: A hub records; nothing was changed.
        CorruptError: A file is not as we wrote it; nothing was changed.
        UnavailableError: Reads came in between the two; try again.
    """
    with _told_to_stop_the_hub(), closing(store.intake(filing_s=None, clock=lambda: now)) as intake:
        intake.file()
    with writers_place(store.state):
        if list((store.state / "spool").glob("*.spool")):
            raise UnavailableError("Nothing was done: reads came in meanwhile. Try again.")
        yield


@contextmanager
def writers_place(state: Path) -> Iterator[None]:
    """Keep every recorder out while a block runs.

    Raises:
        BusyError: One is at work.
    """
    with _told_to_stop_the_hub():
        held = lock_alone(state / "archive" / ".writer", what="the archive")
    try:
        yield
    finally:
        os.close(held)


@contextmanager
def _told_to_stop_the_hub() -> Iterator[None]:
    try:
        yield
    except BusyError:
        raise BusyError(
            "Not done: a hub or an ingest records into this state folder. A hub weeds by itself "
            "every day, and at once with anpr weed --by STAFF. Otherwise: "
            "Stop it, weed or erase, and start it again; its cameras are caught up then."
        ) from None
