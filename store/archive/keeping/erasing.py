"""Erasure: named reads leave their day, the ledger and every file, and a certificate says so.

    named         reads by their id, and what vehicles left in a time, found in their days
    holds         what a hold names of them is on its shelf first, and stays there for its case
    begun         how many are about to go stands in the audit chain, and which in the ledger
    archive       each day is written anew without them
    spool         torn ends of segments
    ledger        their sights go, and the vehicle of an alarm that has no other
    certificate   what went stands in the audit chain

Logs and the book of pictures name no read. Interrupted at any step it is taken up by the next
erasure or weeding. It takes the recorder's place, as weeding does.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from store.archive.bucket.leaving import demand_bucket, remove_unmarked
from store.archive.days.folders import day_folders
from store.archive.days.rows import read_id_bytes
from store.archive.keeping.holds import clear_released, secure
from store.archive.keeping.naming import Named, named_reads
from store.archive.keeping.rewriting import rewrite_without
from store.disk import sync_all
from store.errors import InputError, UnavailableError
from store.ledger.instants import to_us
from store.ledger.keeping import erasing
from store.ledger.keeping.holds import Vehicle
from store.store import Store
from store.vrm import fold, mark

__all__ = ["Erasure", "ErasureOrder", "Planned", "finish_erasing", "plan"]


@dataclass(frozen=True, slots=True)
class ErasureOrder:
    """What is to be erased, and on whose authority.

    Attributes:
        authority: Who decided it and where that is written.
        why: For what right or reason, for example "SAR-26-0031, erasure granted".
        read_ids: Reads by their id.
        vehicles: Vehicles for a time.
    """

    authority: str
    why: str
    read_ids: tuple[str, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """An erasure that is about to begin.

    Attributes:
        days: Day of capture, such as "2026-11-22", to ids of reads.
        about: What the audit says of it.
    """

    days: Mapping[str, frozenset[str]]
    about: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Erasure:
    """What one erasure removed.

    Attributes:
        seq: Number of its audit record.
        days: Day of capture to how many reads of it went.
        reads: How many in all.
        held: How many of them stay on the shelves of holds, for their cases alone (S-75).
        missing: How many were named by their id and are nowhere.
        authority: Who decided it.
        why: For what.
        digest: SHA-256 of the read ids in ascending order, 16 bytes each, as hexadecimal.
    """

    seq: int
    days: Mapping[str, int]
    reads: int
    held: int
    missing: int
    authority: str
    why: str
    digest: str


def plan(store: Store, order: ErasureOrder, *, now: datetime) -> Planned:
    """Find what an order names, and put on its shelf what a hold keeps of it.

    Call it in the recorder's place (`filed_and_alone`).

    Raises:
        InputError: The order names nothing, or no authority or reason.
        UnavailableError: A day cannot be read now.
    """
    named = _demand_sound(order)
    demand_bucket(store.state / "archive")
    clear_released(store.state, store.ledger, now=now)
    secure(store.state, store.ledger, now=now)
    days: defaultdict[str, set[str]] = defaultdict(set)
    for folder in day_folders(store.state / "archive"):
        days[folder.name] |= {read.read_id for read in named_reads(folder, named)}
    found = {read_id for read_ids in days.values() for read_id in read_ids}
    for read_id in set(order.read_ids) - found:
        # seen once and never settled: the ledger and the pictures may have it
        with store.ledger.reading() as db:
            for day in erasing.sighted(db, read_id):
                days[day].add(read_id)
                found.add(read_id)
    with store.ledger.reading() as db:
        held = erasing.held(db, found)
    planned = {day: frozenset(read_ids) for day, read_ids in sorted(days.items()) if read_ids}
    digest = hashlib.sha256(b"".join(map(bytes.fromhex, sorted(found)))).hexdigest()
    about = {
        "days": {day: len(read_ids) for day, read_ids in planned.items()},
        "reads": len(found),
        "held": held,
        "missing": len(set(order.read_ids) - found),
        "authority": order.authority.strip(),
        "why": order.why.strip(),
        "digest": digest,
    }
    return Planned(planned, about)


def finish_erasing(store: Store, *, now: datetime) -> Erasure | None:
    """Carry out the erasure that was begun and certify it; None where there is none.

    Call it in the recorder's place. It may be interrupted at any moment and called again.

    Raises:
        UnavailableError: The disk or the ledger refuses; it goes on from there.
        CorruptError: A day is not as we wrote it.
    """
    with store.ledger.reading() as db:
        days = erasing.erasing(db)
        if not days:
            return None
        by, about = erasing.begun(db)
    read_ids = frozenset().union(*days.values())
    for folder in day_folders(store.state / "archive"):
        # a first sight may stand on the other side of midnight from its read
        near = [days.get(day, frozenset()) for day in _around(folder.name)]
        if any(near):
            rewrite_without(folder, read_ids=frozenset().union(*near))
    # what a day left in the bucket when it came down is the day before the erasure
    remove_unmarked(store.state / "archive")
    _remove_cuts(store.state)
    with store.ledger.transaction() as tx:
        erasing.remove(tx, read_ids=read_ids)
    with store.ledger.transaction() as tx:
        seq = erasing.certify(tx, days=days, about=about, by=by, now=now)
    store.ledger.rewrite()
    return Erasure(**{**about, "seq": seq})


def _around(day: str) -> list[str]:
    middle = date.fromisoformat(day)
    return [(middle + timedelta(days=step)).isoformat() for step in (-1, 0, 1)]


def _remove_cuts(state: Path) -> None:
    """Remove torn ends of segments: what is in them was never acknowledged and names no read."""
    try:
        for cut in (state / "spool").glob("*.cut"):
            cut.unlink()
        sync_all([state / "spool"])
    except OSError as trouble:
        raise UnavailableError(
            f"The erasure stopped half way ({trouble.strerror}). Check the disk of {state} and "
            "erase or weed again; it goes on from there."
        ) from trouble


def _demand_sound(order: ErasureOrder) -> Named:
    if not order.authority.strip() or not order.why.strip():
        raise InputError(
            "Not erased: no authority or no reason. Say who decided it, for what, and where that "
            "is written."
        )
    if not order.read_ids and not order.vehicles:
        raise InputError("Not erased: the order names no read and no vehicle.")
    spans = []
    for one in order.vehicles:
        if one.since_at >= one.until_at:
            raise InputError("Not erased: a time ends before it begins. Look at the dates.")
        spans.append((fold(mark(one.vrm)), to_us(one.since_at), to_us(one.until_at)))
    for read_id in order.read_ids:
        read_id_bytes(read_id)
    return Named(tuple(dict.fromkeys(order.read_ids)), tuple(spans))
