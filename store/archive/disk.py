"""Bytes that are on the disk for certain, and one writer at a time."""

import fcntl
import os
from pathlib import Path

from store.errors import BusyError

__all__ = ["lock_alone", "replace_durably", "sync_folder", "sync_new_files", "write_all"]


def lock_alone(path: Path, *, what: str) -> int:
    """Take a lock that one process may hold, until its descriptor is closed or the process ends.

    Args:
        path: The lock file; it is made where it is missing and never removed.
        what: What is locked, for the message, for example "the archive".

    Returns:
        The descriptor that holds the lock.

    Raises:
        BusyError: Somebody holds it already.
    """
    held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        raise BusyError(
            f"Another process writes to {what} ({path}). Stop it, or use its intake."
        ) from None
    return held


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on disk."""
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(held)
    finally:
        os.close(held)


def write_all(held: int, data: bytes) -> None:
    """Write every byte or raise OSError: a disk that fills up takes some and says nothing."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(held, rest) :]


def replace_durably(path: Path, data: bytes) -> None:
    """Put a file in the place of another: after a power loss it is the old or the new one."""
    young = path.with_name(f".tmp-{path.name}")
    held = os.open(young, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(held, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        young.replace(path)
    except OSError:
        young.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_new_files(folder: Path, *, known: set[str]) -> None:
    """Wait until every file of a folder that is not known yet, and its name, is on disk.

    Args:
        folder: Where another library writes files once and never changes them.
        known: Names that are on disk already; grows by the new ones and forgets removed ones.
    """
    if not folder.is_dir():
        return
    names = {entry.name for entry in os.scandir(folder) if entry.is_file(follow_symlinks=False)}
    for name in names - known:
        held = os.open(folder / name, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(held)
        finally:
            os.close(held)
    if names - known:
        sync_folder(folder)
    known.intersection_update(names)
    known.update(names)
