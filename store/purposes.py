"""Why officers look, in their words, and the keys that stand for it in the rule book.

A form shows words; what is decided on, stored and handed to an auditor is the key, so that a word
may be improved without touching a record. This is the only place where the two meet (S-1, S-58).
"""

import json
from collections.abc import Mapping
from enum import StrEnum

from store.terms import Ground, Purpose

__all__ = [
    "CATEGORY_KEYS",
    "PURPOSE_KEYS",
    "Category",
    "category_of",
    "from_column",
    "ground_of",
    "kept",
    "purpose_of",
    "to_column",
]


class Category(StrEnum):
    """Class of the offence or incident, beside the purpose; the age tiers look at it (S-58)."""

    OPERATIONAL_RESPONSE = "operational response"
    OTHER_POLICING = "other policing"
    PRIORITY_VOLUME = "priority/volume crime"
    SERIOUS = "serious crime"
    MAJOR = "major investigation"
    COUNTER_TERRORISM = "counter-terrorism"
    THREAT_TO_LIFE = "threat to life"


PURPOSE_KEYS: Mapping[str, str] = {
    Purpose.PREVENT_DETECT: "prevent_detect_crime",
    Purpose.ONGOING_INVESTIGATION: "ongoing_investigation",
    Purpose.POST_INCIDENT: "post_incident_investigation",
    Purpose.MISSING_PERSON: "vulnerable_missing_person",
    Purpose.WANTED_PERSON: "wanted_person",
    Purpose.UNINSURED: "uninsured_vehicle",
    Purpose.UNTAXED: "untaxed_vehicle",
}
"""An officer's words for a purpose to the rule book's key for it."""

CATEGORY_KEYS: Mapping[str, str] = {
    Category.OPERATIONAL_RESPONSE: "operational_response",
    Category.OTHER_POLICING: "other_policing",
    Category.PRIORITY_VOLUME: "priority_volume",
    Category.SERIOUS: "serious",
    Category.MAJOR: "major",
    Category.COUNTER_TERRORISM: "counter_terrorism",
    Category.THREAT_TO_LIFE: "threat_to_life",
}
"""An officer's words for a class to the rule book's key for it."""

_PURPOSES = {key: Purpose(words) for words, key in PURPOSE_KEYS.items()}
_CATEGORIES = {key: Category(words) for words, key in CATEGORY_KEYS.items()}


def purpose_of(key: str) -> Purpose:
    """Give the officer's words for a stored key; KeyError for one that no rule book has."""
    return _PURPOSES[key]


def category_of(key: str) -> Category:
    """Give the officer's words for a stored key; KeyError for one that no rule book has."""
    return _CATEGORIES[key]


def kept(ground: Ground) -> Mapping[str, str]:
    """Give a ground as it is stored: purpose and class as the keys they are decided on."""
    return {
        "purpose": PURPOSE_KEYS.get(ground.purpose, "unknown"),
        "category": CATEGORY_KEYS.get(ground.category, "unknown"),
        "reference": ground.reference,
        "reason": ground.reason,
    }


def ground_of(kept_as: Mapping[str, str]) -> Ground:
    """Give a ground back as it was stored; KeyError for a key that no rule book has."""
    return Ground(
        purpose=purpose_of(kept_as["purpose"]),
        category=category_of(kept_as["category"]) if kept_as["category"] else "",
        reference=kept_as["reference"],
        reason=kept_as["reason"],
    )


def to_column(ground: Ground | None) -> str:
    """Give a ground as one column of a table, JSON; empty where there is none."""
    return "" if ground is None else json.dumps(kept(ground))


def from_column(column: str) -> Ground | None:
    """Give back what `to_column` wrote."""
    return ground_of(json.loads(column)) if column else None
