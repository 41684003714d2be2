"""How a member stands: suspended, left, trained until, reviewed.

What narrows takes effect at once and waits for no second person. Nobody does any of it to
themselves.
"""

import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta

from store.errors import RefusedError
from store.governance.rulebook.nouns import Cell, Rulebook
from store.ledger.ledger import Transaction
from store.ledger.rules import policies
from store.ledger.staff.register import Member, RoleState, StaffState, by_id, every, put

__all__ = [
    "REGISTER",
    "demand_course",
    "demand_others",
    "due",
    "not_oneself",
    "review",
    "review_due_at",
    "set_state",
    "train",
]

REGISTER = "staff_register"
"""Row of the matrix that says who proposes and who signs."""


def set_state(
    tx: Transaction, staff_id: str, state: StaffState, *, by: str, why: str, now: datetime
) -> Member:
    """Suspend somebody, or write that they left; at once and without a second person.

    Raises:
        RefusedError: It is oneself, they are not there, or nobody would be left to propose or
            sign what brings them back.
    """
    if staff_id == by:
        raise not_oneself("suspended")
    member = by_id(tx, staff_id)
    if member is None or state is StaffState.ACTIVE or member.state is StaffState.LEFT:
        raise RefusedError(
            "Not done: nobody of that number is on the register, or they left. Look at "
            "`anpr staff list`.",
            reason="unknown_staff",
        )
    demand_others(tx, without=member)
    line = replace(member, state=state)
    put(tx, line, kind=f"staff {state.value}", by=by, now=now, about={"why": why})
    if state is StaffState.LEFT:
        tx.execute("DELETE FROM staff_factor WHERE staff_id = ?", (staff_id,))
        tx.execute("DELETE FROM post WHERE staff_id = ?", (staff_id,))
        tx.execute(
            "UPDATE staff SET key_line = '', key_fingerprint = '' WHERE staff_id = ?", (staff_id,)
        )
    return line


def train(tx: Transaction, staff_id: str, *, until_at: datetime, by: str, now: datetime) -> Member:
    """Write until when somebody's training is good (S-51).

    Raises:
        RefusedError: It is their own, they are not there, or it is longer than a course counts.
    """
    if staff_id == by:
        raise not_oneself("recorded")
    demand_course(until_at, book=policies.in_force(tx), now=now)
    member = replace(_demand(tx, staff_id), training_until_at=until_at)
    put(tx, member, kind="training recorded", by=by, now=now)
    return member


def review(tx: Transaction, staff_id: str, *, by: str, why: str, now: datetime) -> Member:
    """Write that somebody else has looked at a line and left it as it is.

    A role that was changed is not reviewed this way: its proposal is signed or refused.

    Raises:
        RefusedError: It is their own, they are not there, or their role waits for a signature.
    """
    if staff_id == by:
        raise not_oneself("reviewed")
    member = _demand(tx, staff_id)
    if member.role_state is not RoleState.REVIEWED:
        raise RefusedError(
            "Not reviewed: a change of role waits for its signature. Sign or refuse it "
            "(`anpr staff list`).",
            reason="role_change_unreviewed",
        )
    due_at = review_due_at(policies.in_force(tx), now=now)
    member = replace(member, review_due_at=due_at)
    put(tx, member, kind="staff reviewed", by=by, now=now, about={"why": why})
    return member


def due(db: sqlite3.Connection, *, now: datetime, within_d: int = 30) -> tuple[str, ...]:
    """Say, a sentence each, whose training or review ends soon or has ended."""
    soon_at = now + timedelta(days=within_d)
    said: list[str] = []
    for member in every(db):
        if member.state is not StaffState.ACTIVE:
            continue
        dates = {"training": member.training_until_at, "review": member.review_due_at}
        for what, at in dates.items():
            if at is not None and at <= soon_at:
                word = "ended" if at <= now else "ends"
                said.append(f"{member.officer.staff_id}: {what} {word} on {at:%d %b %Y}")
    return tuple(said)


def review_due_at(book: Rulebook, *, now: datetime) -> datetime:
    """Say when a line that was looked at now must be looked at again (S-50)."""
    return now + timedelta(days=round(book.reviews["staff_months"] * 365 / 12))


def demand_course(until_at: datetime, *, book: Rulebook, now: datetime) -> None:
    """Refuse training that is longer than a course counts (S-51).

    Raises:
        RefusedError: It is, or the time has no zone.
    """
    months = book.reviews["training_months"]
    longest = timedelta(days=round(months * 365 / 12) + 1)
    if until_at.utcoffset() is None or until_at > now + longest:
        raise RefusedError(
            f"Not recorded: training counts for {months} months at most, from the day on which it "
            "was passed. Give that day.",
            reason="training_long",
        )


def demand_others(tx: Transaction, *, without: Member) -> None:
    """Refuse what would leave nobody to propose, or nobody to sign, what comes next.

    Raises:
        RefusedError: This is the last active member with their part in the register.
    """
    book = policies.in_force(tx)
    part, gone = book.cell(REGISTER, role=without.officer.role), without.officer.staff_id
    if part not in {Cell.PROPOSE, Cell.SIGN}:
        return
    for other in every(tx):
        same = book.cell(REGISTER, role=other.officer.role) is part
        acts = other.state is StaffState.ACTIVE and other.role_state is RoleState.REVIEWED
        if same and acts and other.second_factor and other.officer.staff_id != gone:
            return
    raise RefusedError(
        "Not done: this is the last person who can do their part in the register, and nobody "
        "could bring anybody back. Enrol another of that role first.",
        reason="last_of_role",
    )


def not_oneself(done: str) -> RefusedError:
    """What somebody is told who would change their own line."""
    return RefusedError(
        f"Not {done}: nobody enrols, authorises, suspends or reviews themselves. Ask somebody "
        "else who may.",
        reason="self_authorisation",
    )


def _demand(tx: Transaction, staff_id: str) -> Member:
    member = by_id(tx, staff_id)
    if member is None or member.state is StaffState.LEFT:
        raise RefusedError(
            "Not done: nobody of that number is on the register, or they left. Look at "
            "`anpr staff list`.",
            reason="unknown_staff",
        )
    return member
