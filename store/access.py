"""The nouns of authority: what is asked for, who signed it, and what it gives.

Frozen and light, like `store.terms`: hub and console share them over the socket. The rules that
move them from state to state are in `store.governance.access`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from store.terms import Ground, MatchKind

__all__ = [
    "AccessRequest",
    "AccessScope",
    "Grant",
    "GrantState",
    "Prompt",
    "Reasons",
    "RequestState",
    "Signature",
    "UrgentOrder",
    "UrgentTerms",
]


class RequestState(StrEnum):
    """Where a request stands; all but pending and urgent are final."""

    PENDING = "pending"
    AUTHORISED = "authorised"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    URGENT = "urgent"
    RATIFIED = "ratified"
    NOT_RATIFIED = "not_ratified"


class GrantState(StrEnum):
    """Where a grant stands; all but live are final."""

    LIVE = "live"
    EXPIRED = "expired"
    REVOKED = "revoked"
    EXHAUSTED = "exhausted"


@dataclass(frozen=True, slots=True)
class AccessScope:
    """What exactly may be looked at; frozen when it is asked for.

    Attributes:
        vrms: Marks or one pattern, sorted; none for a search by place.
        kind: How they are compared.
        cameras: Camera ids, sorted; none means all of them.
        since_at: Oldest capture time, inclusive.
        until_at: Newest capture time, exclusive.
        age_ceiling_s: Nothing older than this many seconds at the moment of use.
        tools: Analyses beside the plain search, sorted.
        hold: Number of the evidential hold whose reads are opened; 0 where it is the archive.
    """

    vrms: tuple[str, ...]
    kind: MatchKind
    cameras: tuple[str, ...]
    since_at: datetime
    until_at: datetime
    age_ceiling_s: int
    tools: tuple[str, ...] = ()
    hold: int = 0


@dataclass(frozen=True, slots=True)
class UrgentOrder:
    """An order by word of mouth that stands in for a signature, in a threat to life.

    Attributes:
        ground: One of the policy's closed list, for example "kidnap".
        ordered_by: Staff number of the Force Duty Officer who gave it.
        log_ref: Command-and-control log that the order stands in.
        ratify_by_at: The written authority is owed until then.
    """

    ground: str
    ordered_by: str
    log_ref: str
    ratify_by_at: datetime


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why an authoriser says yes (S-55); empty ones are for the rule book to refuse.

    Attributes:
        proportionate: Why it is proportionate.
        justified: Why it is in the interest of justice.
    """

    proportionate: str
    justified: str


@dataclass(frozen=True, slots=True)
class Signature:
    """One authoriser's yes to exactly one digest (S-55).

    Attributes:
        staff_id: Who.
        role: The role they signed in.
        rank: The rank they held then.
        key_fingerprint: The key they came in with.
        factor_id: The second factor they proved.
        digest: What they signed.
        proportionate: Why it is proportionate.
        justified: Why it is in the interest of justice.
        signed_at: When.
        post: The post they signed as, where the authority names posts.
    """

    staff_id: str
    role: str
    rank: str
    key_fingerprint: str
    factor_id: str
    digest: str
    proportionate: str
    justified: str
    signed_at: datetime
    post: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """What an authorised request gives, for a time and a number of searches.

    Attributes:
        grant_id: Such as "G-0301".
        request_id: The request it comes from.
        holder: Staff number of the only one who may use it.
        granted_at: When it began.
        expires_at: First moment at which it is over, by the wall clock.
        searches_max: Searches it is good for.
        searches_used: Searches that it was used for.
        urgent: Whether it rests on an order instead of signatures.
        state: Live, or how it ended.
        settled_at: When it ended, or None.
        settled_by: Who ended it; empty where time or use did.
        why: Why it was revoked.
    """

    grant_id: str
    request_id: str
    holder: str
    granted_at: datetime
    expires_at: datetime
    searches_max: int
    searches_used: int = 0
    urgent: bool = False
    state: GrantState = GrantState.LIVE
    settled_at: datetime | None = None
    settled_by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """A request for an authority, from its asking to its end.

    Attributes:
        request_id: Such as "R-0421".
        requester: Staff number of who asks.
        scope: What for; any change is a new request.
        ground: Why.
        capability: Row of the policy's matrix that it opens.
        authority: Rank or posts that must sign.
        authorisers: How many different people must.
        life_s: How long the grant will last, in seconds.
        searches: How many searches it will be good for.
        code: Four characters an authoriser types to mean exactly this request.
        digest: SHA-256 over all of the above, in hex: what authorisers sign.
        asked_at: When.
        lapses_at: Undecided until then, it lapses: silence refuses.
        seq: Rises with every change of any request or grant; consoles follow it.
        state: Where it stands.
        signatures: Those given so far.
        order: Set where it is urgent.
        grant: What it gave, or None.
        settled_at: When it was decided or ended, or None.
        settled_by: Who decided; empty where time did.
        why: Why it was refused.
        lifted_by: Who let its requester use the urgent way again, where it was not ratified.
    """

    request_id: str
    requester: str
    scope: AccessScope
    ground: Ground
    capability: str
    authority: str
    authorisers: int
    life_s: int
    searches: int
    code: str
    digest: str
    asked_at: datetime
    lapses_at: datetime
    seq: int = 0
    state: RequestState = RequestState.PENDING
    signatures: tuple[Signature, ...] = ()
    order: UrgentOrder | None = None
    grant: Grant | None = None
    settled_at: datetime | None = None
    settled_by: str = ""
    why: str = ""
    lifted_by: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request as somebody sees it who may sign it.

    Attributes:
        request: The request; its signatures and its exact scope.
        requester_role: Role code of who asks.
        trained_until_at: Until when the requester's training is good, or None (S-51).
        cameras: How many cameras the scope covers.
        estimate: About how many reads it would show; no read was opened for it.
        earlier: Earlier requests for the same marks under the same case.
    """

    request: AccessRequest
    requester_role: str
    trained_until_at: datetime | None
    cameras: int
    estimate: int
    earlier: int


@dataclass(frozen=True, slots=True)
class UrgentTerms:
    """What the urgent way asks of an officer and what follows from it, by the policy in force.

    Attributes:
        refused: Why this officer cannot take it just now; empty where they can.
        grounds: The closed list.
        vrms_max: Most marks of one order.
        life_s: How long its grant lasts, in seconds.
        searches: How many searches it is good for.
        ratify_s: The written authority is owed within so many seconds.
    """

    refused: str
    grounds: tuple[str, ...]
    vrms_max: int
    life_s: int
    searches: int
    ratify_s: int
