"""How alive the hub is: one row, overwritten at each beat.

A beat is no change of state that anybody could dispute, so it leaves no audit record.
"""

import sqlite3
from datetime import datetime

from store.ledger import clock
from store.ledger.instants import from_us, to_us
from store.ledger.ledger import Transaction
from store.terms import Health

__all__ = ["beat", "health"]


def beat(
    tx: Transaction,
    *,
    now: datetime,
    cluster: str,
    cameras_up: int,
    reads: int,
    last_read_at: datetime | None,
) -> None:
    """Record that the hub lives.

    Args:
        tx: A transaction.
        now: When it beat.
        cluster: "ok", or the trouble in a few words.
        cameras_up: Cameras that sent a frame lately.
        reads: Reads recorded since the hub started.
        last_read_at: Capture time of the newest read, or None.
    """
    last_us = None if last_read_at is None else to_us(last_read_at)
    tx.execute(
        "INSERT OR REPLACE INTO heartbeat VALUES (1, ?, ?, ?, ?, ?)",
        (to_us(now), cluster, cameras_up, reads, last_us),
    )
    clock.move(tx, now=now)


def health(db: sqlite3.Connection, *, now: datetime, demonstration: bool = False) -> Health | None:
    """Say how the hub is, for the health line; None before its first beat.

    Args:
        db: A connection.
        now: For which list entries are in force.
        demonstration: True where the footage is rendered and the force fictional.
    """
    row = db.execute("SELECT * FROM heartbeat").fetchone()
    if row is None:
        return None
    (cameras,) = db.execute("SELECT count(*) FROM camera").fetchone()
    (loaded_us,) = db.execute("SELECT max(loaded_us) FROM list").fetchone()
    (entries,) = db.execute(
        "SELECT count(*) FROM entry WHERE weeds_us > ?", (to_us(now),)
    ).fetchone()
    return Health(
        beat_at=from_us(row["beat_us"]),
        cameras_up=row["cameras_up"],
        cameras=cameras,
        list_loaded_at=None if loaded_us is None else from_us(loaded_us),
        entries=entries,
        last_read_at=None if row["last_read_us"] is None else from_us(row["last_read_us"]),
        reads=row["reads"],
        cluster=row["cluster"],
        demonstration=demonstration,
    )
