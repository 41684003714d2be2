"""What officers ask, as nouns that our archive and its rivals answer each in its own way."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from scripts.archive_bench.traffic import CAMERAS, CONTROLLER, FIRST, Traffic, camera_id
from store.archive.finding.found import ReadLine
from store.ledger.instants import from_us

__all__ = ["PAGE", "SHOWN", "Question", "line_of", "questions", "same"]

PAGE = 100
SHOWN = "read_id, camera_id, captured_us, vrm, fold, confidence, repaired, direction"
"""Columns of a line as an officer sees it: what every store is asked for."""

LISTED = 500
AREA = 20
CONFIDENCE_STEP = 1e-4


@dataclass(frozen=True, slots=True)
class Question:
    """One question; the newest `PAGE` reads answer it.

    Attributes:
        kind: exact, wildcard, look-alike, listed, or place.
        marks: Marks or the one pattern; empty for a place.
        cameras: Where; everywhere when empty.
        since_us: Oldest capture time, inclusive, microseconds since 1970.
        until_us: Newest, exclusive.
    """

    kind: str
    marks: tuple[str, ...]
    cameras: tuple[str, ...]
    since_us: int
    until_us: int


def line_of(row: Sequence[Any]) -> ReadLine:
    """Make the line that our search gives of a rival's row."""
    read_id, camera_id, captured_us, vrm, folded, confidence, repaired, direction = row
    return ReadLine(
        bytes(read_id).hex(),
        camera_id,
        CONTROLLER,
        from_us(captured_us),
        vrm,
        folded,
        confidence,
        bool(repaired),
        direction,
    )


def same(one: Sequence[ReadLine], other: Sequence[ReadLine]) -> bool:
    """Say whether two answers are the same lines; confidences to our fourth place."""
    return len(one) == len(other) and all(
        abs(ours.confidence - theirs.confidence) <= CONFIDENCE_STEP
        and replace(ours, confidence=0.0) == replace(theirs, confidence=0.0)
        for ours, theirs in zip(one, other, strict=True)
    )


def questions(traffic: Traffic, *, days: int) -> Iterator[tuple[str, Callable[[], Question]]]:
    """Name each kind of question, with what makes the next one of its kind."""
    dice = random.Random(11)
    start_us = int(FIRST.timestamp()) * 1_000_000
    end_us = int((FIRST + timedelta(days=days)).timestamp()) * 1_000_000
    day_us = 86_400_000_000

    def seen() -> str:
        # everyday drivers have low numbers: half of the questions ask for one of those
        most = len(traffic.marks) if dice.random() < 0.5 else max(1, len(traffic.marks) // 10)
        return str(traffic.marks[dice.randrange(most)].decode())

    def absent() -> str:
        return "Q" + seen()[1:]  # no mark of this traffic begins with Q

    def whole(kind: str, mark: str) -> Question:
        return Question(kind, (mark,), (), start_us, end_us)

    def place(cameras: int) -> tuple[str, ...]:
        return tuple(camera_id(one) for one in sorted(dice.sample(range(CAMERAS), cameras)))

    yield "exact", lambda: whole("exact", seen())
    yield "absent", lambda: whole("exact", absent())
    yield "wildcard_one_gap", lambda: whole("wildcard", _gap(seen(), dice.randrange(2, 6)))
    yield "wildcard_end_known", lambda: whole("wildcard", "*" + seen()[3:])
    yield "look_alike", lambda: whole("look-alike", seen())
    yield (
        "list_500_24h_20_cameras",
        lambda: Question(
            "listed",
            tuple(sorted({seen() for _ in range(LISTED)})),
            place(AREA),
            end_us - day_us,
            end_us,
        ),
    )
    yield "place_24h_1_camera", lambda: Question("place", (), place(1), end_us - day_us, end_us)


def _gap(mark: str, at: int) -> str:
    return f"{mark[:at]}?{mark[at + 1 :]}"
