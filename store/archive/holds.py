"""Shelves of evidence: what a hold names, copied out of its days before they may be weeded (S-75).

    <state>/holds/.writer             held while a shelf is filled or cleared
    <state>/holds/000003/2025-11-22/  the shelf of hold 3: a small archive of its own

A shelf is written, searched and proven with the code of the archive itself. It is filled when its
hold is set and again before any day is weeded or rewritten, so that a late read is not missed. What
the ledger says lies on it is on disk for certain; it may hold more, which the next filling finds.
"""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from store.archive.days.folders import day_folders, new_session, open_tables
from store.archive.days.keys import PLATES, READ_IDS, KeyShelf
from store.archive.days.rows import id_keys, read_of
from store.archive.disk import lock_alone, sync_all
from store.archive.plates import pack, present
from store.archive.search import Archive
from store.archive.writer import ArchiveWriter
from store.errors import UnavailableError
from store.ledger import audit, holds
from store.ledger.holds import Names
from store.ledger.instants import from_us
from store.ledger.ledger import Ledger
from store.terms import Read

__all__ = ["LEAVING", "clear_released", "evidence", "secure", "shelf", "shelves"]

LEAVING = ".leaving-"
"""What the folder of a shelf is called while it is being removed."""

_CACHE_BYTES = 16 << 20
_AT_ONCE = 500
"""Reads copied in one go: with pictures of 43 KB, some 20 MB."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a hold names and its shelf lacks, as a day is asked for it."""

    read_ids: tuple[str, ...]
    spans: tuple[tuple[str, int, int], ...]
    there: frozenset[str]


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
    wanted = _Wanted(
        read_ids=tuple(one for one in named.read_ids if one not in there),
        spans=named.spans,
        there=frozenset(there),
    )
    place = shelf(state, number)
    reads = 0
    with ExitStack() as open_shelf:
        writer: ArchiveWriter | None = None
        for folder in folders:
            for batch in _batches(folder, wanted):
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
    tables = open_tables(day, session=new_session(cache_bytes=_CACHE_BYTES))
    (listed,) = _listed([read.read_id for read in reads])
    pictures = _pictures(tables["pictures"], [read.read_id for read in reads])
    for read in reads:
        if pictures.get(read.read_id, (b"", b"")) != (read.plate_jpeg, read.vehicle_jpeg):
            break
    else:
        if tables["reads"].count_rows(listed) == len(reads):
            return
    raise UnavailableError(
        "A shelf of evidence does not give back what was put on it, so nothing was weeded. "
        f"Check the disk of {day.parent}, then try again."
    )


def _batches(folder: Path, wanted: _Wanted) -> Iterator[list[Read]]:
    """Give the reads of a day that are wanted, with their pictures, so many at a time."""
    for attempt in (1, 2):
        try:
            found = _found(folder, wanted)
            break
        except (OSError, RuntimeError, ValueError) as trouble:
            # the writer may have compacted, or the day gone, under the first attempt
            if not folder.exists():
                return
            if attempt == 2:
                raise UnavailableError(
                    f"The day {folder.name} of the archive cannot be read "
                    f"({type(trouble).__name__}), so what is held of it could not be secured. "
                    "Check the disk, then try again."
                ) from trouble
    for at in range(0, len(found), _AT_ONCE):
        yield found[at : at + _AT_ONCE]


def _found(folder: Path, wanted: _Wanted) -> list[Read]:
    wheres = [*_by_id(folder, wanted), *_by_vehicle(folder, wanted)]
    if not wheres:
        return []
    tables = open_tables(folder, session=new_session(cache_bytes=_CACHE_BYTES))
    reads: dict[str, Read] = {}
    for where in wheres:
        for row in tables["reads"].search().where(where).to_arrow().to_pylist():
            read = read_of(row)
            if read.read_id not in wanted.there:
                reads[read.read_id] = read
    pictures = _pictures(tables["pictures"], list(reads))
    return [
        replace(read, plate_jpeg=plate_jpeg, vehicle_jpeg=vehicle_jpeg)
        for read in reads.values()
        for plate_jpeg, vehicle_jpeg in [pictures.get(read.read_id, (b"", b""))]
    ]


def _by_id(folder: Path, wanted: _Wanted) -> Iterator[str]:
    if not wanted.read_ids:
        return
    shelves_of_ids = KeyShelf(folder, READ_IDS).held()
    keys = id_keys(wanted.read_ids)
    here = np.isin(keys, np.concatenate(shelves_of_ids))
    named = [read_id for read_id, is_here in zip(wanted.read_ids, here, strict=True) if is_here]
    yield from _listed(named)


def _by_vehicle(folder: Path, wanted: _Wanted) -> Iterator[str]:
    start = datetime.combine(date.fromisoformat(folder.name), datetime.min.time(), UTC)
    plates = KeyShelf(folder, PLATES).held() if wanted.spans else ()
    for fold, since_us, until_us in wanted.spans:
        overlaps = from_us(since_us) < start + timedelta(days=1) and from_us(until_us) > start
        plate = pack(fold)
        if overlaps and any(present(keys, key=plate) for keys in plates):
            yield f"plate = {plate} AND captured_us >= {since_us} AND captured_us < {until_us}"


def _pictures(table: Any, read_ids: Sequence[str]) -> Mapping[str, tuple[bytes, bytes]]:
    found: dict[str, tuple[bytes, bytes]] = {}
    for listed in _listed(read_ids):
        rows = table.search().where(f"{listed} AND settled = true").to_arrow().to_pylist()
        found |= {row["read_id"].hex(): (row["plate_jpeg"], row["vehicle_jpeg"]) for row in rows}
    return found


def _listed(read_ids: Sequence[str]) -> Iterator[str]:
    for at in range(0, len(read_ids), _AT_ONCE):
        some = read_ids[at : at + _AT_ONCE]
        yield "read_id IN (" + ",".join(f"X'{read_id}'" for read_id in some) + ")"
