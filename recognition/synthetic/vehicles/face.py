"""The face of a vehicle that carries its plate: lamps, grille, bumper, doors and lettering."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

__all__ = ["Face", "FaceCanvas", "draw_front", "draw_rear"]

Picture = NDArray[np.uint8]
Colour = tuple[float, float, float]
Point = tuple[float, float]

_FIRMS = (
    "ASHDALE FLOORING",
    "North Vale Dairy",
    "HOLLIN & SON",
    "Beck Electrical",
    "RIVERSIDE",
    "Castle Carpets",
    "MOORGATE HIRE",
    "PENNINE POST",
    "01632 960 417",
    "Field Fresh",
)


@dataclass(frozen=True, slots=True)
class FaceCanvas:
    """Draws in vehicle widths: x from -0.5 to 0.5, height upwards from the ground.

    Attributes:
        image: Picture to draw in.
        left: Column of x = -0.5.
        ground: Row of height 0.
        unit: Pixels a vehicle's width.
    """

    image: Picture
    left: float
    ground: float
    unit: int

    def px(self, point: Point) -> Point:
        """Return where a point falls."""
        return self.left + (point[0] + 0.5) * self.unit, self.ground - point[1] * self.unit

    def fill(self, points: list[Point], colour: Colour) -> None:
        """Fill an outline."""
        outline = np.array([self.px(point) for point in points]) * 16
        cv2.fillPoly(self.image, [outline.round().astype(np.int32)], colour, cv2.LINE_AA, 4)

    def line(self, points: list[Point], colour: Colour, *, thick: int = 2) -> None:
        """Draw a line."""
        path = np.array([self.px(point) for point in points]) * 16
        cv2.polylines(
            self.image, [path.round().astype(np.int32)], False, colour, thick, cv2.LINE_AA, 4
        )

    def disc(self, centre: Point, radius: float, colour: Colour, *, flat: float = 1.0) -> None:
        """Fill an ellipse, `flat` times as high as wide."""
        x, y = self.px(centre)
        axes = (round(radius * self.unit * 16), round(radius * flat * self.unit * 16))
        cv2.ellipse(
            self.image, (round(x * 16), round(y * 16)), axes, 0, 0, 360, colour, -1, cv2.LINE_AA, 4
        )

    def write(self, text: str, centre: Point, height: float, colour: Colour) -> None:
        """Write a line of text of the given letter height."""
        size = height * self.unit / 22
        thick = max(1, round(size * 1.6))
        (wide, high), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, size, thick)
        x, y = self.px(centre)
        origin = (round(x - wide / 2), round(y + high / 2))
        cv2.putText(
            self.image, text, origin, cv2.FONT_HERSHEY_DUPLEX, size, colour, thick, cv2.LINE_AA
        )


@dataclass(frozen=True, slots=True)
class Face:
    """Where the plate and the lamps of a face are, px."""

    plate: Point
    lamps: tuple[Point, Point]


def _tone(colour: Colour, factor: float, lift: float = 0.0) -> Colour:
    blue, green, red = (min(255.0, value * factor + lift) for value in colour)
    return blue, green, red


def _panel(left: float, low: float, right: float, high: float, *, cut: float = 0.02) -> list[Point]:
    """Return a rectangle with its corners cut off."""
    return [
        (left + cut, low),
        (right - cut, low),
        (right, low + cut),
        (right, high - cut),
        (right - cut, high),
        (left + cut, high),
        (left, high - cut),
        (left, low + cut),
    ]


def _hull(canvas: FaceCanvas, *, height: float, paint: Colour) -> None:
    """Paint the flat of the face, lighter to the top, with tyres under it."""
    for side in (-1, 1):
        canvas.fill(
            _panel(min(side * 0.48, side * 0.33), 0.0, max(side * 0.48, side * 0.33), 0.2),
            (20, 20, 20),
        )
    steps = 14
    bottom, top = 0.1, height
    for step in range(steps):
        low = bottom + (top - bottom) * step / steps
        inset = 0.5 - (0.03 if step == 0 else 0.0) - 0.035 * (step / steps) ** 3
        high = bottom + (top - bottom) * (step + 1) / steps + 0.004
        tone = _tone(paint, 0.7 + 0.32 * step / steps)
        canvas.fill([(-inset, low), (inset, low), (inset, high), (-inset, high)], tone)
    canvas.fill(_panel(-0.47, 0.08, 0.47, 0.16), (30, 30, 30))


def draw_front(rng: Generator, canvas: FaceCanvas, *, height: float, paint: Colour) -> Face:
    """Draw a front: lamps, grille, badge, intake and the plate's mount."""
    _hull(canvas, height=height, paint=paint)
    lamp_y = height - rng.uniform(0.075, 0.11)
    lamp_w, lamp_h = rng.uniform(0.13, 0.2), rng.uniform(0.035, 0.06)
    slant = rng.uniform(-0.01, 0.04)
    for side in (-1, 1):
        inner, outer = side * (0.475 - lamp_w), side * 0.475
        shape = [
            (inner, lamp_y - lamp_h),
            (outer, lamp_y - lamp_h + slant),
            (outer, lamp_y + lamp_h),
            (inner, lamp_y + lamp_h - slant),
        ]
        canvas.fill(shape, (70, 68, 66))
        canvas.fill([(x * 0.985, y * 0.3 + lamp_y * 0.7) for x, y in shape], (225, 222, 215))
        canvas.disc((side * (0.475 - lamp_w * 0.55), lamp_y), lamp_h * 0.62, (250, 248, 240))
    grille_w = 0.47 - lamp_w
    low = lamp_y - rng.uniform(0.05, 0.11)
    canvas.fill(_panel(-grille_w, low, grille_w, lamp_y + lamp_h * 0.8), (26, 26, 26))
    bars = int(rng.integers(2, 6))
    chrome = _tone((180, 180, 178), rng.uniform(0.35, 1.0))
    for bar in range(1, bars):
        y = low + (lamp_y + lamp_h * 0.8 - low) * bar / bars
        canvas.line([(-grille_w + 0.02, y), (grille_w - 0.02, y)], chrome, thick=2)
    canvas.disc((0, lamp_y), 0.032, (200, 200, 198))
    canvas.disc((0, lamp_y), 0.02, _tone(paint, 0.5, 30))
    plate_y = rng.uniform(0.23, 0.27) if height > 0.5 else rng.uniform(0.2, 0.23)
    canvas.fill(_panel(-0.3, 0.115, 0.3, 0.165), (24, 24, 24))
    for side in (-1, 1):
        canvas.fill(_panel(side * 0.4 - 0.06, 0.13, side * 0.4 + 0.06, 0.19), (32, 32, 32))
        if rng.random() < 0.6:
            canvas.disc((side * 0.4, 0.16), 0.022, (190, 190, 186))
    canvas.line([(-0.49, plate_y + 0.06), (0.49, plate_y + 0.06)], _tone(paint, 0.6), thick=1)
    canvas.fill(_panel(-0.17, plate_y - 0.045, 0.17, plate_y + 0.045), _tone(paint, 0.35, 5))
    lamps = tuple(canvas.px((side * (0.475 - lamp_w * 0.55), lamp_y)) for side in (-1, 1))
    return Face(canvas.px((0.0, plate_y)), (lamps[0], lamps[1]))


def draw_rear(
    rng: Generator,
    canvas: FaceCanvas,
    *,
    height: float,
    roof: float,
    paint: Colour,
    glass: Colour,
    van: bool,
) -> Face:
    """Draw a rear: lamps, tailgate or doors, badge, bumper and the plate's mount."""
    _hull(canvas, height=height, paint=paint)
    red: Colour = (28, 24, rng.uniform(120, 190))
    lamp_y = height * 0.55 if van else height - rng.uniform(0.1, 0.14)
    lamp_w, lamp_h = (0.05, 0.13) if van else (rng.uniform(0.09, 0.17), rng.uniform(0.045, 0.075))
    for side in (-1, 1):
        inner, outer = side * (0.475 - lamp_w), side * 0.475
        canvas.fill(
            [
                (inner, lamp_y - lamp_h),
                (outer, lamp_y - lamp_h),
                (outer, lamp_y + lamp_h),
                (inner, lamp_y + lamp_h),
            ],
            red,
        )
        canvas.fill(
            [
                (inner, lamp_y - lamp_h * 0.3),
                (outer, lamp_y - lamp_h * 0.3),
                (outer, lamp_y),
                (inner, lamp_y),
            ],
            (200, 205, 215),
        )
    seam = _tone(paint, 0.45)
    if van:
        canvas.line([(0, 0.2), (0, height - 0.03)], seam, thick=3)
        canvas.line(
            [(-0.44, 0.2), (-0.44, height - 0.05), (0.44, height - 0.05), (0.44, 0.2)], seam
        )
        if rng.random() < 0.4:
            for side in (-1, 1):
                canvas.fill(_panel(side * 0.22 - 0.17, 0.68, side * 0.22 + 0.17, 0.98), glass)
        if rng.random() < 0.6:
            ink: Colour = (30, 30, 30) if sum(paint) > 300 else (235, 235, 235)
            firm = _FIRMS[int(rng.integers(len(_FIRMS)))]
            canvas.write(firm, (0, rng.uniform(0.55, 0.64)), rng.uniform(0.03, 0.045), ink)
        plate_y, plate_x = rng.uniform(0.25, 0.36), rng.uniform(-0.2, 0.2)
    else:
        window_low, window_high = height + 0.01, roof - 0.05
        canvas.line(
            [(-0.36, height - 0.01), (-0.36, 0.24), (0.36, 0.24), (0.36, height - 0.01)], seam
        )
        if window_high > window_low:
            canvas.line(
                [(-0.1, window_low + 0.02), (0.12, window_low + 0.05)], (25, 25, 25), thick=2
            )
        canvas.disc((0, height - 0.06), 0.028, (205, 205, 202))
        plate_x = 0.0
        plate_y = height - rng.uniform(0.16, 0.2) if rng.random() < 0.65 else rng.uniform(0.2, 0.23)
        canvas.line([(-0.49, 0.23), (0.49, 0.23)], seam, thick=2)
    for side in (-1, 1):
        canvas.fill(_panel(side * 0.38 - 0.06, 0.17, side * 0.38 + 0.06, 0.19, cut=0.005), red)
    canvas.fill(
        _panel(plate_x - 0.18, plate_y - 0.05, plate_x + 0.18, plate_y + 0.05), _tone(paint, 0.5)
    )
    lamps = tuple(canvas.px((side * (0.475 - lamp_w / 2), lamp_y)) for side in (-1, 1))
    return Face(canvas.px((plate_x, plate_y)), (lamps[0], lamps[1]))
