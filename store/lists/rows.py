"""What became of one row of a list."""

from dataclasses import dataclass

__all__ = ["RowOutcome"]


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of one row.

    Attributes:
        row: Record of the file, from 1.
        error: Codes, joined by ";", or empty.
        outcome: "load", "warn" (loaded and reported) or "reject_row".
        meaning: In words, without any plate.
    """

    row: int
    error: str
    outcome: str
    meaning: str
