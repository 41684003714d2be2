"""One thing that was looked at."""

from dataclasses import dataclass

__all__ = ["Check"]


@dataclass(frozen=True, slots=True)
class Check:
    """What looking at one thing showed.

    Attributes:
        about: Such as "ledger" or "day 2026-11-22".
        said: What was found, without any datum.
        do: What to do about it; empty where all is well.
    """

    about: str
    said: str
    do: str = ""

    @property
    def well(self) -> bool:
        """Whether nothing is to be done."""
        return not self.do
