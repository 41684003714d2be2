"""Plate -> character lattice, by one network.

The network gives 64 steps, two rows of 32, so that a two-line plate is read like any other.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.errors import ModelRefusedError
from recognition.frame import Image
from recognition.grammar.lattice import ALPHABET, Lattice, gather
from recognition.models import Model, open_model
from recognition.plates import box_of

__all__ = ["PlateReader", "patch_of", "straight_patch_of"]

_WIDER, _TALLER = 0.02, 0.05


class PlateReader:
    """The plate reader of a model pack."""

    def __init__(self, model: Model) -> None:
        """Use `model`, which gives CTC log-probabilities over `ALPHABET` and blank.

        Raises:
            ModelRefusedError: It reads another alphabet, or pictures of no fixed size.
        """
        told = model.manifest
        if told.alphabet.rstrip("-_ ") != ALPHABET or not told.height_px or not told.width_px:
            raise ModelRefusedError(
                f"model plate_ocr refused: expected the alphabet {ALPHABET} and a fixed size, "
                f"found {told.alphabet!r} and {told.width_px} x {told.height_px}; "
                "install the model pack of this release again"
            )
        self.model = model

    @classmethod
    def open(cls, pack_dir: Path | None = None, *, threads: int = 1) -> "PlateReader":
        """Open the reader of a pack, None for the one that ships.

        Raises:
            ModelRefusedError: The pack is not what its manifest says.
        """
        return cls(open_model("plate_ocr", pack_dir=pack_dir, outputs=("logp",), threads=threads))

    def read(self, patches: Sequence[Image]) -> list[Lattice]:
        """Read plate patches, as `patch_of` or `straight_patch_of` cut them, all in one run."""
        if not patches:
            return []
        size = self.model.manifest.width_px, self.model.manifest.height_px
        batch = np.stack([_seen(patch, size=size) for patch in patches])[:, np.newaxis]
        (logp,) = self.model.run(batch)
        return [gather(steps) for steps in np.exp(logp.astype(np.float64))]


def patch_of(image: Image, corners: NDArray[np.float32]) -> Image:
    """Cut the plate out of a picture: its upright box, 2 % wider and 5 % taller.

    Args:
        image: (height, width, 3) uint8.
        corners: (4, 2) pixels.

    Returns:
        A view of at least one pixel.
    """
    x, y, width, height = box_of(corners)
    bottom, right = image.shape[:2]
    left = min(max(0, int(x - width * _WIDER / 2)), right - 1)
    top = min(max(0, int(y - height * _TALLER / 2)), bottom - 1)
    right = max(left + 1, min(right, int(x + width * (1 + _WIDER / 2)) + 1))
    bottom = max(top + 1, min(bottom, int(y + height * (1 + _TALLER / 2)) + 1))
    return image[top:bottom, left:right]


def straight_patch_of(image: Image, corners: NDArray[np.float32]) -> Image:
    """Pull the plate straight by its corners, 2 % wider and 5 % taller, at its own size.

    Args:
        image: (height, width, 3) uint8.
        corners: (4, 2) pixels: top left, top right, bottom right, bottom left.
    """
    right = (corners[1] - corners[0] + corners[2] - corners[3]) / 2
    down = (corners[3] - corners[0] + corners[2] - corners[1]) / 2
    across, along = right * _WIDER / 2, down * _TALLER / 2
    wide = corners + np.stack([-across - along, across - along, across + along, along - across])
    width = max(8, round(float(np.hypot(*right) * (1 + _WIDER))))
    height = max(4, round(float(np.hypot(*down) * (1 + _TALLER))))
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    pull = cv2.getPerspectiveTransform(wide.astype(np.float32), target)
    straight = cv2.warpPerspective(image, pull, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return cast(Image, straight)


def _seen(patch: Image, *, size: tuple[int, int]) -> NDArray[np.uint8]:
    grey = cv2.cvtColor(patch, cv2.COLOR_BGR2GRAY)
    how = cv2.INTER_AREA if grey.shape[1] > size[0] else cv2.INTER_LINEAR
    return cv2.resize(grey, size, interpolation=how).astype(np.uint8, copy=False)
