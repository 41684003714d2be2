"""Do the short cuts of the archive say what its tables say?

Searches trust a day's lines, its key files and LanceDB's young indices. Here the same questions are
put to them and to a plain scan of the whole table, and every answer must be the same. A difference
names a place and a number, never a mark.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from store.archive.bucket.moved import is_moved
from store.archive.days.folders import day_folders, new_session, open_tables
from store.archive.days.identities import runs_of
from store.archive.days.lines import Lines, day_start_us, is_sealed, lines_of
from store.archive.days.rows import id_keys_of, ids_of
from store.archive.days.sealing import in_order
from store.archive.finding.drawn import page_of
from store.archive.finding.found import page_key
from store.archive.finding.marks import AnyMark, LookAlike, Marks, OneMark
from store.archive.finding.open_day import OpenDay
from store.archive.finding.question import Question
from store.archive.finding.sealed_day import SealedDay
from store.archive.months.month import Month, month_file
from store.archive.plates import Keys, unpack
from store.errors import StoreError
from store.ledger.instants import from_us

__all__ = ["DayCheck", "Difference", "check_archive", "check_day"]

_CACHE_BYTES = 64 << 20
_DAY_US = 86_400_000_000
_ABSENT = "0000000000"
"""Ten noughts: no mark of any country, and so hardly in any day."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that a short cut and the table do not agree on.

    Attributes:
        day: Such as "2026-11-22".
        what: What differs, with numbers and without any mark.
    """

    day: str
    what: str


@dataclass(frozen=True, slots=True)
class DayCheck:
    """What the check of one day showed.

    Attributes:
        day: Such as "2026-11-22".
        sealed: Whether the day is sealed.
        reads: Reads in its table.
        asked: Questions put to both.
        differences: Empty where every answer was the same.
    """

    day: str
    sealed: bool
    reads: int
    asked: int
    differences: tuple[Difference, ...]


def check_archive(
    archive: Path, *, days: int | None = None, sample: int = 20, seed: int = 0
) -> list[DayCheck]:
    """Check days of an archive that nobody writes to, newest first.

    Args:
        archive: Folder of the days.
        days: So many days, drawn by chance; None for all of them.
        sample: Reads of each day that are asked for.
        seed: The same seed draws the same days and reads.
    """
    dice = random.Random(seed)  # noqa: S311 -- a sample, not a secret
    folders = day_folders(archive)
    if days is not None and days < len(folders):
        folders = sorted(dice.sample(folders, days), reverse=True)
    return [check_day(folder, sample=sample, dice=dice) for folder in folders]


def check_day(folder: Path, *, sample: int, dice: random.Random) -> DayCheck:
    """Check one day that nobody writes to."""
    checked = _Checked(folder.name)
    sealed, reads = is_sealed(folder), 0
    try:
        session = new_session(cache_bytes=_CACHE_BYTES)
        tables = open_tables(folder, session=session)
        rows = in_order(tables["reads"].to_arrow())
        reads = rows.num_rows
        opened = SealedDay if sealed else OpenDay
        day = opened(folder, session=session)
        if sealed:
            pictured = id_keys_of(tables["pictures"].search().select(["read_id"]).to_arrow()[0])
            checked.lines(Lines.open(folder), _lines_again(folder, rows, pictured=pictured))
            checked.month(folder)
        drawn = sorted(dice.sample(range(reads), min(sample, reads)))
        for one in rows.take(drawn).to_pylist():
            checked.read(day, rows, one, start_us=day_start_us(folder))
        checked.answers(day, rows, OneMark.of(_ABSENT), start_us=day_start_us(folder))
    except (OSError, RuntimeError, ValueError, StoreError) as trouble:
        checked.differ(f"the day cannot be read ({type(trouble).__name__})")
    return DayCheck(folder.name, sealed, reads, checked.asked, tuple(checked.differences))


class _Checked:
    """Puts questions to a day's short cuts and to its rows, and keeps what differs."""

    def __init__(self, day: str) -> None:
        self._day = day
        self.asked = 0
        self.differences: list[Difference] = []

    def differ(self, what: str) -> None:
        """Keep a difference."""
        self.differences.append(Difference(self._day, what))

    def lines(self, found: Lines, made: Lines) -> None:
        """Hold the lines against lines made anew from the table."""
        self.asked += 1
        for name, section in made.sections.items():
            if not np.array_equal(found.sections[name], section):
                self.differ(f"{name} of the lines are not those of the table")
        if (found.place_names, found.look_names) != (made.place_names, made.look_names):
            self.differ("places or looks of the lines are not those of the table")
        if (found.sum.pictures, found.sum.digest) != (made.sum.pictures, made.sum.digest):
            self.differ("what the lines say the day comes to is not what the tables come to")
        if found.runs and found.runs != made.runs:
            self.differ("read ids do not lie where the lines say")

    def month(self, folder: Path) -> None:
        """Hold what the file of its month says of the day against its lines."""
        path = month_file(folder.parent, folder.name)
        month = Month.open(path) if path.exists() else Month.empty()
        if folder.name in month.days:
            self.asked += 1
            if not month.agrees_with(folder):
                self.differ("the file of its month says other than its lines")

    def read(
        self, day: OpenDay | SealedDay, rows: pa.Table, one: dict[str, Any], *, start_us: int
    ) -> None:
        """Ask for one read in every way it can be found."""
        plate, camera = unpack(one["plate"]), one["camera_id"]
        self.asked += 1
        by_id = day.by_id(one["read_id"].hex(), table="reads")
        if by_id != [one]:
            self.differ(f"a read id brings {len(by_id)} rows, or another row")
        ask = partial(self.answers, day, rows, start_us=start_us)
        ask(OneMark.of(plate))
        ask(AnyMark(), camera=camera, around_us=one["captured_us"])
        if len(plate) > 2:
            ask(LookAlike.of(plate))

    def answers(
        self,
        day: OpenDay | SealedDay,
        rows: pa.Table,
        marks: Marks,
        *,
        start_us: int,
        camera: str = "",
        around_us: int | None = None,
    ) -> None:
        """Put one question to the day and to a scan of its rows."""
        self.asked += 1
        since_us, until_us = start_us, start_us + _DAY_US
        if around_us is not None:
            since_us, until_us = around_us - _DAY_US // 24, around_us + _DAY_US // 24
        question = Question.about(
            marks,
            since_at=from_us(since_us),
            until_at=from_us(until_us),
            cameras=(camera,) if camera else (),
            limit=500,
        )
        expected = _scanned(rows, question)
        drawn = [day.find(question, most=500).draw()]
        found = [one.key for one in page_of(drawn, question=question, most=500)]
        if found != expected[:500]:
            self.differ(f"a search brings {len(found)} rows, a scan {len(expected)}, or others")
        if len(day.plates(question)) != len(expected):
            self.differ(f"a count says other than the {len(expected)} rows of a scan")


def _scanned(rows: pa.Table, question: Question) -> list[str]:
    """Answer a question by looking at every row; paging keys, newest first."""
    times = rows["captured_us"].to_numpy()
    keep = (times >= question.since_us) & (times < question.until_us)
    if question.cameras is not None:
        keep &= np.isin(rows["camera_id"].to_numpy(), sorted(question.cameras))
    asked = _asked_plates(question.marks)
    if asked is not None:
        keep &= np.isin(rows["plate"].to_numpy(), asked)
    met = rows.filter(pa.array(keep))
    return sorted(_keys(met), reverse=True)


def _asked_plates(marks: Marks) -> Keys | None:
    match marks:
        case OneMark(plate=plate):
            return np.array([plate], np.uint64)
        case LookAlike(plates=plates):
            return plates
    return None


def _keys(rows: pa.Table) -> Iterator[str]:
    for row in rows.select(["captured_us", "read_id"]).to_pylist():
        yield page_key(row["captured_us"], row["read_id"].hex())


def _lines_again(folder: Path, rows: pa.Table, *, pictured: Keys) -> Lines:
    # where ids lie is of no use for a day in the bucket: its table is asked
    ids = ids_of(rows["read_id"])
    runs = Lines.open(folder).runs if is_moved(folder) else runs_of(folder, ids)
    return lines_of(rows, start_us=day_start_us(folder), pictured=pictured, version=0, runs=runs)
