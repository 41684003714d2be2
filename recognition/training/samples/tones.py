"""Other light, colour and noise for a picture to learn from."""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

__all__ = ["toned"]

Picture = NDArray[np.uint8]


def toned(
    rng: Generator, image: Picture, *, grey: float, noisy: float, dim: float | None = None
) -> Picture:
    """Vary the gamma, contrast, brightness, tint and noise of a picture.

    Args:
        rng: Where chance comes from; the draws and their order are part of a course that is to
            give the same weights again.
        image: (h, w, 3) uint8 BGR.
        grey: Share of pictures without colour, in [0, 1].
        noisy: Share of pictures with a sensor's noise, in [0, 1].
        dim: Share of pictures in a quarter to half of the light, in [0, 1]; None draws nothing.

    Returns:
        Another picture of the same shape.
    """
    ramp = np.arange(256) / 255.0
    if rng.random() < 0.5:
        ramp = ramp ** rng.uniform(0.7, 1.5)
    table = (255 * ramp - 128) * rng.uniform(0.6, 1.35) + 128 + rng.uniform(-35, 35)
    if dim is not None and rng.random() < dim:
        table *= rng.uniform(0.25, 0.6)
    colours = np.repeat(table[:, None], 3, 1)
    if rng.random() < 0.3:
        colours *= rng.uniform(0.85, 1.15, 3)
    image = np.asarray(cv2.LUT(image, np.clip(colours, 0, 255).astype(np.uint8)[:, None]), np.uint8)
    if rng.random() < grey:
        flat = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        image = np.asarray(cv2.cvtColor(flat, cv2.COLOR_GRAY2BGR), np.uint8)
    if rng.random() < noisy:
        noise = rng.standard_normal(image.shape[:2], np.float32) * np.float32(rng.uniform(1, 9))
        image = np.clip(image + noise[..., None], 0, 255).astype(np.uint8)
    return image
