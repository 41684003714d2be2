"""The lists of the Access screen: what waits for this officer, and what they asked for."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from anpr_tui.authority import age_word, rank_word, state_word
from anpr_tui.seat import Seat
from anpr_tui.terminal.cells import cell, wrapped
from anpr_tui.widgets.painted import Painted, Span
from anpr_tui.widgets.rule import ruled
from anpr_tui.words import spaced
from store.access import AccessRequest, GrantState, Prompt, RequestState

__all__ = ["RequestList", "Row", "asks", "lifts", "signs"]

_SIGN = frozenset({"INS", "SUP", "FDO", "AM"})
_ASK = frozenset({"OP", "RES", "AM"})
_LIFT = frozenset({"SUP"})
_DETAIL_LINES = 3
_WHOLE = 400
"""A width at which no sentence is cut."""
_HEAD_LINES = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One request of a list.

    Attributes:
        request: The request.
        prompt: Set where it waits for this officer.
        own: Whether this officer asked for it.
    """

    request: AccessRequest
    prompt: Prompt | None = None
    own: bool = False


def signs(role: str) -> bool:
    """Whether a role has the half of what waits for a signature."""
    return role in _SIGN


def asks(role: str) -> bool:
    """Whether a role has the half of its own requests."""
    return role in _ASK


def lifts(role: str) -> bool:
    """Whether a role has the urgent uses that stop their officers."""
    return role in _LIFT


class RequestList(Painted):
    """One half of the screen, or the whole of it: a list, and the row under the cursor in full."""

    def __init__(self, seat: Seat, *, own: bool, id: str) -> None:
        super().__init__(id=id)
        self._seat = seat
        self._own = own
        self._at = 0
        self.active = False

    @property
    def rows(self) -> tuple[Row, ...]:
        """What stands here: open ones first, then what has been decided."""
        authority = self._seat.authority
        if self._own:
            return tuple(Row(one, own=True) for one in authority.mine)
        waiting = tuple(Row(one.request, prompt=one) for one in authority.prompts)
        return (*waiting, *(Row(one) for one in authority.decided))

    @property
    def under_cursor(self) -> Row | None:
        """The request under the cursor, or None where there is none."""
        rows = self.rows
        return rows[min(self._at, len(rows) - 1)] if rows else None

    def move(self, by: int) -> None:
        """Move the cursor by rows; it stops at both ends."""
        self._at = min(max(self._at + by, 0), max(len(self.rows) - 1, 0))
        self.refresh()

    def put_cursor(self, request_id: str) -> None:
        """Put the cursor on a request."""
        numbers = [row.request.request_id for row in self.rows]
        if request_id in numbers:
            self._at = numbers.index(request_id)
        self.refresh()

    def line(self, y: int) -> Sequence[Span]:
        """The rule with the count, the columns, the rows, and the one under the cursor."""
        rows = self.rows
        if y == 0:
            return [(ruled(self._title(), self.size.width), "")]
        if y == 1:
            return [(self._columns() if rows else f" {self._quiet()}", "")]
        room = max(self.size.height - _HEAD_LINES - _DETAIL_LINES - 1, 1)
        top = max(0, min(self._at - room + 1, len(rows) - room))
        number = y - _HEAD_LINES + top
        if y - _HEAD_LINES < room:
            return self._row(rows[number], here=number == self._at) if number < len(rows) else []
        detail = self._detail()
        at = y - _HEAD_LINES - room - 1
        return [(f"   {detail[at]}", "")] if 0 <= at < len(detail) else []

    def sentences(self) -> Sequence[str]:
        """The half, and the request under its cursor as a sentence with what may be done."""
        row, rows = self.under_cursor, self.rows
        if row is None:
            return [f"{self._title()}.", self._quiet()]
        if not self.active:
            return [f"{self._title()}."]
        request = row.request
        who = _short(request) if row.own else request.requester
        state = state_word(request, now=self._seat.clock())
        said = (request.request_id, who, _what(request), request.ground.reference, state)
        return [
            f"{self._title()}.",
            f"{', '.join(said)}, row {min(self._at, len(rows) - 1) + 1} of {len(rows)}.",
            " ".join(self._detail(width=_WHOLE)),
        ]

    def topic(self) -> Hashable:
        """The request and how it stands; a countdown is no news."""
        row = self.under_cursor
        grant = row.request.grant if row else None
        stands = (row.request.request_id, row.request.state) if row else None
        return self._title(), self.active, stands, grant and (grant.state, grant.searches_used)

    def _title(self) -> str:
        if self._own:
            return f"Mine {len(self.rows)}"
        return f"Access: waiting for me {len(self._seat.authority.prompts)}"

    def _quiet(self) -> str:
        if self._own:
            return "You have asked for nothing. On a search that needs an authority, r asks for it."
        return "Nothing waits for you."

    def _columns(self) -> str:
        who = "signs" if self._own else "from"
        state = "state" if self._own else "lapses in"
        return f"  {'no.':<7} {who:<7} {cell('asks', self._width())} {'case':<15} {state}"

    def _width(self) -> int:
        return max(self.size.width - 2 - 8 - 8 - 1 - 16 - 20, 8)

    def _row(self, row: Row, *, here: bool) -> list[Span]:
        request, now = row.request, self._seat.clock()
        who = _short(request) if row.own else request.requester
        text = (
            f"{request.request_id:<7} {cell(who, 7)} {cell(_what(request), self._width())} "
            f"{cell(request.ground.reference, 15)} {state_word(request, now=now)}"
        )
        marked = here and self.active
        return [(f"{'> ' if here else '  '}{text}", "cursor" if marked else "")]

    def _detail(self, *, width: int = 0) -> list[str]:
        """What an officer wants to know of a row before opening it."""
        row = self.under_cursor
        if row is None:
            return []
        request, width = row.request, width or self.size.width - 5
        grant = request.grant
        said = f'"{request.ground.reason}"'
        if row.own and request.state is RequestState.REFUSED:
            said = f'{request.settled_by}: "{request.why}" r copies it into a new request.'
        elif row.own and grant is not None and grant.state is GrantState.LIVE:
            said = (
                f"{grant.grant_id}: {_what(request)}. {grant.searches_used} of "
                f"{grant.searches_max} searches used. Each use is recorded. d gives it back."
            )
        elif request.state is RequestState.NOT_RATIFIED:
            said = _of_stop(request, own=row.own)
        elif grant is not None and grant.state is not GrantState.LIVE:
            said = f'{grant.state.value} {grant.settled_by} "{grant.why}"'
        elif row.own and request.state is RequestState.PENDING:
            signer = rank_word(request.authority)
            said = f"Waits for {signer}; goes on by itself when signed. d withdraws it."
        elif row.prompt is not None:
            said += " Enter reads it in full and decides. Silence refuses it."
        elif grant is not None:
            said += f" {grant.grant_id}: d ends it, with a reason."
        return wrapped(said, width, lines=_DETAIL_LINES)


def _of_stop(request: AccessRequest, *, own: bool) -> str:
    """What follows from an urgent use that was not ratified."""
    if request.lifted_by:
        return f"Not ratified; {request.lifted_by} lifted the stop of {request.requester}."
    if own:
        return "Not ratified: your urgent use is stopped. Ring a Superintendent, who may lift it."
    return f"Not ratified: {request.requester} may use :urgent no more. d lifts that."


def _what(request: AccessRequest) -> str:
    marks = ", ".join(spaced(vrm) for vrm in request.scope.vrms)
    cameras = len(request.scope.cameras)
    return f"{marks or f'{cameras} cameras'}, {age_word(request)}"


def _short(request: AccessRequest) -> str:
    if request.settled_by:
        return request.settled_by
    return {"inspector": "Insp.", "superintendent": "Supt"}.get(request.authority, "posts")
