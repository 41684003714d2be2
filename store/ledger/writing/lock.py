"""The one lock of a ledger: whoever writes, checkpoints or closes holds it, in any process."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from store.errors import AuditUnavailableError
from store.ledger.writing.failures import NOT_WRITTEN, not_free

__all__ = ["locked"]


@contextmanager
def locked(path: Path, *, wait_s: float) -> Iterator[None]:
    """Hold the lock of a ledger.

    The kernel queues those who wait, so none starves; asking again and again starved one of four
    writers for over 5 s. A wait in the kernel cannot be given up, so a thread of its own does the
    waiting, on an open file of its own that it closes if it comes too late.

    Args:
        path: The ledger's file; the lock's lies beside it.
        wait_s: How long to wait at most.

    Raises:
        AuditUnavailableError: It was not free within that time, or cannot be made.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    try:
        fd = os.open(path.with_name(path.name + ".lock"), flags, 0o600)
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        if not _Wait(fd).held_within(wait_s):
            raise not_free(wait_s) from None
    except OSError as error:
        raise AuditUnavailableError(
            f"{NOT_WRITTEN}: the ledger cannot be locked ({error.strerror}). "
            "Ring the cluster admin: look at the disk of the state folder."
        ) from error
    try:
        yield
    finally:
        os.close(fd)


class _Wait:
    """A wait for the lock that can be given up."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._settling = threading.Lock()
        self._held = threading.Event()
        self._given_up = False
        threading.Thread(target=self._wait, name="ledger-lock", daemon=True).start()

    def held_within(self, timeout_s: float) -> bool:
        """Wait; where it takes too long, leave the closing of the file to the thread."""
        self._held.wait(timeout_s)
        with self._settling:
            self._given_up = not self._held.is_set()
        return not self._given_up

    def _wait(self) -> None:
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        with self._settling:
            self._held.set()
            late = self._given_up
        if late:
            os.close(self._fd)
