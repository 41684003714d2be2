"""Frames read by everybody in turn, each stage on the clock."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from recognition.evaluation.rivals import CctReader, YuNetDetector
from recognition.evaluation.speed.pictures import Shown
from recognition.looks.plates import box_of
from recognition.passages.passage import PassageTracker
from recognition.recogniser import Recogniser

__all__ = ["ALL", "CPU", "Runner", "ours", "rival", "run"]

ALL = "all"
"""The stage that is everything: measured as a whole, not added up."""
CPU = "all, of the processor"
"""The same in time of the processor: what other work on the machine does not stretch."""

_Done = TypeVar("_Done")
_WARM_UP = 3


@dataclass(frozen=True, slots=True)
class Runner:
    """Somebody who reads frames.

    Attributes:
        name: For the report.
        read: Frame -> how many plates were read, and milliseconds by stage.
    """

    name: str
    read: Callable[[Shown], tuple[int, dict[str, float]]]


def ours(recogniser: Recogniser, *, name: str = "ours") -> Runner:
    """Everything a frame of a camera costs us: find, read, settle and gate, follow and fuse."""
    tracker = PassageTracker(camera_id="bench")

    def read(shown: Shown) -> tuple[int, dict[str, float]]:
        reading = recogniser.read(shown.frame)
        _, follow_ms = _timed(lambda: tracker.follow(reading, frame=shown.frame, at_s=shown.at_s))
        return len(reading.plates), {**reading.stages_ms, "follow": follow_ms}

    return Runner(name, read)


def rival(peers: Path, *, threads: int) -> Runner:
    """YuNet and CCT-XS with all they need: resize, boxes out of anchors, crop, text; no grammar.

    Raises:
        ModelRefusedError: The folder lacks one of them.
    """
    detector, reader = YuNetDetector(peers, threads=threads), CctReader(peers, threads=threads)

    def read(shown: Shown) -> tuple[int, dict[str, float]]:
        image = shown.frame.image
        plates, find_ms = _timed(lambda: detector.find(image))

        def texts() -> list[str]:
            boxes = [box_of(plate.corners) for plate in plates]
            crops = [
                image[max(0, int(y)) : int(y + height) + 1, max(0, int(x)) : int(x + width) + 1]
                for x, y, width, height in boxes
            ]
            return [reader.read(crop).raw for crop in crops if crop.size]

        found, read_ms = _timed(texts)
        return len(found), {"find": find_ms, "read": read_ms}

    return Runner("YuNet + CCT-XS", read)


@dataclass(slots=True)
class _Log:
    plates: list[int] = field(default_factory=list)
    stages_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


def run(frames: Sequence[Shown], runners: Sequence[Runner], *, rounds: int) -> dict[str, Any]:
    """Let everybody read each frame in turn, so that noise of the machine hits all alike.

    Returns:
        By name: "frames", "plates" (of one round), and "ms" by stage as [p50, p95]; besides, under
        "ratio", how many times the median of the first runner goes into that of each other, over
        all frames and over those in which that other found something to read.
    """
    logs = {runner.name: _Log() for runner in runners}
    for runner in runners:  # the first runs of a session plan its memory
        for shown in frames[:_WARM_UP]:
            runner.read(shown)
    for again in range(rounds):
        later_s = (again + 1) * (frames[-1].at_s + 60.0)
        for shown in frames:
            moved = Shown(shown.frame, shown.at_s + later_s)
            for runner in runners:
                started_s = time.process_time()
                (plates, stages_ms), all_ms = _timed(partial(runner.read, moved))
                cpu_ms = (time.process_time() - started_s) * 1e3
                log = logs[runner.name]
                log.plates.append(plates)
                for stage, took_ms in {**stages_ms, ALL: all_ms, CPU: cpu_ms}.items():
                    log.stages_ms[stage].append(took_ms)
    told: dict[str, Any] = {name: _summary(log, rounds=rounds) for name, log in logs.items()}
    first, *others = logs
    told["ratio"] = {name: _ratio(logs[first], logs[name]) for name in others}
    return told


def _summary(log: _Log, *, rounds: int) -> dict[str, Any]:
    return {
        "frames": len(log.plates) // rounds,
        "plates": sum(log.plates) // rounds,
        "ms": {
            stage: [round(float(part), 3) for part in np.percentile(took_ms, (50, 95))]
            for stage, took_ms in log.stages_ms.items()
        },
    }


def _ratio(first: _Log, other: _Log) -> dict[str, float]:
    read = np.array(other.plates) > 0
    told = {}
    for stage, name in ((ALL, "p50"), (CPU, "p50_of_processor")):
        own, its = np.array(first.stages_ms[stage]), np.array(other.stages_ms[stage])
        told[name] = round(float(np.median(its) / np.median(own)), 3)
        if read.any():
            both = float(np.median(its[read]) / np.median(own[read]))
            told[f"{name}_where_it_read"] = round(both, 3)
    return told


def _timed(work: Callable[[], _Done]) -> tuple[_Done, float]:
    started = time.perf_counter()
    done = work()
    return done, (time.perf_counter() - started) * 1e3
