"""Plates as a detector hands them over, of all qualities, with formats as on UK roads."""

import cv2
import numpy as np
from numpy.random import Generator

from recognition.evaluation.exams.frames import UK_ROADS, issued_mark
from recognition.frame import Image
from recognition.looks.ocr import patch_of
from recognition.synthetic import camera
from recognition.synthetic.plate import random_style, render_plate

__all__ = ["draw_crop"]

_NARROW_PX, _WIDE_PX = 32.0, 180.0
_AIM = 0.03
"""How far a detector's corners are off, as a share of the plate's height."""


def draw_crop(rng: Generator) -> tuple[Image, str]:
    """Draw one plate, let a poor camera see it, and cut it out about right.

    Args:
        rng: Source of chance; its seeds are used in no training.

    Returns:
        The patch (h, w, 3) uint8 BGR, and the mark.
    """
    names = tuple(UK_ROADS)
    shares = np.array([UK_ROADS[name] for name in names])
    format_id = names[int(rng.choice(len(names), p=shares / shares.sum()))]
    text = issued_mark(rng, format_id=format_id)
    plate = render_plate(rng, vrm=text, style=random_style(rng, format_id=format_id))
    height, width = plate.image.shape[:2]
    outline = camera.tilt(rng, width=width, height=height, strength=0.6)
    reach = np.ptp(outline, axis=0)
    wide = float(np.exp(rng.uniform(np.log(_NARROW_PX), np.log(_WIDE_PX))))
    if reach[1] > 0.5 * reach[0]:
        wide *= 0.6
    scale = wide / float(reach[0])
    size = np.ceil(reach * scale * (1.7, 2.2)).astype(int)
    outline = np.asarray(outline * scale + size / 2, np.float32)
    level = rng.uniform(20, 200)
    road = rng.normal(level, 12, (int(size[1]), int(size[0]), 3)).clip(0, 255).astype(np.uint8)
    picture = np.asarray(cv2.GaussianBlur(road, (0, 0), 2), np.uint8)
    camera.paste(picture, plate.image, corners=outline, softness=rng.uniform(0, 0.6))
    picture = camera.degrade(rng, picture)
    own = camera.corners_of(plate.image)
    corners = camera.project(plate.corners, source=own, target=outline)
    high = float(np.ptp(corners[:, 1]))
    aimed = corners + rng.standard_normal((4, 2)) * high * _AIM
    return patch_of(picture, np.asarray(aimed, np.float32)), text
