"""Time on two clocks, of which the stricter counts: nobody lives longer by setting one back."""

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Moment", "elapsed_s"]


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment as both clocks show it.

    Attributes:
        now: Wall clock, aware.
        ticks_s: Seconds since the machine started, which nobody can set.
        boot: Which start of the machine that was; ticks of two starts cannot be compared.
    """

    now: datetime
    ticks_s: float
    boot: str


def elapsed_s(since: Moment, *, moment: Moment) -> float:
    """Say how long ago a moment was: by the clock that says longer.

    After a restart of the machine the wall clock alone tells; a wall clock behind the newest audit
    record counts for nothing anyway (security.md).
    """
    wall_s = (moment.now - since.now).total_seconds()
    return max(wall_s, moment.ticks_s - since.ticks_s) if moment.boot == since.boot else wall_s
