"""A list of audit records with a cursor; what a row says is told by whoever fills it."""

from collections.abc import Sequence

from anpr_tui.terminal.spoken import spoken
from anpr_tui.widgets.painted import Painted, Span

__all__ = ["LedgerList"]


class LedgerList(Painted):
    """Lines above, columns, rows; the cursor stays where it is when rows change."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._above: tuple[str, ...] = ()
        self._rows: tuple[str, ...] = ()
        self._at = 0
        self._top = 0

    @property
    def at(self) -> int:
        """Number of the row under the cursor; 0 where there are none."""
        return self._at

    def show(self, rows: Sequence[str], *, above: Sequence[str]) -> None:
        """Put rows in the place of those that were there, under these lines."""
        self._rows, self._above = tuple(rows), tuple(above)
        self._at = min(self._at, max(len(self._rows) - 1, 0))
        self.move(0)
        self.refresh()

    def move(self, by: int) -> None:
        """Move the cursor by rows; it stops at both ends."""
        if self._rows:
            self._at = min(max(self._at + by, 0), len(self._rows) - 1)
            room = max(self.size.height - len(self._above), 1)
            self._top = min(max(self._top, self._at - room + 1), self._at)
            self.refresh()

    def sentences(self) -> Sequence[str]:
        """The lines above, and the row under the cursor."""
        here = self._rows[self._at : self._at + 1]
        return tuple(filter(None, map(spoken, (*self._above, *here))))

    def line(self, y: int) -> Sequence[Span]:
        """The lines above, then rows."""
        if y < len(self._above):
            return [(self._above[y], "")]
        number = y - len(self._above) + self._top
        if number >= len(self._rows):
            return []
        here = number == self._at
        return [(f"{'> ' if here else '  '}{self._rows[number]}", "cursor" if here else "")]
