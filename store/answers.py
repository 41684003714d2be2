"""What the desks answer, and what the hub says unasked: the other half of the terms.

Frozen and light, like `store.terms`: the hub and every console share them over the socket.
"""

from dataclasses import dataclass
from datetime import datetime

from store.access import AccessRequest, Prompt
from store.terms import Alarm, Ground, Health, ReadRow

__all__ = [
    "Acted",
    "AlarmBoard",
    "AlarmChanged",
    "AlarmDetail",
    "AlarmRaised",
    "Beat",
    "Event",
    "Found",
    "Needs",
    "ReadDetail",
    "RequestRaised",
    "RequestSettled",
    "Weeding",
]


@dataclass(frozen=True, slots=True)
class AlarmBoard:
    """The alarms as they stand: newest first, none of them left out for its state (S-26).

    Attributes:
        alarms: At most as many as were asked for; every unanswered High is among them.
        high_new: High alarms that nobody has acknowledged.
        rate_per_10min: Alarms raised in the last ten minutes.
        seq: The newest change of any alarm on this board; follow the events from here.
    """

    alarms: tuple[Alarm, ...]
    high_new: int
    rate_per_10min: int
    seq: int


@dataclass(frozen=True, slots=True)
class AlarmDetail:
    """One alarm, opened.

    Attributes:
        alarm: As it stands now.
        plate_jpeg: Plate patch of the latest read; empty where no picture was kept.
        vehicle_jpeg: Vehicle of the latest read; empty where no picture was kept.
        sights: The reads that this alarm counts, newest first.
        list_loaded_at: When the list of its entry came into force, or None.
        audit_seq: Number of the audit record of this opening.
        ground: What the entry proposes as the ground of a deployment (S-1), its reference empty
            where it has none in good form; None where it says no purpose.
    """

    alarm: Alarm
    plate_jpeg: bytes
    vehicle_jpeg: bytes
    sights: tuple[ReadRow, ...]
    list_loaded_at: datetime | None
    audit_seq: int
    ground: Ground | None = None


@dataclass(frozen=True, slots=True)
class Acted:
    """An alarm after an officer's act on it.

    Attributes:
        alarm: As it stands now.
        audit_seq: Number of the audit record of the act.
    """

    alarm: Alarm
    audit_seq: int


@dataclass(frozen=True, slots=True)
class Needs:
    """What a search will need, said before it is made.

    Attributes:
        may: True where it would run as it stands.
        sentence: The Needs line; where `may` is False: what, why, what to do next.
        oldest_days: Age of the oldest part in whole days, rounded up.
        authority: Rank or posts that must sign for the whole of it; empty where nobody must, or
            nobody could.
        authorisers: How many different people.
    """

    may: bool
    sentence: str
    oldest_days: int
    authority: str = ""
    authorisers: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search.

    Attributes:
        rows: Newest first; marks the officer did not name are masked.
        more: True where another page follows; ask again with `before` = the last row's key.
        took_s: Seconds the archive took.
        asked_seq: Number of the audit record that was durable before the archive was asked.
        returned_seq: Number of the audit record that was durable before these rows left.
        vehicles: Different marks on this page.
        cut_at: Where the officer's own age limit cut the search, or None.
        sentence: What to say of it, for example that it was cut; empty where nothing is to say.
    """

    rows: tuple[ReadRow, ...]
    more: bool
    took_s: float
    asked_seq: int
    returned_seq: int
    vehicles: int
    cut_at: datetime | None
    sentence: str


@dataclass(frozen=True, slots=True)
class ReadDetail:
    """One read, opened: the plate is shown, and that it was shown is written down.

    Attributes:
        row: The read as a line, with its mark in clear.
        vrm: The canonical mark.
        raw: What the recogniser read, letter for letter.
        candidates: Other readings with their posterior in [0, 1], best first.
        plate_jpeg: Plate patch; empty where no picture was kept.
        vehicle_jpeg: Vehicle; empty where no picture was kept.
        audit_seq: Number of the audit record of this opening.
    """

    row: ReadRow
    vrm: str
    raw: str
    candidates: tuple[tuple[str, float], ...]
    plate_jpeg: bytes
    vehicle_jpeg: bytes
    audit_seq: int


@dataclass(frozen=True, slots=True)
class AlarmRaised:
    """An alarm nobody at this console has been told of yet."""

    alarm: Alarm


@dataclass(frozen=True, slots=True)
class AlarmChanged:
    """A known alarm as it stands now: seen again, acknowledged, decided."""

    alarm: Alarm


@dataclass(frozen=True, slots=True)
class Beat:
    """The hub is alive.

    Attributes:
        health: For the health line.
        seq: The newest change of any alarm this officer may see; a console that has been told of
            less was too slow for the events and asks for the board again.
    """

    health: Health
    seq: int


@dataclass(frozen=True, slots=True)
class RequestRaised:
    """A request waits that this officer may sign; told again where it has changed."""

    prompt: Prompt


@dataclass(frozen=True, slots=True)
class RequestSettled:
    """A request as it stands now, to its requester and to those who were prompted."""

    request: AccessRequest


Event = AlarmRaised | AlarmChanged | RequestRaised | RequestSettled | Beat


@dataclass(frozen=True, slots=True)
class Weeding:
    """How the weeding of a hub stands, in counts.

    Attributes:
        due_days: Days of capture that are past their time and still here.
        under_way: One was begun and has no certificate yet.
        certificate: Number of the newest certificate in the audit chain; 0 before the first.
        bound: First day that it kept, such as "2025-11-22"; empty before the first.
        days: How many days went.
        reads: How many reads went with them.
    """

    due_days: int
    under_way: bool
    certificate: int
    bound: str
    days: int
    reads: int
