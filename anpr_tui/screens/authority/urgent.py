"""`:urgent`: a look in a threat to life, at once; what it owes is said before it is taken."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from anpr_tui.authority import Waiting
from anpr_tui.screens.frame import Frame
from anpr_tui.seat import Seat
from anpr_tui.times import day_and_clock
from anpr_tui.widgets.audit.told import Told
from anpr_tui.widgets.forms.urgent_form import UrgentForm
from anpr_tui.widgets.rule import Rule
from store.access import AccessRequest, UrgentTerms
from store.errors import StoreError

__all__ = ["UrgentScreen", "follows"]


def follows(terms: UrgentTerms, *, now: datetime) -> list[str]:
    """What follows from an urgent look, as the policy in force has it."""
    by = day_and_clock(now + timedelta(seconds=terms.ratify_s), seconds=False)
    return [
        f"Rows at once: {terms.vrms_max} plates at most, {terms.life_s // 60} min, "
        f"{terms.searches} searches, each on record.",
        "Whoever ordered it is told now and can end it. Every urgent look is reviewed.",
        f"You owe a written authority by {by} ({terms.ratify_s // 3_600} h). Inspectors and",
        "Superintendents are asked for it now; whoever ordered it cannot give it.",
        "Without it your urgent use stops, until a Superintendent lifts that.",
    ]


class UrgentScreen(Frame):
    """The form above, what follows below; Esc asks for nothing."""

    MODE = "access"
    ENTER = "next, never takes it"
    LEAVES = "asks for nothing"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "asks for nothing", key_display="Esc", id="back"),
        Binding("slash", "edit", "fill in", key_display="/", id="edit"),
    ]

    @dataclass
    class Taken(Message):
        """The hub took the order; the search goes on under it."""

        request: AccessRequest
        waiting: Waiting
        further: int

    def __init__(self, seat: Seat, *, terms: UrgentTerms) -> None:
        super().__init__(seat)
        self._terms = terms

    def work(self) -> ComposeResult:
        """What is asked, and what follows."""
        yield Rule("Urgent: a threat to life, on a Force Duty Officer's order")
        yield UrgentForm(grounds=self._terms.grounds, now=self.seat.clock())
        yield Told("What follows", id="follows")

    def on_mount(self) -> None:
        """Say what follows, before anything is typed."""
        super().on_mount()
        self.query_one(Told).show(follows(self._terms, now=self.seat.clock()))
        self.call_after_refresh(self.action_edit)

    async def leave_field(self) -> None:
        """Esc asks for nothing, wherever it is pressed."""
        await self.action_back()

    async def action_back(self) -> None:
        """Leave; nothing was asked for."""
        self.seat.say("Nothing was asked for.")
        await super().action_back()

    def action_edit(self) -> None:
        """Give the keyboard to the form."""
        self.query_one(UrgentForm).take_keyboard()

    def on_urgent_form_lacking(self, message: UrgentForm.Lacking) -> None:
        """Say what it lacks."""
        self.seat.say(message.sentence)

    def on_urgent_form_ordered(self, message: UrgentForm.Ordered) -> None:
        """Take the order down at the hub."""
        self.run_worker(self._order(message), group="order", exclusive=True)

    async def _order(self, ordered: UrgentForm.Ordered) -> None:
        try:
            request = await self.seat.hub.order_urgent(
                ordered.scope,
                ordered.ground,
                urgent_ground=ordered.urgent_ground,
                ordered_by=ordered.ordered_by,
                log_ref=ordered.ground.reference,
                passphrase=ordered.passphrase,
                factor_code=ordered.factor_code,
                also=ordered.vrms[1:],
            )
        except StoreError as refused:
            self.seat.say(str(refused))
            return
        self.seat.authority.take_settled(request, own=True)
        waiting = Waiting(request.request_id, ordered.scope, ordered.ground)
        self.post_message(self.Taken(request, waiting, further=len(ordered.vrms) - 1))
