"""Changes of the register: one person proposes, another signs (S-49, S-50).

A change of role suspends from the moment it is proposed, until somebody else has looked at it.
What only narrows (a suspension, a leaver) waits for nobody: see `standing`.
"""

import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from store.errors import InputError, RefusedError
from store.governance.rulebook.nouns import Rulebook
from store.governance.staffing.codes import new_word
from store.ledger import audit
from store.ledger.instants import from_us, to_us
from store.ledger.ledger import Transaction
from store.ledger.rules import policies
from store.ledger.staff.factors import word_digest
from store.ledger.staff.register import Member, RoleState, StaffState, by_id, checked, put
from store.ledger.staff.standing import (
    demand_course,
    demand_others,
    not_oneself,
    review_due_at,
)
from store.terms import Officer

__all__ = [
    "Change",
    "ChangeKind",
    "change",
    "pending",
    "propose",
    "refuse",
    "sign",
]

_POST = re.compile(r"[a-z][a-z0-9_]{2,39}", re.ASCII)


class ChangeKind(StrEnum):
    """What is to become of a line of the register."""

    ENROL = "enrol"
    ROLE = "role"
    REINSTATE = "reinstate"
    CREDENTIALS = "credentials"
    POST = "post"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class Change:
    """A proposal, and what became of it.

    Attributes:
        change_no: Its number.
        kind: What is to become of the line.
        staff_id: Whose line.
        wanted: What is to stand there; by the kind.
        proposed_by: Staff number.
        proposed_at: When.
        state: "pending", "signed" or "refused".
        settled_by: Staff number, or empty.
        settled_at: When, or None.
        why: What whoever settled it wrote.
    """

    change_no: int
    kind: ChangeKind
    staff_id: str
    wanted: Mapping[str, Any]
    proposed_by: str
    proposed_at: datetime
    state: str
    settled_by: str
    settled_at: datetime | None
    why: str


def propose(
    tx: Transaction,
    kind: ChangeKind,
    *,
    staff_id: str,
    wanted: Mapping[str, Any],
    by: str,
    now: datetime,
) -> Change:
    """Propose a change; a change of role suspends its person from now on (S-50).

    Args:
        tx: A transaction.
        kind: What is to become of the line; founding has a way of its own.
        staff_id: Whose line.
        wanted: ENROL: role, name, rank, also_holds, training_until_at. ROLE: role, rank,
            also_holds. POST: post, and held, true or false. Others: nothing.
        by: Staff number of who proposes.
        now: When.

    Raises:
        InputError: What is wanted makes no line.
        RefusedError: It is their own line, the line does not allow it, or nobody would be left.
    """
    if staff_id == by:
        raise not_oneself("proposed")
    member = by_id(tx, staff_id)
    book = policies.in_force(tx)
    wanted = _checked(kind, wanted, staff_id=staff_id, member=member, book=book, now=now)
    if any(one.kind is kind and one.staff_id == staff_id for one in pending(tx)):
        raise RefusedError(
            "Not proposed: the same is proposed for this person and waits for its signature. "
            "Look at `anpr staff list`.",
            reason="already_proposed",
        )
    if kind is ChangeKind.ROLE and member is not None:
        demand_others(tx, without=member)
        line = replace(member, role_state=RoleState.CHANGED_UNREVIEWED)
        put(tx, line, kind="role change proposed", by=by, now=now, about={"wanted": wanted})
    cursor = tx.execute(
        "INSERT INTO staff_change (kind, staff_id, body, proposed_by, proposed_us, state) "
        "VALUES (?, ?, ?, ?, ?, 'pending')",
        (kind.value, staff_id, json.dumps(wanted, sort_keys=True), by, to_us(now)),
    )
    made = change(tx, int(cursor.lastrowid or 0))
    audit.append(tx, "staff change proposed", by=by, now=now, about=_told(made))
    return made


def sign(tx: Transaction, change_no: int, *, by: str, why: str, now: datetime) -> str:
    """Sign what another proposed; it takes effect with the signature.

    Returns:
        For ENROL and CREDENTIALS a word, to be handed to the person concerned and to nobody else:
        with it they make their credentials, once, within a week. Empty for the other kinds.

    Raises:
        RefusedError: There is no such proposal, it is settled, they proposed it, it concerns
            them, or the line no longer allows it.
    """
    proposed = _demand_pending(tx, change_no, by=by, act="signed")
    member = by_id(tx, proposed.staff_id)
    _apply(tx, proposed, member=member, by=by, now=now)
    word = ""
    if proposed.kind in {ChangeKind.ENROL, ChangeKind.CREDENTIALS}:
        word = new_word()
    _settle(tx, proposed, state="signed", by=by, why=why, now=now, word=word)
    return word


def refuse(tx: Transaction, change_no: int, *, by: str, why: str, now: datetime) -> None:
    """Refuse what another proposed; a person whose role stays as it was may act again.

    Raises:
        RefusedError: There is no such proposal, it is settled, or it concerns them.
    """
    proposed = _demand_pending(tx, change_no, by=by, act="refused")
    member = by_id(tx, proposed.staff_id)
    if proposed.kind is ChangeKind.ROLE and member is not None:
        line = replace(member, role_state=RoleState.REVIEWED)
        put(tx, line, kind="role kept", by=by, now=now)
    _settle(tx, proposed, state="refused", by=by, why=why, now=now, word="")


def change(db: sqlite3.Connection, change_no: int) -> Change:
    """Find a change.

    Raises:
        RefusedError: There is none of that number.
    """
    row = db.execute("SELECT * FROM staff_change WHERE change_no = ?", (change_no,)).fetchone()
    if row is None:
        raise RefusedError(
            "Not done: nothing of that number was proposed. Look at `anpr staff list`.",
            reason="unknown_change",
        )
    return _change(row)


def pending(db: sqlite3.Connection) -> tuple[Change, ...]:
    """Give the proposals that wait for a signature, oldest first."""
    rows = db.execute("SELECT * FROM staff_change WHERE state = 'pending' ORDER BY change_no")
    return tuple(map(_change, rows))


def _checked(
    kind: ChangeKind,
    wanted: Mapping[str, Any],
    *,
    staff_id: str,
    member: Member | None,
    book: Rulebook,
    now: datetime,
) -> dict[str, Any]:
    """Hold what is wanted against the line as it is, and write it in full."""
    there = member is not None and member.state is not StaffState.LEFT
    if kind is ChangeKind.FOUND or there is (kind is ChangeKind.ENROL):
        raise RefusedError(
            "Not proposed: that number is on the register already, or is not. Look at "
            "`anpr staff list`.",
            reason="unknown_staff",
        )
    match kind:
        case ChangeKind.ENROL:
            full = {**dict.fromkeys(("name", "rank", "also_holds", "training_until_at"), "")}
            full |= {name: str(value) for name, value in wanted.items()}
            line = checked(_enrolled(staff_id, full), book=book)
            if line.training_until_at is not None:
                demand_course(line.training_until_at, book=book, now=now)
        case ChangeKind.ROLE if member is not None:
            full = {name: str(wanted.get(name, "")) for name in ("role", "rank", "also_holds")}
            checked(_moved(member, full), book=book)
        case ChangeKind.POST:
            full = {"post": str(wanted["post"]), "held": "yes" if wanted["held"] else ""}
            if not _POST.fullmatch(full["post"]):
                raise InputError(
                    "Not proposed: a post is small letters, digits and underscores, such as "
                    "force_duty_officer."
                )
        case _:
            full = {}
    return full


def _apply(
    tx: Transaction, proposed: Change, *, member: Member | None, by: str, now: datetime
) -> None:
    """Let a signed change take effect."""
    wanted, due_at = proposed.wanted, review_due_at(policies.in_force(tx), now=now)
    match proposed.kind:
        case ChangeKind.ENROL if member is None or member.state is StaffState.LEFT:
            line = _enrolled(proposed.staff_id, wanted)
            put(tx, replace(line, review_due_at=due_at), kind="staff enrolled", by=by, now=now)
        case ChangeKind.ROLE if member is not None:
            line = replace(
                _moved(member, wanted),
                role_state=RoleState.REVIEWED,
                review_due_at=due_at,
            )
            put(tx, line, kind="role changed and reviewed", by=by, now=now)
        case ChangeKind.REINSTATE if member is not None and member.state is StaffState.SUSPENDED:
            line = replace(member, state=StaffState.ACTIVE)
            put(tx, line, kind="staff reinstated", by=by, now=now)
        case ChangeKind.CREDENTIALS if member is not None and member.state is not StaffState.LEFT:
            pass  # the word that is handed over is the effect
        case ChangeKind.POST if member is not None and member.state is not StaffState.LEFT:
            tx.execute(
                "DELETE FROM post WHERE post = ? AND staff_id = ?",
                (wanted["post"], proposed.staff_id),
            )
            if wanted["held"]:
                tx.execute(
                    "INSERT INTO post VALUES (?, ?, ?)",
                    (wanted["post"], proposed.staff_id, to_us(now)),
                )
        case _:
            raise RefusedError(
                "Not signed: the line is no longer as it was when this was proposed. Refuse it, "
                "and let it be proposed anew.",
                reason="line_changed",
            )


def _enrolled(staff_id: str, wanted: Mapping[str, Any]) -> Member:
    until = wanted["training_until_at"]
    return Member(
        officer=Officer(staff_id=staff_id, role=wanted.get("role", ""), name=wanted["name"]),
        state=StaffState.ACTIVE,
        role_state=RoleState.REVIEWED,
        training_until_at=_moment(until) if until else None,
        rank=wanted["rank"],
        also_holds=wanted["also_holds"],
    )


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as odd:
        raise InputError(
            "Not proposed: the training ends at no moment. Give it as ISO 8601, with its zone."
        ) from odd


def _moved(member: Member, wanted: Mapping[str, Any]) -> Member:
    officer = replace(member.officer, role=wanted["role"])
    return replace(member, officer=officer, rank=wanted["rank"], also_holds=wanted["also_holds"])


def _demand_pending(tx: Transaction, change_no: int, *, by: str, act: str) -> Change:
    """Find a proposal that this person may settle."""
    proposed = change(tx, change_no)
    if proposed.state != "pending":
        raise RefusedError(
            f"Not {act}: {proposed.settled_by} has {proposed.state} it already. Look at "
            "`anpr staff list`.",
            reason="change_settled",
        )
    if by == proposed.staff_id or (by == proposed.proposed_by and act == "signed"):
        raise not_oneself(act)
    return proposed


def _settle(
    tx: Transaction, proposed: Change, *, state: str, by: str, why: str, now: datetime, word: str
) -> None:
    tx.execute(
        "UPDATE staff_change SET state = ?, settled_by = ?, settled_us = ?, why = ?, word = ? "
        "WHERE change_no = ?",
        (state, by, to_us(now), why, word_digest(word) if word else None, proposed.change_no),
    )
    settled = change(tx, proposed.change_no)
    audit.append(tx, f"staff change {state}", by=by, now=now, about=_told(settled))


def _told(one: Change) -> dict[str, object]:
    return {
        "change_no": one.change_no,
        "kind": one.kind.value,
        "staff_id": one.staff_id,
        "wanted": dict(one.wanted),
        "proposed_by": one.proposed_by,
        "why": one.why,
    }


def _change(row: sqlite3.Row) -> Change:
    return Change(
        change_no=row["change_no"],
        kind=ChangeKind(row["kind"]),
        staff_id=row["staff_id"],
        wanted=json.loads(row["body"]),
        proposed_by=row["proposed_by"],
        proposed_at=from_us(row["proposed_us"]),
        state=row["state"],
        settled_by=row["settled_by"],
        settled_at=None if row["settled_us"] is None else from_us(row["settled_us"]),
        why=row["why"],
    )
