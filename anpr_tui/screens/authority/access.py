"""Screen 4, Access: what waits for this officer's signature, and what they asked for."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from anpr_tui.screens.authority.authorisation import AuthorisationScreen
from anpr_tui.screens.authority.lifting import LiftingScreen
from anpr_tui.screens.frame import Frame, moves
from anpr_tui.seat import Seat
from anpr_tui.widgets.authority.request_list import RequestList, Row, asks, lifts, signs
from anpr_tui.widgets.fields.entry import Entry
from anpr_tui.widgets.fields.field import Field
from store.access import AccessRequest, GrantState, RequestState
from store.errors import StoreError

__all__ = ["AccessScreen"]


class AccessScreen(Frame):
    """Two lists; one of them where the role has but one half."""

    MODE = "access"
    ENTER = "ends it"
    LEAVES = "leaves it"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "other_half", "other half", key_display="Tab", id="other_half"),
        Binding("enter", "open", "open", tooltip="read it in full", key_display="Enter", id="open"),
        Binding(
            "r", "request", "request", tooltip="copy it into a new search request", id="request"
        ),
        Binding("d", "end_it", "decide, end", tooltip="decide, withdraw or end it", id="end_it"),
        *moves(),
    ]

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat)
        self._ending: Row | None = None

    def work(self) -> ComposeResult:
        """The halves of the role, and the line in which something is ended."""
        if signs(self._role):
            yield RequestList(self.seat, own=False, id="waiting")
        if asks(self._role):
            yield RequestList(self.seat, own=True, id="mine")
        with Horizontal(id="ending"):
            yield Static("", markup=False, id="ending_asks")
            yield Field(most=300, id="ending_says")

    def on_mount(self) -> None:
        """Ask for what was decided before this console joined."""
        super().on_mount()
        self.query_one("#ending").display = False
        if first := next(iter(self.query(RequestList)), None):
            first.active = True
        self.run_worker(self._fetch(), group="fetch", exclusive=True)

    def on_screen_resume(self) -> None:
        """Catch up with what happened while another screen was on."""
        super().on_screen_resume()
        self.show_requests()

    def show_seat(self) -> None:
        """Count down."""
        super().show_seat()
        self.show_requests()

    def show_requests(self) -> None:
        """Requests came or changed."""
        for half in self.query(RequestList):
            half.refresh()

    async def _fetch(self) -> None:
        authority, hub = self.seat.authority, self.seat.hub
        try:
            if self.query("#mine"):
                for request in await hub.mine():
                    authority.take_settled(request, own=True)
            if lifts(self._role):
                for request in await hub.stopped():
                    authority.take_settled(request, own=False)
        except StoreError as refused:
            self.seat.say(str(refused))
        self.show_requests()

    def own_keys(self) -> list[Binding]:
        """Only the keys that do something for this role."""
        halves = len(self.query(RequestList))
        return [one for one in super().own_keys() if halves > 1 or one.id != "other_half"]

    @property
    def _role(self) -> str:
        return self.seat.officer.role if self.seat.officer else ""

    @property
    def _half(self) -> RequestList | None:
        return next((half for half in self.query(RequestList) if half.active), None)

    def _chosen(self) -> Row | None:
        row = self._half.under_cursor if self._half else None
        if row is None:
            self.seat.say("There is no request under the cursor.")
        return row

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        if self._half:
            self._half.move(by)

    def action_page(self, by: int) -> None:
        """Move the cursor by pages."""
        self.action_move(by * 5)

    def action_edge(self, end: int) -> None:
        """Put the cursor on the first or the last row."""
        self.action_move(end * 10_000)

    def action_other_half(self) -> None:
        """Go to the other list."""
        halves = list(self.query(RequestList))
        if len(halves) > 1:
            for half in halves:
                half.active = not half.active
                half.refresh()

    async def action_open(self) -> None:
        """Open the request under the cursor; one that waits for this officer, to decide it."""
        row = self._chosen()
        if row is None:
            return
        if row.prompt is not None:
            await self.app.push_screen(AuthorisationScreen(self.seat, prompt=row.prompt))
        else:
            self.seat.say("It stands as the lines below it say.")

    async def action_request(self) -> None:
        """Copy the request under the cursor into the search form, to be changed and asked anew."""
        row = self._chosen()
        if row is not None and row.own:
            self.seat.authority.copied = row.request
            await self.app.run_action("command('search')")
        elif row is not None:
            self.seat.say("That is not your own request.")

    async def action_end_it(self) -> None:
        """Decide what waits; withdraw, give back or end what has been asked or signed."""
        row = self._chosen()
        if row is None:
            return
        if row.prompt is not None:
            await self.action_open()
        elif row.own and row.request.state is RequestState.PENDING:
            self._ask_to_end(row, f" Withdraw {row.request.request_id}? Type its number: ")
        elif _is_stopped(row.request) and lifts(self._role):
            await self.app.push_screen(LiftingScreen(self.seat, request=row.request))
        elif _is_live(row.request):
            grant = row.request.grant
            self._ask_to_end(row, f" End {grant.grant_id if grant else ''} now? Say why: ")
        else:
            self.seat.say(f"{row.request.request_id} has ended already.")

    def end(self, verb: str) -> None:
        """`:withdraw`, `:revoke` and `:lift`: go to the first request that it can be done to."""
        fits = {"withdraw": _is_waiting, "revoke": _is_endable, "lift": _is_liftable}[verb]
        for half in self.query(RequestList):
            for row in half.rows:
                if fits(row):
                    for other in self.query(RequestList):
                        other.active = other is half
                    half.put_cursor(row.request.request_id)
                    self.run_worker(self.action_end_it())
                    return
        self.seat.say(f"There is nothing to {verb}.")

    def _ask_to_end(self, row: Row, asked: str) -> None:
        self._ending = row
        self.seat.hush()  # a long sentence would lie over the question
        self.query_one("#ending").display = True
        self.query_one("#ending_asks", Static).update(asked)
        says = self.query_one("#ending_says", Field)
        says.text = ""
        self.set_focus(says)

    async def entered(self, entry: Entry) -> None:
        """Enter ends what was asked about, where it was said in full."""
        row, said = self._ending, self.query_one("#ending_says", Field).text
        if row is None:
            return
        if row.request.state is not RequestState.PENDING and not said:
            self.seat.say("Not ended: its holder is told why. Say it in a few words.")
        elif row.request.state is RequestState.PENDING and said.upper() != row.request.request_id:
            self.seat.say(f"Not withdrawn: type {row.request.request_id} in full.")
        else:
            self.run_worker(self._end(row, said), group="end", exclusive=True)

    async def leave_field(self) -> None:
        """Esc ends nothing."""
        self._close_ending()

    async def _end(self, row: Row, said: str) -> None:
        request, grant = row.request, row.request.grant
        try:
            if grant is None:
                after = await self.seat.hub.withdraw(request.request_id)
                ended = f"{request.request_id} withdrawn."
            else:
                after = await self.seat.hub.revoke(grant.grant_id, why=said)
                ended = f"{grant.grant_id} ended by you."
        except StoreError as refused:
            self.seat.say(str(refused))
            return
        self.seat.authority.take_settled(after, own=row.own)
        self._close_ending()
        self.seat.say(ended)
        self.show_requests()

    def _close_ending(self) -> None:
        self._ending = None
        self.release_keyboard()
        self.query_one("#ending").display = False


def _is_live(request: AccessRequest) -> bool:
    return request.grant is not None and request.grant.state is GrantState.LIVE


def _is_stopped(request: AccessRequest) -> bool:
    return request.state is RequestState.NOT_RATIFIED and not request.lifted_by


def _is_waiting(row: Row) -> bool:
    return row.own and row.request.state is RequestState.PENDING


def _is_endable(row: Row) -> bool:
    return _is_live(row.request)


def _is_liftable(row: Row) -> bool:
    return not row.own and _is_stopped(row.request)
