"""What is asked of the archive."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import ceil

from store.archive.days.rows import CONFIDENCE_STEPS, DIRECTIONS
from store.archive.finding.found import cursor
from store.archive.finding.marks import (
    AnyMark,
    Listed,
    LookAlike,
    Marks,
    Narrowed,
    OneMark,
    Wildcard,
)
from store.archive.plates import Keys
from store.errors import InputError
from store.ledger.instants import from_us, to_us
from store.terms import MatchKind, Scope

__all__ = ["ANY", "Filters", "Question"]

_PAGE_MAX = 500


@dataclass(frozen=True, slots=True)
class Filters:
    """What else a read must be; what is empty asks nothing.

    Attributes:
        directions: Of "towards", "away", "unknown".
        confidence_least: In [0, 1].
        controllers: Forces that answer for the datum.
        colours: Colours of the vehicle; a read that nobody looked at has none.
        bodies: Body types of the vehicle.
    """

    directions: frozenset[str] = frozenset()
    confidence_least: float = 0.0
    controllers: frozenset[str] = frozenset()
    colours: frozenset[str] = frozenset()
    bodies: frozenset[str] = frozenset()


ANY = Filters()
"""Filters that ask nothing."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question to the archive.

    An area or a kind of camera is a set of cameras here: whoever asks has the register.

    Attributes:
        marks: Which marks.
        since_us: Oldest capture time, microseconds since 1970, inclusive.
        until_us: Newest, exclusive.
        cameras: Camera ids; None for all of them.
        filters: What else a read must be.
        limit: Rows of one page.
        before: Time and identity of the last row of the page before; None for the first page.
    """

    marks: Marks
    since_us: int
    until_us: int
    cameras: frozenset[str] | None
    filters: Filters
    limit: int
    before: tuple[int, bytes] | None

    @classmethod
    def about(
        cls,
        marks: Marks,
        *,
        since_at: datetime,
        until_at: datetime,
        cameras: Iterable[str] = (),
        filters: Filters = ANY,
        limit: int = 100,
        before: str = "",
    ) -> "Question":
        """Put a question together.

        Args:
            marks: `AnyMark`, `OneMark`, `Wildcard`, `LookAlike` or `Listed`.
            since_at: Oldest capture time, inclusive.
            until_at: Newest capture time, exclusive.
            cameras: Camera ids; empty for all of them.
            filters: What else a read must be.
            limit: Rows of one page, 1 to 500.
            before: Key of the last row of the page before, "" for the first page.

        Raises:
            InputError: The page, its size or a filter is malformed.
        """
        if not 1 <= limit <= _PAGE_MAX:
            raise InputError(f"A page has 1 to {_PAGE_MAX} rows. Ask for fewer and page on.")
        if not 0.0 <= filters.confidence_least <= 1.0:
            raise InputError("A confidence is 0 to 1. Give it as a part of one.")
        if not filters.directions <= set(DIRECTIONS):
            raise InputError(f"A direction is one of {', '.join(DIRECTIONS)}. Choose of those.")
        return cls(
            marks=marks,
            since_us=to_us(since_at),
            until_us=to_us(until_at),
            cameras=frozenset(cameras) or None,
            filters=filters,
            limit=limit,
            before=cursor(before) if before else None,
        )

    @classmethod
    def of(cls, scope: Scope) -> "Question":
        """Make a question of what an officer asks.

        Raises:
            InputError: The mark, the pattern, the page or its size is malformed.
        """
        marks: Marks = AnyMark()
        if scope.vrm:
            match scope.kind:
                case MatchKind.EXACT:
                    marks = OneMark.of(scope.vrm)
                case MatchKind.WILDCARD:
                    marks = Wildcard.of(scope.vrm)
                case MatchKind.LOOKALIKE:
                    marks = LookAlike.of(scope.vrm)
                case MatchKind.LISTED:
                    marks = Listed.of(scope.vrm.split(","))
        return cls.about(
            marks,
            since_at=scope.since_at,
            until_at=scope.until_at,
            cameras=scope.cameras,
            limit=scope.limit,
            before=scope.before,
        )

    def narrowed(self, plates: Keys) -> "Question":
        """Put it to a day of which it is known which plates it has that fit.

        Args:
            plates: (k,) packed, sorted and different.
        """
        # a search asks a hundred days, and `replace` looks the fields up for each
        return Question(
            Narrowed(self.marks, plates),
            self.since_us,
            self.until_us,
            self.cameras,
            self.filters,
            self.limit,
            self.before,
        )

    @property
    def confidence_steps(self) -> int:
        """The least confidence as rows keep it, rounded up."""
        # 0.07 is a little more than seven hundredths in a float, and would leave out its own step
        return ceil(round(self.filters.confidence_least * CONFIDENCE_STEPS, 6))

    @property
    def days(self) -> tuple[date, date]:
        """Oldest and newest day of capture that can hold an answer, both inclusive."""
        until_us = self.until_us
        if self.before is not None:
            until_us = min(until_us, self.before[0] + 1)
        return _day(self.since_us), _day(max(until_us - 1, self.since_us))


def _day(us: int) -> date:
    return from_us(us).astimezone(UTC).date()
