"""Who sits at the keyboard, and which screens that role has."""

import re
from dataclasses import dataclass
from typing import Final

from store.errors import InputError
from store.terms import Officer

__all__ = ["PLACES", "Place", "checked_staff_id", "place_at", "places_of", "role_word", "watches"]

_STAFF_ID = re.compile(r"[A-Z]{2}\d{4}")


@dataclass(frozen=True, slots=True)
class Place:
    """A screen of the console; it keeps its number for everybody.

    Attributes:
        number: The digit that opens it.
        letter: The letter that opens it after `g`.
        name: As the second line shows it.
        mode: Name of its screen in the program, or empty where this release has none.
        roles: Role codes that have it.
    """

    number: int
    letter: str
    name: str
    mode: str = ""
    roles: frozenset[str] = frozenset()


_ROLE_WORDS: Final = {
    "OP": "operator",
    "RES": "investigator",
    "INS": "Inspector",
    "SUP": "Supt",
    "QAM": "QA manager",
    "AM": "ANPR mgr",
    "FDO": "FDO",
    "SL": "Strategic Lead",
    "AUD": "auditor",
    "ADM": "cluster adm",
    "DPO": "DPO",
    "PAN": "panel",
    "NHT": "neighbourhood",
}

PLACES: Final = (
    Place(1, "a", "Alarms", "alarms", frozenset({"OP", "AM"})),
    Place(2, "s", "Search", "search", frozenset({"OP", "RES", "AM"})),
    Place(3, "m", "Marks"),
    Place(4, "r", "Access", "access", frozenset({"OP", "RES", "INS", "SUP", "AM", "FDO"})),
    Place(5, "l", "Lists"),
    Place(6, "c", "Cameras"),
    Place(7, "n", "Cluster"),
    Place(8, "u", "Audit", "audit", frozenset(_ROLE_WORDS)),
)


def checked_staff_id(text: str) -> str:
    """The staff number, upper case.

    Raises:
        InputError: It is not two letters and four digits.
    """
    staff_id = text.strip().upper()
    if not _STAFF_ID.fullmatch(staff_id):
        raise InputError("Not opened: a staff number is two letters and four digits, as NS4021.")
    return staff_id


def role_word(role: str) -> str:
    """The role as officers say it; an unknown code as it is."""
    return _ROLE_WORDS.get(role, role)


def places_of(officer: Officer) -> tuple[Place, ...]:
    """The screens this officer's role has, in the order of their numbers."""
    return tuple(place for place in PLACES if officer.role in place.roles)


def watches(officer: Officer) -> bool:
    """Whether this officer may see and answer alarms."""
    return any(place.mode == "alarms" for place in places_of(officer))


def place_at(key: str) -> Place | None:
    """The screen of a digit or letter, or None."""
    return next((place for place in PLACES if key in (str(place.number), place.letter)), None)
