"""Who the reads of a sealed day are: where their ids lie on the disk, and what they come to.

LanceDB takes 1.3 ms of a core to say who row 5 is, whatever it holds (measured), and a page that is
drawn from a hundred days would pay that a hundred times. A sealed day has its ids stored flat, so
that sixteen bytes of a mapped file are the answer. The place is not reckoned from the engine's
format: sealing looks for the ids in the table's files and holds every one of them against the
table. Where they do not lie so, it notes nothing, and the table is asked.
"""

import hashlib
import mmap
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from store.archive.bucket.moved import Moved, moved
from store.archive.plates import Keys

__all__ = ["Identities", "Run", "ascending", "digest_of", "files_of", "runs_of"]

_BYTES = 16
_RUNS_MAX = 64
"""More than a file for each million reads would bring: then the ids do not lie flat."""

_DATA = "reads.lance/data"
_FILES = tuple(
    f"{table}.lance/{part}"
    for table in ("reads", "pictures")
    for part in ("data", "_versions", "_deletions")
)


@dataclass(frozen=True, slots=True)
class Run:
    """Read ids that lie one after the other, 16 bytes each, in the order of the lines.

    Attributes:
        file: Name of a data file of the reads table.
        first: Line of the first of them.
        at: Where that one begins, in bytes.
    """

    file: str
    first: int
    at: int


class Identities:
    """The read ids of a sealed day, mapped."""

    def __init__(self, folder: Path, runs: tuple[Run, ...]) -> None:
        """Map the files that hold them.

        Raises:
            FileNotFoundError: The day is gone, or was written anew.
        """
        mapped = {name: _mapped(folder, name) for name in {run.file for run in runs}}
        self._firsts = np.array([run.first for run in runs])
        self._runs = [_halves(mapped[run.file], at=run.at) for run in runs]

    def of(self, rows: NDArray[np.int64]) -> Keys:
        """Give the read ids of the lines with these numbers as (k, 2) halves."""
        if len(self._runs) == 1:
            return self._runs[0][rows]
        found = np.empty((len(rows), 2), np.uint64)
        run_of = self._firsts.searchsorted(rows, side="right") - 1
        for number in np.unique(run_of):
            here = run_of == number
            found[here] = self._runs[number][rows[here] - self._firsts[number]]
        return found


def runs_of(folder: Path, ids: Keys) -> tuple[Run, ...]:
    """Find where the read ids of a day lie in the files of its table.

    Args:
        folder: The day.
        ids: (n, 2) halves of the ids, in the order of the table.

    Returns:
        Runs that together hold every id; none where they do not lie flat.
    """
    wanted = ids.astype(">u8").tobytes()
    names = sorted(path.name for path in (folder / _DATA).glob("*.lance"))
    files = {name: _mapped(folder, name) for name in names}
    runs: list[Run] = []
    row = 0
    while row < len(ids) and len(runs) < _RUNS_MAX:
        found = [(*_longest(data, wanted, row=row), name) for name, data in files.items()]
        count, at, name = max(found, default=(0, 0, ""))
        if not count:
            return ()
        runs.append(Run(name, row, at))
        row += count
    return tuple(runs) if row == len(ids) else ()


def ascending(ids: Keys) -> NDArray[np.intp]:
    """Give the places of (n, 2) halves of ids in the order of the ids."""
    order = np.argsort(ids[:, 0], kind="stable")
    halves = ids[order, 0]
    # the first halves alone decide nearly always
    if (halves[1:] == halves[:-1]).any():
        order = np.lexsort((ids[:, 1], ids[:, 0]))
    return order


def digest_of(ids: Keys) -> str:
    """Give the SHA-256 of (n, 2) halves of ids that are in order, 16 bytes each, as hexadecimal."""
    return hashlib.sha256(ids.astype(">u8").tobytes()).hexdigest()


def files_of(folder: Path) -> str:
    """Give the SHA-256 of the names and sizes of what a day's tables are made of.

    A file of a table is written once under a name of its own, so that a table that was changed has
    other names.
    """
    found = hashlib.sha256()
    mark = moved(folder)
    for part in _FILES:
        sizes = _sizes(folder / part) if mark is None else _sizes_there(mark, part)
        for name, size in sorted(sizes.items()):
            found.update(f"{part}/{name} {size}\n".encode())
    return found.hexdigest()


def _sizes(place: Path) -> dict[str, int]:
    entries = os.scandir(place) if place.is_dir() else ()
    return {entry.name: entry.stat().st_size for entry in entries}


def _sizes_there(mark: Moved, part: str) -> dict[str, int]:
    """Give the sizes of what lies directly in a folder of a day in the bucket."""
    return {
        name.removeprefix(f"{part}/"): size
        for name, (size, _) in mark.objects.items()
        if PurePosixPath(name).parent.as_posix() == part
    }


def _mapped(folder: Path, name: str) -> mmap.mmap:
    with (folder / _DATA / name).open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _halves(data: mmap.mmap, *, at: int) -> Keys:
    """Give what lies in a file from a place on as if all of it were ids: (n, 2), not copied."""
    count = (len(data) - at) // _BYTES
    return np.frombuffer(data, ">u8", count=2 * count, offset=at).reshape(count, 2)


def _longest(data: mmap.mmap, wanted: bytes, *, row: int) -> tuple[int, int]:
    """Say how many of the ids from a row on lie together in a file, and where."""
    at = data.find(wanted[_BYTES * row : _BYTES * (row + 1)])
    if at < 0:
        return 0, 0
    halves = min((len(data) - at) // 8, (len(wanted) - _BYTES * row) // 8)
    there = np.frombuffer(data, "<u8", count=halves, offset=at)
    asked = np.frombuffer(wanted, "<u8", count=halves, offset=_BYTES * row)
    other = np.flatnonzero(there != asked)
    return (int(other[0]) if len(other) else halves) // 2, at
