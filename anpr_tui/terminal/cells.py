"""Text as terminal cells: nothing but printable characters of one cell each reaches a screen.

Data comes from cameras, lists and colleagues. A control code in it could move the cursor, set the
clipboard or reverse the reading direction, and a wide or combining character would shift a column,
so everything that is drawn goes through `plain`.
"""

import unicodedata
from collections.abc import Sequence

from rich.cells import get_character_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

__all__ = ["MASK", "cell", "plain", "strip_of", "wrapped"]

MASK = "░"
"""Stands for each character of a plate that nobody here has named or opened."""

_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me", "Mc", "Zl", "Zp"})
"""Control, format (bidi among them), surrogate, private, unassigned, combining, line breaks."""


def plain(text: str) -> str:
    """The text with control, bidi and combining characters gone and wide ones as "?".

    Each character that is left takes exactly one cell; any blank is a plain space.
    """
    if text.isascii() and text.isprintable():
        return text
    kept = []
    for character in text:
        kind = unicodedata.category(character)
        if kind == "Zs" or character in "\t\n\r":
            kept.append(" ")
        elif kind not in _DROPPED:
            kept.append(character if get_character_cell_size(character) == 1 else "?")
    return "".join(kept)


def cell(text: object, width: int, *, right: bool = False) -> str:
    """The text in exactly `width` cells: cut or filled up with spaces.

    Args:
        text: What to show; anything `str` takes.
        width: Cells, 0 or more.
        right: True to push it to the right edge.
    """
    shown = plain(str(text))[: max(width, 0)]
    return shown.rjust(width) if right else shown.ljust(width)


def strip_of(spans: Sequence[tuple[str, Style]], *, width: int, filler: Style) -> Strip:
    """One line of a widget: each span made plain, the whole cut or filled to `width` cells."""
    segments = [Segment(plain(text), style) for text, style in spans if text]
    return Strip(segments).adjust_cell_length(width, filler)


def wrapped(text: str, width: int, *, lines: int) -> list[str]:
    """The text broken at blanks into at most `lines` lines of at most `width` cells.

    What does not fit ends in "..": a sentence that was cut must not read as if it were whole.
    """
    rows = [""]
    for word in plain(text).split():
        joined = f"{rows[-1]} {word}".strip()
        if len(joined) <= width:
            rows[-1] = joined
        else:
            if rows[-1]:
                rows.append("")
            rows[-1] = word[:width]
    if len(rows) > lines:
        rows = rows[:lines]
        rows[-1] = rows[-1][: width - 2].rstrip() + ".."
    return rows
