"""A question to a sealed day: arrays say which reads answer it, and where it says who they are."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from store.archive.days.folders import open_tables, refuse_foreign
from store.archive.days.identities import Identities
from store.archive.days.lines import (
    CONFIDENCE_SHIFT,
    DIRECTION_SHIFT,
    LINES,
    TIME_SHIFT,
    Lines,
    day_start_us,
)
from store.archive.days.rows import DIRECTIONS, id_keys, ids_of
from store.archive.finding.drawn import Drawn
from store.archive.finding.question import Question
from store.archive.plates import Keys

__all__ = ["SealedDay"]

_Rows = NDArray[np.int64]
_LATEST = 86_400_000_000 - 1
"""Last microsecond of a day."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The newest lines that may be on a page, and enough of them.

    Attributes:
        day: Where they are.
        rows: (k,) their numbers.
        marks: (m,) numbers of the plates whose lines they are; None where any plate fits.
        sure: So many of them are on the page or before it for certain.
    """

    day: "SealedDay"
    rows: _Rows
    marks: NDArray[np.intp] | None
    sure: int

    @property
    def found(self) -> bool:
        """Whether there are any."""
        return len(self.rows) > 0

    @property
    def near(self) -> bool:
        """Whether they are fetched without asking the table."""
        return self.day.near

    def draw(self) -> Drawn:
        """Say who they are."""
        return self.day.draw(self.rows, self.marks)


class SealedDay:
    """A sealed day as a reader holds it."""

    def __init__(self, folder: Path, *, session: Any) -> None:
        """Map the lines of a day; its tables are opened when a row is shown.

        Raises:
            FileNotFoundError: The day is not sealed, or gone.
            CorruptError: The day is of another format, or its lines are not as we wrote them.
        """
        refuse_foreign(folder)
        self._folder = folder
        self._session = session
        self._path = os.fspath(folder / LINES)
        self._stamp = self._stamped()
        self._lines = Lines.open(folder)
        self._start_us = day_start_us(folder)

    def current(self) -> bool:
        """Say whether the day is still as it was mapped."""
        try:
            return self._stamped() == self._stamp
        except FileNotFoundError:
            return False

    @property
    def near(self) -> bool:
        """Whether the identities are at hand: else the table has to be asked."""
        return self._ids is not None

    def find(self, question: Question, *, most: int) -> Chosen:
        """Choose the newest lines that answer a question, at least so many where there are."""
        marks = question.marks.among(self._lines.plates)
        rows, lines = self._answers(question, marks)
        # a line beside the last row of the page before is on this page if its identity is smaller
        border = question.before[0] - self._start_us if question.before else -1
        if len(rows) > most:
            times = lines >> np.uint64(TIME_SHIFT)
            below = times[times != np.uint64(border)] if border >= 0 else times
            if len(below) > most:
                least = np.partition(below, len(below) - most)[len(below) - most]
                rows, lines = rows[times >= least], lines[times >= least]
        sure = len(rows)
        if border >= 0:
            sure -= int(np.count_nonzero(lines >> np.uint64(TIME_SHIFT) == np.uint64(border)))
        return Chosen(self, rows, marks, min(sure, most))

    def draw(self, rows: _Rows, marks: NDArray[np.intp] | None) -> Drawn:
        """Give chosen lines with who they are."""
        held = self._lines
        return Drawn(
            self._start_us,
            held.lines[rows],
            held.plate_of(rows, among=marks),
            self._identities(rows),
            [held.place_names[place] for place in held.places[rows].tolist()],
        )

    def plates(self, question: Question) -> Keys:
        """Give the packed plate of every read that answers a question."""
        marks = question.marks.among(self._lines.plates)
        rows, _ = self._answers(question, marks)
        return self._lines.plate_of(rows, among=marks)

    def by_id(self, read_id: str, *, table: str) -> list[dict[str, Any]]:
        """Give the rows of a table that carry a read id."""
        key = int(id_keys([read_id])[0] >> np.uint64(32))
        (rows,) = self._lines.rows_of(np.array([key], np.uint32))
        if table == "pictures":
            if not rows and not self._lines.is_sighted(key):
                return []
            query = self._tables["pictures"].search().where(f"read_id = X'{read_id}'")
        elif rows:
            query = self._tables["reads"].take_offsets(rows)
        else:
            return []
        wanted = bytes.fromhex(read_id)
        return [row for row in query.to_arrow().to_pylist() if row["read_id"] == wanted]

    @cached_property
    def _tables(self) -> dict[str, Any]:
        tables = open_tables(self._folder, session=self._session, live=False)
        # the lines count the rows of one version; what comes after it unseals the day first
        tables["reads"].checkout(self._lines.version)
        return tables

    @cached_property
    def _ids(self) -> Identities | None:
        """The identities where they lie flat on this disk."""
        if not self._lines.runs:
            return None
        try:
            return Identities(self._folder, self._lines.runs)
        except FileNotFoundError:
            return None

    def _stamped(self) -> tuple[int, int, int]:
        found = os.stat(self._path)
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _answers(self, question: Question, marks: NDArray[np.intp] | None) -> tuple[_Rows, Keys]:
        """Give the lines of plates that answer a question, and their numbers."""
        held = self._lines
        newest_us = question.until_us - 1
        if question.before is not None:
            newest_us = min(newest_us, question.before[0])
        low = max(0, question.since_us - self._start_us)
        high = min(_LATEST, newest_us - self._start_us)
        if low > high or (marks is not None and not len(marks)):
            return np.empty(0, np.int64), held.lines[:0]
        there = self._there(question)
        if marks is not None:
            rows = _runs(*held.first(np.array([marks, marks + 1])))
            if there is not None:
                rows = rows[there[held.places[rows]]]
        else:
            rows = _all_of(held.places, there)
        # as many as there are: all of them, in their order
        lines = held.lines if len(rows) == len(held.lines) else held.lines[rows]
        if low > 0 or high < _LATEST:
            keep = lines >= np.uint64(low << TIME_SHIFT)
            if high < _LATEST:
                keep &= lines < np.uint64((high + 1) << TIME_SHIFT)
            if not keep.all():
                rows, lines = rows[keep], lines[keep]
        return self._filtered(rows, lines, question=question)

    def _there(self, question: Question) -> NDArray[np.bool_] | None:
        """Say of each place whether it was asked for; None where every one was."""
        cameras, controllers = question.cameras, question.filters.controllers
        if cameras is None and not controllers:
            return None
        there = np.zeros(len(self._lines.place_names), bool)
        if cameras is None:
            there[:] = True
        else:
            for camera in cameras:
                there[self._places.get(camera, [])] = True
        if controllers:
            there &= [controller in controllers for _, controller in self._lines.place_names]
        return there

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """The numbers of a camera's places."""
        found: dict[str, list[int]] = {}
        for number, (camera, _) in enumerate(self._lines.place_names):
            found.setdefault(camera, []).append(number)
        return found

    def _filtered(self, rows: _Rows, lines: Keys, *, question: Question) -> tuple[_Rows, Keys]:
        held, filters = self._lines, question.filters
        kept = []
        if filters.confidence_least:
            steps = lines >> np.uint64(CONFIDENCE_SHIFT) & np.uint64(0x3FFF)
            kept.append(steps >= np.uint64(question.confidence_steps))
        if filters.directions:
            ways = np.array([way in filters.directions for way in (*DIRECTIONS, "")])
            kept.append(ways[(lines >> np.uint64(DIRECTION_SHIFT) & np.uint64(3)).astype(np.intp)])
        if filters.colours or filters.bodies:
            if not held.look_names:
                return rows[:0], lines[:0]
            fits = [
                (not filters.colours or colour in filters.colours)
                and (not filters.bodies or body in filters.bodies)
                for colour, body in held.look_names
            ]
            kept.append(np.array(fits, bool)[held.looks[rows]])
        for keep in kept[1:]:
            kept[0] &= keep
        return (rows[kept[0]], lines[kept[0]]) if kept else (rows, lines)

    def _identities(self, rows: _Rows) -> Keys:
        """Give the read ids of lines as (k, 2) halves."""
        if self._ids is not None:
            return self._ids.of(rows)
        # the table gives them in any order, the lines say whose they are
        taken = self._tables["reads"].take_offsets(sorted(rows.tolist())).select(["read_id"])
        ids = ids_of(taken.to_arrow()["read_id"])
        heads = (ids[:, 0] >> np.uint64(32)).astype(np.uint32)
        asked = set(rows.tolist())
        of_row: dict[int, int] = {}
        for at, own in enumerate(self._lines.rows_of(heads)):
            row = next((row for row in own if row in asked and row not in of_row), None)
            if row is not None:
                of_row[row] = at
        if len(of_row) < len(rows):
            raise OSError("the table is not the one the lines were made of")
        return ids[[of_row[row] for row in rows.tolist()]]


def _all_of(places: NDArray[np.uint16], there: NDArray[np.bool_] | None) -> _Rows:
    """Give the numbers of all lines, or of those at places that were asked for."""
    if there is None:
        return np.arange(len(places))
    asked = np.flatnonzero(there)
    if len(asked) == 1:
        return np.flatnonzero(places == places.dtype.type(asked[0]))
    return np.flatnonzero(there[places])


def _runs(starts: _Rows, ends: _Rows) -> _Rows:
    """Give every number of some half-open runs, one run after the other."""
    lengths = ends - starts
    if len(lengths) == 1:
        return np.arange(starts[0], ends[0])
    shifts = np.repeat(starts - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    rows: _Rows = np.arange(int(lengths.sum())) + shifts
    return rows
