"""Why a plate was read as it was: its lattice as a table that fits a terminal of 80 columns."""

from collections.abc import Sequence
from typing import Any

from recognition.grammar.lattice import ALPHABET, NOTHING
from recognition.recogniser import PlateReading

__all__ = ["explained", "places"]

_DEEP = 3
_LEAST = 0.005
_AT_ONCE = 10
_NONE = "-"

_FORMATS = {
    "gb_2001": "current, since 2001",
    "gb_1983_prefix": "prefix, 1983 to 2001",
    "gb_1963_suffix": "suffix, 1963 to 1983",
    "gb_dateless": "dateless",
    "gb_q": "Q, age unknown",
    "ni": "Northern Ireland",
    "diplomatic": "diplomatic",
    "military": "forces",
    "military_old": "forces, older",
    "trade": "trade",
    "ireland": "Ireland",
    "european": "another European country",
    "foreign_or_unknown": "foreign or unknown, not corrected",
}

Place = list[tuple[str, float]]


def places(plate: PlateReading) -> list[list[Place]]:
    """What may stand on each line of a plate: place by place the likeliest with their chance.

    "-" stands for no character there.
    """
    slots, upper = plate.lattice.slots, plate.lattice.upper
    lines = [slots[:upper], slots[upper:]] if upper else [slots]
    return [[_place(slot) for slot in line] for line in lines]


def _place(slot: Any) -> Place:
    ranked = slot.argsort()[::-1][:_DEEP]
    return [
        (_NONE if index == NOTHING else ALPHABET[index], round(float(slot[index]), 3))
        for index in ranked
        if slot[index] >= _LEAST
    ]


def explained(
    lattice: Sequence[Sequence[Place]],
    *,
    format_id: str,
    detection: float,
    check: float | None,
    candidates: Sequence[Sequence[Any]],
) -> list[str]:
    """The same for eyes, in lines of at most 80 columns.

    Args:
        lattice: As `places` gives it.
        format_id: Format of the mark.
        detection: Score of the detector.
        check: Word of the plate check, None where it was not asked.
        candidates: Other marks with their posterior.
    """
    checked = "" if check is None else f"; check {check * 100:.0f} %"
    said = [
        f"  format {_FORMATS.get(format_id, format_id)}; detector {detection * 100:.0f} %{checked};"
        f" {len(lattice)} line{'s' if len(lattice) > 1 else ''}"
    ]
    for number, line in enumerate(lattice, start=1):
        for start in range(0, len(line), _AT_ONCE):
            part = line[start : start + _AT_ONCE]
            for rank in range(max(len(place) for place in part)):
                head = f"line {number}" if rank == 0 and len(lattice) > 1 else "seen"
                head = head if rank == 0 else "or"
                said.append(f"  {head:7}" + "".join(_cell(place, rank) for place in part).rstrip())
    others = ", ".join(f"{vrm} {posterior * 100:.1f} %" for vrm, posterior in candidates[:3])
    return [*said, f"  else   {others or 'no other mark'}"]


def _cell(place: Place, rank: int) -> str:
    if rank >= len(place):
        return " " * 7
    character, chance = place[rank]
    return f"{character} {min(99, round(chance * 100)):2d} %".ljust(7)
