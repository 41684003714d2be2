"""How often reads of a confidence are right, band by band, and the temperature that mends it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from recognition.evaluation.shares import Share, share
from recognition.grammar.lattice import Lattice
from recognition.grammar.syntax import Grammar

__all__ = ["TEMPERATURES", "Band", "Told", "bands_of", "fitted", "miscalibration", "told_at"]

_EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0 + 1e-9)
TEMPERATURES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0)
_UNSURE = 1e-4


@dataclass(frozen=True, slots=True)
class Told:
    """One read: how sure it was, and whether it was right."""

    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Band:
    """Reads of about the same confidence.

    Attributes:
        low: From this confidence.
        high: To below this one.
        said: Their mean confidence.
        right: Share of them that is right.
    """

    low: float
    high: float
    said: float
    right: Share


def told_at(temperature: float, *, lattices: Sequence[Lattice], texts: Sequence[str]) -> list[Told]:
    """Read every lattice at a temperature; what cannot be read at all is left out."""
    grammar = Grammar(temperature=temperature)
    told = []
    for lattice, text in zip(lattices, texts, strict=True):
        reading = grammar.settle(lattice)
        if reading is not None:
            told.append(Told(reading.confidence, reading.vrm == text))
    return told


def bands_of(told: Sequence[Told]) -> list[Band]:
    """Bands that hold any read, from the least sure up."""
    bands = []
    for low, high in pairwise(_EDGES):
        inside = [each for each in told if low <= each.confidence < high]
        if inside:
            said = float(np.mean([each.confidence for each in inside]))
            right = share(sum(each.right for each in inside), len(inside))
            bands.append(Band(low, min(high, 1.0), said, right))
    return bands


def miscalibration(told: Sequence[Told]) -> float:
    """Expected calibration error: how far bands are off, weighed by their reads."""
    bands = bands_of(told)
    whole = sum(band.right.of for band in bands)
    off = sum(abs(band.said - band.right.value) * band.right.of for band in bands)
    return off / max(whole, 1)


def fitted(*, lattices: Sequence[Lattice], texts: Sequence[str]) -> float:
    """The temperature at which confidence tells right from wrong best (least log loss)."""
    return min(TEMPERATURES, key=lambda each: _loss(told_at(each, lattices=lattices, texts=texts)))


def _loss(told: Sequence[Told]) -> float:
    chances = np.clip([each.confidence for each in told], _UNSURE, 1 - _UNSURE)
    rights = np.array([each.right for each in told])
    return float(-np.log(np.where(rights, chances, 1 - chances)).mean())
