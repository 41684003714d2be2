"""How an empty register gets its first two people: together, or not at all.

There is no default account. One of the two may propose and the other may sign, so that from the
first day on nobody can bring anybody in alone.
"""

import json
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime

from store.errors import RefusedError
from store.governance.rulebook.nouns import Cell, Rulebook
from store.governance.staffing.keys import key_of
from store.ledger import audit
from store.ledger.instants import to_us
from store.ledger.ledger import Transaction
from store.ledger.rules import policies
from store.ledger.staff import factors
from store.ledger.staff.register import Member, put
from store.ledger.staff.standing import REGISTER, review_due_at

__all__ = ["Founder", "demand_empty", "demand_parts", "found", "is_empty", "is_founded"]


@dataclass(frozen=True, slots=True)
class Founder:
    """One of the two.

    Attributes:
        member: Their line.
        credentials: What they typed.
        key: Their public key, as OpenSSH writes it.
    """

    member: Member
    credentials: factors.Credentials
    key: str


def found(tx: Transaction, one: Founder, other: Founder, *, now: datetime) -> None:
    """Put the first two people on the register; each stands for the other.

    Raises:
        RefusedError: Somebody is on the register already, or the two are not two: by number, by
            key, by second factor, or by their part in the register.
        InputError: A line or a key is none.
    """
    demand_empty(tx)
    book = policies.in_force(tx)
    demand_parts(one.member, other.member, book=book)
    same_key = key_of(one.key)[1] == key_of(other.key)[1]
    if same_key or one.credentials.factor_id == other.credentials.factor_id:
        raise RefusedError(
            "Not founded: both gave the same key or second factor. Each brings their own.",
            reason="self_authorisation",
        )
    due_at = review_due_at(book, now=now)
    for mine, theirs in ((one, other), (other, one)):
        staff_id, by = mine.member.officer.staff_id, theirs.member.officer.staff_id
        put(tx, replace(mine.member, review_due_at=due_at), kind="staff founded", by=by, now=now)
        factors.hold_key(tx, staff_id, key=mine.key, by=staff_id, now=now)
        factors.keep(tx, staff_id, mine.credentials, by=staff_id, now=now)
        tx.execute(
            "INSERT INTO staff_change (kind, staff_id, body, proposed_by, proposed_us, state, "
            "settled_by, settled_us) VALUES ('found', ?, ?, ?, ?, 'signed', ?, ?)",
            (staff_id, json.dumps({}), staff_id, to_us(now), by, to_us(now)),
        )
    about = {"both": [one.member.officer.staff_id, other.member.officer.staff_id]}
    audit.append(tx, "register founded", by=audit.HUB, now=now, about=about)


def is_empty(db: sqlite3.Connection) -> bool:
    """Say whether nobody is on the register."""
    return db.execute("SELECT 1 FROM staff LIMIT 1").fetchone() is None


def is_founded(db: sqlite3.Connection) -> bool:
    """Say whether two people founded this register: then it is no demonstration's."""
    found_row = db.execute("SELECT 1 FROM staff_change WHERE kind = 'found' LIMIT 1").fetchone()
    return found_row is not None


def demand_empty(db: sqlite3.Connection) -> None:
    """Refuse to found what is founded, or what holds a demonstration.

    Raises:
        RefusedError: Somebody is on the register.
    """
    if not is_empty(db):
        raise RefusedError(
            "Not founded: somebody is on the register of this hub already. Whoever joins is "
            "proposed and signed (`anpr staff enrol`); a demonstration's folder is never founded.",
            reason="already_founded",
        )


def demand_parts(one: Member, other: Member, *, book: Rulebook) -> None:
    """Refuse two who are one, or who could not go on together.

    Raises:
        RefusedError: They have one number, or not one of them proposes and the other signs.
    """
    parts = {book.cell(REGISTER, role=each.officer.role) for each in (one, other)}
    if one.officer.staff_id == other.officer.staff_id or parts != {Cell.PROPOSE, Cell.SIGN}:
        who = {
            cell: ", ".join(
                title
                for role, title in sorted(book.titles.items())
                if book.cell(REGISTER, role=role) is cell
            )
            for cell in (Cell.PROPOSE, Cell.SIGN)
        }
        raise RefusedError(
            "Not founded: it takes two people, one who proposes staff "
            f"({who[Cell.PROPOSE]}) and one who signs ({who[Cell.SIGN]}). Bring the other.",
            reason="self_authorisation",
        )
