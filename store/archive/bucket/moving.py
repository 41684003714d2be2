"""A sealed day goes up whole, and comes down whole where it must change.

    up      every file is uploaded; an object with its digest is there already and is left
            every object is read back and held against the digest of its file
            the mark is written: from here the bucket is right
            the tables leave this disk
    down    the tables are fetched beside the day and held against the mark
            they are put into their place
            the mark goes: from here this disk is right
            the objects leave the bucket

Killed between any two of these, the day is whole in at least one place and its mark says where. A
day that is read late, or of which a read is erased, comes down for it and goes up again.
"""

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from store.archive.bucket.moved import Moved, is_moved, mark_moved, moved
from store.archive.bucket.objects import Objects
from store.archive.bucket.owning import open_bucket
from store.archive.days.folders import TABLES
from store.archive.days.lines import LINES, is_sealed
from store.disk import sync_all, why
from store.errors import CalledOffError, CorruptError, UnavailableError

__all__ = ["BRINGING", "Carried", "bring_down", "carry_up", "finish_move", "settle", "stamp_of"]

BRINGING = ".bringing-"
"""Beside the days: what the folder is called into which tables are fetched."""

_Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Carried:
    """A day that was carried up and read back, while nobody may have changed it here.

    Attributes:
        mark: Where it lies there.
        stamp: The lines of the day as they were.
    """

    mark: Moved
    stamp: _Stamp


def carry_up(
    folder: Path, objects: Objects, *, called_off: Callable[[], bool] = lambda: False
) -> Carried | None:
    """Upload a sealed day and read it back; nothing here is changed, and a writer may work.

    Args:
        folder: The day.
        objects: The bucket, opened for writing.
        called_off: Asked after every part of a file; once it says True nothing more is sent.

    Returns:
        What `settle` needs; None where the day was unsealed, moved or weeded meanwhile.

    Raises:
        BucketUnavailableError: The bucket does not answer; call again, it goes on from there.
        UnavailableError: What was read back is not what was uploaded.
        CalledOffError: It was called off; call again, it goes on from there.
    """

    def go_on() -> None:
        if called_off():
            raise CalledOffError("The day was not carried up: the hub ends. The next start does.")

    try:
        stamp = stamp_of(folder)
        files = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
        digests = {name: _digest(path) for name, path in files.items()}
        sizes = {name: path.stat().st_size for name, path in files.items()}
        objects.drop_uploads(f"{folder.name}/")
        there = objects.sizes(f"{folder.name}/")
        for key, size in there.items():
            name = key.partition("/")[2]
            if sizes.get(name) != size or objects.digest_of(key) != digests[name]:
                objects.remove(key)
        for name, path in files.items():
            key = f"{folder.name}/{name}"
            if there.get(key) != sizes[name] or objects.digest_of(key) != digests[name]:
                objects.upload(key, path, digest=digests[name], go_on=go_on)
    except FileNotFoundError:
        return None
    for name, digest in digests.items():
        if objects.read_back(f"{folder.name}/{name}", go_on=go_on) != digest:
            raise UnavailableError(
                f"The bucket does not give back what was put there of {folder.name}. The day "
                "stays on this disk. Ask whoever runs the bucket."
            )
    held = {name: (sizes[name], digests[name]) for name in files}
    return Carried(Moved(objects.address, held), stamp)


def settle(folder: Path, carried: Carried) -> bool:
    """Let a day that was carried up lie there from now on; nobody else writes to it meanwhile.

    Returns:
        False where the day changed since; what was carried up is worth nothing then.

    Raises:
        OSError: The disk did not take the mark; the day is as it was.
    """
    if is_moved(folder) or not is_sealed(folder) or stamp_of(folder) != carried.stamp:
        return False
    mark_moved(folder, carried.mark)
    finish_move(folder)
    return True


def finish_move(folder: Path) -> None:
    """Take the tables of a moved day off this disk."""
    for name in TABLES:
        shutil.rmtree(folder / f"{name}.lance", ignore_errors=True)
    sync_all([folder])


def bring_down(folder: Path) -> None:
    """Bring a day back to this disk, and out of the bucket; nobody else writes to it.

    Where it is killed or the network fails after the day is here, its objects are still there:
    weeding and erasing remove what no mark names before they certify anything.

    Args:
        folder: A moved day.

    Raises:
        BucketUnavailableError: The bucket does not answer; the day is as it was.
        CorruptError: An object is not the one that was put there.
        UnavailableError: The disk has no room for the day, or there are no keys.
    """
    mark = moved(folder)
    if mark is None:
        return
    objects = open_bucket(folder.parent, mark.address)
    young = folder.with_name(f"{BRINGING}{folder.name}")
    try:
        shutil.rmtree(young, ignore_errors=True)
        for name, (_, digest) in mark.objects.items():
            if name.partition("/")[0] in {f"{table}.lance" for table in TABLES}:
                _fetch(objects, f"{folder.name}/{name}", young / name, digest=digest)
        sync_all([young, *young.rglob("*")])
        finish_move(folder)
        for table in young.iterdir():
            table.rename(folder / table.name)
        sync_all([folder])
        young.rmdir()
        mark_moved(folder, None)
    except OSError as trouble:
        raise UnavailableError(
            f"The day {folder.name} could not be brought down from the bucket: {why(trouble)}. "
            "Make room for it on the disk; what was accepted waits in the spool."
        ) from trouble
    objects.remove(f"{folder.name}/")


def stamp_of(folder: Path) -> _Stamp:
    """Give what tells one sealing of a day from the next.

    Raises:
        FileNotFoundError: The day is not sealed, or gone.
    """
    found = (folder / LINES).stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and ".tmp" not in path.name)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch(objects: Objects, name: str, path: Path, *, digest: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    read = hashlib.sha256()
    with path.open("wb") as file:
        for piece in objects.pieces(name):
            read.update(piece)
            file.write(piece)
    if read.hexdigest() != digest:
        raise CorruptError(
            f"An object of {name.partition('/')[0]} in the bucket is not the one that was put "
            "there. The day was left as it is; restore its objects from backup."
        )
