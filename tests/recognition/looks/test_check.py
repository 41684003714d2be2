"""The plate check: what it is shown, whose it is, and that its word counts and is told."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from recognition.errors import ModelRefusedError
from recognition.frame import Frame
from recognition.looks.check import PlateCheck
from recognition.models import SHIPPED, open_model
from recognition.recogniser import Recogniser
from tests.recognition.conftest import drawn_plate
from tests.recognition.onlookers import with_onlooker
from tests.recognition.test_recogniser import road_with

CORNERS = np.array([(100, 50), (200, 50), (200, 70), (100, 70)], np.float32)


def _check_that_says(folder: Path, *words: float) -> Path:
    """A pack with our detector and reader and a check that always answers so."""
    return with_onlooker(folder, "plate_check", np.array(words, np.float32)[:, np.newaxis])


def test_a_check_that_doubts_drops_the_plate_and_says_how_much(tmp_path: Path) -> None:
    frame = road_with(drawn_plate("A123 BCD"), x=500, y=400, width=130)
    reading = Recogniser.open(_check_that_says(tmp_path, 0.001)).read(frame)
    assert reading.plates == ()
    assert "the plate check says 0.1 % plate" in [dropped.reason for dropped in reading.dropped]


def test_a_check_that_is_sure_keeps_the_plate_and_is_told(tmp_path: Path) -> None:
    frame = road_with(drawn_plate("A123 BCD"), x=500, y=400, width=130)
    (plate,) = Recogniser.open(_check_that_says(tmp_path, 0.75)).read(frame).plates
    assert plate.check == 0.75


def test_a_crop_is_never_doubted(tmp_path: Path) -> None:
    (plate,) = Recogniser.open(_check_that_says(tmp_path, 0.001)).read_crop(drawn_plate()).plates
    assert (plate.reading.vrm, plate.check) == ("AB12CDE", None)


def test_more_finds_than_a_fixed_batch_are_all_judged(tmp_path: Path) -> None:
    check = PlateCheck.open(_check_that_says(tmp_path, 0.25, 0.75))
    assert check is not None
    places = [(np.zeros((200, 400, 3), np.uint8), CORNERS)] * 3
    assert check.judge(places) == [0.25, 0.75, 0.25]
    assert check.judge([]) == []


def test_a_detector_of_others_is_not_judged_by_our_check(tmp_path: Path) -> None:
    for file in SHIPPED.glob("plate_detector*"):
        shutil.copy(file, tmp_path)
    assert PlateCheck.open(tmp_path) is None
    frame = road_with(drawn_plate(), x=500, y=400, width=130)
    (plate,) = Recogniser.open(tmp_path).read(frame).plates
    assert plate.check is None


def test_a_reader_of_others_comes_with_our_detector_and_its_check(tmp_path: Path) -> None:
    for file in SHIPPED.glob("plate_ocr*"):
        shutil.copy(file, tmp_path)
    check = PlateCheck.open(tmp_path)
    assert check is not None
    assert check.model.manifest.licence == "Apache-2.0"


def test_a_check_that_lost_its_manifest_is_refused_and_not_passed_over(tmp_path: Path) -> None:
    (_check_that_says(tmp_path, 0.5) / "plate_check.json").unlink()
    with pytest.raises(ModelRefusedError, match=r"a manifest plate_check\.json"):
        PlateCheck.open(tmp_path)


def test_a_check_of_pictures_of_any_size_is_refused() -> None:
    with pytest.raises(ModelRefusedError, match="expected a fixed size, found 0 x 0"):
        PlateCheck(open_model("plate_detector"))


def test_a_check_that_answers_with_too_many_numbers_is_refused(tmp_path: Path) -> None:
    with_onlooker(tmp_path, "plate_check", np.zeros((1, 2), np.float32))
    check = PlateCheck.open(tmp_path)
    assert check is not None
    with pytest.raises(ModelRefusedError, match="expected an output of 1 x 1, found 1 x 2"):
        check.judge([(np.zeros((200, 400, 3), np.uint8), CORNERS)])


def test_the_shipped_check_knows_a_vehicle_from_a_sign(recogniser: Recogniser) -> None:
    assert recogniser.check is not None
    blank = np.full((400, 400, 3), 114, np.uint8)
    assert recogniser.check.judge([(blank, CORNERS)])[0] < 0.1
    assert not recogniser.read(Frame(blank)).plates
