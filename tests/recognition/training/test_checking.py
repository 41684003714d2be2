"""Training of the plate check: who says what a find is, and what it is shown."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recognition.looks.plates import PlateDetector
from recognition.models import model_of
from recognition.packs.kinds import manifest_for
from recognition.packs.manifest import manifest_of
from recognition.training.checker.net import HEIGHT, WIDTH
from recognition.training.samples.candidates import (
    KEPT_PX,
    Candidate,
    Searched,
    drawn,
    drawn_upon,
    harvest,
)
from recognition.training.samples.checking import CheckSamples, shown
from recognition.training.samples.photos import Photo
from recognition.training.samples.stored import load_candidates, save_candidates
from tests.recognition.packs.tiny_onnx import constant_network

FOUND = (100.0, 200.0, 180.0, 240.0)
"""Left, top, right and bottom of the one find of a detector that always sees it."""


def _detector(*, score: float = 0.9) -> PlateDetector:
    row = np.array([[0, *FOUND, 0, score]], np.float32)
    data = constant_network({"rows": row}, shape=(1, 3, 384, 384))
    told = manifest_for(data, kind="yolo-end2end", config={}, version="tiny")
    return PlateDetector(model_of(data, manifest=manifest_of(told, task="plate_detector")))


def _corners(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)


def _searched(**what: Any) -> Searched:
    picture = np.random.default_rng(0).integers(0, 256, (384, 384, 3), np.uint8)
    return Searched(picture, **what)


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ({"plates": [(_corners(*FOUND), True)]}, (True, True)),
        ({"plates": [(_corners(104, 203, 184, 243), False)]}, (True, False)),
        ({"plates": [(_corners(150, 200, 230, 240), False)]}, None),  # half of a plate
        ({}, (False, False)),
        ({"real": True, "sure": 0.6}, None),  # a plate that nobody marked, maybe
        ({"real": True, "sure": 0.6, "fakes": [(90.0, 190.0, 110.0, 60.0)]}, (False, False)),
        ({"real": True, "sure": 0.95}, (False, True)),
        ({"real": True, "sure": 0.95, "least_px": 90.0}, None),
    ],
)
def test_a_find_is_a_plate_none_or_left_out(
    what: dict[str, Any], told: tuple[bool, bool] | None
) -> None:
    found = list(harvest([_searched(**what)], detector=_detector()))
    assert [(each.plate, each.real) for each in found] == ([told] if told else [])


def test_a_candidate_is_kept_with_what_is_around_it_and_shown_in_the_middle() -> None:
    picture = np.zeros((384, 384, 3), np.uint8)
    picture[200:240, 100:180] = 255
    (found,) = harvest([Searched(picture)], detector=_detector())
    assert found.picture.shape == (KEPT_PX[1], KEPT_PX[0], 3)
    seen = shown(found.picture)
    rows, columns = np.nonzero(seen[..., 0] > 127)
    assert seen.shape == (HEIGHT, WIDTH, 3)
    assert columns.mean() == pytest.approx(WIDTH / 2, abs=1)
    assert rows.mean() == pytest.approx(HEIGHT / 2, abs=1)


def test_pictures_depend_on_seed_and_number_alone() -> None:
    (first, *_), (again, *_) = (list(drawn(seed=3, first=2, roads=1)) for _ in range(2))
    assert np.array_equal(first.image, again.image)
    assert first.plates == []  # a road is seen without plates first
    photo = Photo("x", first.image, np.array([[400, 300, 90, 22]], np.float32), ("",))
    (whole, second), (alone,) = (
        list(drawn_upon([photo], seed=3, first=first, pictures=pictures))
        for first, pictures in ((0, 2), (1, 1))
    )
    assert np.array_equal(second.image, alone.image)
    assert not np.array_equal(whole.image[:200, :200], second.image[:200, :200])


def _candidates() -> list[Candidate]:
    rng = np.random.default_rng(0)
    size = (KEPT_PX[1], KEPT_PX[0], 3)
    return [
        Candidate(rng.integers(0, 256, size, np.uint8), plate, real, 0.5)
        for plate in (True, False)
        for real in (True, False)
    ]


def test_candidates_come_back_from_disk(tmp_path: Path) -> None:
    save_candidates(tmp_path / "kept.npz", _candidates())
    for kept, back in zip(_candidates(), load_candidates(tmp_path / "kept.npz"), strict=True):
        assert np.array_equal(kept.picture, back.picture)
        assert (kept.plate, kept.real, kept.score) == (back.plate, back.real, back.score)


def test_a_batch_depends_on_its_step_alone() -> None:
    first, second = (CheckSamples(_candidates(), seed=3, batch=8) for _ in range(2))
    first.batch(0)
    (pictures, plates), (same, truths) = first.batch(1), second.batch(1)
    assert np.array_equal(pictures, same)
    assert plates.tolist() == truths.tolist()
    assert pictures.shape == (8, 3, HEIGHT, WIDTH)


def test_candidates_that_are_all_plates_teach_nothing() -> None:
    plates = [each for each in _candidates() if each.plate]
    with pytest.raises(ValueError, match="harvest more pictures"):
        CheckSamples(plates, seed=3, batch=8)


def test_what_an_earlier_check_was_unsure_of_is_seen_more_often() -> None:
    plain = np.zeros((KEPT_PX[1], KEPT_PX[0], 3), np.uint8)
    easy = [Candidate(plain, plate, False, 0.5) for plate in (True, False) for _ in range(40)]
    hard = [Candidate(plain + 255, plate, False, 0.5) for plate in (True, False)]
    known = np.array([False] * len(easy) + [True] * len(hard))
    samples = CheckSamples(easy + hard, seed=3, batch=400, hard=known)
    pictures, _ = samples.batch(0)
    bright = float((pictures.mean((1, 2, 3)) > 100).mean())
    assert 0.28 < bright < 0.45  # 35 %, and 2 in 82 of the rest
    assert (
        float(
            (CheckSamples(easy + hard, seed=3, batch=400).batch(0)[0].mean((1, 2, 3)) > 100).mean()
        )
        < 0.1
    )
