"""What an officer asks for, and how it is put to the rule book.

Nothing here takes an officer's word for what the register or the ledger knows: role, rank,
training and standing come from the register at every act, and what an act rests on (an open
alarm, an own hit) is looked up in the transaction of its record.
"""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from store.governance.access.grants import WantedScope
from store.governance.rulebook.ages import searches_at
from store.governance.rulebook.nouns import Cell, Fact, Rulebook
from store.governance.rulebook.verdicts import Asked
from store.ledger.staff import Member, training
from store.purposes import CATEGORY_KEYS, PURPOSE_KEYS
from store.terms import Ground, Officer

__all__ = ["SEARCH", "SEE", "STANDING", "Ask", "put", "rows_of"]

SEARCH: Final = "search"
"""Capability of a search whose row of the matrix the age of the data names."""

SEE: Final = "see"
"""Action of a look: doing where the role does, reading where it only reads."""

STANDING: Final = "standing"
"""Capability of what everybody may who is on the register, active, reviewed and trained."""

_SECOND = timedelta(seconds=1)


def _nothing(_: sqlite3.Connection) -> Mapping[str, Fact]:
    return {}


@dataclass(frozen=True, slots=True)
class Ask:
    """What an officer asks for, as it is decided on and written down.

    Attributes:
        by: Who asks; only the staff number counts.
        capability: Row of the matrix, `SEARCH` or `STANDING`.
        now: When.
        about: What exactly, for the audit record; JSON values.
        action: An action of the rule book, or `SEE`.
        tool: Analysis, or empty.
        facts: Circumstances that the act itself tells.
        looked_up: Circumstances that only the ledger knows, asked in the record's transaction.
        ground: Why, where the act needs one (S-62).
        since_at: Oldest capture time asked for, where the act reaches into the past.
        until_at: End of it.
        folds: Keys of the marks it names; vehicles of staff among them are flagged in the record.
        fits: Says of a key whether the pattern or likeness it names fits it, for the same flags.
        wanted: What a grant would have to cover; None where none could help.
        counts: Whether it is a search that a grant counts; opening what one found is not.
    """

    by: Officer
    capability: str
    now: datetime
    about: Mapping[str, object]
    action: str = "do"
    tool: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    looked_up: Callable[[sqlite3.Connection], Mapping[str, Fact]] = _nothing
    ground: Ground | None = None
    since_at: datetime | None = None
    until_at: datetime | None = None
    folds: tuple[str, ...] = ()
    fits: Callable[[str], bool] | None = None
    wanted: WantedScope | None = None
    counts: bool = True

    @property
    def age_s(self) -> int | None:
        """Age of the newest datum asked for, in whole seconds; None where age plays no part."""
        return None if self.until_at is None else max(0, (self.now - self.until_at) // _SECOND)

    @property
    def span_s(self) -> int | None:
        """Age of the oldest datum asked for, in whole seconds; negative where it is to come."""
        return None if self.since_at is None else (self.now - self.since_at) // _SECOND


def rows_of(ask: Ask, *, book: Rulebook) -> tuple[str, ...]:
    """Name the rows of the matrix that would allow an ask, the widest first."""
    if ask.capability != SEARCH:
        return (ask.capability,)
    return searches_at(ask.age_s or 0, book=book)


def put(
    ask: Ask,
    *,
    member: Member,
    row: str,
    facts: Mapping[str, Fact],
    grant_state: str,
    book: Rulebook,
) -> Asked:
    """Put an ask to the rule book.

    Args:
        ask: The ask.
        member: Who asks, as the register has them.
        row: Row of the matrix.
        facts: What was looked up, and what the grant at hand tells.
        grant_state: State of the grant at hand, "none" without one.
        book: The rule book.
    """
    told: dict[str, Fact] = {**ask.facts, **facts, "rank": member.rank}
    if member.also_holds:
        told["also_holds"] = member.also_holds
    if ask.ground is not None:
        told |= {"reference": ask.ground.reference, "reason": ask.ground.reason}
    if ask.span_s is not None:
        told["span_to_age_s"] = ask.span_s
    role = member.officer.role
    return Asked(
        role=role,
        capability=row,
        action=_action(ask.action, cell=book.cell(row, role=role)),
        facts=told,
        age_s=ask.age_s,
        tool=ask.tool,
        purpose="" if ask.ground is None else PURPOSE_KEYS.get(ask.ground.purpose, "unknown"),
        category="" if ask.ground is None else CATEGORY_KEYS.get(ask.ground.category, "unknown"),
        training=training(member, now=ask.now),
        role_state=member.role_state,
        staff_state=member.state,
        grant_state=grant_state,
    )


def _action(action: str, *, cell: Cell) -> str:
    if action != SEE:
        return action
    return "do" if cell is Cell.DO else "read"
