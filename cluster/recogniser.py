"""Recognisers: they pull frames from the cameras, read them, and give their answers back.

`read_pictures` and `BatchSize` are the plain half. `RecogniserActor` is a loop in a thread, so
that a process that was killed and came back goes on by itself. It always has the next batch on
its way while it reads one.
"""

import logging
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ray

from cluster.leases import Answer, Lease
from cluster.ray_local import keep_log, run_for_good
from cluster.sources import Picture
from recognition.errors import PictureRefusedError, RecognitionError
from recognition.frame import Frame, decode
from recognition.grammar.regions import Region
from recognition.grammar.syntax import Grammar
from recognition.recogniser import Recogniser

__all__ = ["BatchSize", "RecogniserActor", "read_pictures"]

log = logging.getLogger(__name__)

WAIT_S = 0.5  # how long an idle recogniser waits at a camera; idle, this is all it costs
AWAY_S = 0.2  # pause before a camera that did not answer, or is not there yet, is asked again
MOST = 16


@dataclass(slots=True)
class BatchSize:
    """How many frames to take at once: by time and not by count.

    So fast and slow recognisers finish together: on one fast and two slow workers batches of 8
    reached 80 % of what the three can do, batches of 2 only 61 %.

    Attributes:
        target_ms: Work to take at once, in milliseconds.
        frame_ms: What a frame takes, a moving average.
    """

    target_ms: float
    frame_ms: float = 40.0

    @property
    def frames(self) -> int:
        """Frames to take, 1 to 16."""
        return max(1, min(MOST, round(self.target_ms / self.frame_ms)))

    def took(self, *, frames: int, ms: float) -> None:
        """Learn from a batch."""
        self.frame_ms = 0.8 * self.frame_ms + 0.2 * max(0.1, ms / max(1, frames))


def read_pictures(recogniser: Recogniser, pictures: Sequence[Picture]) -> tuple[Answer, ...]:
    """Read pictures; one that cannot be decoded is refused by itself and stops no other."""
    frames: list[Frame] = []
    refusals: dict[str, str] = {}
    for picture in pictures:
        try:
            frames.append(decode(picture.data))
        except PictureRefusedError as error:
            refusals[picture.frame_id] = str(error)
    readings = iter(recogniser.read_batch(frames) if frames else ())
    return tuple(
        Answer(picture.frame_id, None, refusals[picture.frame_id])
        if picture.frame_id in refusals
        else Answer(picture.frame_id, next(readings))
        for picture in pictures
    )


class RecogniserActor:
    """A process that reads frames of every camera.

    Args:
        name: The same after a restart, so that cameras lend its frames again at once.
        cameras: Names of the camera actors.
        pack: Folder of a model pack, None for the one that ships.
        region: The force's own memory tags.
        threads: Cores it may use.
        batch_ms: Work it takes at once.
    """

    def __init__(
        self,
        name: str,
        *,
        cameras: Sequence[str],
        pack: Path | None,
        region: Region,
        threads: int,
        batch_ms: float,
    ) -> None:
        """Start the loop; models are opened in it, because an error here would end the actor."""
        keep_log()
        self._name = name
        self._life = time.time_ns()
        self._cameras = tuple(cameras)
        self._handles: dict[int, Any] = {}
        self._batch = BatchSize(batch_ms)
        self._trouble: str | None = None
        self._runs = ""
        self._pack, self._region, self._threads = pack, region, threads
        self._asked: dict[Any, int] = {}
        self._hand: deque[tuple[int, Lease]] = deque()
        run_for_good(self._run, name="recognise")

    def trouble(self) -> str | None:
        """Why it does not read, in one line; empty while it does, None before it is known."""
        return self._trouble

    def runs(self) -> str:
        """Which form of each network it runs, where and why; empty before it is known."""
        return self._runs

    def _run(self) -> None:
        recogniser = self._open()
        while True:
            if self._hand:
                self._read(recogniser, *self._hand.popleft())
                self._collect(timeout_s=0.0)
            else:
                for camera in range(len(self._cameras)):
                    self._ask(camera, wait_s=WAIT_S)
                self._collect(timeout_s=WAIT_S)

    def _open(self) -> Recogniser:
        while True:
            try:
                recogniser = Recogniser.open(
                    self._pack, threads=self._threads, grammar=Grammar(region=self._region)
                )
            except (RecognitionError, OSError) as error:
                self._trouble = str(error)
                log.warning("%s: %s", self._name, error)
                time.sleep(1.0)
            else:
                self._trouble, self._runs = "", recogniser.runs
                return recogniser

    def _read(self, recogniser: Recogniser, camera: int, lease: Lease) -> None:
        if lease.left and not self._hand:
            self._ask(camera, wait_s=0.0)  # on its way while this one is read
        started = time.perf_counter()
        answers = read_pictures(recogniser, lease.pictures)
        took_ms = (time.perf_counter() - started) * 1e3
        self._batch.took(frames=len(lease.pictures), ms=took_ms)
        # Nobody waits for the reply: an answer that is lost is a lease that is not answered.
        self._handles[camera].answer.remote(epoch=lease.epoch, number=lease.number, answers=answers)

    def _ask(self, camera: int, *, wait_s: float) -> None:
        if camera not in self._handles:
            try:
                self._handles[camera] = ray.get_actor(self._cameras[camera])
            except ValueError:  # cameras are started last
                return
        if camera not in self._asked.values():
            lease = self._handles[camera].lend.remote(
                worker=self._name, life=self._life, most=self._batch.frames, wait_s=wait_s
            )
            self._asked[lease] = camera

    def _collect(self, *, timeout_s: float) -> None:
        if not self._asked:
            time.sleep(min(timeout_s, AWAY_S))
            return
        ready, _ = ray.wait(list(self._asked), timeout=timeout_s)
        for reply in ready:
            camera = self._asked.pop(reply)
            try:
                lease = ray.get(reply)
            except ray.exceptions.RayError as error:
                log.info("%s: a camera is away (%s)", self._name, type(error).__name__)
                time.sleep(AWAY_S)
                continue
            if lease.pictures:
                self._hand.append((camera, lease))
