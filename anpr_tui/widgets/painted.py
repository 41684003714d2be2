"""A widget drawn line by line from plain spans; its looks are classes of console.tcss."""

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from anpr_tui.terminal.cells import strip_of

__all__ = ["LOOKS", "Painted", "Span", "badge"]

Span = tuple[str, str | Style]
"""Text and its look: a name of `LOOKS`, "" for none, or a style computed from a picture."""

LOOKS = (
    "high",
    "high-edge",
    "medium",
    "stale",
    "trouble",
    "marking",
    "cursor",
    "chosen",
    "plate",
)


def badge(text: str) -> list[Span]:
    """A priority's badge as spans: High is one filled block, its edges part of the fill."""
    if text.startswith("█"):
        return [("█", "high-edge"), (text[1:-1], "high"), ("█", "high-edge")]
    return [(text, "medium" if text.startswith("▌") else "")]


class Painted(Widget):
    """Draws `line(y)` for each of its lines; nothing of it is markup."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"look--{look}" for look in LOOKS}

    def line(self, y: int) -> Sequence[Span]:
        """The spans of one line, from the left."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """One line as cells: control characters dropped, cut and filled to the width."""
        ground = self.rich_style
        spans = [(text, ground + self._style(look)) for text, look in self.line(y)]
        return strip_of(spans, width=self.size.width, filler=ground)

    def _style(self, look: str | Style) -> Style:
        if isinstance(look, Style):
            return look
        if not look:
            return Style.null()
        return self.get_component_rich_style(f"look--{look}", partial=True)
