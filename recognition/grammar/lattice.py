"""What may stand on a plate: the lattice of one look at it, and the lattices of many looks fused.

Steps of the network that see a character are gathered into slots. A slot keeps every character
that it may be, and the chance that it is none (a bolt, a border, a seal), for the grammar to weigh.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["ALPHABET", "NOTHING", "Fused", "Lattice", "gather"]

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NOTHING = len(ALPHABET)
"""Column of a lattice for "no character here"."""

_SURE_BLANK = 0.97
_LEAST = 1e-6
_MOST_SLOTS = 20

_LEAST_FUSED = 1e-3
"""One frame alone may not rule a character out: a glint is sure of itself too."""

_UNSEEN = 0.97
"""Chance of nothing where a frame has no slot at all."""

_MOST_GAIN = 3.0
"""Frames of one passage err together, so ten say no more than nine independent ones would."""


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """What may stand on a plate, place by place from left to right and row by row.

    Attributes:
        slots: (n, 37) float64 probabilities, each row adding to 1: the 36 characters of
            `ALPHABET`, then `NOTHING`.
        upper: How many of the slots stand on the upper of two lines; 0 where there is one line,
            or where nobody knows.
    """

    slots: NDArray[np.float64]
    upper: int = 0

    @property
    def raw(self) -> str:
        """What the network wrote: each slot's likeliest character, where that beats nothing."""
        return "".join(ALPHABET[best] for best in self.slots.argmax(axis=1) if best != NOTHING)

    @property
    def clarity(self) -> float:
        """How sure the network is of `raw`: geometric mean of its slots' best, in [0, 1]."""
        if not len(self.slots):
            return 0.0
        return float(np.exp(np.log(self.slots.max(axis=1)).mean()))


def gather(steps: NDArray[np.float64]) -> Lattice:
    """Gather CTC steps into slots.

    A run of steps with the same likeliest character is one slot: it is nothing only if every
    step is blank, and a character if any step is (noisy or). Where two runs touch without a blank
    between them, the second may be the first one's character going on, so what they share counts
    as nothing there.

    Args:
        steps: (t, 37) probabilities, blank last; the upper half of a plate comes first.
    """
    steps = np.clip(steps, _LEAST, 1 - _LEAST)
    characters, blank = steps[:, :NOTHING], steps[:, NOTHING]
    alive = np.flatnonzero(blank < _SURE_BLANK)
    if not len(alive):
        return Lattice(np.zeros((0, NOTHING + 1)))
    best = characters[alive].argmax(axis=1)
    touches = np.diff(alive, prepend=-2) == 1
    starts = np.flatnonzero(~touches | (np.diff(best, prepend=-1) != 0))
    absent = np.exp(np.add.reduceat(np.log1p(-characters[alive]), starts))
    nothing = np.exp(np.add.reduceat(np.log(blank[alive]), starts))
    slots = np.column_stack([1 - absent, nothing])
    slots /= slots.sum(axis=1, keepdims=True)
    shared = np.minimum(slots[1:, :NOTHING], slots[:-1, :NOTHING]).sum(axis=1)
    slots[1:, NOTHING] += np.where(touches[starts[1:]], shared, 0)
    slots /= slots.sum(axis=1, keepdims=True)
    at = alive[starts]
    if len(slots) > _MOST_SLOTS:
        kept = np.sort(np.argsort(slots[:, NOTHING])[:_MOST_SLOTS])
        slots, at = slots[kept], at[kept]
    return Lattice(np.clip(slots, _LEAST, 1), _upper(slots, at < len(steps) // 2))


def _upper(slots: NDArray[np.float64], above: NDArray[np.bool_]) -> int:
    """Slots on the upper line, if there are two: both lines must show a character."""
    shown = slots.argmax(axis=1) != NOTHING
    two = bool((shown & above).any() and (shown & ~above).any())
    return int(above.sum()) if two else 0


@dataclass(frozen=True, slots=True, eq=False)
class Fused:
    """The lattices of one plate in many frames, laid upon each other.

    Attributes:
        logs: (n, 37) sums of log-probabilities over the frames.
        frames: How many frames.
    """

    logs: NDArray[np.float64]
    frames: int

    @classmethod
    def of(cls, lattice: Lattice) -> "Fused":
        """Start with one frame."""
        return cls(_logs(lattice.slots), 1)

    @property
    def lattice(self) -> Lattice:
        """All frames as one lattice: the mean, sharper the more frames there are."""
        if not len(self.logs):
            return Lattice(np.zeros((0, NOTHING + 1)))
        gain = min(_MOST_GAIN, self.frames**0.5)
        slots = np.exp(self.logs * (gain / self.frames))
        slots /= slots.sum(axis=1, keepdims=True)
        return Lattice(np.clip(slots, _LEAST, 1))

    def with_frame(self, lattice: Lattice) -> "Fused":
        """Lay one more frame upon the others.

        Slots that meet are added up. A slot that only some frames have counts as nothing in the
        others, so what one frame alone imagines fades.
        """
        new = _logs(lattice.slots)
        unseen = np.full(NOTHING + 1, np.log((1 - _UNSEEN) / NOTHING))
        unseen[NOTHING] = np.log(_UNSEEN)
        rows = []
        for here, there in _align(self.logs / self.frames, new):
            known = self.logs[here] if here is not None else unseen * self.frames
            rows.append(known + (new[there] if there is not None else unseen))
        logs = np.array(rows).reshape(-1, NOTHING + 1)
        if len(logs) > _MOST_SLOTS:
            logs = logs[np.sort(np.argsort(logs[:, NOTHING])[:_MOST_SLOTS])]
        return Fused(logs, self.frames + 1)


def _logs(slots: NDArray[np.float64]) -> NDArray[np.float64]:
    logs: NDArray[np.float64] = np.log(np.clip(slots, _LEAST_FUSED, 1))
    return logs


def _align(
    known: NDArray[np.float64], new: NDArray[np.float64]
) -> list[tuple[int | None, int | None]]:
    """Pairs of slots that show the same place, in order (Needleman and Wunsch, 1970).

    Args:
        known: (n, 37) log-probabilities.
        new: (m, 37) log-probabilities.

    Returns:
        Pairs (index in known, index in new); None where the other has no such slot.
    """
    meet = np.log(np.exp(known[:, :NOTHING]) @ np.exp(new[:, :NOTHING]).T + _LEAST_FUSED)
    pass_known = np.minimum(known[:, NOTHING], np.log(0.5))
    pass_new = np.minimum(new[:, NOTHING], np.log(0.5))
    rows, columns = meet.shape
    best = np.zeros((rows + 1, columns + 1))
    best[1:, 0] = np.cumsum(pass_known)
    best[0, 1:] = np.cumsum(pass_new)
    for row in range(rows):
        for column in range(columns):
            best[row + 1, column + 1] = max(
                best[row, column] + meet[row, column],
                best[row, column + 1] + pass_known[row],
                best[row + 1, column] + pass_new[column],
            )
    pairs: list[tuple[int | None, int | None]] = []
    row, column = rows, columns
    while row or column:
        here = best[row, column]
        if row and column and here == best[row - 1, column - 1] + meet[row - 1, column - 1]:
            row, column = row - 1, column - 1
            pairs.append((row, column))
        elif row and (not column or here == best[row - 1, column] + pass_known[row - 1]):
            row -= 1
            pairs.append((row, None))
        else:
            column -= 1
            pairs.append((None, column))
    return pairs[::-1]
