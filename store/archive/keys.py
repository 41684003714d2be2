"""Sorted 64-bit keys of a day on disk, with a tail of newcomers.

The writer adds newcomers to the tail before the tables get their rows, and now and then merges
the tail into the sorted file. A reader takes the tail first and the sorted file second: a merge
between the two shows it a key twice, never not at all.
"""

import os
from pathlib import Path

import numpy as np

from store.archive.disk import replace_durably, write_all
from store.archive.plates import Keys

__all__ = ["KeyFile", "KeyShelf"]

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
            FileNotFoundError: The day is gone, or was made this very moment.
        """
        tail = np.unique(np.frombuffer(_whole_keys(self._tail_path.read_bytes()), _LITTLE))
        found = self._sorted_path.stat()
        seen, mapped = self._mapped
        version = (found.st_ino, found.st_mtime_ns, found.st_size)
        if version != seen and found.st_size:
            # mapped, not read: a year of them is more than a hub wants in memory
            mapped = np.memmap(self._sorted_path, _LITTLE, mode="r")
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
        self._sorted = np.unique(keys.astype(_LITTLE, copy=False))
        self._newcomers: set[int] = set()
        self._tail = os.open(
            self._tail_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600
        )
        self.merge()

    def known(self, keys: Keys) -> Keys:
        """Give those of the keys that are here already."""
        at = np.searchsorted(self._sorted, keys)
        at[at == len(self._sorted)] = 0
        among = self._sorted[at] == keys if len(self._sorted) else np.zeros(len(keys), bool)
        among |= np.fromiter((int(key) in self._newcomers for key in keys), bool, len(keys))
        here: Keys = keys[among]
        return here

    def add(self, keys: Keys) -> None:
        """Add keys to the tail; they are on disk for certain after `sync`."""
        fresh = np.setdiff1d(keys, self.known(keys))
        if not len(fresh):
            return
        # a torn write leaves part of a key: the next one starts on a boundary again
        os.ftruncate(self._tail, len(self._newcomers) * _LITTLE.itemsize)
        write_all(self._tail, fresh.astype(_LITTLE).tobytes())
        self._newcomers.update(fresh.tolist())

    def sync(self) -> None:
        """Wait until every key is on disk."""
        os.fdatasync(self._tail)

    def merge(self) -> None:
        """Take the tail into the sorted file."""
        newcomers = np.fromiter(self._newcomers, _LITTLE, len(self._newcomers))
        self._sorted = np.union1d(self._sorted, newcomers)
        replace_durably(self._sorted_path, self._sorted.tobytes())
        # only now: whoever read the tail before this finds its keys in the sorted file
        os.ftruncate(self._tail, 0)
        self._newcomers.clear()

    def close(self) -> None:
        """Let go of the files."""
        os.close(self._tail)


def _whole_keys(data: bytes) -> bytes:
    return data[: len(data) - len(data) % _LITTLE.itemsize]
