"""Training of the outline: what it is shown, and how it is marked."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recognition.looks.plates import box_of, overlap
from recognition.training.outliner.exams import sit
from recognition.training.outliner.net import HEIGHT, WIDTH, PlateOutliner, outline_loss
from recognition.training.samples.outlining import OutlineSamples, missed, view

PLATE = np.array([(100, 80), (200, 80), (200, 105), (100, 105)], np.float32)


def test_a_box_is_shown_in_the_middle_and_its_place_is_told() -> None:
    picture = np.zeros((192, 320, 3), np.uint8)
    picture[80:105, 100:200] = 255
    seen, extent = view(picture, PLATE)
    assert seen.shape == (HEIGHT, WIDTH, 3)
    rows, columns = np.nonzero(seen[..., 0] > 127)
    shares = (PLATE - extent[:2]) / extent[2:]
    assert shares[0] == pytest.approx((columns.min() / WIDTH, rows.min() / HEIGHT), abs=0.02)
    assert shares[2] == pytest.approx(
        ((columns.max() + 1) / WIDTH, (rows.max() + 1) / HEIGHT), abs=0.02
    )


@given(st.integers(0, 10_000))
def test_a_box_that_misses_still_touches_the_plate_and_shows_most_of_it(seed: int) -> None:
    box = missed(np.random.default_rng(seed), PLATE)
    assert overlap(box_of(box), box_of(PLATE)) > 0.1
    _, (left, top, width, height) = view(np.zeros((192, 320, 3), np.uint8), box)
    shown = (float(left), float(top), float(width), float(height))
    assert overlap(shown, box_of(PLATE)) * width * height > 0.5 * 100 * 25


def test_a_batch_depends_on_its_step_alone_and_holds_the_truth() -> None:
    first, second = (OutlineSamples([], seed=3, batch=8, capacity=50) for _ in range(2))
    first.batch(0)
    one, same = first.batch(1), second.batch(1)
    assert all(np.array_equal(a, b) for a, b in zip(one, same, strict=True))
    pictures, corners, exact = one
    assert pictures.shape == (8, 3, HEIGHT, WIDTH)
    assert corners.shape == (8, 4, 2)
    assert exact.tolist() == [1.0] * 8  # of drawn scenes all corners are known


def test_the_loss_is_nothing_where_all_corners_are_right_and_grows_with_the_miss() -> None:
    truth = torch.tensor([[[0.2, 0.4], [0.7, 0.4], [0.7, 0.6], [0.2, 0.6]]])
    losses = [
        float(outline_loss(truth + by, truth, torch.ones(1))) for by in (0.0, 0.01, 0.05, 0.2)
    ]
    assert losses[0] == 0
    assert losses == sorted(losses)


def test_where_only_the_box_is_known_corners_along_its_edges_cost_little() -> None:
    box = torch.tensor([[[0.2, 0.4], [0.7, 0.4], [0.7, 0.6], [0.2, 0.6]]])
    slanted = torch.tensor([[[0.2, 0.4], [0.7, 0.45], [0.7, 0.6], [0.2, 0.55]]])
    costs = [float(outline_loss(slanted, box, torch.tensor([exact]))) for exact in (0.0, 1.0)]
    assert 0 < costs[0] < 0.3 * costs[1]


def test_an_outliner_that_points_at_the_middle_box_wins_nothing() -> None:
    class Middle(PlateOutliner):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            low, high = (0.25, 1.3 / 3.6), (0.75, 2.3 / 3.6)
            corners = [low, (high[0], low[1]), high, (low[0], high[1])]
            return torch.tensor([corners] * len(x))

    marks = sit(Middle(), [], plates=16)
    assert marks.after == pytest.approx(marks.before, abs=1e-5)
