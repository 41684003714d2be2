"""What a search is about: its scope in canonical form, and which of its marks were named.

A mark is named by typing it. A pattern, look-alikes, a list by its name and a place name none: each
brings vehicles of people nobody has asked about, so an own hit cannot carry such a search, and a
list by its name is a look by place and time, authority included.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from store.archive.finding.lookalikes import is_like, lookalikes
from store.archive.finding.marks import LISTED_MAX
from store.errors import InputError
from store.ledger import lists
from store.terms import MatchKind, Scope
from store.vrm import LIST_SIGN, Pattern, mark, normalise

__all__ = ["checked", "fits", "list_name", "named", "of_list", "tool_of"]

AREA = "area_trawl"
"""The analysis that a search is that names no mark."""


def checked(scope: Scope, *, now: datetime) -> Scope:
    """Write a scope in its canonical form.

    Raises:
        InputError: It cannot be searched, whoever asks.
    """
    if scope.since_at.utcoffset() is None or scope.until_at.utcoffset() is None:
        raise InputError("Not searched: the dates have no time zone. Give both in UTC.")
    if scope.since_at > scope.until_at or scope.since_at > now:
        raise InputError(
            "Nothing to search: the end lies before the start, or the start is yet to come. "
            "Look at the dates."
        )
    if not scope.vrm or list_name(scope):
        return scope
    match scope.kind:
        case MatchKind.WILDCARD:
            Pattern.compile(scope.vrm)
            return replace(scope, vrm=normalise(scope.vrm))
        case MatchKind.LISTED:
            marks = sorted({mark(one) for one in scope.vrm.split(",")})
            if len(marks) > LISTED_MAX:
                raise InputError(f"A search takes {LISTED_MAX} plates at once. Divide the list.")
            return replace(scope, vrm=",".join(marks))
        case MatchKind.LOOKALIKE:
            lookalikes(mark(scope.vrm))
    return replace(scope, vrm=mark(scope.vrm))


def list_name(scope: Scope) -> str:
    """Give the list whose vehicles are looked for; empty where none is named."""
    if scope.kind is MatchKind.LISTED and scope.vrm.startswith(LIST_SIGN):
        return scope.vrm.removeprefix(LIST_SIGN).strip()
    return ""


def of_list(db: sqlite3.Connection, scope: Scope, *, now: datetime) -> Scope:
    """Put the marks of the list that a scope names, as it is in force, in the place of its name.

    Raises:
        InputError: No such list is in force, or it has more vehicles than a search takes.
    """
    name = list_name(scope)
    if not name:
        return scope
    marks = lists.marks_of(db, name, now=now, most=LISTED_MAX + 1)
    if not marks:
        raise InputError("Not searched: no list of that name is in force. Look at the Lists.")
    if len(marks) > LISTED_MAX:
        raise InputError(
            f"Not searched: that list has more than {LISTED_MAX} vehicles. Name plates of it."
        )
    return replace(scope, vrm=",".join(marks))


def named(scope: Scope) -> tuple[str, ...]:
    """Give the whole marks that an officer named, each a vehicle they asked about."""
    if not scope.vrm or scope.kind is MatchKind.WILDCARD or list_name(scope):
        return ()
    return tuple(scope.vrm.split(","))


def tool_of(scope: Scope) -> str:
    """Name the analysis that a search is; empty where it names its marks."""
    return AREA if not scope.vrm or list_name(scope) else ""


def fits(scope: Scope) -> Callable[[str], bool] | None:
    """Say which folds a search finds that are not named; None where it names whole marks."""
    if not scope.vrm or list_name(scope):
        return None
    match scope.kind:
        case MatchKind.WILDCARD:
            return Pattern.compile(scope.vrm).matches
        case MatchKind.LOOKALIKE:
            return lambda key: is_like(key, vrm=scope.vrm)
    return None
