"""Which pictures of a passage are kept: the plate patch and the vehicle around it."""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.frame import Image
from recognition.recogniser import PlateReading

__all__ = ["Evidence", "evidence_of"]

_WIDE_PX = 200.0
_WIDEST_PX = 960


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The pictures of one frame of a passage.

    Attributes:
        at_s: Time of the frame.
        worth: How much they show, to compare frames of one passage; 0 or more.
        plate_patch: (h, w, 3) uint8 blue-green-red.
        vehicle_picture: (h, w, 3) uint8 blue-green-red around the plate.
        corners: (4, 2) float32 pixels of the plate in the whole frame.
    """

    at_s: float
    worth: float
    plate_patch: Image
    vehicle_picture: Image
    corners: NDArray[np.float32]


def evidence_of(image: Image, plate: PlateReading, *, at_s: float) -> Evidence:
    """Cut the pictures of one plate out of its frame.

    Their worth grows with what an officer can see: the sharpness of the plate's edges against
    its contrast, its width up to 200 pixels, and how well it was read.
    """
    x, y, width, height = plate.box
    patch = _cut(image, x - 0.1 * width, y - 0.2 * height, x + 1.1 * width, y + 1.2 * height)
    vehicle = _cut(image, x - 2 * width, y - 3.5 * width, x + 3 * width, y + height + width)
    grey = cv2.cvtColor(patch, cv2.COLOR_BGR2GRAY)
    edges = float(np.abs(cv2.Laplacian(grey, cv2.CV_32F)).mean()) / (float(grey.std()) + 8)
    return Evidence(
        at_s=at_s,
        worth=plate.reading.confidence * edges * min(width, _WIDE_PX),
        plate_patch=_smaller(patch),
        vehicle_picture=_smaller(vehicle),
        corners=plate.corners,
    )


def _cut(image: Image, left: float, top: float, right: float, bottom: float) -> Image:
    height, width = image.shape[:2]
    x, y = min(max(0, int(left)), width - 1), min(max(0, int(top)), height - 1)
    return image[y : max(y + 1, int(bottom)), x : max(x + 1, int(right))]


def _smaller(picture: Image) -> Image:
    """A copy that holds no whole frame in memory, at most `_WIDEST_PX` wide."""
    height, width = picture.shape[:2]
    if width <= _WIDEST_PX:
        return picture.copy()
    size = _WIDEST_PX, max(1, round(height * _WIDEST_PX / width))
    return cast(Image, cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
