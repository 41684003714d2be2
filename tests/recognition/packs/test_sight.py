import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.packs.manifest import InputContract
from recognition.packs.sight import sight_of

BLUE = np.full((20, 40, 3), (200, 0, 50), np.uint8)


def contract(**changes: object) -> InputContract:
    told = {"name": "input", "dtype": np.float32, "height_px": 64, "width_px": 64} | changes
    return InputContract(**told)


def test_a_letterbox_shows_the_whole_picture_in_the_middle_of_grey() -> None:
    sight = sight_of(BLUE, contract=contract(resize="letterbox", fill=7))
    assert sight.pixels.shape == (3, 64, 64)
    assert (sight.pixels[:, :16] == 7).all()
    assert (sight.pixels[:, 48:] == 7).all()
    assert (sight.pixels[0, 16:48] == 200).all()
    assert sight.scale == (1.6, 1.6)
    assert sight.margin_px == (0, 16)


def test_colours_and_axes_are_in_the_order_of_the_contract() -> None:
    rgb = sight_of(BLUE, contract=contract(colour="rgb", layout="NHWC", dtype=np.uint8)).pixels
    assert rgb.dtype == np.uint8
    assert rgb.shape == (64, 64, 3)
    assert rgb[0, 0].tolist() == [50, 0, 200]
    assert sight_of(BLUE, contract=contract(colour="gray")).pixels.shape == (1, 64, 64)


def test_the_mean_is_taken_off_before_the_scale() -> None:
    told = contract(mean=(100.0, 0.0, 50.0), scale=(0.5, 1.0, 2.0))
    assert sight_of(BLUE, contract=told).pixels[:, 0, 0].tolist() == [50, 0, 0]


@given(st.integers(1, 300), st.integers(1, 300), st.sampled_from(["stretch", "letterbox"]))
def test_the_corners_of_what_is_seen_lead_back_to_the_corners_of_the_picture(
    width: int, height: int, resize: str
) -> None:
    image = np.zeros((height, width, 3), np.uint8)
    sight = sight_of(image, contract=contract(resize=resize))
    left, top = sight.margin_px
    right, bottom = left + width * sight.scale[0], top + height * sight.scale[1]
    back = sight.back(np.array([(left, top), (right, bottom)], np.float32))
    assert back == pytest.approx(np.array([(0, 0), (width, height)]), abs=1e-2)
