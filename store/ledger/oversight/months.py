"""Find the records of a time in the audit chain; numbers grow with time, so halving finds them."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import Any

__all__ = ["between", "of_officer", "outcome_of", "record"]

_Body = dict[str, Any]


def between(
    db: sqlite3.Connection, *, since_at: datetime, until_at: datetime
) -> Iterator[tuple[int, _Body]]:
    """Give the records of a time that are not weeded, oldest first, each with its number.

    A clock that was set back a little between two records moves neither out of its month.

    Args:
        db: A connection.
        since_at: First moment.
        until_at: First moment after it.
    """
    rows = db.execute(
        "SELECT seq, body FROM audit WHERE seq >= ? AND body IS NOT NULL ORDER BY seq",
        (max(1, _first(db, at=since_at) - _SLACK),),
    )
    late = 0
    for seq, text in rows:
        body: _Body = json.loads(text)
        at = datetime.fromisoformat(body["at"])
        if since_at <= at < until_at:
            late = 0
            yield int(seq), body
        elif at >= until_at:
            late += 1
            if late > _SLACK:
                return


def record(db: sqlite3.Connection, seq: int) -> _Body | None:
    """Give what a record says; None where there is none, or it is weeded."""
    row = db.execute("SELECT body FROM audit WHERE seq = ?", (seq,)).fetchone()
    return None if row is None or row[0] is None else json.loads(row[0])


def outcome_of(db: sqlite3.Connection, seq: int) -> _Body | None:
    """Give what came of an ask: the record of the same person that names its number."""
    rows = db.execute(
        "SELECT body FROM audit WHERE seq > ? AND seq <= ? AND body IS NOT NULL ORDER BY seq",
        (seq, seq + _OUTCOME_WITHIN),
    )
    for (text,) in rows:
        body: _Body = json.loads(text)
        if body.get("about", {}).get("asked") == seq:
            return body
    return None


def of_officer(
    db: sqlite3.Connection, staff_id: str, *, count: int, before: int = 0
) -> tuple[tuple[int, _Body], ...]:
    """Give the newest records of one person, newest first.

    Args:
        db: A connection.
        staff_id: Whose.
        count: How many.
        before: Only records with smaller numbers; 0 for all.
    """
    rows = db.execute(
        "SELECT seq, body FROM audit WHERE body IS NOT NULL AND (? = 0 OR seq < ?) "
        "AND json_extract(body, '$.by') = ? ORDER BY seq DESC LIMIT ?",
        (before, before, staff_id, count),
    )
    return tuple((int(seq), json.loads(text)) for seq, text in rows)


_SLACK = 100
_OUTCOME_WITHIN = 5_000


def _first(db: sqlite3.Connection, *, at: datetime) -> int:
    """Give the number of the first record at or after a moment, or one past the last."""
    low, high = 1, int(db.execute("SELECT coalesce(max(seq), 0) FROM audit").fetchone()[0]) + 1
    while low < high:
        middle = (low + high) // 2
        row = db.execute(
            "SELECT seq, json_extract(body, '$.at') FROM audit "
            "WHERE seq >= ? AND body IS NOT NULL ORDER BY seq LIMIT 1",
            (middle,),
        ).fetchone()
        if row is not None and datetime.fromisoformat(row[1]) < at:
            low = int(row[0]) + 1
        else:
            high = middle
    return low
