"""The newest moment that is known to have been: every audit record and every beat moves it.

It moves in small steps alone. A clock that jumped further than the policy believes moves nothing,
however often it is asked, until a person has said that it is right.
"""

import sqlite3
from datetime import datetime
from typing import TYPE_CHECKING

from store.governance.clocks import believed
from store.ledger.instants import from_us, to_us
from store.ledger.rules import policies

if TYPE_CHECKING:
    from store.ledger.ledger import Transaction

__all__ = ["confirm", "move", "seen_at"]


def seen_at(db: sqlite3.Connection) -> datetime | None:
    """Give the newest moment that is known to have been; None in a new ledger."""
    row = db.execute("SELECT seen_us FROM clock").fetchone()
    return None if row is None else from_us(row[0])


def move(tx: "Transaction", *, now: datetime) -> None:
    """Take a moment for one that has been, unless it lies too far ahead to be believed."""
    seen, policy = seen_at(tx), policies.in_force(tx).figures
    if seen is None or (now > seen and believed(now, seen_at=seen, policy=policy)):
        confirm(tx, now=now)


def confirm(tx: "Transaction", *, now: datetime) -> None:
    """Take a moment for one that has been, because a person says so."""
    tx.execute("INSERT OR REPLACE INTO clock VALUES (1, ?)", (to_us(now),))
