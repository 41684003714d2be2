"""Several threads' changes in one transaction of SQLite: one fsync makes all of them durable.

A thread goes on when its change is on disk, and not before: whoever has made theirs waits until the
batch that it stands in is committed, or hears that it is lost. Twenty officers who ask at the same
moment so wait for one or two fsyncs and not for twenty. The changes of a batch are made one after
the other, each by its own thread, in the order of the audit chain; one that is refused is taken
back alone.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from typing import Final

from store.errors import AuditUnavailableError, StoreError
from store.ledger.writing.failures import NOT_WRITTEN, not_free, translated

__all__ = ["Turns"]

_MOST: Final = 32
"""Changes in one batch: what the consoles of a control room ask for at the same moment."""
_OPEN_S: Final = 0.02
"""Nobody joins a batch that is older: other processes wait for the lock, and it for its fsync."""


class _Batch:
    """One transaction of SQLite, while threads write into it.

    Attributes:
        made: Changes that stand in it.
        lost: Why none of it can be kept; None while all is well.
        settled: Set once it is on disk, or lost.
    """

    def __init__(self, lock: ExitStack, *, open_s: float) -> None:
        self.made = 0
        self.lost: StoreError | None = None
        self.settled = threading.Event()
        self._lock = lock
        self._over_s = time.monotonic() + open_s

    @property
    def is_over(self) -> bool:
        """Whether it is settled now, whoever else waits."""
        return self.lost is not None or self.made >= _MOST or time.monotonic() >= self._over_s

    def settle(self) -> None:
        """Give the lock back, and let everybody in it go on."""
        self._lock.close()
        self.settled.set()


class Turns:
    """The connection that writes, passed from thread to thread, and what they commit together.

    Attributes:
        waiting: How many threads wait for their turn.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        *,
        locked: Callable[[], AbstractContextManager[None]],
        open_s: float = _OPEN_S,
    ) -> None:
        """Takes over a connection.

        Args:
            db: The one that writes; in autocommit mode.
            locked: Holds the lock of all processes.
            open_s: Nobody joins a batch that is older.
        """
        self.waiting = 0
        self._db = db
        self._locked = locked
        self._open_s = open_s
        self._queue = threading.Condition()
        self._taken = False
        self._batch: _Batch | None = None

    @contextmanager
    def change(self, *, wait_s: float) -> Iterator[sqlite3.Connection]:
        """Write: what happens inside is durable when the block ends, or did not happen at all.

        Args:
            wait_s: How long to wait for a turn.

        Raises:
            AuditUnavailableError: There was no turn, or the batch was lost; nothing was changed.
            CorruptError: The file is damaged; nothing was changed.
        """
        self._take(wait_s)
        try:
            batch = self._joined()
        except BaseException:
            self._pass_on()
            raise
        try:
            self._db.execute("SAVEPOINT change")
            yield self._db
            self._db.execute("RELEASE change")
            batch.made += 1
        except BaseException as failure:
            self._take_back(batch, failure)
            # It may have failed on what another thread has written here, so it hears of it only
            # once that is on disk.
            self._leave(batch)
            raise
        self._leave(batch)

    @contextmanager
    def alone(self) -> Iterator[sqlite3.Connection]:
        """Hold the connection with nothing begun on it, to checkpoint or to close."""
        self._take(None)
        try:
            if self._batch is not None:
                self._settle(self._batch)
            yield self._db
        finally:
            self._pass_on()

    def _take(self, wait_s: float | None) -> None:
        with self._queue:
            self.waiting += 1
            try:
                free = self._queue.wait_for(lambda: not self._taken, wait_s)
                if wait_s is not None and not free:
                    raise not_free(wait_s)
                self._taken = True
            finally:
                self.waiting -= 1

    def _pass_on(self) -> None:
        with self._queue:
            self._taken = False
            self._queue.notify()

    def _joined(self) -> _Batch:
        """Give the batch that is open, or begin one."""
        if self._batch is None:
            with ExitStack() as lock:
                lock.enter_context(self._locked())
                with translated(lost=NOT_WRITTEN):
                    self._db.execute("BEGIN IMMEDIATE")
                self._batch = _Batch(lock.pop_all(), open_s=self._open_s)
        return self._batch

    def _take_back(self, batch: _Batch, failure: BaseException) -> None:
        """Undo one change; where the disk failed under it, the whole batch is lost."""
        of_disk = isinstance(failure, sqlite3.Error)
        refused = isinstance(failure, sqlite3.IntegrityError)
        try:
            with translated(lost=NOT_WRITTEN):
                if of_disk and not refused:
                    raise failure
                self._db.execute("ROLLBACK TO change")
                self._db.execute("RELEASE change")
        except StoreError as lost:
            batch.lost = lost

    def _leave(self, batch: _Batch) -> None:
        """Pass the turn on to whoever waits, or settle the batch; go on once it is settled.

        Raises:
            StoreError: It was lost.
        """
        with self._queue:
            passed_on = self.waiting > 0 and not batch.is_over
            if passed_on:
                self._taken = False
                self._queue.notify()
        if not passed_on:
            self._settle(batch)
            self._pass_on()
        # Whoever waited may have given up before they had their turn: then it falls back to us.
        while not batch.settled.wait(_OPEN_S):
            with self._queue:
                fallen_back = not self._taken and not batch.settled.is_set()
                self._taken = self._taken or fallen_back
            if fallen_back:
                self._settle(batch)
                self._pass_on()
        if batch.lost is not None:
            raise type(batch.lost)(str(batch.lost)) from batch.lost

    def _settle(self, batch: _Batch) -> None:
        """Bring a batch to disk, or give it up; only the thread whose turn it is may."""
        self._batch = None
        try:
            if batch.made and batch.lost is None:
                with translated(lost=NOT_WRITTEN):
                    self._db.execute("COMMIT")
        except StoreError as lost:
            batch.lost = lost
        except sqlite3.IntegrityError as broken:
            batch.lost = AuditUnavailableError(
                f"{NOT_WRITTEN} ({broken}). Ring the cluster admin, and say what you did."
            )
        finally:
            if self._db.in_transaction:
                with suppress(sqlite3.Error):  # what is not committed does not stand anyway
                    self._db.execute("ROLLBACK")
            batch.settle()
