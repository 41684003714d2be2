"""What the plates of the hard set stand in: photographs, or drawn roads where there are none.

Photographs are parted by drive and time, and near-duplicates stay together, so that nothing in the
sealed half was ever looked at in the open one.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.evaluation.photos import Photo, photos_of
from recognition.frame import Image
from recognition.looks.plates import Box, box_of
from recognition.synthetic.scene import render_scene

__all__ = ["Half", "Surroundings", "Vehicle", "drawn", "photographed"]

_ROADS, _VEHICLES = "romania_drives", "mixed_cars"
_ALIKE = 0.95
_GAP_FRAMES = 6
_LEAST_BOX_PX = 24.0
_DRAWN = 24


class Half(Enum):
    """Which half of the hard set: `OPEN` may be looked at while tuning, `SEALED` may not."""

    OPEN = "open"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True, eq=False)
class Vehicle:
    """A picture of a vehicle whose own plates are painted over.

    Attributes:
        image: (h, w, 3) uint8 BGR.
        box: Where one of its plates was, upright, px.
    """

    image: Image
    box: Box


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """What one half is made of.

    Attributes:
        roads: Pictures to stand vehicles in, (h, w, 3) uint8 BGR, 16:9.
        vehicles: Vehicles to put plates on.
        real: They are photographs.
    """

    roads: Sequence[Image]
    vehicles: Sequence[Vehicle]
    real: bool


def photographed(data: Path, *, half: Half) -> Surroundings:
    """Load one half of the photographs.

    Args:
        data: Folder with `romania_drives` and `mixed_cars`, each with `images/` and `labels.csv`.
        half: Which half.

    Raises:
        PictureRefusedError: A photo cannot be decoded.
        OSError: They are not there.
    """
    drives = _later_or_earlier(photos_of(data / _ROADS), half=half)
    cars = _families(photos_of(data / _VEHICLES), half=half)
    return Surroundings(
        roads=[_bare(photo) for photo in drives],
        vehicles=[vehicle for photo in cars for vehicle in _vehicles(photo)],
        real=True,
    )


def drawn(*, half: Half) -> Surroundings:
    """Draw roads with vehicles instead, for a checkout without photographs."""
    roads, vehicles = [], []
    for number in range(_DRAWN):
        rng = np.random.default_rng((zlib.crc32(half.value.encode()), number))
        scene = render_scene(rng, vehicles=2, decoys=2)
        boxes = [box_of(plate.corners) for plate in scene.plates]
        image = _painted_over(scene.image, boxes)
        roads.append(image)
        vehicles += [Vehicle(image, box) for box in boxes if box[2] >= _LEAST_BOX_PX]
    return Surroundings(roads, vehicles, real=False)


def _later_or_earlier(photos: Sequence[Photo], *, half: Half) -> list[Photo]:
    """The earlier half of each drive is open, the later sealed; some frames between are neither."""
    drives: dict[str, list[tuple[int, Photo]]] = {}
    for photo in photos:
        found = re.fullmatch(r"(.+)_t(\d+)\.\w+", photo.name)
        drive, at = (found[1], int(found[2])) if found else (photo.name, 0)
        drives.setdefault(drive, []).append((at, photo))
    chosen: list[Photo] = []
    for drive in sorted(drives):
        ordered = [photo for _, photo in sorted(drives[drive], key=lambda item: item[0])]
        middle = len(ordered) // 2
        earlier = half is Half.OPEN
        chosen += ordered[: middle - _GAP_FRAMES] if earlier else ordered[middle + _GAP_FRAMES :]
    return chosen


def _families(photos: Sequence[Photo], *, half: Half) -> list[Photo]:
    """Photos that look alike go to the same half, drawn by the name of the first of them."""
    looks = np.stack([_thumbnail(photo.frame.image) for photo in photos])
    alike = looks @ looks.T >= _ALIKE
    eldest = np.arange(len(photos))
    for _ in range(len(photos)):
        younger = np.where(alike, eldest[np.newaxis], len(photos)).min(axis=1)
        if (younger == eldest).all():
            break
        eldest = younger
    sealed = half is Half.SEALED
    return [
        photo
        for photo, first in zip(photos, eldest.tolist(), strict=True)
        if bool(zlib.crc32(photos[first].name.encode()) % 2) is sealed
    ]


def _thumbnail(image: Image) -> NDArray[np.float32]:
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (16, 12), interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
    small -= small.mean()
    return np.asarray(small / (np.linalg.norm(small) + 1e-6), np.float32)


def _bare(photo: Photo) -> Image:
    return _painted_over(photo.frame.image, [label.box for label in photo.labels])


def _vehicles(photo: Photo) -> list[Vehicle]:
    image = _bare(photo)
    boxes = [label.box for label in photo.labels]
    return [Vehicle(image, box) for box in boxes if box[2] >= _LEAST_BOX_PX]


def _painted_over(image: Image, boxes: Sequence[Box]) -> Image:
    """The picture with what surrounds each box grown over it."""
    mask = np.zeros(image.shape[:2], np.uint8)
    for x, y, width, height in boxes:
        start = (int(x - 0.06 * width), int(y - 0.12 * height))
        end = (int(x + 1.06 * width), int(y + 1.12 * height))
        cv2.rectangle(mask, start, end, 255, -1)
    return np.asarray(cv2.inpaint(image, mask, 3, cv2.INPAINT_TELEA), np.uint8)
