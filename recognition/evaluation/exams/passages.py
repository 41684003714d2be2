"""Passages as an exam: films of one camera with several vehicles, held against what passed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from recognition.evaluation.exams.frames import UK_ROADS, issued_mark
from recognition.frame import Frame
from recognition.passages.passage import PassageTracker, Sighting
from recognition.recogniser import Recogniser
from recognition.synthetic.camera import Light
from recognition.synthetic.footage import RoadsideCamera
from recognition.synthetic.scene import RenderedScene
from recognition.synthetic.vehicles.body import COLOURS

__all__ = ["Film", "PassageMarks", "mark_films", "marked", "shoot", "sights_of"]

_A_FILM = 4


@dataclass(frozen=True, slots=True)
class Film:
    """What a fixed camera saw.

    Attributes:
        frames: Time in seconds and frame, in order.
        vrms: Marks of the vehicles that passed, in order.
    """

    frames: Iterator[tuple[float, RenderedScene]]
    vrms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PassageMarks:
    """How many passages were read.

    Attributes:
        passages: Vehicles that passed.
        exact: Told exactly once, with the right mark.
        split: Told more than once, or something told that did not pass.
        merged: Not told, while another vehicle's passage was.
        misses: Marks that passed and what was told instead, film by film.
    """

    passages: int = 0
    exact: int = 0
    split: int = 0
    merged: int = 0
    misses: tuple[tuple[str, str], ...] = ()

    def __add__(self, other: "PassageMarks") -> "PassageMarks":
        """Both together."""
        return PassageMarks(
            self.passages + other.passages,
            self.exact + other.exact,
            self.split + other.split,
            self.merged + other.merged,
            self.misses + other.misses,
        )


def shoot(rng: Generator, *, vehicles: int, every_s: float | None = None) -> Film:
    """Film vehicles passing one camera one after the other, 5 to 40 frames each by default.

    Args:
        rng: Source of chance.
        vehicles: How many, with 0.2 to 3 s of empty road between them.
        every_s: Seconds between frames; by default 1/15 to 1/5, drawn. Where it is a second or
            more, a vehicle shows in 2 to 5 frames only.
    """
    light = tuple(Light)[int(rng.choice(4, p=(0.5, 0.15, 0.15, 0.2)))]
    at = RoadsideCamera(rng, light=light, rainy=bool(rng.random() < 0.1))
    step_s = 1 / rng.uniform(5, 15) if every_s is None else every_s
    fewest, most = (5, 40) if step_s < 1 else (2, 5)
    names = tuple(UK_ROADS)
    shares = np.array([UK_ROADS[name] for name in names])
    chosen = rng.choice(len(names), size=vehicles, p=shares / shares.sum())
    vrms = tuple(issued_mark(rng, format_id=names[index]) for index in chosen)

    def frames() -> Iterator[tuple[float, RenderedScene]]:
        now_s = 0.0
        for vrm in vrms:
            passing = at.passage(
                rng,
                vrm=vrm,
                frames=int(rng.integers(fewest, most + 1)),
                colour=tuple(COLOURS)[int(rng.integers(len(COLOURS)))],
                approaching=bool(rng.random() < 0.7),
            )
            for scene in passing:
                yield now_s, scene
                now_s += step_s
            now_s += rng.uniform(0.2, 3.0)
            yield now_s, at.empty(rng)
            now_s += step_s

    return Film(frames(), vrms)


def sights_of(film: Film, *, recogniser: Recogniser, camera_id: str = "EXAM") -> list[Sighting]:
    """Read a film from end to end: its settled passages, in the order of their beginning."""
    tracker = PassageTracker(camera_id=camera_id, grammar=recogniser.grammar)
    settled: list[Sighting] = []
    for at_s, scene in film.frames:
        frame = Frame(scene.image)
        settled += tracker.follow(recogniser.read(frame), frame=frame, at_s=at_s).settled
    settled += tracker.finish().settled
    return sorted(settled, key=lambda sight: sight.passage_start_s)


def marked(vrms: Sequence[str], told: Sequence[str]) -> PassageMarks:
    """Hold what was told against what passed; both as sets with repeats."""
    passed, said = Counter(vrms), Counter(told)
    exact = sum((passed & said).values())
    missing, extra = list((passed - said).elements()), list((said - passed).elements())
    paired = max(len(missing), len(extra))
    missing += [""] * (paired - len(missing))
    extra += [""] * (paired - len(extra))
    return PassageMarks(
        passages=len(vrms),
        exact=exact,
        split=max(0, len(told) - len(vrms)),
        merged=max(0, len(vrms) - len(told)),
        misses=tuple(zip(missing, extra, strict=True)),
    )


def mark_films(
    recogniser: Recogniser, *, passages: int, seed: int, every_s: float | None = None
) -> PassageMarks:
    """Film, read and mark so many passages, four to a film."""
    whole = PassageMarks()
    for number in range(0, passages, _A_FILM):
        rng = np.random.default_rng((seed, number))
        film = shoot(rng, vehicles=min(_A_FILM, passages - number), every_s=every_s)
        told = [sight.vrm for sight in sights_of(film, recogniser=recogniser)]
        whole += marked(film.vrms, told)
    return replace(whole, misses=whole.misses[:40])
