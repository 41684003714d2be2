"""The gate: what is reported as a plate, what is worth another look, and why something is not."""

import math
from dataclasses import dataclass

from recognition.grammar.formats import FOREIGN
from recognition.grammar.lattice import Lattice
from recognition.grammar.syntax import Reading
from recognition.plates import Found

__all__ = ["CROP_GATE", "DEFAULT_GATE", "Gate"]

_COMMON = "gb_2001"
_LIKE_SIGNS = ("gb_dateless", "trade")
"""Formats that road numbers, house numbers and prices have too."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What is reported as a plate: finding and reading have a threshold together and one each.

    The joint thresholds are least geometric means of the detector's score and the lattice's
    clarity. Badges, lamps and lettering read as words, numbers, or one to three characters, and
    hardly ever as a mark of now, so what reads like them has to be clearer: on 400 rendered scenes
    without plates that halved false reads, at 1 % of the foreign plates in dashcam frames. It costs
    the hard set one legible dateless or trade mark in eight.

    Attributes:
        joint: For a mark of a format that little else has. At 0.6 98 % of the plates in dashcam
            frames pass and 99 % of the legible ones in rendered scenes.
        foreign: For letters and digits of no UK or Irish format.
        like_signs: For dateless marks, which road numbers look like.
        one_kind: For letters alone or digits alone: few plates have no digit, or no letter.
        short: For marks of up to three characters: lamps, wheels and grilles read as two or
            three, and few real marks are that short.
        clarity: Least clarity of the lattice (`Lattice.clarity`).
        confidence: Least confidence of the reading: below it, it is a guess about a lamp.
        characters: Fewest characters.
        clear: A lattice of this clarity that reads as a mark of now needs no second look.
        open: Least geometric mean that makes a second look worth while.
    """

    joint: float = 0.6
    foreign: float = 0.65
    like_signs: float = 0.7
    one_kind: float = 0.8
    short: float = 0.75
    clarity: float = 0.3
    confidence: float = 0.02
    characters: int = 2
    clear: float = 0.95
    open: float = 0.45

    def open_question(self, found: Found, lattice: Lattice, reading: Reading | None) -> bool:
        """Whether another look may decide what the first left open.

        A box that cuts a character off reads clearly, but seldom as a mark of now: the rest is a
        mark of another format, or of none.
        """
        return (
            reading is not None
            and len(lattice.raw) >= self.characters
            and (lattice.clarity < self.clear or reading.format != _COMMON)
            and math.sqrt(found.score * lattice.clarity) >= self.open
        )

    def why_not(self, found: Found, lattice: Lattice, reading: Reading | None) -> str:
        """Why this is not reported as a plate; empty where it is."""
        if reading is None or len(lattice.raw) < self.characters:
            return "nothing to read on it"
        if lattice.clarity < self.clarity or reading.confidence < self.confidence:
            return "too unclear to read"
        if math.sqrt(found.score * lattice.clarity) < self._least(reading):
            return "hardly a plate and hardly legible"
        return ""

    def _least(self, reading: Reading) -> float:
        """Least geometric mean of score and clarity for what reads like this."""
        mark = reading.vrm
        if len(mark) <= 3:
            return self.short
        if reading.fold.isdigit() or mark.isalpha():
            return self.one_kind
        if reading.format in _LIKE_SIGNS:
            return self.like_signs
        return self.foreign if reading.format == FOREIGN else self.joint


DEFAULT_GATE = Gate()

CROP_GATE = Gate(
    joint=0.0,
    foreign=0.0,
    like_signs=0.0,
    one_kind=0.0,
    short=0.0,
    clarity=0.0,
    confidence=0.0,
    characters=1,
)
"""Who hands over a crop says that it is a plate; only a blank one is not reported."""
