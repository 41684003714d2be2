"""Plate -> character lattice, by one network.

Ours gives 64 steps, two rows of 32, so that a two-line plate is read like any other. Others' give
a slot for each place, which is a lattice already.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.frame import Image
from recognition.grammar.lattice import ALPHABET, Lattice, gather
from recognition.looks.plates import box_of
from recognition.models import Model, open_model
from recognition.packs.manifest import SLOTS, refuse
from recognition.packs.sight import sight_of
from recognition.packs.slots import check_alphabet, lattices_of

__all__ = ["PlateReader", "patch_of", "straight_patch_of", "straightened"]

_WIDER, _TALLER = 0.02, 0.05


class PlateReader:
    """The plate reader of a model pack."""

    def __init__(self, model: Model) -> None:
        """Use `model`: CTC log-probabilities over `ALPHABET` and blank, or slots of its own.

        Raises:
            ModelRefusedError: It reads another alphabet, or pictures of no fixed size.
        """
        told = model.manifest
        if not told.input.height_px or not told.input.width_px:
            refuse(told.task, "a fixed size", f"{told.input.width_px} x {told.input.height_px}")
        if told.decode == SLOTS:
            check_alphabet(told)
        elif told.alphabet.rstrip("-_ ") != ALPHABET:
            refuse(told.task, f"the alphabet {ALPHABET}", repr(told.alphabet))
        self.model = model

    @classmethod
    def open(
        cls, pack_dir: Path | None = None, *, threads: int = 1, form: str | None = None
    ) -> "PlateReader":
        """Open the reader of a pack, None for the one that ships, in the form that runs best.

        Raises:
            ModelRefusedError: The pack is not what its manifest says.
        """
        return cls(open_model("plate_ocr", pack_dir=pack_dir, threads=threads, form=form))

    def read(self, patches: Sequence[Image]) -> list[Lattice]:
        """Read plate patches, as `patch_of` or `straight_patch_of` cut them, all in one run."""
        if not patches:
            return []
        told = self.model.manifest
        batch = np.stack([sight_of(patch, contract=told.input).pixels for patch in patches])
        at_once = self.model.batch or len(batch)
        return [
            lattice
            for start in range(0, len(batch), at_once)
            for lattice in self._read(batch[start : start + at_once])
        ]

    def _read(self, batch: NDArray[Any]) -> list[Lattice]:
        told = self.model.manifest
        whole = self.model.batch or len(batch)
        padded = np.concatenate([batch, np.repeat(batch[-1:], whole - len(batch), axis=0)])
        answer = self.model.run(padded)[0]
        if told.decode == SLOTS:
            return lattices_of(answer, manifest=told)[: len(batch)]
        if answer.ndim != 3 or answer.shape[::2] != (whole, len(ALPHABET) + 1):
            expected = f"an output of {whole} x steps x {len(ALPHABET) + 1}"
            refuse(told.task, expected, " x ".join(map(str, answer.shape)))
        return [gather(steps) for steps in np.exp(answer.astype(np.float64))][: len(batch)]


def patch_of(
    image: Image, corners: NDArray[np.float32], *, wider: float = _WIDER, taller: float = _TALLER
) -> Image:
    """Cut the plate out of a picture: its upright box and a little around it.

    Args:
        image: (height, width, 3) uint8.
        corners: (4, 2) pixels.
        wider: Share of its width that is added, half on each side.
        taller: Share of its height that is added.

    Returns:
        A view of at least one pixel.
    """
    x, y, width, height = box_of(corners)
    bottom, right = image.shape[:2]
    left = min(max(0, int(x - width * wider / 2)), right - 1)
    top = min(max(0, int(y - height * taller / 2)), bottom - 1)
    right = max(left + 1, min(right, int(x + width * (1 + wider / 2)) + 1))
    bottom = max(top + 1, min(bottom, int(y + height * (1 + taller / 2)) + 1))
    return image[top:bottom, left:right]


def straight_patch_of(
    image: Image, corners: NDArray[np.float32], *, wider: float = _WIDER, taller: float = _TALLER
) -> Image:
    """Pull the plate straight by its corners, with a little around it, at its own size.

    Args:
        image: (height, width, 3) uint8.
        corners: (4, 2) pixels: top left, top right, bottom right, bottom left.
        wider: Share of its width that is added, half on each side.
        taller: Share of its height that is added.
    """
    right = (corners[1] - corners[0] + corners[2] - corners[3]) / 2
    down = (corners[3] - corners[0] + corners[2] - corners[1]) / 2
    across, along = right * wider / 2, down * taller / 2
    wide = corners + np.stack([-across - along, across - along, across + along, along - across])
    return straightened(image, wide.astype(np.float32))


def straightened(image: Image, corners: NDArray[np.float32]) -> Image:
    """Pull a four-cornered region straight, at its own size in pixels.

    Sixteen taps a pixel instead of four: two neighbours mixed blur strokes that are two pixels
    wide. Training pulls its plates straight by this very function.

    Args:
        image: (height, width, 3) or (height, width) uint8.
        corners: (4, 2) pixels: top left, top right, bottom right, bottom left.
    """
    right = (corners[1] - corners[0] + corners[2] - corners[3]) / 2
    down = (corners[3] - corners[0] + corners[2] - corners[1]) / 2
    width, height = max(8, round(float(np.hypot(*right)))), max(4, round(float(np.hypot(*down))))
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    pull = cv2.getPerspectiveTransform(corners, target)
    return cast(
        Image,
        cv2.warpPerspective(
            image, pull, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        ),
    )
