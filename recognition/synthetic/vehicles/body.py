"""A vehicle drawn in code: a solid body, then the face that carries the plate."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from recognition.synthetic.vehicles.face import FaceCanvas, draw_front, draw_rear
from recognition.synthetic.vehicles.marks import VehicleMark, draw_damage, draw_sticker
from recognition.synthetic.vehicles.slices import (
    BODIES,
    GROUND,
    HIGH,
    UNIT,
    WIDE,
    Body,
    SlicePainter,
    View,
    shaded,
)

__all__ = ["COLOURS", "VehicleSprite", "draw_vehicle"]

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


def draw_vehicle(
    rng: Generator,
    *,
    colour: str = "silver",
    body: str = "hatchback",
    front: bool = True,
    side: float = 0.0,
    above: float = 0.9,
    marks: frozenset[VehicleMark] = frozenset(),
) -> VehicleSprite:
    """Draw a vehicle by day.

    Args:
        rng: Source of chance for the small things: lamps, grille, badge, lettering.
        colour: Name of its paint, one of `COLOURS`.
        body: Name of its body type, one of `BODIES`.
        front: Show the front; otherwise the rear.
        side: How far its far end leans to the right (negative: left), in widths.
        above: Height of the camera above the road, in vehicle widths; up to about 2.
        marks: Distinguishing marks it bears.

    Returns:
        The sprite, without a plate.
    """
    shape = BODIES[body]
    paint = shaded(COLOURS[colour], rng.uniform(0.92, 1.05))
    view = View(side, above, shape.length)
    image = np.full((HIGH, WIDE, 3), 22, np.uint8)
    cover = np.zeros((HIGH, WIDE), np.uint8)
    level = rng.uniform(38, 70)
    glass: Colour = (level * 1.12, level * 1.05, level)
    shadow = np.array(
        [view.at(x, 0.0, d) for x, d in ((-0.54, 0), (0.54, 0), (0.52, 1), (-0.52, 1))]
    )
    cv2.fillPoly(cover, [shadow.astype(np.int32)], 170, cv2.LINE_AA, 4)
    cover = np.asarray(cv2.GaussianBlur(cover, (0, 0), 9), np.uint8)
    SlicePainter(image, cover, body=shape, view=view, paint=paint, glass=glass, marks=marks).paint(
        front=front
    )
    canvas = FaceCanvas(image, left=WIDE / 2 - UNIT / 2, ground=float(GROUND), unit=UNIT)
    height, roof, van = shape.nose if front else shape.tail, shape.roof, not shape.windows
    face = (
        draw_front(rng, canvas, height=height, paint=paint)
        if front
        else draw_rear(rng, canvas, height=height, roof=roof, paint=paint, glass=glass, van=van)
    )
    if VehicleMark.STICKER in marks:
        draw_sticker(rng, canvas, height=height)
    if VehicleMark.DAMAGE in marks:
        draw_damage(rng, canvas, height=height)
    _mirrors(image, cover, view=view, body=shape, paint=paint, front=front)
    sky = np.linspace(1.12, 0.86, HIGH, dtype=np.float32)[:, None, None]
    image = np.clip(cv2.GaussianBlur(image, (0, 0), 0.8) * sky, 0, 255).astype(np.uint8)
    return VehicleSprite(
        image=image,
        cover=cover,
        plate=face.plate,
        plate_px_per_mm=UNIT / 1800,
        lamps=np.array(face.lamps, np.float32),
        front=front,
        ground=(WIDE / 2, float(GROUND)),
        width_px=float(UNIT),
    )


def _mirrors(
    image: Picture, cover: Picture, *, view: View, body: Body, paint: Colour, front: bool
) -> None:
    depth = body.depths[0] + 0.06
    if not front:
        depth = 1 - depth
    for side in (-1, 1):
        x, y = view.at(side * 0.55, body.cowl + 0.05, depth)
        for canvas, ink in ((image, shaded(paint, 0.8)), (cover, (255.0,) * 3)):
            cv2.ellipse(canvas, (x, y), (26 * 16, 17 * 16), 0, 0, 360, ink, -1, cv2.LINE_AA, 4)
