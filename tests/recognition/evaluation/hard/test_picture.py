"""A plate of the hard set is as wide as its case says, in view, and the same every time."""

import numpy as np
import pytest

from recognition.evaluation.hard.cases import Nuisance, cases_of
from recognition.evaluation.hard.picture import compose, seen_from
from recognition.evaluation.hard.surroundings import Half, Surroundings, drawn
from recognition.looks.plates import box_of


@pytest.fixture(scope="module")
def among() -> Surroundings:
    return drawn(half=Half.OPEN)


def test_plates_are_as_wide_as_asked_and_wholly_in_view(among: Surroundings) -> None:
    for case in cases_of(Half.OPEN, count=3 * len(Nuisance)):
        picture = compose(case, among=among)
        height, width = picture.image.shape[:2]
        assert (width, height) == case.size_px
        x, y, wide, high = box_of(picture.truth.corners)
        # A holder frame stands around the plate, so the plate itself may be a little narrower.
        assert case.width_px * 0.85 <= wide <= case.width_px + 1
        assert min(x, y) >= 0
        assert x + wide <= width
        assert y + high <= height


def test_the_same_case_is_the_same_picture(among: Surroundings) -> None:
    case = next(iter(cases_of(Half.OPEN, count=1)))
    first, again = compose(case, among=among), compose(case, among=among)
    assert np.array_equal(first.image, again.image)
    assert first.truth.text == again.truth.text


def test_a_plate_seen_from_the_side_is_narrower_and_its_near_end_taller() -> None:
    corners = seen_from(width=100, height=20, yaw=40, pitch=0, roll=0)
    assert np.ptp(corners[:, 0]) == pytest.approx(100 * np.cos(np.radians(40)), rel=0.02)
    left, right = corners[3, 1] - corners[0, 1], corners[2, 1] - corners[1, 1]
    assert left > right


def test_a_plate_seen_straight_on_is_as_it_is() -> None:
    corners = seen_from(width=100, height=20, yaw=0, pitch=0, roll=0)
    assert corners == pytest.approx(np.array([(-50, -10), (50, -10), (50, 10), (-50, 10)]))
