"""The life of a request, pure: pending -> authorised | refused | withdrawn | lapsed.

An urgent one begins on an order: urgent -> ratified | not_ratified. Every other state is final.
Each function gives the request as it is afterwards, or refuses and changes nothing.
"""

import hmac
from dataclasses import dataclass, replace
from datetime import datetime

from store.access import AccessRequest, RequestState, Signature
from store.errors import RefusedError
from store.governance.access.freezing import digest_of

__all__ = [
    "Proof",
    "demand",
    "lapse",
    "leave_unratified",
    "ratify",
    "refuse",
    "sign",
    "withdraw",
]

WHY_MIN_CHARS = 5
"""A refusal goes back to the requester, so it says more than "no" (textual.md, rule 6)."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Somebody has just proved who they are.

    Attributes:
        staff_id: Who.
        key_fingerprint: The key they came in with.
        factor_id: The second factor they showed.
        at: When; good for five minutes (security.md).
    """

    staff_id: str
    key_fingerprint: str
    factor_id: str
    at: datetime


def sign(
    request: AccessRequest, signature: Signature, *, code: str, requester_proof: tuple[str, str]
) -> AccessRequest:
    """Add a signature; with the last one that is needed the request is authorised.

    Args:
        request: As it stands.
        signature: By somebody whom the rule book lets sign; that is decided before.
        code: What the authoriser typed.
        requester_proof: Key and second factor of the requester; neither may be the signer's.

    Raises:
        RefusedError: It is decided already, the scope or the code is another one, or the signer
            is the requester or has signed it already.
    """
    demand(request, RequestState.PENDING, not_done="Not authorised")
    _demand_another(request, signature, requester_proof=requester_proof)
    if not hmac.compare_digest(code.strip().upper().encode(), request.code.encode()):
        raise RefusedError(
            f"Not authorised: that is not the code of {request.request_id}. Read it off the "
            "request and type it again.",
            reason="code_differs",
        )
    if signature.digest != request.digest or digest_of(request) != request.digest:
        raise RefusedError(
            "Not authorised: the request is not the one that was shown. Look at it again.",
            reason="scope_digest_differs",
        )
    signatures = (*request.signatures, signature)
    if len(signatures) < _threshold(request):
        return replace(request, signatures=signatures)
    return replace(
        request,
        signatures=signatures,
        state=RequestState.AUTHORISED,
        settled_at=signature.signed_at,
        settled_by=signature.staff_id,
    )


def refuse(request: AccessRequest, *, by: str, why: str, now: datetime) -> AccessRequest:
    """End a request: one refusal is enough, whoever has signed before.

    Raises:
        RefusedError: It is decided already, it is the refuser's own, or no reason is given.
    """
    demand(request, RequestState.PENDING, not_done="Not refused")
    if by == request.requester:
        raise RefusedError(
            "Not refused: this is your own request. Withdraw it instead.",
            reason="self_authorisation",
        )
    if len(why.strip()) < WHY_MIN_CHARS:
        raise RefusedError(
            "Not refused: a refusal goes back with its reason. Say why in a few words.",
            reason="reason_missing",
        )
    return _settled(request, RequestState.REFUSED, by=by, why=why.strip(), now=now)


def withdraw(request: AccessRequest, *, by: str, now: datetime) -> AccessRequest:
    """Take back one's own request.

    Raises:
        RefusedError: It is decided already, or somebody else's.
    """
    demand(request, RequestState.PENDING, not_done="Not withdrawn")
    if by != request.requester:
        raise RefusedError(
            f"Not withdrawn: {request.request_id} is not yours. Refuse it instead.",
            reason="not_own",
        )
    return _settled(request, RequestState.WITHDRAWN, by=by, why="", now=now)


def lapse(request: AccessRequest, *, now: datetime) -> AccessRequest:
    """End a request that nobody decided in time: silence refuses."""
    demand(request, RequestState.PENDING, not_done="Not lapsed")
    return _settled(request, RequestState.LAPSED, by="", why="", now=now)


def ratify(
    request: AccessRequest, signature: Signature, *, requester_proof: tuple[str, str]
) -> AccessRequest:
    """Give the written authority that an urgent use is owed.

    Raises:
        RefusedError: Nothing is owed, or the signer is the requester or gave the order.
    """
    demand(request, RequestState.URGENT, not_done="Not ratified")
    _demand_another(request, signature, requester_proof=requester_proof)
    if request.order is not None and signature.staff_id == request.order.ordered_by:
        raise RefusedError(
            "Not ratified: you gave this order yourself. Another Inspector or Superintendent may.",
            reason="self_authorisation",
        )
    return replace(
        request,
        signatures=(*request.signatures, signature),
        state=RequestState.RATIFIED,
        settled_at=signature.signed_at,
        settled_by=signature.staff_id,
    )


def leave_unratified(request: AccessRequest, *, by: str, why: str, now: datetime) -> AccessRequest:
    """End an urgent request without authority: time has passed, or somebody declined it."""
    demand(request, RequestState.URGENT, not_done="Not declined")
    if by == request.requester:
        raise RefusedError("Not declined: this is your own request.", reason="self_authorisation")
    return _settled(request, RequestState.NOT_RATIFIED, by=by, why=why.strip(), now=now)


def _settled(
    request: AccessRequest, state: RequestState, *, by: str, why: str, now: datetime
) -> AccessRequest:
    return replace(request, state=state, settled_at=now, settled_by=by, why=why)


def _threshold(request: AccessRequest) -> int:
    """Give how many must sign; nothing is ever authorised by nobody (security.md)."""
    if request.authorisers < 1 or not request.authority:
        raise RefusedError(
            "Not authorised: the request names nobody who must sign. Report it to the auditor.",
            reason="threshold_empty",
        )
    return request.authorisers


def demand(request: AccessRequest, state: RequestState, *, not_done: str) -> None:
    """Refuse where a request does not wait for this any more, and say whose decision stands."""
    if request.state is not state:
        who = f" by {request.settled_by}" if request.settled_by else ""
        raise RefusedError(
            f"{not_done}: {request.request_id} is {request.state.replace('_', ' ')}{who}. "
            "What is decided stays; ask anew.",
            reason="request_ended",
        )


def _demand_another(
    request: AccessRequest, signature: Signature, *, requester_proof: tuple[str, str]
) -> None:
    """Refuse a signer who is, by number, key or second factor, one of those who are in it."""
    if not signature.key_fingerprint or not signature.factor_id:
        raise RefusedError(
            "Not authorised: no key or no second factor of yours is on the register. "
            "Ask the ANPR Manager to enrol them.",
            reason="factor_missing",
        )
    key, factor = requester_proof
    if (
        signature.staff_id == request.requester
        or signature.key_fingerprint == key
        or signature.factor_id == factor
    ):
        raise RefusedError(
            f"Not authorised: you asked for {request.request_id} yourself. "
            "Others who may sign have it on their screens.",
            reason="self_authorisation",
        )
    for one in request.signatures:
        if (
            one.staff_id == signature.staff_id
            or one.key_fingerprint == signature.key_fingerprint
            or one.factor_id == signature.factor_id
        ):
            raise RefusedError(
                f"Not authorised: you have signed {request.request_id}. Two different people must.",
                reason="same_signer_twice",
            )
