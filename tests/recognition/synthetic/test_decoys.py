"""Things that are no plates: drawn where they say, and as varied as the road is."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import Generator
from numpy.typing import NDArray

from recognition.synthetic.decoys import (
    Box,
    draw_badge,
    draw_decoy,
    draw_grille,
    draw_panel,
    draw_sign,
)

Drawn = Callable[[Generator, NDArray[np.uint8]], Box]
_EDGE_PX = 3


@pytest.mark.parametrize("draw", [draw_sign, draw_badge, draw_grille, draw_panel, draw_decoy])
@given(seed=st.integers(min_value=0, max_value=2**32))
@settings(max_examples=25)
def test_nothing_is_drawn_outside_the_box_that_is_told(draw: Drawn, seed: int) -> None:
    blank = np.full((200, 360, 3), 128, np.uint8)
    picture = blank.copy()
    x, y, width, height = draw(np.random.default_rng(seed), picture)
    rows, columns = np.nonzero((picture != blank).any(2))
    if len(rows):
        assert columns.min() >= x - _EDGE_PX
        assert columns.max() <= x + width + _EDGE_PX
        assert rows.min() >= y - _EDGE_PX
        assert rows.max() <= y + height + _EDGE_PX


@given(seed=st.integers(min_value=0, max_value=2**32))
@settings(max_examples=25)
def test_the_same_seed_draws_the_same_decoy(seed: int) -> None:
    pictures = [np.full((200, 360, 3), 128, np.uint8) for _ in range(2)]
    boxes = [draw_decoy(np.random.default_rng(seed), picture) for picture in pictures]
    assert boxes[0] == boxes[1]
    assert np.array_equal(*pictures)
