"""A stopped urgent use, for whoever may lift the stop: what it was, and why they may go on."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from anpr_tui.screens.authority.signing import SigningScreen
from anpr_tui.seat import Seat
from anpr_tui.times import day_and_clock
from anpr_tui.widgets.audit.told import Told
from anpr_tui.widgets.forms.lift_form import LiftForm
from anpr_tui.words import spaced
from store import wire
from store.access import AccessRequest

__all__ = ["LiftingScreen", "told_of"]


def told_of(request: AccessRequest) -> Sequence[str]:
    """What an urgent use was, that nobody ratified."""
    order, scope = request.order, request.scope
    by = request.settled_by or "nobody in time"
    why = f': "{request.why}"' if request.why else ""
    at = request.settled_at or request.asked_at
    marks = ", ".join(spaced(vrm) for vrm in scope.vrms)
    since, until = (
        day_and_clock(one, seconds=False, year=True) for one in (scope.since_at, scope.until_at)
    )
    lines = [
        f"By        {request.requester}, {day_and_clock(request.asked_at, seconds=False)}",
        f"Plates    {marks}",
        f"When      {since} to {until}",
        f"Case      {request.ground.reference}; {request.ground.purpose}",
        f'          "{request.ground.reason}"',
    ]
    if order is not None:
        ground = order.ground.replace("_", " ")
        lines.insert(1, f"Order     {ground}, by {order.ordered_by}, log {order.log_ref}")
    return [
        *lines,
        f"Decided   not ratified, {by}, {day_and_clock(at, seconds=False)}{why}",
        "",
        f"Lifting it lets {request.requester} use :urgent again. What was not ratified stays",
        "so in the record, and so does who lifted it and why.",
    ]


class LiftingScreen(SigningScreen):
    """Esc lifts nothing; the last digit of the second factor lifts."""

    ENTER = "next, never lifts"
    LEAVES = "lifts nothing"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "lifts nothing", key_display="Esc", id="back"),
        Binding("slash", "edit", "fill in", key_display="/", id="edit"),
    ]

    def __init__(self, seat: Seat, *, request: AccessRequest) -> None:
        super().__init__(seat)
        self._request = request

    def work(self) -> ComposeResult:
        """What it was, and the form."""
        yield Told(f"{self._request.request_id}: an urgent use that was not ratified", id="stopped")
        yield LiftForm()

    def on_mount(self) -> None:
        """Say what it was."""
        super().on_mount()
        self.query_one(Told).show(told_of(self._request))
        self.call_after_refresh(self.action_edit)

    def action_edit(self) -> None:
        """Give the keyboard to the form."""
        self.query_one(LiftForm).take_keyboard()

    def on_lift_form_lacking(self, message: LiftForm.Lacking) -> None:
        """Say what it lacks."""
        self.seat.say(message.sentence)

    def on_lift_form_lifted(self, message: LiftForm.Lifted) -> None:
        """Lift it at the hub."""
        self.run_worker(self._lift(message), group="lift", exclusive=True)

    async def _lift(self, lifted: LiftForm.Lifted) -> None:
        act = wire.LiftStop(
            request_id=self._request.request_id,
            necessity=lifted.necessity,
            proportionality=lifted.proportionality,
            passphrase=lifted.passphrase,
            factor_code=lifted.factor_code,
        )
        if after := await self.sign(act):
            said = f"{after.request_id} lifted by you: {after.requester} may use :urgent again."
            self.close_settled(after, said=said)
