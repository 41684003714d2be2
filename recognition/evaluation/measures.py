"""Recall, exact reads, false plates, and how far chance alone could have moved them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recognition.evaluation.photos import Label, Photo
from recognition.grammar.syntax import fold
from recognition.looks.plates import Box, overlap
from recognition.passages.motion import likeness

__all__ = ["Answer", "Measures", "measure"]

_RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Answer:
    """One plate that a recogniser reports: its upright box in pixels, and what it reads."""

    box: Box
    text: str


@dataclass(frozen=True, slots=True)
class Measures:
    """What a recogniser reached; each figure with its 95 % interval from resampled photos.

    Attributes:
        photos: How many.
        plates: Labelled plates.
        transcribed: Labelled plates with a text.
        figures: By name: value, low end, high end. "recall_centre" and "recall_iou50" are shares
            of labelled plates; "exact", "folded" (O as 0, I as 1) and "characters" are shares
            of transcribed plates, one that was not found counting as wrong; "false_plates" are
            reported plates a photo that no label accounts for.
    """

    photos: int
    plates: int
    transcribed: int
    figures: dict[str, tuple[float, float, float]]


def measure(photos: Sequence[Photo], answers: Sequence[Sequence[Answer]]) -> Measures:
    """Hold answers against labels, photo by photo.

    A label is met by the answer whose centre lies in its box, the most overlapping one first.
    """
    rows = np.array(
        [_row(photo.labels, given) for photo, given in zip(photos, answers, strict=True)]
    )
    draws = np.random.default_rng(0).integers(0, len(rows), (_RESAMPLES, len(rows)))
    resampled = rows[draws].sum(axis=1)
    whole = rows.sum(axis=0)
    return Measures(
        photos=len(rows),
        plates=int(whole[_PLATES]),
        transcribed=int(whole[_TEXTS]),
        figures={name: _figure(share, whole, resampled) for name, share in _SHARES.items()},
    )


_PLATES, _TEXTS, _CENTRE, _IOU50, _EXACT, _FOLDED, _CHARACTERS, _FALSE, _ONE = range(9)
_Counts = NDArray[np.float64]
_SHARES: dict[str, tuple[int, int]] = {
    "recall_centre": (_CENTRE, _PLATES),
    "recall_iou50": (_IOU50, _PLATES),
    "exact": (_EXACT, _TEXTS),
    "folded": (_FOLDED, _TEXTS),
    "characters": (_CHARACTERS, _TEXTS),
    "false_plates": (_FALSE, _ONE),
}


def _figure(
    share: tuple[int, int], whole: _Counts, resampled: _Counts
) -> tuple[float, float, float]:
    part, of = share
    if not whole[of]:
        return (0.0, 0.0, 0.0)
    shares = resampled[:, part] / np.maximum(resampled[:, of], 1)
    low, high = np.percentile(shares, (2.5, 97.5))
    return float(whole[part] / whole[of]), float(low), float(high)


def _row(labels: Sequence[Label], answers: Sequence[Answer]) -> list[float]:
    """The counts of one photo, in the order of the names above."""
    met = _meet(labels, answers)
    texts = [(label.text, answer) for label, answer in met if label.text]
    found = [(text, answer.text) for text, answer in texts if answer]
    boxes = [(label.box, answer.box) for label, answer in met if answer]
    return [
        len(labels),
        len(texts),
        len(boxes),
        sum(overlap(box, other) >= 0.5 for box, other in boxes),
        sum(text == other for text, other in found),
        sum(fold(text) == fold(other) for text, other in found),
        sum(likeness(text, other) for text, other in found),
        len(answers) - len(boxes),
        1,
    ]


def _meet(labels: Sequence[Label], answers: Sequence[Answer]) -> list[tuple[Label, Answer | None]]:
    left = list(answers)
    met: list[tuple[Label, Answer | None]] = []
    for label in labels:
        inside = [answer for answer in left if _holds(label.box, answer.box)]
        best = max(inside, key=_overlap_with(label.box), default=None)
        if best is not None:
            left.remove(best)
        met.append((label, best))
    return met


def _overlap_with(box: Box) -> Callable[[Answer], float]:
    return lambda answer: overlap(box, answer.box)


def _holds(box: Box, other: Box) -> bool:
    x, y = other[0] + other[2] / 2, other[1] + other[3] / 2
    return box[0] <= x <= box[0] + box[2] and box[1] <= y <= box[1] + box[3]
