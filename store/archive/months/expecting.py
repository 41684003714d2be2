"""Which days of a search can have an answer, and with which marks."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from store.archive.finding.question import Question
from store.archive.months.month import Month, Words, bit_of, month_file
from store.archive.plates import Keys
from store.errors import CorruptError

__all__ = ["Expected", "Months"]

_WORTH = 3
"""For fewer days of a month the days themselves are asked: their files are smaller."""


class Months:
    """The files of an archive's months as searches see them; threads may share them."""

    def __init__(self, archive: Path) -> None:
        """Look at an archive; nothing is opened yet."""
        self._archive = archive
        self._opened: dict[str, tuple[tuple[int, int, int], Month]] = {}

    def expect(self, question: Question, *, days: Sequence[str]) -> "Expected":
        """Say what to expect of the days that a question is put to."""
        often = Counter(day[:7] for day in days)
        worth = frozenset(month for month, number in often.items() if number >= _WORTH)
        return Expected(self, question, worth)

    def let_go(self) -> None:
        """Let go of files that were written anew: days may have left them."""
        for month in list(self._opened):
            self.current(month)

    def current(self, month: str) -> Month | None:
        """Give a month such as "2026-11" as it is now; None where there is no sound file of it."""
        path = month_file(self._archive, month)
        try:
            found = os.stat(path)
            stamp = found.st_ino, found.st_mtime_ns, found.st_size
            seen = self._opened.get(month)
            if seen is None or seen[0] != stamp:
                self._opened[month] = seen = stamp, Month.open(path)
        except (FileNotFoundError, CorruptError):
            self._opened.pop(month, None)
            return None
        return seen[1]


@dataclass(frozen=True, slots=True)
class _Fitting:
    """The marks of a month that fit a question.

    Attributes:
        month: Which month.
        plates: (k,) packed.
        words: (k,) on which days each was seen.
        seen: All those days together.
    """

    month: Month
    plates: Keys
    words: Words
    seen: int


class Expected:
    """What one search expects of its days."""

    def __init__(self, months: Months, question: Question, worth: frozenset[str]) -> None:
        """Begin a search; a month is gone through when the first of its days comes up."""
        self._months = months
        self._question = question
        self._worth = worth
        self._fitting: dict[str, _Fitting | None] = {}

    def of(self, day: str) -> Question | None:
        """Give the question as it is put to a day; None where that day has no answer.

        A day that is not in the file of its month is asked the question as it is.
        """
        name = day[:7]
        if name not in self._worth:
            return self._question
        if name not in self._fitting:
            self._fitting[name] = self._fit(name)
        fitting = self._fitting[name]
        if fitting is None or day not in fitting.month.days:
            return self._question
        bit = bit_of(day)
        if not fitting.seen & bit:
            return None
        here = fitting.plates[fitting.words & np.uint32(bit) != 0]
        return self._question.narrowed(here)

    def _fit(self, name: str) -> _Fitting | None:
        month = self._months.current(name)
        places = None if month is None else self._question.marks.among(month.plates)
        if month is None or places is None:
            return None
        words = month.words[places]
        return _Fitting(month, month.plates[places], words, int(np.bitwise_or.reduce(words)))
