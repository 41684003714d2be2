"""Draw the dip sample: which searches, exports and deployments of a month are reviewed.

The lot of each search is a hash over a checkpoint that was signed after the month had ended and
the number of the search. Nobody knows that checkpoint while they search, so no officer can keep a
search out; and everybody can repeat the draw, so no reviewer can choose (security.md).
"""

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from store.governance.oversight.looks import Look

__all__ = ["Drawn", "Month", "draw", "lot"]

_YEAR_S = 31_536_000
_QUARTER_S = 7_776_000


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of the calendar, in UTC.

    Attributes:
        year: Such as 2026.
        number: 1 to 12.
    """

    year: int
    number: int

    @property
    def begins_at(self) -> datetime:
        """Its first moment."""
        return datetime(self.year, self.number, 1, tzinfo=UTC)

    @property
    def ends_at(self) -> datetime:
        """The first moment of the next."""
        later = self.number == 12
        return datetime(self.year + later, 1 if later else self.number + 1, 1, tzinfo=UTC)

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.begins_at <= at < self.ends_at


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is to be reviewed, and the first reason why.

    Attributes:
        look: The search, export or deployment.
        why: "urgent", "export", "evidential hold", "over 12 months", "over 90 days", "deployment",
            "share" or "officer's minimum".
    """

    look: Look
    why: str


def draw(
    looks: Iterable[Look], *, checkpoint: bytes, sampling: Mapping[str, float]
) -> tuple[Drawn, ...]:
    """Draw from what was done in one month.

    Args:
        looks: All searches, exports and deployments of the month, of all officers.
        checkpoint: Hash of the first checkpoint that was signed after the month had ended.
        sampling: Shares by class, above 0 and at most 1, and `per_officer_month_min` (S-63).

    Returns:
        What is to be reviewed, by its number. Of each class at least its share is in it, and of
        each officer at least the minimum, or all they made.
    """
    every = sorted(looks, key=lambda look: lot(look.seq, checkpoint=checkpoint))
    classes: dict[str, list[Look]] = defaultdict(list)
    for look in every:
        classes[_class_of(look)].append(look)
    drawn: dict[int, Drawn] = {}
    for why, name in _SHARES.items():
        of_class = classes[why]
        for look in of_class[: math.ceil(sampling[name] * len(of_class))]:
            drawn[look.seq] = Drawn(look, why)
    least = int(sampling["per_officer_month_min"])
    for own in _by_officer(every).values():
        missing = least - sum(look.seq in drawn for look in own)
        for look in [one for one in own if one.seq not in drawn][: max(0, missing)]:
            drawn[look.seq] = Drawn(look, "officer's minimum")
    return tuple(drawn[seq] for seq in sorted(drawn))


def lot(seq: int, *, checkpoint: bytes) -> bytes:
    """Give the lot of a record: the lowest are drawn."""
    return hashlib.sha256(b"anpr-hub dip sample 1\0" + checkpoint + seq.to_bytes(8, "big")).digest()


_SHARES = {
    "urgent": "urgent",
    "export": "exports",
    "evidential hold": "evidential_hold",
    "over 12 months": "over_12_months",
    "over 90 days": "over_90_days",
    "deployment": "rest",
    "share": "rest",
}
"""Class to the name of its share in the policy; a look belongs to the first class it fits.

Deployments are drawn among themselves: many searches do not keep them out of the sample.
"""


def _class_of(look: Look) -> str:
    if look.urgent:
        return "urgent"
    if look.what == "export":
        return "export"
    if look.held:
        return "evidential hold"
    if look.reach_s > _YEAR_S:
        return "over 12 months"
    if look.reach_s > _QUARTER_S:
        return "over 90 days"
    return "deployment" if look.what == "deployment" else "share"


def _by_officer(looks: Sequence[Look]) -> dict[str, list[Look]]:
    own: dict[str, list[Look]] = defaultdict(list)
    for look in looks:
        own[look.by].append(look)
    return own
