"""One run over labelled photos: our pipeline, and rivals beside it, photo by photo in turn."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from recognition.evaluation.measures import Answer, measure
from recognition.evaluation.photos import Photo
from recognition.evaluation.rivals import CctReader, YuNetDetector
from recognition.frame import Image
from recognition.grammar.lattice import Lattice
from recognition.looks.ocr import patch_of
from recognition.looks.plates import Box, Found, box_of
from recognition.recogniser import FrameReading, Recogniser

__all__ = ["Contestant", "ours", "report", "rivals", "run"]

_Done = TypeVar("_Done")
_Timed = tuple[list[Answer], dict[str, float]]


@dataclass(frozen=True, slots=True)
class Contestant:
    """Somebody who reads photos.

    Attributes:
        name: For the report.
        answer: Photo -> plates, and milliseconds by stage.
    """

    name: str
    answer: Callable[[Photo], _Timed]


@dataclass(slots=True)
class _Log:
    answers: list[list[Answer]] = field(default_factory=list)
    stages_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


def ours(recogniser: Recogniser, *, crops: bool) -> list[Contestant]:
    """Our pipeline; on photos also with the true boxes, to part finding from reading."""

    def whole(photo: Photo) -> _Timed:
        return _answers(recogniser.read(photo.frame))

    def crop(photo: Photo) -> _Timed:
        return _answers(recogniser.read_crop(photo.frame))

    def true_box(photo: Photo) -> _Timed:
        lattices, took_ms = _timed(
            lambda: recogniser.reader.read(
                [patch_of(photo.frame.image, _corners(label.box)) for label in photo.labels]
            )
        )
        readings = [recogniser.grammar.settle(lattice) for lattice in lattices]
        return [
            Answer(label.box, reading.vrm if reading else "")
            for label, reading in zip(photo.labels, readings, strict=True)
        ], {"read": took_ms}

    if crops:
        return [Contestant("ours", crop)]
    return [Contestant("ours", whole), Contestant("ours, true box", true_box)]


def rivals(peers: Path, recogniser: Recogniser, *, crops: bool, threads: int) -> list[Contestant]:
    """YuNet and CCT-XS, with and without our grammar; CCT-XS on the true boxes too."""
    detector, reader = YuNetDetector(peers, threads=threads), CctReader(peers, threads=threads)

    def bare(lattice: Lattice) -> str:
        return lattice.raw

    def grammar(lattice: Lattice) -> str:
        reading = recogniser.grammar.settle(lattice)
        return reading.vrm if reading else ""

    def contestant(name: str, *, found: bool, text_of: Callable[[Lattice], str]) -> Contestant:
        def answer(photo: Photo) -> _Timed:
            image = photo.frame.image
            plates, find_ms = _timed(lambda: detector.find(image)) if found else (_true(photo), 0.0)
            lattices, read_ms = _timed(
                lambda: [reader.read(_cut(image, plate)) for plate in plates]
            )
            pairs = zip(plates, lattices, strict=True)
            answers = [Answer(box_of(plate.corners), text_of(seen)) for plate, seen in pairs]
            return [answer for answer in answers if answer.text], {
                "find": find_ms,
                "read": read_ms,
            }

        return Contestant(name, answer)

    read_only = [
        contestant("CCT-XS, true box", found=False, text_of=bare),
        contestant("CCT-XS, true box, our grammar", found=False, text_of=grammar),
    ]
    if crops:
        return read_only
    return [
        contestant("YuNet + CCT-XS", found=True, text_of=bare),
        contestant("YuNet + CCT-XS, our grammar", found=True, text_of=grammar),
        *read_only,
    ]


def run(photos: Sequence[Photo], contestants: Sequence[Contestant]) -> dict[str, Any]:
    """Let everybody read every photo, in turn, so that noise of the machine hits all alike.

    Returns:
        By name: the counts, each figure as [value, low, high], and milliseconds by stage.
    """
    logs = {contestant.name: _Log() for contestant in contestants}
    for contestant in contestants:  # the first run of a session plans its memory
        contestant.answer(photos[0])
    for photo in photos:
        for contestant in contestants:
            answers, stages_ms = contestant.answer(photo)
            log = logs[contestant.name]
            log.answers.append(answers)
            for stage, took_ms in {**stages_ms, "all": sum(stages_ms.values())}.items():
                log.stages_ms[stage].append(took_ms)
    return {name: _summary(photos, log) for name, log in logs.items()}


def report(results: dict[str, Any]) -> str:
    """The same for eyes."""
    lines = []
    for name, result in results.items():
        lines.append(
            f"{name}: {result['photos']} photos, {result['plates']} plates, "
            f"{result['transcribed']} transcribed"
        )
        for figure, (value, low, high) in result["figures"].items():
            lines.append(f"  {figure:14} {value:7.3f}  ({low:.3f} to {high:.3f})")
        for stage, (middle, late) in result["ms"].items():
            lines.append(f"  ms {stage:11} {middle:7.2f}  (p95 {late:.2f})")
    return "\n".join(lines)


def _summary(photos: Sequence[Photo], log: _Log) -> dict[str, Any]:
    measures = measure(photos, log.answers)
    return {
        "photos": measures.photos,
        "plates": measures.plates,
        "transcribed": measures.transcribed,
        "figures": {
            name: [round(part, 4) for part in parts] for name, parts in measures.figures.items()
        },
        "ms": {
            stage: [round(float(part), 3) for part in np.percentile(took_ms, (50, 95))]
            for stage, took_ms in log.stages_ms.items()
        },
    }


def _answers(reading: FrameReading) -> _Timed:
    return [Answer(plate.box, plate.reading.vrm) for plate in reading.plates], dict(
        reading.stages_ms
    )


def _timed(work: Callable[[], _Done]) -> tuple[_Done, float]:
    started = time.perf_counter()
    done = work()
    return done, (time.perf_counter() - started) * 1e3


def _true(photo: Photo) -> list[Found]:
    return [Found(_corners(label.box), 1.0) for label in photo.labels]


def _corners(box: Box) -> Any:
    x, y, width, height = box
    low, high = y + height, x + width
    return np.array([(x, y), (high, y), (high, low), (x, low)], np.float32)


def _cut(image: Image, plate: Found) -> Image:
    """The upright box and nothing around it, as fast-plate-ocr's users cut it."""
    x, y, width, height = box_of(plate.corners)
    left, top = max(0, int(x)), max(0, int(y))
    return image[top : max(top + 1, int(y + height) + 1), left : max(left + 1, int(x + width) + 1)]
