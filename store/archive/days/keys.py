"""Sorted 64-bit keys of a day on disk, with a tail of newcomers.

The writer adds newcomers to the tail before the tables get their rows, and now and then merges
the tail into the sorted file. A reader takes the tail first and the sorted file second: a merge
between the two shows it a key twice, never not at all.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from store.archive.plates import Keys
from store.disk import replace_durably

__all__ = ["KEY_FILES", "PLATES", "READ_IDS", "KeyFile", "KeyShelf"]

PLATES = "plates"
"""Name of the key files of a day's packed marks."""

READ_IDS = "read_ids"
"""Name of the key files of the first halves of a day's read ids."""

KEY_FILES = tuple(f"{name}.{end}" for name in (PLATES, READ_IDS) for end in ("keys", "tail"))
"""The key files of an open day."""

_LITTLE = np.dtype("<u8")


class KeyShelf:
    """A day's keys as readers see them; threads may share one."""

    def __init__(self, folder: Path, name: str) -> None:
        """Name the files; nothing is opened.

        Args:
            folder: The day's folder.
            name: For example "plates".
        """
        self._sorted_path = folder / f"{name}.keys"
        self._tail_path = folder / f"{name}.tail"
        self._mapped: tuple[tuple[int, int, int], Keys] = ((0, 0, 0), np.empty(0, _LITTLE))

    def held(self) -> tuple[Keys, Keys]:
        """Give the sorted keys and the tail, sorted as well; a key may be in both.

        Raises:
            FileNotFoundError: The day is gone.
        """
        tail = np.unique(np.frombuffer(_whole_keys(self._tail_path.read_bytes()), _LITTLE))
        found = self._sorted_path.stat()
        seen, mapped = self._mapped
        version = (found.st_ino, found.st_mtime_ns, found.st_size)
        if version != seen:
            mapped = _mapped(self._sorted_path)
            self._mapped = version, mapped
        return mapped, tail


class KeyFile:
    """A day's keys as its writer holds them."""

    def __init__(self, folder: Path, name: str, *, keys: Keys) -> None:
        """Write the files anew from what the tables hold.

        Args:
            folder: The day's folder.
            name: For example "plates".
            keys: (n,) every key of the tables, in any order.
        """
        self._sorted_path = folder / f"{name}.keys"
        self._tail_path = folder / f"{name}.tail"
        self._newcomers = np.unique(keys.astype(_LITTLE, copy=False))
        self._sorted = self._newcomers[:0]
        self.merge()

    def known(self, keys: Keys) -> Keys:
        """Give those of the keys that are here already."""
        here: Keys = keys[_among(self._sorted, keys) | _among(self._newcomers, keys)]
        return here

    def add(self, keys: Keys) -> None:
        """Add keys to the tail; the day's durable mark waits until they are on disk."""
        fresh = np.setdiff1d(keys, self.known(keys))
        if not len(fresh):
            return
        with self._tail_path.open("ab") as tail:
            # a torn write leaves part of a key: the next one starts on a boundary again
            tail.truncate(self._newcomers.nbytes)
            tail.write(fresh.astype(_LITTLE).tobytes())
        self._newcomers = np.union1d(self._newcomers, fresh).astype(_LITTLE, copy=False)

    def merge(self) -> None:
        """Take the tail into the sorted file."""
        together = np.union1d(self._sorted, self._newcomers)
        replace_durably(self._sorted_path, together.tobytes())
        self._sorted = _mapped(self._sorted_path)
        # only now: whoever read the tail before this finds its keys in the sorted file
        self._tail_path.write_bytes(b"")
        self._newcomers = self._newcomers[:0].copy()


def _mapped(path: Path) -> Keys:
    """Map a file of keys, not read: a day of them is more than a hub wants in memory."""
    return np.memmap(path, _LITTLE, mode="r") if path.stat().st_size else np.empty(0, _LITTLE)


def _among(held: Keys, keys: Keys) -> NDArray[np.bool_]:
    """Say which of the keys are among sorted ones."""
    if not len(held):
        return np.zeros(len(keys), bool)
    at = held.searchsorted(keys)
    at[at == len(held)] = 0
    found: NDArray[np.bool_] = held[at] == keys
    return found


def _whole_keys(data: bytes) -> bytes:
    return data[: len(data) - len(data) % _LITTLE.itemsize]
