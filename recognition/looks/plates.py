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
from recognition.packs.detections import detections_of
from recognition.packs.manifest import HEATMAP_CORNERS, refuse
from recognition.packs.sight import sight_of

__all__ = ["Box", "Dropped", "Found", "Looks", "PlateDetector", "box_of", "overlap", "shape_of"]

_STRIDE_PX = 8
_GRID_PX = 32
_GREY = 114
_CLOSER = (160, 256)
"""Rows and columns of a closer look: two thirds of the time of 192 x 320, and one of 548 legible
plates of the open hard set fewer; 128 x 224 lost five."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Looks:
    """How a frame is looked at.

    Attributes:
        area_px: Pixels that the network sees at most; 640 x 384 for a 16:9 camera.
        enlarge: A small picture is enlarged at most this much: detail that is not there helps
            nobody.
        threshold: Score of a plate that needs no closer look, in [0, 1].
        least: Least score of a plate; below it the gate lets nothing pass, however well it reads
            and however sure the plate check is.
        same: Two boxes, the smaller of which is covered more than this, are one plate: plates do
            not stand in front of each other.
        faint: Score from which a candidate in a coarse view is worth a closer look.
        coarse: A view is coarse where its scale is at most this: frames of 720p and more.
            Closer looks raised recall in rendered 720p scenes from 69.5 to 72.8 %. To leave out
            those at candidates that are wide already is cheaper, and lost 6 of 409 legible plates
            of the open hard set.
        second_looks: Closer looks a frame at most, at a quarter of the cost of the first each.
            Four in the place of two won 4 of 272 legible plates of the open hard set.
    """

    area_px: int = 640 * 384
    enlarge: float = 2.0
    threshold: float = 0.36
    least: float = 0.32
    same: float = 0.4
    faint: float = 0.15
    coarse: float = 0.55
    second_looks: int = 4


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
    shared = _shared(first, second)
    return shared / (first[2] * first[3] + second[2] * second[3] - shared) if shared else 0.0


def _covered(first: Box, second: Box) -> float:
    """Share of the smaller box that the other covers, in [0, 1]."""
    shared = _shared(first, second)
    return shared / min(first[2] * first[3], second[2] * second[3]) if shared else 0.0


def _shared(first: Box, second: Box) -> float:
    across = min(first[0] + first[2], second[0] + second[2]) - max(first[0], second[0])
    down = min(first[1] + first[3], second[1] + second[3]) - max(first[1], second[1])
    return across * down if across > 0 and down > 0 else 0.0


class PlateDetector:
    """The plate detector of a model pack.

    Attributes:
        model: The network.
        looks: How a frame is looked at.
    """

    def __init__(self, model: Model, *, looks: Looks = DEFAULT_LOOKS) -> None:
        """Use `model`, which gives score, peak and corners, or what its decode says.

        Raises:
            ModelRefusedError: It is not ours and takes pictures of no fixed size.
        """
        told = model.manifest
        if told.decode != HEATMAP_CORNERS and not (told.input.height_px and told.input.width_px):
            refuse(told.task, f"a fixed size for {told.decode}", "height or width of 0")
        self.model = model
        self.looks = looks

    @classmethod
    def open(
        cls,
        pack_dir: Path | None = None,
        *,
        threads: int = 1,
        looks: Looks = DEFAULT_LOOKS,
        form: str | None = None,
    ) -> "PlateDetector":
        """Open the detector of a pack, None for the one that ships, in the form that runs best.

        Raises:
            ModelRefusedError: The pack is not what its manifest says.
        """
        model = open_model("plate_detector", pack_dir=pack_dir, threads=threads, form=form)
        return cls(model, looks=looks)

    def find(self, image: Image) -> tuple[tuple[Found, ...], tuple[Dropped, ...]]:
        """Find the plates of one picture, best first.

        Args:
            image: (height, width, 3) uint8, blue-green-red.

        Returns:
            The plates; and the second boxes of the same plates, and what stayed too faint.
        """
        ours = self.model.manifest.decode == HEATMAP_CORNERS
        sure, faint = self._look(image) if ours else (self._look_once(image), [])
        height, width = image.shape[:2]
        inside = [
            Found(np.clip(found.corners, (0, 0), (width, height)), found.score) for found in sure
        ]
        kept, same = _merge(inside, same=self.looks.same)
        return kept, (*same, *faint)

    def _look_once(self, image: Image) -> list[Found]:
        """See the whole frame with another's network, as its manifest says."""
        told = self.model.manifest
        sight = sight_of(image, contract=told.input)
        corners, scores = detections_of(self.model.run(sight.pixels[np.newaxis]), manifest=told)
        weighed = _as_ours(scores, threshold=told.threshold, ours=self.looks.threshold)
        return [
            Found(place, float(score))
            for place, score in zip(sight.back(corners), weighed, strict=True)
        ]

    def _look(self, image: Image) -> tuple[list[Found], list[Dropped]]:
        """See the whole frame with our network, and what is faint in a coarse view from nearer."""
        looks = self.looks
        view, scale = _letterbox(image, shape=self._shape(image), enlarge=looks.enlarge)
        seen = self._see(view, scale=scale, threshold=looks.faint)
        sure = [found for found in seen if found.score >= looks.threshold]
        faint = sorted(
            (found for found in seen if found.score < looks.threshold and _alone(found, sure)),
            key=lambda found: -found.score,
        )
        dropped: list[Dropped] = []
        near = looks.second_looks if scale <= looks.coarse else 0
        for place, found in enumerate(faint):
            closer = (
                self._look_closer(image, found, scale=min(1.0, 2 * scale)) if place < near else []
            )
            sure += closer
            if not _alone(found, closer):
                continue
            if found.score >= looks.least:
                sure.append(found)
            elif place < near:
                dropped.append(Dropped(found.corners, found.score, "too faint"))
        return sure, dropped

    def _shape(self, image: Image) -> tuple[int, int]:
        told = self.model.manifest.input
        if told.height_px and told.width_px:
            return told.height_px, told.width_px
        return shape_of((image.shape[0], image.shape[1]), looks=self.looks)

    def _see(self, view: Image, *, scale: float, threshold: float) -> list[Found]:
        """One run of the network; places in pixels of the picture that `view` shows at `scale`."""
        planes = self.model.manifest.input.layout == "NCHW"
        given = np.stack(cv2.split(view)) if planes else view
        score, peak, corners = self.model.run(given[np.newaxis])
        if [each.ndim for each in (score, corners)] != [4, 4] or corners.shape[1] != 8:
            expected = "score of n x 1 x rows x columns, corners of n x 8 x rows x columns"
            refuse(self.model.manifest.task, expected, f"{score.shape}, {corners.shape}")
        seen = _peaks(score[0, 0], peak[0, 0], corners[0], threshold=threshold)
        return [Found(found.corners / scale, found.score) for found in seen]

    def _look_closer(self, image: Image, found: Found, *, scale: float) -> list[Found]:
        """See the surroundings of one faint plate larger."""
        rows, columns = (round(side / scale) for side in _CLOSER)
        x, y = found.corners.mean(axis=0)
        left = int(np.clip(x - columns / 2, 0, max(0, image.shape[1] - columns)))
        top = int(np.clip(y - rows / 2, 0, max(0, image.shape[0] - rows)))
        part = image[top : top + rows, left : left + columns]
        view, part_scale = _letterbox(part, shape=_CLOSER, enlarge=scale)
        origin = np.array((left, top), np.float32)
        return [
            Found(closer.corners + origin, closer.score)
            for closer in self._see(view, scale=part_scale, threshold=self.looks.least)
        ]


def _letterbox(image: Image, *, shape: tuple[int, int], enlarge: float) -> tuple[Image, float]:
    """The picture as the network sees it, and its scale: network pixels a pixel of the picture.

    Returns:
        (rows, columns, 3) uint8, and the scale.
    """
    height, width = image.shape[:2]
    scale = min(shape[1] / width, shape[0] / height, enlarge)
    inner = max(1, round(width * scale)), max(1, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    view = np.full((*shape, 3), _GREY, np.uint8)
    view[: inner[1], : inner[0]] = cv2.resize(image, inner, interpolation=how)
    return view, scale


def _as_ours(scores: NDArray[np.float32], *, threshold: float, ours: float) -> NDArray[np.float32]:
    """Scores of another's network as ours: its threshold becomes `ours`; 0 and 1 stay.

    The gate weighs finding against reading, so a score must mean about the same in every pack.
    """
    if not 0 < threshold < 1:
        return scores
    power = math.log(ours) / math.log(threshold)
    return np.asarray(np.clip(scores, 0, 1) ** power, np.float32)


def _alone(found: Found, others: Sequence[Found]) -> bool:
    """Whether no other plate stands where this one is."""
    box = box_of(found.corners)
    return all(_covered(box, box_of(other.corners)) < 0.3 for other in others)


@lru_cache(maxsize=256)
def shape_of(size: tuple[int, int], *, looks: Looks) -> tuple[int, int]:
    """Rows and columns of the network's view that show a frame of (rows, columns) largest.

    They are multiples of 32. Among views that show it equally large the smallest wins: grey
    margins cost time too.
    """
    height, width = size

    def shown(shape: tuple[int, int]) -> tuple[float, int]:
        scale = min(shape[1] / width, shape[0] / height, looks.enlarge)
        return scale, -shape[0] * shape[1]

    cells = looks.area_px // _GRID_PX**2
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
    if float(score.max()) < threshold:  # most closer looks see nothing
        return []
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
        elif any(_covered(box, other) > same for other, _ in kept):
            dropped.append(Dropped(found.corners, found.score, "same plate as a better one"))
        else:
            kept.append((box, found))
    return tuple(found for _, found in kept), tuple(dropped)
