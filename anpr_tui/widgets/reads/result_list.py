"""The rows of a search, newest first; plates nobody named stay masked until opened."""

from collections.abc import Sequence

from anpr_tui.terminal.cells import MASK, cell
from anpr_tui.times import day_and_clock
from anpr_tui.widgets.painted import Painted, Span
from anpr_tui.widgets.rule import ruled
from anpr_tui.words import CERTAINTIES, DIRECTIONS, percent, spaced
from store.answers import Found
from store.terms import MatchKind, ReadRow

__all__ = ["ResultList"]

ABOVE = 2
_WIDEST_CAMERA = 24


class ResultList(Painted):
    """The pages of one search; the screen moves its cursor and asks for more."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[ReadRow] = []
        self._opened: dict[str, str] = {}
        self._kind = MatchKind.EXACT
        self._more = False
        self._rule = ""
        self._at = 0
        self._top = 0

    @property
    def under_cursor(self) -> ReadRow | None:
        """The read under the cursor, or None."""
        return self._rows[self._at] if self._rows else None

    @property
    def at_end(self) -> bool:
        """Whether the cursor stands on the last row and more rows can be asked for."""
        return self._more and self._at == len(self._rows) - 1

    @property
    def opened(self) -> int:
        """How many masked plates were opened in this search."""
        return len(self._opened)

    @property
    def last_key(self) -> str:
        """Paging key of the last row."""
        return self._rows[-1].key if self._rows else ""

    def clear(self, *, rule: str = "") -> None:
        """Take the rows away; `rule` says what is going on."""
        self._rows, self._opened, self._more = [], {}, False
        self._at = self._top = 0
        self._rule = rule
        self.refresh()

    def show(self, found: Found, *, kind: MatchKind) -> None:
        """Put a page under the rows that are there; the cursor stays where it is."""
        self._kind = kind
        self._rows += found.rows
        self._more = found.more
        vehicles = len({row.vrm for row in self._rows}) if len(self._rows) > len(found.rows) else 0
        counted = _counted(found.vehicles, "vehicle") if not vehicles else ""
        parts = [_counted(len(self._rows), "read"), counted, f"{found.took_s:.2f} s"]
        self._rule = ", ".join(filter(None, parts))
        if found.cut_at is not None:
            self._rule += f", cut at {day_and_clock(found.cut_at, seconds=False)}"
        self.refresh()

    def unmask(self, read_id: str, vrm: str) -> None:
        """Show a plate that was opened."""
        self._opened[read_id] = vrm
        self.refresh()

    def move(self, by: int) -> None:
        """Move the cursor by rows; it stops at both ends."""
        if self._rows:
            self._at = min(max(self._at + by, 0), len(self._rows) - 1)
            room = max(self._room() - 1, 1)
            self._top = min(max(self._top, self._at - room + 1), self._at)
            self.refresh()

    def masked(self, row: ReadRow) -> bool:
        """Whether the plate of a row is hidden from this officer."""
        return MASK in row.vrm and row.read_id not in self._opened

    def line(self, y: int) -> Sequence[Span]:
        """The rule with the counts, the columns, the rows, and the end."""
        if y == 0:
            return [(ruled(self._rule or "no search yet", self.size.width), "")]
        if y == 1:
            return [(self._columns() if self._rows else "", "")]
        number = y - ABOVE + self._top
        if number < len(self._rows):
            return self._row(number)
        if number == len(self._rows) and self._rows:
            return [(" more: j goes on." if self._more else " end.", "")]
        return []

    def sentences(self) -> Sequence[str]:
        """What was found, and the read under the cursor as a sentence."""
        row = self.under_cursor
        if row is None:
            return [f"{self._rule or 'No search yet'}."]
        plate = spaced(self._opened.get(row.read_id, row.vrm))
        where = f"{row.camera_id} {row.camera_name}"
        sure = f"{_match(row)}, {percent(row.confidence)} per cent"
        rows = f"row {self._at + 1} of {len(self._rows)}{' and more' if self._more else ''}"
        said = (plate, day_and_clock(row.captured_at), where, row.direction, sure, rows)
        return [f"{self._rule}.", f"{', '.join(said)}."]

    def _room(self) -> int:
        return max(self.size.height - ABOVE, 1)

    @property
    def _with_plate(self) -> bool:
        return self._kind is not MatchKind.EXACT or self.size.width >= 60

    def _camera_width(self) -> int:
        fixed = 2 + 16 + 7 + 3 + (9 if self._with_plate else 0) + (0 if self._tight else 3)
        return min(max(self.size.width - fixed - 1, 4), _WIDEST_CAMERA)

    @property
    def _tight(self) -> bool:
        """Whether the column of the direction has to go."""
        return self._with_plate and self.size.width < 60

    def _columns(self) -> str:
        plate = f"{'plate':<8} " if self._with_plate else ""
        way = "" if self._tight else "to "
        return f"  {plate}{'when':<15} {cell('camera', self._camera_width())} {way}match    %"

    def _row(self, number: int) -> list[Span]:
        row = self._rows[number]
        here = number == self._at
        plate = f"{cell(spaced(self._opened.get(row.read_id, row.vrm)), 8)} "
        camera = cell(f"{row.camera_id} {row.camera_name}", self._camera_width())
        way = "" if self._tight else f"{DIRECTIONS.get(row.direction, '- ')} "
        text = (
            f"{'> ' if here else '  '}{plate if self._with_plate else ''}"
            f"{day_and_clock(row.captured_at)} {camera} {way}"
            f"{_match(row):<6} {percent(row.confidence):>3}"
        )
        return [(text, "cursor" if here else "")]


def _match(row: ReadRow) -> str:
    """How a row met the question; of a look-alike how far it is from the mark: 1 is the nearest."""
    return f"like {row.cost}" if row.cost else CERTAINTIES[row.certainty]


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number:,} {what}s"
