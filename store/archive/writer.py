"""The archive's one writer: reads into the tables of their day, once each, durable on return."""

import os
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from lancedb.index import Bitmap, BTree

from store.archive.bucket.moved import is_moved
from store.archive.bucket.moving import BRINGING, bring_down, finish_move
from store.archive.days.drawing import OldVersions, draw_newest_together, draw_together
from store.archive.days.durable import DurableMark, create_day, marked_versions, roll_back
from store.archive.days.folders import day_folder, day_folders, new_session, open_tables
from store.archive.days.lines import is_sealed
from store.archive.days.rows import id_keys, picture_rows, read_id_bytes, read_rows
from store.archive.days.sealing import key_files, mend, seal_day, unseal
from store.archive.heap import give_back_free_pages, keep_small
from store.archive.months.covering import cover, mend_months, uncover
from store.disk import lock_alone, why
from store.errors import UnavailableError
from store.terms import Read

__all__ = ["ArchiveWriter"]

_CACHE_BYTES = 256 << 10
"""Each commit leaves some KB here until this is full, and the writer never asks for them again."""
_OPEN_DAYS = 3
"""Today, yesterday over midnight, and a camera that catches up."""

_COMMITS_BEFORE_COMPACTION = 60
_INDEXED_FROM = 50_000
_HOT_INDICES = {"plate": BTree(), "camera_id": Bitmap()}
"""Of a day that is still written to, once a scan of it takes long: 2,000,000 reads answer a list of
500 marks at 20 cameras in a fifth of the time, and one camera's day in a sixteenth (measured)."""

_INDEXED_AGAIN = 1.1
"""A day's pictures are, once they are more by a tenth: one of 1,900,000 is found in 4 ms with an
index of all, and in 66 without (measured). LanceDB brings newcomers in by its optimize alone."""

_OVER_AFTER = timedelta(hours=1)
_QUIET_S = 600.0
_KEEP_VERSIONS = timedelta(minutes=2)
"""Readers may hold a version this long; none of it gives them "Not found" (measured). A search has
one for a second, and looks anew where it is gone. Ten minutes cost 1 MB: names, lists of files."""

_Reads = Mapping[str, Read]
"""Reads by their id: each once."""


class ArchiveWriter:
    """Writes reads into the tables of their day of capture; one thread at a time."""

    def __init__(self, archive: Path) -> None:
        """Become the writer, and take every day back to what is on disk for certain.

        Args:
            archive: Folder of the days; made where it is missing.

        Raises:
            BusyError: Another process writes.
            CorruptError: A day lacks what was on disk once, or is of another format.
        """
        archive.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._archive = archive.absolute()
        self._lock = lock_alone(self._archive / ".writer", what="the archive")
        keep_small()
        self._session = new_session(cache_bytes=_CACHE_BYTES)
        self._days: dict[Path, _Day] = {}
        self._sealed: set[Path] = set()
        self._not_before_s: dict[Path, float] = {}
        try:
            for half_made in (*self._archive.glob(".new-*"), *self._archive.glob(f"{BRINGING}*")):
                shutil.rmtree(half_made)
            for folder in day_folders(self._archive):
                if is_moved(folder):
                    finish_move(folder)
                    continue
                roll_back(folder)
                mend(folder, versions=marked_versions(folder), session=self._session)
            mend_months(self._archive)
        except BaseException:
            os.close(self._lock)
            raise

    def record(self, reads: Sequence[Read], *, sights: Sequence[Read] = ()) -> None:
        """Write reads; on return they are on disk and searches find them.

        A read that is there already stays as it is and is not written again.

        Args:
            reads: Settled reads with their pictures.
            sights: First sights that raised an alarm: only their pictures are kept, until the
                read of the same identity brings its own.

        Raises:
            UnavailableError: The disk did not take them; give them again.
            BucketUnavailableError: A day of them lies in the bucket, which does not answer; the
                other days have theirs.
            CorruptError: The day's folder is not as we wrote it.
        """
        settled, unsettled = self._by_day(reads), self._by_day(sights)
        # days of the bucket last: whether it answers is nothing to the others
        days = sorted(settled.keys() | unsettled.keys(), key=lambda day: (is_moved(day), day))
        for folder in days:
            with self._open(folder) as day:
                day.record(settled[folder], sights=unsettled[folder])

    def compact(self) -> None:
        """Draw the small commits of a day together where there are many.

        Called once a second; each time the system gets back what commits left free.

        Raises:
            UnavailableError: The disk has no room for it; nothing is lost.
        """
        for folder in list(self._days):
            if self._days[folder].commits >= _COMMITS_BEFORE_COMPACTION:
                with self._open(folder) as day:
                    day.compact()
        give_back_free_pages()

    def seal(self, day: date) -> bool:
        """Put a day in order for good: searches of it no longer ask its tables.

        A read that comes late makes it an open day again, until it is sealed once more.

        Args:
            day: Day of capture, UTC.

        Returns:
            Whether there was anything to seal.

        Raises:
            UnavailableError: The disk has no room for it; nothing is lost.
            CorruptError: The day's folder is not as we wrote it.
        """
        folder = self._archive / day.isoformat()
        if not folder.is_dir() or is_sealed(folder):
            return False
        with self._failing(folder):
            self._days.pop(folder, None)
            seal_day(folder, session=self._session)
            cover([folder])
        return True

    def seal_ended(self, *, now: datetime) -> date | None:
        """Seal the oldest day that is over and quiet, if there is one.

        A day is over an hour after its midnight, and quiet when nothing was written to it for ten
        minutes: a camera that catches up is not to have its day sealed between two reads.

        Returns:
            The day that was sealed.

        Raises:
            UnavailableError: The disk has no room for it; nothing is lost.
            CorruptError: The day's folder is not as we wrote it.
        """
        last = (now.astimezone(UTC) - _OVER_AFTER).date() - timedelta(days=1)
        quiet_s = time.monotonic() - _QUIET_S
        for folder in reversed(day_folders(self._archive, newest=last)):
            if folder in self._sealed:
                continue
            if is_sealed(folder):
                self._sealed.add(folder)
                continue
            opened = self._days.get(folder)
            written_s = quiet_s if opened is None else opened.written_s
            if max(written_s, self._not_before_s.get(folder, quiet_s)) <= quiet_s:
                day = date.fromisoformat(folder.name)
                # a day that cannot be sealed is not tried every second
                self._not_before_s[folder] = time.monotonic()
                self.seal(day)
                return day
        return None

    def let_go(self) -> None:
        """Let go of days whose folder is gone, or another one, since they were opened."""
        for folder, day in list(self._days.items()):
            if not day.stands():
                del self._days[folder]
        self._sealed = {folder for folder in self._sealed if folder.exists()}

    def close(self) -> None:
        """Let another process write."""
        self._days.clear()
        os.close(self._lock)

    def _by_day(self, reads: Sequence[Read]) -> defaultdict[Path, dict[str, Read]]:
        days: defaultdict[date, dict[str, Read]] = defaultdict(dict)
        for read in reads:
            days[read.captured_at.astimezone(UTC).date()].setdefault(read.read_id, read)
        return defaultdict(
            dict,
            {
                # named once a day, not once a read: paths were a third of what grouping cost
                day_folder(self._archive, next(iter(some.values())).captured_at): some
                for some in days.values()
            },
        )

    @contextmanager
    def _open(self, folder: Path) -> "Iterator[_Day]":
        """Hold a day open for writing; one in the bucket comes down, a sealed one is unsealed."""
        bring_down(folder)
        with self._failing(folder):
            if folder not in self._days:
                if not folder.exists():
                    create_day(folder)
                self._days[folder] = _Day(folder, session=self._session)
                self._sealed.discard(folder)
            # the one used last stands last
            self._days[folder] = day = self._days.pop(folder)
            yield day
            while len(self._days) > _OPEN_DAYS:
                del self._days[next(iter(self._days))]

    @contextmanager
    def _failing(self, folder: Path) -> Iterator[None]:
        """Where the disk fails, take a day back to what it has for certain."""
        try:
            yield
        except (OSError, RuntimeError, ValueError) as trouble:
            # a second fsync after a failed one reports success for bytes that are lost, so
            # nothing beyond the mark may stay
            self._days.pop(folder, None)
            if folder.exists():
                roll_back(folder)
            raise UnavailableError(
                f"The archive could not write {folder.name}: {why(trouble)}. "
                "What was accepted waits in the spool. Check the space on the disk."
            ) from trouble


class _Day:
    """The tables and key files of one day, open for writing."""

    def __init__(self, folder: Path, *, session: Any) -> None:
        self._folder, self._inode = folder, folder.stat().st_ino
        tables = open_tables(folder, session=session)
        self._reads, self._pictures = tables["reads"], tables["pictures"]
        self._mark = DurableMark(folder)
        self.written_s = time.monotonic()
        self._marked: dict[str, int] = {}
        self._ids, self._plates = key_files(folder, tables)
        uncover([folder])
        unseal(folder)
        self.commits = 0
        self._drawn_pictures = int(self._pictures.count_rows())
        self._indexed_pictures = 0
        self._old_pictures = OldVersions(folder / "pictures.lance")

    def stands(self) -> bool:
        """Say whether its folder is the one that was opened."""
        try:
            return self._folder.stat().st_ino == self._inode
        except FileNotFoundError:
            return False

    def record(self, reads: _Reads, *, sights: _Reads) -> None:
        """Write what is not there yet and wait for the disk."""
        known = set(self._ids.known(id_keys([*reads, *sights])).tolist())
        suspects = [
            read_id
            for read_id in {*reads, *sights}
            if int.from_bytes(read_id_bytes(read_id)[:8], "big") in known
        ]
        there = _there(self._reads, suspects, where="true")
        rows = read_rows([read for read_id, read in reads.items() if read_id not in there])
        pictures = [
            self._missing_pictures(some, suspects, settled=settled)
            for some, settled in ((reads, True), (sights, False))
        ]
        self._ids.add(id_keys([*reads, *sights]))
        self._plates.add(rows["plate"].to_numpy())
        for table, batch in ((self._pictures, pa.concat_tables(pictures)), (self._reads, rows)):
            if batch.num_rows:
                table.add(batch)
        self.written_s = time.monotonic()
        self._settle()

    def compact(self) -> None:
        """Draw the day's newest commits together, and let old versions go."""
        draw_together(self._reads)
        if self._reads.count_rows() >= _INDEXED_FROM and not self._reads.list_indices():
            # optimize brings the newcomers in from here on
            for column, index in _HOT_INDICES.items():
                self._reads.create_index(column, config=index)
        drawn = draw_newest_together(self._pictures, first=self._drawn_pictures)
        indexed = self._indexed_pictures
        if drawn >= max(_INDEXED_FROM, _INDEXED_AGAIN * indexed):
            self._pictures.create_index("read_id", config=BTree(), replace=True)
            indexed = drawn
        self._ids.merge()
        self._plates.merge()
        self._settle()
        self._drawn_pictures, self._indexed_pictures = drawn, indexed
        self._reads.optimize(cleanup_older_than=_KEEP_VERSIONS)
        self._old_pictures.remove(after_s=_KEEP_VERSIONS.total_seconds(), now_s=time.monotonic())
        self._settle()
        self.commits = 0

    def _missing_pictures(
        self, reads: _Reads, suspects: Sequence[str], *, settled: bool
    ) -> pa.Table:
        there = _there(self._pictures, suspects, where=f"settled = {str(settled).lower()}")
        missing = [
            read
            for read_id, read in reads.items()
            if read_id not in there and (read.plate_jpeg or read.vehicle_jpeg)
        ]
        return picture_rows(missing, settled=settled)

    def _settle(self) -> None:
        """Wait until all of the day is on disk, and say so."""
        versions = {"reads": self._reads.version, "pictures": self._pictures.version}
        if versions == self._marked:
            return
        self._mark.move(versions)
        self._marked = versions
        self.commits += 1


def _there(table: Any, read_ids: Sequence[str], *, where: str) -> set[str]:
    """Give those of the read ids that a table has."""
    if not read_ids:
        return set()
    listed = ",".join(f"X'{read_id}'" for read_id in read_ids)
    found = table.search().where(f"read_id IN ({listed}) AND {where}").select(["read_id"])
    return {read_id.hex() for read_id in found.to_arrow()["read_id"].to_pylist()}
