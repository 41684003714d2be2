"""Endless outlining samples: plates with what is around them, cut out round boxes that miss them.

Every sample is a function of the seed and the step.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from recognition.looks.outline import ACROSS, DOWN
from recognition.looks.surroundings import extent_of, surroundings_of
from recognition.training.outliner.net import HEIGHT, WIDTH
from recognition.training.samples.finding import Mined, PlateSamples
from recognition.training.samples.photos import Photo
from recognition.training.samples.stock import Stock
from recognition.training.samples.tones import toned

__all__ = ["OutlineSamples", "missed", "view"]

Picture = NDArray[np.uint8]
Corners = NDArray[np.float32]

_Plates = tuple[Picture, list[tuple[Corners, bool]]]
"""A piece of a picture and its plates: corners, and whether they are exact or an upright box."""

_FRESH = 4
"""Pieces drawn anew a step; the rest of a batch are earlier ones, cut out round other boxes."""
_SCENES = 0.3
_LEAST_PX = 18.0
"""Plates narrower than this are read by nobody."""
_GOES_ON = 0.85
"""Share of pieces that go on beyond their edges, mirrored: in use most pictures do go on there."""
_BEYOND = 100, 100, 150, 150
_NO_MINES: Mapping[str, Mined] = {}


def view(image: Picture, box: Corners) -> tuple[Picture, NDArray[np.float32]]:
    """What the network sees of a picture round a box, as `recognition.looks.outline` shows it.

    Args:
        image: (h, w, 3) uint8 BGR.
        box: Corners (n, 2) px.

    Returns:
        (64, 160, 3) uint8, and left, top, width, height of it in the picture, px.
    """
    cut = surroundings_of(image, box, across=ACROSS, down=DOWN)
    way = cv2.INTER_AREA if cut.shape[1] > WIDTH else cv2.INTER_LINEAR
    seen = np.asarray(cv2.resize(cut, (WIDTH, HEIGHT), interpolation=way), np.uint8)
    return seen, np.array(extent_of(box, across=ACROSS, down=DOWN), np.float32)


def missed(rng: Generator, corners: Corners) -> Corners:
    """A box such as a finder puts round a plate: about right, cut short, a line short, or wide.

    Args:
        rng: Source of chance.
        corners: Of the plate, (4, 2) px.

    Returns:
        Two corners of the box, (2, 2) px.
    """
    low, high = corners.min(0), corners.max(0)
    size = high - low
    ends = rng.normal(0, 0.03, 2), rng.normal(0, 0.07, 2)
    draw = rng.random()
    if draw < 0.3:  # a character or three are cut off
        ends[0][int(rng.integers(2))] -= rng.uniform(0.05, 0.4)
    elif draw < (0.65 if size[1] > 0.45 * size[0] else 0.4):  # one line of two
        ends[1][int(rng.integers(2))] -= rng.uniform(0.25, 0.6)
    elif draw < 0.8:
        ends[0][:] += rng.uniform(-0.15, 0.2, 2)
        ends[1][:] += rng.uniform(-0.25, 0.5, 2)
    across, down = ends
    box = np.array([low - size * (across[0], down[0]), high + size * (across[1], down[1])])
    return np.asarray(box, np.float32)


class OutlineSamples:
    """Draws batches from the pieces that finders learn from, see `PlateSamples`."""

    def __init__(self, photos: list[Photo], *, seed: int, batch: int, capacity: int = 3000) -> None:
        """Prepare to draw.

        Args:
            photos: Labelled photos; none means rendered scenes only.
            seed: Seed of every draw.
            batch: Samples a step.
            capacity: Pieces kept, 180 KB each.
        """
        self._seed, self._batch = seed, batch
        self._drawn = PlateSamples(
            seed=seed, batch=_FRESH, photos=photos, mined=_NO_MINES, scene_share=_SCENES
        )
        self._pieces = Stock(self._piece, a_step=_FRESH, capacity=capacity, initial=_FRESH)

    def _piece(self, number: int) -> _Plates:
        rng = np.random.default_rng((self._seed, 5, number))
        while True:
            piece = self._drawn.piece(rng, step=number // _FRESH)
            plates = [plate for plate in piece.plates if np.ptp(plate[0][:, 0]) >= _LEAST_PX]
            if plates:
                return piece.image, plates

    def batch(self, step: int) -> tuple[Picture, Corners, NDArray[np.float32]]:
        """Draw the batch of a step.

        Returns:
            Pictures (n, 3, 64, 160) uint8; corners (n, 4, 2) as shares of them; and (n,): 1 where
            the corners are known, 0 where only their upright box is.
        """
        rng = np.random.default_rng((self._seed, 4, step))
        pictures: list[Picture] = []
        truths: list[Corners] = []
        exactness: list[bool] = []
        for index in range(self._batch):
            fresh = index < _FRESH
            image, plates = (
                self._pieces.newest(step=step, index=index)
                if fresh
                else self._pieces.any(rng, step=step)
            )
            corners, exact = plates[int(rng.integers(len(plates)))]
            if rng.random() < _GOES_ON:
                beyond = cv2.copyMakeBorder(image, *_BEYOND, cv2.BORDER_REFLECT_101)
                image = np.asarray(beyond, np.uint8)
                corners = corners + np.array((_BEYOND[2], _BEYOND[0]), np.float32)
            seen, extent = view(image, missed(rng, corners))
            pictures.append(toned(rng, seen, grey=0.1, noisy=0.2))
            truths.append(np.asarray((corners - extent[:2]) / extent[2:], np.float32))
            exactness.append(exact)
        shown = np.ascontiguousarray(np.stack(pictures).transpose(0, 3, 1, 2))
        return shown, np.stack(truths), np.array(exactness, np.float32)
