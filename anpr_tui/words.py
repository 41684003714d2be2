"""The officer's words: badges, marks as they are spaced, the phonetic line, warning markers."""

import re

from anpr_tui.terminal.cells import MASK
from store.terms import Alarm, AlarmState, Certainty, Priority

__all__ = [
    "BADGES",
    "CERTAINTIES",
    "DIRECTIONS",
    "do_line",
    "heard",
    "markers",
    "percent",
    "phonetic",
    "spaced",
    "standing",
    "why_listed",
]

BADGES = {Priority.HIGH: "█HIGH█", Priority.MEDIUM: "▌Med ▐", Priority.LOW: "│low │"}
CERTAINTIES = {Certainty.EXACT: "exact", Certainty.GLYPH: "glyph", Certainty.POSSIBLE: "poss."}
DIRECTIONS = {"towards": "to", "away": "aw", "unknown": "- "}

_LETTERS = (
    "Alpha,Bravo,Charlie,Delta,Echo,Foxtrot,Golf,Hotel,India,Juliet,Kilo,Lima,Mike,November,Oscar,"
    "Papa,Quebec,Romeo,Sierra,Tango,Uniform,Victor,Whiskey,X-ray,Yankee,Zulu"
)
_DIGITS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
_SPOKEN = {word[0]: word for word in _LETTERS.split(",")} | {
    str(n): word for n, word in enumerate(_DIGITS)
}

_A, _D = rf"[A-Z{MASK}]", rf"[0-9{MASK}]"
_SHAPES = [
    re.compile(rf"({_A}{{2}}{_D}{{2}})({_A}{{3}})"),  # current, since 2001
    re.compile(r"([A-Z]\d{1,3})([A-Z]{3})"),  # prefix, 1983 to 2001
    re.compile(r"([A-Z]{3})(\d{1,3}[A-Z])"),  # suffix, 1963 to 1983
    re.compile(r"([A-Z]{1,3})(\d{1,4})"),  # dateless and Northern Ireland
    re.compile(r"(\d{1,4})([A-Z]{1,3})"),
]
_MARKERS = {
    "AT": "ailment",
    "CO": "contagious",
    "DR": "drugs",
    "ES": "escaper",
    "FI": "firearms",
    "SU": "suicidal",
    "VI": "violent",
    "WE": "weapons",
}
_CODE = re.compile(r"[A-Z]\d{2} +")


def spaced(vrm: str) -> str:
    """The mark with its blank where the plate has it, such as "TE57 CAR"; others as they are."""
    mark = vrm.replace(" ", "")
    for shape in _SHAPES:
        if parts := shape.fullmatch(mark):
            return f"{parts[1]} {parts[2]}"
    return mark


def phonetic(vrm: str) -> str:
    """The mark as it is spoken into a radio: "Tango Echo Five Seven Charlie Alpha Romeo"."""
    return " ".join(_SPOKEN[character] for character in vrm.upper() if character in _SPOKEN)


def markers(codes: str) -> str:
    """Warning markers in words; a code that is not known is shown as it is, never left out."""
    names = [_MARKERS.get(code.strip(), code.strip()) for code in codes.split(";")]
    return ", ".join(name for name in names if name)


def percent(confidence: float) -> int:
    """Confidence in [0, 1] as whole per cent; 100 only where it is certain."""
    return min(99, round(confidence * 100)) if confidence < 1 else 100


def why_listed(alarm: Alarm) -> str:
    """List and reason in a few words: "PNC missing person, high risk"."""
    reason = _CODE.sub("", alarm.entry.reason, count=1)
    return f"{alarm.entry.list_name} {reason[:1].lower()}{reason[1:]}"


def do_line(alarm: Alarm) -> str:
    """What the entry asks the operator to do: "STOP. Armed response only"."""
    instructions = alarm.entry.instructions.strip()
    return f"{alarm.entry.action}. {instructions}" if instructions else f"{alarm.entry.action}."


def heard(alarm: Alarm) -> str:
    """A High that just came, in one sentence for a screen reader."""
    where = f"{alarm.camera_id} {alarm.camera_name}"
    return f"New {alarm.priority}: {spaced(alarm.vrm)}, {why_listed(alarm)}, {where}. h goes to it."


def standing(alarm: Alarm) -> str:
    """Where the alarm stands: "NEW", "ack NS4021" or "actioned"."""
    match alarm.state:
        case AlarmState.NEW:
            return "NEW"
        case AlarmState.ACKNOWLEDGED:
            return f"ack {alarm.acknowledged_by}"
        case AlarmState.ACTIONED:
            return "actioned"
