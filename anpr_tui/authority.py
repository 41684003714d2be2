"""What this console knows of authority: what waits for its officer, and what its officer asked.

Pure: it knows requests and moments, no screen and no clock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from anpr_tui.times import clock
from store.access import AccessRequest, Grant, GrantState, Prompt, RequestState
from store.terms import Ground, Scope

__all__ = [
    "Authority",
    "Waiting",
    "age_word",
    "grant_words",
    "heard",
    "needs_you",
    "rank_word",
    "state_word",
    "time_left",
]

_RANKS = {
    "inspector": "Inspector",
    "superintendent": "Superintendent",
    "chief_superintendent": "Ch. Superintendent",
    "force_duty_officer": "Force Duty Officer",
    "anpr_manager": "ANPR Manager",
    "case_owner": "case owner",
}
_YEAR_S, _QUARTER_S = 31_536_000, 7_776_000
_OPEN = frozenset({RequestState.PENDING, RequestState.URGENT})
_SECONDS_SHOWN_S = 300
"""A grant counts minutes, and seconds in the last five minutes."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A search that goes on by itself when its request is authorised.

    Attributes:
        request_id: The request it waits for.
        scope: The search.
        ground: Why.
    """

    request_id: str
    scope: Scope
    ground: Ground


class Authority:
    """Prompts and own requests, as the hub told of them."""

    def __init__(self) -> None:
        self._prompts: dict[str, Prompt] = {}
        self._mine: dict[str, AccessRequest] = {}
        self._decided: dict[str, AccessRequest] = {}
        self.waiting: Waiting | None = None
        self.copied: AccessRequest | None = None

    def forget(self) -> None:
        """A fresh connection tells everything anew; what was decided meanwhile is gone."""
        self._prompts = {}

    def take_prompt(self, prompt: Prompt) -> bool:
        """Takes a request that this officer may sign; True where it is new here."""
        number = prompt.request.request_id
        known = self._prompts.get(number)
        self._prompts[number] = prompt
        return known is None

    def take_settled(self, request: AccessRequest, *, own: bool) -> bool:
        """Takes a request as it stands now.

        Returns:
            True where it was known here and stands otherwise now.
        """
        number = request.request_id
        kept = self._mine if own else self._decided
        prompt = self._prompts.pop(number, None)
        before = kept.get(number) or (prompt.request if prompt else None)
        kept[number] = request
        return before is not None and _standing(before) != _standing(request)

    def ordered_now(self, request: AccessRequest, *, by: str) -> str:
        """What somebody is told on whose order another has begun to look; empty where not new."""
        order = request.order
        new = request.request_id not in {*self._decided, *self._mine}
        if order is None or order.ordered_by != by or request.state is not RequestState.URGENT:
            return ""
        said = f"URGENT {request.request_id}: {request.requester} looks on your order"
        return f"{said}, log {order.log_ref}. :revoke ends it." if new else ""

    @property
    def prompts(self) -> tuple[Prompt, ...]:
        """What waits for this officer, what lapses first before the others."""
        return tuple(sorted(self._prompts.values(), key=lambda one: one.request.lapses_at))

    @property
    def mine(self) -> tuple[AccessRequest, ...]:
        """This officer's own requests, the newest first."""
        return tuple(sorted(self._mine.values(), key=lambda one: one.asked_at, reverse=True))

    @property
    def decided(self) -> tuple[AccessRequest, ...]:
        """Requests that were shown to this officer and are decided, the newest first."""
        ended = sorted(self._decided.values(), key=lambda one: one.asked_at, reverse=True)
        return tuple(ended)

    def prompt(self, request_id: str) -> Prompt | None:
        """One that waits for this officer, or None."""
        return self._prompts.get(request_id)

    def grant(self, *, now: datetime) -> Grant | None:
        """The grant that ends first of those in force, an urgent one before all; or None."""
        live = [
            one.grant
            for one in self._mine.values()
            if one.grant is not None
            and one.grant.state is GrantState.LIVE
            and one.grant.expires_at > now
        ]
        return min(live, key=lambda one: (not one.urgent, one.expires_at), default=None)

    def owed(self, *, now: datetime) -> timedelta | None:
        """How long the written authority for an urgent use may still come, or None."""
        owed = [
            one.order.ratify_by_at - now
            for one in self._mine.values()
            if one.state is RequestState.URGENT and one.order is not None
        ]
        return min(owed, default=None)


def grant_words(authority: Authority, *, now: datetime, wide: bool) -> str:
    """Line 1: the grant with time and searches left."""
    grant = authority.grant(now=now)
    owed = authority.owed(now=now)
    debt = f"  authority owed {_hours(owed)}" if owed is not None else ""
    if grant is None:
        return debt.strip() or "no grant in force"
    left = time_left(grant.expires_at, now=now)
    if grant.urgent:
        return f"URGENT {left} {grant.searches_used}/{grant.searches_max}{debt}"
    used = f"{grant.searches_used}/{grant.searches_max}"
    if wide:
        used = f"{grant.searches_used} of {grant.searches_max} used"
        return f"{grant.grant_id} {left} left, {used}{debt}"
    return f"{grant.grant_id} {left} {used}{debt}"


def needs_you(authority: Authority, *, now: datetime) -> str:
    """The banner: which request waits for this officer, from whom, and for how long yet."""
    prompts = authority.prompts
    if not prompts:
        return ""
    request = prompts[0].request
    left = time_left(request.lapses_at, now=now)
    more = f" {len(prompts) - 1} more." if len(prompts) > 1 else ""
    number = f"{request.request_id} from {request.requester}"
    return f"{number}: {age_word(request)}. w opens. {left} left.{more}"


def time_left(until_at: datetime, *, now: datetime) -> str:
    """How long something lives on: "6d 03h", "49 min", "4:12" in the last five minutes."""
    left_s = max(0, int((until_at - now).total_seconds()))
    if left_s >= 86_400:
        return f"{left_s // 86_400}d {left_s % 86_400 // 3_600:02}h"
    if left_s >= 7_200:
        return f"{left_s // 3_600}h {left_s % 3_600 // 60:02}m"
    if left_s >= _SECONDS_SHOWN_S:
        return f"{left_s // 60} min"
    return f"{left_s // 60}:{left_s % 60:02}"


def age_word(request: AccessRequest) -> str:
    """Why a request needs a signature: "older than 12 months", or its tool."""
    if request.order is not None:
        return "threat to life, already looked at"
    if request.scope.hold:
        return f"evidential hold {request.scope.hold}"
    old_s = (request.asked_at - request.scope.since_at).total_seconds()
    if old_s > _YEAR_S:
        return "older than 12 months"
    if old_s > _QUARTER_S:
        return "older than 90 days"
    return ", ".join(tool.replace("_", " ") for tool in request.scope.tools) or "sensitive"


def rank_word(authority: str) -> str:
    """Who signs, as officers say it; posts joined as the policy joins them."""
    return " and ".join(_RANKS.get(one, one.replace("_", " ")) for one in authority.split("+"))


def state_word(request: AccessRequest, *, now: datetime) -> str:
    """How a request stands: "waits, 38 min", "G-0301 6d 03h", "refused 12:06"."""
    grant = request.grant
    if request.state in _OPEN:
        waits = "owed" if request.order else "waits"
        return f"{waits}, {time_left(request.lapses_at, now=now)}"
    if grant is not None and grant.state is GrantState.LIVE:
        return f"{grant.grant_id} {time_left(grant.expires_at, now=now)}"
    if request.lifted_by:
        return f"lifted by {request.lifted_by}"
    ended = None if request.order else grant  # of an urgent use it counts whether it was ratified
    state = request.state.value if ended is None else ended.state.value
    at = request.settled_at if ended is None else ended.settled_at
    said = state.replace("_", " ")
    return said if at is None else f"{said} {clock(at, seconds=False)}"


def heard(request: AccessRequest, *, goes_on: bool) -> str:
    """What its requester is told when a request was decided, or its grant ended."""
    number, by, grant = request.request_id, request.settled_by, request.grant
    if request.lifted_by:
        return f"{number} lifted by {request.lifted_by}: you may use :urgent again."
    if grant is not None and grant.state is not GrantState.LIVE and request.order is None:
        who = f" by {grant.settled_by}" if grant.settled_by else ""
        why = f': "{grant.why}"' if grant.why else ""
        return f"{grant.grant_id} {grant.state.value}{who}{why}. r asks for a new one."
    then = "search goes on" if goes_on else "search again under it"
    said = {
        RequestState.AUTHORISED: f"authorised by {by}, {then}.",
        RequestState.REFUSED: f'refused by {by}: "{request.why}" r copies it into a new request.',
        RequestState.LAPSED: "lapsed: nobody decided it in time. r asks anew.",
        RequestState.RATIFIED: f"ratified by {by}.",
        RequestState.NOT_RATIFIED: "not ratified: urgent use is stopped. Ring a Superintendent.",
    }.get(request.state, "")
    return f"{number} {said}" if said else ""


def _standing(request: AccessRequest) -> tuple[RequestState, GrantState | None, str]:
    grant = None if request.grant is None else request.grant.state
    return request.state, grant, request.lifted_by


def _hours(left: timedelta) -> str:
    left_s = max(0, int(left.total_seconds()))
    return f"{left_s // 3_600}:{left_s % 3_600 // 60:02}"
