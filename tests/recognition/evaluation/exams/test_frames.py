"""What the exams show is what they say they show."""

import numpy as np
import pytest

from recognition.evaluation.exams.frames import Sheet, draw_frame, draw_plateless, issued_mark
from recognition.synthetic.camera import Light
from recognition.synthetic.road import draw_road

ROAD = draw_road(np.random.default_rng(4))


@pytest.mark.parametrize("two_lines", [False, True])
def test_letters_are_20_to_24_px_high_and_the_plate_is_in_the_picture(two_lines: bool) -> None:
    sheet = Sheet(Light.DAY, {"gb_2001": 1.0}, two_lines=two_lines)
    for seed in range(12):
        scene = draw_frame(np.random.default_rng(seed), sheet=sheet, road=ROAD)
        (truth,) = scene.plates
        high_px = float(np.hypot(*(truth.corners[3] - truth.corners[0])))
        letters_px = (20 / 79 * 203, 24 / 64 * 178) if two_lines else (20 / 79 * 111, 24 / 79 * 120)
        assert letters_px[0] * 0.9 <= high_px <= letters_px[1] * 1.15
        height, width = scene.image.shape[:2]
        assert (truth.corners >= 0).all()
        assert (truth.corners <= (width, height)).all()


def test_the_same_seed_draws_the_same_picture() -> None:
    sheet = Sheet(Light.NIGHT, {"ni": 1.0})
    first, again = (draw_frame(np.random.default_rng(9), sheet=sheet, road=ROAD) for _ in range(2))
    assert np.array_equal(first.image, again.image)
    assert first.plates[0].text == again.plates[0].text


def test_a_scene_without_plates_has_none_and_is_not_empty() -> None:
    scene = draw_plateless(np.random.default_rng(1))
    assert scene.plates == ()
    assert scene.image.std() > 10


def test_no_mark_is_younger_than_the_exam() -> None:
    rng = np.random.default_rng(2)
    ages = {int(issued_mark(rng, format_id="gb_2001")[2:4]) % 50 for _ in range(300)}
    assert max(ages) <= 26
