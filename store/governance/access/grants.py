"""The life of a grant, pure: live -> expired | revoked | exhausted; and what it is good for."""

from dataclasses import dataclass, replace
from datetime import datetime

from store.access import AccessRequest, AccessScope, Grant, GrantState, RequestState
from store.archive.finding.lookalikes import is_like
from store.errors import RefusedError
from store.governance.access.moments import Moment, elapsed_s
from store.purposes import PURPOSE_KEYS
from store.terms import MatchKind
from store.vrm import Pattern, fold

__all__ = [
    "GrantAtHand",
    "WantedScope",
    "exhaust",
    "expire",
    "left_s",
    "misses",
    "revoke",
    "standing",
    "use",
]

_OF_REQUESTS = {
    RequestState.PENDING: "pending",
    RequestState.REFUSED: "refused",
    RequestState.WITHDRAWN: "withdrawn",
    RequestState.LAPSED: "lapsed",
}
_OF_GRANTS = {
    GrantState.EXPIRED: "expired",
    GrantState.REVOKED: "revoked",
    GrantState.EXHAUSTED: "exhausted",
}


@dataclass(frozen=True, slots=True)
class WantedScope:
    """What one look wants to look at.

    Attributes:
        vrms: Marks in canonical form, or one pattern; none for a look by place.
        kind: How they are compared.
        cameras: Camera ids; none means all of them.
        since_at: Oldest capture time, inclusive.
        until_at: Newest capture time, exclusive.
        tool: Analysis, or empty.
        purpose: The rule book's key of the purpose.
        reference: Incident or case.
        hold: Number of the evidential hold whose reads are opened; 0 for the archive.
    """

    vrms: tuple[str, ...]
    kind: MatchKind
    cameras: tuple[str, ...]
    since_at: datetime
    until_at: datetime
    tool: str
    purpose: str
    reference: str
    hold: int = 0


@dataclass(frozen=True, slots=True)
class GrantAtHand:
    """The best authority an officer holds for a look, in the words of the rule book.

    Attributes:
        state: "valid", or why it does not count, as the policy's [grants.dead] names it.
        expires_in_s: Whole seconds it has left, by the stricter clock.
        searches_left: Searches it has left.
        age_ceiling_s: Nothing older may be shown under it.
        clock_behind_audit_s: How far the clock lies behind the newest audit record; 0 where not.
        grant_id: Such as "G-0301"; empty where there is only a request.
        request_id: Such as "R-0421".
        urgent: Whether it rests on a Force Duty Officer's order.
        ordered_by: Who gave that order; empty where none was.
        urgent_ground: The ground of that order; empty where none was.
    """

    state: str
    expires_in_s: int
    searches_left: int
    age_ceiling_s: int
    clock_behind_audit_s: int
    grant_id: str
    request_id: str = ""
    urgent: bool = False
    ordered_by: str = ""
    urgent_ground: str = ""


def standing(request: AccessRequest) -> str:
    """Say how a request and its grant stand; "valid" where the grant is live."""
    if request.grant is None:
        return _OF_REQUESTS.get(request.state, "none")
    return _OF_GRANTS.get(request.grant.state, "valid")


def misses(request: AccessRequest, *, wanted: WantedScope) -> str:
    """Say which part of a look a request's scope does not cover; empty where it covers all."""
    scope, ground = request.scope, request.ground
    if not _covers_marks(request, wanted=wanted):
        return "other_vrm"
    if scope.cameras and not (wanted.cameras and set(wanted.cameras) <= set(scope.cameras)):
        return "other_camera"
    if wanted.since_at < scope.since_at or wanted.until_at > scope.until_at:
        return "other_time"
    if wanted.tool and wanted.tool not in scope.tools:
        return "other_tool"
    if wanted.purpose != PURPOSE_KEYS[ground.purpose]:
        return "other_purpose"
    return "" if wanted.reference == ground.reference else "other_case"


def left_s(grant: Grant, *, began: Moment, moment: Moment) -> float:
    """Say how long a grant lives on, by the clock that leaves it less; 0 where it is over."""
    life_s = (grant.expires_at - grant.granted_at).total_seconds()
    return max(0.0, life_s - elapsed_s(began, moment=moment))


def use(grant: Grant, *, began: Moment, moment: Moment) -> Grant:
    """Count one search; the last one exhausts it.

    Raises:
        RefusedError: It is over, revoked, or used up; nothing is counted.
    """
    if grant.state is not GrantState.LIVE:
        raise RefusedError(_ENDED[grant.state], reason=f"grant_{grant.state}")
    if left_s(grant, began=began, moment=moment) <= 0:
        raise RefusedError(_ENDED[GrantState.EXPIRED], reason="grant_expired")
    used = replace(grant, searches_used=grant.searches_used + 1)
    if used.searches_used > grant.searches_max:
        raise RefusedError(_ENDED[GrantState.EXHAUSTED], reason="grant_exhausted")
    return exhaust(used, now=moment.now) if used.searches_used == grant.searches_max else used


def exhaust(grant: Grant, *, now: datetime) -> Grant:
    """End a grant whose searches are used."""
    return replace(grant, state=GrantState.EXHAUSTED, settled_at=now)


def expire(grant: Grant, *, now: datetime) -> Grant:
    """End a live grant whose time has passed."""
    _demand_live(grant)
    return replace(grant, state=GrantState.EXPIRED, settled_at=now)


def revoke(grant: Grant, *, by: str, why: str, now: datetime) -> Grant:
    """End a live grant before its time.

    Raises:
        RefusedError: It is over already, or no reason is given.
    """
    _demand_live(grant)
    if not why.strip():
        raise RefusedError(
            "Not revoked: it goes back to its holder with a reason. Say why.",
            reason="reason_missing",
        )
    return replace(grant, state=GrantState.REVOKED, settled_at=now, settled_by=by, why=why.strip())


_ENDED = {
    GrantState.EXPIRED: "Not searched: the authority has expired. Ask for a new one.",
    GrantState.REVOKED: "Not searched: the authority was revoked. Ask the authoriser why.",
    GrantState.EXHAUSTED: "Not searched: the authority is used up. Ask for a new one.",
}


def _demand_live(grant: Grant) -> None:
    if grant.state is not GrantState.LIVE:
        raise RefusedError(
            f"Not done: {grant.grant_id} is {grant.state} already. What has ended stays so.",
            reason="request_ended",
        )


def _covers_marks(request: AccessRequest, *, wanted: WantedScope) -> bool:
    """Whether the marks of a look are within those that were named; by place any mark is."""
    scope = request.scope
    if scope.hold != wanted.hold:
        return False
    if scope.hold and not scope.vrms:
        return True  # all that the hold keeps
    if not scope.vrms:
        return wanted.kind is MatchKind.EXACT
    return bool(wanted.vrms) and _covers_named(scope, wanted=wanted)


def _covers_named(scope: AccessScope, *, wanted: WantedScope) -> bool:
    """Whether marks, a pattern or look-alikes are within what was asked for by the same means.

    A whole mark is within a pattern that it fits, and within the look-alikes that it is one of: so
    what such a search found can be opened.
    """
    folds = {fold(vrm) for vrm in wanted.vrms}
    if wanted.kind is scope.kind is MatchKind.WILDCARD:
        return set(wanted.vrms) <= set(scope.vrms)
    if wanted.kind is scope.kind:
        return folds <= {fold(vrm) for vrm in scope.vrms}
    if wanted.kind is not MatchKind.EXACT:
        return False
    if scope.kind is MatchKind.WILDCARD:
        return all(map(Pattern.compile(scope.vrms[0]).matches, folds))
    return all(is_like(one, vrm=scope.vrms[0]) for one in folds)
