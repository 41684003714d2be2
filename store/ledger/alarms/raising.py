"""Raise alarms, repeat them, and confirm or correct them when a passage is settled.

One unanswered alarm stands for one vehicle on one entry, however often it is seen; a sight after
the answer raises a new one. A replayed read changes nothing. Each change gives the alarm the next
number of `alarm_seq`, so that consoles can follow.
"""

import sqlite3
from collections.abc import Collection
from datetime import datetime

import msgspec

from store.ledger import audit
from store.ledger.alarms.board import by_id
from store.ledger.instants import to_us
from store.ledger.ledger import Transaction
from store.ledger.rules import policies
from store.terms import (
    Action,
    Alarm,
    Certainty,
    Priority,
    Read,
    VehicleOfInterest,
)

__all__ = ["correct", "next_seq", "raise_or_repeat", "unsettled"]

_RANK = {Priority.LOW: 1, Priority.MEDIUM: 2, Priority.HIGH: 3}
_PRIORITY = {rank: priority for priority, rank in _RANK.items()}


def raise_or_repeat(
    tx: Transaction,
    read: Read,
    *,
    entry: VehicleOfInterest,
    certainty: Certainty,
    settled: bool = True,
    now: datetime,
) -> Alarm:
    """Record that a read met an entry that is in force.

    Args:
        tx: A transaction.
        read: A first sight, or the settled read of a passage with the same `read_id`.
        entry: The entry it met.
        certainty: How it met it.
        settled: False for a first sight, which the settled read confirms later.
        now: When the hub learned of it.

    Returns:
        The alarm as it stands: new, counted once more, confirmed, or (at a replay) as it was.
    """
    key = (entry.list_name, entry.entry_id, entry.vrm)
    known = tx.execute(
        "SELECT alarm_no, settled FROM sight "
        "WHERE read_id = ? AND list_name = ? AND entry_id = ? AND entry_vrm = ?",
        (read.read_id, *key),
    ).fetchone()
    if known is not None:
        number = int(known["alarm_no"])
        if settled and not known["settled"]:
            _settle(tx, read, number, key=key, certainty=certainty, now=now)
        return _alarm(tx, number)
    standing = tx.execute(
        "SELECT * FROM alarm WHERE list_name = ? AND entry_id = ? AND entry_vrm = ? "
        "AND state != 'actioned'",
        key,
    ).fetchone()
    if standing is None:
        number = _raise(tx, read, entry=entry, certainty=certainty, now=now)
    else:
        number = int(standing["alarm_no"])
    tx.execute(
        "INSERT INTO sight VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            read.read_id,
            *key,
            number,
            settled,
            read.camera_id,
            to_us(read.captured_at),
            read.vrm,
            certainty,
            read.confidence,
            read.direction,
        ),
    )
    if standing is not None:
        _repeat(tx, read, standing, entry=entry, certainty=certainty, now=now)
    return _alarm(tx, number)


def correct(
    tx: Transaction, read: Read, *, met: Collection[VehicleOfInterest], now: datetime
) -> tuple[Alarm, ...]:
    """Correct the alarms of a first sight that the settled read does not bear out.

    Such an alarm stays on the board, for nobody can delete one: it shows the mark as it was
    settled and is only "possible" from now on.

    Args:
        tx: A transaction.
        read: The settled read.
        met: The entries that the settled read met.
        now: When.

    Returns:
        The alarms that changed.
    """
    borne_out = {(entry.list_name, entry.entry_id, entry.vrm) for entry in met}
    open_sights = tx.execute(
        "SELECT * FROM sight WHERE read_id = ? AND NOT settled", (read.read_id,)
    ).fetchall()
    corrected = []
    for sight in open_sights:
        key = (sight["list_name"], sight["entry_id"], sight["entry_vrm"])
        if key not in borne_out:
            number = int(sight["alarm_no"])
            _settle(tx, read, number, key=key, certainty=Certainty.POSSIBLE, now=now)
            corrected.append(_alarm(tx, number))
    return tuple(corrected)


def unsettled(db: sqlite3.Connection) -> set[str]:
    """Give the read ids of first sights whose passage has not been settled."""
    return {read_id for (read_id,) in db.execute("SELECT read_id FROM sight WHERE NOT settled")}


def next_seq(tx: Transaction) -> int:
    """Take the number of the next change of any alarm."""
    return int(tx.execute("UPDATE alarm_seq SET seq = seq + 1 RETURNING seq").fetchone()[0])


def _raise(
    tx: Transaction, read: Read, *, entry: VehicleOfInterest, certainty: Certainty, now: datetime
) -> int:
    cursor = tx.execute(
        "INSERT INTO alarm (seq, list_name, entry_id, entry_vrm, entry, priority, rank, certainty, "
        "read_id, camera_id, vrm, confidence, captured_us, raised_us, sights, state) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 'new')",
        (
            next_seq(tx),
            entry.list_name,
            entry.entry_id,
            entry.vrm,
            msgspec.json.encode(entry).decode(),
            entry.priority,
            _RANK[entry.priority],
            certainty,
            read.read_id,
            read.camera_id,
            read.vrm,
            read.confidence,
            to_us(read.captured_at),
            to_us(now),
        ),
    )
    number = cursor.lastrowid or 0
    _audit_sight(tx, "alarm raised", read, number, certainty=certainty, now=now)
    return number


def _repeat(
    tx: Transaction,
    read: Read,
    standing: sqlite3.Row,
    *,
    entry: VehicleOfInterest,
    certainty: Certainty,
    now: datetime,
) -> None:
    """Count one more sight of a vehicle whose alarm is unanswered."""
    number = int(standing["alarm_no"])
    own = _RANK[entry.priority]
    raised = own + 1 if entry.action is Action.STOP and _often(tx, read, number) else own
    # A list that lowers its entry, or a quiet day, does not lower an alarm nobody has answered.
    rank = min(max(raised, standing["rank"]), _RANK[Priority.HIGH])
    tx.execute(
        "UPDATE alarm SET sights = sights + 1, entry = ?, priority = ?, rank = ?, seq = ? "
        "WHERE alarm_no = ?",
        (msgspec.json.encode(entry).decode(), _PRIORITY[rank], rank, next_seq(tx), number),
    )
    if to_us(read.captured_at) >= standing["captured_us"]:
        _show_latest(tx, read, number, certainty=certainty)
    _audit_sight(tx, "alarm seen again", read, number, certainty=certainty, now=now)


def _often(tx: Transaction, read: Read, number: int) -> bool:
    """Say whether this sight is one of so many within the window that the display rises."""
    rules = policies.in_force(tx).figures.alarms
    window_us = rules.repeat_window_s * 1_000_000
    at_us = to_us(read.captured_at)
    near = [
        us
        for (us,) in tx.execute(
            "SELECT captured_us FROM sight WHERE alarm_no = ? AND captured_us BETWEEN ? AND ? "
            "ORDER BY captured_us",
            (number, at_us - window_us, at_us + window_us),
        )
    ]
    hits = rules.repeat_hits
    return any(
        last - first <= window_us for first, last in zip(near, near[hits - 1 :], strict=False)
    )


def _settle(
    tx: Transaction,
    read: Read,
    number: int,
    *,
    key: tuple[str, str, str],
    certainty: Certainty,
    now: datetime,
) -> None:
    """Write the settled reading over a first sight, and over the alarm where it shows it."""
    tx.execute(
        "UPDATE sight SET settled = 1, captured_us = ?, vrm = ?, certainty = ?, confidence = ?, "
        "direction = ? WHERE read_id = ? AND list_name = ? AND entry_id = ? AND entry_vrm = ?",
        (
            to_us(read.captured_at),
            read.vrm,
            certainty,
            read.confidence,
            read.direction,
            read.read_id,
            *key,
        ),
    )
    shown = tx.execute(
        "SELECT 1 FROM alarm WHERE alarm_no = ? AND read_id = ? AND state != 'actioned'",
        (number, read.read_id),
    ).fetchone()
    if shown is not None:
        _show_latest(tx, read, number, certainty=certainty)
        tx.execute("UPDATE alarm SET seq = ? WHERE alarm_no = ?", (next_seq(tx), number))
    _audit_sight(tx, "sight settled", read, number, certainty=certainty, now=now)


def _show_latest(tx: Transaction, read: Read, number: int, *, certainty: Certainty) -> None:
    tx.execute(
        "UPDATE alarm SET read_id = ?, camera_id = ?, vrm = ?, confidence = ?, captured_us = ?, "
        "certainty = ? WHERE alarm_no = ?",
        (
            read.read_id,
            read.camera_id,
            read.vrm,
            read.confidence,
            to_us(read.captured_at),
            certainty,
            number,
        ),
    )


def _audit_sight(
    tx: Transaction, kind: str, read: Read, number: int, *, certainty: Certainty, now: datetime
) -> None:
    alarm = tx.execute("SELECT * FROM alarm WHERE alarm_no = ?", (number,)).fetchone()
    about = {
        "alarm_id": f"A-{number}",
        "camera_id": read.camera_id,
        "certainty": certainty,
        "entry_id": alarm["entry_id"],
        "list": alarm["list_name"],
        "priority": alarm["priority"],
        "read_id": read.read_id,
    }
    audit.append(tx, kind, by=audit.HUB, now=now, about=about)


def _alarm(tx: Transaction, number: int) -> Alarm:
    alarm = by_id(tx, f"A-{number}")
    assert alarm is not None  # noqa: S101 -- the row was written in this transaction
    return alarm
