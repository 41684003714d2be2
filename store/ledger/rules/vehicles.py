"""Vehicles of staff and their households: who looks for one is flagged, and not told (S-62).

No desk shows this register; what it finds stands in the audit record of the look, for a reviewer.
"""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from store.errors import InputError
from store.ledger import audit
from store.ledger.ledger import Transaction
from store.vrm import fold, mark

__all__ = ["RELATIONS", "flags", "forget", "keep"]

RELATIONS = ("own", "household")
"""Whose a vehicle is, seen from the member of staff it is kept under."""


def keep(
    tx: Transaction, staff_id: str, vrm: str, *, relation: str, by: str, now: datetime
) -> None:
    """Put a vehicle under a member of staff; the record names the member and not the vehicle.

    Raises:
        InputError: It is no mark, no such relation, or nobody of that number is on the register.
    """
    if relation not in RELATIONS:
        raise InputError(f"Not kept: a vehicle is {' or '.join(RELATIONS)}. Say which.")
    if tx.execute("SELECT 1 FROM staff WHERE staff_id = ?", (staff_id,)).fetchone() is None:
        raise InputError("Not kept: nobody of that number is on the register. Look at it again.")
    tx.execute(
        "INSERT OR REPLACE INTO staff_vehicle VALUES (?, ?, ?)",
        (staff_id, fold(mark(vrm)), relation),
    )
    about = {"staff_id": staff_id, "relation": relation}
    audit.append(tx, "vehicle of staff kept", by=by, now=now, about=about)


def forget(tx: Transaction, staff_id: str, *, by: str, now: datetime) -> int:
    """Remove every vehicle of a member of staff; give how many there were."""
    gone = tx.execute("DELETE FROM staff_vehicle WHERE staff_id = ?", (staff_id,)).rowcount
    about = {"staff_id": staff_id, "vehicles": gone}
    audit.append(tx, "vehicles of staff forgotten", by=by, now=now, about=about)
    return int(gone)


def flags(db: sqlite3.Connection, folds: Sequence[str], *, staff_id: str) -> list[str]:
    """Say whether marks are of somebody's own, of their household, or of a colleague.

    Args:
        db: A connection.
        folds: Keys of the marks that are looked for.
        staff_id: Who looks.

    Returns:
        Among "colleague", "household" and "own", each once, in that order.
    """
    found: set[str] = set()
    for one in folds:
        rows = db.execute("SELECT staff_id, relation FROM staff_vehicle WHERE fold = ?", (one,))
        found |= {relation if whose == staff_id else "colleague" for whose, relation in rows}
    return sorted(found)
