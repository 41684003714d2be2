"""Screen 2, Search: the law answers while you type."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.timer import Timer
from textual.worker import Worker

from anpr_tui.authority import Waiting, rank_word
from anpr_tui.screens.frame import Frame, moves
from anpr_tui.screens.picture import PictureScreen
from anpr_tui.seat import Seat
from anpr_tui.times import whole_minutes
from anpr_tui.widgets.fields.entry import Entry
from anpr_tui.widgets.forms.ground_form import DEMONSTRATION_GROUND, GroundForm
from anpr_tui.widgets.forms.search_form import NeedsLine, NotAskedError, SearchForm
from anpr_tui.widgets.reads.read_pane import ReadPane
from anpr_tui.widgets.reads.result_list import ResultList
from store.access import AccessRequest
from store.answers import Found, Needs, ReadDetail
from store.errors import StoreError
from store.terms import Ground, MatchKind, ReadRow, Scope

__all__ = ["SearchScreen"]

NEEDS_AFTER_S = 0.3
"""The hub is asked what a search needs this long after the last key."""
SAYS_AFTER_S = 0.3
"""What lasts longer than this says what it does and how to stop it."""
OPEN_AFTER_S = 0.3
_NO_PURPOSE = "Not searched: no purpose. Choose why you look, arrows go through the list."


@dataclass(frozen=True, slots=True)
class _Asked:
    """A search as it was asked: its later pages and openings stand on the same ground."""

    scope: Scope
    ground: Ground
    grant_id: str = ""
    said: str = ""


class SearchScreen(Frame):
    """The form above, the rows and the read under the cursor below."""

    MODE = "search"
    ENTER = "searches"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash",
            "edit",
            "edit",
            tooltip="edit the search; Enter there starts it",
            key_display="/",
            id="edit",
        ),
        Binding(
            "enter",
            "open",
            "open",
            tooltip="open the read under the cursor; it is written down",
            key_display="Enter",
            id="open",
        ),
        Binding(
            "r",
            "request",
            "request",
            tooltip="ask for the authority that this search needs",
            id="request",
        ),
        Binding("p", "picture", "picture", tooltip="the opened read at full size", id="picture"),
        *moves(),
    ]

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat)
        self._asked: _Asked | None = None
        self._needed: Needs | None = None
        self._details: dict[str, ReadDetail] = {}
        self._search_run: Worker[None] | None = None
        self._asking_needs: Timer | None = None
        self._opening: Timer | None = None

    def work(self) -> ComposeResult:
        """The form, then rows and pane side by side."""
        yield SearchForm()
        with Horizontal(id="found"):
            yield ResultList()
            yield ReadPane()

    def on_mount(self) -> None:
        """Ask at once what is needed, so that the line is never empty."""
        super().on_mount()
        self._needs_soon()

    def on_screen_resume(self) -> None:
        """Take over a request that is to be changed and asked anew."""
        super().on_screen_resume()
        copied, self.seat.authority.copied = self.seat.authority.copied, None
        if copied is not None:
            self.take_over(copied)
            self.seat.say(f"{copied.request_id} copied: / changes it, Enter searches, r asks.")

    def show_seat(self) -> None:
        """In a demonstration the ground is filled in, and says that it is one."""
        super().show_seat()
        health = self.seat.health
        if self.is_mounted and health is not None and health.demonstration:
            form = self.query_one(GroundForm)
            if form.untouched and self._asked is None and not self.typing:
                form.fill(DEMONSTRATION_GROUND)

    def entry_changed(self, entry: Entry) -> None:
        """The form changed: say what it needs now."""
        self.query_one(SearchForm).show_kind()
        self._needs_soon()

    async def entered(self, entry: Entry) -> None:
        """Enter in any place of the form searches."""
        self._search()

    def _needs_soon(self) -> None:
        if self._asking_needs is not None:
            self._asking_needs.stop()
        self._asking_needs = self.set_timer(NEEDS_AFTER_S, self._ask_needs)

    def _ask_needs(self) -> None:
        line = self.query_one(NeedsLine)
        try:
            asked = self._as_it_stands()
        except NotAskedError as lacking:
            line.sentence = str(lacking)
        else:
            self.run_worker(self._needs(asked), group="needs", exclusive=True)

    async def _needs(self, asked: _Asked) -> None:
        try:
            needed = await self.seat.hub.needs(asked.scope, asked.ground)
        except StoreError as refused:
            self.query_one(NeedsLine).sentence = str(refused)
        else:
            self._needed = needed
            self.query_one(NeedsLine).sentence = needed.sentence

    def _as_it_stands(self) -> _Asked:
        scope = self.query_one(SearchForm).scope(now=self.seat.clock())
        ground = self.query_one(GroundForm).ground
        if ground is None:
            raise NotAskedError(_NO_PURPOSE, place="purpose")
        return _Asked(scope, ground)

    def _asked_or_told(self) -> _Asked | None:
        """What the form asks; None where it lacks something, which the officer is told."""
        try:
            return self._as_it_stands()
        except NotAskedError as lacking:
            self.seat.say(str(lacking))
            self.query_one(SearchForm).take_keyboard(lacking.place)
            return None

    def _search(self) -> None:
        asked = self._asked_or_told()
        if asked is None:
            return
        self._asked, self._details = asked, {}
        self.query_one(ResultList).clear(rule="searching")
        self._show_read()
        self._run(asked)

    def _run(self, asked: _Asked) -> None:
        self._search_run = self.run_worker(self._find(asked), group="search", exclusive=True)
        self.set_timer(SAYS_AFTER_S, self._say_running)

    def _say_running(self) -> None:
        if self._search_run is not None and self._asked is not None:
            self.seat.say(f"Searching {_span(self._asked.scope)}. Esc stops it.")

    async def _find(self, asked: _Asked) -> None:
        try:
            found = await self.seat.hub.search(asked.scope, asked.ground)
        except StoreError as refused:
            self._search_run = None
            self.query_one(ResultList).clear()
            self.seat.say(str(refused))
            await self._offer_request(asked)
            return
        self._search_run = None
        self.query_one(ResultList).show(found, kind=asked.scope.kind)
        self.set_class(asked.scope.kind is not MatchKind.EXACT, "-wildcard")
        self.seat.say(_answer(found, asked))
        if found.rows:
            self.release_keyboard()
        self._show_read()

    async def _offer_request(self, asked: _Asked) -> None:
        """Where an authority would help, give the keyboard back: `r` asks for it."""
        await self._needs(asked)
        if self._needed is not None and self._needed.authority:
            self.release_keyboard()
            who = rank_word(self._needed.authority)
            self.seat.say(f"{self.seat.said} r asks for it: {who} signs.")

    def action_request(self) -> None:
        """Ask for the authority that the search in the form needs."""
        asked = self._asked_or_told()
        if asked is not None:
            self.run_worker(self._request(asked), group="request", exclusive=True)

    async def _request(self, asked: _Asked) -> None:
        since_at, until_at = whole_minutes(asked.scope.since_at, asked.scope.until_at)
        asked = replace(asked, scope=replace(asked.scope, since_at=since_at, until_at=until_at))
        try:
            request = await self.seat.hub.request_access(asked.scope, asked.ground)
        except StoreError as refused:
            self.seat.say(str(refused))
            return
        authority = self.seat.authority
        authority.take_settled(request, own=True)
        authority.waiting = Waiting(request.request_id, asked.scope, asked.ground)
        self.query_one(SearchForm).fix_times(since_at, until_at)
        who = rank_word(request.authority)
        self.seat.say(
            f"{request.request_id} asked: {who} signs. The search goes on by itself; "
            ":withdraw takes it back."
        )

    def take_over(self, request: AccessRequest) -> None:
        """Put what a request names into the form."""
        self.query_one(SearchForm).fill(request.scope)
        self.query_one(GroundForm).fill(request.ground)
        self._needs_soon()

    def go_on(self, waiting: Waiting, *, said: str, grant_id: str) -> None:
        """The search that waited for its authority: made now, without a key.

        Args:
            waiting: The search.
            said: Who authorised it; stays before the answer.
            grant_id: The grant it is made under.
        """
        self._asked = _Asked(waiting.scope, waiting.ground, grant_id=grant_id, said=said)
        self._details = {}
        self.query_one(ResultList).clear(rule="searching")
        self._show_read()
        self._run(self._asked)
        self._needs_soon()

    def stop_searching(self) -> bool:
        """Stops a running search.

        Returns:
            False where none runs.
        """
        if self._search_run is None:
            return False
        self._search_run.cancel()
        self._search_run = None
        self.query_one(ResultList).clear(rule="stopped, incomplete")
        self.seat.say("Search stopped. What the hub had begun is on record.")
        return True

    async def leave_field(self) -> None:
        """Esc stops a running search, else it gives the keyboard back."""
        if not self.stop_searching():
            await super().leave_field()

    async def action_back(self) -> None:
        """One step back; a running search is stopped first."""
        if not self.stop_searching():
            await super().action_back()

    def action_edit(self) -> None:
        """Give the keyboard to the plate field."""
        self.query_one(SearchForm).take_keyboard()

    def action_move(self, by: int) -> None:
        """Move the cursor; beyond the last row the next page is asked for."""
        rows = self.query_one(ResultList)
        if by > 0 and rows.at_end and self._search_run is None and self._asked is not None:
            following = replace(self._asked.scope, before=rows.last_key)
            self._run(replace(self._asked, scope=following))
        rows.move(by)
        self._show_read()

    def action_page(self, by: int) -> None:
        """Move the cursor by pages."""
        self.action_move(by * 8)

    def action_edge(self, end: int) -> None:
        """Put the cursor on the first or the last row."""
        self.action_move(end * 10_000)

    async def action_open(self) -> None:
        """Open the read under the cursor, which the hub writes down."""
        row = self.query_one(ResultList).under_cursor
        if row is None:
            self.seat.say("Nothing to open yet: / edits the search, Enter there starts it.")
        elif row.read_id in self._details:
            await self.action_picture()
        else:
            self.run_worker(self._open(row), group="open", exclusive=True)

    async def action_picture(self) -> None:
        """Show the opened read at full size."""
        row = self.query_one(ResultList).under_cursor
        detail = self._details.get(row.read_id) if row else None
        if detail is None:
            self.seat.say("No picture yet: Enter opens the read under the cursor first.")
        else:
            await self.app.push_screen(PictureScreen(self.seat, detail=detail))

    def _show_read(self) -> None:
        """Show the read under the cursor; fetch a named one where the cursor rests."""
        rows, pane = self.query_one(ResultList), self.query_one(ReadPane)
        row = rows.under_cursor
        pane.row = row
        pane.masked = row is not None and rows.masked(row)
        pane.detail = self._details.get(row.read_id) if row else None
        if self._opening is not None:
            self._opening.stop()
        if row is not None and pane.detail is None and not pane.masked:
            self._opening = self.set_timer(OPEN_AFTER_S, self.action_open)

    async def _open(self, row: ReadRow) -> None:
        if self._asked is None:
            return
        rows = self.query_one(ResultList)
        hidden = rows.masked(row)
        try:
            detail = await self.seat.hub.open_read(row.read_id, ground=self._asked.ground)
        except StoreError as refused:
            self.seat.say(str(refused))
            return
        self._details[row.read_id] = detail
        if hidden:
            rows.unmask(row.read_id, detail.vrm)
            said = f"Opened by you in this search: {rows.opened}."
            self.seat.say(f"Audit {detail.audit_seq:,}: one plate opened. {said}")
        self._show_read()


def _span(scope: Scope) -> str:
    """How much is searched: "24 h at all cameras"."""
    long = scope.until_at - scope.since_at
    hours = round(long / timedelta(hours=1))
    time = f"{hours} h" if hours <= 48 else f"{round(long / timedelta(days=1))} days"
    where = f"{len(scope.cameras)} cameras" if scope.cameras else "all cameras"
    return f"{time} at {where}"


def _answer(found: Found, asked: _Asked) -> str:
    """The sentence after a search: what came, under which number, and what the hub adds."""
    scope = asked.scope
    under = f"under {asked.grant_id}" if asked.grant_id else "on your own authority"
    said = f"{asked.said} Audit {found.returned_seq:,}: returned {len(found.rows)}, {under}."
    if not found.rows and not scope.before and not found.sentence:
        said += f" No read of this plate in {_span(scope)}."
    return f"{said} {found.sentence}".strip()
