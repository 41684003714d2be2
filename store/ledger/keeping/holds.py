"""Evidential holds: which reads a case keeps past their time, on whose authority (S-75, S-76).

A hold names reads by their id, or a vehicle for a time, which may reach into the future. What lies
on its shelf for certain is written down read by read, so that a proof can miss one. When a hold is
released the names go; that there was one, for which case, and who set and released it, stays.
"""

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from store.errors import InputError
from store.governance.rulebook.nouns import Rulebook
from store.ledger import audit
from store.ledger.instants import from_us, to_us
from store.ledger.ledger import Transaction
from store.ledger.rules import policies
from store.vrm import fold, mark

__all__ = [
    "Hold",
    "HoldOrder",
    "Names",
    "Vehicle",
    "every",
    "find",
    "forget",
    "held",
    "holding",
    "names",
    "put_off",
    "release",
    "secured",
    "set_hold",
]

_READ_ID_CHARS = 32


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle for a time, as a hold names it.

    Attributes:
        vrm: Registration mark; look-alike glyphs (O/0, I/1) are the same vehicle.
        since_at: Oldest capture time, inclusive.
        until_at: Newest capture time, exclusive.
    """

    vrm: str
    since_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class HoldOrder:
    """What is to be held, and on whose authority.

    Attributes:
        case: Case reference in a form of the policy, for example "NS-2611-04417".
        authority: Who decided it and where that is written, for example "D/Supt Hale, log 114".
        review_at: When it is to be looked at again; it holds on until somebody releases it.
        read_ids: Reads by their id.
        vehicles: Vehicles for a time.
    """

    case: str
    authority: str
    review_at: datetime
    read_ids: tuple[str, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold as the ledger knows it.

    Attributes:
        number: From 1.
        case: The case it is for.
        authority: Who decided it.
        set_by: Staff number of who set it.
        set_at: When.
        review_at: When it is to be looked at again.
        released_at: When it was released; None while it holds.
        reads: How many reads lie on its shelf.
    """

    number: int
    case: str
    authority: str
    set_by: str
    set_at: datetime
    review_at: datetime
    released_at: datetime | None
    reads: int


@dataclass(frozen=True, slots=True)
class Names:
    """What a hold names, ready to be looked for.

    Attributes:
        read_ids: Reads.
        spans: Folded mark, first microsecond, and the one past the last.
    """

    read_ids: tuple[str, ...]
    spans: tuple[tuple[str, int, int], ...]


def set_hold(tx: Transaction, order: HoldOrder, *, by: str, now: datetime) -> int:
    """Set a hold; from the end of the transaction no read that it names is weeded unsecured.

    Returns:
        Its number.

    Raises:
        InputError: The order names no case, no authority, no read, or a review the policy does
            not allow.
    """
    _demand_sound(order, book=policies.in_force(tx), now=now)
    cursor = tx.execute(
        "INSERT INTO hold VALUES (NULL, ?, ?, ?, ?, ?, NULL)",
        (order.case, order.authority.strip(), by, to_us(now), to_us(order.review_at)),
    )
    number = int(cursor.lastrowid or 0)
    tx.executemany(
        "INSERT INTO hold_name VALUES (?, ?, NULL, NULL, NULL)",
        [(number, read_id) for read_id in dict.fromkeys(order.read_ids)],
    )
    tx.executemany(
        "INSERT INTO hold_name VALUES (?, NULL, ?, ?, ?)",
        [
            (number, fold(mark(one.vrm)), to_us(one.since_at), to_us(one.until_at))
            for one in order.vehicles
        ],
    )
    vehicles = [{key: str(value) for key, value in asdict(one).items()} for one in order.vehicles]
    about = {
        "hold": number,
        "case": order.case,
        "authority": order.authority.strip(),
        "review_at": order.review_at.isoformat(),
        "reads": len(set(order.read_ids)),
        "digest": _digest(order.read_ids),
        "vehicles": vehicles,
    }
    audit.append(tx, "evidential hold set", by=by, now=now, about=about)
    return number


def put_off(tx: Transaction, number: int, *, review_at: datetime, by: str, now: datetime) -> None:
    """Set a later day for looking at a hold again: somebody has looked at it now (S-76).

    Raises:
        InputError: There is no such hold in force, or the policy does not allow that day.
    """
    holding(tx, number)
    _demand_review(review_at, book=policies.in_force(tx), now=now)
    tx.execute("UPDATE hold SET review_us = ? WHERE hold_no = ?", (to_us(review_at), number))
    about = {"hold": number, "review_at": review_at.isoformat()}
    audit.append(tx, "evidential hold reviewed", by=by, now=now, about=about)


def secured(
    tx: Transaction, number: int, *, reads: Mapping[str, datetime], by: str, now: datetime
) -> None:
    """Write down that reads lie on the shelf of a hold, on disk for certain.

    Args:
        tx: A transaction.
        number: The hold.
        reads: Read id to capture time.
        by: Staff number, or `audit.HUB` where a weeding made it necessary.
        now: When.
    """
    tx.executemany(
        "INSERT OR IGNORE INTO held_read VALUES (?, ?, ?)",
        [(number, read_id, to_us(captured_at)) for read_id, captured_at in reads.items()],
    )
    about = {"hold": number, "reads": len(reads), "digest": _digest(reads)}
    audit.append(tx, "evidence secured", by=by, now=now, about=about)


def release(tx: Transaction, number: int, *, why: str, by: str, now: datetime) -> None:
    """Release a hold: what is past retention is to go from its shelf (S-76).

    Raises:
        InputError: There is no such hold in force, or no reason is given.
    """
    hold = holding(tx, number)
    if not why.strip():
        raise InputError("Not released: no reason. Say who decided that the case needs it no more.")
    tx.execute("UPDATE hold SET released_us = ? WHERE hold_no = ?", (to_us(now), number))
    about = {"hold": number, "case": hold.case, "why": why.strip()}
    audit.append(tx, "evidential hold released", by=by, now=now, about=about)


def forget(tx: Transaction, number: int, *, now: datetime) -> None:
    """Forget what a released hold named, and certify that its shelf is gone.

    Pages of the file hold copies until `Ledger.rewrite` has run.
    """
    reads = [row[0] for row in tx.execute(_HELD, (number,))]
    tx.execute("DELETE FROM hold_name WHERE hold_no = ?", (number,))
    tx.execute("DELETE FROM held_read WHERE hold_no = ?", (number,))
    about = {"hold": number, "reads": len(reads), "digest": _digest(reads)}
    audit.append(tx, "evidential hold removed", by=audit.HUB, now=now, about=about)


def every(db: sqlite3.Connection) -> tuple[Hold, ...]:
    """Give every hold there was, oldest first."""
    return tuple(map(_hold, db.execute(f"{_HOLDS} ORDER BY hold_no")))


def find(db: sqlite3.Connection, number: int) -> Hold | None:
    """Find a hold by its number."""
    row = db.execute(f"{_HOLDS} WHERE hold_no = ?", (number,)).fetchone()
    return None if row is None else _hold(row)


def holding(db: sqlite3.Connection, number: int) -> Hold:
    """Find a hold that is in force.

    Raises:
        InputError: There is none of that number, or it was released.
    """
    hold = find(db, number)
    if hold is None or hold.released_at is not None:
        raise InputError(f"No hold {number} is in force. anpr hold list shows those that are.")
    return hold


def names(db: sqlite3.Connection, number: int) -> Names:
    """Give what a hold names; nothing once it is forgotten."""
    rows = db.execute(
        "SELECT read_id, fold, since_us, until_us FROM hold_name WHERE hold_no = ?", (number,)
    ).fetchall()
    return Names(
        read_ids=tuple(row["read_id"] for row in rows if row["read_id"] is not None),
        spans=tuple(
            (row["fold"], row["since_us"], row["until_us"])
            for row in rows
            if row["fold"] is not None
        ),
    )


def held(db: sqlite3.Connection, number: int) -> dict[str, datetime]:
    """Give what lies on the shelf of a hold: read id to capture time."""
    return {row["read_id"]: from_us(row["captured_us"]) for row in db.execute(_HELD, (number,))}


_HOLDS = (
    "SELECT hold.*, (SELECT count(*) FROM held_read WHERE held_read.hold_no = hold.hold_no) "
    "AS reads FROM hold"
)
_HELD = "SELECT read_id, captured_us FROM held_read WHERE hold_no = ? ORDER BY read_id"


def _hold(row: sqlite3.Row) -> Hold:
    released_us = row["released_us"]
    return Hold(
        number=row["hold_no"],
        case=row["case_ref"],
        authority=row["authority"],
        set_by=row["set_by"],
        set_at=from_us(row["set_us"]),
        review_at=from_us(row["review_us"]),
        released_at=None if released_us is None else from_us(released_us),
        reads=row["reads"],
    )


def _demand_sound(order: HoldOrder, *, book: Rulebook, now: datetime) -> None:
    if not any(form.fullmatch(order.case) for form in book.grounds.references.values()):
        raise InputError(
            "Not held: the case is in no form this force uses. Give its number in full, for "
            "example NS-2611-04417."
        )
    if not 0 < len(order.authority.strip()) <= book.figures.holds.authority_max_chars:
        raise InputError(
            "Not held: no authority. Say in a line who decided it and where that is written."
        )
    _demand_review(order.review_at, book=book, now=now)
    if not order.read_ids and not order.vehicles:
        raise InputError("Not held: the order names no read and no vehicle. Name what to keep.")
    for read_id in order.read_ids:
        if len(read_id) != _READ_ID_CHARS or set(read_id) - set("0123456789abcdef"):
            raise InputError("Not held: a read id has 32 hexadecimal characters. Copy it whole.")
    for one in order.vehicles:
        mark(one.vrm)
        if one.since_at >= one.until_at:
            raise InputError("Not held: a time ends before it begins. Look at the dates.")


def _demand_review(review_at: datetime, *, book: Rulebook, now: datetime) -> None:
    longest = timedelta(seconds=book.figures.holds.review_max_s)
    if not now < review_at <= now + longest:
        raise InputError(
            f"Not held: the review is to be within {longest.days} days from now (S-76). "
            "Give a day in that time."
        )


def _digest(read_ids: Sequence[str] | Mapping[str, datetime]) -> str:
    """SHA-256 of read ids in ascending order, 16 bytes each, as certificates give it."""
    return hashlib.sha256(b"".join(map(bytes.fromhex, sorted(set(read_ids))))).hexdigest()
