"""A step sees what its number says, whatever was drawn before: a stopped training can go on."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recognition.training.samples.stock import Stock


def _stock(capacity: int, a_step: float) -> Stock[int]:
    return Stock(lambda number: number, a_step=a_step, capacity=capacity)


@given(
    step=st.integers(0, 500),
    capacity=st.integers(1, 40),
    a_step=st.floats(0.05, 8),
    seed=st.integers(0, 1000),
)
def test_a_resumed_step_sees_the_same_things(
    step: int, capacity: int, a_step: float, seed: int
) -> None:
    steady, resumed = _stock(capacity, a_step), _stock(capacity, a_step)
    for earlier in range(max(0, step - 5), step):
        steady.any(np.random.default_rng(earlier), step=earlier)
    first, second = (
        [stock.any(rng, step=step) for _ in range(10)]
        for stock, rng in (
            (steady, np.random.default_rng(seed)),
            (resumed, np.random.default_rng(seed)),
        )
    )
    assert first == second


@given(step=st.integers(0, 500), a_step=st.floats(0.05, 8), capacity=st.integers(8, 40))
def test_only_the_newest_things_are_kept(step: int, a_step: float, capacity: int) -> None:
    rng = np.random.default_rng(0)
    seen = {_stock(capacity, a_step).any(rng, step=step) for _ in range(50)}
    assert max(seen) - min(seen) < capacity
    assert min(seen) >= 0


def test_a_thing_is_drawn_once_while_it_is_kept() -> None:
    drawn: list[int] = []

    def draw(number: int) -> int:
        drawn.append(number)
        return number

    stock: Stock[int] = Stock(draw, a_step=2, capacity=10)
    for _ in range(3):
        assert [stock.newest(step=4, index=index) for index in (0, 1)] == [9, 8]
    assert drawn == [9, 8]
