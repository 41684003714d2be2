"""What of a screen is said to a screen reader: its widgets from the top, and where keys go."""

from collections.abc import Iterator

from textual.screen import Screen
from textual.widget import Widget

from anpr_tui.terminal.cells import plain
from anpr_tui.terminal.teller import Live, Part
from anpr_tui.widgets.fields.entry import Entry
from anpr_tui.widgets.frame.command_line import CommandLine
from anpr_tui.widgets.frame.notice_line import NoticeLine
from anpr_tui.widgets.painted import Painted

__all__ = ["live_of", "parts_of", "whole_of"]


def parts_of(screen: Screen[object]) -> Iterator[Part]:
    """Give what stands on a screen and is said by itself; a field only while it has the keys."""
    for widget in screen.query(Painted):
        if isinstance(widget, NoticeLine):  # the same line on every screen, also under a command
            yield Part(NoticeLine, widget.topic(), widget.sentences())
        elif _in_sight(widget):
            yield Part(widget, widget.topic(), widget.sentences())


def whole_of(screen: Screen[object]) -> tuple[str, ...]:
    """Give what is silent otherwise: who, where, how healthy, which keys."""
    return tuple(
        said
        for widget in screen.query(Painted)
        if _in_sight(widget) and widget.ONLY_ASKED
        for said in widget.drawn_words()
    )


def live_of(screen: Screen[object]) -> Live:
    """Give the line that takes the keys."""
    here = screen.focused
    if isinstance(here, CommandLine):
        return Live(here, f": {here.text}")
    if not isinstance(here, Entry):
        return Live()
    answer, back = here.answer()
    return Live(here, plain(f"{here.named()}: {answer}"), back)


def _in_sight(widget: Widget) -> bool:
    return all(one.display for one in widget.ancestors_with_self if isinstance(one, Widget))
