"""Enrol officers who do not exist: for a demonstration, and for tests.

Nobody real comes onto the register this way: founding and proposals are the two ways there are.
What a fictional officer proves themselves with is known to everybody who reads this file.
"""

import base64
import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

import pyotp

from store.errors import RefusedError
from store.ledger import audit
from store.ledger.ledger import Transaction
from store.ledger.rules import policies
from store.ledger.staff import factors
from store.ledger.staff.founding import is_founded
from store.ledger.staff.register import Member, RoleState, StaffState, by_id, put
from store.secrets.sealing import Sealing
from store.terms import Officer

__all__ = ["WORDS", "code_of", "enrol", "give_credentials"]

WORDS = "this is a demonstration"
"""Passphrase of every fictional officer."""

_TRAINED = timedelta(days=365)


def enrol(
    tx: Transaction,
    officer: Officer,
    *,
    now: datetime,
    by: str = audit.HUB,
    state: StaffState = StaffState.ACTIVE,
    role_state: RoleState = RoleState.REVIEWED,
    training_until_at: datetime | None = None,
    rank: str | None = None,
    also_holds: str = "",
) -> Member:
    """Put a fictional officer on the register, or change their line; either way it is audited.

    Args:
        tx: A transaction.
        officer: Staff number, role and name.
        now: When.
        by: On whose word.
        state: Whether they may act.
        role_state: Whether their role is reviewed.
        training_until_at: None for a year from now.
        rank: None for the one their role signs with.
        also_holds: A second role.

    Raises:
        InputError: The staff number has another form, or the policy knows no such role or rank.
        RefusedError: Two people founded this register: nobody comes in this way any more.
    """
    if is_founded(tx):
        raise RefusedError(
            "Not enrolled: this register was founded by two people. Whoever joins is proposed and "
            "signed (`anpr staff enrol`).",
            reason="already_founded",
        )
    member = Member(
        officer=officer,
        state=state,
        role_state=role_state,
        training_until_at=training_until_at or now + _TRAINED,
        rank=policies.in_force(tx).rank_of_role.get(officer.role, "") if rank is None else rank,
        also_holds=also_holds,
    )
    put(tx, member, kind="staff enrolled", by=by, now=now)
    tx.execute(  # a key that signs on nobody, but differs from everybody else's
        "UPDATE staff SET key_fingerprint = ? WHERE staff_id = ?",
        (f"demonstration:{officer.staff_id}", officer.staff_id),
    )
    enrolled = by_id(tx, officer.staff_id)
    if enrolled is None:
        raise AssertionError("what was just written is there")
    return enrolled


def give_credentials(tx: Transaction, staff_id: str, *, sealing: Sealing, now: datetime) -> None:
    """Give a fictional officer the passphrase and the second factor of the demonstration."""
    credentials = factors.made(
        staff_id,
        passphrase=WORDS,
        seed=_seed(staff_id),
        code=code_of(staff_id, now=now),
        sealing=sealing,
        now=now,
    )
    factors.keep(tx, staff_id, replace(credentials, used=-1), by=audit.HUB, now=now)


def code_of(staff_id: str, *, now: datetime) -> str:
    """Give the code that a fictional officer's authenticator shows."""
    return pyotp.TOTP(_seed(staff_id)).at(now)


def _seed(staff_id: str) -> str:
    return base64.b32encode(
        hashlib.sha256(f"demonstration {staff_id}".encode()).digest()[:20]
    ).decode()
