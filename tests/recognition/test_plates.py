from dataclasses import replace
from itertools import combinations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.plates import Looks, PlateDetector, box_of, overlap, shape_of
from recognition.recogniser import Recogniser
from tests.recognition.conftest import drawn_plate

sides = st.floats(0.5, 500)
boxes = st.tuples(st.floats(-100, 500), st.floats(-100, 500), sides, sides)


@given(boxes, boxes)
def test_overlap_is_the_same_both_ways_and_at_most_one(
    first: tuple[float, float, float, float], second: tuple[float, float, float, float]
) -> None:
    shared = overlap(first, second)
    assert 0 <= shared <= 1 + 1e-9
    assert shared == pytest.approx(overlap(second, first))
    assert overlap(first, first) == pytest.approx(1)


def test_half_a_box_shifted_overlaps_by_a_third() -> None:
    assert overlap((0, 0, 10, 10), (5, 0, 10, 10)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 10, 10), (10, 0, 10, 10)) == 0


def test_the_box_of_slanted_corners_holds_them_all() -> None:
    corners = np.array([(10, 20), (50, 10), (52, 22), (12, 33)], np.float32)
    assert box_of(corners) == (10, 10, 42, 23)


@pytest.mark.parametrize("size", [(720, 1280), (1080, 1920), (375, 500), (9, 2000), (2000, 9)])
def test_a_frame_of_any_shape_is_shown_to_the_network_whole_and_within_its_budget(
    size: tuple[int, int],
) -> None:
    looks = Looks()
    rows, columns = shape_of(size, looks=looks)
    scale = min(columns / size[1], rows / size[0], looks.enlarge)
    assert rows % 32 == columns % 32 == 0
    assert rows * columns <= looks.area_px
    assert size[0] * scale <= rows + 1e-6
    assert size[1] * scale <= columns + 1e-6


def test_a_sixteen_to_nine_camera_is_seen_at_640_by_384() -> None:
    assert shape_of((720, 1280), looks=Looks()) == (384, 640)
    assert shape_of((1080, 1920), looks=Looks()) == (384, 640)


def test_a_small_picture_is_not_enlarged_more_than_twice() -> None:
    assert shape_of((96, 192), looks=Looks()) == (192, 384)


def test_plates_that_are_reported_do_not_stand_in_front_of_each_other(
    recogniser: Recogniser,
) -> None:
    image = np.full((360, 640, 3), 90, np.uint8)
    image[150:261, 60:580] = drawn_plate().image  # so wide that its parts look like plates too
    found, dropped = recogniser.detector.find(image)
    boxes = [box_of(plate.corners) for plate in found]
    assert boxes
    for first, second in combinations(boxes, 2):
        across = min(first[0] + first[2], second[0] + second[2]) - max(first[0], second[0])
        assert across < 0.5 * min(first[2], second[2])
    assert {item.reason for item in dropped} <= {"same plate as a better one"}


def test_a_faint_plate_in_a_large_frame_is_looked_at_again_from_nearer(
    recogniser: Recogniser,
) -> None:
    frame = np.full((1440, 2560, 3), 70, np.uint8)
    plate = cv2.resize(drawn_plate().image, (104, 22), interpolation=cv2.INTER_AREA)
    frame[700:722, 1200:1304] = plate
    strict = Looks(threshold=0.6, faint=0.05, second_looks=2)
    nearer = PlateDetector(recogniser.detector.model, looks=strict).find(frame)[0]
    once = replace(strict, second_looks=0)
    only = PlateDetector(recogniser.detector.model, looks=once).find(frame)[0]
    assert [plate.score for plate in only] < [plate.score for plate in nearer]
    assert all(overlap(box_of(plate.corners), (1200, 700, 104, 22)) > 0.4 for plate in nearer)
