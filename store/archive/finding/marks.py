"""Which marks a question is about, and which of a day's plates those are."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from store.archive.finding.lookalikes import COST_USUAL, lookalikes
from store.archive.plates import Keys, fitting, pack
from store.errors import InputError
from store.terms import Certainty
from store.vrm import Pattern, fold, mark, normalise

__all__ = [
    "LISTED_MAX",
    "AnyMark",
    "Listed",
    "LookAlike",
    "Marks",
    "Met",
    "Narrowed",
    "OneMark",
    "Wildcard",
]

LISTED_MAX = 5_000
"""Marks of one list."""

_FOLDING = frozenset("O0I1")
"""Characters that a fold takes for one another."""


@dataclass(frozen=True, slots=True)
class Met:
    """How a read met the marks that were asked for.

    Attributes:
        certainty: Letter for letter, by glyph, or possible.
        cost: How far it is from the mark asked for; 0 but for look-alikes.
    """

    certainty: Certainty
    cost: int = 0


class Marks(Protocol):
    """What marks a question is about."""

    @property
    def scans(self) -> bool:
        """Whether a day's plates are gone through, so long that several days are asked at once."""

    def among(self, plates: Keys) -> NDArray[np.intp] | None:
        """Give the places of those that fit among sorted plates; None where every one does."""

    def met(self, vrm: str, *, plate: int) -> Met:
        """Say how a mark that fits met what was asked."""


_EXACTLY = Met(Certainty.EXACT)


@dataclass(frozen=True, slots=True)
class AnyMark:
    """Every mark: a trawl by place and time."""

    scans: ClassVar[bool] = True

    def among(self, plates: Keys) -> NDArray[np.intp] | None:
        """Give none of them: every one fits."""
        return None

    def met(self, vrm: str, *, plate: int) -> Met:
        """Say that nothing was asked of it."""
        return _EXACTLY


@dataclass(frozen=True, slots=True)
class OneMark:
    """One whole mark.

    Attributes:
        vrm: Canonical.
        plate: Its fold, packed.
    """

    vrm: str
    plate: np.uint64

    scans: ClassVar[bool] = False

    @classmethod
    def of(cls, text: str) -> "OneMark":
        """Take a mark as it was typed.

        Raises:
            InputError: That is no mark.
        """
        vrm = mark(text)
        return cls(vrm, np.uint64(pack(fold(vrm))))

    def among(self, plates: Keys) -> NDArray[np.intp] | None:
        """Give its place, or none."""
        at = plates.searchsorted(self.plate)
        found = at < len(plates) and plates[at] == self.plate
        return np.array([at] if found else [], np.intp)

    def met(self, vrm: str, *, plate: int) -> Met:
        """Tell letter for letter from by glyph."""
        return Met(Certainty.EXACT if vrm == self.vrm else Certainty.GLYPH)


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A mark known in part: `?` is one character, `*` any number of them.

    Attributes:
        folded: The pattern, folded.
        typed: The pattern as it was typed, as an expression; None where none of its letters folds,
            so that what fits one fits the other.
    """

    folded: str
    typed: re.Pattern[str] | None

    scans: ClassVar[bool] = True

    @classmethod
    def of(cls, text: str) -> "Wildcard":
        """Take a pattern as it was typed.

        Raises:
            InputError: It is malformed, or fits too many marks.
        """
        typed = normalise(text)
        folded = Pattern.compile(typed).text
        if _FOLDING.isdisjoint(typed):
            return cls(folded, None)
        return cls(folded, re.compile(typed.replace("?", ".").replace("*", ".*")))

    def among(self, plates: Keys) -> NDArray[np.intp] | None:
        """Give the places of those that fit."""
        return np.searchsorted(plates, fitting(plates, pattern=self.folded))

    def met(self, vrm: str, *, plate: int) -> Met:
        """Tell letter for letter from by glyph."""
        if self.typed is None or self.typed.fullmatch(vrm):
            return _EXACTLY
        return Met(Certainty.GLYPH)


@dataclass(frozen=True, slots=True)
class Listed:
    """Several whole marks.

    Attributes:
        vrms: Canonical.
        plates: (k,) their folds, packed, sorted and different.
    """

    vrms: frozenset[str]
    plates: Keys

    scans: ClassVar[bool] = False

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Listed":
        """Take marks as they stand in a list.

        Raises:
            InputError: One of them is no mark, or there are none or too many.
        """
        vrms = frozenset(mark(text) for text in texts)
        if not 1 <= len(vrms) <= LISTED_MAX:
            raise InputError(f"A list has 1 to {LISTED_MAX} marks. Divide it.")
        return cls(vrms, np.unique(np.array([pack(fold(vrm)) for vrm in vrms], np.uint64)))

    def among(self, plates: Keys) -> NDArray[np.intp] | None:
        """Give the places of those that are there."""
        return _places(plates, self.plates)

    def met(self, vrm: str, *, plate: int) -> Met:
        """Tell letter for letter from by glyph."""
        return Met(Certainty.EXACT if vrm in self.vrms else Certainty.GLYPH)


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A mark, and those that a camera may have read for it.

    Attributes:
        vrm: Canonical.
        plates: (k,) packed, sorted and different; the mark itself is among them.
        costs: (k,) how far each is from the mark.
    """

    vrm: str
    plates: Keys
    costs: NDArray[np.int64]

    scans: ClassVar[bool] = True

    @classmethod
    def of(cls, text: str, *, cost_max: int = COST_USUAL) -> "LookAlike":
        """Take a mark as it was typed.

        Raises:
            InputError: That is no mark, it is too short, or the cost is out of its range.
        """
        vrm = mark(text)
        return cls(vrm, *lookalikes(vrm, cost_max=cost_max))

    def among(self, plates: Keys) -> NDArray[np.intp] | None:
        """Give the places of those that are there."""
        return _places(plates, self.plates)

    def met(self, vrm: str, *, plate: int) -> Met:
        """Say what it costs."""
        cost = int(self.costs[np.searchsorted(self.plates, np.uint64(plate))])
        if cost:
            return Met(Certainty.POSSIBLE, cost)
        return Met(Certainty.EXACT if vrm == self.vrm else Certainty.GLYPH)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Marks of which it is known which ones a day has.

    Attributes:
        marks: What was asked.
        plates: (k,) packed, sorted and different: those that the day has.
    """

    marks: Marks
    plates: Keys

    scans: ClassVar[bool] = False

    def among(self, plates: Keys) -> NDArray[np.intp] | None:
        """Give the places of those that are there."""
        return _places(plates, self.plates)

    def met(self, vrm: str, *, plate: int) -> Met:
        """Say how a mark that fits met what was asked."""
        return self.marks.met(vrm, plate=plate)


def _places(plates: Keys, asked: Keys) -> NDArray[np.intp]:
    at = plates.searchsorted(asked)
    at[at == len(plates)] = 0
    found: NDArray[np.intp] = at[plates[at] == asked] if len(plates) else at[:0]
    return found
