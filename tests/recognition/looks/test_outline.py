"""The outline: corners in pixels of the picture, whose network it is, and what it wins."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from recognition.errors import ModelRefusedError
from recognition.frame import Frame
from recognition.looks.outline import ACROSS, DOWN, PlateOutline, widened
from recognition.looks.plates import Found, box_of, overlap
from recognition.models import SHIPPED
from recognition.recogniser import Recogniser
from recognition.synthetic.plate import Layout, PlateStyle, render_plate
from tests.recognition.onlookers import with_onlooker
from tests.recognition.test_recogniser import road_with

CORNERS = np.array([(100, 50), (200, 50), (200, 75), (100, 75)], np.float32)
IMAGE = np.zeros((200, 400, 3), np.uint8)
MIDDLE = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32) / (ACROSS, DOWN)
MIDDLE += (1 - 1 / np.array((ACROSS, DOWN))) / 2


def _outline_that_says(folder: Path, *shares: NDArray[np.float64]) -> PlateOutline:
    outline = PlateOutline.open(
        with_onlooker(folder, "plate_outline", np.array(shares, np.float32))
    )
    assert outline is not None
    return outline


def test_a_box_that_fits_stays_where_it_is(tmp_path: Path) -> None:
    (found,) = _outline_that_says(tmp_path, MIDDLE).corners([(IMAGE, CORNERS)])
    assert found == pytest.approx(CORNERS, abs=0.5)


def test_the_second_look_goes_round_what_the_first_found(tmp_path: Path) -> None:
    """Half a width to the right each time: a whole one in all."""
    moved = MIDDLE + np.array((0.5 / ACROSS, 0))
    (found,) = _outline_that_says(tmp_path, moved).corners([(IMAGE, CORNERS)])
    assert found == pytest.approx(CORNERS + np.array((100, 0)), abs=1)


def test_one_look_goes_half_as_far_as_two(tmp_path: Path) -> None:
    moved = MIDDLE + np.array((0.5 / ACROSS, 0))
    (found,) = _outline_that_says(tmp_path, moved).corners([(IMAGE, CORNERS)], times=1)
    assert found == pytest.approx(CORNERS + np.array((50, 0)), abs=1)


def test_a_widened_box_is_half_as_wide_again_and_as_high() -> None:
    assert box_of(widened(CORNERS)) == pytest.approx((75, 50, 150, 25))


def test_more_finds_than_a_fixed_batch_are_all_outlined(tmp_path: Path) -> None:
    outline = _outline_that_says(tmp_path, MIDDLE, MIDDLE)
    places = [(IMAGE, CORNERS + np.float32(shift)) for shift in (0, 20, 40)]
    for (_, corners), found in zip(places, outline.corners(places), strict=True):
        assert found == pytest.approx(corners, abs=0.5)
    assert outline.corners([]) == []


def test_corners_are_never_beyond_what_was_shown(tmp_path: Path) -> None:
    (found,) = _outline_that_says(tmp_path, MIDDLE * 99).corners([(IMAGE, CORNERS)])
    assert np.isfinite(found).all()
    assert (np.abs(found) < 1000).all()


def test_an_outline_with_too_many_numbers_is_refused(tmp_path: Path) -> None:
    outline = _outline_that_says(tmp_path, np.zeros((5, 2)))
    with pytest.raises(ModelRefusedError, match="expected an output of 1 x 4 x 2, found 1 x 5 x 2"):
        outline.corners([(IMAGE, CORNERS)])


def test_a_detector_of_others_is_read_without_our_outline(tmp_path: Path) -> None:
    for file in SHIPPED.glob("plate_detector*"):
        shutil.copy(file, tmp_path)
    assert PlateOutline.open(tmp_path) is None
    assert Recogniser.open(tmp_path).outline is None


@pytest.mark.parametrize(
    ("cut", "layout"),
    [
        pytest.param((0, 0, 0.75, 1), Layout.ONE_LINE, id="the last characters cut off"),
        pytest.param((0.25, 0, 1, 1), Layout.ONE_LINE, id="the first ones"),
        pytest.param((0, 0.45, 1, 1), Layout.TWO_LINES, id="the upper line"),
        pytest.param((0, 0, 1, 0.55), Layout.TWO_LINES, id="the lower line"),
    ],
)
def test_a_box_that_misses_a_part_is_outlined_and_read_whole(
    recogniser: Recogniser, cut: tuple[float, float, float, float], layout: Layout
) -> None:
    style = PlateStyle(layout=layout)
    plate = render_plate(np.random.default_rng(3), vrm="AB12CDE", style=style).image
    width = 130 if layout is Layout.ONE_LINE else 80
    height = width * plate.shape[0] // plate.shape[1]
    frame = road_with(Frame(plate), x=500, y=400, width=width)
    box = np.array((500, 400)) + np.array(cut).reshape(2, 2) * (width, height)
    (left, top), (right, bottom) = box
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)
    (seen,) = recogniser._look([(frame.image, Found(corners, 0.8))])
    assert seen.reading is not None
    assert seen.reading.vrm == "AB12CDE"
    assert seen.corners is not None
    whole = (500.0, 400.0, float(width), float(height))
    assert overlap(box_of(seen.corners), whole) > 0.8
