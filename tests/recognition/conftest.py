"""Fixtures of recognition: the shipped models, a rendered plate, and photos beside the checkout."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from recognition.frame import Frame
from recognition.recogniser import Recogniser

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def recogniser() -> Recogniser:
    return Recogniser.open()


@pytest.fixture(scope="session")
def photos() -> Path:
    """The folder of development photos: $ANPR_PHOTOS, or shared/data beside the checkout."""
    named = os.environ.get("ANPR_PHOTOS")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if not (folder / "uk_dev" / "labels.csv").exists():
        pytest.skip(f"NO PHOTOS: {folder} has no uk_dev; set ANPR_PHOTOS to measure on real ones")
    return folder


def drawn_plate(text: str = "AB12 CDE") -> Frame:
    """A yellow plate with plain letters, 520 x 111 as on the road."""
    image = np.full((111, 520, 3), (40, 200, 240), np.uint8)
    font, scale, thick = cv2.FONT_HERSHEY_SIMPLEX, 2.7, 11
    (width, height), _ = cv2.getTextSize(text, font, scale, thick)
    place = (260 - width // 2, 55 + height // 2)
    cv2.putText(image, text, place, font, scale, (10, 10, 10), thick, cv2.LINE_AA)
    return Frame(image)
