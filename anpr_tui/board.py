"""Which alarm stands where: rows that never move under the cursor.

High alarms own the first lines: a new one takes an empty line at once. Medium and Low are let in
by the officer, newest first. Pure: it knows alarms and line numbers, no screen and no clock.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from store.answers import AlarmBoard
from store.terms import Action, Alarm, AlarmState, Priority

__all__ = ["Board", "Line"]

MOST_ROWS = 500
"""Answered alarms below the High lines; older ones are found by search."""

_TEN_MINUTES = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the alarm list.

    Attributes:
        alarm: The alarm of this line, or None.
        rule: True for the line that parts High from the rest.
    """

    alarm: Alarm | None = None
    rule: bool = False


class Board:
    """The alarms of this console, in the order in which they are shown."""

    def __init__(self) -> None:
        self._alarms: dict[str, Alarm] = {}
        self._high: list[str] = []
        self._lower: list[str] = []
        self._waiting: list[str] = []

    def start(self, board: AlarmBoard) -> bool:
        """Takes the board as the hub has it; what is not yet known here waits to be let in.

        On an empty board everything is let in: nobody has a cursor on it yet.

        Returns:
            True where an unacknowledged High is among what was not known: it rings.
        """
        first = not self._alarms
        rings = [self.take(alarm) for alarm in sorted(board.alarms, key=_newest_first)]
        if first:
            self.let_in()
        return any(rings)

    def take(self, alarm: Alarm) -> bool:
        """Takes an alarm as it stands now.

        Returns:
            True where it is an unacknowledged High that was not known as High before: it rings,
            unless its entry is SILENT (S-33).
        """
        known = self._alarms.get(alarm.alarm_id)
        if known is not None and known.seq > alarm.seq:
            return False
        self._alarms[alarm.alarm_id] = alarm
        if _is_open_high(alarm):
            if alarm.alarm_id not in self._high:
                self._high.append(alarm.alarm_id)
        elif known is None:
            self._waiting.append(alarm.alarm_id)
        rings = alarm.priority is Priority.HIGH and alarm.state is AlarmState.NEW
        rings = rings and alarm.entry.action is Action.STOP
        return rings and (known is None or known.priority is not Priority.HIGH)

    def let_in(self) -> None:
        """Lets the waiting rows in and gives up the lines of High alarms that are answered."""
        self._waiting = []
        alarms = sorted(self._alarms.values(), key=_newest_first)
        self._high = [alarm.alarm_id for alarm in alarms if _is_open_high(alarm)]
        below = [alarm.alarm_id for alarm in alarms if not _is_open_high(alarm)]
        self._lower = below[:MOST_ROWS]
        kept = {*self._high, *self._lower}
        self._alarms = {name: alarm for name, alarm in self._alarms.items() if name in kept}

    def alarm(self, alarm_id: str) -> Alarm | None:
        """The alarm as it stands now, or None."""
        return self._alarms.get(alarm_id)

    @property
    def high(self) -> tuple[str, ...]:
        """Ids of the alarms that have a High line, from the top."""
        return tuple(self._high)

    @property
    def waiting(self) -> int:
        """How many Medium and Low alarms wait to be let in."""
        return len(self._waiting)

    @property
    def high_new(self) -> int:
        """How many High alarms nobody has acknowledged."""
        return sum(
            alarm.priority is Priority.HIGH and alarm.state is AlarmState.NEW
            for alarm in self._alarms.values()
        )

    def counts(self) -> Counter[Priority]:
        """Open alarms of each priority, those that wait included."""
        return Counter(
            alarm.priority
            for alarm in self._alarms.values()
            if alarm.state is not AlarmState.ACTIONED
        )

    def rate(self, *, now: datetime) -> int:
        """Alarms raised in the last ten minutes."""
        return sum(now - alarm.raised_at <= _TEN_MINUTES for alarm in self._alarms.values())

    def answered(self) -> list[Alarm]:
        """Answered alarms, the latest answer first."""
        answered = [alarm for alarm in self._alarms.values() if alarm.disposition is not None]
        return sorted(answered, key=_answered_last)

    def order(self) -> list[str]:
        """Alarm ids from top to bottom, High first."""
        in_high = set(self._high)
        return [*self._high, *(row for row in self._lower if row not in in_high)]

    def place_below(self, alarm_id: str) -> int | None:
        """Row of an alarm in the lower list, from 0, or None where it has a High line."""
        if alarm_id in self._high or alarm_id not in self._lower:
            return None
        return self._lower.index(alarm_id)

    def next_high(self, after: str) -> str | None:
        """The next unacknowledged High below `after`, from the top again at the end, or None."""
        order = self.order()
        start = order.index(after) + 1 if after in order else 0
        for alarm_id in order[start:] + order[:start]:
            alarm = self._alarms[alarm_id]
            if alarm.priority is Priority.HIGH and alarm.state is AlarmState.NEW:
                return alarm_id
        return None

    def lines(self, *, height: int, high_lines: int, top: int, cursor: str) -> list[Line]:
        """The list as it is drawn.

        Args:
            height: Lines there are, the parting rule included.
            high_lines: Lines that belong to High even while they are empty.
            top: First row of the lower list that is shown; the others are above the edge.
            cursor: Alarm under the cursor. A High beyond the reserved lines covers the rows below
                from the top, but never this one, so nothing under the cursor moves.

        Returns:
            Exactly `height` lines.
        """
        below = [Line(self._alarms[alarm_id]) for alarm_id in self._lower[top:]]
        lines = [Line() for _ in range(high_lines)] + [Line(rule=True), *below]
        lines = lines[:height] + [Line()] * (height - len(lines))
        kept = next(
            (n for n, line in enumerate(lines) if line.alarm and line.alarm.alarm_id == cursor), -1
        )
        free = [number for number in range(height) if number != kept]
        shown = self._high_in_sight(cursor, room=len(free))
        for number, alarm_id in zip(free, shown, strict=False):
            lines[number] = Line(self._alarms[alarm_id])
        if len(shown) > high_lines and len(free) > len(shown):
            lines[free[len(shown)]] = Line(rule=True)
        return lines

    def _high_in_sight(self, cursor: str, *, room: int) -> list[str]:
        """High lines that fit; where they do not, those around the cursor, new ones first."""
        rows = self._high
        if len(rows) <= room:
            return rows
        at = rows.index(cursor) if cursor in rows else 0
        first = max(0, min(at - room // 2, len(rows) - room))
        return rows[first : first + room]


def _is_open_high(alarm: Alarm) -> bool:
    return alarm.priority is Priority.HIGH and alarm.state is not AlarmState.ACTIONED


def _newest_first(alarm: Alarm) -> tuple[float, str]:
    return (-alarm.captured_at.timestamp(), alarm.alarm_id)


def _answered_last(alarm: Alarm) -> float:
    return -alarm.disposition.decided_at.timestamp() if alarm.disposition else 0.0
