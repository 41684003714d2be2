"""Days leave the bucket for good: every object of them deleted, and nothing of them listed after.

Nothing is deleted before the bucket was asked again whether deleted means gone: somebody may have
turned versioning on since.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from store.archive.bucket.address import Assigned, assigned
from store.archive.bucket.moved import moved
from store.archive.bucket.objects import Objects
from store.archive.bucket.owning import OWNER, demand_erasable, demand_ours, open_bucket, own_bucket
from store.errors import BusyError, RefusedError

__all__ = ["demand_bucket", "remove_past", "remove_unmarked", "strays_there"]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def demand_bucket(archive: Path) -> None:
    """Refuse to begin what has to delete there while that cannot be done; nothing is changed.

    Raises:
        BusyError, RefusedError, UnavailableError: It is not ours, keeps what is deleted, or does
            not answer.
    """
    _writable(archive)


def remove_past(archive: Path, *, before: date) -> int:
    """Remove everything of the days before one, and list again; may be interrupted and repeated.

    Returns:
        How many objects went.

    Raises:
        BusyError, RefusedError, UnavailableError: As `demand_bucket`, or some would not go.
    """
    objects = _writable(archive)
    if objects is None:
        return 0
    return sum(objects.remove(f"{day}/") for day in _days(objects) if day < before.isoformat())


def remove_unmarked(archive: Path) -> int:
    """Remove what lies there of days that lie here: left by a move that was interrupted.

    Returns:
        How many objects went.

    Raises:
        BusyError, RefusedError, UnavailableError: As `remove_past`.
    """
    objects = _writable(archive)
    if objects is None:
        return 0
    return sum(objects.remove(f"{day}/") for day in _days(objects) if moved(archive / day) is None)


def strays_there(archive: Path, *, before: date) -> Iterator[tuple[str, str]]:
    """Read every object back and name what ought not to be there, or is not as it was put there.

    Args:
        archive: Folder of the days; nobody writes to it.
        before: Nothing older may be there.

    Raises:
        UnavailableError: The bucket does not answer, so that nothing is proven.
    """
    told = assigned(archive)
    if told is None:
        return
    objects = open_bucket(archive, told.address)
    try:
        demand_erasable(objects)
        demand_ours(objects, told)
    except (RefusedError, BusyError) as no:
        yield "bucket", str(no)
    sizes = objects.sizes()
    for key, _ in objects.uploads():
        yield f"bucket/{key}", "is an upload that was begun and not ended"
    for day in sorted({name.partition("/")[0] for name in sizes} - {OWNER}):
        mark = moved(archive / day) if _DAY.fullmatch(day) else None
        if day < before.isoformat() and _DAY.fullmatch(day):
            yield f"bucket/{day}", "the day is still there"
        elif mark is None:
            yield f"bucket/{day}", "is of no day that lies in the bucket"
    for folder in sorted(path for path in archive.iterdir() if _DAY.fullmatch(path.name)):
        yield from _day_there(folder, objects, sizes=sizes)


def _day_there(
    folder: Path, objects: Objects, *, sizes: dict[str, int]
) -> Iterator[tuple[str, str]]:
    mark = moved(folder)
    if mark is None:
        return
    begins = f"{folder.name}/"
    there = {name.removeprefix(begins) for name in sizes if name.startswith(begins)}
    for name in sorted(there - mark.objects.keys()):
        yield f"bucket/{begins}{name}", "is no file of a day"
    for name in sorted(mark.objects.keys() - there):
        yield f"bucket/{begins}{name}", "is missing"
    for name in sorted(there & mark.objects.keys()):
        if objects.read_back(begins + name) != mark.objects[name][1]:
            yield f"bucket/{begins}{name}", "is not as it was put there"


def _writable(archive: Path) -> Objects | None:
    told: Assigned | None = assigned(archive)
    return None if told is None else own_bucket(archive, told)


def _days(objects: Objects) -> list[str]:
    names = {name.partition("/")[0] for name in objects.sizes()}
    names |= {
        key.removeprefix(objects.address.key("")).partition("/")[0] for key, _ in objects.uploads()
    }
    return sorted(name for name in names if _DAY.fullmatch(name))
