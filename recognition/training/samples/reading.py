"""Endless reading samples: rendered plates, pseudo-labelled real ones, signs and crops of nothing.

Every sample is a function of the seed and the step, so a training by steps can be repeated and
a stopped one goes on exactly where it was.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from recognition.looks.ocr import straightened
from recognition.synthetic import camera
from recognition.synthetic.decoys import draw_badge, draw_lettering, draw_sign
from recognition.synthetic.fittings import shade
from recognition.synthetic.plate import render_plate
from recognition.training.reader.net import HEIGHT, WIDTH
from recognition.training.samples.photos import PlateCrop
from recognition.training.samples.stock import Stock

__all__ = ["OcrSamples", "to_input", "widen"]

Picture = NDArray[np.uint8]
Corners = NDArray[np.float32]

_FRESH = 0.15
"""Share of a batch drawn anew; the rest are earlier plates, seen under other conditions."""


def to_input(crop: Picture) -> Picture:
    """Shrink by area or enlarge linearly to the network's input, as the recogniser does."""
    shrink = crop.shape[1] > WIDTH
    way = cv2.INTER_AREA if shrink else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(crop, (WIDTH, HEIGHT), interpolation=way), np.uint8)


def widen(corners: Corners, *, across: float, down: float) -> Corners:
    """Push corners outwards by shares of the plate's width and height, half on each side."""
    right = (corners[1] - corners[0] + corners[2] - corners[3]) / 2 * (across / 2)
    low = (corners[3] - corners[0] + corners[2] - corners[1]) / 2 * (down / 2)
    push = np.stack([-right - low, right - low, right + low, low - right])
    return np.asarray(corners + push, np.float32)


_NOTHING, _LETTERED = 0.03, 0.07
"""Shares of a batch that have no mark to read: pieces of photos, and signs, badges, lettering."""

_CANVAS_W, _CANVAS_H = 480, 240


@dataclass(frozen=True, slots=True)
class _GreyPlate:
    image: Picture
    text: str
    corners: Corners


def _grey(rng: Generator, image: Picture) -> Picture:
    """Mix the colours by chance: cameras, filters and infra-red weigh them differently."""
    weights = rng.dirichlet((3.0, 6.0, 4.0)).astype(np.float32)
    return np.asarray(cv2.transform(image, weights[None]), np.uint8)


class OcrSamples:
    """Draws batches; holds the rolling store of rendered plates.

    Attributes:
        seed: What everything is drawn from.
    """

    def __init__(
        self,
        *,
        seed: int,
        batch: int,
        backgrounds: list[Picture],
        real: list[PlateCrop],
        capacity: int = 8000,
    ) -> None:
        """Prepare to draw.

        Args:
            seed: Seed of every draw.
            batch: Samples a step.
            backgrounds: Grey photos to stand behind plates and to cut crops of nothing from;
                none means smooth noise.
            real: Crops of real plates with their texts; 6 % of a batch.
            capacity: Rendered plates kept.
        """
        self.seed = seed
        self._batch = batch
        self._backgrounds = backgrounds
        self._real = real
        self._fresh = max(1, round(batch * _FRESH))
        self._plates = Stock(self._plate, a_step=self._fresh, capacity=capacity)

    def _plate(self, number: int) -> _GreyPlate:
        rng = np.random.default_rng((self.seed, 1, number))
        drawn = render_plate(rng)
        return _GreyPlate(_grey(rng, drawn.image), drawn.text, drawn.corners)

    def batch(self, step: int) -> tuple[Picture, list[str]]:
        """Draw the batch of a step: pictures (n, 1, 32, 128) uint8 and their texts."""
        rng = np.random.default_rng((self.seed, 2, step))
        pictures, texts = [], []
        for index in range(self._batch):
            draw = rng.random()
            if draw < 0.06 and self._real:
                picture, text = self._real_sample(rng)
            elif draw < 0.06 + _NOTHING and self._backgrounds:
                picture, text = self._nothing(rng), ""
            elif draw < 0.06 + _NOTHING + _LETTERED:
                picture, text = self.lettered(rng), ""
            else:
                fresh = index < self._fresh
                plate = (
                    self._plates.newest(step=step, index=index)
                    if fresh
                    else self._plates.any(rng, step=step)
                )
                picture, text = self._rendered_sample(rng, plate)
            pictures.append(picture)
            texts.append(text)
        return np.stack(pictures)[:, None], texts

    def _behind(self, rng: Generator, width: int, height: int) -> Picture:
        """Return what surrounds a plate: a piece of photo, or smooth noise."""
        draw = rng.random()
        if self._backgrounds and draw < 0.75:
            photo = self._backgrounds[int(rng.integers(len(self._backgrounds)))]
            y = int(rng.integers(max(1, photo.shape[0] - height)))
            x = int(rng.integers(max(1, photo.shape[1] - width)))
            piece = photo[y : y + height, x : x + width]
            if piece.shape != (height, width):
                piece = np.asarray(cv2.resize(piece, (width, height)), np.uint8)
            return piece.copy()
        level = rng.uniform(0, 255)
        if draw < 0.85:
            return np.full((height, width), level, np.uint8)
        noise = shade(rng, height, width, cell_px=int(rng.integers(2, 20)))
        return np.asarray((level + (noise - 0.5) * rng.uniform(0, 200)).clip(0, 255), np.uint8)

    def _rendered_sample(self, rng: Generator, plate: _GreyPlate) -> tuple[Picture, str]:
        patch = plate.image
        height, width = patch.shape
        if rng.random() < 0.65:
            strength = 1.0 if rng.random() < 0.6 else 0.35
            outline = camera.tilt(rng, width=width, height=height, strength=strength)
        else:
            jitter = rng.standard_normal((4, 2)) * height * rng.uniform(0, 0.05)
            outline = np.asarray(camera.corners_of(patch) + jitter, np.float32)
        plate_corners = camera.project(
            plate.corners, source=camera.corners_of(patch), target=outline
        )
        reach = plate_corners.max(0) - plate_corners.min(0)
        seen_px = np.exp(rng.uniform(np.log(28), np.log(200)))
        if reach[1] > reach[0] * 0.5:  # two lines: as tall, not as wide
            seen_px = max(seen_px * 0.62, 26)
        scale = seen_px / reach[0]
        margin = np.array([0.35, 0.8]) * reach * scale
        origin = plate_corners.min(0) * scale - margin
        outline = np.asarray(outline * scale - origin, np.float32)
        plate_corners = np.asarray(plate_corners * scale - origin, np.float32)
        size = np.ceil(reach * scale + 2 * margin).astype(int)
        scene = self._behind(rng, int(size[0]), int(size[1]))
        camera.paste(scene, patch, corners=outline)
        if rng.random() < 0.5:
            crop = self._box_crop(rng, scene, plate_corners)
        else:
            crop = self._straight_crop(rng, scene, plate_corners)
        return to_input(crop), plate.text

    @staticmethod
    def _box_crop(rng: Generator, scene: Picture, corners: Corners) -> Picture:
        """Cut the upright box round the plate, more or less well aimed, as seen by the camera."""
        (x0, y0), (x1, y1) = corners.min(0), corners.max(0)
        width, height = x1 - x0, y1 - y0
        if rng.random() < 0.4:
            sides, ends = rng.uniform(-0.01, 0.04), rng.uniform(-0.02, 0.1)
            left, right, top, bottom = sides, sides, ends, ends
        else:
            loose = rng.random(4) < 0.15
            left, right = np.where(
                loose[:2], rng.uniform(-0.06, 0.3, 2), rng.uniform(-0.04, 0.12, 2)
            )
            top, bottom = np.where(
                loose[2:], rng.uniform(-0.1, 0.6, 2), rng.uniform(-0.08, 0.25, 2)
            )
        if rng.random() < 0.2:  # a crop that cuts into the first or last character
            left = rng.uniform(-0.07, 0.0)
        if rng.random() < 0.2:
            right = rng.uniform(-0.07, 0.0)
        columns = np.clip([x0 - left * width, x1 + right * width], 0, scene.shape[1]).round()
        rows = np.clip([y0 - top * height, y1 + bottom * height], 0, scene.shape[0]).round()
        cut = scene[
            int(rows[0]) : max(int(rows[1]), int(rows[0]) + 6),
            int(columns[0]) : max(int(columns[1]), int(columns[0]) + 16),
        ]
        return camera.degrade(rng, np.ascontiguousarray(cut))

    @staticmethod
    def _straight_crop(rng: Generator, scene: Picture, corners: Corners) -> Picture:
        """Let the camera see it, then rectify by corners that are about right."""
        height = float(np.linalg.norm(corners[3] - corners[0]))
        spread = height * abs(rng.normal(0, 0.05))
        aimed = corners + rng.standard_normal((4, 2)) * (spread * 1.5, spread)
        across, down = rng.uniform(-0.03, 0.1), rng.uniform(-0.06, 0.25)
        if rng.random() < 0.5:
            across, down = 0.02, 0.05
        found = widen(np.asarray(aimed, np.float32), across=across, down=down)
        return straightened(camera.degrade(rng, scene), found)

    def _real_sample(self, rng: Generator) -> tuple[Picture, str]:
        crop = self._real[int(rng.integers(len(self._real)))]
        x, y, width, height = crop.box
        left, right = rng.uniform(-0.03, 0.12, 2) * width
        top, bottom = rng.uniform(-0.05, 0.3, 2) * height
        corners = np.array(
            [
                [x - left, y - top],
                [x + width + right, y - top],
                [x + width + right, y + height + bottom],
                [x - left, y + height + bottom],
            ]
        )
        centre = corners.mean(0)
        angle = np.radians(rng.normal(0, 4))
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        corners = (corners - centre) @ turn + centre + rng.standard_normal((4, 2)) * height * 0.03
        grey = crop.grey
        factor = max(30 / width, rng.uniform(0.5, 1.1))
        if factor < 0.85:
            grey = np.asarray(
                cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8
            )
            corners = corners * factor
        straight = straightened(grey, np.asarray(corners, np.float32))
        levels = (straight - 128.0) * rng.uniform(0.6, 1.3) + 128 + rng.uniform(-35, 35)
        levels += rng.standard_normal(straight.shape, np.float32) * rng.uniform(0, 6)
        seen = np.asarray(levels.clip(0, 255), np.uint8)
        if rng.random() < 0.3:
            seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), rng.uniform(0.3, 0.9)), np.uint8)
        return to_input(seen), crop.text

    def _nothing(self, rng: Generator) -> Picture:
        """Cut a piece of photo; that it holds a plate by accident is rare."""
        photo = self._backgrounds[int(rng.integers(len(self._backgrounds)))]
        width = int(rng.integers(40, min(200, photo.shape[1] - 1)))
        height = min(photo.shape[0] - 1, int(width * rng.uniform(0.15, 0.5)))
        y = int(rng.integers(photo.shape[0] - height))
        x = int(rng.integers(photo.shape[1] - width))
        return to_input(np.ascontiguousarray(photo[y : y + height, x : x + width]))

    def lettered(self, rng: Generator) -> Picture:
        """Cut out a sign, a badge or lettering as a finder would that takes it for a plate."""
        behind = self._behind(rng, _CANVAS_W, _CANVAS_H)
        canvas = np.asarray(cv2.cvtColor(behind, cv2.COLOR_GRAY2BGR), np.uint8)
        draw = rng.random()
        if draw < 0.5:
            box = draw_sign(rng, canvas)
        elif draw < 0.65:
            box = draw_badge(rng, canvas)
        else:
            box = draw_lettering(rng, canvas, on_panel=draw < 0.85)
        x, y, width, height = box
        left, right = rng.uniform(-0.05, 0.2, 2) * width
        top, bottom = rng.uniform(-0.1, 0.4, 2) * height
        columns = np.clip([x - left, x + width + right], 0, _CANVAS_W).astype(int)
        rows = np.clip([y - top, y + height + bottom], 0, _CANVAS_H).astype(int)
        if columns[1] - columns[0] < 16 or rows[1] - rows[0] < 6:  # hardly in the picture
            columns, rows = np.array([0, 160]), np.array([0, 60])
        cut = _grey(rng, canvas[rows[0] : rows[1], columns[0] : columns[1]])
        factor = np.exp(rng.uniform(np.log(28), np.log(200))) / cut.shape[1]
        if factor < 1:
            size = (round(cut.shape[1] * factor), max(6, round(cut.shape[0] * factor)))
            cut = np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.uint8)
        return to_input(camera.degrade(rng, cut))
