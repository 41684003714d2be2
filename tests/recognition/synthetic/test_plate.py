"""Plates: sizes by the law, ink where the mark is, nothing random but the generator."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.synthetic.lettering.faces import FACES, HEIGHT_MM, UK_FACES, Face, width_mm
from recognition.synthetic.lettering.glyphs import ALPHABET, glyph
from recognition.synthetic.plate import (
    PIXELS_PER_MM,
    Ground,
    Layout,
    PlateStyle,
    render_plate,
)

seeds = st.integers(min_value=0, max_value=2**32)


@given(seed=seeds)
@settings(max_examples=40)
def test_any_plate_is_a_picture_with_its_corners_inside(seed: int) -> None:
    plate = render_plate(np.random.default_rng(seed))
    height, width, channels = plate.image.shape
    assert (plate.image.dtype, channels) == (np.uint8, 3)
    assert (plate.corners >= 0).all()
    assert (plate.corners <= (width, height)).all()
    assert plate.text


@given(seed=seeds)
@settings(max_examples=15)
def test_the_same_seed_draws_the_same_plate(seed: int) -> None:
    first, second = (render_plate(np.random.default_rng(seed)) for _ in range(2))
    assert first.text == second.text
    assert np.array_equal(first.image, second.image)


def test_a_lawful_plate_has_the_lawful_size() -> None:
    plate = render_plate(np.random.default_rng(0), vrm="AB12CDE", style=PlateStyle())
    assert plate.image.shape[:2] == (round(111 * PIXELS_PER_MM), round(520 * PIXELS_PER_MM))
    assert plate.format == "gb_2001"


def test_two_lines_stand_on_a_taller_plate() -> None:
    rng = np.random.default_rng(0)
    plate = render_plate(rng, vrm="AB12CDE", style=PlateStyle(layout=Layout.TWO_LINES))
    assert plate.image.shape[0] / plate.image.shape[1] == pytest.approx(203 / 285, rel=0.02)


def test_a_rear_plate_is_yellow_and_a_front_plate_white() -> None:
    rng = np.random.default_rng(0)
    rear = render_plate(rng, vrm="AB12CDE", style=PlateStyle(ground=Ground.YELLOW)).image
    front = render_plate(rng, vrm="AB12CDE", style=PlateStyle(ground=Ground.WHITE)).image
    rear_blue, _, rear_red = np.median(rear.reshape(-1, 3), 0)
    front_blue, _, front_red = np.median(front.reshape(-1, 3), 0)
    assert rear_red - rear_blue > 100
    assert abs(front_red - front_blue) < 30


def test_the_letters_of_a_lawful_plate_cover_what_their_strokes_cover() -> None:
    plate = render_plate(np.random.default_rng(0), vrm="AB12CDE", style=PlateStyle())
    dark = (plate.image.mean(2) < 128).sum() / PIXELS_PER_MM**2
    drawn = sum(
        glyph(c, face=UK_FACES[0], height_px=79, width_px=round(width_mm(c, face=UK_FACES[0])))
        .astype(float)
        .sum()
        / 255
        for c in "AB12CDE"
    )
    assert dark == pytest.approx(drawn, rel=0.06)


@pytest.mark.parametrize("face", UK_FACES)
def test_in_the_uk_one_is_i_and_nought_is_o(face: Face) -> None:
    for digit, letter in ("1I", "0O"):
        masks = [glyph(c, face=face, height_px=64, width_px=40) for c in (digit, letter)]
        assert np.array_equal(*masks)


@pytest.mark.parametrize("face", FACES)
def test_every_other_pair_of_characters_differs(face: Face) -> None:
    masks = {c: glyph(c, face=face, height_px=79, width_px=50).astype(int) for c in ALPHABET}
    for first in ALPHABET:
        for second in ALPHABET:
            if first < second and {first, second} not in ({"1", "I"}, {"0", "O"}):
                assert np.abs(masks[first] - masks[second]).mean() > 3, (first, second)


def test_the_prescribed_letters_have_the_prescribed_sizes() -> None:
    assert HEIGHT_MM == 79
    assert width_mm("A", face=UK_FACES[0]) == 50
    assert width_mm("1", face=UK_FACES[0]) == width_mm("I", face=UK_FACES[0]) == 14
