"""Searching pictures with a finder in training, marking its finds, and mining what is unmarked."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from recognition.training.finder.net import STRIDE, PlateFinder, ShippedFinder
from recognition.training.samples.finding import Box, Mined
from recognition.training.samples.photos import Photo

__all__ = ["FRAME_H", "FRAME_W", "Find", "Marks", "find", "mine", "overlap", "sit"]

Picture = NDArray[np.uint8]
Corners = NDArray[np.float32]

FRAME_W = 640
FRAME_H = 384
_THRESHOLD = 0.3


@dataclass(frozen=True, slots=True)
class Find:
    """A plate a finder sees: corners (4, 2) px from the top left clockwise, score in [0, 1]."""

    corners: Corners
    score: float

    @property
    def box(self) -> Box:
        """The upright box: x, y, width, height in px."""
        low, high = self.corners.min(0), self.corners.max(0)
        return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])


@dataclass(frozen=True, slots=True)
class Marks:
    """How a finder did: recall by overlap (half or more) and by centre, false finds a photo."""

    overlap: float
    centre: float
    false_finds: float


def overlap(a: Box, b: Box) -> float:
    """Return intersection over union of two boxes."""
    across = max(0.0, min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0]))
    down = max(0.0, min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1]))
    both = across * down
    return both / (a[2] * a[3] + b[2] * b[3] - both + 1e-9)


def _holds_centre(outer: Box, inner: Box) -> bool:
    x, y = inner[0] + inner[2] / 2, inner[1] + inner[3] / 2
    return outer[0] <= x <= outer[0] + outer[2] and outer[1] <= y <= outer[1] + outer[3]


def find(finder: PlateFinder, image: Picture, *, least: float = _THRESHOLD) -> list[Find]:
    """Find plates in one picture, scaled to fit 640 x 384, overlapping finds dropped."""
    height, width = image.shape[:2]
    scale = min(FRAME_W / width, FRAME_H / height, 2.0)
    frame = np.full((FRAME_H, FRAME_W, 3), 114, np.uint8)
    size = (round(width * scale), round(height * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    frame[: size[1], : size[0]] = cv2.resize(image, size, interpolation=way)
    view = torch.from_numpy(frame[np.newaxis])
    with torch.no_grad():
        score, peak, offsets = (part[0].numpy() for part in ShippedFinder(finder)(view))
    rows, columns = np.nonzero((score[0] >= least) & (score[0] >= peak[0] - 1e-6))
    finds = []
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        centre = np.array([column + 0.5, row + 0.5], np.float32)
        corners = (offsets[:, row, column].reshape(4, 2) + centre) * np.float32(STRIDE / scale)
        finds.append(Find(corners, float(score[0, row, column])))
    kept: list[Find] = []
    for one in sorted(finds, key=lambda found: -found.score):
        if all(overlap(one.box, other.box) < 0.3 for other in kept):
            kept.append(one)
    return kept


def sit(finder: PlateFinder, photos: list[Photo]) -> Marks:
    """Let a finder search check photos whose plates are all marked."""
    good = near = total = false_finds = 0
    for photo in photos:
        finds = [found.box for found in find(finder, photo.image)]
        boxes: list[Box] = [(x, y, w, h) for x, y, w, h in photo.boxes.tolist()]
        total += len(boxes)
        good += sum(any(overlap(box, found) >= 0.5 for found in finds) for box in boxes)
        near += sum(any(_holds_centre(found, box) for found in finds) for box in boxes)
        false_finds += sum(not any(_holds_centre(found, box) for box in boxes) for found in finds)
    return Marks(good / total, near / total, false_finds / len(photos))


def mine(finder: PlateFinder, photos: list[Photo], *, least: float = 0.2) -> dict[str, Mined]:
    """Search training photos for what nobody marked.

    Partly labelled frames hold about 600 real plates without a mark, so there a score of 0.42 is
    enough to leave a find alone; elsewhere it takes 0.6. The rest, if small, are hard negatives.
    """
    mined = {}
    for photo in photos:
        marked: list[Box] = [(x, y, w, h) for x, y, w, h in photo.boxes.tolist()]
        finds = find(finder, photo.image, least=least)
        if photo.partly_labelled:  # far plates show at full size only
            for x in (0, 320, 640):
                shift = np.array([x, 180], np.float32)
                tile = np.ascontiguousarray(photo.image[180:564, x : x + 640])
                finds += [Find(f.corners + shift, f.score) for f in find(finder, tile, least=least)]
        unmarked = [
            found
            for found in finds
            if all(
                overlap(found.box, box) < 0.15 and not _holds_centre(box, found.box)
                for box in marked
            )
        ]
        sure = 0.42 if photo.partly_labelled else 0.6
        mined[photo.name] = Mined(
            tuple(found.box for found in unmarked if found.score >= sure),
            tuple(found.box for found in unmarked if found.score < sure and found.box[2] < 500),
        )
    return mined
