"""Finding reads: newest first over the days, exact, by wildcard, or by place and time."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from store.archive.days.folders import day_folders, new_session
from store.archive.days.rows import StoredRead, Traffic, read_id_bytes, read_of
from store.archive.finding.question import DayView, Question
from store.errors import InputError, UnavailableError
from store.terms import Read, Scope

__all__ = ["Archive"]

_CACHE_BYTES = 256 << 20
_PAGE_MAX = 500
_MICROSECOND = timedelta(microseconds=1)
_Answer = TypeVar("_Answer")


class Archive:
    """The archive as searches see it; threads may share it, and another process may write."""

    def __init__(self, archive: Path) -> None:
        """Look at a folder of days; nothing is opened yet.

        Args:
            archive: The folder; no days are found where it is missing.
        """
        self._archive = archive.absolute()
        self._session = new_session(cache_bytes=_CACHE_BYTES)
        self._days: dict[Path, DayView] = {}
        self._opening = threading.Lock()

    def search(self, scope: Scope) -> tuple[list[StoredRead], bool]:
        """Find reads, newest first.

        Args:
            scope: What is searched; `before` continues after the last row of a page.

        Returns:
            At most `scope.limit` reads, and whether more follow.

        Raises:
            InputError: The mark, the pattern, the page or its size is malformed.
            UnavailableError: A day cannot be read now.
            CorruptError: A day is not as we wrote it.
        """
        if not 1 <= scope.limit <= _PAGE_MAX:
            raise InputError(f"A page has 1 to {_PAGE_MAX} rows. Ask for fewer and page on.")
        question = Question.of(scope)
        found: list[StoredRead] = []
        for folder in self._folders(scope):
            # one row more than asked for tells whether another page follows
            most = scope.limit + 1 - len(found)
            found += self._ask(folder, partial(DayView.newest, question=question, most=most)) or []
            if len(found) > scope.limit:
                return found[: scope.limit], True
        return found, False

    def count(self, scope: Scope) -> Traffic:
        """Count what a search would find on all its pages together.

        Raises:
            InputError: The mark or the pattern is malformed.
            UnavailableError: A day cannot be read now.
            CorruptError: A day is not as we wrote it.
        """
        question = partial(DayView.plates, question=Question.of(scope))
        plates = [np.empty(0, np.uint64)]
        for folder in self._folders(scope):
            found = self._ask(folder, question)
            plates += [] if found is None else [found]
        together = np.concatenate(plates)
        return Traffic(reads=len(together), vehicles=len(np.unique(together)))

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

    def _by_id(self, read_id: str, *, table: str) -> Iterator[dict[str, Any]]:
        read_id_bytes(read_id)
        for folder in day_folders(self._archive):
            found = self._ask(folder, partial(DayView.by_id, read_id=read_id, table=table))
            yield from found or []

    def _folders(self, scope: Scope) -> list[Path]:
        last_at = scope.until_at - _MICROSECOND
        return day_folders(
            self._archive,
            oldest=scope.since_at.astimezone(UTC).date(),
            newest=last_at.astimezone(UTC).date(),
        )

    def _ask(self, folder: Path, question: Callable[[DayView], _Answer]) -> _Answer | None:
        """Put a question to a day; None where the day is gone.

        A second attempt opens the day anew: the writer may have compacted under the first one.
        """
        for attempt in (1, 2):
            try:
                return question(self._open(folder, anew=attempt == 2))
            except (OSError, RuntimeError, ValueError):
                if not folder.exists():
                    self._days.pop(folder, None)
                    return None
        # the engine's own words may quote the question, and with it a plate
        raise UnavailableError(
            f"The day {folder.name} of the archive cannot be read now. "
            "Search again; if it stays so, ring the cluster admin."
        )

    def _open(self, folder: Path, *, anew: bool) -> DayView:
        with self._opening:
            day = self._days.get(folder)
            if day is None or anew:
                day = DayView(folder, session=self._session)
            self._days[folder] = day
            return day
