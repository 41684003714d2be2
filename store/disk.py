"""Bytes that are on the disk for certain, and one writer at a time."""

import errno
import fcntl
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from store.errors import BusyError, UnavailableError

__all__ = ["in_turn", "lock_alone", "replace_durably", "sync_all", "why", "write_all"]

_SYNCS_AT_ONCE = 16
_FULL = os.strerror(errno.ENOSPC)


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
    held = _lock_file(path)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        raise BusyError(
            f"Another process writes to {what} ({path}). Stop it, or use its intake."
        ) from None
    return held


@contextmanager
def in_turn(file: Path, *, not_done: str) -> Iterator[None]:
    """Write to a file one after the other; the kernel frees the lock of a writer that dies.

    Args:
        file: The file; its lock lies beside it, and its folder is made where it is missing.
        not_done: What does not come about otherwise, for the message.

    Raises:
        UnavailableError: The lock cannot be opened.
    """
    lock = file.with_name(file.name + ".lock")
    try:
        lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = _lock_file(lock)
    except OSError as error:
        raise UnavailableError(
            f"{not_done}: {lock} cannot be opened ({error.strerror}). "
            "Look at the owner and rights of its folder."
        ) from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _lock_file(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def why(trouble: Exception) -> str:
    """Say why the disk or LanceDB failed, without the engine's own words: they may hold a mark."""
    said = getattr(trouble, "strerror", None)
    if said is None and _FULL in str(trouble):
        said = _FULL
    return said or type(trouble).__name__


def write_all(held: int, data: bytes) -> None:
    """Write every byte or raise OSError: a disk that fills up takes some and says nothing."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(held, rest) :]


def replace_durably(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Put a file in the place of another: after a power loss it is the old or the new one.

    Args:
        path: The file.
        data: All that it holds.
        mode: Who may read and write it, whatever the umask says.

    Raises:
        OSError: It was not written; the old one stands.
    """
    # not as a path: Python keeps a table of their parts, and each new one takes a place for good
    young = f"{path.parent}/.tmp-{path.name}"
    _unlink(young)
    held = os.open(young, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(held, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(young, path)
    except OSError:
        _unlink(young)
        raise
    sync_all([path.parent])


def sync_all(paths: Iterable[Path | str]) -> None:
    """Wait until files, and the names in folders, are on disk.

    All at once: a journal commits once for many that wait, and one after the other would each
    wait for a commit of its own (14 small files on ext4: 3 ms against 20 ms, measured).
    """
    waiting = list(paths)
    if len(waiting) == 1:
        # a thread for it would come and go several times a second, and be waited for
        _sync(waiting[0])
        return
    with ThreadPoolExecutor(_SYNCS_AT_ONCE) as together:
        for _ in together.map(_sync, waiting):
            pass


def _unlink(name: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(name)


def _sync(path: Path | str) -> None:
    held = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(held)
    finally:
        os.close(held)
