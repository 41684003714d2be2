"""`:plain`: what a screen reader can read; no colours, no boxes, no blocks."""

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

__all__ = ["SpokenFilter", "spoken"]

_LETTERS: dict[int, int] = {
    **dict.fromkeys(range(0x2500, 0x2580), ord("+")),  # what boxes are drawn with
    **dict.fromkeys(range(0x2580, 0x25A0), ord("#")),  # blocks and shades
    **dict.fromkeys(map(ord, "─━═╌┄▔▁▂▃▄"), ord("-")),
    **dict.fromkeys(map(ord, "│┃║╎┊▏▎▍▕"), ord("|")),
    **dict.fromkeys(map(ord, "▌▐"), ord("=")),
    **{ord(drawn): ord(said) for drawn, said in zip("░•→←", ".*><", strict=True)},
}
_CURSOR = Style(reverse=True)


def spoken(text: str) -> str:
    """Write a line without the characters that are drawn with; it stays as long as it was."""
    return text.translate(_LETTERS)


class SpokenFilter(LineFilter):
    """Rewrites every line that is painted, while it is switched on."""

    def __init__(self) -> None:
        super().__init__(enabled=False)

    def switch(self, *, on: bool) -> None:
        """Turn it on or off for whatever is painted next."""
        self.enabled = on

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same cells, letters for blocks; of all looks only the cursor's stays."""
        return [
            Segment(
                spoken(segment.text),
                _CURSOR if segment.style is not None and segment.style.reverse else None,
                segment.control,
            )
            for segment in segments
        ]
