"""The gate: what is reported as a plate, what is worth another look, and why something is not."""

import math
import re
from dataclasses import dataclass

from recognition.grammar.formats import ABROAD
from recognition.grammar.lattice import Lattice
from recognition.grammar.syntax import Reading
from recognition.looks.plates import Found

__all__ = ["CROP_GATE", "DEFAULT_GATE", "Gate", "agreed"]

_COMMON = "gb_2001"
_SHORT = 3
_LEAST = 1e-6
_LIKE_SIGNS = ("gb_dateless", "trade")
"""Formats that road numbers, house numbers and prices have too."""
_TELLING = frozenset(
    ("gb_1983_prefix", "gb_1963_suffix", "gb_q", "ni", "military", "ireland", "diplomatic")
)
"""Formats of letters and digits in an order that lettering hardly ever has, if they are long."""
_LONG = 6
_ROAD_NUMBER = re.compile(r"[ABM][0-9]{1,4}")
"""British roads are numbered so, and signs say it a thousand times more often than plates."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What is reported as a plate: finding and reading have a threshold together and one each.

    The joint thresholds are least geometric means of the detector's score and the lattice's
    clarity. Badges, lamps and lettering read as words, numbers, or one to three characters, and
    hardly ever as a mark of now, so what reads like them has to be clearer, unless the plate check
    vouches for it (docs/adr/0019-a-third-look-at-what-was-found.md).

    Attributes:
        joint: For a mark of a format that little else has. At 0.6 98 % of the plates in dashcam
            frames pass and 99 % of the legible ones in rendered scenes.
        foreign: For letters and digits of no UK or Irish format.
        like_signs: For dateless marks, which road numbers look like.
        one_kind: For letters alone or digits alone: few plates have no digit, or no letter.
        short: For marks of up to three characters: lamps, wheels and grilles read as two or
            three, and few real marks are that short.
        clarity: Least clarity of the lattice (`Lattice.clarity`).
        confidence: Least confidence of the reading: below it, it is a guess about a lamp or a
            sign. Of 470 right reports upon the open hard set none had less.
        characters: Fewest characters.
        clear: A lattice of this clarity that reads as a mark of now needs no second look.
        certain: From this score on a clear mark of now is not put to the plate check.
        open: Least geometric mean that makes the plate check and a second look worth while.
        even: Least geometric mean of what the plate check is of two minds about.
        weight: How much less is enough for each unit of the log odds that the check gives, and how
            much more is asked for each that it takes: a logistic rule. At 0.08, and without
            `lettering`, 12 of 2,000 rendered roads without plates gave a read; now one does, and
            none of 2,032 reports upon plates, photographed and drawn, is dropped for it.
        lettering: As `even`, for what reads like a road number or as letters or digits alone.
        even_plain: As `even`, for a mark that speaks for itself: one of now, or of another format
            that says as much, six characters or more, read as clearly. At 0.57, and with those
            other formats, 33 more of 4,301 legible plates drawn as the open hard set is are
            reported, and no more in 3,000 rendered roads without plates (two).
        beside_plain: As `weight`, beside such a mark: a plate may be where the check has never
            seen one.
        told: Least confidence of such a mark of another format than that of now.
        sure: From this word of the plate check on it vouches for what is legible.
        legible: Least clarity of a lattice that it vouches for.
        vouched: Least geometric mean of what it vouches for, whatever the mark reads like.
    """

    joint: float = 0.6
    foreign: float = 0.65
    like_signs: float = 0.7
    one_kind: float = 0.8
    short: float = 0.7
    clarity: float = 0.3
    confidence: float = 0.3
    characters: int = 2
    clear: float = 0.95
    certain: float = 0.8
    open: float = 0.45
    even: float = 0.65
    lettering: float = 0.9
    weight: float = 0.16
    even_plain: float = 0.57
    beside_plain: float = 0.025
    told: float = 0.9
    sure: float = 0.5
    legible: float = 0.9
    vouched: float = 0.57

    def worth_a_look(self, found: Found, lattice: Lattice, reading: Reading | None) -> bool:
        """Whether the plate check, or another look, can still change what it is taken for.

        Not where detector and reader are both certain: signs are hardly found so surely, and the
        check takes 4 % of a frame's time.
        """
        return (
            reading is not None
            and len(lattice.raw) >= self.characters
            and _joint(found, lattice) >= self.open
            and not (self.plain(lattice, reading) and found.score >= self.certain)
        )

    def plain(self, lattice: Lattice, reading: Reading) -> bool:
        """Whether it reads clearly as a mark of now."""
        return lattice.clarity >= self.clear and reading.format == _COMMON

    def _telling(self, lattice: Lattice, reading: Reading) -> bool:
        """Whether its mark speaks for itself: hardly anything but a plate reads like this."""
        return self.plain(lattice, reading) or (
            reading.format in _TELLING
            and len(reading.vrm) >= _LONG
            and lattice.clarity >= self.clear
            and reading.confidence >= self.told
        )

    def open_question(
        self,
        found: Found,
        lattice: Lattice,
        reading: Reading | None,
        *,
        check: float | None = None,
    ) -> bool:
        """Whether another look may decide what the first left open.

        A box that cuts a character off reads clearly, but seldom as a mark of now: the rest is a
        mark of another format, or of none.

        Args:
            found: The find.
            lattice: What the first look gave.
            reading: Its mark.
            check: Word of the plate check, None where it was not asked.
        """
        return (
            reading is not None
            and self.worth_a_look(found, lattice, reading)
            and not self.plain(lattice, reading)
            and math.sqrt(found.score) >= self._doubt(check)
        )

    def why_not(
        self,
        found: Found,
        lattice: Lattice,
        reading: Reading | None,
        *,
        check: float | None = None,
    ) -> str:
        """Why this is not reported as a plate; empty where it is."""
        if reading is None or len(lattice.raw) < self.characters:
            return "nothing to read on it"
        if lattice.clarity < self.clarity or reading.confidence < self.confidence:
            return "too unclear to read"
        vouched = check is not None and check >= self.sure and lattice.clarity >= self.legible
        if _joint(found, lattice) < self._least(reading, vouched=vouched):
            return "hardly a plate and hardly legible"
        doubt = self._doubt(check, lattice=lattice, reading=reading)
        if check is not None and _joint(found, lattice) < doubt:
            return f"the plate check says {check * 100:.1f} % plate"
        return ""

    def _doubt(
        self,
        check: float | None,
        *,
        lattice: Lattice | None = None,
        reading: Reading | None = None,
    ) -> float:
        """Least geometric mean of what the plate check says this of; 0 where it was not asked.

        Without a reading, of the clearest that the place could yet turn out to hold.
        """
        if check is None:
            return 0.0
        even, weight = self.even_plain, self.beside_plain
        if lattice is not None and reading is not None and not self._telling(lattice, reading):
            even = self.lettering if _like_lettering(lattice, reading) else self.even
            weight = self.weight
        return even - weight * _log_odds(check)

    def _least(self, reading: Reading, *, vouched: bool) -> float:
        """Least geometric mean of score and clarity for what reads like this."""
        mark = reading.vrm
        if len(mark) <= _SHORT:
            return self.short
        if vouched:
            return self.vouched
        if _of_one_kind(reading):
            return self.one_kind
        if reading.format in _LIKE_SIGNS:
            return self.like_signs
        return self.foreign if reading.format in ABROAD else self.joint


def agreed(first: float | None, second: float) -> float:
    """What two words of the plate check on one find come to: the mean of their log odds.

    Args:
        first: A probability, of the find as it was found; None where none was given.
        second: Another, of its outline.

    Returns:
        Their like, in [0, 1].
    """
    odds = (_log_odds(second if first is None else first) + _log_odds(second)) / 2
    return 1 / (1 + math.exp(-odds))


def _log_odds(probability: float) -> float:
    sure = min(max(probability, _LEAST), 1 - _LEAST)
    return math.log(sure / (1 - sure))


def _joint(found: Found, lattice: Lattice) -> float:
    """Geometric mean of the detector's score and the lattice's clarity."""
    return math.sqrt(found.score * lattice.clarity)


def _of_one_kind(reading: Reading) -> bool:
    return reading.fold.isdigit() or reading.vrm.isalpha()


def _like_lettering(lattice: Lattice, reading: Reading) -> bool:
    """Whether signs say such things: a road number, or letters or digits alone."""
    return (
        _of_one_kind(reading)
        or lattice.raw.isalpha()
        or _ROAD_NUMBER.fullmatch(reading.vrm) is not None
    )


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
