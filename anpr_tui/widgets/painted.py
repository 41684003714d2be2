"""A widget drawn line by line from plain spans; its looks are classes of console.tcss."""

from collections.abc import Hashable, Sequence
from typing import ClassVar

from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from anpr_tui.terminal.cells import strip_of
from anpr_tui.terminal.spoken import spoken

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
    ONLY_ASKED: ClassVar[bool] = False
    """Whether a screen reader hears it only when it asks for the whole screen."""

    def line(self, y: int) -> Sequence[Span]:
        """The spans of one line, from the left."""
        raise NotImplementedError

    def drawn_words(self) -> Sequence[str]:
        """Its lines in words, without what they are drawn with."""
        lines = ("".join(text for text, _ in self.line(y)) for y in range(self.size.height))
        return tuple(filter(None, map(spoken, lines)))

    def sentences(self) -> Sequence[str]:
        """What it says to a screen reader by itself: its lines, or what says the same better."""
        return () if self.ONLY_ASKED else self.drawn_words()

    def topic(self) -> Hashable:
        """What must change for it to be said again; a clock that ticks is no part of it."""
        return tuple(self.sentences())

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
