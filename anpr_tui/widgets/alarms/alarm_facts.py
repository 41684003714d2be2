"""An opened alarm: what is listed, what was read, when it was seen, beside its pictures."""

from collections.abc import Hashable, Sequence

from textual.reactive import reactive

from anpr_tui.seat import Seat
from anpr_tui.terminal.cells import cell, wrapped
from anpr_tui.terminal.spoken import spoken
from anpr_tui.times import clock, list_age, since
from anpr_tui.widgets.alarms.read_card import CROP_COLUMNS, CROP_LINES, PICTURE_DUE_S
from anpr_tui.widgets.painted import Painted, Span, badge
from anpr_tui.widgets.pictures.plate_crop import crop_lines
from anpr_tui.widgets.pictures.vehicle_picture import picture_lines
from anpr_tui.widgets.rule import ruled
from anpr_tui.words import (
    BADGES,
    do_line,
    markers,
    percent,
    phonetic,
    spaced,
    standing,
    why_listed,
)
from store.answers import AlarmDetail
from store.terms import Alarm, AlarmState

__all__ = ["AlarmFacts"]

_PICTURES = 31
_SIGHTS = 6
_WHOLE = 400
"""A width at which no fact is cut."""


class AlarmFacts(Painted):
    """Facts at the left, plate and vehicle at the right."""

    detail: reactive[AlarmDetail | None] = reactive(None)

    def __init__(self, seat: Seat, alarm: Alarm) -> None:
        super().__init__()
        self._seat = seat
        self._alarm = alarm

    def line(self, y: int) -> Sequence[Span]:
        """The rule, then facts and pictures side by side."""
        alarm = self.detail.alarm if self.detail else self._alarm
        if y == 0:
            said = f"Alarm {alarm.alarm_id} ── {spaced(alarm.vrm)} ── {self._standing(alarm)}"
            return [(ruled(said, self.size.width), "")]
        left = self.size.width - _PICTURES
        facts, pictures = self._facts(alarm, width=left - 2), self._pictures(_PICTURES - 4)
        spans = facts[y - 1] if y <= len(facts) else []
        used = sum(len(text) for text, _ in spans)
        seen = pictures[y - 1] if y <= len(pictures) else []
        return [*spans, (" " * (left - 1 - used), ""), ("│ ", ""), *seen]

    def sentences(self) -> Sequence[str]:
        """The facts one by one, once the alarm is opened; a picture says nothing here."""
        if self.detail is None:
            return ()
        alarm = self.detail.alarm
        rows = self._facts(alarm, width=_WHOLE)
        facts = ("".join(text for text, _ in row) for row in rows)
        head = f"Alarm {alarm.alarm_id}, {spaced(alarm.vrm)}, {self._standing(alarm)}."
        return [head, *map(spoken, facts)]

    def topic(self) -> Hashable:
        """The alarm and how it stands, not the age of its list."""
        return None if self.detail is None else (self.detail.alarm.seq, len(self.detail.sights))

    def _standing(self, alarm: Alarm) -> str:
        if alarm.disposition is not None:
            answer = alarm.disposition
            return f"{answer.decision}, by {self._who(answer.staff_id)} {clock(answer.decided_at)}"
        if alarm.state is AlarmState.ACKNOWLEDGED and alarm.acknowledged_at is not None:
            who = self._who(alarm.acknowledged_by)
            return f"acknowledged by {who} {clock(alarm.acknowledged_at)}"
        return standing(alarm)

    def _who(self, staff_id: str) -> str:
        return "you" if staff_id == self._seat.staff_id else staff_id

    def _facts(self, alarm: Alarm, *, width: int) -> list[Sequence[Span]]:
        room = width - 9
        entry, now = alarm.entry, self._seat.ages_at
        listed = cell(why_listed(alarm), width - 9)
        rows: list[Sequence[Span]] = [
            [(" ", ""), *badge(BADGES[alarm.priority]), (f"  {listed}", "")]
        ]
        loaded_at = self.detail.list_loaded_at if self.detail else None
        listed_s = (
            f"{list_age(since(loaded_at, now=now))} old; " if loaded_at else "of unknown age; "
        )
        vehicle = " ".join(filter(None, (entry.colour, entry.make, entry.model))).lower()
        named = [
            ("Do", wrapped(do_line(alarm), room, lines=2)),
            ("Markers", wrapped(markers(entry.markers) or "none", room, lines=1)),
            ("List", wrapped(f"{listed_s}confirm before the stop", room, lines=1)),
            ("Read", [f"{spaced(alarm.vrm)}  {alarm.certainty}, {percent(alarm.confidence)} %"]),
            ("Listed", [vehicle or "no vehicle described"]),
            ("CAD", [entry.incident or "none given"]),
            ("Seen", self._sights(alarm)),
            ("Say", wrapped(phonetic(alarm.vrm), room, lines=2)),
        ]
        if alarm.disposition is not None and (ground := alarm.disposition.ground) is not None:
            said = f"{ground.purpose}, {ground.reference}: {ground.reason}"
            named.insert(0, ("Sent on", wrapped(said, room, lines=3)))
        for name, texts in named:
            for number, text in enumerate(texts):
                rows.append([(f" {'' if number else name:<8}{cell(text, room)}", "")])
        return rows

    def _sights(self, alarm: Alarm) -> list[str]:
        if self.detail is None or not self.detail.sights:
            return [f"{clock(alarm.captured_at)} {alarm.camera_id} {alarm.camera_name}"]
        roomy = self.size.height >= 16
        return [
            f"{clock(sight.captured_at)} {sight.camera_id} {sight.camera_name}"
            for sight in self.detail.sights[: _SIGHTS if roomy else 2]
        ]

    def _pictures(self, width: int) -> list[Sequence[Span]]:
        if self.detail is None:
            return [[("opening the pictures", "")]]
        crop = crop_lines(self.detail.plate_jpeg, columns=CROP_COLUMNS, lines=CROP_LINES)
        rows: list[Sequence[Span]] = [[(text, "plate")] for text in crop]
        if not crop:
            young = since(self.detail.alarm.raised_at, now=self._seat.ages_at) < PICTURE_DUE_S
            rows.append([("picture to come" if young else "no picture of the plate kept", "")])
        rows.append([])
        lines = self.size.height - len(rows) - 1
        rows += picture_lines(self.detail.vehicle_jpeg, columns=width, lines=max(lines, 1))
        return rows
