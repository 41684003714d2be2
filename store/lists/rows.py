"""One row of sixteen columns: what it must be, and the entry it makes (NASP layout, S-30).

The first thing that is wrong rejects the row; what is only odd is kept and reported. No meaning
holds a plate: it reaches terminals and logs.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from store import vrm
from store.governance.rulebook.figures import ListRules
from store.terms import Action, Priority, VehicleOfInterest

__all__ = ["COLUMNS", "Fault", "RowOutcome", "RowRules", "read_row"]

COLUMNS = 16

_VRM, _MAKE, _MODEL, _COLOUR, _ACTION, _MARKERS, _REASON = range(7)
_INFORMATION, _FORCE, _WEED_DATE, _PNC_ID = 8, 9, 10, 11
_CAD, _SOURCE_REF = 13, 15

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_FORMULA_STARTS = ("=", "+", "-", "@")
_BIDIRECTIONAL = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of one row.

    Attributes:
        row: Record of the file, from 1.
        error: Codes, joined by ";", or empty.
        outcome: "load", "warn" (loaded and reported) or "reject_row".
        meaning: In words, without any plate.
    """

    row: int
    error: str
    outcome: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong or odd about a row.

    Attributes:
        code: For example "weed_date".
        meaning: In words, without any plate.
    """

    code: str
    meaning: str


@dataclass(frozen=True, slots=True)
class RowRules:
    """What rows are read for.

    Attributes:
        list_name: The list they are for.
        now: The moment of loading.
        figures: What the policy in force says of lists.
        national: True for a national extract: it may name all forces, and each entry has a PNC ID.
    """

    list_name: str
    now: datetime
    figures: ListRules
    national: bool = False


def read_row(
    fields: Sequence[str], *, rules: RowRules
) -> tuple[VehicleOfInterest | None, tuple[Fault, ...]]:
    """Read one row.

    Returns:
        The entry, and what is odd about it; or None, and the one thing it is rejected for.
    """
    if len(fields) != COLUMNS:
        return None, (Fault("columns", f"{len(fields)} columns, {COLUMNS} wanted"),)
    for check in _CHECKS:
        if (fault := check(fields, rules)) is not None:
            return None, (fault,)
    entry = _entry(fields, rules)
    return entry, tuple(_oddities(fields, entry, rules))


def _entry(fields: Sequence[str], rules: RowRules) -> VehicleOfInterest:
    mark = vrm.normalise(fields[_VRM])
    reason = fields[_REASON].strip()
    return VehicleOfInterest(
        entry_id=_identity(fields, mark=mark),
        list_name=rules.list_name,
        vrm=mark,
        fold=vrm.fold(mark),
        priority=rules.figures.reasons[_reason_code(reason)],
        action=Action(fields[_ACTION].strip()),
        reason=reason,
        markers=fields[_MARKERS],
        make=fields[_MAKE],
        model=fields[_MODEL],
        colour=fields[_COLOUR],
        instructions=fields[_INFORMATION],
        force_area=fields[_FORCE].strip(),
        weeds_at=_weeds_at(fields[_WEED_DATE]),
        incident=fields[_CAD],
        source_ref=fields[_SOURCE_REF],
    )


def _identity(fields: Sequence[str], *, mark: str) -> str:
    """Give the identity of an entry within its list: PNC ID, else the source's own reference.

    An entry with neither gets a digest, the same at each delivery, so that its alarms stay one.
    """
    given = fields[_PNC_ID].strip() or fields[_SOURCE_REF].strip()
    if given:
        return given
    told = "\0".join((mark, _reason_code(fields[_REASON]), fields[_FORCE].strip()))
    return "row-" + hashlib.blake2b(told.encode(), digest_size=8).hexdigest()


def _oddities(fields: Sequence[str], entry: VehicleOfInterest, rules: RowRules) -> list[Fault]:
    odd = []
    if entry.priority is Priority.HIGH and entry.action is Action.SILENT:
        odd.append(Fault("silent_high", "a High reason with SILENT: kept as High, reported"))
    if entry.weeds_at - _DAY - rules.now > timedelta(seconds=rules.figures.weed_date_far_s):
        days = rules.figures.weed_date_far_s // 86400
        odd.append(Fault("weed_date_far", f"weed date more than {days} days ahead: kept, reported"))
    for number, field in enumerate(fields, start=1):
        if field.startswith(_FORMULA_STARTS):
            meaning = f"column {number} begins with '{field[0]}': kept as text, never run"
            odd.append(Fault("formula", meaning))
            break
    return odd


def _check_length(fields: Sequence[str], rules: RowRules) -> Fault | None:
    longest = rules.figures.field_max_chars
    for number, field in enumerate(fields, start=1):
        if len(field) > longest:
            return Fault("field_too_long", f"column {number} is longer than {longest} characters")
    return None


def _check_characters(fields: Sequence[str], _rules: RowRules) -> Fault | None:
    for number, field in enumerate(fields, start=1):
        if field.isascii() and field.isprintable():
            continue
        for character in field:
            if character in _BIDIRECTIONAL or unicodedata.category(character) in {"Cc", "Zl", "Zp"}:
                meaning = f"control character U+{ord(character):04X} in column {number}"
                return Fault("control_character", meaning)
    return None


def _check_vrm(fields: Sequence[str], _rules: RowRules) -> Fault | None:
    mark = vrm.normalise(fields[_VRM])
    if not mark:
        return Fault("vrm_empty", "column 1 is empty")
    if "*" in mark:
        return Fault("vrm_wildcard", "wildcards are for searches, not for lists")
    if not (mark.isascii() and mark.isalnum()):
        return Fault("vrm_characters", "column 1 holds a character outside A-Z 0-9")
    if len(mark) > vrm.MARK_MAX:
        return Fault("vrm_too_long", f"column 1 is longer than {vrm.MARK_MAX} characters")
    return None


def _check_action(fields: Sequence[str], _rules: RowRules) -> Fault | None:
    if fields[_ACTION].strip() not in set(Action):
        return Fault("action", "column 5 is neither STOP nor SILENT")
    return None


def _check_reason(fields: Sequence[str], rules: RowRules) -> Fault | None:
    if _reason_code(fields[_REASON]) not in rules.figures.reasons:
        return Fault("reason", "column 7 does not begin with a reason code of the closed list")
    return None


def _check_weed_date(fields: Sequence[str], rules: RowRules) -> Fault | None:
    if not _DATE.fullmatch(fields[_WEED_DATE].strip()):
        return Fault("weed_date", "column 11 is not a date as YYYY-MM-DD")
    try:
        weeds_at = _weeds_at(fields[_WEED_DATE])
    except (ValueError, OverflowError):
        return Fault("weed_date", "column 11 names a day that does not exist")
    if weeds_at.date() <= rules.now.astimezone(UTC).date():
        return Fault("weed_date_past", "weed date is before the day of loading")
    return None


def _check_force(fields: Sequence[str], rules: RowRules) -> Fault | None:
    force = " ".join(fields[_FORCE].upper().split())
    if not force:
        return Fault("force_missing", "column 10 names no force")
    if not rules.national and force in rules.figures.national_names:
        return Fault("national_circulation", "a local list may not name all forces")
    return None


def _check_pnc_id(fields: Sequence[str], rules: RowRules) -> Fault | None:
    if rules.national and not fields[_PNC_ID].strip():
        return Fault("pnc_id", "column 12 is empty")
    return None


_CHECKS: tuple[Callable[[Sequence[str], RowRules], Fault | None], ...] = (
    _check_length,
    _check_characters,
    _check_vrm,
    _check_action,
    _check_reason,
    _check_weed_date,
    _check_force,
    _check_pnc_id,
)


def _reason_code(reason: str) -> str:
    return reason.strip().partition(" ")[0]


def _weeds_at(weed_date: str) -> datetime:
    """Give the first moment an entry is no longer in force: the date is good to its UTC end."""
    day = date.fromisoformat(weed_date.strip())
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + _DAY
