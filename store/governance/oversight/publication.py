"""Figures that a force may publish: how much and what for, never where and never who (S-66)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from store.governance.oversight.looks import Look

__all__ = ["SMALL", "Figures", "figures", "shown"]

SMALL = 5
"""Numbers above 0 and below this are not published: they could point at a person."""

_REQUESTS = frozenset(
    f"access {end}" for end in ("requested", "authorised", "refused", "withdrawn", "lapsed")
)
"""Kinds of audit records that say what became of requests for authority."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One month, in numbers.

    Attributes:
        searches: How many.
        exports: How many.
        urgent: Searches in a threat to life.
        by_purpose: Searches by purpose.
        by_age: Searches by how far back they reached.
        requests: Requests for authority by how they ended.
        alarms: Answers to alarms by kind.
        reviewed: What was reviewed, by outcome.
    """

    searches: int
    exports: int
    urgent: int
    by_purpose: Mapping[str, int]
    by_age: Mapping[str, int]
    requests: Mapping[str, int]
    alarms: Mapping[str, int]
    reviewed: Mapping[str, int]


def figures(looks: Iterable[Look], *, bodies: Iterable[Mapping[str, Any]]) -> Figures:
    """Count a month.

    Args:
        looks: Its searches, exports and deployments; the last are counted as answers to alarms.
        bodies: What its audit records say.
    """
    every = list(looks)
    searches = [look for look in every if look.what in {"search", "place"}]
    requests, alarms, reviewed = Counter[str](), Counter[str](), Counter[str]()
    for body in bodies:
        kind, about = str(body.get("kind", "")), body.get("about", {})
        if kind in _REQUESTS:
            requests[kind.removeprefix("access ")] += 1
        elif kind == "alarm decided":
            alarms[str(about.get("decision", ""))] += 1
        elif kind == "reviewed":
            reviewed[str(about.get("outcome", ""))] += 1
    return Figures(
        searches=len(searches),
        exports=sum(look.what == "export" for look in every),
        urgent=sum(look.urgent for look in searches),
        by_purpose=Counter(look.purpose for look in searches),
        by_age=Counter(_age(look.reach_s) for look in searches),
        requests=requests,
        alarms=alarms,
        reviewed=reviewed,
    )


def shown(count: int) -> str:
    """Give a number as it may be published."""
    return str(count) if count == 0 or count >= SMALL else f"fewer than {SMALL}"


def _age(reach_s: int) -> str:
    day_s = 86_400
    for most_d, word in ((1, "up to 24 hours"), (90, "up to 90 days"), (365, "up to 12 months")):
        if reach_s <= most_d * day_s:
            return word
    return "over 12 months"
