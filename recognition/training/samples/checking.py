"""Endless checking samples: harvested candidates, shown shifted, dimmed, blurred and colourless.

Every sample is a function of the seed and the step.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from recognition.looks.check import ACROSS, DOWN
from recognition.synthetic import camera
from recognition.training.checker.net import HEIGHT, WIDTH
from recognition.training.samples.candidates import KEPT_ACROSS, KEPT_DOWN, KEPT_PX, Candidate
from recognition.training.samples.tones import toned

__all__ = ["CheckSamples", "shown"]

Picture = NDArray[np.uint8]

_PLATES = 0.5
_PHOTOGRAPHED = {True: 0.5, False: 0.3}
"""Share of photographed things among plates, and among others."""
_AS_IN_USE, _LEAST = 0.6, 0.36
"""Share of others that are drawn from those which the detector scores as plates."""
_HARD = 0.35
"""Share that is drawn from what an earlier check was unsure of."""


class CheckSamples:
    """Draws batches from harvested candidates."""

    def __init__(
        self,
        candidates: Sequence[Candidate],
        *,
        seed: int,
        batch: int,
        hard: NDArray[np.bool_] | None = None,
    ) -> None:
        """Prepare to draw.

        Args:
            candidates: What the detector took for plates.
            seed: Seed of every draw.
            batch: Samples a step.
            hard: Which of them an earlier check was unsure of; only drawn ones are looked at more
                often for that, for photographed ones may be plates that nobody marked.

        Raises:
            ValueError: There is no plate among the candidates, or nothing else.
        """
        self._candidates = candidates
        self._seed, self._batch = seed, batch
        plate, real, score = (
            np.array([getattr(each, name) for each in candidates])
            for name in ("plate", "real", "score")
        )
        if not plate.any() or plate.all():
            raise ValueError(
                "refused candidates that are all plates or all none; harvest more pictures"
            )
        self._rows = {
            (kind, taken): np.flatnonzero((plate == kind) & (real == taken))
            for kind in (True, False)
            for taken in (True, False)
        }
        known = np.zeros(len(candidates), bool) if hard is None else hard
        self._hard = {
            kind: np.flatnonzero(known & (plate == kind) & ~real) for kind in (True, False)
        }
        self._as_in_use = {
            taken: np.flatnonzero(~plate & (real == taken) & (score >= _LEAST))
            for taken in (True, False)
        }

    def batch(self, step: int) -> tuple[Picture, NDArray[np.float32]]:
        """Draw the batch of a step: pictures (n, 3, 48, 128) uint8, and 1 for plates."""
        rng = np.random.default_rng((self._seed, 3, step))
        chosen = [self._candidates[self._any(rng)] for _ in range(self._batch)]
        pictures = np.stack([_varied(rng, each.picture) for each in chosen])
        plates = np.array([each.plate for each in chosen], np.float32)
        return np.ascontiguousarray(pictures.transpose(0, 3, 1, 2)), plates

    def _any(self, rng: Generator) -> int:
        plate = bool(rng.random() < _PLATES)
        if len(self._hard[plate]) and rng.random() < _HARD:
            return _one_of(rng, self._hard[plate])
        real = bool(rng.random() < _PHOTOGRAPHED[plate])
        rows = self._rows[plate, real]
        if not plate and rng.random() < _AS_IN_USE and len(self._as_in_use[real]):
            rows = self._as_in_use[real]
        if not len(rows):
            rows = self._rows[plate, not real]
        return _one_of(rng, rows)


def _one_of(rng: Generator, rows: NDArray[np.intp]) -> int:
    return int(rows[int(rng.integers(len(rows)))])


def shown(
    picture: Picture, *, shift: tuple[float, float] = (0.0, 0.0), zoom: float = 1.0
) -> Picture:
    """What the network sees of a kept candidate.

    Args:
        picture: (80, 160, 3) uint8.
        shift: Where the box is looked for beside its place, in its widths and heights.
        zoom: How much wider and taller the box is taken to be.

    Returns:
        (48, 128, 3) uint8.
    """
    width, height = KEPT_PX[0] / KEPT_ACROSS, KEPT_PX[1] / KEPT_DOWN
    half = np.array([width * ACROSS, height * DOWN]) * zoom / 2
    middle = np.array(KEPT_PX) / 2 + np.array(shift) * (width, height)
    low = middle - half
    scale = np.array([WIDTH, HEIGHT]) / (2 * half)
    matrix = np.array([[scale[0], 0, -low[0] * scale[0]], [0, scale[1], -low[1] * scale[1]]])
    seen = cv2.warpAffine(
        picture, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderValue=(114, 114, 114)
    )
    return np.asarray(seen, np.uint8)


def _varied(rng: Generator, picture: Picture) -> Picture:
    shift = rng.normal(0, 0.04), rng.normal(0, 0.07)
    image = shown(picture, shift=shift, zoom=float(np.exp(rng.normal(0, 0.07))))
    if rng.random() < 0.2:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.4)), np.uint8)
    if rng.random() < 0.06:
        image = camera.smear(rng, image, length_px=5)
    return toned(rng, image, grey=0.2, noisy=0.3)
