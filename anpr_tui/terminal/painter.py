"""Sends only the cells that changed: a screen over SSH costs what is new on it.

Textual repaints whole lines of a widget; on a slow link that is most of the traffic. The painter
keeps what the terminal shows, cell by cell, and writes the runs that differ.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

__all__ = ["Cell", "CellPainter", "cells_of"]

Cell = tuple[str, str]
"""A character of one cell and its SGR parameters, such as ("H", "1;38;5;231;48;5;160")."""

_BLANK: Cell = (" ", "")
_BRIDGED = 6
"""Unchanged cells between two changes that cost less than moving the cursor over them."""


def cells_of(strip: Strip, *, colours: ColorSystem) -> list[Cell]:
    """A line as cells; what a terminal would not print becomes "?", whoever let it get this far."""
    cells: list[Cell] = []
    for text, style, _ in strip:
        look = _look(style, colours) if style else ""
        cells += [(one if one.isprintable() else "?", look) for one in text]
    return cells


@lru_cache(maxsize=4_096)
def _look(style: Style, colours: ColorSystem) -> str:
    """SGR parameters of a style; the terminal's own colours need none."""
    named = (
        None if colour is None or colour.is_default else colour
        for colour in (style.color, style.bgcolor)
    )
    return Strip.render_ansi(style.without_color + Style.from_color(*named), colours)


class CellPainter:
    """What one terminal shows."""

    def __init__(self) -> None:
        self._strips: list[Strip] = []
        self._shown: list[list[Cell]] = []

    def forget(self) -> None:
        """The terminal may show anything: the next frame is painted whole."""
        self._strips, self._shown = [], []

    def frame(self, strips: Sequence[Strip], *, colours: ColorSystem) -> str:
        """The sequence that brings the terminal from the last frame to this one; "" for no change.

        Args:
            strips: The lines of the window, all of one width.
            colours: What the terminal can show.
        """
        width = strips[0].cell_length if strips else 0
        out: list[str] = []
        if len(self._shown) != len(strips) or (self._shown and len(self._shown[0]) != width):
            self._strips = [Strip.blank(width)] * len(strips)
            self._shown = [[_BLANK] * width for _ in strips]
            out.append("\x1b[m\x1b[2J")
        for y, strip in enumerate(strips):
            if strip is self._strips[y] or strip == self._strips[y]:
                continue
            cells = (cells_of(strip, colours=colours) + [_BLANK] * width)[:width]
            for start, end in _changed(self._shown[y], cells):
                out.append(f"\x1b[{y + 1};{start + 1}H")
                out += _run(cells[start:end])
            self._shown[y] = cells
        self._strips = list(strips)
        return "".join(out)


def _changed(before: Sequence[Cell], after: Sequence[Cell]) -> Iterator[tuple[int, int]]:
    """Runs of changed cells, start inclusive and end exclusive; near ones are joined."""
    start = last = -1
    for x, (old, new) in enumerate(zip(before, after, strict=True)):
        if old == new:
            continue
        if start < 0:
            start = x
        elif x - last > _BRIDGED:
            yield start, last + 1
            start = x
        last = x
    if start >= 0:
        yield start, last + 1


def _run(cells: Sequence[Cell]) -> Iterator[str]:
    """Characters with their looks; the terminal's default look stands before and after."""
    look = ""
    for character, wanted in cells:
        if wanted != look:
            yield f"\x1b[0;{wanted}m" if wanted else "\x1b[m"
            look = wanted
        yield character
    if look:
        yield "\x1b[m"
