"""Which plates the hard set holds: width, format, lines and one nuisance each, all seeded."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np

from recognition.evaluation.hard.surroundings import Half
from recognition.synthetic.plate import Layout

__all__ = ["Case", "Nuisance", "cases_of"]

_NARROWEST_PX, _WIDEST_PX = 14.0, 300.0
_SEEDS = {Half.OPEN: 2026_11_23, Half.SEALED: 2026_12_14}
"""A sealed half is run once: whoever ran it draws the next one from another number."""


class Nuisance(Enum):
    """What makes a plate hard to read."""

    NONE = "none"
    DIRT = "dirt"
    BOLTS = "bolts"
    NIGHT = "night"
    INFRARED_BLOOM = "infra-red, bloom"
    BLUR_30 = "30 mph"
    BLUR_50 = "50 mph"
    BLUR_70 = "70 mph"
    RAIN = "rain"
    GLARE = "glare"
    ANGLE_25 = "25 degrees"
    ANGLE_40 = "40 degrees"
    JPEG_25_KB = "JPEG of 25 KB"
    NOISE = "noise"
    TINTED = "tinted cover"
    RAISED = "3D or 4D letters"
    CLOSED_UP = "closed up"
    ITALIC = "italic"
    SILVER_ON_BLACK = "silver on black"


_FORMATS = {
    "gb_2001": 8,
    "gb_1983_prefix": 3,
    "gb_1963_suffix": 2,
    "gb_dateless": 2,
    "ni": 2,
    "gb_q": 1,
    "military": 1,
    "diplomatic": 1,
    "trade": 1,
    "ireland": 2,
    "foreign_or_unknown": 3,
}
_LAYOUTS = {Layout.ONE_LINE: 7, Layout.TWO_LINES: 2, Layout.MOTORCYCLE: 1}


@dataclass(frozen=True, slots=True)
class Case:
    """One plate of the hard set.

    Attributes:
        half: Which half it belongs to.
        number: Its number there; with `half` the seed of everything about it.
        width_px: Width of its upright box in the frame.
        format_id: Format of its mark.
        layout: One line or two.
        nuisance: What makes it hard.
        size_px: Width and height of the frame.
    """

    half: Half
    number: int
    width_px: float
    format_id: str
    layout: Layout
    nuisance: Nuisance
    size_px: tuple[int, int]

    @property
    def seed(self) -> tuple[int, int, int]:
        """Seed of everything about it."""
        return _SEEDS[self.half], zlib.crc32(self.half.value.encode()), self.number

    @property
    def letters_px(self) -> float:
        """About how high its letters are, seen straight on."""
        wide_mm, _, letter_mm, *_ = self.layout.value
        return self.width_px * letter_mm / wide_mm


def cases_of(half: Half, *, count: int) -> Iterator[Case]:
    """The first so many cases of a half; a longer run begins with the same ones."""
    nuisances = tuple(Nuisance)
    for number in range(count):
        rng = np.random.default_rng((_SEEDS[half], zlib.crc32(half.value.encode()), number, 1))
        yield Case(
            half=half,
            number=number,
            width_px=float(np.exp(rng.uniform(np.log(_NARROWEST_PX), np.log(_WIDEST_PX)))),
            format_id=_drawn(rng, _FORMATS),
            layout=tuple(_LAYOUTS)[_index(rng, tuple(_LAYOUTS.values()))],
            nuisance=nuisances[number % len(nuisances)],
            size_px=(1280, 720) if rng.random() < 0.6 else (640, 360),
        )


def _drawn(rng: np.random.Generator, weights: dict[str, int]) -> str:
    return tuple(weights)[_index(rng, tuple(weights.values()))]


def _index(rng: np.random.Generator, weights: tuple[int, ...]) -> int:
    shares = np.array(weights, np.float64)
    return int(rng.choice(len(shares), p=shares / shares.sum()))
