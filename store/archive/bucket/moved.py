"""The mark of a day that lies in the bucket: from here on its tables are there, and only there.

The mark names every object of the day with its size and SHA-256. It appears after all of them were
read back, and goes before any of them does: with it the bucket is right, without it the disk.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from store.archive.bucket.address import Address
from store.archive.bucket.keys import find_keys
from store.disk import replace_durably, sync_all
from store.errors import BucketUnavailableError, CorruptError, InputError, UnavailableError

__all__ = [
    "MOVED",
    "Moved",
    "hushed",
    "is_moved",
    "lying",
    "mark_moved",
    "moved",
    "place_of",
    "unread",
]

MOVED = "bucket"
"""Name of the mark in a day's folder."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a day lies.

    Attributes:
        address: Of the archive.
        objects: Size in bytes and SHA-256 by the name of a file below the day's folder.
    """

    address: Address
    objects: dict[str, tuple[int, str]]


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    address: str
    objects: dict[str, tuple[int, str]]


def is_moved(folder: Path) -> bool:
    """Say whether a day lies in the bucket."""
    return (folder / MOVED).exists()


def moved(folder: Path) -> Moved | None:
    """Read a day's mark; None where the day lies on this disk.

    Raises:
        CorruptError: The mark is not as we wrote it.
    """
    try:
        told = msgspec.json.decode((folder / MOVED).read_bytes(), type=_Written)
        return Moved(Address.of(told.address), told.objects)
    except FileNotFoundError:
        return None
    except (msgspec.MsgspecError, UnicodeDecodeError, InputError):
        raise CorruptError(
            f"{folder / MOVED} is not as we wrote it. Copy the day's objects down into {folder} "
            "and remove the mark: the hub carries the day up again."
        ) from None


def lying(archive: Path) -> frozenset[Address]:
    """Say where moved days of an archive lie.

    Raises:
        CorruptError: A mark is not as we wrote it.
    """
    marks = (moved(mark.parent) for mark in archive.glob(f"*/{MOVED}"))
    return frozenset(mark.address for mark in marks if mark)


def mark_moved(folder: Path, mark: Moved | None) -> None:
    """Say for good where a day lies; None for this disk."""
    if mark is None:
        (folder / MOVED).unlink(missing_ok=True)
        sync_all([folder])
    else:
        told = _Written(str(mark.address), mark.objects)
        replace_durably(folder / MOVED, msgspec.json.encode(told))


def place_of(folder: Path) -> tuple[str, dict[str, str] | None]:
    """Say where LanceDB finds a day's tables, and what opens them.

    Raises:
        CorruptError: The mark is not as we wrote it.
        RefusedError: The keys are kept badly.
        UnavailableError: There are no keys.
    """
    folder = folder.absolute()
    mark = moved(folder)
    if mark is None:
        return str(folder), None
    keys = find_keys(folder.parent.parent)
    return f"{mark.address}/{folder.name}", keys.storage_options()


def unread(folders: Iterable[Path], *, then: str) -> UnavailableError:
    """Make the error that says which days could not be asked.

    Args:
        folders: The days.
        then: What to do, as a sentence.
    """
    names = sorted(folder.name for folder in folders)
    days = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    if any(is_moved(folder) for folder in folders):
        return BucketUnavailableError(
            f"Not all was asked: what is looked for lies in the object store on {days}, and it "
            f"does not answer, or refuses our keys. {then}"
        )
    return UnavailableError(f"The day {days} of the archive cannot be read now. {then}")


def hushed(folder: Path, trouble: Exception) -> Exception | None:
    """Give what an error may be raised from.

    An object store's own words are not passed on: they may quote the id of a key.
    """
    return None if is_moved(folder) else trouble
