"""A third look: is this cut-out, seen with what is around it, a number plate?

The detector judges a whole frame in small, the reader a plate without its surroundings. Neither
sees the post that a sign stands on. This network sees just that, and only where it is asked.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.frame import Image
from recognition.models import Model, folder_of, open_model
from recognition.packs.manifest import refuse
from recognition.packs.sight import sight_of
from recognition.plates import box_of

__all__ = ["ACROSS", "DOWN", "PlateCheck", "surroundings_of"]

ACROSS = 1.6
"""What is shown, in widths of the plate's upright box, which is in the middle."""
DOWN = 2.6
"""The same in its heights."""

_GREY = (114, 114, 114)
_TASK, _DETECTOR = "plate_check", "plate_detector"


class PlateCheck:
    """The plate check of a model pack.

    Attributes:
        model: The network.
    """

    def __init__(self, model: Model) -> None:
        """Use `model`: pictures of a fixed size in, a probability each out.

        Raises:
            ModelRefusedError: It takes pictures of no fixed size.
        """
        told = model.manifest
        if not told.input.height_px or not told.input.width_px:
            refuse(told.task, "a fixed size", f"{told.input.width_px} x {told.input.height_px}")
        self.model = model

    @classmethod
    def open(
        cls, pack_dir: Path | None = None, *, threads: int = 1, form: str | None = None
    ) -> "PlateCheck | None":
        """Open the check of a pack, None for the one that ships, in the form that runs best.

        Returns:
            The check, or None where the pack has none. A check has learnt what one detector takes
            for plates: a pack that brings a detector and no check is judged without one.

        Raises:
            ModelRefusedError: The pack is not what its manifest says.
        """
        if pack_dir is None or not _has_check(pack_dir):
            pack_dir = folder_of(_DETECTOR, pack_dir=pack_dir)
            if not _has_check(pack_dir):
                return None
        return cls(open_model(_TASK, pack_dir=pack_dir, threads=threads, form=form))

    def judge(self, places: Sequence[tuple[Image, NDArray[np.float32]]]) -> list[float]:
        """How likely each place is a number plate, all in one run.

        Args:
            places: Picture (height, width, 3) uint8 blue-green-red, and corners (n, 2) in its
                pixels.

        Returns:
            A probability each, in [0, 1].
        """
        if not places:
            return []
        told = self.model.manifest
        batch = np.stack(
            [
                sight_of(surroundings_of(image, corners), contract=told.input).pixels
                for image, corners in places
            ]
        )
        at_once = self.model.batch or len(batch)
        return [
            each
            for start in range(0, len(batch), at_once)
            for each in self._judge(batch[start : start + at_once])
        ]

    def _judge(self, batch: NDArray[Any]) -> list[float]:
        whole = self.model.batch or len(batch)
        padded = np.concatenate([batch, np.repeat(batch[-1:], whole - len(batch), axis=0)])
        answer = self.model.run(padded)[0]
        if answer.size != whole:
            shape = " x ".join(map(str, answer.shape))
            refuse(self.model.manifest.task, f"an output of {whole} x 1", shape)
        return [float(each) for each in np.clip(answer.reshape(-1)[: len(batch)], 0, 1)]


def _has_check(folder: Path) -> bool:
    """Whether a folder holds one: half a check is refused when it is opened, not passed over."""
    return any((folder / f"{_TASK}{suffix}").exists() for suffix in (".json", ".onnx"))


def surroundings_of(
    image: Image, corners: NDArray[np.float32], *, across: float = ACROSS, down: float = DOWN
) -> Image:
    """Cut a plate out with what is around it; what lies beyond the picture is grey.

    Args:
        image: (height, width, 3) uint8.
        corners: (n, 2) pixels.
        across: Widths of the plate's upright box that are shown.
        down: Heights of it.

    Returns:
        At least one pixel; a view where nothing lies beyond.
    """
    x, y, width, height = box_of(corners)
    left, top = round(x - width * (across - 1) / 2), round(y - height * (down - 1) / 2)
    right, bottom = left + max(1, round(width * across)), top + max(1, round(height * down))
    rows, columns = image.shape[:2]
    beyond = max(0, -top), max(0, bottom - rows), max(0, -left), max(0, right - columns)
    part = image[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
    if not any(beyond):
        return part
    if not part.size:
        return np.full((1, 1, 3), _GREY[0], np.uint8)
    bordered = cv2.copyMakeBorder(part, *beyond, cv2.BORDER_CONSTANT, value=_GREY)
    return bordered.astype(np.uint8, copy=False)
