"""One alarm, opened, with its disposition form."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from anpr_tui.screens.acts import acknowledge, decide, undo
from anpr_tui.screens.frame import Frame
from anpr_tui.seat import Seat
from anpr_tui.widgets.alarms.alarm_facts import AlarmFacts
from anpr_tui.widgets.fields.entry import Entry
from anpr_tui.widgets.forms.disposition_form import DispositionForm
from store.errors import StoreError
from store.terms import Alarm

__all__ = ["AlarmScreen"]

GUARD_S = 0.5
"""Keys that come before the form was painted and this long after it are dropped."""


class AlarmScreen(Frame):
    """The alarm of a row; Esc goes back to that row."""

    MODE = "alarms"
    ENTER = "on Record saves"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "decide", "disposition", id="decide"),
        Binding("a", "acknowledge", "ack", id="acknowledge"),
        Binding("u", "undo", "undo", id="undo"),
        Binding("escape", "back", "list", key_display="Esc", id="back"),
    ]

    def __init__(self, seat: Seat, *, alarm: Alarm, deciding: bool = False) -> None:
        super().__init__(seat)
        self._alarm = alarm
        self._deciding = deciding
        self._guarded = deciding

    def work(self) -> ComposeResult:
        """The facts, and the form once it is asked for."""
        yield AlarmFacts(self.seat, self._alarm)
        yield DispositionForm()

    def on_mount(self) -> None:
        """Fetch the pictures; open the form where it was asked for."""
        super().on_mount()
        self.query_one(DispositionForm).display = False
        self.fetch()
        if self._deciding:
            self.action_decide()

    def fetch(self) -> None:
        """Open the alarm at the hub, which writes that down."""
        self.run_worker(self._fetch(), group="fetch", exclusive=True)

    async def _fetch(self) -> None:
        try:
            detail = await self.seat.hub.alarm(self._alarm.alarm_id)
        except StoreError as refused:
            self.seat.say(str(refused))
            return
        self.query_one(AlarmFacts).detail = detail
        self.query_one(DispositionForm).propose(detail.ground)

    async def takes_first(self, key: str) -> bool:
        """Drop keys that were typed before the form could be read."""
        return self._guarded or await super().takes_first(key)

    async def entered(self, entry: Entry) -> None:
        """Enter goes to the next place of the form; on its button it records."""
        if entry.id == "record":
            self.query_one(DispositionForm).record()
        else:
            await super().entered(entry)

    def action_decide(self) -> None:
        """Open the form; it takes the keyboard when it could have been read."""
        self._guarded = True
        self.query_one(DispositionForm).display = True
        self.call_after_refresh(self.set_timer, GUARD_S, self._give_keyboard)

    def _give_keyboard(self) -> None:
        self._guarded = False
        self.query_one(DispositionForm).take_keyboard()

    def action_acknowledge(self) -> None:
        """Acknowledge this alarm."""
        self.run_worker(acknowledge(self.seat, self._alarm, show=self.fetch))

    def action_undo(self) -> None:
        """Take back the last acknowledgement."""
        self.run_worker(undo(self.seat, show=self.fetch))

    def on_disposition_form_lacking(self, message: DispositionForm.Lacking) -> None:
        """Say what the answer lacks."""
        self.seat.say(message.sentence)

    def on_disposition_form_recorded(self, message: DispositionForm.Recorded) -> None:
        """Record it; the form stays as it is where the hub refuses."""
        self.run_worker(self._record(message), group="record", exclusive=True)

    async def _record(self, answer: DispositionForm.Recorded) -> None:
        recorded = await decide(
            self.seat,
            self._alarm.alarm_id,
            decision=answer.decision,
            resource=answer.resource,
            log_ref=answer.log_ref,
            why=answer.why,
            ground=answer.ground,
        )
        if recorded:
            self.release_keyboard()
            self.query_one(DispositionForm).display = False
            self.fetch()
