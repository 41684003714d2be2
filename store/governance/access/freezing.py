"""What is signed: a request in the one spelling whose digest authorisers sign (security.md)."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from store.access import AccessRequest, AccessScope
from store.errors import InputError
from store.governance.chain import canonical
from store.governance.rulebook.ages import authority_for
from store.governance.rulebook.nouns import Rulebook
from store.governance.rulebook.verdicts import Asked
from store.purposes import CATEGORY_KEYS, PURPOSE_KEYS
from store.terms import MatchKind, Scope
from store.vrm import LIST_SIGN, Pattern, mark, normalise

__all__ = [
    "CODE_LETTERS",
    "age_ceiling_s",
    "capability_for",
    "digest_of",
    "frozen",
    "new_code",
    "oldest_s",
]

CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without O, 0, I and 1, which look alike over a poor line."""
_CODE_LENGTH = 4
_AREA = "area_trawl"
"""The analysis that a search without a plate is (methods.md A3)."""


def new_code() -> str:
    """Make the code that an authoriser types to mean this request and no other."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(_CODE_LENGTH))


def digest_of(request: AccessRequest) -> str:
    """Hash everything that an authoriser sees and signs: SHA-256 over canonical JSON, in hex."""
    scope, ground, order = request.scope, request.ground, request.order
    body: dict[str, object] = {
        "request": request.request_id,
        "requester": request.requester,
        "vrms": scope.vrms,
        "kind": scope.kind,
        "cameras": scope.cameras,
        "since_at": _utc(scope.since_at),
        "until_at": _utc(scope.until_at),
        "age_ceiling_s": scope.age_ceiling_s,
        "tools": scope.tools,
        "purpose": PURPOSE_KEYS[ground.purpose],
        "category": CATEGORY_KEYS.get(ground.category, ""),
        "reference": ground.reference,
        "reason": ground.reason,
        "capability": request.capability,
        "authority": request.authority,
        "authorisers": request.authorisers,
        "life_s": request.life_s,
        "searches": request.searches,
        "code": request.code,
        "asked_at": _utc(request.asked_at),
        "order": None if order is None else [order.ground, order.ordered_by, order.log_ref],
    }
    if scope.hold:
        body["hold"] = scope.hold
    return hashlib.sha256(canonical(body).encode()).hexdigest()


def capability_for(*, age_s: int, tools: tuple[str, ...], book: Rulebook) -> str:
    """Name the row of the matrix that a request opens: the tool's own, or that of the age.

    Returns:
        "" where nothing of it needs an authority.
    """
    for row in ("pattern_of_life", "sensitive_tools"):
        if any(tool in book.tools_of.get(row, ()) for tool in tools):
            return row
    tiers = {name: tier for name, tier in book.tiers.items() if tier.authority in book.ranks}
    reached = [name for name, tier in tiers.items() if tier.over_s < age_s <= tier.upto_s]
    return reached[0] if reached else ""


def age_ceiling_s(asked: Asked, *, life_s: int, book: Rulebook) -> int:
    """Say how old the oldest datum may become while the grant lives.

    Data grow older under a grant, but never into an age that would have taken a higher signature
    than the one that was given (S-60).
    """
    age_s = asked.age_s or 0
    wanted, _ = authority_for(asked, book=book)
    height = book.ranks.get(wanted, 0)
    bounds = [
        tier.over_s
        for tier in book.tiers.values()
        if tier.over_s >= age_s and book.ranks.get(tier.authority, 0) > height
    ]
    return min([age_s + life_s, *bounds])


def frozen(scope: Scope, *, tools: tuple[str, ...] = (), also: tuple[str, ...] = ()) -> AccessScope:
    """Write a search as the scope of a request; its age ceiling is set when it is asked for.

    Args:
        scope: The search.
        tools: Analyses beside the plain search.
        also: Further whole marks beside the one of the search.

    Raises:
        InputError: It is malformed, or names neither a plate nor cameras.
    """
    if scope.since_at.utcoffset() is None or scope.until_at.utcoffset() is None:
        raise InputError("Not asked: the dates have no time zone. Give both in UTC.")
    if not (scope.vrm or scope.cameras):
        raise InputError("Not asked: nothing is named. Give a plate, or the cameras.")
    marks: set[str] = set()
    kind = scope.kind
    if kind is MatchKind.LISTED:
        # several marks are named one by one; a list by its name is a look by place
        kind = MatchKind.EXACT
        if not scope.vrm.startswith(LIST_SIGN):
            marks = {mark(one) for one in scope.vrm.split(",")}
        elif not scope.cameras:
            raise InputError("Not asked: a list is looked for at cameras. Name them.")
    elif kind is MatchKind.WILDCARD:
        Pattern.compile(scope.vrm)
        marks = {normalise(scope.vrm)}
    elif scope.vrm:
        marks = {mark(scope.vrm)}
    further = {mark(one) for one in also} if kind is MatchKind.EXACT and marks else set()
    needed = {*tools} if marks else {*tools, _AREA}
    return AccessScope(
        vrms=tuple(sorted(marks | further)),
        kind=kind,
        cameras=tuple(sorted(set(scope.cameras))),
        since_at=scope.since_at,
        until_at=scope.until_at,
        age_ceiling_s=0,
        tools=tuple(sorted(needed)),
    )


def oldest_s(since_at: datetime, *, now: datetime) -> int:
    """Give the age of the oldest datum in whole seconds, rounded up, never below nought."""
    return max(0, -((since_at - now) // timedelta(seconds=1)))


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
