"""One camera: its source on one side, recognisers that pull on another, the recorder behind.

`Camera` is the plain half and knows no Ray; `CameraActor` gives it a process, a thread that feeds
it and a thread that takes its accounts to the recorder. A frame is let go when the recorder has
said that its account is durable, and not before.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import ray

from cluster.accounts import Accounts, PassageAccounts, StillAccounts
from cluster.errors import ClusterError
from cluster.leases import Answer, Arrival, Lease, LentFrames
from cluster.ray_local import keep_log, run_for_good
from cluster.recorder import RECORDER
from cluster.sources import Picture, Source
from recognition.grammar.regions import Region
from store.spool.frames import Accounted
from store.terms import Account, Outcome

__all__ = ["Camera", "CameraActor", "Progress"]

log = logging.getLogger(__name__)

KNOWN_AT_ONCE = 16  # pictures looked up together, so that a folder done before is skipped quickly
RETRY_S = 0.2  # an actor that was killed answers again after about a second (Ray 2.60)
LONGEST_RETRY_S = 3.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a camera is.

    Attributes:
        outcomes: Pictures accounted for, by what became of them.
        reads: Reads they gave.
        known: How many of the pictures had been accounted for before.
        refusals: Name and reason of each refused picture, in order; of a live feed only counted.
        received_s: When the newest picture came (UNIX time), 0 before the first.
        held: Frames that are not accounted for yet.
        trouble: Why the source gives nothing, in one line; empty while it does.
        done: The source has ended and all of it is recorded.
    """

    outcomes: dict[Outcome, int]
    reads: int
    known: int
    refusals: tuple[tuple[str, str], ...]
    received_s: float
    held: int
    trouble: str
    done: bool


@dataclass(slots=True)
class Camera:
    """Frames on their way through one camera; any thread may call, none of them for long.

    Attributes:
        frames: What is held.
        accounts: What makes accounts of answers.
        live: Give up the oldest frame rather than let the source wait.
    """

    frames: LentFrames
    accounts: Accounts
    live: bool
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _outcomes: Counter[Outcome] = field(default_factory=Counter)
    _refusals: list[tuple[str, str]] = field(default_factory=list)
    _reads: int = 0
    _known: int = 0
    _received_s: float = 0.0
    _recording: bool = False
    _ended: bool = False
    _trouble: str = ""

    def take(self, picture: Picture, *, received_s: float) -> None:
        """Take a picture from the source; waits for room where the source can wait."""
        with self._changed:
            if self.live:
                if self.frames.full:
                    self.frames.give_up_oldest()
            else:
                self._changed.wait_for(lambda: not self.frames.full)
            self.frames.offer(Arrival(picture, received_s))
            self._received_s = received_s
            self._changed.notify_all()

    def skip(self, name: str, known: Accounted) -> None:
        """Count a picture that was accounted for before."""
        with self._changed:
            self._known += 1
            self._count(name, known)

    def end(self, *, trouble: str = "") -> None:
        """The source gives no more, or, with `trouble`, never gave any."""
        with self._changed:
            self._ended, self._trouble = True, trouble
            self._changed.notify_all()

    def lend(self, *, worker: str, life: int, most: int, wait_s: float) -> Lease:
        """Lend frames, waiting up to `wait_s` for the first of them."""
        until_s = time.monotonic() + wait_s
        with self._changed:
            while True:
                lease = self.frames.lend(
                    worker=worker, life=life, most=most, now_s=time.monotonic()
                )
                left_s = until_s - time.monotonic()
                if lease.pictures or left_s <= 0:
                    return lease
                self._changed.wait(left_s)

    def answer(self, *, epoch: int, number: int, answers: tuple[Answer, ...]) -> bool:
        """Take a recogniser's answers; False where the lease no longer stood."""
        with self._changed:
            taken = self.frames.answer(epoch=epoch, number=number, answers=answers)
            self._changed.notify_all()
            return taken

    def due(self, *, wait_s: float) -> list[tuple[Arrival, Account]]:
        """Accounts that the recorder should have next, in the order of their frames."""
        with self._changed:
            self._changed.wait_for(lambda: self.frames.answered, timeout=wait_s)
            answered = self.frames.in_order()
            self._recording = bool(answered)
            self._changed.notify_all()
        return [(arrival, self.accounts.account(arrival, answer)) for arrival, answer in answered]

    def recorded(self, accounts: Iterable[tuple[Arrival, Account]]) -> None:
        """The recorder has these; they need not be held any more."""
        with self._changed:
            for arrival, account in accounts:
                self._count(arrival.picture.name, Accounted.of(account))
            self._recording = False
            self._changed.notify_all()

    def progress(self, *, after: int = 0) -> Progress:
        """How far it is now; of the refusals those after the first `after`."""
        with self._changed:
            return Progress(
                outcomes=dict(self._outcomes),
                reads=self._reads,
                known=self._known,
                refusals=tuple(self._refusals[after:]),
                received_s=self._received_s,
                held=len(self.frames),
                trouble=self._trouble,
                done=self._ended and not self._recording and not len(self.frames),
            )

    def _count(self, name: str, known: Accounted) -> None:
        self._outcomes[known.outcome] += 1
        self._reads += known.reads
        if known.outcome is Outcome.REFUSED and not self.live:  # a live feed has no end
            self._refusals.append((name, known.reason))


def announced(source: Source, *, after: int, stopping: threading.Event) -> Iterator[Picture]:
    """The pictures of a source, the last of them marked as such.

    What can wait is looked at one ahead (which also renders ahead). A live feed is not held back:
    its last picture is the first that comes after `stopping` was set.
    """
    pictures = source.pictures(after=after)
    if source.live:
        for picture in pictures:
            last = stopping.is_set()
            yield replace(picture, last=last)
            if last:
                return
        return
    held = next(pictures, None)
    while held is not None:
        following = None if stopping.is_set() else next(pictures, None)
        yield replace(held, last=following is None)
        held = following


class CameraActor:
    """A process for one camera. Restarted when killed, it goes on where the recorder says.

    Args:
        camera_id: The camera.
        controller: The force that answers for it.
        region: The memory tags that are usual here.
        source: Its feed.
        room: Frames held at once.
        lease_s: How long a recogniser may hold a frame.
    """

    def __init__(
        self,
        camera_id: str,
        *,
        controller: str,
        region: Region,
        source: Source,
        room: int,
        lease_s: float,
    ) -> None:
        """Start both threads: a restarted actor gets no second call to do so (ray#23845)."""
        keep_log()
        self._camera_id = camera_id
        self._source = source
        self._recorder = ray.get_actor(RECORDER)
        accounts: Accounts = (
            StillAccounts(camera_id=camera_id, controller=controller)
            if source.stills
            else PassageAccounts(camera_id=camera_id, controller=controller, region=region)
        )
        self._camera = Camera(
            frames=LentFrames(epoch=time.time_ns(), room=room, lease_s=lease_s),
            accounts=accounts,
            live=source.live,
        )
        self._stopping = threading.Event()
        self._resume = -1
        run_for_good(self._feed, name="feed")
        run_for_good(self._record, name="record")

    def lend(self, *, worker: str, life: int, most: int, wait_s: float) -> Lease:
        """See `Camera.lend`."""
        return self._camera.lend(worker=worker, life=life, most=most, wait_s=wait_s)

    def answer(self, *, epoch: int, number: int, answers: tuple[Answer, ...]) -> bool:
        """See `Camera.answer`."""
        return self._camera.answer(epoch=epoch, number=number, answers=answers)

    def progress(self, *, after: int = 0) -> Progress:
        """See `Camera.progress`."""
        return self._camera.progress(after=after)

    def stop(self) -> None:
        """Take no more from the source; what was taken is still accounted for."""
        self._stopping.set()

    def _feed(self) -> None:
        try:
            after = patiently(self._recorder.resume, self._camera_id)
            pictures = announced(self._source, after=after, stopping=self._stopping)
            if self._source.stills:
                pictures = self._unknown(pictures)
            for picture in pictures:
                if self._source.paced:
                    self._stopping.wait(picture.captured_at.timestamp() - time.time())
                self._camera.take(picture, received_s=time.time())
        except (ClusterError, OSError) as error:
            self._camera.end(trouble=str(error))
        except Exception as error:
            log.exception("camera %s: its source failed", self._camera_id)
            self._camera.end(trouble=f"the source failed ({type(error).__name__}); see the log")
        else:
            self._camera.end()

    def _unknown(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        """The pictures that no earlier run accounted for; the others are counted and passed by."""
        while some := list(islice(pictures, KNOWN_AT_ONCE)):
            ids = [picture.frame_id for picture in some]
            known = patiently(self._recorder.known, ids, camera_id=self._camera_id)
            for picture in some:
                if picture.frame_id in known:
                    self._camera.skip(picture.name, known[picture.frame_id])
                else:
                    yield picture

    def _record(self) -> None:
        while True:
            accounts = self._camera.due(wait_s=1.0)
            if not accounts:
                continue
            if self._camera.accounts.between_passages:
                self._resume = accounts[-1][0].picture.number
            patiently(
                self._recorder.accept,
                [account for _, account in accounts],
                camera_id=self._camera_id,
                resume=self._resume,
            )
            self._camera.recorded(accounts)


def patiently(method: Any, *arguments: Any, **named: Any) -> Any:
    """Ask an actor until it answers: it may be killed and come back, or its disk be full.

    What is asked must be safe to ask twice: the answer may be lost when the work was done.
    """
    pause_s = RETRY_S
    while True:
        try:
            return ray.get(method.remote(*arguments, **named))
        except ray.exceptions.RayError as error:
            log.warning("no answer yet (%s); asking again", type(error).__name__)
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_RETRY_S)
