"""The alarm under the cursor: plate crop, what to do, age of the list, the words for the radio."""

from collections.abc import Sequence

from textual.reactive import reactive

from anpr_tui.seat import Seat
from anpr_tui.terminal.cells import cell, wrapped
from anpr_tui.times import clock, list_age, since
from anpr_tui.widgets.painted import Painted, Span
from anpr_tui.widgets.pictures.plate_crop import crop_lines
from anpr_tui.widgets.pictures.vehicle_picture import picture_lines
from anpr_tui.widgets.rule import ruled
from anpr_tui.words import do_line, markers, percent, phonetic, spaced, why_listed
from store.answers import AlarmDetail
from store.terms import Alarm

__all__ = ["CROP_COLUMNS", "CROP_LINES", "PICTURE_DUE_S", "ReadCard"]

CROP_COLUMNS = 25
CROP_LINES = 5
PICTURE_DUE_S = 30.0
"""A passage is settled and filed with its pictures well within this time."""
_PICTURE_LINES = 10


class ReadCard(Painted):
    """Below the list on 80x24, beside it on 120x40; pictures come when the alarm is opened."""

    alarm: reactive[Alarm | None] = reactive(None)
    detail: reactive[AlarmDetail | None] = reactive(None)

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._seat = seat

    def sentences(self) -> Sequence[str]:
        """Nothing: Enter opens the alarm, which says all of it."""
        return ()

    def line(self, y: int) -> Sequence[Span]:
        """A rule, then the card."""
        return self._beside(y) if self.size.height > CROP_LINES + 1 else self._below(y)

    def _opened(self, alarm: Alarm) -> AlarmDetail | None:
        opened = self.detail
        same = opened is not None and opened.alarm.read_id == alarm.read_id
        return opened if same else None

    def _crop(self, alarm: Alarm) -> Sequence[str]:
        opened = self._opened(alarm)
        if opened is None:
            return ["", "", "opening".center(CROP_COLUMNS)]
        crop = crop_lines(opened.plate_jpeg, columns=CROP_COLUMNS, lines=CROP_LINES)
        young = since(alarm.raised_at, now=self._seat.ages_at) < PICTURE_DUE_S
        without = "picture to come" if young else "no picture kept"
        return crop or ["", "", without.center(CROP_COLUMNS)]

    def _below(self, y: int) -> list[Span]:
        alarm = self.alarm
        if alarm is None:
            return [(ruled("", self.size.width), "")] if y == 0 else []
        if y == 0:
            return [(ruled(f"{alarm.alarm_id}, under the cursor", self.size.width), "")]
        crop = self._crop(alarm)
        text = crop[y - 1] if y <= len(crop) else ""
        room = self.size.width - CROP_COLUMNS - 3
        look = "plate" if len(crop) == CROP_LINES else ""
        return [
            (" ", ""),
            (cell(text, CROP_COLUMNS), look),
            (f"  {cell(self._facts(alarm)[y - 1], room)}", ""),
        ]

    def _facts(self, alarm: Alarm) -> list[str]:
        opened = self._opened(alarm)
        entry = alarm.entry
        warned = f"Markers {markers(entry.markers)}" if entry.markers else "Markers none"
        sights = "1 sight" if alarm.sights == 1 else f"{alarm.sights} sights"
        way = opened.sights[0].direction if opened and opened.sights else "unknown"
        bound = "" if way == "unknown" else f", {way}"
        return [
            f"{why_listed(alarm)}. {do_line(alarm)}",
            f"{warned:<27} {self._list_age(opened)}",
            f"Read {percent(alarm.confidence)} %, {alarm.certainty}. {_vehicle(alarm)}",
            f"{alarm.camera_id} {alarm.camera_name}{bound}, {sights}",
            phonetic(alarm.vrm),
        ]

    def _list_age(self, opened: AlarmDetail | None) -> str:
        health = self._seat.health
        loaded_at = opened.list_loaded_at if opened else health.list_loaded_at if health else None
        if loaded_at is None:
            return "list of unknown age"
        return f"list {list_age(since(loaded_at, now=self._seat.ages_at))} old"

    def _beside(self, y: int) -> list[Span]:
        alarm = self.alarm
        width = self.size.width - 1
        if y == 0:
            return [("┬" + "─" * width, "")]
        if alarm is None:
            return [("│", "")]
        if y == 1:
            said = f"{alarm.alarm_id} ── {spaced(alarm.vrm)}"
            return [(ruled(said, width + 1, start="├─"), "")]
        rows = self._column(alarm, width=width)
        return [("│", ""), *(rows[y - 2] if y - 2 < len(rows) else [])]

    def _column(self, alarm: Alarm, *, width: int) -> list[Sequence[Span]]:
        crop, opened = self._crop(alarm), self._opened(alarm)
        look = "plate" if len(crop) == CROP_LINES else ""
        margin = " " * ((width - CROP_COLUMNS) // 2)
        rows: list[Sequence[Span]] = [[(margin, ""), (line, look)] for line in crop]
        rows.append([])
        vehicle = opened.vehicle_jpeg if opened else b""
        for spans in picture_lines(vehicle, columns=width - 6, lines=_PICTURE_LINES):
            rows.append([("   ", ""), *spans])
        rows.append([])
        for text in self._sentences(alarm, opened, width=width - 1):
            rows.append([(f" {text}", "")])
        return rows

    def _sentences(self, alarm: Alarm, opened: AlarmDetail | None, *, width: int) -> list[str]:
        rows = wrapped(why_listed(alarm), width, lines=2) + wrapped(do_line(alarm), width, lines=2)
        rows += wrapped(f"Markers {markers(alarm.entry.markers) or 'none'}", width, lines=2)
        rows += [self._list_age(opened).capitalize(), *wrapped(_vehicle(alarm), width, lines=2)]
        rows.append(f"Read {percent(alarm.confidence)} %, {alarm.certainty}")
        for sight in opened.sights[:4] if opened else ():
            rows.append(f"Seen {clock(sight.captured_at)} {sight.camera_id} {sight.camera_name}")
        rows += ["", *wrapped(phonetic(alarm.vrm), width, lines=3), ""]
        return [*rows, f"Opened, audit {opened.audit_seq:,}"] if opened else rows


def _vehicle(alarm: Alarm) -> str:
    """The vehicle as the list describes it, to be held against the picture."""
    entry = alarm.entry
    described = " ".join(filter(None, (entry.colour, entry.make, entry.model))).lower()
    return f"List says {described}" if described else "List describes no vehicle"
