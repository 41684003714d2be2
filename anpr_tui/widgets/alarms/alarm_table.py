"""The alarm list: High above, Medium and Low below, and a cursor under which nothing moves."""

from collections.abc import Hashable, Sequence

from anpr_tui.board import Board, Line
from anpr_tui.seat import Seat
from anpr_tui.terminal.cells import cell
from anpr_tui.times import age, clock, since
from anpr_tui.widgets.painted import Painted, Span, badge
from anpr_tui.widgets.rule import ruled
from anpr_tui.words import BADGES, CERTAINTIES, percent, spaced, standing, why_listed
from store.terms import Alarm, AlarmState, Priority

__all__ = ["AlarmTable"]

ABOVE = 2
"""The rule with the counts, and the names of the columns."""
_OUTCOMES = 3
_STEP_S = 5


class AlarmTable(Painted):
    """Paints the board; the screen moves its cursor."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._seat = seat
        self._cursor = ""
        self._cursor_since = 0.0
        self._top = 0

    @property
    def board(self) -> Board:
        """The alarms."""
        return self._seat.board

    @property
    def under_cursor(self) -> Alarm | None:
        """The alarm under the cursor, or None on an empty board."""
        return self.board.alarm(self._cursor)

    @property
    def stood_s(self) -> float:
        """How long this alarm has stood under the cursor."""
        return self._seat.ticks() - self._cursor_since

    def put_cursor(self, alarm_id: str) -> None:
        """Put the cursor on an alarm and bring it into sight."""
        if alarm_id != self._cursor:
            self._cursor = alarm_id
            self._cursor_since = self._seat.ticks()
        self._scroll()
        self.refresh()

    def keep_cursor(self) -> None:
        """After the board changed: stay on the same alarm; on a first board, take the top one."""
        order = self.board.order()
        if self._cursor not in order:
            self.put_cursor(order[0] if order else "")
        self.refresh()

    def move(self, by: int) -> None:
        """Move the cursor by rows; it stops at both ends."""
        order = self.board.order()
        if order:
            at = order.index(self._cursor) if self._cursor in order else 0
            self.put_cursor(order[min(max(at + by, 0), len(order) - 1)])

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self._scroll()

    def line(self, y: int) -> Sequence[Span]:
        """The counts, the columns, the list, and in a high window the outcomes awaited."""
        if y == 0:
            return [(self._counts(), "")]
        if y == 1:
            return [(self._columns(), "")]
        rows = self._height()
        if y - ABOVE in (0, 1) and not self.board.order():
            return [(f"  {self._quiet()[y - ABOVE]}", "")]
        if y - ABOVE < rows:
            return self._row(self._lines()[y - ABOVE])
        return self._outcome(y - ABOVE - rows)

    def sentences(self) -> Sequence[str]:
        """The alarm under the cursor as a sentence; on an empty board that it is quiet."""
        alarm, order = self.under_cursor, self.board.order()
        if alarm is None:
            return self._quiet()
        sights = "1 sight" if alarm.sights == 1 else f"{alarm.sights} sights"
        sure = f"{alarm.certainty}, {percent(alarm.confidence)} per cent"
        where = f"{alarm.camera_id} {alarm.camera_name} at {clock(alarm.captured_at)}"
        row = f"row {order.index(self._cursor) + 1} of {len(order)}"
        said = (alarm.priority, spaced(alarm.vrm), why_listed(alarm), where, sights, sure)
        return [f"{', '.join(said)}, {standing(alarm)}, {row}."]

    def topic(self) -> Hashable:
        """The alarm and how it stands; not its age, nor how many others there are."""
        alarm = self.under_cursor
        return None if alarm is None else (alarm.alarm_id, alarm.seq)

    def _height(self) -> int:
        return max(self.size.height - ABOVE - (_OUTCOMES + 1 if self._roomy else 0), 0)

    @property
    def _roomy(self) -> bool:
        return self.size.height >= 30

    @property
    def _high_lines(self) -> int:
        return 6 if self._roomy else 4

    def _lines(self) -> list[Line]:
        return self.board.lines(
            height=self._height(),
            high_lines=self._high_lines,
            top=self._top,
            cursor=self._cursor,
        )

    def _scroll(self) -> None:
        """Move the edge of the lower list so that the cursor is in sight."""
        at = self.board.place_below(self._cursor)
        room = self._height() - self._high_lines - 1
        if at is not None and room > 0:
            self._top = min(max(self._top, at - room + 1), at)

    def _counts(self) -> str:
        counts = self.board.counts()
        rate = self.board.rate(now=self._seat.ages_at)
        said = (
            f"Alarms ── {counts[Priority.HIGH]} High {counts[Priority.MEDIUM]} Medium "
            f"{counts[Priority.LOW]} Low ── shelved 0 ── filtered 0 ── {rate} per 10 min"
        )
        return ruled(said, self.size.width)

    def _quiet(self) -> tuple[str, str]:
        """An empty list proves that the system was looking."""
        health = self._seat.health
        if health is None:
            return "", ""
        up = f"{health.cameras_up} of {health.cameras} cameras up"
        if health.last_read_at is None:
            return f"No alarms, and no read yet: {up}.", ""
        old_s = int(since(health.last_read_at, now=self._seat.ages_at))
        last = f"{max(old_s - old_s % _STEP_S, 1)} s" if old_s < 60 else age(old_s)
        proven = "so this is quiet, not broken." if health.cameras_up else "so nothing is seen."
        return f"No alarms. Last read {last} ago, {up},", proven

    def _columns(self) -> str:
        plate, why, sure = self._widths()
        x = cell("x", 2 if sure else 3, right=True)
        return (
            f"  {'prio':<6} {'plate':<{plate}} {cell('list and why', why)} {'camera':<15} "
            f"{'at':<8} {x} match{'  %' if sure else ''} state"
        )

    def _widths(self) -> tuple[int, int, bool]:
        """Columns of plate and list, and whether there is room for the certainty in per cent."""
        sure = self.size.width >= 84
        marks = [len(spaced(line.alarm.vrm)) for line in self._lines() if line.alarm]
        plate = max([8, *marks])
        fixed = 2 + 7 + (plate + 1) + 16 + 9 + (3 if sure else 4) + 6 + (3 if sure else 0) + 10
        return plate, max(self.size.width - fixed - 1, 0), sure

    def _row(self, line: Line) -> list[Span]:
        if line.rule:
            waits = f" ── {self.board.waiting} new, n" if self.board.waiting else ""
            return [(ruled(f"Medium and Low, newest first{waits}", self.size.width), "")]
        alarm = line.alarm
        if alarm is None:
            return []
        here = alarm.alarm_id == self._cursor
        look = "cursor" if here else ""
        return [
            ("> " if here else "  ", look),
            *badge(BADGES[alarm.priority]),
            (f" {self._cells_of(alarm)}", look),
        ]

    def _cells_of(self, alarm: Alarm) -> str:
        plate, why, sure = self._widths()
        sights = cell(min(alarm.sights, 99), 2 if sure else 3, right=True)
        certain = f" {percent(alarm.confidence):>2}" if sure else ""
        return (
            f"{cell(spaced(alarm.vrm), plate)} {cell(why_listed(alarm), why)} "
            f"{cell(f'{alarm.camera_id} {alarm.camera_name}', 15)} {clock(alarm.captured_at)} "
            f"{sights} {CERTAINTIES[alarm.certainty]:<5}{certain} {cell(self._state(alarm), 10)}"
        )

    def _state(self, alarm: Alarm) -> str:
        if alarm.state is AlarmState.NEW and alarm.priority is Priority.HIGH:
            waited_s = since(alarm.raised_at, now=self._seat.ages_at)
            return f"NEW {age(waited_s - waited_s % _STEP_S)}"
        return standing(alarm)

    def _outcome(self, y: int) -> list[Span]:
        awaited = [
            alarm
            for alarm in self.board.answered()
            if alarm.disposition and alarm.disposition.decision.sends
        ]
        if y == 0:
            return [(ruled(f"Deployed, outcome awaited {len(awaited)}", self.size.width), "")]
        if y > len(awaited) or (answer := awaited[y - 1].disposition) is None:
            return []
        alarm = awaited[y - 1]
        how = f"{answer.decision} {answer.resource}".strip()
        said = f"   {alarm.alarm_id} {spaced(alarm.vrm):<9} {how}  since {clock(answer.decided_at)}"
        return [(said, "")]
