"""One request, for whoever may sign it: the exact scope, and a decision that nobody hurries."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from anpr_tui.authority import state_word
from anpr_tui.screens.authority.signing import SigningScreen
from anpr_tui.seat import Seat
from anpr_tui.times import clock
from anpr_tui.widgets.authority.request_facts import RequestFacts
from anpr_tui.widgets.fields.entry import Entry
from anpr_tui.widgets.forms.authorisation_form import AuthorisationForm
from anpr_tui.widgets.painted import Painted, Span
from anpr_tui.widgets.rule import Rule
from store import wire
from store.access import AccessRequest, Prompt
from store.errors import StoreError

__all__ = ["AuthorisationScreen"]

GUARD_S = 0.5
"""Keys that come before the form could be read, and this long after, are dropped."""


class _Edge(Painted):
    """The lower edge of the box."""

    def line(self, y: int) -> list[Span]:
        return [(f" ╚{'═' * (self.size.width - 4)}╝ ", "")]


class AuthorisationScreen(SigningScreen):
    """Esc decides nothing and leaves it waiting; Enter in the last field refuses."""

    ENTER = "never authorises"
    LEAVES = "leaves it waiting"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "leaves it waiting", key_display="Esc", id="back"),
        Binding("slash", "edit", "decide", key_display="/", id="edit"),
    ]

    def __init__(self, seat: Seat, *, prompt: Prompt) -> None:
        super().__init__(seat)
        self._prompt = prompt
        self._guarded = True

    def work(self) -> ComposeResult:
        """The box: facts above, the form below."""
        request = self._prompt.request
        yield Rule("Access: one that waits for you")
        yield RequestFacts(self._prompt, now=self.seat.clock())
        yield AuthorisationForm(code=request.code, ratifies=request.order is not None)
        yield _Edge()

    def on_mount(self) -> None:
        """Write down that it was opened; take keys only when it could have been read."""
        super().on_mount()
        self.run_worker(self._opened(), group="opened")
        self.call_after_refresh(self.set_timer, GUARD_S, self._give_keyboard)

    def show_seat(self) -> None:
        """Count down."""
        super().show_seat()
        if self.is_mounted and self.query(RequestFacts):
            self.query_one(RequestFacts).now = self.seat.clock()

    async def takes_first(self, key: str) -> bool:
        """Drop keys that were typed before the form could be read."""
        return self._guarded or await super().takes_first(key)

    def is_about(self, request: AccessRequest) -> bool:
        """Whether this form decides that request."""
        return request.request_id == self._prompt.request.request_id

    async def close_decided(self, request: AccessRequest) -> None:
        """Another desk was first: say who, and go back to where this was opened from."""
        if request.settled_by == self.seat.staff_id:
            return
        said = state_word(request, now=self.seat.clock())
        at = request.settled_at or self.seat.clock()
        who = f" by {request.settled_by}, {clock(at, seconds=False)}" if request.settled_by else ""
        word = request.state.value.replace("_", " ") if who else said
        self.seat.say(f"{request.request_id} {word}{who}.")
        await self.app.pop_screen()

    async def entered(self, entry: Entry) -> None:
        """Enter goes on to the next field; in the last one it refuses."""
        if entry.id == "refusal":
            self.query_one(AuthorisationForm).refuse()
        else:
            await super().entered(entry)

    async def action_back(self) -> None:
        """Leave it waiting."""
        self.seat.say(f"{self._prompt.request.request_id} waits; nothing is decided.")
        await super().action_back()

    def action_edit(self) -> None:
        """Give the keyboard to the form."""
        self.query_one(AuthorisationForm).take_keyboard()

    def on_authorisation_form_lacking(self, message: AuthorisationForm.Lacking) -> None:
        """Say what it lacks."""
        self.seat.say(message.sentence)

    def on_authorisation_form_signed(self, message: AuthorisationForm.Signed) -> None:
        """Sign exactly the scope that this form shows."""
        self.run_worker(self._sign(message), group="decide", exclusive=True)

    def on_authorisation_form_refused(self, message: AuthorisationForm.Refused) -> None:
        """Refuse it."""
        self.run_worker(self._refuse(message.why), group="decide", exclusive=True)

    def _give_keyboard(self) -> None:
        self._guarded = False
        self.action_edit()

    async def _opened(self) -> None:
        try:
            await self.seat.hub.open_request(self._prompt.request.request_id)
        except StoreError as refused:
            self.seat.say(str(refused))

    async def _sign(self, signed: AuthorisationForm.Signed) -> None:
        request = self._prompt.request
        act: wire.Authorise | wire.Ratify
        if request.order is None:
            act = wire.Authorise(
                request_id=request.request_id,
                scope_digest=request.digest,
                code=signed.code,
                necessity=signed.necessity,
                proportionality=signed.proportionality,
                passphrase=signed.passphrase,
                factor_code=signed.factor_code,
            )
        else:
            act = wire.Ratify(
                request_id=request.request_id,
                scope_digest=request.digest,
                necessity=signed.necessity,
                proportionality=signed.proportionality,
                passphrase=signed.passphrase,
                factor_code=signed.factor_code,
            )
        if after := await self.sign(act):
            self._decided(after)

    async def _refuse(self, why: str) -> None:
        try:
            after = await self.seat.hub.refuse(self._prompt.request.request_id, why=why)
        except StoreError as refused:
            self.seat.say(str(refused))
            return
        self._decided(after)

    def _decided(self, after: AccessRequest) -> None:
        if after.grant is not None and after.order is None:
            said = f"{after.request_id} authorised by you: {after.grant.grant_id}."
        elif after.settled_by == self.seat.staff_id:
            said = f"{after.request_id} {after.state.value.replace('_', ' ')} by you."
        else:
            said = f"{after.request_id} signed by you; another signature is needed."
        self.close_settled(after, said=said)
