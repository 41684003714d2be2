"""Harvested candidates on disk."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from recognition.training.samples.candidates import Candidate

__all__ = ["load_candidates", "save_candidates"]


def save_candidates(path: Path, candidates: Sequence[Candidate]) -> None:
    """Write candidates down; a stop while writing leaves nothing under that name."""
    part = path.with_suffix(".part.npz")
    np.savez(
        part,
        pictures=np.stack([each.picture for each in candidates]),
        plates=np.array([each.plate for each in candidates]),
        real=np.array([each.real for each in candidates]),
        scores=np.array([each.score for each in candidates], np.float32),
    )
    os.replace(part, path)


def load_candidates(path: Path) -> list[Candidate]:
    """Read what `save_candidates` wrote."""
    with np.load(path) as kept:
        columns = (kept[name] for name in ("pictures", "plates", "real", "scores"))
        return [
            Candidate(picture, bool(plate), bool(real), float(score))
            for picture, plate, real, score in zip(*columns, strict=True)
        ]
