"""The nouns of the hub: reads, cameras, vehicles of interest, alarms, searches.

Frozen and light: machines, people and the wire between them share these and nothing else.
Times are aware UTC. Pictures are JPEG bytes. Confidences lie in [0, 1].
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = [
    "Account",
    "Action",
    "Alarm",
    "AlarmState",
    "Camera",
    "Certainty",
    "Decision",
    "Disposition",
    "Ground",
    "Health",
    "MatchKind",
    "Officer",
    "Outcome",
    "Priority",
    "Purpose",
    "Read",
    "ReadRow",
    "Scope",
    "VehicleOfInterest",
]


class Priority(StrEnum):
    """ACT priority of a list entry (S-23). A High is shown to everybody, always (S-26)."""

    HIGH = "High"
    MEDIUM = "Medium"
    LOW = "Low"


class Action(StrEnum):
    """What an entry asks of the operator: stop the vehicle, or watch in silence (S-33)."""

    STOP = "STOP"
    SILENT = "SILENT"


class Certainty(StrEnum):
    """How a read met a list entry: letter for letter, by glyph (O/0, I/1), or repaired."""

    EXACT = "exact"
    GLYPH = "glyph"
    POSSIBLE = "possible"


class AlarmState(StrEnum):
    """Where an alarm stands; nobody can delete one."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    ACTIONED = "actioned"


class Decision(StrEnum):
    """The operator's answer to an alarm (S-24)."""

    DEPLOYED = "deployed"
    NOT_DEPLOYED = "not deployed"
    PASSED_ON = "passed to force"
    MISREAD = "not this vehicle: misread"
    CLONE = "not this vehicle: clone"

    @property
    def sends(self) -> bool:
        """Whether a unit goes out on it, ours or a neighbour's: a deployment (S-1)."""
        return self in {Decision.DEPLOYED, Decision.PASSED_ON}


class Purpose(StrEnum):
    """The closed list of policing purposes (S-1)."""

    PREVENT_DETECT = "prevent or detect crime"
    ONGOING_INVESTIGATION = "ongoing investigation"
    POST_INCIDENT = "post-incident investigation"
    MISSING_PERSON = "vulnerable missing person"
    WANTED_PERSON = "wanted person"
    UNINSURED = "uninsured vehicle"
    UNTAXED = "untaxed vehicle"


class MatchKind(StrEnum):
    """How the text of a search is compared with a VRM."""

    EXACT = "exact"
    WILDCARD = "wildcard"
    LOOKALIKE = "look-alike"
    LISTED = "list"


class Outcome(StrEnum):
    """What became of one picture: every picture ends in exactly one of these."""

    READ = "read"
    NO_PLATE = "no plate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera (NRD) of the force or of another controller.

    Attributes:
        camera_id: Its number, such as "NS-C01"; A-Z, 0-9 and "-", at most 32 characters.
        name: The place as officers say it.
        controller: Code of the force that answers for its data.
        latitude: Degrees north, WGS 84, or None where unknown; `longitude` is degrees east.
        kind: "fixed", "redeployable" or "mobile" (S-16).
    """

    camera_id: str
    name: str
    controller: str
    latitude: float | None = None
    longitude: float | None = None
    kind: str = "fixed"


@dataclass(frozen=True, slots=True)
class Read:
    """One vehicle read once by one camera: registration number, time and place (S-13).

    Attributes:
        read_id: 32 hexadecimal characters; a passage that comes again is the same read.
        camera_id: The camera that saw it.
        controller: The force that answers for the datum.
        captured_at: Time of the evidence frame.
        vrm_raw: What the recogniser read, letter for letter.
        vrm: The canonical mark; differs from `vrm_raw` where the grammar repaired it.
        fold: The key that lists and searches join on: `vrm` with O as 0 and I as 1.
        confidence: Posterior of `vrm`, in [0, 1].
        repaired: `vrm` and `vrm_raw` differ beyond O/0 and I/1; it alarms as possible only.
        candidates: Other readings with their posterior, best first.
        direction: "towards", "away" or "unknown".
        frames: How many frames of the passage agree to make it.
        plate_jpeg: The plate patch; `vehicle_jpeg` is the vehicle with its plate.
        colour: Of the vehicle in a word, empty where nobody looked; `body` is its type, "van".
    """

    read_id: str
    camera_id: str
    controller: str
    captured_at: datetime
    vrm_raw: str
    vrm: str
    fold: str
    confidence: float
    repaired: bool = False
    candidates: tuple[tuple[str, float], ...] = ()
    direction: str = "unknown"
    frames: int = 1
    plate_jpeg: bytes = b""
    vehicle_jpeg: bytes = b""
    colour: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """What became of one picture, and the reads it gave (durable before it is acknowledged).

    Attributes:
        frame_id: Identity of the picture at its camera, the same at each replay.
        camera_id: The camera it came from.
        captured_at: Its time at the camera.
        received_at: When its bytes reached us.
        outcome: Read, no plate, or refused.
        reason: Why it was refused; empty otherwise.
        reads: The reads it settled (a passage settles on its last frame).
        sights: First confident sights; the read of the same `read_id` confirms or corrects them.
    """

    frame_id: str
    camera_id: str
    captured_at: datetime
    received_at: datetime
    outcome: Outcome
    reason: str = ""
    reads: tuple[Read, ...] = ()
    sights: tuple[Read, ...] = ()


@dataclass(frozen=True, slots=True)
class VehicleOfInterest:
    """An entry of a list of vehicles of interest (the sixteen NASP columns, and what they mean).

    Attributes:
        entry_id: Identity within its list: PNC ID, or the local reference.
        list_name: For example "PNC" or "local".
        vrm: Registration mark, upper case, no blanks.
        fold: Key it is matched on.
        priority: From the reason code at the start of column 7.
        action: STOP or SILENT.
        reason: Column 7 in full, for example "H02 Missing person, high risk".
        markers: Warning markers, such as "FI;WE".
        make: Column 2; `model` is column 3, `colour` column 4.
        instructions: What to do, column 9.
        force_area: Column 10.
        weeds_at: First moment it is no longer in force (the weed date is good to its UTC end).
        incident: CAD information, column 14; `source_ref` is column 16.
    """

    entry_id: str
    list_name: str
    vrm: str
    fold: str
    priority: Priority
    action: Action
    reason: str
    markers: str
    make: str
    model: str
    colour: str
    instructions: str
    force_area: str
    weeds_at: datetime
    incident: str = ""
    source_ref: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """Why somebody looks: purpose, offence class, reference and words (S-1, S-62).

    Attributes:
        purpose: One of the closed list.
        category: Offence or incident class, one of `store.purposes.Category`.
        reference: Incident or case, for example "NS-2611-04417".
        reason: Free text of at least 15 characters that a reviewer can check.
    """

    purpose: Purpose
    category: str
    reference: str
    reason: str


@dataclass(frozen=True, slots=True)
class Disposition:
    """How an alarm was answered (S-24).

    Attributes:
        decision: The operator's answer.
        resource: Unit sent, for example "ARV07"; `log_ref` is its command-and-control log.
        why: Free text; demanded where nothing was deployed.
        staff_id: Who decided; `decided_at` says when.
        ground: On what a unit is sent (S-1); None where none is.
    """

    decision: Decision
    resource: str
    log_ref: str
    why: str
    staff_id: str
    decided_at: datetime
    ground: Ground | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """A read that met an active list entry (S-15). Repeats of a vehicle on a list are counted.

    Attributes:
        alarm_id: Such as "A-1187"; `seq` rises with every change of any alarm.
        read_id: The latest read.
        entry: The list entry that was met.
        priority: As shown; never lower than the entry's own.
        certainty: Exact, glyph or possible.
        camera_id: Camera of the latest read; `camera_name` is its place.
        vrm: Mark as read; `confidence` is that of the latest read.
        captured_at: When the camera saw it.
        raised_at: When the hub raised it.
        sights: How often this vehicle was seen on this list.
        state: New, acknowledged, actioned.
        acknowledged_by: Staff number, or empty; `acknowledged_at` says when.
        disposition: The answer, or None.
    """

    alarm_id: str
    seq: int
    read_id: str
    entry: VehicleOfInterest
    priority: Priority
    certainty: Certainty
    camera_id: str
    camera_name: str
    vrm: str
    confidence: float
    captured_at: datetime
    raised_at: datetime
    sights: int
    state: AlarmState
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    disposition: Disposition | None = None


@dataclass(frozen=True, slots=True)
class Officer:
    """Who sits at a console.

    Attributes:
        staff_id: Such as "NS4021"; `role` is a code of the policy, "OP" or "RES".
        name: Shown to colleagues; may be empty.
    """

    staff_id: str
    role: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """What exactly is searched.

    Attributes:
        vrm: Mark, pattern ("AB1*"), marks with commas, "@" and a list; empty: a trawl by place.
        kind: How it is compared.
        since_at: Oldest capture time, inclusive; `until_at` is the newest, exclusive.
        cameras: Camera ids; empty means all.
        limit: Rows of one page, 1 to 500.
        before: Key of the last row of the page before ("" for the first page).
    """

    vrm: str
    kind: MatchKind
    since_at: datetime
    until_at: datetime
    cameras: tuple[str, ...] = ()
    limit: int = 100
    before: str = ""


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A read as one line of a result.

    Attributes:
        read_id: Identity; open it to see the pictures.
        camera_id: Camera.
        camera_name: Its place.
        captured_at: When.
        vrm: The mark; masked to "░" where the officer did not name it.
        certainty: Exact, glyph or possible against what was asked.
        confidence: In [0, 1].
        direction: "towards", "away" or "unknown".
        key: Paging key of this row; `cost` is how far a look-alike is from the mark asked for.
    """

    read_id: str
    camera_id: str
    camera_name: str
    captured_at: datetime
    vrm: str
    certainty: Certainty
    confidence: float
    direction: str
    key: str
    cost: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """How alive the hub is; the health line of every screen shows it.

    Attributes:
        beat_at: Last heartbeat of the hub.
        cameras_up: Cameras that sent a frame lately.
        cameras: Cameras known.
        list_loaded_at: When the newest list came into force, or None.
        entries: Active entries of all lists.
        last_read_at: Newest read recorded, or None.
        reads: Reads recorded since the hub started.
        cluster: "ok", or the trouble in a few words.
        demonstration: True where the footage is rendered and the force fictional.
        lock_s: A console that gets no key for so many seconds locks itself; 0 for never.
        force: Whose hub it is, by the hub's settings; empty where they do not say.
    """

    beat_at: datetime
    cameras_up: int
    cameras: int
    list_loaded_at: datetime | None
    entries: int
    last_read_at: datetime | None
    reads: int
    cluster: str
    demonstration: bool = False
    lock_s: int = 0
    force: str = ""
