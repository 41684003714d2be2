"""The lines of the register: one member of staff each (S-49 to S-51)."""

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from store.errors import InputError
from store.governance.rulebook.nouns import Rulebook
from store.ledger import audit
from store.ledger.instants import from_us, to_us
from store.ledger.ledger import Transaction
from store.ledger.rules import policies
from store.terms import Officer

__all__ = ["Member", "RoleState", "StaffState", "by_id", "checked", "every", "put", "training"]

_STAFF_ID = re.compile(r"[A-Z]{2}[0-9]{3,6}", re.ASCII)
_SELECT = (
    "SELECT staff.*, coalesce(factor_id, '') AS second_factor, "
    "(SELECT group_concat(post, ' ') FROM post WHERE post.staff_id = staff.staff_id) AS posts "
    "FROM staff LEFT JOIN staff_factor USING (staff_id) "
)


class StaffState(StrEnum):
    """Whether a member of staff may act at all (S-50)."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


class RoleState(StrEnum):
    """Whether somebody else has looked at the role since it changed (S-50)."""

    REVIEWED = "reviewed"
    CHANGED_UNREVIEWED = "changed_unreviewed"


@dataclass(frozen=True, slots=True)
class Member:
    """One line of the register.

    Attributes:
        officer: Staff number, role and name.
        state: Only an active member may act.
        role_state: Only a reviewed role may act.
        training_until_at: Training is good until then; None where none is on record (S-51).
        rank: Of the policy's ranks, "staff_equivalent", or empty.
        posts: Posts held (S-6), which are data of the register.
        also_holds: A second role that counts against the first, or empty.
        key_fingerprint: Of the key that signs them on, as `SHA256:...`; empty without one.
        second_factor: Identity of the second factor; empty without one.
        review_due_at: When somebody must look at this line again; None where never.
    """

    officer: Officer
    state: StaffState
    role_state: RoleState = RoleState.REVIEWED
    training_until_at: datetime | None = None
    rank: str = ""
    posts: frozenset[str] = frozenset()
    also_holds: str = ""
    key_fingerprint: str = ""
    second_factor: str = ""
    review_due_at: datetime | None = None


def training(member: Member, *, now: datetime) -> str:
    """Say "current", "expired" or "none", as the rule book knows training (S-51)."""
    if member.training_until_at is None:
        return "none"
    return "current" if now < member.training_until_at else "expired"


def by_id(db: sqlite3.Connection, staff_id: str) -> Member | None:
    """Find somebody on the register."""
    row = db.execute(_SELECT + "WHERE staff.staff_id = ?", (staff_id,)).fetchone()
    return None if row is None else _member(row)


def every(db: sqlite3.Connection) -> tuple[Member, ...]:
    """Give the whole register, by staff number."""
    return tuple(map(_member, db.execute(_SELECT + "ORDER BY staff.staff_id")))


def checked(member: Member, *, book: Rulebook) -> Member:
    """Hold a line against a policy, and give it back.

    Raises:
        InputError: The staff number has another form, or the policy knows no such role or rank.
    """
    officer = member.officer
    if not _STAFF_ID.fullmatch(officer.staff_id):
        raise InputError(
            "Not enrolled: a staff number is two capitals and three to six digits, such as NS4021."
        )
    for role in filter(None, (officer.role or "-", member.also_holds)):
        if role not in book.titles:
            known = ", ".join(sorted(book.titles))
            raise InputError(f"Not enrolled: the policy knows no such role. Give one of {known}.")
    if member.rank not in {"", "staff_equivalent", *book.ranks}:
        known = ", ".join(book.ranks)
        raise InputError(
            f"Not enrolled: the policy knows no such rank. Give one of {known}, staff_equivalent, "
            "or none."
        )
    return member


def put(
    tx: Transaction,
    member: Member,
    *,
    kind: str,
    by: str,
    now: datetime,
    about: Mapping[str, object] | None = None,
) -> None:
    """Write somebody's line, new or changed, with its audit record.

    Posts, key and second factor have verbs of their own; they are not written here.

    Args:
        tx: A transaction.
        member: The line as it is to be.
        kind: What was done, for the audit record.
        by: Staff number of who did it, or `audit.HUB`.
        now: When.
        about: What else the audit record says.

    Raises:
        InputError: The staff number has another form, or the policy knows no such role or rank.
    """
    officer = checked(member, book=policies.in_force(tx)).officer
    line: dict[str, Any] = {
        "staff_id": officer.staff_id,
        "role": officer.role,
        "name": officer.name,
        "state": member.state.value,
        "role_state": member.role_state.value,
        "training_until_us": _us(member.training_until_at),
        "rank": member.rank,
        "also_holds": member.also_holds,
        "review_due_us": _us(member.review_due_at),
    }
    changed = ", ".join(f"{name} = excluded.{name}" for name in line if name != "staff_id")
    tx.execute(
        f"INSERT INTO staff ({', '.join(line)}, enrolled_us) "  # noqa: S608 - our own column names
        f"VALUES ({', '.join('?' * len(line))}, ?) ON CONFLICT (staff_id) DO UPDATE SET {changed}",
        (*line.values(), to_us(now)),
    )
    told = {
        "staff_id": officer.staff_id,
        "role": officer.role,
        "state": member.state.value,
        "role_state": member.role_state.value,
        "rank": member.rank,
        "also_holds": member.also_holds,
        "training_until_at": _iso(member.training_until_at),
        "review_due_at": _iso(member.review_due_at),
    }
    audit.append(tx, kind, by=by, now=now, about={**told, **(about or {})})


def _member(row: sqlite3.Row) -> Member:
    return Member(
        officer=Officer(staff_id=row["staff_id"], role=row["role"], name=row["name"]),
        state=StaffState(row["state"]),
        role_state=RoleState(row["role_state"]),
        training_until_at=_at(row["training_until_us"]),
        rank=row["rank"],
        posts=frozenset((row["posts"] or "").split()),
        also_holds=row["also_holds"],
        key_fingerprint=row["key_fingerprint"],
        second_factor=row["second_factor"],
        review_due_at=_at(row["review_due_us"]),
    )


def _us(at: datetime | None) -> int | None:
    return None if at is None else to_us(at)


def _at(us: int | None) -> datetime | None:
    return None if us is None else from_us(us)


def _iso(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()
