"""Memory tags: the first two letters of marks since 2001, which tell the region of registration.

Most vehicles a force sees were registered near it, so its own tags may weigh more in the prior. A
tag of elsewhere stays possible however much they weigh, and so does every other format.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from recognition.errors import TextRefusedError

__all__ = ["ANYWHERE", "Region"]

_LETTERS = "ABCDEFGHJKLMNOPRSTUVWXY"
_MOST_TIMES = 50.0


@dataclass(frozen=True, slots=True)
class Region:
    """Tags that are more usual here than elsewhere.

    Attributes:
        tags: Pairs of letters.
        times: How many times as likely one of them is as one of elsewhere, from 1 to 50.
    """

    tags: frozenset[str] = field(default_factory=frozenset)
    times: float = 4.0

    @classmethod
    def of(cls, ranges: Iterable[str], *, times: float = 4.0) -> "Region":
        """Read ranges of tags as leaflet INF104 lists them.

        Args:
            ranges: "NA-NO" for NA to NO, "B*" for all that begin with B, "LA" for one.
            times: As the attribute.

        Raises:
            TextRefusedError: A range is none, or `times` is out of range.
        """
        if not 1 <= times <= _MOST_TIMES:
            raise TextRefusedError(
                f"a weight of region tags from 1 to {_MOST_TIMES:g} is expected, found {times:g}"
            )
        return cls(frozenset(tag for given in ranges for tag in _tags(given)), times)

    @property
    def by_first(self) -> Mapping[str, str]:
        """Second letters of its tags by first letter, in the order of the alphabet."""
        firsts = sorted({tag[0] for tag in self.tags})
        return {
            first: "".join(sorted(tag[1] for tag in self.tags if tag[0] == first))
            for first in firsts
        }

    def share(self, *, of: float) -> float:
        """Share of current marks that templates of its own take, beside those of anywhere.

        Args:
            of: How many tags there are in all, one that is rarely issued counting as less.
        """
        extra = (self.times - 1) * len(self.tags) / of
        return extra / (1 + extra)


def _tags(given: str) -> list[str]:
    low, dash, high = given.strip().upper().partition("-")
    if not dash:
        high = low
    if low.endswith("*") and not dash:
        low, high = f"{low[:-1]}{_LETTERS[0]}", f"{low[:-1]}{_LETTERS[-1]}"
    sound = all(len(end) == 2 and set(end) <= set(_LETTERS) for end in (low, high))
    if not sound or low[0] != high[0] or low[1] > high[1]:
        raise TextRefusedError(
            f"a range of region tags such as NA-NO, B* or LA is expected, found {given!r}"
        )
    return [f"{low[0]}{second}" for second in _LETTERS if low[1] <= second <= high[1]]


ANYWHERE = Region()
"""No region: all tags are alike."""
