"""What a console can ask of the hub: one type an act, each checked against its fields."""

from typing import Annotated

import msgspec

from store.reviews import AuditAsk
from store.terms import Decision, Ground, Scope

__all__ = [
    "AccessAct",
    "Acknowledge",
    "Act",
    "AskHealth",
    "AskNeeds",
    "AskUrgentTerms",
    "Authorise",
    "Decide",
    "Follow",
    "LiftStop",
    "ListCameras",
    "Message",
    "Name",
    "Number",
    "OpenAlarm",
    "OpenRead",
    "OpenRequest",
    "OrderUrgent",
    "OrderWeeding",
    "ProveSelf",
    "Ratify",
    "RefuseRequest",
    "RequestAccess",
    "Revoke",
    "SearchReads",
    "ShowAlarms",
    "ShowMine",
    "ShowStopped",
    "ShowWaiting",
    "ShowWeeding",
    "Text",
    "Unacknowledge",
    "Withdraw",
]

Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Name = Annotated[str, msgspec.Meta(max_length=64)]
Text = Annotated[str, msgspec.Meta(max_length=2_000)]


class Message(msgspec.Struct, frozen=True, kw_only=True, tag=True, forbid_unknown_fields=True):
    """One frame's worth; the type's own name travels as its tag."""


class ShowAlarms(Message, frozen=True):
    """The board."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=1_000)]


class OpenAlarm(Message, frozen=True):
    """One alarm with its pictures."""

    alarm_id: Name


class Acknowledge(Message, frozen=True):
    """An alarm is mine to answer."""

    alarm_id: Name


class Unacknowledge(Message, frozen=True):
    """The last acknowledgement was a slip."""

    alarm_id: Name


class Decide(Message, frozen=True):
    """How the alarm was answered."""

    alarm_id: Name
    decision: Decision
    resource: Text
    log_ref: Text
    why: Text
    ground: Ground | None = None


class AskNeeds(Message, frozen=True):
    """What would this search need?"""

    scope: Scope
    ground: Ground


class SearchReads(Message, frozen=True):
    """Make this search."""

    scope: Scope
    ground: Ground


class OpenRead(Message, frozen=True):
    """Show the plate and pictures of one read."""

    read_id: Name
    ground: Ground


class ListCameras(Message, frozen=True):
    """The cameras this officer may know."""


class AskHealth(Message, frozen=True):
    """How alive is the hub?"""


class ProveSelf(Message, frozen=True):
    """A console was locked, and this is me."""

    passphrase: Text
    factor_code: Name


class OrderWeeding(Message, frozen=True):
    """Weed now."""


class ShowWeeding(Message, frozen=True):
    """What is due, and what was certified."""


class RequestAccess(Message, frozen=True):
    """Ask for the authority that this search needs."""

    scope: Scope
    ground: Ground
    tools: tuple[Name, ...] = ()


class ShowWaiting(Message, frozen=True):
    """The requests that I may sign."""


class ShowMine(Message, frozen=True):
    """My own requests, with their grants."""


class OpenRequest(Message, frozen=True):
    """One request in full."""

    request_id: Name


class _Proving(Message, frozen=True):
    """This is me."""

    passphrase: Text
    factor_code: Name


class _Signing(_Proving, frozen=True):
    """I say yes, and why (S-55)."""

    request_id: Name
    necessity: Text
    proportionality: Text


class Authorise(_Signing, frozen=True):
    """I sign exactly this scope, and this is me."""

    scope_digest: Name
    code: Name


class RefuseRequest(Message, frozen=True):
    """I do not sign it, and why."""

    request_id: Name
    why: Text


class Withdraw(Message, frozen=True):
    """I take my request back."""

    request_id: Name


class Revoke(Message, frozen=True):
    """End this grant, and why."""

    grant_id: Name
    why: Text


class OrderUrgent(_Proving, frozen=True):
    """A threat to life: the Force Duty Officer has ordered this look, and this is me."""

    scope: Scope
    ground: Ground
    urgent_ground: Name
    ordered_by: Name
    log_ref: Name
    also: Annotated[tuple[Name, ...], msgspec.Meta(max_length=16)]


class AskUrgentTerms(Message, frozen=True):
    """What does the urgent way ask of me, and what follows from it?"""


class Ratify(_Signing, frozen=True):
    """I give the written authority that an urgent use is owed, and this is me."""

    scope_digest: Name


class ShowStopped(Message, frozen=True):
    """The urgent uses without ratification that I may lift."""


class LiftStop(_Signing, frozen=True):
    """This officer may use the urgent way again, and this is me."""


class Follow(Message, frozen=True):
    """Tell me events from now on; alarms changed after `after`, or from now where None."""

    after: Number | None


AccessAct = (
    RequestAccess
    | ShowWaiting
    | ShowMine
    | OpenRequest
    | Authorise
    | RefuseRequest
    | Withdraw
    | Revoke
    | AskUrgentTerms
    | OrderUrgent
    | Ratify
    | ShowStopped
    | LiftStop
)
"""What is asked of the desks of authority."""

Act = (
    ShowAlarms
    | OpenAlarm
    | Acknowledge
    | Unacknowledge
    | Decide
    | AskNeeds
    | SearchReads
    | OpenRead
    | ListCameras
    | AskHealth
    | ProveSelf
    | OrderWeeding
    | ShowWeeding
    | AccessAct
    | AuditAsk
    | Follow
)
