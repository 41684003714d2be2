"""`scripts/bench_recognition --hard`: the hard set, one half at a time."""

from pathlib import Path
from typing import Any

from recognition.evaluation.hard.cases import cases_of
from recognition.evaluation.hard.contest import (
    OURS,
    OURS_UNGATED,
    Answers,
    contest,
    first_attempt,
    ours,
    ours_ungated,
    summary,
    yunet_and_cct,
)
from recognition.evaluation.hard.surroundings import Half, Surroundings, drawn, photographed
from recognition.recogniser import Recogniser

__all__ = ["PLATES", "hard_figures"]

PLATES = 760
"""Plates of a half by default: forty of each nuisance."""

_FIRST = "first_attempt"


def hard_figures(
    recogniser: Recogniser,
    *,
    half: Half,
    count: int = PLATES,
    data: Path | None = None,
    against: Path | None = None,
    threads: int = 1,
) -> dict[str, Any]:
    """Run one half.

    Args:
        recogniser: Ours.
        half: Which half.
        count: How many plates.
        data: Folder of photographs; None for drawn surroundings.
        against: Folder of rivals; None for the first attempt alone, where it is there.
        threads: Cores of each network.

    Returns:
        As `contest.summary`, and what the plates stood in.

    Raises:
        ModelRefusedError: A rival is not there.
        PictureRefusedError: A photo cannot be decoded.
        OSError: Photographs are not there.
    """
    among: Surroundings = photographed(data, half=half) if data else drawn(half=half)
    readers: dict[str, Answers] = {OURS: ours(recogniser)}
    grammar = recogniser.grammar
    if against:
        readers["YuNet + CCT-XS, our grammar"] = yunet_and_cct(
            against, grammar=grammar, threads=threads
        )
    if data and (data / _FIRST).is_dir():
        readers["first attempt, our grammar"] = first_attempt(
            data / _FIRST, grammar=grammar, threads=threads
        )
    if len(readers) > 1:
        readers[OURS_UNGATED] = ours_ungated(recogniser)
    cases, tried = contest(cases_of(half, count=count), among=among, readers=readers)
    return {
        "half": half.value,
        "surroundings": "photographs" if among.real else "drawn",
        **summary(cases, tried),
    }
