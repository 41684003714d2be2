"""A vehicle drawn in code: slices from far to near, then the face that carries the plate.

A body is a stack of cross-sections. Painted back to front, each a little nearer, what stays
visible of every slice is a strip of bonnet, glass, roof and flank: a solid body without a 3D
library. Lengths are shares of the vehicle's width (about 1.8 m).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from recognition.synthetic.vehicles.face import FaceCanvas, draw_front, draw_rear

Picture = NDArray[np.uint8]
Corners = NDArray[np.float32]
Colour = tuple[float, float, float]

COLOURS: dict[str, Colour] = {
    "white": (232, 232, 230),
    "silver": (182, 180, 176),
    "grey": (112, 110, 106),
    "black": (38, 36, 36),
    "blue": (140, 72, 34),
    "red": (36, 30, 158),
    "green": (66, 92, 40),
    "yellow": (40, 190, 225),
    "orange": (30, 110, 225),
    "brown": (44, 62, 88),
    "beige": (160, 192, 205),
    "purple": (96, 40, 92),
}
"""Paint by name, BGR 0-255."""

_UNIT = 420
"""Pixels a vehicle's width."""
_WIDE, _HIGH = 720, 700
_SLICES = 56


@dataclass(frozen=True, slots=True)
class Body:
    """The side view of a vehicle, as shares of its width.

    Attributes:
        nose: Height of the bonnet's front edge.
        cowl: Height at the foot of the windscreen.
        roof: Height of the roof.
        tail: Height of the boot's rear edge (the roof for a van).
        depths: Where windscreen foot, roof front, roof rear and rear window foot lie on the way
            from the nose (0) to the tail (1).
        length: Length in vehicle widths.
        lean: How much narrower the roof is than the body.
        windows: The rear doors have windows and the flanks side windows.
    """

    nose: float
    cowl: float
    roof: float
    tail: float
    depths: tuple[float, float, float, float]
    length: float
    lean: float
    windows: bool = True


BODIES: dict[str, Body] = {
    "hatchback": Body(0.43, 0.53, 0.81, 0.56, (0.24, 0.44, 0.86, 0.98), 2.2, 0.24),
    "saloon": Body(0.40, 0.50, 0.77, 0.54, (0.27, 0.44, 0.74, 0.86), 2.5, 0.26),
    "estate": Body(0.41, 0.51, 0.79, 0.58, (0.25, 0.42, 0.93, 0.99), 2.5, 0.22),
    "suv": Body(0.54, 0.63, 0.95, 0.66, (0.24, 0.40, 0.90, 0.98), 2.4, 0.18),
    "van": Body(0.56, 0.66, 1.12, 1.08, (0.13, 0.27, 0.985, 0.995), 2.7, 0.08, windows=False),
}
"""Body types by name."""


@dataclass(frozen=True, slots=True)
class VehicleSprite:
    """A drawn vehicle, ready to be laid into a road.

    Attributes:
        image: (h, w, 3) uint8 BGR, lit by day.
        cover: (h, w) uint8, 255 where the vehicle is.
        plate: Centre of the plate mount in the sprite, px.
        plate_px_per_mm: Scale of the plate in the sprite.
        lamps: Centres of the two lamps, (2, 2) px.
        front: Whether it shows its front.
        ground: Middle of the line where it stands, px.
        width_px: Width of its face in the sprite.
    """

    image: Picture
    cover: Picture
    plate: tuple[float, float]
    plate_px_per_mm: float
    lamps: Corners
    front: bool
    ground: tuple[float, float]
    width_px: float


@dataclass(frozen=True, slots=True)
class _View:
    """Where a point of the vehicle falls: x, height in widths, depth in 0 (near) to 1 (far)."""

    side: float
    above: float
    length: float

    def at(self, x: float, height: float, depth: float) -> tuple[int, int]:
        near = 1 / (1 + 0.16 * self.length * depth)
        px = _WIDE / 2 + _UNIT * (x * near + self.side * (1 - near))
        py = _HIGH - 30 - _UNIT * (height * near + self.above * (1 - near))
        return round(px * 16), round(py * 16)

    def outline(self, points: list[tuple[float, float]], depth: float) -> NDArray[np.int32]:
        return np.array([self.at(x, height, depth) for x, height in points], np.int32)


def _profile(body: Body, depth: float) -> tuple[float, str]:
    """Return height and kind of surface at a depth from the nose."""
    screen, roof, rear, boot = body.depths
    knots = (0.0, screen, roof, rear, boot, 1.0)
    heights = (body.nose, body.cowl, body.roof, body.roof * 0.985, body.tail, body.tail)
    height = float(np.interp(depth, knots, heights))
    if depth < screen or depth > boot:
        return height, "bonnet"
    if depth < roof or depth > rear:
        return height, "glass"
    return height, "roof"


def _shaded(colour: Colour, factor: float, lift: float = 0.0) -> Colour:
    blue, green, red = (min(255.0, value * factor + lift) for value in colour)
    return blue, green, red


def _paint_slices(
    image: Picture,
    cover: Picture,
    *,
    body: Body,
    view: _View,
    paint: Colour,
    front: bool,
    glass: Colour,
) -> None:
    flank, light = _shaded(paint, 0.62), _shaded(paint, 1.0, 22)
    kinds = {"bonnet": light, "roof": light, "glass": glass}
    wheels = (0.17, 0.83)

    def fill(points: list[tuple[float, float]], depth: float, ink: Colour) -> None:
        outline = view.outline(points, depth)
        cv2.fillPoly(image, [outline], ink, cv2.LINE_AA, 4)
        cv2.fillPoly(cover, [outline], 255, cv2.LINE_AA, 4)

    for depth in np.linspace(1.0, 0.0, _SLICES).tolist():
        along = depth if front else 1 - depth
        height, kind = _profile(body, along)
        shoulder = min(height, body.cowl)
        wheel = min(abs(along - wheel) for wheel in wheels) < 0.075
        lower = [
            (-0.5, 0.12),
            (-0.5, shoulder * 0.92),
            (-0.46, shoulder),
            (0.46, shoulder),
            (0.5, shoulder * 0.92),
            (0.5, 0.12),
        ]
        fill(lower, depth, flank)
        if wheel:
            for x in (-0.5, 0.34):
                fill([(x, 0.0), (x, 0.3), (x + 0.16, 0.3), (x + 0.16, 0.0)], depth, (24, 24, 24))
        inset = 0.46
        if height > shoulder + 0.01:
            inset -= body.lean / 2 * (height - body.cowl) / (body.roof - body.cowl)
            cabin = [
                (-0.46, shoulder),
                (-inset, height - 0.02),
                (-inset + 0.06, height),
                (inset - 0.06, height),
                (inset, height - 0.02),
                (0.46, shoulder),
            ]
            pillar = not body.windows or min(abs(along - place) for place in body.depths) < 0.03
            pillar = pillar or abs(along - 0.6) < 0.02
            fill(cabin, depth, flank if pillar and kind != "glass" else glass)
            if pillar or kind == "glass":  # elsewhere the flank's edge is its side window
                rails = [
                    view.outline([(side * 0.455, shoulder), (side * inset, height)], depth)
                    for side in (-1, 1)
                ]
                cv2.polylines(image, rails, False, flank, 7, cv2.LINE_AA, 4)
        strip = [
            (-inset + 0.02, height - 0.03),
            (-inset + 0.04, height),
            (inset - 0.04, height),
            (inset - 0.02, height - 0.03),
        ]
        fill(strip, depth, kinds[kind])


def draw_vehicle(
    rng: Generator,
    *,
    colour: str = "silver",
    body: str = "hatchback",
    front: bool = True,
    side: float = 0.0,
    above: float = 0.9,
) -> VehicleSprite:
    """Draw a vehicle by day.

    Args:
        rng: Source of chance for the small things: lamps, grille, badge, lettering.
        colour: Name of its paint, one of `COLOURS`.
        body: Name of its body type, one of `BODIES`.
        front: Show the front; otherwise the rear.
        side: How far its far end leans to the right (negative: left), in widths.
        above: Height of the camera above the road, in vehicle widths; up to about 2.

    Returns:
        The sprite, without a plate.
    """
    shape = BODIES[body]
    paint = _shaded(COLOURS[colour], rng.uniform(0.92, 1.05))
    view = _View(side, above, shape.length)
    image = np.full((_HIGH, _WIDE, 3), 60, np.uint8)
    cover = np.zeros((_HIGH, _WIDE), np.uint8)
    level = rng.uniform(38, 70)
    glass: Colour = (level * 1.12, level * 1.05, level)
    shadow = np.array(
        [view.at(x, 0.0, d) for x, d in ((-0.54, 0), (0.54, 0), (0.52, 1), (-0.52, 1))]
    )
    cv2.fillPoly(cover, [shadow.astype(np.int32)], 170, cv2.LINE_AA, 4)
    cover = np.asarray(cv2.GaussianBlur(cover, (0, 0), 9), np.uint8)
    image[:] = (22, 22, 22)
    _paint_slices(image, cover, body=shape, view=view, paint=paint, front=front, glass=glass)
    canvas = FaceCanvas(image, left=_WIDE / 2 - _UNIT / 2, ground=_HIGH - 30.0, unit=_UNIT)
    draw = draw_front if front else draw_rear
    height = shape.nose if front else shape.tail
    face = draw(
        rng, canvas, height=height, roof=shape.roof, paint=paint, glass=glass, van=not shape.windows
    )
    _mirrors(image, cover, view=view, body=shape, paint=paint, front=front)
    sky = np.linspace(1.12, 0.86, _HIGH, dtype=np.float32)[:, None, None]
    image = np.clip(cv2.GaussianBlur(image, (0, 0), 0.8) * sky, 0, 255).astype(np.uint8)
    return VehicleSprite(
        image=image,
        cover=cover,
        plate=face.plate,
        plate_px_per_mm=_UNIT / 1800,
        lamps=np.array(face.lamps, np.float32),
        front=front,
        ground=(_WIDE / 2, _HIGH - 30.0),
        width_px=float(_UNIT),
    )


def _mirrors(
    image: Picture, cover: Picture, *, view: _View, body: Body, paint: Colour, front: bool
) -> None:
    depth = body.depths[0] + 0.06
    if not front:
        depth = 1 - depth
    for side in (-1, 1):
        x, y = view.at(side * 0.55, body.cowl + 0.05, depth)
        for canvas, ink in ((image, _shaded(paint, 0.8)), (cover, (255.0,) * 3)):
            cv2.ellipse(canvas, (x, y), (26 * 16, 17 * 16), 0, 0, 360, ink, -1, cv2.LINE_AA, 4)
