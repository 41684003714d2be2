"""The read under the cursor: its pictures, or why they are hidden."""

from collections.abc import Sequence

from textual.reactive import reactive

from anpr_tui.terminal.cells import wrapped
from anpr_tui.times import day_and_clock
from anpr_tui.widgets.painted import Painted, Span
from anpr_tui.widgets.pictures.plate_crop import crop_lines
from anpr_tui.widgets.pictures.vehicle_picture import picture_lines
from anpr_tui.widgets.rule import ruled
from anpr_tui.words import percent, phonetic, spaced
from store.answers import ReadDetail
from store.terms import ReadRow

__all__ = ["ReadPane"]

_CROP_COLUMNS, _CROP_LINES = 25, 5
_MASKED = (
    "Plate and picture are hidden: you did not name this plate. "
    "Enter opens it and writes that down."
)


class ReadPane(Painted):
    """Beside the rows; a masked read shows no picture, since the picture shows the plate."""

    row: reactive[ReadRow | None] = reactive(None)
    masked: reactive[bool] = reactive(False)
    detail: reactive[ReadDetail | None] = reactive(None)

    def line(self, y: int) -> Sequence[Span]:
        """The rule with the time, then vehicle over plate."""
        row = self.row
        if y == 0:
            said = day_and_clock(row.captured_at) if row else ""
            return [(ruled(said, self.size.width, start="┬──"), "")]
        rows = self._rows(row, width=self.size.width - 2) if row else []
        return [("│ ", ""), *(rows[y - 1] if y <= len(rows) else [])]

    def sentences(self) -> Sequence[str]:
        """What was read of the vehicle, in words, once it is opened."""
        row, detail = self.row, self.detail
        if row is None or detail is None or detail.row.read_id != row.read_id:
            return [_MASKED] if row is not None and self.masked else ()
        said = f"Read {spaced(detail.vrm)}, {percent(detail.row.confidence)} per cent"
        for vrm, confidence in detail.candidates[1:3]:
            said += f"; or {spaced(vrm)}, {percent(confidence)} per cent"
        return [f"{said}. {phonetic(detail.vrm)}. Audit {detail.audit_seq:,}."]

    def _rows(self, row: ReadRow, *, width: int) -> list[Sequence[Span]]:
        detail = self.detail
        if detail is None or detail.row.read_id != row.read_id:
            said = _MASKED if self.masked else "opening the pictures"
            return [[(text, "")] for text in ["", *wrapped(said, width - 1, lines=6)]]
        crop = crop_lines(detail.plate_jpeg, columns=_CROP_COLUMNS, lines=_CROP_LINES)
        words = self._words(detail, width=width)
        room = self.size.height - 1 - max(len(crop), 1) - len(words)
        rows: list[Sequence[Span]] = list(
            picture_lines(detail.vehicle_jpeg, columns=width - 2, lines=max(room, 1))
        )
        rows += [[(text, "plate")] for text in crop] or [[("no picture of the plate kept", "")]]
        return rows + words

    def _words(self, detail: ReadDetail, *, width: int) -> list[Sequence[Span]]:
        """What was read; more of it where the pane is high."""
        read = f"{spaced(detail.vrm)} {percent(detail.row.confidence)} %"
        if self.size.height < 20:
            return []
        words: list[Sequence[Span]] = [[("", "")], [(f"Read  {read}", "")]]
        if detail.raw != detail.vrm:
            words.append([(f"raw   {detail.raw}, repaired by the grammar", "")])
        for vrm, confidence in detail.candidates[:3]:
            words.append([(f"or    {spaced(vrm)} {percent(confidence)} %", "")])
        return [*words, [(f"Opened, audit {detail.audit_seq:,}"[:width], "")]]
