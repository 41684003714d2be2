"""Reads of a day that were named, by their id or as a vehicle for a time, and their pictures."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from store.archive.bucket.moved import hushed
from store.archive.days.folders import new_session, open_tables
from store.archive.days.known import may_hold, plates_in
from store.archive.days.rows import id_keys, read_of
from store.archive.plates import pack, present
from store.errors import UnavailableError
from store.ledger.instants import from_us
from store.terms import Read

__all__ = ["CACHE_BYTES", "Named", "listed", "named_reads", "pictures_of"]

CACHE_BYTES = 16 << 20
"""What LanceDB may keep of tables that are gone through once."""

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Named:
    """What a day is asked for.

    Attributes:
        read_ids: Reads by their id.
        spans: Vehicles: folded mark, first microsecond, and the one past the last.
    """

    read_ids: tuple[str, ...]
    spans: tuple[tuple[str, int, int], ...] = ()


def named_reads(folder: Path, named: Named, *, but: Collection[str] = ()) -> list[Read]:
    """Find the reads of a day that were named, without pictures; a writer may work meanwhile.

    Args:
        folder: The day's folder.
        named: What is looked for.
        but: Ids of reads that are of no interest.

    Raises:
        UnavailableError: The day cannot be read now.
        CorruptError: It is not as we wrote it.
    """
    for attempt in (1, 2):
        try:
            return _found(folder, named, but=but)
        except (OSError, RuntimeError, ValueError) as trouble:
            # the writer may have compacted, or the day gone, under the first attempt
            if not folder.exists():
                break
            if attempt == 2:
                raise UnavailableError(
                    f"The day {folder.name} of the archive cannot be read "
                    f"({type(trouble).__name__}), so nothing more was done. "
                    "Check the disk, then try again."
                ) from hushed(folder, trouble)
    return []


def pictures_of(folder: Path, reads: Sequence[Read]) -> list[Read]:
    """Give reads of one day with their pictures, those that have any.

    Raises:
        UnavailableError: The day cannot be read now.
    """
    try:
        tables = open_tables(folder, session=new_session(cache_bytes=CACHE_BYTES))
        found = _pictures(tables["pictures"], [read.read_id for read in reads])
    except (OSError, RuntimeError, ValueError) as trouble:
        raise UnavailableError(
            f"Pictures of {folder.name} cannot be read ({type(trouble).__name__}), so nothing more "
            "was done. Check the disk, then try again."
        ) from hushed(folder, trouble)
    return [
        replace(read, plate_jpeg=plate_jpeg, vehicle_jpeg=vehicle_jpeg)
        for read in reads
        for plate_jpeg, vehicle_jpeg in [found.get(read.read_id, (b"", b""))]
    ]


def listed(read_ids: Sequence[str]) -> Iterator[str]:
    """Give filters that together name reads, a few hundred each."""
    for at in range(0, len(read_ids), _AT_ONCE):
        some = read_ids[at : at + _AT_ONCE]
        yield "read_id IN (" + ",".join(f"X'{read_id}'" for read_id in some) + ")"


def _found(folder: Path, named: Named, *, but: Collection[str]) -> list[Read]:
    wheres = [*_by_id(folder, named), *_by_vehicle(folder, named)]
    if not wheres:
        return []
    table = open_tables(folder, session=new_session(cache_bytes=CACHE_BYTES))["reads"]
    reads: dict[str, Read] = {}
    for where in wheres:
        for row in table.search().where(where).to_arrow().to_pylist():
            read = read_of(row)
            if read.read_id not in but:
                reads[read.read_id] = read
    return list(reads.values())


def _by_id(folder: Path, named: Named) -> Iterator[str]:
    if not named.read_ids:
        return
    among = may_hold(folder, id_keys=id_keys(named.read_ids)).tolist()
    here = [read_id for read_id, is_here in zip(named.read_ids, among, strict=True) if is_here]
    yield from listed(here)


def _by_vehicle(folder: Path, named: Named) -> Iterator[str]:
    starts_at = datetime.combine(date.fromisoformat(folder.name), datetime.min.time(), UTC)
    ends_at = starts_at + timedelta(days=1)
    plates = plates_in(folder) if named.spans else ()
    for fold, since_us, until_us in named.spans:
        plate = pack(fold)
        within = from_us(since_us) < ends_at and from_us(until_us) > starts_at
        if within and any(present(keys, key=plate) for keys in plates):
            yield f"plate = {plate} AND captured_us >= {since_us} AND captured_us < {until_us}"


def _pictures(table: Any, read_ids: Sequence[str]) -> Mapping[str, tuple[bytes, bytes]]:
    found: dict[str, tuple[bytes, bytes]] = {}
    for some in listed(read_ids):
        rows = table.search().where(f"{some} AND settled = true").to_arrow().to_pylist()
        found |= {row["read_id"].hex(): (row["plate_jpeg"], row["vehicle_jpeg"]) for row in rows}
    return found
