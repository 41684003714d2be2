"""Line 22: one sentence; what must be known comes before what was just said."""

from collections.abc import Hashable, Sequence

from textual.reactive import reactive

from anpr_tui.terminal.cells import cell, wrapped
from anpr_tui.times import age
from anpr_tui.widgets.painted import Painted, Span

__all__ = ["NoticeLine"]

_MOST_LINES = 3


class NoticeLine(Painted):
    """DATA STALE as a full bar, or the answer to the last act, or what waits.

    It lies over the frame: a refusal that is too long for one line, and must be read whole, grows
    upwards over the lowest lines of the work, so that no row moves for it.
    """

    stale_s: reactive[int | None] = reactive(None)
    waiting: reactive[int] = reactive(0)
    said: reactive[str] = reactive("")
    needs_you: reactive[str] = reactive("")
    turn: reactive[int] = reactive(0)
    """How often something was said: the same sentence again is news to whoever hears it."""

    def lines_needed(self, width: int) -> int:
        """Lines it takes in a window of `width` cells, 1 to 3."""
        return 1 if self.stale_s is not None else len(self._rows(width))

    def sentences(self) -> Sequence[str]:
        """What the line says, each sentence whole."""
        stale = "" if self.stale_s is None else f"DATA STALE {age(self.stale_s)}."
        waits = f"NEEDS YOU: {self.needs_you}" if self.needs_you else ""
        return tuple(filter(None, (stale, self._waits(), waits, self.said)))

    def topic(self) -> Hashable:
        """Not the ages: a countdown is read by asking for it."""
        needed = self.needs_you.partition(":")[0]
        return self.stale_s is None, self.waiting, needed, self.turn

    def line(self, y: int) -> Sequence[Span]:
        """The bar, or a line of the sentence."""
        if self.stale_s is not None:
            rest = self.said or "rows stay as they were until the hub is heard again."
            return [(cell(f" DATA STALE {age(self.stale_s)}  {rest}", self.size.width), "stale")]
        rows = self._rows(self.size.width)
        if self.needs_you and y == len(rows) - 1:
            return [(" ", ""), ("▌NEEDS YOU▐", "medium"), (f" {rows[y]}", "")]
        return [(f" {rows[y] if y < len(rows) else ''}", "")]

    def _rows(self, width: int) -> list[str]:
        """What needs this officer stands on the line itself; what was said stands above it."""
        if not self.needs_you:
            return self._sentence(width)
        above = self._sentence(width) if self.said or self.waiting else []
        return [*above[: _MOST_LINES - 1], cell(self.needs_you, width - 13)]

    def _sentence(self, width: int) -> list[str]:
        both = "   ".join(filter(None, (self._waits(), self.said)))
        one = both if len(both) < width else self.said or both
        return wrapped(one, width - 2, lines=_MOST_LINES) if len(one) >= width else [one]

    def _waits(self) -> str:
        if not self.waiting:
            return ""
        verb, them = ("waits", "it") if self.waiting == 1 else ("wait", "them")
        return f"{self.waiting} new {verb}: n lets {them} in."
