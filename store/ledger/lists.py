"""Lists of vehicles of interest: one version of each in force, replaced whole or not at all."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from store.ledger import audit
from store.ledger.instants import from_us, to_us
from store.ledger.ledger import Transaction
from store.lists.rows import RowOutcome
from store.purposes import from_column, kept, to_column
from store.terms import Ground, VehicleOfInterest

__all__ = [
    "Arrival",
    "Delivery",
    "ListVersion",
    "active",
    "deliveries",
    "generation",
    "in_force",
    "marks_of",
    "refuse",
    "replace",
    "rows_of",
]

_ENTRY = msgspec.json.Decoder(VehicleOfInterest)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file as it came.

    Attributes:
        list_name: The list it is for, for example "PNC" or "local".
        file_name: Its name, without folders.
        sha256: Of its bytes, in hexadecimal.
    """

    list_name: str
    file_name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ListVersion:
    """The version of a list that is in force.

    Attributes:
        list_name: Its name.
        version: 1 for the first, rising by one.
        sequence: The sender's own number, or None where it has none.
        loaded_at: When it came into force.
        entries: How many entries it holds.
        ground: On what somebody loaded it; None for an extract.
    """

    list_name: str
    version: int
    sequence: int | None
    loaded_at: datetime
    entries: int
    ground: Ground | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one file.

    Attributes:
        delivery_no: Rises with every file that came.
        arrival: The file.
        at: When it was dealt with.
        outcome: "load", "load_with_note" or "refuse:CODE".
        version: Version in force afterwards; None where there is none.
        entries: Entries in force afterwards.
        note: What the list's owner should know; empty where nothing.
    """

    delivery_no: int
    arrival: Arrival
    at: datetime
    outcome: str
    version: int | None
    entries: int
    note: str


def replace(
    tx: Transaction,
    arrival: Arrival,
    *,
    entries: Sequence[VehicleOfInterest],
    rows: Sequence[RowOutcome],
    sequence: int | None = None,
    note: str = "",
    now: datetime,
    by: str = audit.HUB,
    ground: Ground | None = None,
    about: Mapping[str, object] | None = None,
) -> Delivery:
    """Bring a new version of a list into force in place of the one before.

    Args:
        tx: A transaction; other readers see the whole new version or the whole old one.
        arrival: The file it came in.
        entries: All of them; none is left over from the version before.
        rows: What was wrong with single rows; kept in the load record.
        sequence: The sender's own number.
        note: What the list's owner should know.
        now: When.
        by: Staff number of who loaded it, or the hub.
        ground: On what its entries are of interest; stands in the audit record too.
        about: What else its audit record says.
    """
    name, before = arrival.list_name, in_force(tx, arrival.list_name)
    version = 1 if before is None else before.version + 1
    tx.execute("DELETE FROM entry WHERE list_name = ?", (name,))
    founded = {} if ground is None else {"ground": dict(kept(ground))}
    tx.execute(
        "INSERT INTO list VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (list_name) DO UPDATE SET version "
        "= excluded.version, sequence = excluded.sequence, loaded_us = excluded.loaded_us, "
        "entries = excluded.entries, ground = excluded.ground",
        (name, version, sequence, to_us(now), len(entries), to_column(ground)),
    )
    tx.executemany(
        "INSERT INTO entry VALUES (?, ?, ?, ?, ?)",
        (
            (
                name,
                entry.entry_id,
                entry.vrm,
                to_us(entry.weeds_at),
                msgspec.json.encode(entry).decode(),
            )
            for entry in entries
        ),
    )
    outcome = "load_with_note" if note else "load"
    told = {**founded, **(about or {})}
    return _record(tx, arrival, rows=rows, outcome=outcome, note=note, now=now, by=by, about=told)


def refuse(
    tx: Transaction,
    arrival: Arrival,
    *,
    code: str,
    note: str,
    now: datetime,
    by: str = audit.HUB,
) -> Delivery:
    """Record that a file was refused; the version before stays in force."""
    return _record(tx, arrival, rows=(), outcome=f"refuse:{code}", note=note, now=now, by=by)


def in_force(db: sqlite3.Connection, list_name: str) -> ListVersion | None:
    """Give the version of a list that is in force."""
    row = db.execute("SELECT * FROM list WHERE list_name = ?", (list_name,)).fetchone()
    if row is None:
        return None
    return ListVersion(
        list_name=row["list_name"],
        version=row["version"],
        sequence=row["sequence"],
        loaded_at=from_us(row["loaded_us"]),
        entries=row["entries"],
        ground=from_column(row["ground"]),
    )


def active(db: sqlite3.Connection, *, now: datetime) -> tuple[VehicleOfInterest, ...]:
    """Give the entries of all lists that are in force now, weeded ones left out."""
    rows = db.execute("SELECT body FROM entry WHERE weeds_us > ?", (to_us(now),))
    return tuple(_ENTRY.decode(body) for (body,) in rows)


def marks_of(
    db: sqlite3.Connection, list_name: str, *, now: datetime, most: int
) -> tuple[str, ...]:
    """Give the different marks of a list that are in force now, sorted, at most so many.

    Args:
        db: A connection.
        list_name: Its name, in capitals or not.
        now: When; weeded entries are left out.
        most: The most to give.
    """
    rows = db.execute(
        "SELECT DISTINCT vrm FROM entry WHERE list_name = ? COLLATE NOCASE AND weeds_us > ? "
        "ORDER BY vrm LIMIT ?",
        (list_name, to_us(now), most),
    )
    return tuple(vrm for (vrm,) in rows)


def generation(db: sqlite3.Connection) -> int:
    """Give a number that rises with every file dealt with: has anything come since I looked?"""
    return int(db.execute("SELECT coalesce(max(delivery_no), 0) FROM delivery").fetchone()[0])


def deliveries(db: sqlite3.Connection, *, count: int) -> tuple[Delivery, ...]:
    """Give what became of the newest files, newest first."""
    rows = db.execute("SELECT * FROM delivery ORDER BY delivery_no DESC LIMIT ?", (count,))
    return tuple(_delivery(row) for row in rows)


def rows_of(db: sqlite3.Connection, delivery_no: int) -> tuple[RowOutcome, ...]:
    """Give what was wrong with single rows of a file."""
    rows = db.execute(
        "SELECT row_no, error, outcome, meaning FROM delivery_row WHERE delivery_no = ?",
        (delivery_no,),
    )
    return tuple(RowOutcome(*row) for row in rows)


def _record(
    tx: Transaction,
    arrival: Arrival,
    *,
    rows: Sequence[RowOutcome],
    outcome: str,
    note: str,
    now: datetime,
    by: str,
    about: Mapping[str, object] | None = None,
) -> Delivery:
    """Write the load record and its audit record."""
    current = in_force(tx, arrival.list_name)
    version = None if current is None else current.version
    entries = 0 if current is None else current.entries
    cursor = tx.execute(
        "INSERT INTO delivery (list_name, file_name, sha256, at_us, outcome, version, entries, "
        "note) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            arrival.list_name,
            arrival.file_name,
            arrival.sha256,
            to_us(now),
            outcome,
            version,
            entries,
            note,
        ),
    )
    number = cursor.lastrowid or 0
    told = [row for row in rows if row.error]
    tx.executemany(
        "INSERT INTO delivery_row VALUES (?, ?, ?, ?, ?)",
        ((number, row.row, row.error, row.outcome, row.meaning) for row in told),
    )
    audit.append(
        tx,
        "list refused" if outcome.startswith("refuse") else "list loaded",
        by=by,
        now=now,
        about={
            "list": arrival.list_name,
            "file": arrival.file_name,
            "sha256": arrival.sha256,
            "outcome": outcome,
            "version": version,
            "entries": entries,
            "rows_told": len(told),
            **(about or {}),
        },
    )
    return Delivery(number, arrival, now, outcome, version, entries, note)


def _delivery(row: sqlite3.Row) -> Delivery:
    return Delivery(
        delivery_no=row["delivery_no"],
        arrival=Arrival(row["list_name"], row["file_name"], row["sha256"]),
        at=from_us(row["at_us"]),
        outcome=row["outcome"],
        version=row["version"],
        entries=row["entries"],
        note=row["note"],
    )
