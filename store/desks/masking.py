"""What of a mark an officer sees: what they named, and nothing more.

A search for a whole mark shows it. A wildcard shows the letters that were typed, where they were
typed; every other character stays masked until the read is opened, which is an act of its own. Of a
mark with its look-alikes the mark itself is shown: each of the others is another person's. A search
by place, or for a list by its name, names no mark, so it shows none.
"""

import re
from typing import Final

from store.desks.scopes import list_name
from store.terms import MatchKind, Scope
from store.vrm import fold, normalise

__all__ = ["MASK", "named_part"]

MASK: Final = "░"
_UNNAMED: Final = MASK * 7
"""A mark nobody named: always of one length, so that not even its length is told."""


def named_part(vrm: str, scope: Scope) -> str:
    """Masks what of a mark the scope did not name.

    Args:
        vrm: The canonical mark of a read.
        scope: What the officer asked for.

    Returns:
        The mark where it was asked for as a whole; otherwise the typed letters in their places
        and `MASK` in the others. Typed letters are shown as typed, so that not even the
        difference between an O and a 0 is told.
    """
    if not scope.vrm:
        return _UNNAMED
    if scope.kind is MatchKind.EXACT or scope.kind is MatchKind.LISTED:
        return _UNNAMED if list_name(scope) else vrm
    if scope.kind is MatchKind.LOOKALIKE:
        return vrm if fold(vrm) == fold(scope.vrm) else _UNNAMED
    typed = re.sub(r"\*+", "*", normalise(scope.vrm))
    # Lazy stars put the typed letters as far left as they fit: where they fit twice, either
    # place tells only what was typed.
    parts = {"?": "(.)", "*": "(.*?)"}
    matched = re.fullmatch(
        "".join(parts.get(one, re.escape(one)) for one in fold(typed)), fold(vrm)
    )
    if matched is None:
        return _UNNAMED
    hidden = iter(matched.groups())
    return "".join(MASK * len(next(hidden)) if one in parts else one for one in typed)
