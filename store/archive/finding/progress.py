"""How far a search is, told to whoever waits for it, and how they call it off."""

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["UNWATCHED", "Progress", "Watch"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is.

    Attributes:
        days: Days of capture that can hold an answer.
        done: Those that were asked.
        found: Rows found so far.
    """

    days: int
    done: int
    found: int


def _nobody(_: Progress) -> None:
    return None


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Watch:
    """Who waits for a search.

    Attributes:
        told: Hears how far it is, after every few days, in the thread that asked.
        called_off: Asked before every day; once it says True the search ends.
    """

    told: Callable[[Progress], None] = _nobody
    called_off: Callable[[], bool] = _never


UNWATCHED = Watch()
"""Nobody waits for news, and nobody calls it off."""
