"""Carries sealed days up to the bucket, one after the other, beside the recording.

Uploading and reading back take as long as the network does and hold nobody up. Only the last step,
which says that the day lies there now, is taken while the one writer of the days waits.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from store.archive.bucket.address import assigned
from store.archive.bucket.moved import is_moved
from store.archive.bucket.moving import carry_up, settle
from store.archive.bucket.owning import own_bucket
from store.archive.days.folders import day_folders
from store.archive.days.lines import is_sealed
from store.disk import why
from store.errors import CalledOffError, StoreError

__all__ = ["Mover", "due_up", "move_up"]

log = logging.getLogger(__name__)

_LOOKS_S = 10.0
_AGAIN_S = 60.0
_AFTER_REST_S = 1.0
"""Whoever rests it has its turn meanwhile."""


class Mover:
    """A thread that carries days up while its hub records.

    Attributes:
        trouble: Why no day can be carried up, in one line; empty where all is well.
    """

    def __init__(
        self,
        archive: Path,
        *,
        alone: AbstractContextManager[object],
        clock: Callable[[], datetime],
    ) -> None:
        """Take note; nothing is done before `start`.

        Args:
            archive: Folder of the days; this process has the writer's place.
            alone: Held by whoever writes to a day; it may be entered again and again.
            clock: Gives aware UTC; its date tells which days are the newest.
        """
        self.trouble = ""
        self._archive = archive
        self._alone = alone
        self._clock = clock
        self._stopping = threading.Event()
        self._resting = threading.Event()
        self._moving = threading.Lock()
        self._thread = threading.Thread(target=self._keep_moving, name="days up", daemon=True)

    def start(self) -> None:
        """Begin to look for days."""
        self._thread.start()

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Drop what is under way, and carry nothing up while a block runs."""
        self._resting.set()
        try:
            with self._moving:
                yield
        finally:
            self._resting.clear()

    def close(self) -> None:
        """Drop what is under way and end; the next start goes on from there."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _keep_moving(self) -> None:
        wait_s = 0.0
        while not self._stopping.wait(wait_s):
            wait_s = _LOOKS_S
            try:
                with self._moving:
                    for day in due_up(self._archive, now=self._clock()):
                        move_up(self._archive, day, alone=self._alone, called_off=self._called_off)
                self.trouble = ""
            except CalledOffError:
                wait_s = _AFTER_REST_S
            except Exception as trouble:
                # whatever it is, a thread that ends would fill the disk without a word
                said = str(trouble) if isinstance(trouble, StoreError) else why(trouble)
                if said != self.trouble:
                    log.warning("days are not carried up; it is tried again: %s", said)
                self.trouble, wait_s = said, _AGAIN_S

    def _called_off(self) -> bool:
        return self._stopping.is_set() or self._resting.is_set()


def due_up(archive: Path, *, now: datetime) -> list[Path]:
    """List the days that are to lie in the bucket and do not yet, oldest first.

    Args:
        archive: Folder of the days.
        now: Its date tells which days are the newest.
    """
    told = assigned(archive)
    if told is None or not told.moving:
        return []
    newest = now.astimezone(UTC).date() - timedelta(days=told.days_here)
    folders = reversed(day_folders(archive, newest=newest))
    return [folder for folder in folders if is_sealed(folder) and not is_moved(folder)]


def move_up(
    archive: Path,
    folder: Path,
    *,
    alone: AbstractContextManager[object],
    called_off: Callable[[], bool] = lambda: False,
) -> bool:
    """Carry one sealed day up and let it lie there.

    Args:
        archive: Folder of the days, with a bucket assigned.
        folder: The day.
        alone: Held by whoever writes to it.
        called_off: Asked now and then; once it says True nothing more is sent.

    Returns:
        False where the day was unsealed, moved or weeded meanwhile.

    Raises:
        BusyError, RefusedError, UnavailableError: The bucket is not ours, keeps what is deleted,
            does not answer, or does not give back what was put there. The day stays here.
        CalledOffError: It was called off; the next call goes on from there.
        OSError: The disk does not give or take what it should.
    """
    told = assigned(archive)
    if told is None:
        return False
    objects = own_bucket(archive, told)
    carried = carry_up(folder, objects, called_off=called_off)
    with alone:
        settled = carried is not None and settle(folder, carried)
        if not settled and not is_moved(folder):
            objects.remove(f"{folder.name}/")
    if settled:
        log.info("the day %s lies in the bucket now", folder.name)
    return settled
