from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.looks.plates import Looks, PlateDetector, box_of, overlap, shape_of
from recognition.packs.manifest import HEATMAP_CORNERS, InputContract, Manifest
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


class Scripted:
    """A network that sees one plate in the middle of any view, fainter in the whole frame."""

    manifest = Manifest(
        "plate_detector", "test", InputContract("image", np.uint8), (), HEATMAP_CORNERS
    )

    def __init__(self, *, whole: float, part: float) -> None:
        self.scores, self.views = {True: whole, False: part}, []

    def run(self, pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rows, columns = (side // 8 for side in pictures.shape[2:])
        score = np.zeros((1, 1, rows, columns), np.float32)
        score[0, 0, rows // 2, columns // 2] = self.scores[not self.views]
        corners = np.zeros((1, 8, rows, columns), np.float32)
        corners[0, :, rows // 2, columns // 2] = (-3, -1, 3, -1, 3, 1, -3, 1)
        self.views.append(pictures.shape[2:])
        return score, score, corners


def test_a_faint_plate_in_a_large_frame_is_looked_at_again_from_nearer() -> None:
    network = Scripted(whole=0.2, part=0.9)
    found, dropped = PlateDetector(network).find(np.zeros((1080, 1920, 3), np.uint8))
    assert network.views == [(384, 640), (160, 256)]
    assert [plate.score for plate in found] == [pytest.approx(0.9)]
    x, y, width, height = box_of(found[0].corners)
    assert abs(x + width / 2 - 960) < 30
    assert abs(y + height / 2 - 540) < 60  # the grey margin below the frame moves the middle
    assert (width, height) == pytest.approx((72, 24))  # 6 x 2 cells of 8 at two thirds
    assert dropped == ()


def test_what_stays_faint_from_nearer_is_dropped_and_said_so() -> None:
    network = Scripted(whole=0.2, part=0.1)
    found, dropped = PlateDetector(network).find(np.zeros((1080, 1920, 3), np.uint8))
    assert found == ()
    assert [item.reason for item in dropped] == ["too faint"]


@pytest.mark.parametrize("size", [(1080, 1920), (480, 640)])
def test_what_is_nearly_a_plate_and_stays_so_from_nearer_is_for_the_gate(
    size: tuple[int, int],
) -> None:
    found, dropped = PlateDetector(Scripted(whole=0.34, part=0.1)).find(
        np.zeros((*size, 3), np.uint8)
    )
    assert [plate.score for plate in found] == [pytest.approx(0.34)]
    assert dropped == ()


@pytest.mark.parametrize(("size", "whole"), [((1080, 1920), 0.9), ((480, 640), 0.2)])
def test_a_sure_plate_and_a_small_frame_get_one_look(size: tuple[int, int], whole: float) -> None:
    network = Scripted(whole=whole, part=0.9)
    PlateDetector(network).find(np.zeros((*size, 3), np.uint8))
    assert len(network.views) == 1
