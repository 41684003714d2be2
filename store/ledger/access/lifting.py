"""An officer whose urgent use was not ratified: stopped, until a Superintendent lifts it.

What was not ratified stays so for ever; lifting says that its officer may be trusted with the
urgent way again, who says it and why. The row `lift_urgent_stop` of the policy names the role.
"""

import sqlite3
from datetime import datetime

from store.access import AccessRequest, Reasons, RequestState
from store.errors import RefusedError
from store.governance.access.moments import Moment
from store.governance.access.requests import Proof
from store.governance.rulebook.decide import decide
from store.governance.rulebook.nouns import Fact
from store.governance.rulebook.verdicts import Asked, Permit
from store.ledger import audit, staff
from store.ledger.access import rows
from store.ledger.access.signing import of_person, signed, told_of_signature
from store.ledger.ledger import Transaction
from store.ledger.rules import policies

__all__ = ["lift", "owes", "stopped_for"]

CAPABILITY = "lift_urgent_stop"
"""Row of the matrix that says who lifts."""


def owes(db: sqlite3.Connection, staff_id: str) -> str:
    """Say how an officer's earlier urgent uses stand: "not_ratified", "owed" or "none"."""
    of_officer = [
        kept.request
        for kept in rows.held_by(db, staff_id, limit=1_000)
        if kept.request.order is not None
    ]
    if any(one.state is RequestState.NOT_RATIFIED and not one.lifted_by for one in of_officer):
        return "not_ratified"
    return "owed" if any(one.state is RequestState.URGENT for one in of_officer) else "none"


def stopped_for(
    db: sqlite3.Connection, staff_id: str, *, now: datetime
) -> tuple[AccessRequest, ...]:
    """Give the urgent uses that stop their officers and that this person may lift."""
    return tuple(
        kept.request
        for kept in rows.stopped(db)
        if not _refused(db, kept.request, by=staff_id, told=_WELL, now=now)
    )


def lift(
    tx: Transaction,
    request_id: str,
    *,
    by: str,
    reasons: Reasons,
    proof: Proof,
    moment: Moment,
) -> AccessRequest:
    """Let an officer use the urgent way again, in spite of this use of it.

    Args:
        tx: A transaction.
        request_id: The urgent use that was not ratified.
        by: Staff number of who lifts.
        reasons: Why they may go on (S-55).
        proof: That it is them.
        moment: The present.

    Raises:
        RefusedError: Nothing stops there, or the rule book says no; nothing changed.
    """
    request = rows.demand(tx, request_id, not_done="Not lifted").request
    if request.state is not RequestState.NOT_RATIFIED or request.lifted_by:
        raise RefusedError(
            f"Not lifted: {request_id} stops nobody. Look at the Access screen again.",
            reason="nothing_stopped",
        )
    member, requester = staff.by_id(tx, by), staff.by_id(tx, request.requester)
    key = "" if requester is None else requester.key_fingerprint
    factor = "" if requester is None else requester.second_factor
    proof_age_s = int((moment.now - proof.at).total_seconds())
    proves = proof.staff_id == by and proof_age_s >= 0
    told: dict[str, Fact] = {
        "same_key_as_requester": proof.key_fingerprint == key,
        "same_second_factor_as_requester": proof.factor_id == factor,
        "reauth_age_s": proof_age_s if proves else 86_400,
        "proportionality": bool(reasons.proportionate.strip()),
        "interest_of_justice": bool(reasons.justified.strip()),
    }
    if code := _refused(tx, request, by=by, told=told, now=moment.now):
        raise RefusedError(policies.in_force(tx).say(code, on=CAPABILITY), reason=code)
    if member is None:
        raise AssertionError("whom the rule book lets lift is on the register")
    signature = signed(
        signer=member,
        proof=proof,
        digest=request.digest,
        reasons=reasons,
        now=moment.now,
    )
    lifted = rows.lift(tx, request_id, signature)
    about = {
        "request": request_id,
        "officer": request.requester,
        **told_of_signature(signature),
    }
    audit.append(tx, "urgent use lifted", by=by, now=moment.now, about=about)
    return lifted


_WELL: dict[str, Fact] = {
    "same_key_as_requester": False,
    "same_second_factor_as_requester": False,
    "reauth_age_s": 0,
    "proportionality": True,
    "interest_of_justice": True,
}
"""Facts of the moment of lifting, where only the person is in question."""


def _refused(
    db: sqlite3.Connection,
    request: AccessRequest,
    *,
    by: str,
    told: dict[str, Fact],
    now: datetime,
) -> str:
    """Give the reason code with which the rule book refuses a lifting; empty where it permits.

    Neither whose use it was nor whoever ordered it lifts it.
    """
    member = staff.by_id(db, by)
    if member is None:
        return "unknown_staff"
    ordered_by = "" if request.order is None else request.order.ordered_by
    facts: dict[str, Fact] = {
        "requester": "self" if by in {request.requester, ordered_by} else "other",
        "on_register": True,
        "rank": member.rank,
        "also_holds": member.also_holds,
    }
    asked = Asked(
        capability=CAPABILITY,
        action="sign",
        facts={**facts, **told},
        age_s=None,
        **of_person(member, now=now),
    )
    verdict = decide(asked, book=policies.in_force(db))
    return "" if isinstance(verdict, Permit) else verdict.code
