"""What the auditor's desk answers: a sample and its rows, one of them opened, one's own record."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store.governance.oversight.looks import Look
from store.ledger.oversight.reviews import Outcome, Review

__all__ = ["Opened", "OwnRecord", "Row", "Sample"]


@dataclass(frozen=True, slots=True)
class Row:
    """One search, export or deployment of a sample.

    Attributes:
        look: What was done; its mark is left out.
        why: Why it was drawn.
        found: What it returned; None where that is not known.
        flags: Kinds of flags it is part of.
        review: What was said of it, or None so far.
    """

    look: Look
    why: str
    found: int | None
    flags: tuple[str, ...]
    review: Review | None


@dataclass(frozen=True, slots=True)
class Sample:
    """The dip sample of one month.

    Attributes:
        month: As "2026-10".
        checkpoint: Hash that it was drawn from, in hex.
        drawn_at: When that was signed.
        due_at: By when it is to be reviewed.
        rows: By record.
    """

    month: str
    checkpoint: str
    drawn_at: datetime
    due_at: datetime
    rows: tuple[Row, ...]

    @property
    def done(self) -> int:
        """How many are settled."""
        return sum(
            row.review is not None and row.review.outcome is not Outcome.ASKED for row in self.rows
        )


@dataclass(frozen=True, slots=True)
class Opened:
    """One record as a reviewer reads it.

    Attributes:
        look: What was done, with the mark of a search.
        vrm: The mark as it was asked for, or that of the alarm a unit was sent to; or empty.
        audit_seq: Record of this opening.
    """

    look: Look
    vrm: str
    audit_seq: int


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """What an officer finds of themselves in the chain, and what is asked of them.

    Attributes:
        records: Numbers and bodies, newest first.
        questions: Reviews that wait for an answer.
    """

    records: tuple[tuple[int, dict[str, Any]], ...]
    questions: tuple[Review, ...]
