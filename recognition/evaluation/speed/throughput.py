"""Frames a second of one process whose threads read at the same time."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from recognition.evaluation.speed.contest import Runner
from recognition.evaluation.speed.pictures import Shown

__all__ = ["frames_a_second"]


def frames_a_second(
    frames: Sequence[Shown], runners: Sequence[Runner], *, rounds: int = 1
) -> float:
    """Let each runner read all frames in a thread of its own, all at the same time.

    Networks and OpenCV let go of the interpreter while they work; grammar and gate hold it.

    Args:
        frames: Read in this order by each, and once more before the clock starts.
        runners: One a thread; no two may share a session.
        rounds: Times that each reads them.

    Returns:
        Frames of all runners by the seconds from the common start to the last one's end.
    """
    start = Barrier(len(runners) + 1)

    def read(runner: Runner) -> None:
        for shown in frames:
            runner.read(shown)
        start.wait()
        for again in range(1, rounds + 1):
            later_s = again * (frames[-1].at_s + 60.0)
            for shown in frames:
                runner.read(Shown(shown.frame, shown.at_s + later_s))

    with ThreadPoolExecutor(max_workers=len(runners)) as threads:
        done = [threads.submit(read, runner) for runner in runners]
        start.wait()
        started = time.perf_counter()
        for each in done:
            each.result()
        took_s = time.perf_counter() - started
    return len(runners) * rounds * len(frames) / took_s
