"""What stands on a terminal that is too small: its size, ours, and the High count."""

from collections.abc import Sequence

from textual.reactive import reactive

from anpr_tui.widgets.painted import Painted, Span, badge

__all__ = ["NEEDED_COLUMNS", "NEEDED_LINES", "SmallWindow"]

NEEDED_COLUMNS = 80
NEEDED_LINES = 24


class SmallWindow(Painted):
    """Shown alone below 80x24; alarms go on ringing and counting."""

    high_new: reactive[int] = reactive(0)

    def line(self, y: int) -> Sequence[Span]:
        """Two lines; everything below stays empty."""
        if y == 0:
            size = self.app.size
            needed = f"{NEEDED_COLUMNS}x{NEEDED_LINES}"
            return [(f"This window is {size.width}x{size.height}, the console needs {needed}", "")]
        if y == 1:
            return badge(f"█HIGH {self.high_new} NEW█") if self.high_new else [("0 High", "")]
        return []
