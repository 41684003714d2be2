"""What became of the searches that were drawn: fair, the officer asked, or a finding (S-63)."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from store.errors import InputError, RefusedError
from store.ledger import audit
from store.ledger.instants import from_us, to_us
from store.ledger.ledger import Transaction

__all__ = ["ANSWER_WITHIN", "Outcome", "Review", "answer", "of_month", "questions_to", "review"]

ANSWER_WITHIN = timedelta(days=7)
"""An officer who is asked has this long."""


class Outcome(StrEnum):
    """What a reviewer says of a search."""

    FAIR = "fair"
    ASKED = "asked"
    FINDING = "finding"

    @classmethod
    def of(cls, word: str) -> "Outcome":
        """Read one; InputError where it is none."""
        try:
            return cls(word)
        except ValueError:
            raise InputError(
                "Not reviewed: it is fair, the officer is asked, or it is a finding."
            ) from None


@dataclass(frozen=True, slots=True)
class Review:
    """What was said of one search.

    Attributes:
        month: Of the sample, as "2026-10".
        seq: Record of the search.
        outcome: Fair and finding are final.
        category: Of a finding.
        note: For a finding why, for a question the question.
        told: Who is told of a finding.
        reviewed_by: Staff number.
        reviewed_at: When.
        answer: What the officer answered; empty so far.
        answered_at: When, or None.
    """

    month: str
    seq: int
    outcome: Outcome
    category: str
    note: str
    told: str
    reviewed_by: str
    reviewed_at: datetime
    answer: str = ""
    answered_at: datetime | None = None


def review(
    tx: Transaction,
    *,
    month: str,
    seq: int,
    searched_by: str,
    outcome: Outcome,
    by: str,
    now: datetime,
    category: str = "",
    note: str = "",
    told: str = "",
) -> Review:
    """Say what became of a search that was drawn.

    Raises:
        RefusedError: It is their own search, or it was settled before.
        InputError: A question without words, or a finding without category, note or who is told.
    """
    if by == searched_by:
        raise RefusedError(
            "Not reviewed: this is an act of your own. Another reviewer takes it.",
            reason="self_authorisation",
        )
    known = _by_key(tx, month, seq)
    if known is not None and known.outcome is not Outcome.ASKED:
        raise RefusedError(
            f"Not reviewed: {known.reviewed_by} has settled it as {known.outcome}. A new concern "
            "goes to the Strategic Lead.",
            reason="review_settled",
        )
    if outcome is not Outcome.FAIR and not note.strip():
        raise InputError("Not reviewed: say what is asked, or what was found.")
    if outcome is Outcome.FINDING and not (category.strip() and told.strip()):
        raise InputError("Not reviewed: a finding has a category, and somebody is told of it.")
    if known is not None and outcome is Outcome.ASKED:
        raise InputError("Not reviewed: the officer is asked already, and has seven days.")
    tx.execute(
        "INSERT INTO review (month, seq, outcome, category, note, told, reviewed_by, reviewed_us) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (month, seq) DO UPDATE SET "
        "outcome = excluded.outcome, category = excluded.category, note = excluded.note, "
        "told = excluded.told, reviewed_by = excluded.reviewed_by, "
        "reviewed_us = excluded.reviewed_us",
        (month, seq, outcome.value, category, note, told, by, to_us(now)),
    )
    about = {
        "month": month,
        "reviewed": seq,
        "outcome": outcome.value,
        "category": category,
        "note": note,
        "told": told,
    }
    audit.append(tx, "reviewed", by=by, now=now, about=about)
    made = _by_key(tx, month, seq)
    if made is None:
        raise AssertionError("what was just written is there")
    return made


def answer(tx: Transaction, *, seq: int, by: str, words: str, now: datetime) -> None:
    """Take an officer's answer to a question about their search.

    Raises:
        RefusedError: Nothing is asked of them about it, it was answered, or seven days are over.
        InputError: There are no words.
    """
    if not words.strip():
        raise InputError("Not answered: there are no words. Say why you did it.")
    rows = tx.execute(
        "SELECT review.* FROM review JOIN audit USING (seq) WHERE seq = ? AND outcome = 'asked' "
        "AND answered_us IS NULL AND json_extract(body, '$.by') = ?",
        (seq, by),
    ).fetchall()
    open_ = [row for row in rows if now <= from_us(row["reviewed_us"]) + ANSWER_WITHIN]
    if not open_:
        raise RefusedError(
            "Not answered: nothing is asked of you about that record, or the seven days are over. "
            "Speak to the auditor.",
            reason="nothing_asked",
        )
    tx.execute(
        "UPDATE review SET answer = ?, answered_us = ? WHERE month = ? AND seq = ?",
        (words.strip(), to_us(now), open_[0]["month"], seq),
    )
    about = {"answered": seq, "words": words.strip()}
    audit.append(tx, "review answered", by=by, now=now, about=about)


def of_month(db: sqlite3.Connection, month: str) -> dict[int, Review]:
    """Give the reviews of a sample by the record of their search."""
    rows = db.execute("SELECT * FROM review WHERE month = ?", (month,))
    return {row["seq"]: _review(row) for row in rows}


def questions_to(db: sqlite3.Connection, staff_id: str) -> tuple[Review, ...]:
    """Give the questions that an officer has not answered."""
    rows = db.execute(
        "SELECT review.* FROM review JOIN audit USING (seq) WHERE outcome = 'asked' "
        "AND answered_us IS NULL AND json_extract(body, '$.by') = ? ORDER BY seq",
        (staff_id,),
    )
    return tuple(map(_review, rows))


def _by_key(db: sqlite3.Connection, month: str, seq: int) -> Review | None:
    row = db.execute("SELECT * FROM review WHERE month = ? AND seq = ?", (month, seq)).fetchone()
    return None if row is None else _review(row)


def _review(row: sqlite3.Row) -> Review:
    return Review(
        month=row["month"],
        seq=row["seq"],
        outcome=Outcome(row["outcome"]),
        category=row["category"],
        note=row["note"],
        told=row["told"],
        reviewed_by=row["reviewed_by"],
        reviewed_at=from_us(row["reviewed_us"]),
        answer=row["answer"],
        answered_at=None if row["answered_us"] is None else from_us(row["answered_us"]),
    )
