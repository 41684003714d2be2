"""One day of capture: its folder, its format, its tables."""

import os
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import lancedb

from store.archive.bucket.moved import place_of
from store.archive.days.rows import PICTURES, READS
from store.errors import CorruptError

__all__ = [
    "FORMAT",
    "TABLES",
    "day_folder",
    "day_folders",
    "day_names",
    "new_session",
    "open_tables",
    "refuse_foreign",
]

TABLES = {"reads": READS, "pictures": PICTURES}
"""Name and columns of a day's tables."""

FORMAT = "anpr-hub archive day 2\n"
"""What the file `format` of a day says."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def day_folder(archive: Path, captured_at: datetime) -> Path:
    """Name the folder of a capture time."""
    return archive / captured_at.astimezone(UTC).date().isoformat()


def day_names(archive: Path, *, oldest: date = date.min, newest: date = date.max) -> list[str]:
    """List the days that are there by name, newest first; both ends are inclusive."""
    try:
        names = os.listdir(archive)
    except (FileNotFoundError, NotADirectoryError):
        return []
    low, high = oldest.isoformat(), newest.isoformat()
    return sorted(
        (one for one in names if low <= one <= high and _DAY.fullmatch(one)), reverse=True
    )


def day_folders(archive: Path, *, oldest: date = date.min, newest: date = date.max) -> list[Path]:
    """List the days that are there, newest first; both ends are inclusive."""
    return [archive / name for name in day_names(archive, oldest=oldest, newest=newest)]


def new_session(*, cache_bytes: int) -> Any:
    """Give LanceDB caches that stay small: its own defaults are 7 GiB."""
    return lancedb.Session(
        index_cache_size_bytes=cache_bytes // 4, metadata_cache_size_bytes=cache_bytes
    )


def open_tables(folder: Path, *, session: Any, live: bool = True) -> dict[str, Any]:
    """Open a day's tables, on this disk or in the bucket.

    Args:
        folder: The day's folder.
        session: From `new_session`.
        live: Whether each query is to see the newest version.

    Returns:
        LanceDB tables by name.

    Raises:
        CorruptError: The folder is not of this program's format.
        RefusedError, UnavailableError: It lies in the bucket, and there are no keys for it.
        OSError, RuntimeError, ValueError: LanceDB's own: a table cannot be opened now.
    """
    refuse_foreign(folder)
    place, opened_by = place_of(folder)
    day = lancedb.connect(
        place,
        session=session,
        storage_options=opened_by,
        read_consistency_interval=timedelta(0) if live else None,
    )
    return {name: day.open_table(name) for name in TABLES}


def refuse_foreign(folder: Path) -> None:
    """Refuse a day of another format.

    Raises:
        CorruptError: The folder was written by another program or another version of this one.
    """
    try:
        written = (folder / "format").read_bytes()
    except FileNotFoundError:
        written = b""
    if written != FORMAT.encode():
        raise CorruptError(
            f"{folder} is not a day of this program's format ({FORMAT.strip()!r}). "
            "Use the version that wrote it, or move the folder out of the archive."
        )
