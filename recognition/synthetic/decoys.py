"""Things that are not plates but look a little like one: signs, lettering, grilles, blank panels.

Rivals read van lettering, shop signs and badges as plates; these teach the finder not to.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

__all__ = ["draw_decoy", "draw_grille", "draw_lettering", "draw_panel"]

Picture = NDArray[np.uint8]
Colour = tuple[float, float, float]

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


def draw_lettering(rng: Generator, picture: Picture, *, on_panel: bool) -> None:
    """Write a line or two of words somewhere, in place, on a panel of its own or not."""
    height, width = picture.shape[:2]
    size = np.exp(rng.uniform(np.log(0.3), np.log(1.6)))
    font = _FONTS[int(rng.integers(len(_FONTS)))]
    ink = _colour(rng)
    thick = max(1, round(size * rng.uniform(1, 3)))
    lines = [_words(rng) for _ in range(int(rng.integers(1, 3)))]
    sizes = [cv2.getTextSize(line, font, size, thick)[0] for line in lines]
    x = int(rng.uniform(-0.1, 0.85) * width)
    y = int(rng.uniform(0.05, 0.95) * height)
    pitch = int(sizes[0][1] * 1.6) + 2
    if on_panel:
        margin = int(sizes[0][1] * rng.uniform(0.3, 1.2)) + 2
        start = (x - margin, y - sizes[0][1] - margin)
        end = (x + max(s[0] for s in sizes) + margin, y + pitch * (len(lines) - 1) + margin)
        cv2.rectangle(picture, start, end, _colour(rng), -1)
        if rng.random() < 0.4:
            cv2.rectangle(picture, start, end, ink, max(1, thick // 2))
    for index, line in enumerate(lines):
        place = (x, y + pitch * index)
        cv2.putText(picture, line, place, font, size, ink, thick, cv2.LINE_AA)


def draw_grille(rng: Generator, picture: Picture) -> None:
    """Draw a slatted panel, such as a radiator grille, shutters or a fence, in place."""
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


def draw_panel(rng: Generator, picture: Picture) -> None:
    """Draw a plain bright panel with soft edges: a lamp, a reflector, a sticker; in place."""
    height, width = picture.shape[:2]
    centre = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
    size = (rng.uniform(0.02, 0.2) * width, rng.uniform(0.02, 0.12) * height)
    box = cv2.boxPoints((centre, size, rng.uniform(-15, 15)))
    cv2.fillConvexPoly(picture, box.astype(np.int32), _colour(rng), cv2.LINE_AA)


def draw_decoy(rng: Generator, picture: Picture) -> None:
    """Draw one thing that is not a plate, in place."""
    draw = rng.random()
    if draw < 0.35:
        draw_lettering(rng, picture, on_panel=False)
    elif draw < 0.75:
        draw_lettering(rng, picture, on_panel=True)
    elif draw < 0.9:
        draw_grille(rng, picture)
    else:
        draw_panel(rng, picture)
