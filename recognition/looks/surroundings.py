"""Looking again at a find together with what is around it: the cut-out, and networks shown it."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.frame import Image
from recognition.looks.plates import box_of
from recognition.models import Model, folder_of, open_model
from recognition.packs.manifest import refuse
from recognition.packs.sight import sight_of

__all__ = ["Onlooker", "Place", "extent_of", "surroundings_of"]

_GREY = (114, 114, 114)
_DETECTOR = "plate_detector"

Place = tuple[Image, NDArray[np.float32]]
"""A picture (height, width, 3) uint8 blue-green-red, and corners (n, 2) in its pixels."""


class Onlooker:
    """A network of a model pack that is shown finds with what is around them.

    What it is asked, and what its answers mean, its kinds say: `check`, `outline`.

    Attributes:
        task: One of `packs.manifest.TASKS`.
        across: What it is shown, in widths of the find's upright box, which is in the middle.
        down: The same in its heights.
        model: The network.
    """

    task: ClassVar[str]
    across: ClassVar[float]
    down: ClassVar[float]

    def __init__(self, model: Model) -> None:
        """Use `model`: pictures of a fixed size in, one answer each out.

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
    ) -> Self | None:
        """Open the network of a pack that goes with its detector.

        It has learnt what one detector gives: a pack that brings a detector and no such network
        is read without one.

        Args:
            pack_dir: Folder of the pack, None for the one that ships.
            threads: Cores for it.
            form: Form of it, None for what runs best here.

        Returns:
            The network, or None where the pack has none.

        Raises:
            ModelRefusedError: The pack is not what its manifest says.
        """
        if pack_dir is None or not _holds(pack_dir, cls.task):
            pack_dir = folder_of(_DETECTOR, pack_dir=pack_dir)
            if not _holds(pack_dir, cls.task):
                return None
        return cls(open_model(cls.task, pack_dir=pack_dir, threads=threads, form=form))

    def answers(self, places: Sequence[Place], *, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """Show it places, all in one run.

        Args:
            places: At least one.
            shape: Of one answer.

        Returns:
            (n, *shape).

        Raises:
            ModelRefusedError: Its answers have another shape.
        """
        told = self.model.manifest
        batch = np.stack(
            [
                sight_of(
                    surroundings_of(image, corners, across=self.across, down=self.down),
                    contract=told.input,
                ).pixels
                for image, corners in places
            ]
        )
        whole = self.model.batch or len(batch)
        short = -len(batch) % whole
        padded = np.concatenate([batch, np.repeat(batch[-1:], short, axis=0)])
        answers = []
        for start in range(0, len(padded), whole):
            answer = self.model.run(padded[start : start + whole])[0]
            if answer.size != whole * int(np.prod(shape)):
                expected = " x ".join(map(str, (whole, *shape)))
                refuse(told.task, f"an output of {expected}", " x ".join(map(str, answer.shape)))
            answers.append(answer.reshape(whole, *shape))
        return np.concatenate(answers)[: len(batch)]


def _holds(folder: Path, task: str) -> bool:
    """Whether a folder holds one: half of it is refused when it is opened, not passed over."""
    return any((folder / f"{task}{suffix}").exists() for suffix in (".json", ".onnx"))


def extent_of(
    corners: NDArray[np.float32], *, across: float, down: float
) -> tuple[int, int, int, int]:
    """Left, top, width and height in pixels of what is shown round a find.

    Args:
        corners: (n, 2) pixels.
        across: Widths of the find's upright box that are shown.
        down: Heights of it.
    """
    x, y, width, height = box_of(corners)
    left, top = round(x - width * (across - 1) / 2), round(y - height * (down - 1) / 2)
    return left, top, max(1, round(width * across)), max(1, round(height * down))


def surroundings_of(
    image: Image, corners: NDArray[np.float32], *, across: float, down: float
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
    left, top, width, height = extent_of(corners, across=across, down=down)
    right, bottom = left + width, top + height
    rows, columns = image.shape[:2]
    beyond = max(0, -top), max(0, bottom - rows), max(0, -left), max(0, right - columns)
    part = image[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
    if not any(beyond):
        return part
    if not part.size:
        return np.full((1, 1, 3), _GREY[0], np.uint8)
    bordered = cv2.copyMakeBorder(part, *beyond, cv2.BORDER_CONSTANT, value=_GREY)
    return bordered.astype(np.uint8, copy=False)
