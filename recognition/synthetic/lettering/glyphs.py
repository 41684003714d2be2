"""Characters as coverage masks of any size."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.synthetic.lettering.faces import HEIGHT_MM, Face, width_mm
from recognition.synthetic.lettering.strokes import outlines

__all__ = ["ALPHABET", "glyph"]

Mask = NDArray[np.uint8]

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PIXELS_PER_MM = 6.0


@lru_cache(maxsize=1024)
def _outline_mask(character: str, face: Face) -> Mask:
    """Draw one character at six pixels a millimetre; 255 inside the stroke."""
    size = (HEIGHT_MM, width_mm(character, face=face))
    mask = np.zeros([round(side * _PIXELS_PER_MM) for side in size], np.uint8)
    for part in outlines(character, face=face):
        cv2.fillConvexPoly(mask, np.round(part * _PIXELS_PER_MM).astype(np.int32), 255)
    return mask


@lru_cache(maxsize=16384)
def glyph(character: str, *, face: Face, height_px: int, width_px: int, weight: int = 0) -> Mask:
    """Draw one character as a coverage mask.

    Args:
        character: One of 0-9 and A-Z.
        face: Family of lettering.
        height_px: Height of the mask in pixels.
        width_px: Width of the mask in pixels.
        weight: Thickening of the stroke in steps of 2/3 mm; negative thins it.

    Returns:
        Coverage, shape (height_px, width_px), uint8 0-255. Shared: do not write to it.
    """
    mask = _outline_mask(character, face)
    if weight:
        kernel = np.ones((4 * abs(weight) + 1,) * 2, np.uint8)
        mask = (cv2.dilate if weight > 0 else cv2.erode)(mask, kernel).astype(np.uint8)
    small = cv2.resize(mask, (width_px, height_px), interpolation=cv2.INTER_AREA)
    drawn = np.asarray(small, np.uint8)
    drawn.setflags(write=False)
    return drawn
