"""Lines of text under a rule: the record under the cursor, the state of the chain."""

from collections.abc import Sequence

from anpr_tui.terminal.spoken import spoken
from anpr_tui.widgets.painted import Painted, Span
from anpr_tui.widgets.rule import ruled

__all__ = ["Told"]


class Told(Painted):
    """A named rule and the lines below it."""

    def __init__(self, name: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._title = name
        self._lines: tuple[str, ...] = ()
        self._trouble = False

    def show(self, lines: Sequence[str], *, name: str = "", trouble: bool = False) -> None:
        """Say this; trouble is marked in its first line."""
        self._title = name or self._title
        self._lines, self._trouble = tuple(lines), trouble
        self.refresh()

    def sentences(self) -> Sequence[str]:
        """All of it."""
        return tuple(filter(None, map(spoken, (self._title, *self._lines))))

    def line(self, y: int) -> Sequence[Span]:
        """The rule, then the lines."""
        if y == 0:
            return [(ruled(self._title, self.size.width), "")]
        if y > len(self._lines):
            return []
        look = "trouble" if self._trouble and y == 1 else ""
        return [("   ", ""), (self._lines[y - 1], look)]
