"""The place a camera looks at: sky, buildings or trees, verges, asphalt, markings and signs."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from recognition.synthetic.decoys import Box, draw_decoy
from recognition.synthetic.fittings import shade

__all__ = ["Road", "draw_road", "stand_signs"]

Picture = NDArray[np.uint8]
Colour = tuple[float, float, float]

_LANE_WIDTHS = 2.1
"""Width of a lane in vehicle widths (3.65 m to about 1.8 m)."""
_SIGN_WORDS = (
    "Ashdale 4",
    "Vale Cross",
    "A614 North",
    "Riverside",
    "P & R",
    "Town centre",
    "Hollin Rd",
    "M57 (J3)",
)


@dataclass(frozen=True, slots=True)
class Road:
    """A road seen by a fixed camera, by day and empty.

    Attributes:
        image: (h, w, 3) uint8 BGR.
        vanishing: Where the lanes meet, px.
        lane_at_bottom_px: Width of a lane along the bottom edge.
        lanes: Columns of the middle of each lane along the bottom edge.
        signs: Boxes of the signs beside it: x, y, width, height in px.
        decoys: Boxes of what else was strewn about, maybe beyond the picture.
    """

    image: Picture
    vanishing: tuple[float, float]
    lane_at_bottom_px: float
    lanes: tuple[float, ...]
    signs: tuple[Box, ...] = ()
    decoys: tuple[Box, ...] = ()

    def stand(self, *, lane: int, width_px: float) -> tuple[float, float]:
        """Return where a vehicle of that apparent width stands in a lane, px."""
        share = width_px * _LANE_WIDTHS / self.lane_at_bottom_px
        far_x, far_y = self.vanishing
        bottom = self.image.shape[0]
        return far_x + (self.lanes[lane] - far_x) * share, far_y + (bottom - far_y) * share

    def side(self, at: tuple[float, float], *, width_px: float) -> float:
        """How far the far end of a vehicle there leans to the right, in its widths, in [-1, 1]."""
        return float(np.clip((self.vanishing[0] - at[0]) / width_px * 0.5, -1.0, 1.0))


def _textured(rng: Generator, image: Picture, rows: slice, colour: Colour, *, grain: float) -> None:
    part = image[rows]
    height, width = part.shape[:2]
    if height < 1:
        return
    rough = rng.standard_normal((height, width), np.float32) * np.float32(grain)
    smooth = (shade(rng, height, width, cell_px=60) - 0.5) * 24
    part[:] = np.clip(np.asarray(colour) + (rough + smooth)[..., None], 0, 255).astype(np.uint8)


def _sky(rng: Generator, image: Picture, horizon: int) -> None:
    height, width = horizon, image.shape[1]
    if height < 2:
        return
    fair = rng.random() < 0.5
    top = np.array((205, 160, 110) if fair else (200, 196, 190), np.float32)
    low = np.array((235, 225, 210), np.float32)
    share = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    clouds = np.clip(shade(rng, height, width, cell_px=90) - 0.45, 0, 1)[..., None] * 70
    image[:horizon] = np.clip(top * (1 - share) + low * share + clouds, 0, 255).astype(np.uint8)


def _skyline(rng: Generator, image: Picture, horizon: int) -> None:
    """Put houses or trees along the horizon."""
    height, width = image.shape[:2]
    x = -20
    while x < width:
        wide = int(rng.uniform(0.05, 0.18) * width)
        tall = int(rng.uniform(0.04, 0.2) * height)
        if rng.random() < 0.5:
            tone = rng.uniform(60, 150)
            brick = (tone * 0.75, tone * 0.9, tone * rng.uniform(1.0, 1.25))
            cv2.rectangle(image, (x, horizon - tall), (x + wide, horizon + 4), brick, -1)
            roof = np.array(
                [
                    [x - 4, horizon - tall],
                    [x + wide // 2, horizon - int(tall * 1.4)],
                    [x + wide + 4, horizon - tall],
                ]
            )
            cv2.fillPoly(image, [roof], (tone * 0.5,) * 3, cv2.LINE_AA)
            step = max(8, wide // 5)
            for wx in range(x + step // 2, x + wide - step // 2, step):
                for wy in range(horizon - tall + 6, horizon - 8, max(10, step)):
                    cv2.rectangle(
                        image, (wx, wy), (wx + step // 3, wy + step // 2), (90, 80, 70), -1
                    )
        else:
            tone = rng.uniform(35, 80)
            for _ in range(7):
                centre = (
                    int(x + rng.uniform(0, wide)),
                    int(horizon - rng.uniform(0.1, 0.9) * tall),
                )
                radius = int(max(4, tall * rng.uniform(0.25, 0.5)))
                green = (tone * 0.5, tone * rng.uniform(0.9, 1.2), tone * 0.7)
                cv2.circle(image, centre, radius, green, -1, cv2.LINE_AA)
        x += int(wide * rng.uniform(0.7, 1.3))


def _speed_limit(rng: Generator, image: Picture, x: int, y: int) -> Box:
    radius = int(image.shape[1] * rng.uniform(0.012, 0.03))
    cv2.circle(image, (x, y), radius, (40, 30, 200), -1, cv2.LINE_AA)
    cv2.circle(image, (x, y), int(radius * 0.75), (240, 240, 240), -1, cv2.LINE_AA)
    limit, size = str(int(rng.integers(2, 8)) * 10), radius / 28
    origin = (x - int(radius * 0.6), y + int(radius * 0.35))
    ink = (20, 20, 20)
    cv2.putText(image, limit, origin, cv2.FONT_HERSHEY_DUPLEX, size, ink, 1, cv2.LINE_AA)
    return float(x - radius), float(y - radius), 2.0 * radius, 2.0 * radius


def _direction(rng: Generator, image: Picture, x: int, y: int) -> Box:
    grounds: tuple[Colour, ...] = ((60, 110, 30), (150, 70, 20), (235, 235, 235))
    ground = grounds[int(rng.integers(3))]
    ink: Colour = (245, 245, 245) if ground[0] < 200 else (20, 20, 20)
    words = _SIGN_WORDS[int(rng.integers(len(_SIGN_WORDS)))]
    if rng.random() < 0.5:
        words = f"{'ABM'[int(rng.integers(3))]}{int(rng.integers(1, 9999))}"
    size = image.shape[1] / 1280 * rng.uniform(0.5, 1.1)
    (wide, high), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_DUPLEX, size, 1)
    left, top, right, low = x - wide // 2 - 8, y - high - 8, x + wide // 2 + 8, y + 10
    cv2.rectangle(image, (left, top), (right, low), ground, -1)
    cv2.rectangle(image, (left + 2, top + 2), (right - 2, low - 2), ink, 1)
    origin = (x - wide // 2, y)
    cv2.putText(image, words, origin, cv2.FONT_HERSHEY_DUPLEX, size, ink, 1, cv2.LINE_AA)
    return float(left), float(top), float(right - left), float(low - top)


def stand_signs(rng: Generator, image: Picture, horizon: int) -> list[Box]:
    """Stand direction signs, speed limits and lamp posts beside the road; return the signs."""
    height, width = image.shape[:2]
    boxes: list[Box] = []
    for _ in range(int(rng.integers(0, 4))):
        left = rng.random() < 0.5
        x = int(width * (rng.uniform(0.01, 0.16) if left else rng.uniform(0.84, 0.99)))
        foot = int(horizon + (height - horizon) * rng.uniform(0.05, 0.5))
        top = max(int(height * 0.05), foot - int(height * rng.uniform(0.15, 0.4)))
        cv2.line(image, (x, foot), (x, top), (120, 120, 118), max(2, width // 320))
        draw = rng.random()
        if draw < 0.4:
            boxes.append(_speed_limit(rng, image, x, top))
        elif draw < 0.8:
            boxes.append(_direction(rng, image, x, top))
    return boxes


def draw_road(
    rng: Generator,
    *,
    size_px: tuple[int, int] = (1280, 720),
    decoys: int = 0,
    signs: bool = True,
) -> Road:
    """Draw an empty road by day.

    Args:
        rng: Source of chance: place, lanes, weather of the sky, signs.
        size_px: Width and height of the picture.
        decoys: How many signs, words or panels to strew about besides the usual signs.
        signs: Up to three road signs stand beside it.

    Returns:
        The road with what is needed to stand vehicles on it.
    """
    width, height = size_px
    horizon = int(height * rng.uniform(0.12, 0.3))
    vanishing = (width * rng.uniform(0.35, 0.65), horizon - 0.02 * height)
    lanes = int(rng.integers(2, 4))
    lane_px = width * rng.uniform(0.62, 0.85) * (2 / lanes) ** 0.4
    shift = rng.uniform(-0.25, 0.25) * lane_px
    middles = tuple(
        width / 2 + shift + (index - (lanes - 1) / 2) * lane_px for index in range(lanes)
    )
    image = np.full((height, width, 3), 128, np.uint8)
    _sky(rng, image, horizon)
    green = rng.uniform(70, 120)
    verge: Colour = (green * 0.55, green, green * 0.75)
    if rng.random() < 0.3:
        verge = (130.0, 134.0, 136.0)  # pavement
    _textured(rng, image, slice(horizon, height), verge, grain=9)
    _skyline(rng, image, horizon)

    def edge(column: float) -> NDArray[np.float64]:
        share = np.linspace(0.02, 1.25, 2)[:, None]
        far = np.array(vanishing)
        return np.asarray(far + (np.array([column, height]) - far) * share, np.float64)

    grey = rng.uniform(75, 125)
    asphalt = image.copy()
    _textured(rng, asphalt, slice(horizon, height), (grey, grey, grey), grain=6)
    mask = np.zeros((height, width), np.uint8)
    left, right = edge(middles[0] - lane_px * 0.6), edge(middles[-1] + lane_px * 0.6)
    cv2.fillPoly(mask, [np.concatenate([left, right[::-1]]).astype(np.int32)], 255, cv2.LINE_AA)
    np.copyto(image, asphalt, where=mask[..., None] > 127)
    paint: Colour = (205, 208, 208)
    for index in range(lanes + 1):
        column = middles[0] + (index - 0.5) * lane_px
        start, end = edge(column)
        outer = index in (0, lanes)
        for near in np.arange(0.03, 1.2, 1.0 if outer else 0.13).tolist():
            reach = 1.25 if outer else near * 1.35
            a, b = start + (end - start) * near, start + (end - start) * min(reach, 1.25)
            half_a, half_b = near * lane_px * 0.02, reach * lane_px * 0.02
            stripe = np.array(
                [
                    [a[0] - half_a, a[1]],
                    [a[0] + half_a, a[1]],
                    [b[0] + half_b, b[1]],
                    [b[0] - half_b, b[1]],
                ]
            )
            cv2.fillPoly(image, [stripe.astype(np.int32)], paint, cv2.LINE_AA)
    boxes = stand_signs(rng, image, horizon) if signs else []
    strewn = tuple(draw_decoy(rng, image) for _ in range(decoys))
    soft = np.asarray(cv2.GaussianBlur(image, (0, 0), 0.8), np.uint8)
    return Road(soft, vanishing, lane_px, middles, tuple(boxes), strewn)
