"""What an outliner is examined on: plates of other seeds and photos, and boxes that miss them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from recognition.looks.plates import box_of, overlap
from recognition.training.blocks import normalise
from recognition.training.outliner.net import PlateOutliner
from recognition.training.samples.outlining import OutlineSamples
from recognition.training.samples.photos import Photo

__all__ = ["Outlined", "figures_of", "sit"]

_SEED = 994
_PLATES = 512
_AT_ONCE = 128
_GOOD, _CLOSE = 0.8, 0.9
_MIDDLE = np.array([[0.25, 1.3 / 3.6], [0.75, 2.3 / 3.6]], np.float32)
"""The box that a cut-out was made round, as shares of it: 1 of 2 widths, 1 of 3.6 heights."""


@dataclass(frozen=True, slots=True)
class Outlined:
    """Overlaps of upright boxes with the truth, in [0, 1], before and after.

    Attributes:
        before: (n,) of the boxes that were looked round.
        after: (n,) of what was found there.
    """

    before: NDArray[np.float32]
    after: NDArray[np.float32]

    def __str__(self) -> str:
        """Shares that fit well, in per cent."""
        return ", ".join(
            f"overlap {least:g}: {100 * (self.before >= least).mean():.1f} %"
            f" -> {100 * (self.after >= least).mean():.1f} %"
            for least in (_GOOD, _CLOSE)
        )


def sit(outliner: PlateOutliner, photos: list[Photo], *, plates: int = _PLATES) -> Outlined:
    """Let an outliner in evaluation mode look once at plates of photos, or of drawn scenes."""
    at_once = min(plates, _AT_ONCE)
    samples = OutlineSamples(photos, seed=_SEED, batch=at_once, capacity=_PLATES)
    before, after = [], []
    for step in range(plates // at_once):
        pictures, corners, _ = samples.batch(step)
        with torch.no_grad():
            found = outliner(normalise(torch.from_numpy(pictures))).numpy()
        for seen, truth in zip(found, corners, strict=True):
            before.append(overlap(box_of(_MIDDLE), box_of(truth)))
            after.append(overlap(box_of(seen), box_of(truth)))
    return Outlined(np.array(before, np.float32), np.array(after, np.float32))


def figures_of(
    outliner: PlateOutliner, *, exam: list[Photo], held_out: list[Photo], plates: int
) -> dict[str, str]:
    """Measure an outliner for its card.

    Args:
        outliner: In evaluation mode.
        exam: Check photos whose plates are all marked.
        held_out: Frames kept out of training.
        plates: Plates of each exam.

    Returns:
        What was measured, and what came of it.
    """
    figures = {"drawn scenes of other seeds": str(sit(outliner, [], plates=plates))}
    for name, kept in (("uk_dev", exam), ("frames kept out of training", held_out)):
        if kept:
            figures[f"{name}, some drawn upon"] = str(sit(outliner, kept, plates=plates))
    return figures
