import numpy as np
import pytest

from recognition.errors import ModelRefusedError
from recognition.packs.detections import detections_of
from recognition.packs.manifest import YOLO_END2END, YUNET_LPD, InputContract, Manifest

YUNET = Manifest(
    "plate_detector",
    "test",
    InputContract("input", np.float32, height_px=240, width_px=320),
    ("loc", "conf", "iou"),
    YUNET_LPD,
    threshold=0.3,
)
YOLO = Manifest(
    "plate_detector",
    "test",
    InputContract("images", np.float32, height_px=384, width_px=384),
    ("rows",),
    YOLO_END2END,
    threshold=0.4,
)


def yunet_outputs(*plates: tuple[int, float]) -> list[np.ndarray]:
    """Outputs that see a plate of 6 x 2 px at these of the finest grid's anchors."""
    offsets, classes, iou = (np.zeros((4385, columns), np.float32) for columns in (14, 2, 1))
    for anchor, score in plates:
        offsets[anchor, [4, 5, 6, 7, 10, 11, 12, 13]] = (-3, -1, 3, -1, 3, 1, -3, 1)
        classes[anchor, 1], iou[anchor, 0] = score, score
    return [offsets, classes, iou]


def test_yunet_offsets_are_tenths_of_the_anchor_from_its_middle() -> None:
    # Three anchors a cell of eight pixels: the fourth is the first of the second cell.
    corners, scores = detections_of(yunet_outputs((3, 0.9)), manifest=YUNET)
    assert corners.tolist() == [[[9, 3], [15, 3], [15, 5], [9, 5]]]
    assert scores == pytest.approx([0.9])


def test_yunet_boxes_that_lie_on_each_other_are_one_plate_and_faint_ones_none() -> None:
    outputs = yunet_outputs((0, 0.9), (3, 0.2))
    outputs[0][1], outputs[1][1], outputs[2][1] = outputs[0][0] * 10 / 16, (0, 0.8), 0.8
    corners, scores = detections_of(outputs, manifest=YUNET)
    assert scores == pytest.approx([0.9])
    assert corners.shape == (1, 4, 2)


@pytest.mark.parametrize(
    "row", [(0, 10, 20, 30, 26, 0, 0.9), (10, 20, 30, 26, 0.9, 0)], ids=["seven", "six"]
)
def test_an_end_to_end_box_has_its_corners_from_the_top_left_round(row: tuple[float, ...]) -> None:
    faint = tuple(value * 0.1 if value == 0.9 else value for value in row)
    for rows in (np.array([row, faint], np.float32), np.array([[row, faint]], np.float32)):
        corners, scores = detections_of([rows], manifest=YOLO)
        assert corners.tolist() == [[[10, 20], [30, 20], [30, 26], [10, 26]]]
        assert scores == pytest.approx([0.9])


@pytest.mark.parametrize("columns", [6, 7])
def test_a_picture_without_plates_has_none(columns: int) -> None:
    corners, scores = detections_of([np.zeros((0, columns), np.float32)], manifest=YOLO)
    assert corners.shape == (0, 4, 2)
    assert scores.shape == (0,)
    corners, scores = detections_of(yunet_outputs(), manifest=YUNET)
    assert corners.shape == (0, 4, 2)


def test_outputs_of_another_shape_are_refused_with_expected_and_found() -> None:
    with pytest.raises(
        ModelRefusedError, match="expected an output of n x 6 or n x 7, found 3 x 5"
    ):
        detections_of([np.zeros((3, 5), np.float32)], manifest=YOLO)
    with pytest.raises(ModelRefusedError, match="4385 x 14, 4385 x 2, 4385 x 1, found 9 x 14"):
        detections_of([yunet_outputs()[0][:9], *yunet_outputs()[1:]], manifest=YUNET)
