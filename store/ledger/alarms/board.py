"""Read alarms: the board, one alarm, its sights, and what changed since a console looked.

No filter stands here that could hide an unanswered High (S-26).
"""

import re
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from store.ledger.instants import from_us, to_us
from store.purposes import from_column
from store.terms import (
    Alarm,
    AlarmState,
    Certainty,
    Decision,
    Disposition,
    Priority,
    ReadRow,
    VehicleOfInterest,
)

__all__ = ["Counts", "alarm_number", "board", "by_id", "counts", "newest_seq", "sights", "since"]

_ENTRY = msgspec.json.Decoder(VehicleOfInterest)
_ALARM_ID = re.compile(r"A-([0-9]{1,15})", re.ASCII)
_RATE_WINDOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Counts:
    """What the head of the alarm screen says.

    Attributes:
        high_new: High alarms that nobody has acknowledged.
        rate_per_10min: Alarms raised in the last ten minutes.
        seq: The newest change of any alarm.
    """

    high_new: int
    rate_per_10min: int
    seq: int


def board(db: sqlite3.Connection, *, limit: int = 200) -> tuple[Alarm, ...]:
    """Give the alarms as they stand, newest sight first.

    Every unanswered High is among them, however many there are and however small the limit; then
    come the newest of the unanswered others, then the newest answered ones.

    Args:
        db: A connection.
        limit: How many alarms at most, unanswered High apart.
    """
    shown = db.execute(
        "SELECT * FROM alarm_shown WHERE state != 'actioned' AND rank = 3"
    ).fetchall()
    for rest in (
        "SELECT * FROM alarm_shown WHERE state != 'actioned' AND rank < 3 "
        "ORDER BY captured_us DESC LIMIT ?",
        "SELECT * FROM alarm_shown WHERE state = 'actioned' ORDER BY captured_us DESC LIMIT ?",
    ):
        shown += db.execute(rest, (max(0, limit - len(shown)),)).fetchall()
    newest_first = sorted(shown, key=lambda row: row["captured_us"], reverse=True)
    return tuple(_alarm(row) for row in newest_first)


def since(db: sqlite3.Connection, seq: int, *, limit: int = 500) -> tuple[Alarm, ...]:
    """Give the alarms that changed after a number, in the order of their changes.

    An alarm that changed twice stands once, as it is now.
    """
    rows = db.execute("SELECT * FROM alarm_shown WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit))
    return tuple(_alarm(row) for row in rows)


def by_id(db: sqlite3.Connection, alarm_id: str) -> Alarm | None:
    """Find one alarm by its number, such as "A-1187"."""
    row = db.execute(
        "SELECT * FROM alarm_shown WHERE alarm_no = ?", (alarm_number(alarm_id),)
    ).fetchone()
    return None if row is None else _alarm(row)


def sights(db: sqlite3.Connection, alarm_id: str, *, limit: int = 100) -> tuple[ReadRow, ...]:
    """Give the reads an alarm counts, newest first; their mark is shown, for it is listed."""
    rows = db.execute(
        "SELECT * FROM sight_shown WHERE alarm_no = ? ORDER BY captured_us DESC LIMIT ?",
        (alarm_number(alarm_id), limit),
    )
    return tuple(
        ReadRow(
            read_id=row["read_id"],
            camera_id=row["camera_id"],
            camera_name=row["camera_name"],
            captured_at=from_us(row["captured_us"]),
            vrm=row["vrm"],
            certainty=Certainty(row["certainty"]),
            confidence=row["confidence"],
            direction=row["direction"],
            key=row["read_id"],
        )
        for row in rows
    )


def alarm_number(alarm_id: str) -> int:
    """Give the number in an alarm's id; 0, which no alarm has, where it is no such id."""
    found = _ALARM_ID.fullmatch(alarm_id)
    return 0 if found is None else int(found[1])


def counts(db: sqlite3.Connection, *, now: datetime) -> Counts:
    """Count what the head of the alarm screen says."""
    (high_new,) = db.execute(
        "SELECT count(*) FROM alarm WHERE state != 'actioned' AND rank = 3 AND state = 'new'"
    ).fetchone()
    (rate,) = db.execute(
        "SELECT count(*) FROM alarm WHERE raised_us > ?", (to_us(now - _RATE_WINDOW),)
    ).fetchone()
    return Counts(high_new=high_new, rate_per_10min=rate, seq=newest_seq(db))


def newest_seq(db: sqlite3.Connection) -> int:
    """Give the number of the newest change of any alarm."""
    (seq,) = db.execute("SELECT seq FROM alarm_seq").fetchone()
    return int(seq)


def _alarm(row: sqlite3.Row) -> Alarm:
    acknowledged_us = row["acknowledged_us"]
    return Alarm(
        alarm_id=f"A-{row['alarm_no']}",
        seq=row["seq"],
        read_id=row["read_id"],
        entry=_ENTRY.decode(row["entry"]),
        priority=Priority(row["priority"]),
        certainty=Certainty(row["certainty"]),
        camera_id=row["camera_id"],
        camera_name=row["camera_name"],
        vrm=row["vrm"],
        confidence=row["confidence"],
        captured_at=from_us(row["captured_us"]),
        raised_at=from_us(row["raised_us"]),
        sights=row["sights"],
        state=AlarmState(row["state"]),
        acknowledged_by=row["acknowledged_by"],
        acknowledged_at=None if acknowledged_us is None else from_us(acknowledged_us),
        disposition=_disposition(row),
    )


def _disposition(row: sqlite3.Row) -> Disposition | None:
    if row["decision"] is None:
        return None
    return Disposition(
        decision=Decision(row["decision"]),
        resource=row["resource"],
        log_ref=row["log_ref"],
        why=row["why"],
        staff_id=row["decided_by"],
        decided_at=from_us(row["decided_us"]),
        ground=from_column(row["ground"]),
    )
