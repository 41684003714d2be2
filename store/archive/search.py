"""Finding reads: newest first over the days, however the question is put."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np

from store.archive.bucket.moved import is_moved, unread
from store.archive.days.folders import day_names, new_session
from store.archive.days.lines import is_sealed
from store.archive.days.rows import read_id_bytes, read_of
from store.archive.finding.drawn import NOTHING, Drawn, page_of
from store.archive.finding.found import SeenMark, StoredRead, Traffic
from store.archive.finding.marks import LookAlike
from store.archive.finding.open_day import OpenDay
from store.archive.finding.progress import UNWATCHED, Progress, Watch
from store.archive.finding.question import Question
from store.archive.finding.sealed_day import SealedDay
from store.archive.months.expecting import Months
from store.archive.plates import Keys, unpacked
from store.errors import BucketUnavailableError, CalledOffError, CorruptError
from store.terms import Read, Scope

__all__ = ["Archive"]

_CACHE_BYTES = 32 << 20
"""For the tables of sealed days, which stay as they are."""

_OPEN_CACHE_BYTES = 1 << 20
"""For the tables of open days. Each commit leaves some 40 KB that nobody asks for again, so they
fill whatever they are given, and in a cache of both would drive out the sealed days as well."""

_AT_ONCE = 4
"""Days that are asked for the identities of rows at the same time."""

_SCANNED_AT_ONCE = 32
"""Days whose plates are gone through between two looks at who waits."""

_THEN_SEARCH = "Search again; if it stays so, search other days, and ring the cluster admin."

_Day = OpenDay | SealedDay
_Answer = TypeVar("_Answer")


class _Part(Protocol):
    """What one day has for a page."""

    @property
    def sure(self) -> int: ...

    @property
    def found(self) -> bool: ...

    @property
    def near(self) -> bool: ...

    def draw(self) -> Drawn: ...


class Archive:
    """The archive as searches see it; threads may share it, and another process may write."""

    def __init__(self, archive: Path) -> None:
        """Look at a folder of days; nothing is opened yet.

        Args:
            archive: The folder; no days are found where it is missing.
        """
        self._archive = archive.absolute()
        self._session = new_session(cache_bytes=_CACHE_BYTES)
        self._open_session = new_session(cache_bytes=_OPEN_CACHE_BYTES)
        self._days: dict[str, _Day] = {}
        self._months = Months(self._archive)
        self._opening = threading.Lock()
        self._together = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="archive search")

    def search(
        self, asked: Scope | Question, *, watch: Watch = UNWATCHED
    ) -> tuple[list[StoredRead], bool]:
        """Find reads, newest first.

        Args:
            asked: What is searched; `before` continues after the last row of a page.
            watch: Hears how far the search is, and may call it off.

        Returns:
            At most `limit` reads, and whether more follow.

        Raises:
            InputError: The mark, the pattern, the page or its size is malformed.
            CalledOffError: `watch` called it off.
            BucketUnavailableError: Rows of the page lie in an object store that does not answer:
                the error says on which days, and nothing is shown in place of all.
            UnavailableError: A day cannot be read now.
            CorruptError: A day is not as we wrote it.
        """
        question = asked if isinstance(asked, Question) else Question.of(asked)
        # one row more than asked for tells whether another page follows
        most = question.limit + 1
        parts: list[tuple[str, _Part]] = []
        sure = 0
        find = partial(_find, most=most)
        for day, part in self._each(question, find, size=_sure, watch=watch):
            if part.found:
                parts.append((day, part))
            sure += part.sure
            if sure >= most:
                break
        drawn = self._drawn(parts, question=question, most=most)
        found = page_of(list(drawn), question=question, most=most)
        return found[: question.limit], len(found) > question.limit

    def count(self, asked: Scope | Question, *, watch: Watch = UNWATCHED) -> Traffic:
        """Count what a search would find on all its pages together.

        Raises:
            InputError: The mark or the pattern is malformed.
            CalledOffError: `watch` called it off.
            UnavailableError: A day cannot be read now.
            CorruptError: A day is not as we wrote it.
        """
        plates, times_seen = self._seen(asked, watch=watch)
        return Traffic(reads=int(times_seen.sum()), vehicles=len(plates))

    def marks(self, asked: Scope | Question, *, watch: Watch = UNWATCHED) -> list[SeenMark]:
        """Give the marks that met a question: the nearest first, of those the most often seen.

        Raises:
            InputError: The mark or the pattern is malformed.
            CalledOffError: `watch` called it off.
            UnavailableError: A day cannot be read now.
            CorruptError: A day is not as we wrote it.
        """
        question = asked if isinstance(asked, Question) else Question.of(asked)
        plates, times_seen = self._seen(question, watch=watch)
        costs = np.zeros(len(plates), np.int64)
        if isinstance(question.marks, LookAlike):
            costs = question.marks.costs[np.searchsorted(question.marks.plates, plates)]
        order = np.lexsort((plates, -times_seen, costs))
        seen = zip(
            unpacked(plates[order]), costs[order].tolist(), times_seen[order].tolist(), strict=True
        )
        return [SeenMark(rank, *one) for rank, one in enumerate(seen, start=1)]

    def read(self, read_id: str) -> Read | None:
        """Find one read by its identity, without its pictures.

        Raises:
            InputError: That is no read id.
            UnavailableError: A day cannot be read now.
        """
        for row in self._by_id(read_id, table="reads"):
            return read_of(row)
        return None

    def pictures(self, read_id: str) -> tuple[bytes, bytes] | None:
        """Fetch the pictures of a read, or of a first sight that raised an alarm.

        Returns:
            Plate patch and vehicle as JPEG; None where nothing was kept.

        Raises:
            InputError: That is no read id.
            UnavailableError: A day cannot be read now.
        """
        rows = sorted(self._by_id(read_id, table="pictures"), key=lambda row: row["settled"])
        return (rows[-1]["plate_jpeg"], rows[-1]["vehicle_jpeg"]) if rows else None

    def let_go(self) -> None:
        """Let go of days that were weeded; what is shown of them just now is shown to its end.

        An open file keeps its room on the disk, and its data, after its name is gone.
        """
        self._forget_all_but(day_names(self._archive))
        self._months.let_go()

    def days(self, *, before: date) -> int:
        """Count the days of capture before a day."""
        return len(day_names(self._archive, newest=before - timedelta(days=1)))

    def _seen(self, asked: Scope | Question, *, watch: Watch) -> tuple[Keys, np.ndarray[Any, Any]]:
        """Give the different packed plates that meet a question, and how often each was seen."""
        question = asked if isinstance(asked, Question) else Question.of(asked)
        plates = [np.empty(0, np.uint64)]
        times_seen = [np.empty(0, np.int64)]
        for _, found in self._each(question, _plates, size=len, watch=watch):
            different, often = np.unique(found, return_counts=True)
            plates.append(different)
            times_seen.append(often)
        together, places = np.unique(np.concatenate(plates), return_inverse=True)
        often = np.bincount(places, weights=np.concatenate(times_seen), minlength=len(together))
        return together, often.astype(np.int64)

    def _by_id(self, read_id: str, *, table: str) -> Iterator[dict[str, Any]]:
        read_id_bytes(read_id)
        for day in day_names(self._archive):
            yield from self._ask(day, partial(_by_id, read_id=read_id, table=table)) or []

    def _each(
        self,
        question: Question,
        put: Callable[[_Day, Question], _Answer],
        *,
        size: Callable[[_Answer], int],
        watch: Watch,
    ) -> Iterator[tuple[str, _Answer]]:
        """Put a question to the days that can answer it, newest first.

        Where a day takes long, several are asked at once: first one, for the page is often full
        then, and twice as many each time.
        """
        if question.since_us >= question.until_us:
            return
        oldest, newest = (day.isoformat() for day in question.days)
        there = day_names(self._archive)
        self._forget_all_but(there)
        days = [day for day in there if oldest <= day <= newest]
        expected = self._months.expect(question, days=days)
        together, done, found = 1, 0, 0
        waiting: list[tuple[str, Question | None]] = []
        asking = 0
        for day in days:
            if watch.called_off():
                raise CalledOffError("The search was called off. Nothing is shown.")
            asked = expected.of(day)
            waiting.append((day, asked))
            asking += asked is not None
            scanning = asking and (asked is None or asked.marks.scans)
            if scanning and asking < together and done + len(waiting) < len(days):
                continue
            for one, answer in self._answers(waiting, put):
                done += 1
                if answer is not None:
                    found += size(answer)
                    yield one, answer
                watch.told(Progress(days=len(days), done=done, found=found))
            if scanning:
                together = min(2 * together, _SCANNED_AT_ONCE)
            waiting, asking = [], 0

    def _answers(
        self,
        waiting: Sequence[tuple[str, Question | None]],
        put: Callable[[_Day, Question], _Answer],
    ) -> Iterator[tuple[str, _Answer | None]]:
        """Give what days answer, in their order; several are asked at the same time."""
        ask = partial(self._put, put)
        return self._together.map(ask, waiting) if len(waiting) > 1 else map(ask, waiting)

    def _put(
        self, put: Callable[[_Day, Question], _Answer], asked: tuple[str, Question | None]
    ) -> tuple[str, _Answer | None]:
        """Put a question to a day that may have an answer."""
        day, question = asked
        if question is None:
            return day, None
        return day, self._ask(day, lambda opened: put(opened, question))

    def _drawn(
        self, parts: Sequence[tuple[str, _Part]], *, question: Question, most: int
    ) -> Iterator[Drawn]:
        """Give the rows of chosen parts, day by day.

        Days whose tables have to be asked are asked at the same time; the others are drawn
        before a thread would have begun.
        """
        silent: list[str] = []

        def draw(one: tuple[str, _Part]) -> Drawn:
            day, part = one
            if silent and is_moved(self._archive / day):
                # one bucket for all: it is not waited for once more, and the day is named
                silent.append(day)
                return NOTHING
            try:
                return part.draw()
            except (OSError, RuntimeError, ValueError):
                # sealed, unsealed, moved or weeded since it was asked
                try:
                    again = self._ask(day, lambda opened: opened.find(question, most=most).draw())
                except BucketUnavailableError:
                    silent.append(day)
                    return NOTHING
                return again or NOTHING

        far = sum(not part.near for _, part in parts)
        yield from self._together.map(draw, parts) if far > 1 else map(draw, parts)
        if silent:
            raise unread([self._archive / day for day in silent], then=_THEN_SEARCH)

    def _ask(self, day: str, question: Callable[[_Day], _Answer]) -> _Answer | None:
        """Put a question to a day; None where the day is gone.

        A second attempt opens the day anew: the writer may have compacted or sealed it under the
        first one.
        """
        for attempt in (1, 2):
            try:
                return question(self._open(day, anew=attempt == 2))
            except (OSError, RuntimeError, ValueError, CorruptError) as trouble:
                # of a day that goes under a search nothing is left, its format neither
                if not (self._archive / day).exists():
                    self._days.pop(day, None)
                    return None
                if isinstance(trouble, CorruptError):
                    raise
        # the engine's own words may quote the question, and with it a plate
        raise unread([self._archive / day], then=_THEN_SEARCH)

    def _forget_all_but(self, there: Sequence[str]) -> None:
        # what is mapped of a day that went would stay on the disk until it is let go
        for gone in set(self._days).difference(there):
            self._days.pop(gone, None)

    def _open(self, day: str, *, anew: bool) -> _Day:
        found = self._days.get(day)
        if found is not None and not anew and found.current():
            return found
        with self._opening:
            folder = self._archive / day
            found = (
                SealedDay(folder, session=self._session)
                if is_sealed(folder)
                else OpenDay(folder, session=self._open_session)
            )
            self._days[day] = found
            return found


def _find(day: _Day, question: Question, *, most: int) -> _Part:
    return day.find(question, most=most)


def _sure(part: _Part) -> int:
    return part.sure


def _plates(day: _Day, question: Question) -> Keys:
    return day.plates(question)


def _by_id(day: _Day, *, read_id: str, table: str) -> list[dict[str, Any]]:
    return day.by_id(read_id, table=table)
