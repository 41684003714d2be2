"""The exams: what each asks, and how it is sat. Their seeds are used nowhere in training."""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from recognition.evaluation.exams.frames import UK_ROADS, Sheet, draw_frame, draw_plateless
from recognition.evaluation.exams.passages import mark_films
from recognition.evaluation.shares import Share, share
from recognition.frame import Frame
from recognition.grammar.syntax import fold
from recognition.looks.plates import box_of
from recognition.recogniser import FrameReading, Recogniser
from recognition.synthetic.camera import Light
from recognition.synthetic.road import draw_road
from recognition.synthetic.scene import PlateTruth

__all__ = ["PAPERS", "Paper", "Result", "sit"]

_SEED = 2026_11_25
_FRAMES_A_ROAD = 10
_MOST_MISSES = 12


@dataclass(frozen=True, slots=True)
class Result:
    """What one exam gave.

    Attributes:
        measured: The share asked about.
        notes: Counts beside it, by name.
        misses: Some of what went wrong: what was there, what was read.
    """

    measured: Share
    notes: Mapping[str, int]
    misses: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """One exam.

    Attributes:
        asked: The share asked for: at least, or at most where `less_is_better`.
        sit: Recogniser, number of cases and seed -> result.
        cases: Cases by default.
        less_is_better: The share is of mistakes.
    """

    asked: float
    sit: Callable[[Recogniser, int, int], Result]
    cases: int = 300
    less_is_better: bool = False

    def met(self, result: Result) -> bool:
        """Whether the measured value is what was asked for."""
        if self.less_is_better:
            return result.measured.value <= self.asked
        return result.measured.value >= self.asked


def sit(name: str, recogniser: Recogniser, *, cases: int | None = None) -> Result:
    """Sit one of `PAPERS`; the same name and number of cases always show the same pictures."""
    paper = PAPERS[name]
    seed = _SEED + zlib.crc32(name.encode())
    return paper.sit(recogniser, paper.cases if cases is None else cases, seed)


def _frames(sheet: Sheet, *, folded: bool = False) -> Callable[[Recogniser, int, int], Result]:
    """Single frames: the one vehicle's mark is read exactly (or folded, O as 0 and I as 1)."""

    def sitting(recogniser: Recogniser, cases: int, seed: int) -> Result:
        right, unseen, misses = 0, 0, []
        for number in range(cases):
            rng = np.random.default_rng((seed, 1, number))
            if number % _FRAMES_A_ROAD == 0:
                road = draw_road(np.random.default_rng((seed, 2, number)))
            scene = draw_frame(rng, sheet=sheet, road=road)
            (truth,) = scene.plates
            read = _read_at(truth, recogniser.read(Frame(scene.image)))
            same = fold(read) == fold(truth.text) if folded else read == truth.text
            right += same
            unseen += not read
            if not same:
                misses.append((truth.text, read))
        notes = {"not reported": unseen, "misread": cases - right - unseen}
        return Result(share(right, cases), notes, tuple(misses[:_MOST_MISSES]))

    return sitting


def _read_at(truth: PlateTruth, reading: FrameReading) -> str:
    """What was read where the plate is; nothing where no plate was reported there."""
    x, y, width, height = box_of(truth.corners)
    for plate in reading.plates:
        left, top, wide, high = plate.box
        if x <= left + wide / 2 <= x + width and y <= top + high / 2 <= y + height:
            return plate.reading.vrm
    return ""


def _passages(*, every_s: float | None = None) -> Callable[[Recogniser, int, int], Result]:
    def sitting(recogniser: Recogniser, cases: int, seed: int) -> Result:
        marks = mark_films(recogniser, passages=cases, seed=seed, every_s=every_s)
        notes = {"split": marks.split, "merged": marks.merged}
        return Result(share(marks.exact, marks.passages), notes, marks.misses[:_MOST_MISSES])

    return sitting


def _plateless(recogniser: Recogniser, cases: int, seed: int) -> Result:
    wrong, reads, misses = 0, 0, []
    for number in range(cases):
        scene = draw_plateless(np.random.default_rng((seed, number)))
        read = [plate.reading for plate in recogniser.read(Frame(scene.image)).plates]
        wrong += bool(read)
        reads += len(read)
        misses += [("no plate", f"{mark.vrm} ({mark.confidence:.2f})") for mark in read]
    notes = {"scenes with a read": wrong, "reads": reads}
    return Result(share(wrong, cases), notes, tuple(misses[:_MOST_MISSES]))


_DAY, _NIGHT, _INFRARED = Light.DAY, Light.NIGHT, Light.INFRARED
_RARE = {
    "prefix": {"gb_1983_prefix": 1.0},
    "suffix": {"gb_1963_suffix": 1.0},
    "dateless": {"gb_dateless": 1.0},
    "NI": {"ni": 1.0},
    "Q": {"gb_q": 1.0},
    "military": {"military": 0.7, "military_old": 0.3},
    "diplomatic": {"diplomatic": 1.0},
    "trade": {"trade": 1.0},
    "Irish": {"ireland": 1.0},
}

PAPERS: dict[str, Paper] = {
    "day": Paper(0.97, _frames(Sheet(_DAY, UK_ROADS))),
    "night": Paper(0.93, _frames(Sheet(_NIGHT, UK_ROADS))),
    "infra-red": Paper(0.93, _frames(Sheet(_INFRARED, UK_ROADS))),
    "two-line": Paper(0.95, _frames(Sheet(_DAY, UK_ROADS, two_lines=True))),
    **{
        name: Paper(0.90, _frames(Sheet(_DAY, formats)), cases=200)
        for name, formats in _RARE.items()
    },
    "EU, folded": Paper(
        0.90, _frames(Sheet(_DAY, {"foreign_or_unknown": 1.0}), folded=True), cases=200
    ),
    "passages": Paper(0.995, _passages(), cases=500),
    "slow feed": Paper(0.90, _passages(every_s=2.5), cases=60),
    "false reads": Paper(0.002, _plateless, cases=5000, less_is_better=True),
}
"""The exams by name, in the order in which they are sat.

Passages ask for at most 1 split or merged in 500 besides; the notes count them. The slow feed has
a frame every 2.5 s; nobody asked a figure of it, the one given is ours.
"""
