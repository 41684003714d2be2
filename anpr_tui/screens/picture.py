"""A read at full size (`p`): its plate and its vehicle as large as the window allows."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from anpr_tui.screens.frame import Frame
from anpr_tui.seat import Seat
from anpr_tui.times import day_and_clock
from anpr_tui.widgets.painted import Painted, Span
from anpr_tui.widgets.pictures.plate_crop import crop_lines
from anpr_tui.widgets.pictures.vehicle_picture import picture_lines
from anpr_tui.widgets.rule import ruled
from anpr_tui.words import percent, phonetic, spaced
from store.answers import ReadDetail

__all__ = ["PictureScreen"]

_PLATE_COLUMNS, _PLATE_LINES = 40, 7


class _Large(Painted):
    """Vehicle at the left, plate and words at the right."""

    def __init__(self, detail: ReadDetail) -> None:
        super().__init__()
        self._detail = detail

    def sentences(self) -> Sequence[str]:
        detail = self._detail
        return (
            f"{spaced(detail.vrm)}, {day_and_clock(detail.row.captured_at, year=True)}, "
            f"{detail.row.camera_id} {detail.row.camera_name}.",
            f"{phonetic(detail.vrm)}. A picture has no words here; Esc goes back.",
        )

    def line(self, y: int) -> Sequence[Span]:
        detail, row = self._detail, self._detail.row
        if y == 0:
            where = f"{row.camera_id} {row.camera_name}"
            said = f"{spaced(detail.vrm)} ── {day_and_clock(row.captured_at, year=True)} ── {where}"
            return [(ruled(said, self.size.width), "")]
        plate_columns = min(_PLATE_COLUMNS, self.size.width // 3)
        left = self.size.width - plate_columns - 2
        picture = picture_lines(detail.vehicle_jpeg, columns=left - 2, lines=self.size.height - 1)
        words = self._words(plate_columns)
        spans: list[Span] = [(" ", ""), *(picture[y - 1] if y <= len(picture) else ())]
        used = sum(len(text) for text, _ in spans)
        return [*spans, (" " * (left - used), ""), *([words[y - 1]] if y <= len(words) else [])]

    def _words(self, columns: int) -> list[Span]:
        detail = self._detail
        crop = crop_lines(detail.plate_jpeg, columns=columns, lines=_PLATE_LINES)
        spoken = phonetic(detail.vrm).split()
        return [
            *((text, "plate") for text in crop),
            ("", ""),
            (f"{percent(detail.row.confidence)} %, {detail.row.certainty}", ""),
            (" ".join(spoken[:4]), ""),
            (" ".join(spoken[4:]), ""),
            ("" if detail.vehicle_jpeg else "no picture of the vehicle kept", ""),
            (f"Opened, audit {detail.audit_seq:,}", ""),
        ]


class PictureScreen(Frame):
    """One opened read; Esc goes back to its row."""

    MODE = "search"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "list", key_display="Esc", id="back")
    ]

    def __init__(self, seat: Seat, *, detail: ReadDetail) -> None:
        super().__init__(seat)
        self._detail = detail

    def work(self) -> ComposeResult:
        """The pictures."""
        yield _Large(self._detail)
