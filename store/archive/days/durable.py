"""Which table versions of a day are on disk for certain, and the way back to them.

A LanceDB commit makes no fsync. Beyond the durable mark a power loss may have left an empty
manifest or a data file without its end, and one such manifest keeps the whole table shut
(measured: "Invalid range 0..0"). The spool still holds whatever is beyond the mark, so the
writer starts by going back to it. A copy of the manifests at the mark is kept beside it, for a disk
that loses even what it has promised: an emptied one is put back.
"""

import base64
import json
import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import lancedb
import numpy as np
from numpy.typing import NDArray

from store.archive.days.drawing import said_as
from store.archive.days.folders import FORMAT, TABLES, refuse_foreign
from store.archive.days.keys import PLATES, READ_IDS, KeyFile
from store.disk import replace_durably, sync_all
from store.errors import CorruptError

__all__ = [
    "DurableMark",
    "create_day",
    "indices_of_no_version",
    "marked_versions",
    "roll_back",
]

log = logging.getLogger(__name__)

_MARK = "durable"
_COPIES = "manifests"
_NEWEST = 2**64 - 1
"""A manifest is named by what its version leaves to this number: the newest is listed first."""
_FOOTER = b"LANC"

_WRITTEN_ONCE = ("data", "_versions", "_transactions", "_deletions", "_indices")
"""Folders of a Lance table whose files never change."""


class DurableMark:
    """Moves a day's mark forward."""

    def __init__(self, folder: Path) -> None:
        """Trust no file of the folder to be on disk yet: waiting for one that is costs nothing."""
        self._folder = folder
        self._synced: dict[Path, NDArray[np.int64]] = {}

    def move(self, versions: dict[str, int]) -> None:
        """Bring the tables and the newcomers among the keys to the disk, then say so.

        Args:
            versions: The version of each table that is to be durable.

        Raises:
            OSError: The disk did not take it; the mark stays where it was.
        """
        waiting: list[Path | str] = list(self._folder.glob("*.tail"))
        for part in self._parts():
            names = os.listdir(part) if part.is_dir() else []
            # eight bytes of each: thousands of names a minute came to lie wherever the memory of a
            # busy moment had room, and kept it for hours
            marks = np.fromiter(map(hash, names), np.int64, len(names))
            fresh = np.isin(marks, self._synced.get(part, marks[:0]), invert=True)
            self._synced[part] = marks
            if fresh.any():
                # not as paths: Python's table of their parts grew with every commit, and doubled
                waiting += [part, *(f"{part}/{names[at]}" for at in np.flatnonzero(fresh))]
        sync_all(waiting)
        copies = {name: _copied(self._folder, name, version) for name, version in versions.items()}
        replace_durably(self._folder / _COPIES, json.dumps(copies).encode())
        replace_durably(self._folder / _MARK, json.dumps(versions).encode())

    def _parts(self) -> Iterator[Path]:
        for table in TABLES:
            yield from (self._folder / f"{table}.lance" / part for part in _WRITTEN_ONCE)
            # an index is a folder of its own
            yield from (self._folder / f"{table}.lance").glob("_indices/*")


def create_day(folder: Path) -> None:
    """Make a day with empty tables; it appears whole and durable, or not at all."""
    young = folder.with_name(f".new-{folder.name}")
    shutil.rmtree(young, ignore_errors=True)
    young.mkdir(mode=0o700)
    day = lancedb.connect(str(young))
    versions = {
        name: day.create_table(name, schema=schema).version for name, schema in TABLES.items()
    }
    for name in (PLATES, READ_IDS):
        KeyFile(young, name, keys=np.empty(0, np.uint64))
    (young / "format").write_text(FORMAT)
    DurableMark(young).move(versions)
    sync_all([young, *young.rglob("*")])
    young.rename(folder)
    sync_all([folder.parent])


def roll_back(folder: Path) -> int:
    """Take a day back to its durable mark and sweep what killed writers left, indices as well.

    Args:
        folder: A day that nobody writes to.

    Returns:
        How many table versions went; the spool holds what they added.

    Raises:
        CorruptError: A durable version is missing or torn and there is no copy of it, or the day is
            of another format.
    """
    refuse_foreign(folder)
    for stray in folder.rglob("*.tmp*"):
        stray.unlink(missing_ok=True)
    marked = marked_versions(folder)
    _put_back(folder, marked)
    gone = sum(
        _roll_back_table(folder / f"{table}.lance", marked=marked.get(table)) for table in TABLES
    )
    for index in indices_of_no_version(folder):
        shutil.rmtree(index)
    return gone


def indices_of_no_version(folder: Path) -> list[Path]:
    """Give the folders of a day's indices that no version of its tables names.

    Their pages hold marks and read ids, and no search or clean-up knows of them. A writer that was
    killed while it made an index leaves one.
    """
    strays: list[Path] = []
    for table in TABLES:
        lance = folder / f"{table}.lance"
        unnamed = {path: said_as(path.name) for path in (lance / "_indices").glob("*")}
        manifests = (lance / "_versions").glob("*.manifest") if unnamed else iter(())
        for manifest in manifests:
            written = manifest.read_bytes()
            unnamed = {path: key for path, key in unnamed.items() if key not in written}
        strays += sorted(unnamed)
    return strays


def _roll_back_table(table: Path, *, marked: int | None) -> int:
    """Remove the manifests beyond a mark; without one, the torn ones."""
    for gone, manifest in enumerate(sorted((table / "_versions").glob("*.manifest"))):
        version, whole = _NEWEST - int(manifest.stem), _whole(manifest)
        if whole and version == (version if marked is None else marked):
            return gone
        if marked is not None and version <= marked:
            break
        manifest.unlink()
    raise CorruptError(
        f"{table} lacks a version that was on the disk once. "
        f"Check the disk, then restore {table.parent} from backup."
    )


def _put_back(folder: Path, marked: dict[str, int]) -> None:
    """Put the copy in the place of a manifest at the mark that is gone or torn."""
    try:
        copies = json.loads((folder / _COPIES).read_bytes())
    except (FileNotFoundError, ValueError):
        return
    for name, version in marked.items():
        manifest = Path(_manifest(folder, name, version))
        copied, data = copies.get(name, (None, ""))
        if copied == version and not (manifest.exists() and _whole(manifest)):
            log.warning("a manifest of %s was lost by the disk; its copy was put back", folder.name)
            replace_durably(manifest, base64.b64decode(data))


def _copied(folder: Path, table: str, version: int) -> tuple[int, str]:
    with open(_manifest(folder, table, version), "rb") as manifest:
        data = manifest.read()
    return version, base64.b64encode(data).decode()


def _manifest(folder: Path, table: str, version: int) -> str:
    # not as a path: two of its parts are new with every commit, and each takes a place in Python's
    # table of interned texts, which had doubled after 27 minutes (0.9 to 2.0 MB, measured)
    return f"{folder}/{table}.lance/_versions/{_NEWEST - version:020d}.manifest"


def marked_versions(folder: Path) -> dict[str, int]:
    """Give the version of each table that is on the disk for certain; empty without a mark."""
    try:
        marked = json.loads((folder / _MARK).read_bytes())
    except (FileNotFoundError, ValueError):
        # restored without its mark: then only torn manifests go
        return {}
    return {table: int(version) for table, version in marked.items()}


def _whole(manifest: Path) -> bool:
    return manifest.read_bytes()[-len(_FOOTER) :] == _FOOTER
