"""Whose hit a vehicle is: what an operator's search may rest on (roles.md, rows L0 and L1)."""

import sqlite3

__all__ = ["is_open", "is_own"]

_FOLDED = "replace(replace(entry_vrm, 'O', '0'), 'I', '1') = ?"


def is_open(db: sqlite3.Connection, fold: str) -> bool:
    """Say whether an alarm on this vehicle is unanswered.

    Args:
        db: A connection.
        fold: Key of its mark.
    """
    found = db.execute(
        f"SELECT 1 FROM alarm WHERE state != 'actioned' AND {_FOLDED} LIMIT 1",  # noqa: S608 - no input
        (fold,),
    )
    return found.fetchone() is not None


def is_own(db: sqlite3.Connection, fold: str, *, staff_id: str) -> bool:
    """Say whether somebody took on or answered an alarm on this vehicle.

    Args:
        db: A connection.
        fold: Key of its mark.
        staff_id: Who.
    """
    for who in ("acknowledged_by", "decided_by"):
        found = db.execute(
            f"SELECT 1 FROM alarm WHERE {who} = ? AND {who} != '' AND {_FOLDED} LIMIT 1",  # noqa: S608 - no input
            (staff_id, fold),
        )
        if found.fetchone() is not None:
            return True
    return False
