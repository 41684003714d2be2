"""Marks that a camera may have read for another: confusable characters, one missing or extra.

The characters are those of the published figures for UK plates (0 D Q, B 8, S 5, Z 2 and so on), as
a start; they are to be learnt anew from adjudicated reads. A cost is a whole number:

    a character read as one that looks like it             1
    one character missing or extra                         2
    a 1 missing or extra                                   1    (a bolt or a border reads as a 1)

At most one character is missing or extra. O is 0 and I is 1 before anything else: those are one
glyph each in the prescribed font and cost nothing.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from store.archive.plates import Keys, pack
from store.errors import InputError
from store.vrm import MARK_MAX, fold

__all__ = ["COST_MAX", "COST_USUAL", "confusable", "is_like", "lookalikes"]

COST_USUAL: Final = 2
"""As far as a search looks unless it is told otherwise."""

COST_MAX: Final = 3
"""Four wrong characters of seven are another vehicle."""

_SHORTEST = 3
"""Shorter marks look like too much of the traffic."""

_GROUPS = (
    *("0DQ", "B8", "S5", "Z2", "27", "G6", "CG", "A4", "T7Y", "1LJ7", "MNHW"),
    *("VYU", "KXR", "PRF", "EFB"),
)
_LETTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Characters of a fold: it has neither I nor O."""

_THIN = "1"
_THIN_COST = 1
_GAP_COST = 2


def confusable(one: str, other: str) -> bool:
    """Say whether two different characters of a fold are taken for each other."""
    return one != other and any(one in group and other in group for group in _GROUPS)


_LIKE: Final = {
    letter: tuple(other for other in _LETTERS if confusable(letter, other)) for letter in _LETTERS
}


@lru_cache(maxsize=64)
def lookalikes(mark: str, *, cost_max: int = COST_USUAL) -> tuple[Keys, NDArray[np.int64]]:
    """Give every mark that may have been read for one, with the least it costs.

    Args:
        mark: The mark as it was asked for, 3 to 10 characters of A-Z and 0-9.
        cost_max: 0 to 3.

    Returns:
        (k,) packed plates, sorted, the mark itself among them; and (k,) costs.

    Raises:
        InputError: The mark is too short, or the cost is out of its range.
    """
    if not 0 <= cost_max <= COST_MAX:
        raise InputError(f"Look-alikes cost 0 to {COST_MAX}. Ask for fewer.")
    if len(mark) < _SHORTEST:
        raise InputError(
            f"A mark of fewer than {_SHORTEST} characters looks like too many. "
            "Search for it exactly."
        )
    costs: dict[str, int] = {}
    for shape, spent in _gapped(fold(mark)):
        for text, cost in _misread(shape, left=cost_max - spent):
            costs[text] = min(spent + cost, costs.get(text, COST_MAX))
    packed = {pack(text): cost for text, cost in costs.items()}
    keys = np.array(sorted(packed), np.uint64)
    return keys, np.array([packed[key] for key in keys.tolist()], np.int64)


def is_like(key: str, *, vrm: str) -> bool:
    """Say whether a fold is among the look-alikes of a mark, as far as a search looks."""
    plates, _ = lookalikes(vrm)
    at = int(plates.searchsorted(np.uint64(pack(key))))
    return at < len(plates) and int(plates[at]) == pack(key)


def _gapped(asked: str) -> Iterator[tuple[str, int]]:
    """Give a mark as it is, and with one character less or more; each with its cost."""
    yield asked, 0
    for at, letter in enumerate(asked):
        yield asked[:at] + asked[at + 1 :], _gap_cost(letter)
    if len(asked) < MARK_MAX:
        for at in range(len(asked) + 1):
            for letter in _LETTERS:
                yield asked[:at] + letter + asked[at:], _gap_cost(letter)


def _gap_cost(letter: str) -> int:
    return _THIN_COST if letter == _THIN else _GAP_COST


def _misread(shape: str, *, left: int, start: int = 0) -> Iterator[tuple[str, int]]:
    """Give a text with up to so many characters read as others, each with how many; none if < 0."""
    if left >= 0:
        yield shape, 0
    if left > 0:
        for at in range(start, len(shape)):
            for other in _LIKE[shape[at]]:
                misread = shape[:at] + other + shape[at + 1 :]
                for text, cost in _misread(misread, left=left - 1, start=at + 1):
                    yield text, cost + 1
