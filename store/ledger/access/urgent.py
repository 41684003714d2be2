"""A threat to life: rows at once on the Force Duty Officer's order, written authority after it."""

import sqlite3
from dataclasses import replace
from datetime import timedelta

from store.access import AccessRequest, AccessScope, GrantState, Reasons, UrgentOrder, UrgentTerms
from store.errors import RefusedError
from store.governance.access import requests as life
from store.governance.access.freezing import oldest_s
from store.governance.access.grants import revoke
from store.governance.access.moments import Moment
from store.governance.access.requests import Proof
from store.governance.rulebook.decide import decide
from store.governance.rulebook.nouns import Cell, Fact
from store.governance.rulebook.verdicts import Asked, Permit
from store.ledger import audit, staff
from store.ledger.access import rows
from store.ledger.access.lifting import owes
from store.ledger.access.requests import Terms, grant_of, proof_of, put, to_be_signed
from store.ledger.access.signing import (
    demand_may_decide,
    demand_may_sign,
    of_person,
    told_of_signature,
)
from store.ledger.ledger import Transaction
from store.ledger.rules import policies
from store.ledger.staff import Member, StaffState
from store.purposes import CATEGORY_KEYS, PURPOSE_KEYS
from store.terms import Ground

__all__ = ["CAPABILITY", "asked_of", "decline", "order", "ratify", "terms_for"]

CAPABILITY = "threat_to_life_override"
"""Row of the matrix that the urgent way goes by."""


def terms_for(db: sqlite3.Connection, staff_id: str) -> UrgentTerms:
    """Say what the urgent way asks of an officer, what follows, and why it may be closed to them.

    Nothing is asked for yet: what only an order tells is left out of it.
    """
    book, member = policies.in_force(db), staff.by_id(db, staff_id)
    of_way = [check for check in book.checks if CAPABILITY in check.on and "do" in check.act]
    grounds = next((check.one_of for check in of_way if check.fact == "urgent_ground"), None)
    role = "" if member is None else member.officer.role
    refused, cell = "", book.cell(CAPABILITY, role=role)
    if cell is not Cell.DO:
        refused = book.say("sign_only" if cell is Cell.SIGN else "not_for_role")
    elif owes(db, staff_id) == "not_ratified":
        refused = book.say("urgent_stopped_unratified")
    return UrgentTerms(
        refused=refused,
        grounds=tuple(sorted(map(str, grounds or ()))),
        vrms_max=max((one.most or 0 for one in of_way if one.fact == "vrms"), default=0),
        life_s=book.grants.urgent_life_s,
        searches=book.grants.urgent_searches,
        ratify_s=book.grants.urgent_ratify_s,
    )


def asked_of(
    db: sqlite3.Connection,
    *,
    member: Member,
    scope: AccessScope,
    ground: Ground,
    urgent_ground: str,
    ordered_by: str,
    since_order_s: int,
    reauth_age_s: int,
    moment: Moment,
) -> Asked:
    """Put an urgent look into the words of the rule book.

    Args:
        db: A connection.
        member: Who looks.
        scope: What at.
        ground: Why.
        urgent_ground: One of the closed list.
        ordered_by: Staff number of the Force Duty Officer who is said to have ordered it.
        since_order_s: Age of the order in seconds.
        reauth_age_s: How long ago the officer proved who they are.
        moment: The present.
    """
    facts: dict[str, Fact] = {
        "fdo_order": _order_by(db, ordered_by, member=member),
        "urgent_ground": urgent_ground,
        "vrms": len(scope.vrms),
        "since_order_s": since_order_s,
        "earlier_urgent": owes(db, member.officer.staff_id),
        "audit": "available",
        "reauth_age_s": reauth_age_s,
        "also_holds": member.also_holds,
        "reference": ground.reference,
        "reason": ground.reason,
    }
    return Asked(
        capability=CAPABILITY,
        action="do",
        facts=facts,
        age_s=oldest_s(scope.since_at, now=moment.now),
        purpose=PURPOSE_KEYS[ground.purpose],
        category=CATEGORY_KEYS.get(ground.category, ""),
        **of_person(member, now=moment.now),
    )


def order(
    tx: Transaction,
    *,
    requester: str,
    scope: AccessScope,
    ground: Ground,
    urgent_ground: str,
    ordered_by: str,
    log_ref: str,
    proof: Proof,
    moment: Moment,
) -> AccessRequest:
    """Take an order and give its grant at once; the written authority is owed from now.

    Raises:
        RefusedError: The rule book says no: no order of a Force Duty Officer, another ground than
            those of the list, more than three plates, or an earlier use that was not ratified.
    """
    rules, member = policies.in_force(tx).grants, staff.by_id(tx, requester)
    if member is None or proof.staff_id != requester:
        raise RefusedError(policies.in_force(tx).say("unknown_staff"), reason="unknown_staff")
    asked = asked_of(
        tx,
        member=member,
        scope=scope,
        ground=ground,
        urgent_ground=urgent_ground,
        ordered_by=ordered_by,
        since_order_s=0,
        reauth_age_s=max(0, int((moment.now - proof.at).total_seconds())),
        moment=moment,
    )
    verdict = decide(asked, book=policies.in_force(tx))
    if not isinstance(verdict, Permit):
        raise RefusedError(verdict.sentence, reason=verdict.code)
    tier = policies.in_force(tx).tiers[CAPABILITY]
    terms = Terms(
        capability=CAPABILITY,
        authority=tier.authority,
        authorisers=tier.authorisers,
        life_s=rules.urgent_life_s,
        searches=rules.urgent_searches,
        open_s=rules.urgent_ratify_s,
    )
    given = UrgentOrder(
        ground=urgent_ground,
        ordered_by=ordered_by,
        log_ref=log_ref,
        ratify_by_at=moment.now + timedelta(seconds=rules.urgent_ratify_s),
    )
    frozen = put(tx, scope, ground, requester=requester, terms=terms, order=given, moment=moment)
    settled = rows.save(tx, replace(frozen, grant=grant_of(frozen, moment=moment)), began=moment)
    about = {
        "request": settled.request_id,
        "grant": "" if settled.grant is None else settled.grant.grant_id,
        "urgent_ground": urgent_ground,
        "ordered_by": ordered_by,
        "log_ref": log_ref,
    }
    audit.append(tx, "urgent access ordered", by=requester, now=moment.now, about=about)
    return settled


def ratify(
    tx: Transaction,
    request_id: str,
    *,
    signer: str,
    digest: str,
    reasons: Reasons,
    proof: Proof,
    moment: Moment,
) -> AccessRequest:
    """Give the written authority for an urgent use, within 24 hours of its order.

    Raises:
        RefusedError: The rule book says no, nothing is owed, or it is too late.
    """
    request, member, signature = to_be_signed(
        tx,
        request_id,
        signer=signer,
        digest=digest,
        reasons=reasons,
        proof=proof,
        moment=moment,
    )
    requester = staff.by_id(tx, request.requester)
    demand_may_sign(
        tx, request, signer=member, requester=requester, signature=signature, proof=proof,
        now=moment.now,
    )  # fmt: skip
    after = life.ratify(request, signature, requester_proof=proof_of(requester))
    settled = rows.save(tx, after, began=moment)
    about = {
        "request": request_id,
        "digest": digest,
        **told_of_signature(signature),
    }
    audit.append(tx, "urgent access ratified", by=signer, now=moment.now, about=about)
    return settled


def decline(
    tx: Transaction, request_id: str, *, by: str, why: str, moment: Moment
) -> AccessRequest:
    """Say that an urgent use gets no authority; its grant ends with it.

    Raises:
        RefusedError: Nothing is owed, it is one's own, or no reason is given.
    """
    kept = rows.demand(tx, request_id, not_done="Not declined")
    member = staff.by_id(tx, by)
    if member is None:
        raise RefusedError(policies.in_force(tx).say("unknown_staff"), reason="unknown_staff")
    if by != kept.request.requester:
        demand_may_decide(tx, kept.request, member=member, now=moment.now)
    if not why.strip():
        raise RefusedError(
            "Not declined: it goes back with its reason. Say why.", reason="reason_missing"
        )
    after = life.leave_unratified(kept.request, by=by, why=why, now=moment.now)
    grant = after.grant
    if grant is not None and grant.state is GrantState.LIVE:
        after = replace(after, grant=revoke(grant, by=by, why=why, now=moment.now))
    settled = rows.save(tx, after, began=moment)
    about = {"request": request_id, "why": settled.why}
    audit.append(tx, "urgent access not ratified", by=by, now=moment.now, about=about)
    return settled


def _order_by(db: sqlite3.Connection, staff_id: str, *, member: Member) -> Fact:
    """Say whether somebody may have given an order: "self", or that they are on duty, or not."""
    if staff_id == member.officer.staff_id:
        return "self"
    officer = staff.by_id(db, staff_id)
    if officer is None or officer.state is not StaffState.ACTIVE:
        return False
    return officer.officer.role == "FDO"
