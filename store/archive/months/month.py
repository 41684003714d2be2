r"""The file of a month: every packed plate of its sealed days, and on which of them it was seen.

    "anpr-hub month 1\n"   length of the head, 8 bytes   head in JSON   plates   words

Twelve bytes for each different mark of the month. Bit d - 1 of a word is day d.
"""

import json
import mmap
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from store.archive.days.lines import Lines
from store.archive.plates import Keys
from store.disk import replace_durably, sync_all
from store.errors import CorruptError

__all__ = ["MONTHS", "Month", "bit_of", "month_file"]

MONTHS = "months"
"""Folder of the files, beside the days."""

_MAGIC = b"anpr-hub month 1\n"
_ALIGNED = 64

Words = NDArray[np.uint32]


def bit_of(day: str) -> int:
    """Give the bit of a day such as "2026-11-22"."""
    return 1 << int(day[8:]) - 1


def month_file(archive: Path, day: str) -> Path:
    """Name the file of the month of a day such as "2026-11-22"."""
    return archive / MONTHS / day[:7]


@dataclass(frozen=True, slots=True)
class Month:
    """The marks of some sealed days of one month.

    Attributes:
        days: Days such as "2026-11-22", each with the digest of its read ids (`Sum.digest`).
        plates: (m,) different packed plates, sorted.
        words: (m,) on which days each was seen, bit by bit.
    """

    days: Mapping[str, str]
    plates: Keys
    words: Words

    @classmethod
    def empty(cls) -> "Month":
        """Give a month of no day."""
        return cls({}, np.empty(0, "<u8"), np.empty(0, "<u4"))

    @classmethod
    def open(cls, path: Path) -> "Month":
        """Map the file of a month.

        Raises:
            FileNotFoundError: It is not there.
            CorruptError: It is not as we wrote it.
        """
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            data = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) if size else b""
        try:
            if data[: len(_MAGIC)] != _MAGIC:
                raise ValueError
            at = len(_MAGIC) + 8
            length = int.from_bytes(data[len(_MAGIC) : at], "little")
            head = json.loads(data[at : at + length])
            count, start = int(head["marks"]), _aligned(at + length)
            return cls(
                days={str(day): str(digest) for day, digest in head["days"].items()},
                plates=np.frombuffer(data, "<u8", count=count, offset=start),
                words=np.frombuffer(data, "<u4", count=count, offset=start + 8 * count),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise CorruptError(
                f"{path} is not as we wrote it. Remove it: it is made again from the days when "
                "the hub starts."
            ) from None

    def write(self, path: Path) -> None:
        """Put the month on the disk in the place of what is there.

        Raises:
            OSError: The disk did not take it; the old one stays.
        """
        head = json.dumps({"days": dict(self.days), "marks": len(self.plates)}).encode()
        start = len(_MAGIC) + 8 + len(head)
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700)
            sync_all([path.parent.parent])
        parts = (_MAGIC, len(head).to_bytes(8, "little"), head, bytes(_aligned(start) - start))
        replace_durably(path, b"".join([*parts, self.plates.tobytes(), self.words.tobytes()]))

    def plates_of(self, day: str) -> Keys:
        """Give the (k,) packed plates of a day, sorted."""
        plates: Keys = self.plates[self.words & np.uint32(bit_of(day)) != 0]
        return plates

    def agrees_with(self, folder: Path) -> bool:
        """Say whether a day is sealed and has the very plates that stand here for it.

        Raises:
            CorruptError: Its lines are not as we wrote them.
        """
        try:
            lines = Lines.open(folder)
        except FileNotFoundError:
            return False
        same = lines.sum.digest == self.days.get(folder.name)
        return same and np.array_equal(lines.plates, self.plates_of(folder.name))

    def of_no_day(self) -> int:
        """Count the plates that stand here for no day, or for one that is not named."""
        named = np.uint32(sum(bit_of(day) for day in self.days))
        return int(np.count_nonzero((self.words & ~named != 0) | (self.words == 0)))

    def joined(self, days: Mapping[str, tuple[str, Keys]]) -> "Month":
        """Give the month with more days.

        Args:
            days: By day, the digest of its read ids and its sorted plates; none is here yet.
        """
        plates = np.unique(np.concatenate([self.plates, *(keys for _, keys in days.values())]))
        words = np.zeros(len(plates), "<u4")
        words[np.searchsorted(plates, self.plates)] = self.words
        for day, (_, keys) in days.items():
            words[np.searchsorted(plates, keys)] |= np.uint32(bit_of(day))
        digests = {day: digest for day, (digest, _) in days.items()}
        return Month(dict(sorted({**self.days, **digests}.items())), plates, words)

    def without(self, days: Collection[str]) -> "Month":
        """Give the month without some days: a mark that was seen on no other one is gone."""
        gone = sum({bit_of(day) for day in days})
        words = self.words & ~np.uint32(gone)
        seen = words != 0
        kept = {day: digest for day, digest in self.days.items() if day not in days}
        return Month(kept, self.plates[seen], words[seen])


def _aligned(at: int) -> int:
    return at + (-at) % _ALIGNED
