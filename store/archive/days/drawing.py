"""Small commits of an open day drawn together, and the versions before them removed.

A table that is committed to once a second has 43,000 fragments by noon, and every commit writes the
list of them: 86 bytes each, so that half a day of pictures would leave 80 GB of lists (0.52 MB a
list after 6,000 commits, 1.55 GB together, measured). LanceDB's optimize draws together whatever
is smaller than a million rows. For reads that is right. For pictures it would copy the whole day
each time, and it removes old versions only together with that: so the pictures' newest fragments
are drawn together here, and their old versions removed.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa

__all__ = ["OldVersions", "draw_newest_together", "draw_together", "said_as"]

_ROUNDS = 8
"""Two or three are enough where rows came after an index (measured)."""
_ROWS_AT_ONCE = 128
"""With pictures of 43 KB, 5 MB."""
_MANIFEST = ".manifest"
_WRITTEN_ONCE = ("data", "_transactions", "_indices")


def draw_together(table: Any) -> bool:
    """Draw a table's commits together, until nothing more is left to draw.

    What an optimize writes comes after the mark, and what it cleans may be the version that the
    mark names. So nothing is cleaned here: the mark moves first.

    Returns:
        Whether another optimize would write nothing more.
    """
    for _ in range(_ROUNDS):
        before = table.version
        table.optimize()
        if table.version == before:
            return True
    return False


def draw_newest_together(table: Any, *, first: int) -> int:
    """Write the rows from one on as a single fragment in the place of theirs, in their order.

    For a moment they are there twice, and nobody else writes. The mark is to move afterwards:
    killed in between, the day goes back to before.

    Args:
        table: No row of it was ever deleted, and no index covers what is drawn.
        first: Number of the first row to draw; a fragment begins with it.

    Returns:
        How many rows the table has: the next drawing begins there.

    Raises:
        OSError, RuntimeError, ValueError: LanceDB's own: the disk does not take it.
    """
    end = int(table.count_rows())
    if first < end:
        begins = _row_id(table, first)
        rows = _rows(table, first=first, end=end)
        table.add(pa.RecordBatchReader.from_batches(table.schema, rows))
        # whole fragments go with their entry in the list: nothing is written to `_deletions`
        table.delete(f"_rowid >= {begins} AND _rowid < {_row_id(table, end)}")
    return end


class OldVersions:
    """What of a table was superseded, and since when; for the one that writes to it."""

    def __init__(self, table: Path) -> None:
        """Know of nothing yet.

        Args:
            table: Folder of the table.
        """
        self._table = str(table)
        self._since_s: dict[str, float] = {}

    def remove(self, *, after_s: float, now_s: float) -> None:
        """Remove what was superseded so long ago: versions, and files the newest does not name.

        A file has its time from the first call that finds it so, and so have the versions that name
        it: none of them is left without. Files of half a commit go as well.

        Args:
            after_s: How long a reader may go on reading a version.
            now_s: Monotonic time.

        Raises:
            OSError: The disk does not let go of a file; it goes the next time.
        """
        versions = f"{self._table}/_versions"
        # a version is named by what it leaves to 2**64: the newest comes first
        newest, *older = sorted(name for name in os.listdir(versions) if name.endswith(_MANIFEST))
        with open(f"{versions}/{newest}", "rb") as file:
            named = file.read()
        superseded = [f"{versions}/{name}" for name in older]
        for part in _WRITTEN_ONCE:
            folder = f"{self._table}/{part}"
            # a table without a row has no folder for them
            names = os.listdir(folder) if os.path.isdir(folder) else []
            superseded += [f"{folder}/{name}" for name in names if said_as(name) not in named]
        self._since_s = {path: self._since_s.get(path, now_s) for path in superseded}
        for path, since_s in self._since_s.items():
            if now_s - since_s >= after_s:
                shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)


def said_as(name: str) -> bytes:
    """Give the bytes by which a manifest names a file, or an index: by those of its UUID."""
    try:
        return UUID(name).bytes
    except ValueError:
        return name.encode()


def _rows(table: Any, *, first: int, end: int) -> Iterator[pa.RecordBatch]:
    for at in range(first, end, _ROWS_AT_ONCE):
        places = list(range(at, min(end, at + _ROWS_AT_ONCE)))
        yield from table.take_offsets(places).to_arrow().cast(table.schema).to_batches()


def _row_id(table: Any, place: int) -> int:
    found = table.take_offsets([place]).with_row_id().select(["read_id"]).to_arrow()
    return int(found["_rowid"][0].as_py())
