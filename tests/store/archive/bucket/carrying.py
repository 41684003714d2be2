"""Keys where the hub looks for them, and the days of an archive carried up."""

import os
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from store.archive.bucket.address import assign
from store.archive.bucket.mover import due_up, move_up
from store.archive.days.folders import day_folders
from store.archive.writer import ArchiveWriter
from tests.store.archive.bucket.server import ADDRESS, Server

__all__ = ["carried", "lent", "sealed", "some_of"]

_EVERY = 1 if os.environ.get("ANPR_ALL_KILLS") else 3


def some_of(steps: list[str]) -> list[str]:
    """Of the steps at which a process is killed one in three, and all with ANPR_ALL_KILLS=1.

    Each takes seconds against a real server; `scripts/chaos kills` tries them all.
    """
    return steps[::_EVERY]


@contextmanager
def lent(server: Server, credentials: Path, **other: str) -> Iterator[None]:
    """Put the keys of a server where the hub looks for them, with something else in them."""
    server.give(credentials, **other)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
        yield


def sealed(archive: Path, *, but: Collection[str] = ()) -> list[str]:
    """Seal the days of an archive that its hub has not sealed yet, and name all that are."""
    days = [folder.name for folder in reversed(day_folders(archive)) if folder.name not in but]
    with closing(ArchiveWriter(archive)) as writer:
        for day in days:
            writer.seal(date.fromisoformat(day))
    return days


def carried(archive: Path, address: str = ADDRESS) -> list[str]:
    """Carry every sealed day of an archive up, and name them."""
    assign(archive, address, days_here=1, lying=())
    days = due_up(archive, now=datetime(2100, 1, 1, tzinfo=UTC))
    assert all(move_up(archive, day, alone=nullcontext()) for day in days)
    return [day.name for day in days]
