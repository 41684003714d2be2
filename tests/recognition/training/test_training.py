"""Training: batches of their step alone, and targets that give the corners back."""

import numpy as np
import pytest
import torch

from recognition.looks.ocr import straightened
from recognition.training.budget import Budget
from recognition.training.finder.net import STRIDE
from recognition.training.reader.net import STEPS, ctc_loss, greedy
from recognition.training.samples.finding import HEIGHT, WIDTH, PlateSamples
from recognition.training.samples.reading import OcrSamples, widen


def test_a_batch_depends_on_its_step_alone() -> None:
    first, second = (OcrSamples(seed=3, batch=8, backgrounds=[], real=[]) for _ in range(2))
    first.batch(0)
    pictures, texts = first.batch(1)
    again, same = second.batch(1)
    assert texts == same
    assert np.array_equal(pictures, again)
    assert pictures.shape == (8, 1, 32, 128)


def test_plate_targets_give_the_corners_of_plates_in_the_picture() -> None:
    samples = PlateSamples(seed=5, batch=6, photos=[], mined={})
    pictures, targets = samples.batch(0)
    assert tuple(pictures.shape) == (6, 3, HEIGHT, WIDTH)
    centres = np.argwhere(targets.heat.numpy() >= 0.999)
    assert len(centres)
    for sample, row, column in centres:
        offsets = targets.corners[sample, :, row, column].numpy().reshape(4, 2)
        corners = (offsets + np.array([column + 0.5, row + 0.5])) * STRIDE
        middle = (corners.min(0) + corners.max(0)) / 2
        assert np.abs(middle - (np.array([column, row]) + 0.5) * STRIDE).max() <= STRIDE + 1
        assert corners[0, 0] < corners[1, 0]


def test_the_greedy_reading_of_a_sure_network_is_the_text_it_was_taught() -> None:
    scores = torch.full((1, STEPS, 37), -20.0)
    scores[..., 36] = 0.0
    for step, index in ((3, 10), (4, 10), (9, 11), (40, 1)):
        scores[0, step, 36], scores[0, step, index] = -20.0, 0.0
    assert greedy(scores) == ["AB1"]
    assert ctc_loss(scores, ["AB1"]) < 0.01 < ctc_loss(scores, ["AB7"])


def test_rectifying_a_straight_box_cuts_it_out() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (60, 200), np.uint8)
    corners = np.array([[20, 10], [120, 10], [120, 40], [20, 40]], np.float32)
    assert np.array_equal(straightened(picture, corners), picture[10:40, 20:120])
    wider = widen(corners, across=0.02, down=0.1)
    assert wider.min(0) == pytest.approx((19, 8.5))
    assert wider.max(0) == pytest.approx((121, 41.5))


def test_the_learning_rate_rises_then_falls_to_almost_nothing() -> None:
    budget = Budget(minutes=0, steps=1000, peak_rate=1e-3, warm_up=100)
    rates = [
        budget.rate(step=step, progress=budget.progress(step=step, spent_s=0))
        for step in (0, 100, 500, 1000)
    ]
    assert rates[0] < rates[2] < rates[1]
    assert rates[3] == pytest.approx(1e-5)


def test_a_course_that_is_cooled_goes_on_where_it_was_and_ends_early() -> None:
    planned = Budget(minutes=0, steps=1000, peak_rate=1e-3, warm_up=100)
    cooled = Budget(minutes=0, steps=1000, peak_rate=1e-3, warm_up=100, cool=(400, 200))

    def rate(budget: Budget, step: int) -> float:
        return budget.rate(step=step, progress=budget.progress(step=step, spent_s=0))

    assert [rate(cooled, step) for step in (50, 400)] == [rate(planned, step) for step in (50, 400)]
    assert rate(cooled, 400) > rate(cooled, 500) > rate(cooled, 599) > 1e-5
    assert cooled.progress(step=599, spent_s=0) < 1 <= cooled.progress(step=600, spent_s=0)
