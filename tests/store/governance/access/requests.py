"""One request as it was asked, and who may sign it: for tests of its life."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from store.access import AccessRequest, AccessScope, Grant, Signature
from store.governance.access.freezing import digest_of
from store.terms import Ground, MatchKind, Purpose

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY_S = 86_400
REQUESTER_PROOF = ("SHA256:NS4107", "totp-NS4107")


def frozen(request: AccessRequest) -> AccessRequest:
    """The request with the digest of what it says."""
    return replace(request, digest=digest_of(request))


PENDING = frozen(
    AccessRequest(
        request_id="R-0421",
        requester="NS4107",
        scope=AccessScope(
            vrms=("TE57CAR",),
            kind=MatchKind.EXACT,
            cameras=(),
            since_at=NOON - timedelta(days=200),
            until_at=NOON - timedelta(days=180),
            age_ceiling_s=207 * DAY_S,
        ),
        ground=Ground(
            Purpose.POST_INCIDENT, "major investigation", "NS-2605-00817", "Seen leaving"
        ),
        capability="search_l2",
        authority="inspector",
        authorisers=1,
        life_s=7 * DAY_S,
        searches=20,
        code="K7WD",
        digest="",
        asked_at=NOON,
        lapses_at=NOON + timedelta(hours=1),
    )
)
GRANT = Grant(
    grant_id="G-0301",
    request_id="R-0421",
    holder="NS4107",
    granted_at=NOON,
    expires_at=NOON + timedelta(seconds=100),
    searches_max=3,
)


def signature(by: str = "NS2050", **changed: Any) -> Signature:
    """Somebody's yes to the request above."""
    signed = Signature(
        staff_id=by,
        role="INS",
        rank="inspector",
        key_fingerprint=f"SHA256:{by}",
        factor_id=f"totp-{by}",
        digest=PENDING.digest,
        proportionate="One vehicle",
        justified="No other way",
        signed_at=NOON + timedelta(minutes=5),
    )
    return replace(signed, **changed)
