"""Rendered pictures and the shipped models, once for all tests of the cluster."""

import cv2
import numpy as np
import pytest

from recognition.recogniser import Recogniser
from recognition.synthetic.camera import Light
from recognition.synthetic.footage import RoadsideCamera


@pytest.fixture(scope="session")
def recogniser() -> Recogniser:
    """The pipeline as it ships."""
    return Recogniser.open()


@pytest.fixture(scope="session")
def jpeg_of():
    """A rendered picture of one vehicle, or of an empty road, as a camera sends it."""
    place = RoadsideCamera(np.random.default_rng(7), light=Light.DAY, size_px=(960, 540))

    def render(vrm: str = "") -> bytes:
        rng = np.random.default_rng(11)
        if vrm:
            *_, scene = place.passage(rng, vrm=vrm, frames=4)
        else:
            scene = place.empty(rng)
        return cv2.imencode(".jpg", scene.image)[1].tobytes()

    return render
