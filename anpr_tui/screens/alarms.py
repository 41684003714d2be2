"""Screen 1, Alarms: what needs an act, and nothing else."""

import asyncio
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from anpr_tui.screens.acts import acknowledge, undo
from anpr_tui.screens.alarm import AlarmScreen
from anpr_tui.screens.frame import Frame, moves
from anpr_tui.seat import Seat
from anpr_tui.times import since
from anpr_tui.widgets.alarms.alarm_table import AlarmTable
from anpr_tui.widgets.alarms.read_card import PICTURE_DUE_S, ReadCard
from store.errors import StoreError
from store.terms import Alarm

__all__ = ["AlarmsScreen"]

FILED_AFTER_S = (2.0, 4.0, 8.0)
"""Where an alarm has no picture yet it is opened again after these times, while it stays young."""

STOOD_S = 0.3
"""An acknowledgement counts only for a row that stood under the cursor this long."""
OPEN_AFTER_S = 0.2
"""The picture of a row is fetched, and that is written down, only where the cursor rests."""


class AlarmsScreen(Frame):
    """The live list with the card of the alarm under the cursor."""

    MODE = "alarms"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "h",
            "next_high",
            "High",
            tooltip="to the next High nobody has acknowledged",
            id="next_high",
        ),
        Binding(
            "a",
            "acknowledge",
            "ack",
            tooltip="acknowledge the alarm under the cursor",
            id="acknowledge",
        ),
        Binding(
            "u",
            "undo",
            "undo",
            tooltip="take the last acknowledgement back, within 10 s",
            id="undo",
        ),
        Binding(
            "d",
            "decide",
            "disposition",
            tooltip="answer it: deployed, not deployed, not this vehicle",
            id="decide",
        ),
        Binding(
            "enter",
            "open",
            "open",
            tooltip="open it: plate, vehicle, list entry, sights",
            key_display="Enter",
            id="open",
        ),
        Binding(
            "slash",
            "search_here",
            "search",
            tooltip="search a mark or a pattern",
            key_display="/",
            id="search",
        ),
        Binding("n", "let_in", "let waiting rows in", show=False, id="let_in"),
        *moves(),
    ]

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat)
        self._opening: Timer | None = None

    def work(self) -> ComposeResult:
        """The list, and the card below or beside it."""
        yield AlarmTable(self.seat)
        yield ReadCard(self.seat)

    def on_mount(self) -> None:
        """Show the board as the hub gave it."""
        super().on_mount()
        self.show_board()

    def on_screen_resume(self) -> None:
        """Catch up with what happened while another screen was on."""
        super().on_screen_resume()
        self.show_board()

    def show_board(self) -> None:
        """The board changed: same cursor, same lines."""
        if not self.is_mounted:
            return
        table = self.query_one(AlarmTable)
        table.keep_cursor()
        self._show_card()

    def show_seat(self) -> None:
        """On an empty board the last read is part of the proof that it is quiet."""
        super().show_seat()
        if self.is_mounted and not self.seat.board.order():
            self.query_one(AlarmTable).refresh()

    def show_ages(self) -> None:
        """Ages stepped on."""
        self.query_one(AlarmTable).refresh()

    def _show_card(self) -> None:
        alarm = self.query_one(AlarmTable).under_cursor
        card = self.query_one(ReadCard)
        moved = card.alarm is None or alarm is None or card.alarm.read_id != alarm.read_id
        card.alarm = alarm
        if moved and alarm is not None:
            if self._opening is not None:
                self._opening.stop()
            self._opening = self.set_timer(OPEN_AFTER_S, self._open_under_cursor)

    def _open_under_cursor(self) -> None:
        alarm = self.query_one(AlarmTable).under_cursor
        if alarm is not None:
            self.run_worker(self._fetch(alarm), group="card", exclusive=True)

    async def _fetch(self, alarm: Alarm) -> None:
        """Open the alarm; a first sight alarms before its passage is filed with its pictures."""
        for wait_s in (*FILED_AFTER_S, 0):
            try:
                detail = await self.seat.hub.alarm(alarm.alarm_id)
            except StoreError as refused:
                self.seat.say(str(refused))
                return
            self.query_one(ReadCard).detail = detail
            young = since(alarm.raised_at, now=self.seat.clock()) < PICTURE_DUE_S
            if detail.plate_jpeg or not young:
                return
            await asyncio.sleep(wait_s)

    def _chosen(self) -> Alarm | None:
        alarm = self.query_one(AlarmTable).under_cursor
        if alarm is None:
            self.seat.say("There is no alarm under the cursor.")
        return alarm

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        self.query_one(AlarmTable).move(by)
        self._show_card()

    def action_page(self, by: int) -> None:
        """Move the cursor by pages."""
        self.action_move(by * 8)

    def action_edge(self, end: int) -> None:
        """Put the cursor on the first or the last row."""
        self.action_move(end * 10_000)

    def action_next_high(self) -> None:
        """Go to the next High that nobody has acknowledged."""
        table = self.query_one(AlarmTable)
        current = table.under_cursor
        next_high = table.board.next_high(current.alarm_id if current else "")
        if next_high is None:
            self.seat.say("No High waits: all are acknowledged.")
        else:
            table.put_cursor(next_high)
            self._show_card()

    def action_acknowledge(self) -> None:
        """Acknowledge the alarm under the cursor, if it has stood there long enough."""
        alarm = self._chosen()
        if alarm is None:
            return
        if self.query_one(AlarmTable).stood_s < STOOD_S:
            self.seat.say(
                "Not acknowledged: the row under the cursor had just changed. Look, then a."
            )
        else:
            self.run_worker(acknowledge(self.seat, alarm, show=self.show_board))

    def action_undo(self) -> None:
        """Take back the last acknowledgement."""
        self.run_worker(undo(self.seat, show=self.show_board))

    async def action_open(self) -> None:
        """Open the alarm under the cursor."""
        if alarm := self._chosen():
            await self.app.push_screen(AlarmScreen(self.seat, alarm=alarm))

    async def action_decide(self) -> None:
        """Open the alarm with its disposition form."""
        if alarm := self._chosen():
            await self.app.push_screen(AlarmScreen(self.seat, alarm=alarm, deciding=True))

    def action_let_in(self) -> None:
        """Let the waiting rows in; High alarms that are answered leave their lines."""
        self.seat.board.let_in()
        self.show_seat()
        self.show_board()

    async def action_search_here(self) -> None:
        """Go to Search with the keyboard in the plate field."""
        await self.app.run_action("command('search')")
        await self.app.run_action("screen.edit")
