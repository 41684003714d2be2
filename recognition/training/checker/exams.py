"""What a judge is examined on for its card: finds in drawn roads of other seeds, and in photos."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import torch

from recognition.looks.plates import PlateDetector
from recognition.packs.manifest import INT8
from recognition.training.checker.net import PlateJudge, ShippedJudge
from recognition.training.samples.candidates import Candidate, Searched, as_searched, drawn, harvest
from recognition.training.samples.checking import shown
from recognition.training.samples.photos import Photo

__all__ = ["figures_of", "probabilities"]

_SEED = 993
_LEAST = 0.05, 0.5
_AT_ONCE = 256


def probabilities(judge: PlateJudge, candidates: Sequence[Candidate]) -> list[float]:
    """How likely a judge in evaluation mode takes each candidate for a plate, in [0, 1]."""
    shipped = ShippedJudge(judge)
    judged: list[float] = []
    for start in range(0, len(candidates), _AT_ONCE):
        pictures = [shown(each.picture) for each in candidates[start : start + _AT_ONCE]]
        seen = np.ascontiguousarray(np.stack(pictures).transpose(0, 3, 1, 2))
        with torch.no_grad():
            judged += shipped(torch.from_numpy(seen))[:, 0].tolist()
    return judged


def figures_of(
    judge: PlateJudge, *, exam: Sequence[Photo], held_out: Sequence[Photo], roads: int
) -> dict[str, str]:
    """Measure a judge for its card.

    Args:
        judge: In evaluation mode.
        exam: Check photos whose plates are all marked.
        held_out: Frames kept out of training.
        roads: How many roads to draw, of a seed of their own.

    Returns:
        What was measured, and what came of it.
    """
    sets: dict[str, Iterable[Searched]] = {
        "uk_dev": map(as_searched, exam),
        "dash-camera frames kept out of training": map(as_searched, held_out),
        "drawn roads": drawn(seed=_SEED, roads=roads),
    }
    detector = PlateDetector.open(form=INT8)
    figures = {}
    for name, pictures in sets.items():
        candidates = list(harvest(pictures, detector=detector))
        judged = np.array(probabilities(judge, candidates))
        plate = np.array([each.plate for each in candidates], bool)
        for kind, chosen in (("plates", plate), ("other finds", ~plate)):
            if chosen.any():
                told = ", ".join(
                    f"{100 * (judged[chosen] >= least).mean():.1f} % at least {least:g}"
                    for least in _LEAST
                )
                figures[f"{name}, {chosen.sum()} {kind} of the detector"] = told
    return figures
