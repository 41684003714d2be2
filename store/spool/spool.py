"""The spool: accounts on disk before they are acknowledged, until archive and ledger have them.

Segments are filled one after the other, sealed, filed and removed. What a crash left half written
at the end of one was never acknowledged; it is cut off when the spool is opened.
"""

import logging
import math
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from store.disk import replace_durably, sync_all, write_all
from store.errors import CorruptError, InputError, UnavailableError
from store.spool.records import FORMAT, record, whole_records
from store.terms import Account

__all__ = ["Spool"]

log = logging.getLogger(__name__)

_SEGMENT_BYTES = 32 << 20
"""A sealed segment is filed in one go, so this bounds the memory that takes."""


class Spool:
    """Accounts in the order they came. One writer; `sealed`, `read` and `drop` from one thread."""

    def __init__(self, folder: Path, *, limit_bytes: int, segment_s: float = math.inf) -> None:
        """Open the spool, cut off what was never acknowledged, and seal what is there.

        Args:
            folder: Where the segments lie; made where it is missing.
            limit_bytes: What the segments may hold together before accounts are turned away.
            segment_s: Seconds after which a segment is sealed by itself.

        Raises:
            CorruptError: A segment has another format.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._limit_bytes, self._segment_s = limit_bytes, segment_s
        segments = sorted(folder.glob("*.spool"))
        self._next = 1 + max((int(path.stem) for path in segments), default=0)
        self._sizes = {path: size for path in segments if (size := _mend(path))}
        self._open: tuple[Path, int] | None = None
        self._began_s = 0.0

    @property
    def held_bytes(self) -> int:
        """Bytes of all segments together."""
        return sum(list(self._sizes.values()))

    def append(self, accounts: Sequence[Account]) -> None:
        """Write accounts, all or none; on return they are on disk.

        Raises:
            InputError: An account holds text that is none; nothing was accepted.
            UnavailableError: The disk is full or fails, or the spool has reached its limit;
                nothing was accepted.
        """
        try:
            records = b"".join(map(record, accounts))
        except UnicodeEncodeError:
            raise InputError(
                "Nothing was accepted: a text of an account is no Unicode. Name its files anew."
            ) from None
        if self.held_bytes + len(records) > self._limit_bytes:
            raise UnavailableError(
                f"Nothing was accepted: the spool holds its limit of {self._limit_bytes} bytes, "
                "because the archive does not take them. Check the disk of the archive."
            )
        try:
            path, held = self._open or self._begin()
            try:
                write_all(held, records if self._sizes[path] else FORMAT + records)
                os.fdatasync(held)
                if not self._sizes[path]:
                    sync_all([self._folder])
            except OSError:
                self._abandon(path, held)
                raise
        except OSError as trouble:
            raise UnavailableError(
                f"Nothing was accepted: the spool cannot be written ({trouble.strerror}). "
                "Make room on its disk; cameras keep their pictures meanwhile."
            ) from trouble
        self._sizes[path] = os.fstat(held).st_size
        lasted_s = time.monotonic() - self._began_s
        if self._sizes[path] >= _SEGMENT_BYTES or lasted_s >= self._segment_s:
            self.seal()

    def seal(self) -> None:
        """Let the next accounts go to a new segment."""
        if self._open:
            os.close(self._open[1])
            self._open = None

    def sealed(self) -> list[Path]:
        """Name the segments that get no more accounts, oldest first."""
        opened = self._open
        return sorted(path for path in list(self._sizes) if not opened or path != opened[0])

    def read(self, segment: Path) -> list[Account]:
        """Give the accounts of a sealed segment.

        Raises:
            UnavailableError: The disk does not give it.
        """
        with _translated("read"):
            accounts, _ = whole_records(segment.read_bytes())
        return accounts

    def drop(self, segment: Path) -> None:
        """Forget a segment whose accounts are all in the archive and the ledger.

        Raises:
            UnavailableError: The disk does not let go of it.
        """
        with _translated("cleared"):
            segment.unlink(missing_ok=True)
            sync_all([self._folder])
        del self._sizes[segment]

    def close(self) -> None:
        """Seal what is open."""
        self.seal()

    def _begin(self) -> tuple[Path, int]:
        path = self._folder / f"{self._next:012d}.spool"
        self._next += 1
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        self._open = path, os.open(path, flags, 0o600)
        self._began_s = time.monotonic()
        self._sizes[path] = 0
        return self._open

    def _abandon(self, path: Path, held: int) -> None:
        """Take back what a failed write left, and never write to that file again.

        After a failed fsync the kernel may forget the bytes and report success the next time.
        """
        try:
            if self._sizes[path]:
                os.ftruncate(held, self._sizes[path])
            else:
                path.unlink()
                del self._sizes[path]
        except OSError:
            log.exception("a spool segment could not be cut back; its end is cut at the next start")
        self.seal()


@contextmanager
def _translated(done: str) -> Iterator[None]:
    try:
        yield
    except OSError as trouble:
        raise UnavailableError(
            f"The spool cannot be {done} ({trouble.strerror}). Check its disk; nothing is lost."
        ) from trouble


def _mend(segment: Path) -> int:
    """Cut a segment back to its whole records, keeping what is cut aside.

    Returns:
        Its size in bytes; 0 where nothing was in it and it is gone.
    """
    data = segment.read_bytes()
    if not any(data[: len(FORMAT)]):
        # begun, and never acknowledged: the name reached the disk and the bytes did not
        segment.unlink()
        return 0
    if not data.startswith(FORMAT):
        raise CorruptError(
            f"{segment} is not a spool segment of this program. "
            "Start the version that wrote it, or move the file away."
        )
    _, end = whole_records(data)
    if end < len(data):
        replace_durably(segment.with_suffix(".cut"), data[end:])
        log.warning("cut %d bytes off %s and kept them beside it", len(data) - end, segment.name)
        with segment.open("r+b") as file:
            file.truncate(end)
            os.fsync(file.fileno())
    return end
