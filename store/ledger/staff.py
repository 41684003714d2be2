"""The register of staff: who may sit at a console, in which role (S-49)."""

import re
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from store.errors import InputError
from store.governance.policy import POLICY
from store.ledger import audit
from store.ledger.instants import to_us
from store.ledger.ledger import Transaction
from store.terms import Officer

__all__ = ["Member", "StaffState", "by_id", "enrol"]

_STAFF_ID = re.compile(r"[A-Z]{2}[0-9]{3,6}", re.ASCII)


class StaffState(StrEnum):
    """Whether a member of staff may act at all (S-50)."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Member:
    """One line of the register.

    Attributes:
        officer: Staff number, role and name.
        state: Only an active member may act.
    """

    officer: Officer
    state: StaffState


def enrol(
    tx: Transaction,
    officer: Officer,
    *,
    now: datetime,
    by: str = audit.HUB,
    state: StaffState = StaffState.ACTIVE,
) -> Member:
    """Put somebody on the register, or change their line; either way it is audited.

    Raises:
        InputError: The staff number has another form, or the policy knows no such role.
    """
    if not _STAFF_ID.fullmatch(officer.staff_id):
        raise InputError(
            "Not enrolled: a staff number is two capitals and three to six digits, such as NS4021."
        )
    if officer.role not in POLICY.roles:
        known = ", ".join(sorted(POLICY.roles))
        raise InputError(f"Not enrolled: the policy knows no such role. Give one of {known}.")
    tx.execute(
        "INSERT INTO staff VALUES (?, ?, ?, ?, ?) ON CONFLICT (staff_id) DO UPDATE SET "
        "role = excluded.role, name = excluded.name, state = excluded.state",
        (officer.staff_id, officer.role, officer.name, state, to_us(now)),
    )
    audit.append(
        tx,
        "staff enrolled",
        by=by,
        now=now,
        about={"staff_id": officer.staff_id, "role": officer.role, "state": state},
    )
    return Member(officer, state)


def by_id(db: sqlite3.Connection, staff_id: str) -> Member | None:
    """Find somebody on the register."""
    row = db.execute(
        "SELECT staff_id, role, name, state FROM staff WHERE staff_id = ?", (staff_id,)
    ).fetchone()
    return None if row is None else _member(row)


def _member(row: tuple[str, str, str, str]) -> Member:
    staff_id, role, name, state = row
    return Member(Officer(staff_id=staff_id, role=role, name=name), StaffState(state))
