"""Ask for an authority, sign it, refuse it, take it back: each with its audit record."""

from dataclasses import dataclass, replace
from datetime import timedelta

from store.access import (
    AccessRequest,
    AccessScope,
    Grant,
    Reasons,
    RequestState,
    Signature,
    UrgentOrder,
)
from store.errors import InputError, RefusedError
from store.governance.access import requests as life
from store.governance.access.freezing import digest_of, new_code
from store.governance.access.moments import Moment, elapsed_s
from store.governance.access.requests import Proof
from store.ledger import audit, staff
from store.ledger.access import rows
from store.ledger.access.signing import (
    demand_may_decide,
    demand_may_sign,
    post_of,
    signed,
    told_of_signature,
)
from store.ledger.ledger import Transaction
from store.ledger.rules import policies
from store.ledger.staff import Member
from store.purposes import CATEGORY_KEYS, PURPOSE_KEYS
from store.terms import Ground

__all__ = [
    "Terms",
    "ask",
    "authorise",
    "grant_of",
    "proof_of",
    "put",
    "refuse",
    "to_be_signed",
    "told_of",
    "withdraw",
]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a request is signed on.

    Attributes:
        capability: Row of the matrix that it opens.
        authority: Rank or posts that must sign.
        authorisers: How many different people must.
        life_s: How long its grant lasts, in seconds.
        searches: How many searches that is good for.
        open_s: How long it may wait for its signatures, in seconds.
    """

    capability: str
    authority: str
    authorisers: int
    life_s: int
    searches: int
    open_s: int


def ask(
    tx: Transaction,
    *,
    requester: str,
    scope: AccessScope,
    ground: Ground,
    capability: str,
    authority: str,
    authorisers: int,
    estimate: int,
    moment: Moment,
) -> AccessRequest:
    """Freeze a scope and ask for the authority to look at it.

    Args:
        tx: A transaction.
        requester: Staff number of who asks; the rule book has been asked before.
        scope: What for.
        ground: Why.
        capability: Row of the matrix that it opens.
        authority: Rank or posts that must sign.
        authorisers: How many different people must.
        estimate: About how many reads it would show.
        moment: The present.

    Raises:
        InputError: It names nobody who must sign, or nothing to look at.
    """
    rules = policies.in_force(tx).grants
    if not authority or authorisers < 1:
        raise InputError("Not asked: it names nobody who must sign. Ask the cluster admin.")
    if not (scope.vrms or scope.cameras or scope.hold) or scope.since_at >= scope.until_at:
        raise InputError("Not asked: nothing is named. Give a plate or cameras, and dates.")
    terms = Terms(
        capability=capability,
        authority=authority,
        authorisers=authorisers,
        life_s=rules.life_default_s,
        searches=rules.searches_default,
        open_s=rules.request_lapses_s,
    )
    return put(
        tx, scope, ground, requester=requester, terms=terms, estimate=estimate, moment=moment
    )


def put(
    tx: Transaction,
    scope: AccessScope,
    ground: Ground,
    *,
    requester: str,
    terms: Terms,
    moment: Moment,
    estimate: int = 0,
    order: UrgentOrder | None = None,
) -> AccessRequest:
    """Write a new request with the digest that is signed, and its record.

    Args:
        tx: A transaction.
        scope: What for.
        ground: Why.
        requester: Staff number of who asks; the rule book has been asked before.
        terms: What it is signed on.
        moment: The present.
        estimate: About how many reads it would show.
        order: What it rests on where it is urgent.
    """
    request = AccessRequest(
        request_id=rows.next_request_id(tx),
        requester=requester,
        scope=scope,
        ground=ground,
        capability=terms.capability,
        authority=terms.authority,
        authorisers=terms.authorisers,
        life_s=terms.life_s,
        searches=terms.searches,
        code=new_code(),
        digest="",
        asked_at=moment.now,
        lapses_at=moment.now + timedelta(seconds=terms.open_s),
        state=RequestState.PENDING if order is None else RequestState.URGENT,
        order=order,
    )
    frozen = replace(request, digest=digest_of(request))
    rows.insert(tx, frozen, asked=moment, estimate=estimate)
    about = {**told_of(frozen), "estimate": estimate}
    audit.append(tx, "access requested", by=requester, now=moment.now, about=about)
    return rows.demand(tx, frozen.request_id, not_done="Not asked").request


def authorise(
    tx: Transaction,
    request_id: str,
    *,
    signer: str,
    digest: str,
    code: str,
    reasons: Reasons,
    proof: Proof,
    moment: Moment,
) -> AccessRequest:
    """Sign a request; the last signature that is needed gives the grant.

    Args:
        tx: A transaction.
        request_id: Such as "R-0421".
        signer: Staff number of the authoriser.
        digest: Of the scope that they were shown.
        code: As they typed it.
        reasons: Why they sign (S-55).
        proof: That it is them.
        moment: The present.

    Raises:
        RefusedError: The rule book or the life of a request says no; nothing changed.
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
    life.demand(request, RequestState.PENDING, not_done="Not authorised")
    requester = staff.by_id(tx, request.requester)
    demand_may_sign(
        tx, request, signer=member, requester=requester, signature=signature, proof=proof,
        now=moment.now,
    )  # fmt: skip
    after = life.sign(request, signature, code=code, requester_proof=proof_of(requester))
    if after.state is RequestState.AUTHORISED:
        after = replace(after, grant=grant_of(after, moment=moment))
    settled = rows.save(tx, after, began=moment)
    kind = "access signed" if settled.grant is None else "access authorised"
    about = {
        "request": request_id,
        "digest": digest,
        "authority": request.authority,
        "post": signature.post,
        **told_of_signature(signature),
        "grant": "" if settled.grant is None else settled.grant.grant_id,
    }
    audit.append(tx, kind, by=signer, now=moment.now, about=about)
    return settled


def refuse(tx: Transaction, request_id: str, *, by: str, why: str, moment: Moment) -> AccessRequest:
    """Refuse a request; whoever may sign it may refuse it, and one refusal ends it.

    Raises:
        RefusedError: It has ended, it is one's own, or no reason is given.
    """
    request = _in_time(tx, request_id, not_done="Not refused", moment=moment)
    if by != request.requester:
        demand_may_decide(tx, request, member=_on_register(tx, by), now=moment.now)
    after = life.refuse(request, by=by, why=why, now=moment.now)
    settled = rows.save(tx, after, began=moment)
    about = {"request": request_id, "why": settled.why}
    audit.append(tx, "access refused", by=by, now=moment.now, about=about)
    return settled


def withdraw(tx: Transaction, request_id: str, *, by: str, moment: Moment) -> AccessRequest:
    """Take back one's own request.

    Raises:
        RefusedError: It has ended, or is not one's own.
    """
    kept = _in_time(tx, request_id, not_done="Not withdrawn", moment=moment)
    settled = rows.save(tx, life.withdraw(kept, by=by, now=moment.now), began=moment)
    audit.append(tx, "access withdrawn", by=by, now=moment.now, about={"request": request_id})
    return settled


def grant_of(request: AccessRequest, *, moment: Moment) -> Grant:
    """Give what an authority gives; its number comes when it is written."""
    return Grant(
        grant_id="",
        request_id=request.request_id,
        holder=request.requester,
        granted_at=moment.now,
        expires_at=moment.now + timedelta(seconds=request.life_s),
        searches_max=request.searches,
        urgent=request.order is not None,
    )


def proof_of(requester: Member | None) -> tuple[str, str]:
    """Give the requester's key and second factor, neither of which may be a signer's."""
    return ("", "") if requester is None else (requester.key_fingerprint, requester.second_factor)


def told_of(request: AccessRequest) -> dict[str, object]:
    """Give a request as an audit record tells it: everything that is frozen."""
    scope, ground = request.scope, request.ground
    return {
        "request": request.request_id,
        "vrms": scope.vrms,
        "kind": scope.kind,
        "cameras": scope.cameras,
        "since_at": scope.since_at.isoformat(),
        "until_at": scope.until_at.isoformat(),
        "age_ceiling_s": scope.age_ceiling_s,
        "tools": scope.tools,
        "hold": scope.hold,
        "ground": {
            "purpose": PURPOSE_KEYS[ground.purpose],
            "category": CATEGORY_KEYS.get(ground.category, ""),
            "reference": ground.reference,
            "reason": ground.reason,
        },
        "capability": request.capability,
        "authority": request.authority,
        "authorisers": request.authorisers,
        "life_s": request.life_s,
        "searches": request.searches,
        "digest": request.digest,
    }


def to_be_signed(
    tx: Transaction,
    request_id: str,
    *,
    signer: str,
    digest: str,
    reasons: Reasons,
    proof: Proof,
    moment: Moment,
) -> tuple[AccessRequest, Member, Signature]:
    """Find a request, its signer's line of the register, and make the signature."""
    request = _in_time(tx, request_id, not_done="Not authorised", moment=moment)
    member = _on_register(tx, signer)
    signature = signed(
        signer=member,
        proof=proof,
        digest=digest,
        reasons=reasons,
        now=moment.now,
        post=post_of(request, member),
    )
    return request, member, signature


def _on_register(tx: Transaction, staff_id: str) -> Member:
    member = staff.by_id(tx, staff_id)
    if member is None:
        raise RefusedError(
            policies.in_force(tx).say("authoriser_not_on_register"),
            reason="authoriser_not_on_register",
        )
    return member


def _in_time(tx: Transaction, request_id: str, *, not_done: str, moment: Moment) -> AccessRequest:
    """Find a request whose time has not passed by either clock.

    Raises:
        RefusedError: There is none, or it has lapsed.
    """
    kept = rows.demand(tx, request_id, not_done=not_done)
    lapsed = elapsed_s(kept.asked, moment=moment) >= policies.in_force(tx).grants.request_lapses_s
    if lapsed and kept.request.state is RequestState.PENDING:
        raise RefusedError(
            f"{not_done}: {request_id} has lapsed. Its requester may ask anew.",
            reason="request_lapsed",
        )
    return kept.request
