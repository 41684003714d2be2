"""What is shown of a find: the plate in the middle, grey beyond the picture, any place at all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.looks.surroundings import extent_of, surroundings_of

CORNERS = np.array([(100, 50), (200, 50), (200, 70), (100, 70)], np.float32)
ACROSS, DOWN = 1.6, 2.6


def test_a_plate_is_shown_in_the_middle_of_what_is_around_it() -> None:
    image = np.zeros((200, 400, 3), np.uint8)
    image[50:70, 100:200] = 255
    cut = surroundings_of(image, CORNERS, across=ACROSS, down=DOWN)
    assert cut.shape == (round(20 * DOWN), round(100 * ACROSS), 3)
    rows, columns = np.nonzero(cut[..., 0])
    assert (rows.min() + rows.max() + 1) / 2 == cut.shape[0] / 2
    assert (columns.min() + columns.max() + 1) / 2 == cut.shape[1] / 2


@pytest.mark.parametrize("shift", [(-110, 0), (290, 0), (0, -60), (0, 140), (900, 900)])
def test_what_lies_beyond_the_picture_is_grey(shift: tuple[int, int]) -> None:
    corners = CORNERS + np.array(shift, np.float32)
    cut = surroundings_of(np.zeros((200, 400, 3), np.uint8), corners, across=ACROSS, down=DOWN)
    assert cut.size
    assert set(np.unique(cut)) <= {0, 114}
    assert 114 in cut


_PLACES = st.floats(-500, 900, width=32)


@given(st.lists(st.tuples(_PLACES, _PLACES), min_size=4, max_size=4))
def test_what_is_shown_is_as_large_as_its_extent_says(places: list[tuple[float, float]]) -> None:
    corners = np.array(places, np.float32)
    left, top, width, height = extent_of(corners, across=ACROSS, down=DOWN)
    reaches_in = left < 400 and top < 200 and left + width > 0 and top + height > 0
    image = np.zeros((200, 400, 3), np.uint8)
    cut = surroundings_of(image, corners, across=ACROSS, down=DOWN)
    assert cut.shape[:2] == ((height, width) if reaches_in else (1, 1))
