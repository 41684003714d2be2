"""Everything of a hub, one thing after the other."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from store.checkup.bucket import bucket
from store.checkup.check import Check
from store.checkup.days import days
from store.checkup.files import disk, rights, spool
from store.checkup.records import records

__all__ = ["look_over"]


def look_over(state: Path, *, now: datetime, deep: bool = False) -> Iterator[Check]:
    """Look a hub over, running or not; nothing is written.

    Args:
        state: The state folder.
        now: When; clocks, beats and reviews are held against it.
        deep: Hold searches of every sealed day against a scan, not of a few.
    """
    yield rights(state)
    yield disk(state)
    yield from spool(state)
    yield from records(state, now=now)
    reached = True
    for check in bucket(state):
        reached = check.well
        yield check
    yield from days(state, now=now, deep=deep, reached=reached)
