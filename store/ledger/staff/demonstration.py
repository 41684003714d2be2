"""Enrol officers who do not exist: for a demonstration, and for tests.

Nobody real comes onto the register this way: founding and proposals are the two ways there are.
"""

from datetime import datetime, timedelta

from store.errors import RefusedError
from store.governance.rulebook.loading import carried
from store.ledger import audit
from store.ledger.ledger import Transaction
from store.ledger.staff.founding import is_founded
from store.ledger.staff.register import Member, RoleState, StaffState, by_id, put
from store.terms import Officer

__all__ = ["enrol"]

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
        rank=carried().rank_of_role.get(officer.role, "") if rank is None else rank,
        also_holds=also_holds,
    )
    put(tx, member, kind="staff enrolled", by=by, now=now)
    enrolled = by_id(tx, officer.staff_id)
    if enrolled is None:
        raise AssertionError("what was just written is there")
    return enrolled
