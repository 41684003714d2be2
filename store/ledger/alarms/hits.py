"""Whose hit a vehicle is: what an operator's search may rest on (roles.md, rows L0 and L1)."""

import sqlite3

__all__ = ["is_open", "is_own"]


def is_open(db: sqlite3.Connection, fold: str) -> bool:
    """Say whether an alarm on this vehicle is unanswered.

    Args:
        db: A connection.
        fold: Key of its mark.
    """
    found = db.execute(
        "SELECT 1 FROM alarm WHERE state != 'actioned' "
        "AND replace(replace(entry_vrm, 'O', '0'), 'I', '1') = ? LIMIT 1",
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
    found = db.execute(
        "SELECT 1 FROM ("
        " SELECT entry_vrm FROM alarm WHERE acknowledged_by = :who AND acknowledged_by != ''"
        " UNION ALL SELECT entry_vrm FROM alarm WHERE decided_by = :who AND decided_by != ''"
        ") WHERE replace(replace(entry_vrm, 'O', '0'), 'I', '1') = :fold LIMIT 1",
        {"who": staff_id, "fold": fold},
    )
    return found.fetchone() is not None
