"""Vehicles of staff and their households: who looks for one is flagged, and not told (S-62).

What it finds stands in the audit record of the look, for a reviewer; no screen shows it.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from store.errors import InputError
from store.ledger import audit
from store.ledger.ledger import Transaction
from store.vrm import fold, mark

__all__ = ["RELATIONS", "KeptVehicle", "every", "flags", "forget", "keep", "remove"]

RELATIONS = ("own", "household")
"""Whose a vehicle is, seen from the member of staff it is kept under."""


@dataclass(frozen=True, slots=True)
class KeptVehicle:
    """A vehicle of somebody on the register.

    Attributes:
        staff_id: Whose it is, or whose household's.
        fold: The key that marks are compared by; empty for those who may only count.
        relation: Own or household.
    """

    staff_id: str
    fold: str
    relation: str


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


def remove(tx: Transaction, staff_id: str, vrm: str, *, by: str, now: datetime) -> None:
    """Take one vehicle from a member of staff; the record names the member and not the vehicle.

    Raises:
        InputError: It is no mark, or not kept under them.
    """
    gone = tx.execute(
        "DELETE FROM staff_vehicle WHERE staff_id = ? AND fold = ?", (staff_id, fold(mark(vrm)))
    ).rowcount
    if not gone:
        raise InputError(
            "Not removed: that vehicle is not kept under this number. Look at "
            "`anpr staff vehicle list`."
        )
    about = {"staff_id": staff_id, "vehicles": 1}
    audit.append(tx, "vehicle of staff removed", by=by, now=now, about=about)


def every(db: sqlite3.Connection, *, staff_id: str = "") -> tuple[KeptVehicle, ...]:
    """Give the vehicles of one member of staff, or of all, by staff number."""
    rows = db.execute(
        "SELECT staff_id, fold, relation FROM staff_vehicle WHERE ? IN ('', staff_id) "
        "ORDER BY staff_id, relation DESC, fold",
        (staff_id,),
    )
    return tuple(KeptVehicle(*row) for row in rows)


def flags(
    db: sqlite3.Connection,
    folds: Sequence[str],
    *,
    staff_id: str,
    fits: Callable[[str], bool] | None = None,
) -> list[str]:
    """Say whether marks are of somebody's own, of their household, or of a colleague.

    Args:
        db: A connection.
        folds: Keys of the marks that are looked for.
        staff_id: Who looks.
        fits: Says of a key whether a pattern or a likeness that is looked for fits it.

    Returns:
        Among "colleague", "household" and "own", each once, in that order.
    """
    found: set[str] = set()
    for one in folds:
        rows = db.execute("SELECT staff_id, relation FROM staff_vehicle WHERE fold = ?", (one,))
        found |= {relation if whose == staff_id else "colleague" for whose, relation in rows}
    for kept in every(db) if fits is not None else ():
        if fits is not None and fits(kept.fold):
            found.add(kept.relation if kept.staff_id == staff_id else "colleague")
    return sorted(found)
