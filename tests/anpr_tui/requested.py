"""Requests for authority as the hub tells of them, for scripted consoles."""

from dataclasses import replace
from datetime import timedelta

from store.access import AccessRequest, AccessScope, Grant, Prompt, RequestState
from store.terms import Ground, MatchKind, Officer, Purpose
from tests.anpr_tui.scripted_hub import NOW

__all__ = ["SUPER", "authorised", "prompt", "refused", "request"]

SUPER = Officer("NS2003", "SUP")
GROUND = Ground(
    Purpose.POST_INCIDENT,
    "major investigation",
    "NS-2509-00817",
    "Seen leaving the scene. Find its route on 12 to 30 Sep 2025.",
)


def request(number: int = 421, *, requester: str = "NS4107", asked_s: float = 660) -> AccessRequest:
    asked_at = NOW - timedelta(seconds=asked_s)
    return AccessRequest(
        request_id=f"R-{number:04}",
        requester=requester,
        scope=AccessScope(
            vrms=("TE57CAR",),
            kind=MatchKind.EXACT,
            cameras=(),
            since_at=NOW - timedelta(days=436),
            until_at=NOW - timedelta(days=417),
            age_ceiling_s=443 * 86_400,
        ),
        ground=GROUND,
        capability="search_l3",
        authority="superintendent",
        authorisers=1,
        life_s=604_800,
        searches=20,
        code="K7WD",
        digest="d" * 64,
        asked_at=asked_at,
        lapses_at=asked_at + timedelta(hours=1),
        seq=number,
    )


def prompt(number: int = 421, **changed: object) -> Prompt:
    return Prompt(
        request=replace(request(number), **changed),
        requester_role="RES",
        trained_until_at=NOW + timedelta(days=100),
        cameras=143,
        estimate=41,
        earlier=0,
    )


def authorised(asked: AccessRequest, *, by: str = "NS2003") -> AccessRequest:
    grant = Grant(
        grant_id="G-0297",
        request_id=asked.request_id,
        holder=asked.requester,
        granted_at=NOW,
        expires_at=NOW + timedelta(days=7),
        searches_max=20,
    )
    return replace(
        asked,
        seq=asked.seq + 1,
        state=RequestState.AUTHORISED,
        grant=grant,
        settled_by=by,
        settled_at=NOW,
    )


def refused(asked: AccessRequest, why: str, *, by: str = "NS2003") -> AccessRequest:
    return replace(
        asked,
        seq=asked.seq + 1,
        state=RequestState.REFUSED,
        why=why,
        settled_by=by,
        settled_at=NOW,
    )
