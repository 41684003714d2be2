"""Shares of a count, and of two readers' errors, each with how far chance could have moved it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Share", "bootstrap", "error_ratio", "share"]

_Z = 1.96
_RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Share:
    """A figure with its 95 % interval.

    Attributes:
        value: The figure.
        low: Low end of the interval.
        high: High end.
        of: How many cases it was measured on.
    """

    value: float
    low: float
    high: float
    of: int


def share(part: int, of: int) -> Share:
    """How many of so many, with the interval of Wilson (1927).

    A bootstrap of no errors at all has no width, which would claim what nobody measured.

    Args:
        part: Cases that count, 0 to `of`.
        of: All cases; none gives a value of 0 with the whole of [0, 1] around it.
    """
    if not of:
        return Share(0.0, 0.0, 1.0, 0)
    value, spread = part / of, _Z * _Z / of
    middle = (value + spread / 2) / (1 + spread)
    reach = _Z * math.sqrt(value * (1 - value) / of + spread / (4 * of)) / (1 + spread)
    low = 0.0 if part == 0 else max(0.0, middle - reach)
    high = 1.0 if part == of else min(1.0, middle + reach)
    return Share(value, low, high, of)


def bootstrap(rights: Sequence[bool]) -> Share:
    """Share of what is right, with the interval of resampled cases.

    Args:
        rights: Whether each case is right; cases are independent.
    """
    if not rights:
        return Share(0.0, 0.0, 1.0, 0)
    counts = np.asarray(rights, np.float64)
    low, high = np.percentile(_resampled(counts[np.newaxis])[0], (2.5, 97.5))
    return Share(float(counts.mean()), float(low), float(high), len(counts))


def error_ratio(ours: Sequence[bool], theirs: Sequence[bool]) -> Share:
    """Our errors over theirs on the same cases, resampled case by case.

    Args:
        ours: Whether we are right, case by case.
        theirs: Whether they are.

    Returns:
        At most 2/3 where a third of their errors is gone. 0 errors of theirs count as half an
        error, so the ratio stays a number.
    """
    wrong = 1.0 - np.array([ours, theirs], np.float64).reshape(2, -1)
    if not wrong.shape[1]:
        return Share(1.0, 0.0, math.inf, 0)
    errors = wrong.sum(axis=1)
    drawn = _resampled(wrong) * wrong.shape[1]
    ratios = drawn[0] / np.maximum(drawn[1], 0.5)
    low, high = np.percentile(ratios, (2.5, 97.5))
    ratio = float(errors[0] / max(errors[1], 0.5))
    return Share(ratio, float(low), float(high), wrong.shape[1])


def _resampled(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means of each row over resampled columns: (rows, resamples)."""
    cases = rows.shape[1]
    draws = np.random.default_rng(0).integers(0, cases, (_RESAMPLES, cases))
    return np.stack([row[draws].mean(axis=1) for row in rows])
