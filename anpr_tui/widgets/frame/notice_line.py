"""Line 22: one sentence; what must be known comes before what was just said."""

from collections.abc import Sequence

from textual.reactive import reactive

from anpr_tui.cells import cell
from anpr_tui.times import age
from anpr_tui.widgets.painted import Painted, Span

__all__ = ["NoticeLine"]


class NoticeLine(Painted):
    """DATA STALE as a full bar, or what waits and the answer to the last act."""

    stale_s: reactive[int | None] = reactive(None)
    waiting: reactive[int] = reactive(0)
    said: reactive[str] = reactive("")

    def line(self, y: int) -> Sequence[Span]:
        """The one line."""
        if self.stale_s is not None:
            rest = f"  {self.said}" if self.said else "  rows stay as they were; connecting again."
            return [(cell(f" DATA STALE {age(self.stale_s)}{rest}", self.size.width), "stale")]
        return [(" " + "   ".join(filter(None, (self._waits(), self.said))), "")]

    def _waits(self) -> str:
        if not self.waiting:
            return ""
        verb, them = ("waits", "it") if self.waiting == 1 else ("wait", "them")
        return f"{self.waiting} new {verb}: n lets {them} in."
