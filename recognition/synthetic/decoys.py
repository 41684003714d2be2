"""Things that are not plates but look a little like one: signs, lettering, grilles, blank panels.

Rivals read van lettering, shop signs and badges as plates; these teach the finder not to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

__all__ = [
    "Box",
    "draw_badge",
    "draw_decoy",
    "draw_grille",
    "draw_lettering",
    "draw_panel",
    "draw_sign",
]

Picture = NDArray[np.uint8]
Colour = tuple[float, float, float]
Box = tuple[float, float, float, float]

_FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_PLAIN,
)
_CHARACTERS = "abcdeghiklmnoprstuwyABCDEFGHIKLMNOPRSTUWY0123456789 .-&"
_WORDS = (
    "PLUMBING",
    "Bakery",
    "FRESH",
    "Electrical",
    "0113 496 0",
    "01632 960",
    "Removals",
    "SLOW",
    "TAXI",
    "POLICE",
    "Flowers & Co",
    "24 hours",
    "GIVE WAY",
    "High St",
    "School",
    "AUTO",
    "www.",
    "Services",
    "Dairy",
    "Hire",
    "TDI",
    "Turbo",
    "M1 North",
    "No entry",
    "BUS STOP",
)


_BADGES = ("TDI", "GTI", "320d", "1.6", "2.0T", "16V", "4x4", "AMG", "S line", "V6", "ST", "EV")
_GREEN, _BLUE, _WHITE, _YELLOW, _BROWN, _RED, _BLACK = (
    (60.0, 100.0, 20.0),
    (150.0, 75.0, 15.0),
    (240.0, 240.0, 240.0),
    (40.0, 200.0, 245.0),
    (30.0, 60.0, 110.0),
    (35.0, 30.0, 190.0),
    (20.0, 20.0, 20.0),
)
_SIGNS: tuple[tuple[Colour, Colour], ...] = (
    (_GREEN, _WHITE),
    (_GREEN, _YELLOW),
    (_BLUE, _WHITE),
    (_WHITE, _BLACK),
    (_BROWN, _WHITE),
    (_YELLOW, _BLACK),
    (_RED, _WHITE),
)
"""Grounds and inks of British signs: primary and their route numbers, motorway, local, tourist,
works and warnings."""


def _colour(rng: Generator) -> Colour:
    blue, green, red = rng.uniform(0, 255, 3)
    if rng.random() < 0.5:
        green = red = blue
    return float(blue), float(green), float(red)


def _words(rng: Generator) -> str:
    if rng.random() < 0.5:
        return _WORDS[int(rng.integers(len(_WORDS)))]
    count = int(rng.integers(2, 13))
    return "".join(_CHARACTERS[index] for index in rng.integers(len(_CHARACTERS), size=count))


def _route(rng: Generator) -> str:
    """Make up what a road sign says: a route, a distance, a limit, a time or a number."""
    number = int(rng.integers(1, 10 ** int(rng.integers(1, 5))))
    draw = rng.random()
    if draw < 0.4:
        road = f"{'AABM'[int(rng.integers(4))]}{number}"
        return f"({road})" if rng.random() < 0.2 else road
    if draw < 0.55:
        return f"{('Max', 'J', 'No', 'Zone', 'Exit', 'Gate')[int(rng.integers(6))]} {number % 100}"
    if draw < 0.7:
        return f"{number % 400} {('yds', 'm', 'miles', 't', 'mph')[int(rng.integers(5))]}"
    if draw < 0.85:
        return f"{int(rng.integers(6, 12))} am - {int(rng.integers(1, 8))} pm"
    return str(number)


@dataclass(frozen=True, slots=True)
class _Lettering:
    """Lines of text below each other.

    Attributes:
        lines: What they say, one at least.
        at: Where the first begins, on its base line, px.
        font: One of OpenCV's.
        size: Of the font.
        thick: Of its strokes, px.
    """

    lines: list[str]
    at: tuple[int, int]
    font: int
    size: float
    thick: int

    def _sizes(self) -> list[Sequence[int]]:
        """Width and height of each line in px."""
        return [cv2.getTextSize(each, self.font, self.size, self.thick)[0] for each in self.lines]

    @property
    def height(self) -> int:
        """Of the first line, px."""
        return self._sizes()[0][1]

    @property
    def pitch(self) -> int:
        """From one line to the next, px."""
        return int(self.height * 1.6) + 2

    def panel(self, *, margin: float) -> tuple[tuple[int, int], tuple[int, int]]:
        """Two corners of a panel under it, with a margin in heights of the first line."""
        (x, y), room = self.at, int(self.height * margin) + 2
        widest = max(size[0] for size in self._sizes())
        below = self.pitch * (len(self.lines) - 1)
        return (x - room, y - self.height - room), (x + widest + room, y + below + room)

    def write(self, picture: Picture, *, ink: Colour) -> None:
        """Write it, in place."""
        for index, line in enumerate(self.lines):
            place = (self.at[0], self.at[1] + self.pitch * index)
            cv2.putText(picture, line, place, self.font, self.size, ink, self.thick, cv2.LINE_AA)


def draw_lettering(rng: Generator, picture: Picture, *, on_panel: bool) -> Box:
    """Write a line or two of words somewhere, in place, on a panel of its own or not.

    Returns:
        Where: x, y, width, height in px, maybe beyond the picture.
    """
    height, width = picture.shape[:2]
    size = np.exp(rng.uniform(np.log(0.3), np.log(1.6)))
    font = _FONTS[int(rng.integers(len(_FONTS)))]
    ink = _colour(rng)
    thick = max(1, round(size * rng.uniform(1, 3)))
    lines = [_words(rng) for _ in range(int(rng.integers(1, 3)))]
    x = int(rng.uniform(-0.1, 0.85) * width)
    y = int(rng.uniform(0.05, 0.95) * height)
    lettering = _Lettering(lines, (x, y), font, size, thick)
    start, end = lettering.panel(margin=rng.uniform(0.3, 1.2))
    if on_panel:
        cv2.rectangle(picture, start, end, _colour(rng), -1)
        if rng.random() < 0.4:
            cv2.rectangle(picture, start, end, ink, max(1, thick // 2))
    lettering.write(picture, ink=ink)
    return _between(start, end)


def draw_sign(rng: Generator, picture: Picture) -> Box:
    """Draw a road sign in its colours, in place: a panel with routes, or a round limit.

    Returns:
        Where: x, y, width, height in px, maybe beyond the picture.
    """
    height, width = picture.shape[:2]
    size = np.exp(rng.uniform(np.log(0.3), np.log(1.5)))
    font = (cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_SIMPLEX)[int(rng.integers(2))]
    thick = max(1, round(size * rng.uniform(1.0, 2.4)))
    x, y = int(rng.uniform(-0.05, 0.85) * width), int(rng.uniform(0.08, 0.95) * height)
    if rng.random() < 0.25:
        radius = max(5, round(size * 26))
        cv2.circle(picture, (x, y), radius, _RED, -1, cv2.LINE_AA)
        cv2.circle(picture, (x, y), round(radius * 0.78), _WHITE, -1, cv2.LINE_AA)
        limit = str(int(rng.integers(1, 8)) * 10)
        (wide, high), _ = cv2.getTextSize(limit, font, size, thick)
        place = (x - wide // 2, y + high // 2)
        cv2.putText(picture, limit, place, font, size, _BLACK, thick, cv2.LINE_AA)
        return float(x - radius), float(y - radius), 2.0 * radius, 2.0 * radius
    ground, ink = _SIGNS[int(rng.integers(len(_SIGNS)))]
    shade = rng.uniform(0.55, 1.0)
    ground, ink = _dimmed(ground, shade), _dimmed(ink, shade)
    lines = [
        _route(rng) if rng.random() < 0.75 else _words(rng) for _ in range(int(rng.integers(1, 3)))
    ]
    lettering = _Lettering(lines, (x, y), font, size, thick)
    start, end = lettering.panel(margin=rng.uniform(0.4, 0.9))
    cv2.rectangle(picture, start, end, ground, -1)
    inset = max(1, (x - start[0]) // 4)
    inner = ((start[0] + inset, start[1] + inset), (end[0] - inset, end[1] - inset))
    cv2.rectangle(picture, *inner, ink, max(1, thick // 2))
    lettering.write(picture, ink=ink)
    return _between(start, end)


def draw_badge(rng: Generator, picture: Picture) -> Box:
    """Draw a maker's badge, in place: rings in a row, or a model's name in chrome.

    Returns:
        Where: x, y, width, height in px, maybe beyond the picture.
    """
    height, width = picture.shape[:2]
    level = rng.uniform(150, 250) if rng.random() < 0.8 else rng.uniform(10, 80)
    chrome = (level, level, level)
    x, y = int(rng.uniform(0.0, 0.85) * width), int(rng.uniform(0.1, 0.95) * height)
    if rng.random() < 0.5:
        radius = int(rng.integers(4, 26))
        count, pitch = int(rng.integers(1, 5)), round(radius * rng.uniform(1.3, 1.6))
        thick = max(1, round(radius * rng.uniform(0.12, 0.3)))
        for index in range(count):
            cv2.circle(picture, (x + pitch * index, y), radius, chrome, thick, cv2.LINE_AA)
        start = (x - radius - thick, y - radius - thick)
        return _between(start, (x + pitch * (count - 1) + radius + thick, y + radius + thick))
    size = np.exp(rng.uniform(np.log(0.3), np.log(1.2)))
    thick = max(1, round(size * rng.uniform(1.2, 3)))
    font = _FONTS[int(rng.integers(len(_FONTS)))]
    name = _BADGES[int(rng.integers(len(_BADGES)))]
    (wide, high), _ = cv2.getTextSize(name, font, size, thick)
    cv2.putText(picture, name, (x + 1, y + 1), font, size, _BLACK, thick, cv2.LINE_AA)
    cv2.putText(picture, name, (x, y), font, size, chrome, thick, cv2.LINE_AA)
    return _between((x - thick, y - high - thick), (x + wide + thick, y + thick))


def _dimmed(colour: Colour, factor: float) -> Colour:
    blue, green, red = (value * factor for value in colour)
    return blue, green, red


def _between(start: tuple[int, int], end: tuple[int, int]) -> Box:
    return float(start[0]), float(start[1]), float(end[0] - start[0]), float(end[1] - start[1])


def draw_grille(rng: Generator, picture: Picture) -> Box:
    """Draw a slatted panel, such as a radiator grille, shutters or a fence, in place.

    Returns:
        Where: x, y, width, height in px.
    """
    height, width = picture.shape[:2]
    x0, y0 = int(rng.uniform(0, 0.8) * width), int(rng.uniform(0, 0.9) * height)
    x1 = min(width - 1, x0 + int(rng.uniform(0.08, 0.5) * width))
    y1 = min(height - 1, y0 + int(rng.uniform(0.05, 0.3) * height))
    cv2.rectangle(picture, (x0, y0), (x1, y1), _colour(rng), -1)
    ink, thick = _colour(rng), int(rng.integers(1, 4))
    pitch = thick + int(rng.integers(2, 9))
    if rng.random() < 0.5:
        for x in range(x0, x1, pitch):
            cv2.line(picture, (x, y0), (x, y1), ink, thick)
    else:
        for y in range(y0, y1, pitch):
            cv2.line(picture, (x0, y), (x1, y), ink, thick)
    return _between((x0, y0), (x1, y1))


def draw_panel(rng: Generator, picture: Picture) -> Box:
    """Draw a plain bright panel with soft edges: a lamp, a reflector, a sticker; in place.

    Returns:
        Where: x, y, width, height in px, maybe beyond the picture.
    """
    height, width = picture.shape[:2]
    centre = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
    size = (rng.uniform(0.02, 0.2) * width, rng.uniform(0.02, 0.12) * height)
    box = cv2.boxPoints((centre, size, rng.uniform(-15, 15)))
    cv2.fillConvexPoly(picture, box.astype(np.int32), _colour(rng), cv2.LINE_AA)
    low, high = box.min(0), box.max(0)
    return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])


def draw_decoy(rng: Generator, picture: Picture) -> Box:
    """Draw one thing that is not a plate, in place.

    Returns:
        Where: x, y, width, height in px, maybe beyond the picture.
    """
    draw = rng.random()
    if draw < 0.22:
        return draw_lettering(rng, picture, on_panel=False)
    if draw < 0.45:
        return draw_lettering(rng, picture, on_panel=True)
    if draw < 0.72:
        return draw_sign(rng, picture)
    if draw < 0.84:
        return draw_badge(rng, picture)
    if draw < 0.93:
        return draw_grille(rng, picture)
    return draw_panel(rng, picture)
