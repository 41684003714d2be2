"""Which marks and which identities a day may hold, whether it is sealed or open."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from store.archive.days.keys import PLATES, READ_IDS, KeyShelf
from store.archive.days.lines import Lines, is_sealed
from store.archive.plates import Keys

__all__ = ["may_hold", "plates_in"]


def plates_in(folder: Path) -> tuple[Keys, ...]:
    """Give a day's packed plates: sorted arrays that together hold every one of them.

    Raises:
        FileNotFoundError: The day is gone, or was sealed or unsealed just now: ask again.
        CorruptError: Its lines are not as we wrote them.
    """
    return (Lines.open(folder).plates,) if is_sealed(folder) else KeyShelf(folder, PLATES).held()


def may_hold(folder: Path, *, id_keys: Keys) -> NDArray[np.bool_]:
    """Say which read ids a day may hold; one in thousands of the others is taken for one of its.

    Args:
        folder: The day.
        id_keys: (n,) first halves of read ids.

    Returns:
        (n,) False where the day holds no read and no picture of that id for certain.

    Raises:
        FileNotFoundError: The day is gone, or was sealed or unsealed just now: ask again.
        CorruptError: Its lines are not as we wrote them.
    """
    if is_sealed(folder):
        heads = (id_keys >> np.uint64(32)).astype(np.uint32)
        return np.isin(heads, Lines.open(folder).heads)
    return np.isin(id_keys, np.concatenate(KeyShelf(folder, READ_IDS).held()))
