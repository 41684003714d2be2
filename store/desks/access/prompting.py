"""Whom a request concerns, and what they are shown of it."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store.access import AccessRequest, Prompt, RequestState
from store.ledger import cameras, staff
from store.ledger.access import rows
from store.ledger.access.rows import Kept
from store.ledger.access.signing import eligible

__all__ = ["AccessNews", "news_of", "prompt_of"]

_OPEN = frozenset({RequestState.PENDING, RequestState.URGENT})
_EARLIER_LOOKED_AT = 1_000


@dataclass(frozen=True, slots=True)
class AccessNews:
    """A request that came or changed.

    Attributes:
        seq: Number of the change.
        request: As it stands; goes to its requester.
        prompt: For those who may sign it; None where nothing waits for anybody.
        signers: Staff numbers of those who may sign it.
        told: Staff numbers of others whom it concerns: who ordered an urgent use can end it.
    """

    seq: int
    request: AccessRequest
    prompt: Prompt | None
    signers: frozenset[str]
    told: frozenset[str] = frozenset()


def news_of(db: sqlite3.Connection, kept: Kept, *, now: datetime) -> AccessNews:
    """Say whom a request concerns as it stands."""
    request, prompt = kept.request, None
    signers: frozenset[str] = frozenset()
    if request.state in _OPEN:
        signers = frozenset(one.officer.staff_id for one in eligible(db, request, now=now))
        prompt = prompt_of(db, kept)
    told = frozenset() if request.order is None else frozenset({request.order.ordered_by})
    return AccessNews(seq=request.seq, request=request, prompt=prompt, signers=signers, told=told)


def prompt_of(db: sqlite3.Connection, kept: Kept) -> Prompt:
    """Put a request with what an authoriser has to know beside it."""
    request = kept.request
    requester = staff.by_id(db, request.requester)
    same = [
        other
        for other in rows.held_by(db, request.requester, limit=_EARLIER_LOOKED_AT)
        if other.request.ground.reference == request.ground.reference
        and set(other.request.scope.vrms) & set(request.scope.vrms)
        and other.request.asked_at < request.asked_at
    ]
    return Prompt(
        request=request,
        requester_role="" if requester is None else requester.officer.role,
        trained_until_at=None if requester is None else requester.training_until_at,
        cameras=len(request.scope.cameras) or len(cameras.every(db)),
        estimate=kept.estimate,
        earlier=len(same),
    )
