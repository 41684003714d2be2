"""Frame -> plates: boxes with four corners, and why a candidate was dropped.

The detector sees the whole frame once, letterboxed to a shape near the frame's own, and answers on
a grid of eight pixels: is the middle of a plate here, and where are its corners.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.frame import Image
from recognition.models import Model, open_model

__all__ = ["Box", "Dropped", "Found", "Looks", "PlateDetector", "box_of", "overlap"]

_STRIDE_PX = 8
_GRID_PX = 32
_GREY = 114

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Looks:
    """How a frame is looked at.

    Attributes:
        area_px: Pixels that the network sees at most; 640 x 384 for a 16:9 camera.
        enlarge: A small picture is enlarged at most this much: detail that is not there helps
            nobody.
        threshold: Least score of a plate, in [0, 1].
        same: Two boxes that overlap more than this (intersection over union) are one plate.
    """

    area_px: int = 640 * 384
    enlarge: float = 2.0
    threshold: float = 0.3
    same: float = 0.3


DEFAULT_LOOKS = Looks()


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A plate that the detector sees.

    Attributes:
        corners: (4, 2) float32 pixels of the frame: top left, top right, bottom right, bottom
            left of the plate as it stands on the vehicle.
        score: Of the detector, in [0, 1].
    """

    corners: NDArray[np.float32]
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Dropped:
    """A candidate that is not reported, and why.

    Attributes:
        corners: As in `Found`.
        score: Of the detector, in [0, 1].
        reason: A few words, such as "same plate as a better one".
    """

    corners: NDArray[np.float32]
    score: float
    reason: str


def box_of(corners: NDArray[np.float32]) -> Box:
    """The upright box (x, y, width, height) in pixels around corners (n, 2)."""
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    return float(left), float(top), float(right - left), float(bottom - top)


def overlap(first: Box, second: Box) -> float:
    """Intersection over union of two boxes, in [0, 1]."""
    across = min(first[0] + first[2], second[0] + second[2]) - max(first[0], second[0])
    down = min(first[1] + first[3], second[1] + second[3]) - max(first[1], second[1])
    if across <= 0 or down <= 0:
        return 0.0
    shared = across * down
    return shared / (first[2] * first[3] + second[2] * second[3] - shared)


class PlateDetector:
    """The plate detector of a model pack.

    Attributes:
        model: The network.
        looks: How a frame is looked at.
    """

    def __init__(self, model: Model, *, looks: Looks = DEFAULT_LOOKS) -> None:
        """Use `model`, which gives score, peak and corners."""
        self.model = model
        self.looks = looks

    @classmethod
    def open(
        cls, pack_dir: Path | None = None, *, threads: int = 1, looks: Looks = DEFAULT_LOOKS
    ) -> "PlateDetector":
        """Open the detector of a pack, None for the one that ships.

        Raises:
            ModelRefusedError: The pack is not what its manifest says.
        """
        outputs = ("score", "peak", "corners")
        model = open_model("plate_detector", pack_dir=pack_dir, outputs=outputs, threads=threads)
        return cls(model, looks=looks)

    def find(self, image: Image) -> tuple[tuple[Found, ...], tuple[Dropped, ...]]:
        """Find the plates of one picture, best first.

        Args:
            image: (height, width, 3) uint8, blue-green-red.

        Returns:
            The plates, and the second boxes of the same plates.
        """
        picture, scale = _letterbox(image, looks=self.looks, fixed=self._fixed_shape())
        tensor = picture.transpose(2, 0, 1)[np.newaxis]
        score, peak, corners = self.model.run(tensor)
        seen = _peaks(score[0, 0], peak[0, 0], corners[0], threshold=self.looks.threshold)
        height, width = image.shape[:2]
        inside = [
            Found(np.clip(found.corners / scale, (0, 0), (width, height)), found.score)
            for found in seen
        ]
        return _merge(inside, same=self.looks.same)

    def _fixed_shape(self) -> tuple[int, int] | None:
        told = self.model.manifest
        return (told.height_px, told.width_px) if told.height_px and told.width_px else None


def _letterbox(image: Image, *, looks: Looks, fixed: tuple[int, int] | None) -> tuple[Image, float]:
    """The picture as the network sees it, and its scale: network pixels a pixel of the frame."""
    height, width = image.shape[:2]
    down, across = fixed or _shape((height, width), area_px=looks.area_px, enlarge=looks.enlarge)
    scale = min(across / width, down / height, looks.enlarge)
    inner = max(1, round(width * scale)), max(1, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    canvas = np.full((down, across, 3), _GREY, np.uint8)
    canvas[: inner[1], : inner[0]] = cv2.resize(image, inner, interpolation=how)
    return canvas, scale


@lru_cache(maxsize=256)
def _shape(size: tuple[int, int], *, area_px: int, enlarge: float) -> tuple[int, int]:
    """Rows and columns, multiples of the grid, that show a frame (rows, columns) largest.

    Among shapes that show it equally large the smallest wins: grey margins cost time too.
    """
    height, width = size

    def shown(shape: tuple[int, int]) -> tuple[float, int]:
        scale = min(shape[1] / width, shape[0] / height, enlarge)
        return scale, -shape[0] * shape[1]

    cells = area_px // _GRID_PX**2
    shapes = (
        (rows * _GRID_PX, columns * _GRID_PX)
        for rows in range(1, cells + 1)
        for columns in {cells // rows, min(cells // rows, _cells(rows * width / height))}
    )
    return max(shapes, key=shown)


def _cells(cells: float) -> int:
    return max(1, math.ceil(cells))


def _peaks(
    score: NDArray[np.float32],
    peak: NDArray[np.float32],
    corners: NDArray[np.float32],
    *,
    threshold: float,
) -> list[Found]:
    """Cells that are the best of their neighbours: score, peak (h, w), corners (8, h, w)."""
    rows, columns = np.nonzero((score >= threshold) & (score >= peak - 1e-6))
    offsets = corners[:, rows, columns].T.reshape(-1, 4, 2)
    cells = np.stack([columns, rows], axis=-1)[:, np.newaxis] + 0.5
    places = ((offsets + cells) * _STRIDE_PX).astype(np.float32)
    return [
        Found(place, float(value))
        for place, value in zip(places, score[rows, columns], strict=True)
    ]


def _merge(seen: Sequence[Found], *, same: float) -> tuple[tuple[Found, ...], tuple[Dropped, ...]]:
    kept: list[tuple[Box, Found]] = []
    dropped: list[Dropped] = []
    for found in sorted(seen, key=lambda found: -found.score):
        box = box_of(found.corners)
        if box[2] < 2 or box[3] < 2:
            dropped.append(Dropped(found.corners, found.score, "outside the picture"))
        elif any(overlap(box, other) > same for other, _ in kept):
            dropped.append(Dropped(found.corners, found.score, "same plate as a better one"))
        else:
            kept.append((box, found))
    return tuple(found for _, found in kept), tuple(dropped)
