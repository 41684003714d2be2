"""Shelves of evidence: what a hold names, copied out of its days before they may be weeded (S-75).

    <state>/holds/.writer             held while a shelf is filled or cleared
    <state>/holds/000003/2025-11-22/  the shelf of hold 3: a small archive of its own

A shelf is written, searched and proven with the code of the archive itself. It is filled when its
hold is set and again before any day is weeded or rewritten, so that a late read is not missed. What
the ledger says lies on it is on disk for certain; it may hold more, which the next filling finds.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path

from store.archive.days.folders import day_folders
from store.archive.keeping.naming import Named, named_reads, pictures_of
from store.archive.search import Archive
from store.archive.writer import ArchiveWriter
from store.disk import lock_alone, sync_all
from store.errors import UnavailableError
from store.ledger import audit
from store.ledger.keeping import holds
from store.ledger.keeping.holds import Names
from store.ledger.ledger import Ledger
from store.terms import Read

__all__ = ["LEAVING", "clear_released", "evidence", "secure", "shelf", "shelves"]

LEAVING = ".leaving-"
"""What the folder of a shelf is called while it is being removed."""

_AT_ONCE = 500
"""Reads copied in one go: with pictures of 43 KB, some 20 MB."""


def shelf(state: Path, number: int) -> Path:
    """Name the folder of a hold's evidence."""
    return state / "holds" / f"{number:06d}"


def shelves(state: Path) -> list[Path]:
    """List what lies in the folder of the shelves, but for its lock."""
    folder = state / "holds"
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in found if path.name != ".writer")


def evidence(state: Path, number: int) -> Archive:
    """Open a hold's evidence for searching; whoever asks has passed the door."""
    return Archive(shelf(state, number))


def secure(
    state: Path,
    ledger: Ledger,
    *,
    now: datetime,
    by: str = audit.HUB,
    days: Sequence[Path] | None = None,
) -> int:
    """Put on the shelves what holds in force name and the shelves lack.

    Args:
        state: The state folder; a recorder may work meanwhile.
        ledger: Its holds.
        now: When.
        by: Who made it necessary.
        days: Folders of the days to look through; all of them where None.

    Returns:
        How many reads were put there.

    Raises:
        BusyError: Another process fills the shelves.
        UnavailableError: A day cannot be read or a shelf not written; what the days hold is there.
        CorruptError: A day or a shelf is not as we wrote it.
    """
    with ledger.reading() as db:
        in_force = [hold.number for hold in holds.every(db) if hold.released_at is None]
    if not in_force:
        return 0
    folders = day_folders(state / "archive") if days is None else list(days)
    reads = 0
    with _alone(state):
        for number in in_force:
            reads += _fill(state, ledger, number, folders=folders, now=now, by=by)
    return reads


def clear_released(state: Path, ledger: Ledger, *, now: datetime) -> None:
    """Remove the shelves of released holds, forget what they named, and certify it.

    May be interrupted at any moment and called again.

    Raises:
        BusyError: Another process fills the shelves.
        UnavailableError: The disk or the ledger refuses; call again, it goes on from there.
    """
    with ledger.reading() as db:
        released = [
            hold.number
            for hold in holds.every(db)
            if hold.released_at is not None
            and (hold.reads or holds.names(db, hold.number) != Names((), ()))
        ]
    if not released:
        return
    with _alone(state):
        for number in released:
            _remove(shelf(state, number))
            with ledger.transaction() as tx:
                holds.forget(tx, number, now=now)
    ledger.rewrite()


@contextmanager
def _alone(state: Path) -> Iterator[None]:
    (state / "holds").mkdir(mode=0o700, exist_ok=True)
    held = lock_alone(state / "holds" / ".writer", what="the shelves of evidence")
    try:
        yield
    finally:
        os.close(held)


def _remove(folder: Path) -> None:
    leaving = folder.with_name(LEAVING + folder.name)
    try:
        if folder.exists():
            folder.rename(leaving)
        shutil.rmtree(leaving, ignore_errors=not leaving.exists())
        sync_all([folder.parent])
    except OSError as trouble:
        raise UnavailableError(
            f"The evidence of a released hold is not gone yet ({trouble.strerror}). "
            f"Check the disk of {folder.parent}, then run anpr weed."
        ) from trouble


def _fill(
    state: Path, ledger: Ledger, number: int, *, folders: Sequence[Path], now: datetime, by: str
) -> int:
    with ledger.reading() as db:
        named, there = holds.names(db, number), holds.held(db, number)
    wanted = Named(tuple(one for one in named.read_ids if one not in there), named.spans)
    place = shelf(state, number)
    reads = 0
    with ExitStack() as open_shelf:
        writer: ArchiveWriter | None = None
        for folder in folders:
            found = named_reads(folder, wanted, but=there)
            for at in range(0, len(found), _AT_ONCE):
                batch = pictures_of(folder, found[at : at + _AT_ONCE])
                writer = writer or open_shelf.enter_context(closing(ArchiveWriter(place)))
                writer.record(batch)
                _demand_lying(place / folder.name, batch)
                with ledger.transaction() as tx:
                    lying = {read.read_id: read.captured_at for read in batch}
                    holds.secured(tx, number, reads=lying, by=by, now=now)
                reads += len(batch)
    return reads


def _demand_lying(day: Path, reads: Sequence[Read]) -> None:
    """Find every read again that was put on a day of a shelf, with its pictures."""
    found = named_reads(day, Named(tuple(read.read_id for read in reads)))
    pictures = {one.read_id: (one.plate_jpeg, one.vehicle_jpeg) for one in pictures_of(day, found)}
    if pictures != {one.read_id: (one.plate_jpeg, one.vehicle_jpeg) for one in reads}:
        raise UnavailableError(
            "A shelf of evidence does not give back what was put on it, so nothing was weeded. "
            f"Check the disk of {day.parent}, then try again."
        )
