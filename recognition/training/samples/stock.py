"""A rolling store of rendered things, each a function of its number alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from numpy.random import Generator

__all__ = ["Stock"]

Thing = TypeVar("Thing")


class Stock(Generic[Thing]):
    """Keeps the newest things rendered, because drawing one costs more than seeing it again.

    What a step may see depends on the step alone, never on what was drawn before: after a resume
    the store fills again as it is asked.
    """

    def __init__(
        self, make: Callable[[int], Thing], *, a_step: float, capacity: int, initial: int = 0
    ) -> None:
        """Prepare an empty store.

        Args:
            make: Draws the thing of a number.
            a_step: New things a training step; below 1 for things that are dear to draw.
            capacity: Things kept.
            initial: Things the first step may see besides.
        """
        self._make = make
        self._a_step = a_step
        self._capacity = capacity
        self._initial = initial
        self._kept: dict[int, tuple[int, Thing]] = {}

    def thing(self, number: int) -> Thing:
        """Return the thing of a number, drawing it if it is not at hand."""
        slot = number % self._capacity
        held = self._kept.get(slot)
        if held is None or held[0] != number:
            held = (number, self._make(number))
            self._kept[slot] = held
        return held[1]

    def _end(self, step: int) -> int:
        return self._initial + max(1, int((step + 1) * self._a_step))

    def newest(self, *, step: int, index: int) -> Thing:
        """Return one of the things that are new at this step, counted from the newest."""
        return self.thing(max(0, self._end(step) - 1 - index % max(1, int(self._a_step))))

    def any(self, rng: Generator, *, step: int) -> Thing:
        """Return one of the things kept at this step."""
        end = self._end(step)
        return self.thing(int(rng.integers(max(0, end - self._capacity), end)))
