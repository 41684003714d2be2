"""What tells two vehicles of a kind apart: racks, stripes, stickers and damage."""

from __future__ import annotations

from enum import Enum

from numpy.random import Generator

from recognition.synthetic.vehicles.face import FaceCanvas

__all__ = ["VehicleMark", "draw_damage", "draw_sticker"]


class VehicleMark(Enum):
    """A distinguishing mark."""

    ROOF_RACK = "roof rack"
    STRIPE = "stripe"
    STICKER = "sticker"
    DAMAGE = "damage"


def draw_sticker(rng: Generator, canvas: FaceCanvas, *, height: float) -> None:
    """Stick something round and bright beside the middle of the face."""
    side = 1 if rng.random() < 0.5 else -1
    centre = (side * rng.uniform(0.2, 0.3), height - rng.uniform(0.04, 0.08))
    blue, green, red = (float(value) for value in rng.integers(30, 256, 3))
    canvas.disc(centre, 0.05, (blue, green, red))
    canvas.disc(centre, 0.028, (255 - blue, 255 - green, 255 - red))


def draw_damage(rng: Generator, canvas: FaceCanvas, *, height: float) -> None:
    """Dent a corner and scrape the paint off it."""
    side = 1 if rng.random() < 0.5 else -1
    x, y = side * 0.4, height * rng.uniform(0.45, 0.6)
    dent = [
        (x + dx * rng.uniform(0.7, 1.3), y + dy * rng.uniform(0.7, 1.3))
        for dx, dy in ((-0.09, 0.0), (-0.04, 0.07), (0.05, 0.08), (0.09, -0.01), (0.02, -0.07))
    ]
    canvas.fill(dent, (38, 38, 40))
    for _ in range(5):
        start = (x + rng.uniform(-0.12, 0.05), y + rng.uniform(-0.08, 0.08))
        end = (start[0] + rng.uniform(0.03, 0.1), start[1] + rng.uniform(-0.015, 0.015))
        canvas.line([start, end], (150, 152, 155), thick=2)
