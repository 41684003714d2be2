"""What is printed, screwed or smeared on a plate besides its mark. All draw in place, BGR uint8."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

__all__ = [
    "cast_letter_shadow",
    "draw_band",
    "draw_bolts",
    "draw_border",
    "draw_seals",
    "draw_supplier",
    "hold",
    "shade",
    "wear",
]

Picture = NDArray[np.uint8]
Colour = tuple[float, float, float]

_LETTERS = "ABCDEFGHIJKLMNOPRSTUVWYabcdeghiklmnoprstuwy"
_COUNTRIES = (
    "GB",
    "UK",
    "D",
    "F",
    "RO",
    "PL",
    "CZ",
    "I",
    "E",
    "NL",
    "SK",
    "H",
    "IRL",
    "B",
    "A",
    "P",
    "BG",
    "LT",
)
_FIXED = 8
"""Sub-pixel bits of OpenCV's drawing calls (`shift`)."""


def _dot(image: Picture, x: float, y: float, radius: float, colour: Colour) -> None:
    one = 1 << _FIXED
    centre = (round(x * one), round(y * one))
    cv2.circle(image, centre, round(radius * one), colour, -1, cv2.LINE_AA, _FIXED)


def shade(rng: Generator, height: int, width: int, *, cell_px: int) -> NDArray[np.float32]:
    """Return smooth noise in [0, 1], shape (height, width), cells of about `cell_px`."""
    small = rng.random((max(2, height // cell_px), max(2, width // cell_px)), np.float32)
    return np.asarray(
        cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.float32
    )


def cast_letter_shadow(
    rng: Generator, image: Picture, coverage: Picture, *, strength: float
) -> None:
    """Darken the ground beside raised (3D, 4D, gel) letters."""
    height, width = coverage.shape
    shift = np.array([[1, 0, rng.uniform(0.8, 2.4)], [0, 1, rng.uniform(0.4, 2.0)]], np.float32)
    shadow = cv2.warpAffine(coverage, shift, (width, height)).astype(np.float32)
    dark = 1 - strength / 255 * shadow * (1 - coverage.astype(np.float32) / 255)
    image[:] = (image * dark[..., None]).astype(np.uint8)


def draw_band(rng: Generator, image: Picture, *, kind: str, width_px: int, infrared: bool) -> None:
    """Draw the band at the left edge: EU stars, Union flag or plain green flash, and a code."""
    height = image.shape[0]
    if infrared:
        level = rng.uniform(60, 230)
        colour: Colour = (level, level, level)
    elif kind == "green":
        colour = (rng.uniform(60, 95), rng.uniform(140, 180), rng.uniform(0, 60))
    else:
        colour = (rng.uniform(100, 205), rng.uniform(40, 100), rng.uniform(0, 50))
    faded = rng.random() < 0.15 and not infrared  # old vinyl goes pale, and its code with it
    if faded:
        pale = rng.uniform(0.3, 0.7)
        blue, green, red = (value * (1 - pale) + 205 * pale for value in colour)
        colour = (blue, green, red)
    image[:, :width_px] = np.asarray(colour, np.uint8)
    if kind == "green":
        return
    x, y = width_px / 2, height * rng.uniform(0.28, 0.42)
    reach = min(width_px, height) * rng.uniform(0.26, 0.32)
    if kind == "uk":
        _flag(rng, image, x, y, reach=reach)
    elif rng.random() < 0.85:
        for turn in range(12):
            angle = turn * np.pi / 6
            _dot(image, x + reach * np.cos(angle), y + reach * np.sin(angle), 0.9, (25, 200, 240))
    code = _COUNTRIES[int(rng.integers(len(_COUNTRIES)))]
    if kind == "uk":
        code = ("UK", "UK", "UK", "ENG", "SCO", "CYM")[int(rng.integers(6))]
    size = rng.uniform(0.28, 0.55 if len(code) < 3 else 0.4) * width_px / 28
    ink = 245.0 if rng.random() < 0.8 else rng.uniform(120.0, 245.0)
    (text_width, _), _ = cv2.getTextSize(code, cv2.FONT_HERSHEY_DUPLEX, size, 1)
    origin = (max(0, (width_px - text_width) // 2), round(height * rng.uniform(0.82, 0.92)))
    thick = 1 if size < 0.4 or rng.random() < 0.5 else 2
    cv2.putText(
        image, code, origin, cv2.FONT_HERSHEY_DUPLEX, size, (ink, ink, ink), thick, cv2.LINE_AA
    )


def _flag(rng: Generator, image: Picture, x: float, y: float, *, reach: float) -> None:
    """Draw the Union flag, the saltire or the cross of St George round a point."""
    left, right = round(x - reach), round(x + reach)
    top, low = round(y - reach * 0.6), round(y + reach * 0.6)
    draw = rng.random()
    ground = (235, 235, 235) if draw > 0.8 else (120, 40, 20)
    cv2.rectangle(image, (left, top), (right, low), ground, -1)
    if draw < 0.8:
        for start, end in (((left, top), (right, low)), ((left, low), (right, top))):
            cv2.line(image, start, end, (235, 235, 235), 1, cv2.LINE_AA)
    if draw < 0.6 or draw > 0.8:
        cv2.line(image, (left, round(y)), (right, round(y)), (50, 40, 200), 2)
        cv2.line(image, (round(x), top), (round(x), low), (50, 40, 200), 2)


def draw_border(rng: Generator, image: Picture, *, thickness_px: float, ink: Colour) -> None:
    """Draw a border line near the edge (at most 5 mm wide, Sch 2 Part A1 para 8)."""
    height, width = image.shape[:2]
    inset = int(rng.uniform(0.0, 3.0))
    colour = ink if rng.random() < 0.8 else (127.0, 25.0, 25.0)
    start, end = (inset, inset), (width - 1 - inset, height - 1 - inset)
    cv2.rectangle(image, start, end, colour, max(1, round(thickness_px)))


def draw_supplier(rng: Generator, image: Picture, *, ink: Colour) -> None:
    """Write a made-up supplier's line along the bottom edge."""
    height, width = image.shape[:2]
    count = int(rng.integers(6, 24))
    letters = [_LETTERS[index] for index in rng.integers(len(_LETTERS), size=count)]
    letters[count // 2] = " "
    size = rng.uniform(0.2, 0.3)
    (text_width, _), _ = cv2.getTextSize("".join(letters), cv2.FONT_HERSHEY_SIMPLEX, size, 1)
    origin = (max(0, round((width - text_width) / 2 + rng.uniform(-30, 30))), height - 2)
    colour = (ink[0] * 0.9 + 20, ink[1] * 0.9 + 20, ink[2] * 0.9 + 20)
    cv2.putText(
        image, "".join(letters), origin, cv2.FONT_HERSHEY_SIMPLEX, size, colour, 1, cv2.LINE_AA
    )


def draw_seals(rng: Generator, image: Picture, *, x: float, scale: float) -> None:
    """Draw one or two round registration seals in the gap between the groups."""
    height = image.shape[0]
    places = ((0.28, 0.7), (0.5,), (0.3, 0.68), (0.72,))[int(rng.integers(4))]
    for place in places:
        level = rng.uniform(50, 230)
        tint = rng.uniform(0.8, 1.0, size=3) * level
        radius = rng.uniform(7, 17) * scale
        _dot(image, x, height * place, radius, (float(tint[0]), float(tint[1]), float(tint[2])))
        inner = rng.uniform(20, 230)
        _dot(image, x, height * place, radius * rng.uniform(0.3, 0.7), (inner, inner, inner))


def draw_bolts(rng: Generator, image: Picture, *, count: int, ground: Colour, scale: float) -> None:
    """Screw the plate on: caps at the usual places, now and then in the middle of a letter."""
    height, width = image.shape[:2]
    caps: tuple[Colour, ...] = (
        (25, 25, 25),
        (230, 230, 230),
        ground,
        (128, 128, 128),
        (50, 180, 230),
    )
    colour = caps[int(rng.integers(len(caps)))]
    for index in range(count):
        x = (rng.uniform(0.02, 0.1), rng.uniform(0.9, 0.98), rng.uniform(0.2, 0.8))[index % 3]
        y = (0.5, 0.12, 0.88)[int(rng.integers(3))] * height + rng.uniform(-3, 3)
        radius = rng.uniform(4, 9) * scale
        _dot(image, x * width, y, radius, colour)
        if rng.random() < 0.4:
            _dot(image, x * width - 0.6, y - 0.6, radius * 0.4, (190, 190, 190))


def wear(rng: Generator, image: Picture, *, strength: float) -> Picture:
    """Lay shade, dirt, a cast shadow or something in the way on the plate."""
    height, width = image.shape[:2]
    light = np.ones((height, width), np.float32)
    if rng.random() < 0.7:
        cell = (12, 25, 60)[int(rng.integers(3))]
        light -= rng.uniform(0, 0.5) * strength * shade(rng, height, width, cell_px=cell)
    if rng.random() < 0.3:
        lean, place = rng.uniform(-1, 1), rng.uniform(0, 1)
        rows = np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None]
        columns = np.linspace(0, 1, width, dtype=np.float32)[None]
        soft = rng.uniform(0.01, 0.08)
        across = columns - place + lean * rows
        if rng.random() < 0.6:  # the lip of a bumper or a bonnet, along the upper edge
            across = place - 0.5 - rows + 0.3 * lean * (columns - 0.5)
        dark = np.clip(across / soft, 0, 1)
        light *= 1 - rng.uniform(0.2, 0.65) * strength * dark
    worn = image * light[..., None]
    if rng.random() < 0.3:
        cell = (3, 5, 8)[int(rng.integers(3))]
        spots = shade(rng, height, width, cell_px=cell) - rng.uniform(0.55, 0.8)
        mask = np.clip(spots * 4, 0, 1)[..., None] * rng.uniform(0.3, 0.9) * strength
        mud = np.array([64, 84, 102], np.float32) * rng.uniform(0.4, 1.2)
        worn = worn * (1 - mask) + mud * mask
    worn = worn.clip(0, 255)
    dirty: Picture = np.ascontiguousarray(worn, np.uint8)
    if rng.random() < 0.08:
        level = rng.uniform(10, 240)
        if rng.random() < 0.5:  # tow ball
            _dot(
                dirty,
                rng.uniform(0.3, 0.7) * width,
                height * rng.uniform(0.9, 1.1),
                rng.uniform(0.06, 0.13) * height,
                (25, 25, 25),
            )
        else:  # cable or strap
            start, end = (int(rng.uniform(0, width)), 0), (int(rng.uniform(0, width)), height)
            cv2.line(worn, start, end, (level, level, level), int(rng.integers(1, 4)))
    return dirty


def hold(rng: Generator, image: Picture) -> tuple[Picture, NDArray[np.float32]]:
    """Surround the plate with a holder frame.

    Returns:
        The framed picture and the shift (x, y) in pixels of everything that was on the plate.
    """
    left, right, top, bottom = (int(value) for value in rng.integers(2, 11, size=4))
    if rng.random() < 0.4:
        bottom += int(rng.integers(4, 16))
    level = rng.uniform(0, 60) if rng.random() < 0.7 else rng.uniform(0, 255)
    grey = (level, level, level)
    around = cv2.copyMakeBorder(image, top, bottom, left, right, cv2.BORDER_CONSTANT, value=grey)
    framed: Picture = np.asarray(around, np.uint8)
    if bottom > 9 and rng.random() < 0.7:
        letters = "".join(_LETTERS[index] for index in rng.integers(len(_LETTERS), size=9))
        ink = 230.0 if level < 120 else 20.0
        origin = (left + int(rng.uniform(10, image.shape[1] * 0.5)), framed.shape[0] - 3)
        cv2.putText(
            framed, letters, origin, cv2.FONT_HERSHEY_DUPLEX, 0.32, (ink, ink, ink), 1, cv2.LINE_AA
        )
    return framed, np.array([left, top], np.float32)
