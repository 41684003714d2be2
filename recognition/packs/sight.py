"""Picture -> what a network takes: size, colour, layout and normalisation by its contract."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.frame import Image
from recognition.packs.manifest import InputContract

__all__ = ["Sight", "sight_of"]

_HOW = {
    "linear": cv2.INTER_LINEAR,
    "area": cv2.INTER_AREA,
    "cubic": cv2.INTER_CUBIC,
    "nearest": cv2.INTER_NEAREST,
    "lanczos4": cv2.INTER_LANCZOS4,
}
_COLOURS = {"gray": cv2.COLOR_BGR2GRAY, "rgb": cv2.COLOR_BGR2RGB}

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A picture as a network takes it.

    Attributes:
        pixels: (channels, height, width) or (height, width, channels), by the layout.
        scale: Pixels of the network a pixel of the picture, across and down.
        margin_px: Where the picture begins in what the network sees, across and down.
    """

    pixels: NDArray[np.uint8] | NDArray[np.float32]
    scale: Pair
    margin_px: Pair

    def back(self, places: NDArray[np.float32]) -> NDArray[np.float32]:
        """Places (..., 2) in pixels of the network as pixels of the picture."""
        margin, scale = (np.array(pair, np.float32) for pair in (self.margin_px, self.scale))
        moved: NDArray[np.float32] = (places - margin) / scale
        return moved


def sight_of(image: Image, *, contract: InputContract) -> Sight:
    """Show a picture to a network of a fixed size.

    Args:
        image: (height, width, 3) uint8, blue-green-red.
        contract: What the network takes.
    """
    size = contract.width_px, contract.height_px
    if contract.colour in _COLOURS:
        image = cv2.cvtColor(image, _COLOURS[contract.colour]).astype(np.uint8, copy=False)
    if contract.resize == "letterbox":
        seen, scale, margin = _letterboxed(image, size=size, contract=contract)
    else:
        scale = size[0] / image.shape[1], size[1] / image.shape[0]
        seen, margin = _resized(image, size=size, contract=contract), (0.0, 0.0)
    if contract.dtype is np.float32:
        mean, by = (np.array(part, np.float32) for part in (contract.mean, contract.scale))
        pixels: NDArray[np.float32] | NDArray[np.uint8] = (
            seen.reshape(*seen.shape[:2], -1) - mean
        ) * by
    else:
        pixels = seen.reshape(*seen.shape[:2], -1)
    return Sight(pixels.transpose(2, 0, 1) if contract.layout == "NCHW" else pixels, scale, margin)


def _resized(image: Image, *, size: tuple[int, int], contract: InputContract) -> Image:
    smaller = cv2.INTER_AREA if image.shape[1] > size[0] else cv2.INTER_LINEAR
    how = _HOW.get(contract.interpolation, smaller)
    return cv2.resize(image, size, interpolation=how).astype(np.uint8, copy=False)


def _letterboxed(
    image: Image, *, size: tuple[int, int], contract: InputContract
) -> tuple[Image, Pair, Pair]:
    height, width = image.shape[:2]
    scale = min(size[0] / width, size[1] / height)
    inner = max(1, round(width * scale)), max(1, round(height * scale))
    left, top = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    canvas = np.full((size[1], size[0], *image.shape[2:]), contract.fill, np.uint8)
    canvas[top : top + inner[1], left : left + inner[0]] = _resized(
        image, size=inner, contract=contract
    )
    return canvas, (scale, scale), (left, top)
