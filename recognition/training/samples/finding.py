"""Endless finding samples: pieces of photos with real and pasted plates, and decoys.

Every sample is a function of the seed and the step. A sample is a 320 x 192 piece of a picture,
four times cheaper than a whole frame; plates in it are 13 to 270 px wide.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray

from recognition.synthetic import camera
from recognition.synthetic.decoys import draw_decoy
from recognition.synthetic.plate import RenderedPlate, render_plate
from recognition.synthetic.scene import random_scene
from recognition.training.finder.net import STRIDE, Targets
from recognition.training.samples.photos import Photo
from recognition.training.samples.stock import Stock
from recognition.training.samples.tones import toned

__all__ = ["Box", "Mined", "Piece", "PlateSamples", "lay", "tilted", "varied"]

Picture = NDArray[np.uint8]
Corners = NDArray[np.float32]
Box = tuple[float, float, float, float]

WIDTH, HEIGHT = 320, 192
_GRID_W, _GRID_H = WIDTH // STRIDE, HEIGHT // STRIDE
_COLUMNS, _ROWS = np.meshgrid(np.arange(_GRID_W), np.arange(_GRID_H))
_GREY = (114, 114, 114)


@dataclass(frozen=True, slots=True)
class Mined:
    """What an earlier finder saw in a photo that nobody marked.

    Attributes:
        plates: So sure that it may be a plate: learnt from neither way.
        mistakes: Not so sure: taken for mistakes and looked at more often.
    """

    plates: tuple[Box, ...] = ()
    mistakes: tuple[Box, ...] = ()


@dataclass(slots=True)
class Piece:
    """A piece of a picture, to learn from.

    Attributes:
        image: (HEIGHT, WIDTH, 3) uint8 BGR.
        plates: Corners (4, 2) of each plate, and whether they are exact or an upright box.
        ignored: Boxes nothing is learnt from.
        extent: Columns and rows the picture covers: x0, y0, x1, y1; the rest is grey.
    """

    image: Picture
    extent: tuple[int, int, int, int]
    plates: list[tuple[Corners, bool]] = field(default_factory=list)
    ignored: list[Box] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Scene:
    """A picture with everything known about its plates, and smaller copies of it."""

    pyramid: tuple[Picture, ...]
    plates: tuple[tuple[Corners, bool], ...]
    mined: Mined = Mined()
    rendered: bool = False


def _upright(box: Box) -> Corners:
    x, y, width, height = box
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float32)


def _pyramid(image: Picture) -> tuple[Picture, ...]:
    levels = [image]
    while max(levels[-1].shape[:2]) > 500 and len(levels) < 3:
        half = cv2.resize(levels[-1], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        levels.append(np.asarray(half, np.uint8))
    return tuple(levels)


class PlateSamples:
    """Draws batches from photos, rendered road scenes and rendered plates."""

    def __init__(
        self,
        *,
        seed: int,
        batch: int,
        photos: list[Photo],
        mined: Mapping[str, Mined],
        scene_share: float = 0.25,
    ) -> None:
        """Prepare to draw.

        Args:
            seed: Seed of every draw.
            batch: Samples a step.
            photos: Labelled photos; none means rendered scenes only.
            mined: Finds of an earlier finder by photo name.
            scene_share: Share of samples cut from rendered road scenes.
        """
        self._seed = seed
        self._batch = batch
        self._photos = [
            _Scene(
                _pyramid(photo.image),
                tuple((_upright((x, y, w, h)), False) for x, y, w, h in photo.boxes.tolist()),
                mined.get(photo.name, Mined()),
            )
            for photo in photos
        ]
        self._scene_share = scene_share if photos else 1.0
        self._plates = Stock(self._plate, a_step=max(1, batch // 4), capacity=2500)
        self._scenes = Stock(self._scene, a_step=0.06, capacity=200, initial=40)

    def _plate(self, number: int) -> RenderedPlate:
        return render_plate(np.random.default_rng((self._seed, 1, number)))

    def _scene(self, number: int) -> _Scene:
        drawn = random_scene(np.random.default_rng((self._seed, 3, number)))
        plates = tuple((plate.corners, True) for plate in drawn.plates)
        height, width = drawn.image.shape[:2]
        decoys = (
            (x, y, w, h) for x, y, w, h in drawn.decoys if 0 < x + w / 2 < width and 8 < w < 300
        )
        mistakes = (*drawn.signs, *(box for box in decoys if 0 < box[1] + box[3] / 2 < height))
        return _Scene(_pyramid(drawn.image), plates, Mined(mistakes=mistakes), rendered=True)

    def batch(self, step: int) -> tuple[torch.Tensor, Targets]:
        """Draw the batch of a step: pictures (n, 3, 192, 320) uint8 and their targets."""
        rng = np.random.default_rng((self._seed, 2, step))
        samples = [self.piece(rng, step=step) for _ in range(self._batch)]
        pictures = np.stack([sample.image for sample in samples]).transpose(0, 3, 1, 2)
        columns = zip(*(_targets(sample) for sample in samples), strict=True)
        targets = Targets(*(torch.from_numpy(np.stack(column)) for column in columns))
        return torch.from_numpy(np.ascontiguousarray(pictures)), targets

    def piece(self, rng: Generator, *, step: int) -> Piece:
        """Draw one piece, with what is in stock at a step."""
        scene = self._any_scene(rng, step)
        sample = self._cut(rng, scene)
        x0, y0, x1, y1 = sample.extent
        if (x1 - x0) * (y1 - y0) < 0.8 * WIDTH * HEIGHT and rng.random() < 0.75:
            sample = _upon(sample, self._cut(rng, self._any_scene(rng, step)))
        if rng.random() < 0.4:
            _mirror(sample)
        for _ in range(int(rng.integers(1, 4)) if rng.random() < 0.4 else 0):
            self._decoy(rng, sample)
        if not scene.rendered:  # corners of rendered plates are known already
            self._overpaint(rng, sample, step)
        if rng.random() < 0.25:
            self._paste_anywhere(rng, sample, step)
        sample.image = varied(rng, sample.image)
        return sample

    def _any_scene(self, rng: Generator, step: int) -> _Scene:
        if rng.random() < self._scene_share:
            return self._scenes.any(rng, step=step)
        return self._photos[int(rng.integers(len(self._photos)))]

    def _cut(self, rng: Generator, scene: _Scene) -> Piece:
        """Cut a piece at a random scale, mostly round a plate or an earlier mistake."""
        full = scene.pyramid[0]
        full_h, full_w = full.shape[:2]
        aim: Box = (full_w / 2, full_h / 2, 60.0, 15.0)
        if scene.plates:
            corners, _ = scene.plates[int(rng.integers(len(scene.plates)))]
            low, high = corners.min(0), corners.max(0)
            aim = (float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
        mistakes = scene.mined.mistakes
        if mistakes and rng.random() < (0.5 if scene.rendered else 0.3):
            aim = mistakes[int(rng.integers(len(mistakes)))]
        scale = math.exp(rng.uniform(math.log(13), math.log(270))) / max(aim[2], 4.0)
        scale = max(0.22, min(scale, 3.0 if aim[2] > 20 else 1.5))
        if rng.random() < 0.12:
            scale = math.exp(rng.uniform(math.log(0.35), math.log(1.6)))
        if rng.random() < 0.88:
            slack = np.maximum(0, (np.array([WIDTH, HEIGHT]) - np.array(aim[2:]) * scale) / 2)
            place = np.array([WIDTH, HEIGHT]) / 2 + rng.uniform(-1, 1, 2) * slack
            origin = np.array([aim[0] + aim[2] / 2, aim[1] + aim[3] / 2]) - place / scale
        else:
            origin = rng.uniform((-0.1, -0.1), (1.0, 0.8)) * (full_w, full_h)
        stretch = rng.uniform(0.92, 1.08)
        factor = np.array([scale * stretch, scale / stretch])
        level = 0
        while level + 1 < len(scene.pyramid) and scale * 2 ** (level + 1) <= 1:
            level += 1
        step_down = 2**level
        matrix = np.array(
            [
                [factor[0] * step_down, 0, -origin[0] * factor[0]],
                [0, factor[1] * step_down, -origin[1] * factor[1]],
            ]
        )
        image = cv2.warpAffine(scene.pyramid[level], matrix, (WIDTH, HEIGHT), borderValue=_GREY)
        low = np.clip(np.ceil(-origin * factor), 0, (WIDTH, HEIGHT)).astype(int)
        high = np.clip((np.array([full_w, full_h]) - origin) * factor, 0, (WIDTH, HEIGHT)).astype(
            int
        )
        extent = (int(low[0]), int(low[1]), int(high[0]), int(high[1]))
        sample = Piece(np.asarray(image, np.uint8), extent)
        for corners, exact in scene.plates:
            moved = np.asarray((corners - origin) * factor, np.float32)
            _note(sample, moved, exact)
        for box in scene.mined.plates:
            moved = np.asarray((_upright(box) - origin) * factor, np.float32)
            sample.ignored.append(_box(moved))
        return sample

    def _decoy(self, rng: Generator, sample: Piece) -> None:
        """Draw a thing that is no plate, but never over a plate."""
        decorated = sample.image.copy()
        draw_decoy(rng, decorated)
        for corners, _ in sample.plates:
            x, y, width, height = _box(corners)
            rows = slice(max(0, int(y) - 2), int(y + height) + 3)
            columns = slice(max(0, int(x) - 2), int(x + width) + 3)
            decorated[rows, columns] = sample.image[rows, columns]
        sample.image = decorated

    def _overpaint(self, rng: Generator, sample: Piece, step: int) -> None:
        """Cover half of the real plates with rendered ones, whose corners are known exactly."""
        for index, (corners, _) in enumerate(sample.plates):
            x, y, width, height = _box(corners)
            if width <= 12 or rng.random() < 0.5:
                continue
            plate = self._plates.any(rng, step=step)
            outline = tilted(rng, plate, strength=0.8)
            reach = outline.max(0) - outline.min(0)
            scale = max(
                width / reach[0] * rng.uniform(1.0, 1.15),
                height / reach[1] * rng.uniform(0.75, 1.05),
            )
            scale = min(scale, width * 2.2 / reach[0])
            outline = np.asarray(outline * scale + (x + width / 2, y + height / 2), np.float32)
            sample.plates[index] = (lay(rng, sample.image, plate, outline), True)

    def _paste_anywhere(self, rng: Generator, sample: Piece, step: int) -> None:
        plate = self._plates.newest(step=step, index=int(rng.integers(self._batch)))
        outline = tilted(rng, plate, strength=1.0)
        reach = outline.max(0) - outline.min(0)
        scale = math.exp(rng.uniform(math.log(14), math.log(280))) / reach[0]
        outline *= np.float32(scale)
        half = reach * scale / 2
        if half[0] * 2 > WIDTH * 0.97 or half[1] * 2 > HEIGHT * 0.8:
            return
        outline += rng.uniform(half, (WIDTH, HEIGHT) - half).astype(np.float32)
        low, high = outline.min(0) - 2, outline.max(0) + 2
        taken = [corners for corners, _ in sample.plates]
        taken += [_upright(box) for box in sample.ignored]
        if all((low > c.max(0)).any() or (high < c.min(0)).any() for c in taken):
            sample.plates.append((lay(rng, sample.image, plate, outline), True))


def _box(corners: Corners) -> Box:
    low, high = corners.min(0), corners.max(0)
    return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])


def _note(sample: Piece, corners: Corners, exact: bool) -> None:
    """Enter a plate; one that is tiny or mostly out of the picture is ignored instead."""
    x, y, width, height = _box(corners)
    across = max(0.0, min(WIDTH, x + width) - max(0.0, x))
    down = max(0.0, min(HEIGHT, y + height) - max(0.0, y))
    visible = across * down / (width * height + 1e-6)
    if visible <= 0:
        return
    if width < 9 or visible < 0.65:
        sample.ignored.append((x, y, width, height))
    else:
        sample.plates.append((corners, exact))


def _upon(front: Piece, back: Piece) -> Piece:
    """Lay what one sample covers over another one, so that little stays grey."""
    x0, y0, x1, y1 = front.extent
    image = back.image.copy()
    image[y0:y1, x0:x1] = front.image[y0:y1, x0:x1]
    joined = Piece(image, back.extent, list(front.plates), list(front.ignored))

    def covered(box: Box) -> bool:
        return box[0] < x1 and box[0] + box[2] > x0 and box[1] < y1 and box[1] + box[3] > y0

    for corners, exact in back.plates:
        if covered(_box(corners)):
            joined.ignored.append(_box(corners))
        else:
            joined.plates.append((corners, exact))
    joined.ignored += back.ignored
    return joined


def _mirror(sample: Piece) -> None:
    """Flip left and right, before anything is pasted: mirrored lettering is no plate to learn."""
    sample.image = np.ascontiguousarray(sample.image[:, ::-1])
    for index, (corners, exact) in enumerate(sample.plates):
        flipped = corners[[1, 0, 3, 2]] * (-1, 1) + (WIDTH, 0)
        sample.plates[index] = (np.asarray(flipped, np.float32), exact)
    sample.ignored = [(WIDTH - x - w, y, w, h) for x, y, w, h in sample.ignored]


def tilted(rng: Generator, plate: RenderedPlate, *, strength: float) -> Corners:
    """Turn a plate away from the camera; corners of its picture (4, 2) px about the origin."""
    height, width = plate.image.shape[:2]
    outline = camera.tilt(rng, width=width, height=height, strength=strength)
    return np.asarray(outline - (outline.min(0) + outline.max(0)) / 2, np.float32)


def lay(rng: Generator, image: Picture, plate: RenderedPlate, outline: Corners) -> Corners:
    """Paste a plate in the light of its surroundings; returns the corners of the plate itself."""
    low = np.maximum(outline.min(0), 0).astype(int)
    high = np.ceil(outline.max(0)).astype(int)
    around = image[low[1] : high[1] + 1, low[0] : high[0] + 1]
    light = float(around.mean()) / 110 if around.size else 1.0
    gain = float(np.clip(light, 0.25, 1.25)) * rng.uniform(0.6, 1.3)
    softness = rng.uniform(0.3, 1.2) if rng.random() < 0.6 else 0.0
    camera.paste(image, plate.image, corners=outline, gain=gain, softness=softness)
    return camera.project(plate.corners, source=camera.corners_of(plate.image), target=outline)


def varied(rng: Generator, image: Picture) -> Picture:
    """Vary focus, motion, light, colour, noise and compression of a whole piece."""
    if rng.random() < 0.35:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 1.1)), np.uint8)
    if rng.random() < 0.08:
        image = camera.smear(rng, image, length_px=(3, 5)[int(rng.integers(2))])
    image = toned(rng, image, dim=0.12, grey=0.14, noisy=0.4)
    if rng.random() < 0.4:
        image = camera.compress(image, quality=int(rng.integers(25, 91)))
    return image


def _targets(sample: Piece) -> tuple[NDArray[np.float32], ...]:
    """Turn plates into heat, counts, corners, corner weight and exactness, see `Targets`."""
    heat, counts = np.zeros((2, _GRID_H, _GRID_W), np.float32)
    counts[:] = 1
    corners_out = np.zeros((8, _GRID_H, _GRID_W), np.float32)
    weight, exactness = np.zeros((2, _GRID_H, _GRID_W), np.float32)
    for x, y, width, height in sample.ignored:
        rows = slice(max(0, int((y - 2) // STRIDE)), max(0, int((y + height + 2) // STRIDE) + 1))
        columns = slice(max(0, int((x - 2) // STRIDE)), max(0, int((x + width + 2) // STRIDE) + 1))
        counts[rows, columns] = 0
    for corners, exact in sample.plates:
        x, y, width, height = (value / STRIDE for value in _box(corners))
        column = int(np.clip(round(x + width / 2 - 0.5), 0, _GRID_W - 1))
        row = int(np.clip(round(y + height / 2 - 0.5), 0, _GRID_H - 1))
        spread_x, spread_y = max(0.55, width * 0.13), max(0.55, height * 0.18)
        far = (_COLUMNS - column) ** 2 / (2 * spread_x**2) + (_ROWS - row) ** 2 / (2 * spread_y**2)
        bump = np.exp(-far).astype(np.float32)
        own = (bump > 0.4) & (bump > heat)
        heat = np.maximum(heat, bump)
        weight[own] = bump[own]
        exactness[own] = exact
        for index in range(4):
            corners_out[2 * index][own] = (corners[index, 0] / STRIDE - 0.5 - _COLUMNS)[own]
            corners_out[2 * index + 1][own] = (corners[index, 1] / STRIDE - 0.5 - _ROWS)[own]
        counts[row, column] = 1
    return heat, counts, corners_out, weight, exactness
