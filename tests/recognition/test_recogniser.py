import cv2
import numpy as np
import pytest

from recognition.evaluation.calibration.crops import draw_crop
from recognition.frame import Frame
from recognition.looks.ocr import patch_of, straight_patch_of
from recognition.looks.plates import Found
from recognition.recogniser import Recogniser
from tests.recognition.conftest import drawn_plate


def road_with(plate: Frame, *, x: int, y: int, width: int) -> Frame:
    grey = np.random.default_rng(5).integers(60, 110, (720, 1280, 3), dtype=np.uint8)
    road = cv2.GaussianBlur(grey, (0, 0), 3)
    high, wide = plate.image.shape[:2]
    small = cv2.resize(plate.image, (width, width * high // wide), interpolation=cv2.INTER_AREA)
    road[y : y + small.shape[0], x : x + width] = small
    return Frame(road)


def test_a_plate_that_is_the_whole_picture_is_read(recogniser: Recogniser) -> None:
    (plate,) = recogniser.read_crop(drawn_plate()).plates
    assert (plate.reading.vrm, plate.reading.fold) == ("AB12CDE", "AB12CDE")
    assert plate.box == (0, 0, 520, 111)


def test_a_plate_on_the_road_is_found_where_it_is(recogniser: Recogniser) -> None:
    frame = road_with(drawn_plate(), x=500, y=400, width=130)
    (plate,) = recogniser.read(frame).plates
    x, y, width, height = plate.box
    assert plate.reading.vrm == "AB12CDE"
    assert 485 < x < 515
    assert 390 < y < 410
    assert 115 < width < 150
    assert 18 < height < 45


def test_frames_read_together_give_what_each_gives_alone(recogniser: Recogniser) -> None:
    frames = [
        road_with(drawn_plate(), x=500, y=400, width=130),
        Frame(np.zeros((480, 640, 3), np.uint8)),
        road_with(drawn_plate("XY65 KLM"), x=700, y=300, width=160),
    ]
    together = recogniser.read_batch(frames)
    alone = [recogniser.read(frame) for frame in frames]
    assert [[plate.reading.vrm for plate in reading.plates] for reading in together] == [
        [plate.reading.vrm for plate in reading.plates] for reading in alone
    ]
    assert together[1].plates == ()


@pytest.mark.parametrize("size", [(1, 1), (1, 4000), (4000, 1), (13, 55), (33, 31)])
def test_a_picture_of_any_size_is_read_without_a_plate(
    recogniser: Recogniser, size: tuple[int, int]
) -> None:
    black = Frame(np.zeros((*size, 3), np.uint8))
    assert recogniser.read(black).plates == ()
    assert recogniser.read_crop(black).plates == ()


def test_every_stage_says_how_long_it_took(recogniser: Recogniser) -> None:
    stages_ms = recogniser.read(drawn_plate()).stages_ms
    assert set(stages_ms) == {"find", "read", "settle"}
    assert all(took_ms >= 0 for took_ms in stages_ms.values())


def test_a_patch_is_a_little_wider_and_taller_than_the_plate() -> None:
    image = np.zeros((200, 400, 3), np.uint8)
    corners = np.array([(100, 50), (200, 50), (200, 90), (100, 90)], np.float32)
    assert patch_of(image, corners).shape[:2] == (43, 103)
    assert straight_patch_of(image, corners).shape[:2] == (42, 102)


def test_a_slanted_plate_is_pulled_straight() -> None:
    image = np.zeros((200, 400, 3), np.uint8)
    image[:, 200:] = 255
    corners = np.array([(100, 50), (300, 90), (300, 130), (100, 90)], np.float32)
    straight = straight_patch_of(image, corners)
    middle = straight.shape[1] // 2
    assert straight[:, : middle - 2].max() == 0
    assert straight[:, middle + 2 :].min() == 255


def test_a_wider_patch_shows_more_around_the_plate() -> None:
    image = np.zeros((200, 400, 3), np.uint8)
    corners = np.array([(100, 50), (200, 50), (200, 90), (100, 90)], np.float32)
    assert patch_of(image, corners, wider=0.2, taller=0.5).shape[:2] == (61, 121)
    assert straight_patch_of(image, corners, wider=0.2, taller=0.5).shape[:2] == (60, 120)


def test_a_box_that_cuts_a_character_off_is_looked_at_again(recogniser: Recogniser) -> None:
    """The box begins inside the first letter, so one look would read the rest, and clearly."""
    plate = drawn_plate()
    frame = road_with(plate, x=500, y=400, width=156)
    cut = Found(np.array([(534, 400), (656, 400), (656, 433), (534, 433)], np.float32), 0.9)
    (again,) = recogniser._look([(frame.image, cut)])
    assert again.reading is not None
    assert again.reading.vrm == "AB12CDE"


@pytest.mark.parametrize("number", [85, 292])
def test_a_picture_that_is_a_plate_is_looked_at_again_where_it_is_unclear(
    recogniser: Recogniser, number: int
) -> None:
    """One look misreads these (K3UVY, FM54NXZ)."""
    image, mark = draw_crop(np.random.default_rng((9, number)))
    (plate,) = recogniser.read_crop(Frame(image)).plates
    assert plate.reading.vrm == mark
