"""Take what is past its time out of the ledger, and remember what was weeded.

An alarm stays as a number: what it was raised for, how urgent it was and how it was answered. The
vehicle goes out of it, and its sights go whole. Searches that named a mark stay in the audit chain,
which has a time of its own.
"""

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

import msgspec

from store.ledger import audit
from store.ledger.alarms.raising import next_seq
from store.ledger.instants import to_us
from store.ledger.ledger import Transaction
from store.terms import VehicleOfInterest

__all__ = [
    "BEGUN",
    "CERTIFICATE",
    "ORDERED",
    "Past",
    "Told",
    "blank",
    "held",
    "newest",
    "order",
    "ordered",
    "past",
    "record",
    "told",
    "weed",
]

BEGUN = "weeding begun"
"""Kind of the audit record that says what is about to go."""

CERTIFICATE = "weeding certificate"
"""Kind of the audit record that says that it is gone (S-79)."""

ORDERED = "weeding ordered"
"""Kind of the audit record by which somebody has a running hub weed now."""

_ENTRY = msgspec.json.Decoder(VehicleOfInterest)
_CODE = re.compile(r"[A-Z][0-9]{2}\b", re.ASCII)
_PAST_ALARMS = (
    "SELECT alarm_no, entry FROM alarm "
    "WHERE captured_us < ? AND (vrm != '' OR entry_vrm != 'weeded-' || alarm_no)"
)


@dataclass(frozen=True, slots=True)
class Past:
    """What of the ledger is past its time.

    Attributes:
        sights: Reads on entries.
        alarms: Alarms whose newest sight is past and that still name their vehicle.
    """

    sights: int
    alarms: int


@dataclass(frozen=True, slots=True)
class Told:
    """What an audit record of weeding says.

    Attributes:
        seq: Its number in the chain.
        kind: `BEGUN` or `CERTIFICATE`.
        about: What it is about.
        by: Who acted.
    """

    seq: int
    kind: str
    about: Mapping[str, Any]
    by: str


def past(db: sqlite3.Connection, *, before: date) -> Past:
    """Count what was captured before a day and names a vehicle."""
    bound_us = _start_us(before)
    (sights,) = db.execute(
        "SELECT count(*) FROM sight WHERE captured_us < ?", (bound_us,)
    ).fetchone()
    alarms = len(db.execute(_PAST_ALARMS, (bound_us,)).fetchall())
    return Past(sights=sights, alarms=alarms)


def held(db: sqlite3.Connection, *, before: date) -> int:
    """Count the reads captured before a day that holds keep on their shelves (S-75)."""
    (reads,) = db.execute(
        "SELECT count(DISTINCT read_id) FROM held_read WHERE captured_us < ?", (_start_us(before),)
    ).fetchone()
    return int(reads)


def weed(tx: Transaction, *, before: date) -> None:
    """Remove the sights captured before a day, and take the vehicle out of their alarms.

    Pages of the file hold copies until `Ledger.rewrite` has run.
    """
    bound_us = _start_us(before)
    tx.execute("DELETE FROM sight WHERE captured_us < ?", (bound_us,))
    alarms = tx.execute(_PAST_ALARMS, (bound_us,)).fetchall()
    for number, _ in alarms:
        blank(tx, number)
    tx.execute("DELETE FROM erased WHERE day < ?", (before.isoformat(),))


def blank(tx: Transaction, number: int) -> None:
    """Take the vehicle out of an alarm; what was answered stays."""
    (entry,) = tx.execute("SELECT entry FROM alarm WHERE alarm_no = ?", (number,)).fetchone()
    tx.execute(
        "UPDATE alarm SET vrm = '', entry_vrm = ?, entry = ?, seq = ? WHERE alarm_no = ?",
        (f"weeded-{number}", _without_vehicle(entry), next_seq(tx), number),
    )


def record(tx: Transaction, kind: str, *, now: datetime, about: Mapping[str, object]) -> int:
    """Write into the audit chain that a weeding begins, or certify that it is done."""
    return audit.append(tx, kind, by=audit.HUB, now=now, about=about)


def order(tx: Transaction, *, by: str, now: datetime) -> int:
    """Have the hub that records weed now; whoever asks has passed the door."""
    return audit.append(tx, ORDERED, by=by, now=now, about={"what": "weeding"})


def ordered(db: sqlite3.Connection, *, after: int) -> bool:
    """Say whether a weeding was ordered after a record of the chain; only newer ones are read."""
    found = db.execute(
        "SELECT 1 FROM audit WHERE seq > ? AND json_extract(body, '$.kind') = ? LIMIT 1",
        (after, ORDERED),
    ).fetchone()
    return found is not None


def newest(db: sqlite3.Connection, *, certified: bool = False) -> Told | None:
    """Find the newest audit record of weeding; None where there is none.

    Args:
        db: A connection.
        certified: Look for certificates alone.
    """
    return told(db, kinds=(CERTIFICATE,) if certified else (CERTIFICATE, BEGUN))


def told(db: sqlite3.Connection, *, kinds: Sequence[str]) -> Told | None:
    """Find the newest audit record of some kinds; None where there is none."""
    found = db.execute(
        "SELECT seq, body FROM audit WHERE body IS NOT NULL AND json_extract(body, '$.kind') IN "
        "(SELECT value FROM json_each(?)) ORDER BY seq DESC LIMIT 1",
        (json.dumps(kinds),),
    ).fetchone()
    if found is None:
        return None
    body = json.loads(found[1])
    return Told(seq=int(found[0]), kind=body["kind"], about=body["about"], by=body["by"])


def _without_vehicle(entry: str) -> str:
    known = _ENTRY.decode(entry)
    code = _CODE.match(known.reason)
    bare = replace(
        known,
        vrm="",
        fold="",
        reason=code[0] if code else "",
        markers="",
        make="",
        model="",
        colour="",
        instructions="",
        incident="",
        source_ref="",
    )
    return msgspec.json.encode(bare).decode()


def _start_us(day: date) -> int:
    return to_us(datetime.combine(day, time(), UTC))
