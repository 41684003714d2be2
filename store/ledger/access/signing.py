"""Who may sign what: an authoriser held to the rule book, when they sign and at every use."""

import sqlite3
from collections.abc import Mapping
from datetime import datetime

from store.access import AccessRequest, Reasons, Signature
from store.errors import RefusedError
from store.governance.access.freezing import oldest_s
from store.governance.access.requests import Proof
from store.governance.rulebook.decide import decide
from store.governance.rulebook.nouns import Fact
from store.governance.rulebook.verdicts import Asked, Permit
from store.ledger import staff
from store.ledger.rules import policies
from store.ledger.staff import Member
from store.purposes import CATEGORY_KEYS, PURPOSE_KEYS

__all__ = [
    "asked_of",
    "demand_may_decide",
    "demand_may_sign",
    "eligible",
    "of_person",
    "post_of",
    "signed",
    "told_of_signature",
    "why_void",
]

_DAY_S = 86_400
_VOID = {
    "wrong_rank": "signed_by_wrong_rank",
    "self_authorisation": "self_authorised",
    "authoriser_not_on_register": "signer_not_on_register",
    "unknown_staff": "signer_not_on_register",
    "staff_suspended": "signer_not_on_register",
    "staff_left": "signer_not_on_register",
}


def of_person(member: Member, *, now: datetime) -> Mapping[str, str]:
    """Give what the rule book asks of a person, from their line of the register."""
    return {
        "role": member.officer.role,
        "training": staff.training(member, now=now),
        "role_state": member.role_state.value,
        "staff_state": member.state.value,
    }


def asked_of(
    request: AccessRequest,
    *,
    signer: Member,
    now: datetime,
    told: Mapping[str, Fact],
    tool: str = "",
) -> Asked:
    """Put the signing of a request into the words of the rule book.

    Args:
        request: What is to be signed.
        signer: Who would, with their line of the register as it is.
        now: When; data grow older while a request waits.
        told: Facts beside those that request and register tell.
        tool: One of the request's tools.
    """
    scope, ground = request.scope, request.ground
    window_s = int((scope.until_at - scope.since_at).total_seconds())
    facts: dict[str, Fact] = {
        "requester": "self" if signer.officer.staff_id == request.requester else "other",
        "on_register": True,
        "rank": signer.rank,
        "also_holds": signer.also_holds,
        "signs_as": post_of(request, signer),
        "reference": ground.reference,
        "reason": ground.reason,
        "request_state": request.state.value,
        "request_age_s": max(0, int((now - request.asked_at).total_seconds())),
        "scope": "named" if scope.vrms or scope.cameras or scope.hold else "empty",
        "life_d": -(-request.life_s // _DAY_S),
        "window_s": window_s,
        "already_signed_as": "nobody",
    }
    if scope.hold:
        facts["hold_names_this_case"] = True  # looked at when it was asked for
    if scope.cameras:
        facts["cameras"] = len(scope.cameras)
    if (order := request.order) is not None:
        facts |= {
            "act": "ratify",
            "ordered_by": "self" if order.ordered_by == signer.officer.staff_id else "other",
            "since_order_s": facts["request_age_s"],
            "urgent_ground": order.ground,
        }
    return Asked(
        capability=request.capability,
        action="sign",
        facts={**facts, **told},
        age_s=oldest_s(scope.since_at, now=now),
        tool=tool,
        purpose=PURPOSE_KEYS[ground.purpose],
        category=CATEGORY_KEYS.get(ground.category, ""),
        **of_person(signer, now=now),
    )


def post_of(request: AccessRequest, signer: Member) -> str:
    """Say as which post somebody signs: one of the authority's that nobody has signed as before.

    Who has signed keeps the post they signed as, for as long as they hold it.
    """
    signed_as = {one.staff_id: one.post for one in request.signatures}
    wanted = request.authority.split("+")
    own = signed_as.get(signer.officer.staff_id)
    if own is not None:
        return own if own in signer.posts else ""
    free = [post for post in wanted if post in signer.posts and post not in signed_as.values()]
    return free[0] if free else ""


def demand_may_sign(
    db: sqlite3.Connection,
    request: AccessRequest,
    *,
    signer: Member,
    requester: Member | None,
    signature: Signature,
    proof: Proof,
    now: datetime,
) -> None:
    """Hold a signature to the rule book.

    Raises:
        RefusedError: In the rule book's words, with its reason code.
    """
    if proof.staff_id != signer.officer.staff_id:
        raise RefusedError(
            "Not authorised: somebody else confirmed who they are. Confirm it yourself.",
            reason="reauthentication_stale",
        )
    key = "" if requester is None else requester.key_fingerprint
    factor = "" if requester is None else requester.second_factor
    told: dict[str, Fact] = {
        "same_key_as_requester": signature.key_fingerprint == key,
        "same_second_factor_as_requester": signature.factor_id == factor,
        "reauth_age_s": max(0, int((now - proof.at).total_seconds())),
        "proportionality": bool(signature.proportionate),
        "interest_of_justice": bool(signature.justified),
        "scope_digest": "same" if signature.digest == request.digest else "differs",
    }
    if proof.at > now:  # confirmed in the future: one of the clocks is wrong
        told["reauth_age_s"] = _DAY_S
    _demand(db, request, signer=signer, told=told, now=now)


def demand_may_decide(
    db: sqlite3.Connection, request: AccessRequest, *, member: Member, now: datetime
) -> None:
    """Hold somebody who refuses a request, or ends its grant, to what a signer must be.

    Raises:
        RefusedError: In the rule book's words, with its reason code.
    """
    _demand(db, request, signer=member, told=_WELL, now=now)


def eligible(
    db: sqlite3.Connection, request: AccessRequest, *, now: datetime
) -> tuple[Member, ...]:
    """Give those on the register who may sign a request as it stands, by staff number."""
    signed_by = {one.staff_id for one in request.signatures}
    return tuple(
        member
        for member in staff.every(db)
        if member.officer.staff_id not in signed_by
        and not _refused(db, request, signer=member, told=_WELL, now=now)
    )


def why_void(db: sqlite3.Connection, request: AccessRequest, *, now: datetime) -> str:
    """Say why the signatures under a grant no longer count; empty where they do.

    Whoever signed must still be on the register, in a role and rank that may sign this (S-50).

    Returns:
        A state of a grant that does not count, as the policy names it.
    """
    if len(request.signatures) < request.authorisers:
        return "one_of_two"
    for one in request.signatures:
        if one.digest != request.digest:
            return "signature_bad"
        signer = staff.by_id(db, one.staff_id)
        if signer is None:
            return "signer_not_on_register"
        # What was so when it was signed stays so: only the person is looked at again.
        if void := _refused(db, request, signer=signer, told=_WELL, now=now):
            return _VOID.get(void, "signer_role_changed")
    return ""


def signed(
    *,
    signer: Member,
    proof: Proof,
    digest: str,
    reasons: Reasons,
    now: datetime,
    post: str = "",
) -> Signature:
    """Make the signature of a person who has just proved who they are."""
    return Signature(
        staff_id=signer.officer.staff_id,
        role=signer.officer.role,
        rank=signer.rank,
        key_fingerprint=proof.key_fingerprint,
        factor_id=proof.factor_id,
        digest=digest,
        proportionate=" ".join(reasons.proportionate.split()),
        justified=" ".join(reasons.justified.split()),
        signed_at=now,
        post=post,
    )


def told_of_signature(signature: Signature) -> dict[str, str]:
    """Give what a record of the chain says of a signature."""
    return {
        "role": signature.role,
        "rank": signature.rank,
        "key": signature.key_fingerprint,
        "factor": signature.factor_id,
        "proportionate": signature.proportionate,
        "justified": signature.justified,
    }


_WELL: Mapping[str, Fact] = {
    "same_key_as_requester": False,
    "same_second_factor_as_requester": False,
    "reauth_age_s": 0,
    "proportionality": True,
    "interest_of_justice": True,
    "scope_digest": "same",
    "request_state": "pending",
    "request_age_s": 0,
    "since_order_s": 0,
}
"""Facts of the moment of signing, where only the person is in question."""


def _demand(
    db: sqlite3.Connection,
    request: AccessRequest,
    *,
    signer: Member,
    told: Mapping[str, Fact],
    now: datetime,
) -> None:
    if code := _refused(db, request, signer=signer, told=told, now=now):
        raise RefusedError(policies.in_force(db).say(code), reason=code)


def _refused(
    db: sqlite3.Connection,
    request: AccessRequest,
    *,
    signer: Member,
    told: Mapping[str, Fact],
    now: datetime,
) -> str:
    """Give the reason code with which the rule book refuses a signature; empty where it permits."""
    # opening a hold is a row of its own and no analysis: its tool is a word for the record
    analyses = () if request.scope.hold else request.scope.tools
    for tool in analyses or ("",):
        asked = asked_of(request, signer=signer, now=now, told=told, tool=tool)
        verdict = decide(asked, book=policies.in_force(db))
        if not isinstance(verdict, Permit):
            return verdict.code
    return ""
