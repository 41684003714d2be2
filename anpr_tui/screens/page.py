"""A page of lines that opens over a screen: the keys of a screen, the last notices."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from anpr_tui.screens.frame import COMMANDS, Frame, moves
from anpr_tui.seat import Seat
from anpr_tui.terminal.spoken import spoken
from anpr_tui.times import clock
from anpr_tui.widgets.painted import Painted, Span
from anpr_tui.widgets.rule import ruled

__all__ = ["Page", "keys_page", "notices_page"]


_KEY_NAMES = {"pagedown": "PgDn", "pageup": "PgUp", "tab": "Tab", "shift+tab": "Shift+Tab"}


class _Lines(Painted):
    """Lines from the top; `first` is the first one in sight."""

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._first = 0

    def sentences(self) -> Sequence[str]:
        return tuple(filter(None, map(spoken, (self._title, *self._lines))))

    def line(self, y: int) -> Sequence[Span]:
        if y == 0:
            return [(ruled(self._title, self.size.width), "")]
        number = y - 1 + self._first
        return [(f" {self._lines[number]}", "")] if number < len(self._lines) else []

    def move(self, by: int) -> None:
        last = max(0, len(self._lines) + 1 - self.size.height)
        self._first = min(max(self._first + by, 0), last)
        self.refresh()


class Page(Frame):
    """Lines to read; Esc goes back to the very place it was opened from."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "back", key_display="Esc", id="back"),
        *moves(),
    ]

    def __init__(self, seat: Seat, *, title: str, lines: Iterable[str], mode: str) -> None:
        super().__init__(seat)
        self._title = title
        self._lines = list(lines)
        self.MODE = mode

    def work(self) -> ComposeResult:
        """The lines."""
        yield _Lines(self._title, self._lines)

    def action_move(self, by: int) -> None:
        """Scroll by lines."""
        self.query_one(_Lines).move(by)

    def action_page(self, by: int) -> None:
        """Scroll by pages."""
        lines = self.query_one(_Lines)
        lines.move(by * (lines.size.height - 1))

    def action_edge(self, end: int) -> None:
        """Go to the first or last line."""
        self.query_one(_Lines).move(end * len(self._lines))


def keys_page(screen: Frame, *, everywhere: Iterable[BindingType]) -> Page:
    """The keys of a screen, from the same table that makes them work."""
    own = _said(screen.own_keys())
    shared = _said([one for one in Binding.make_bindings(everywhere) if one.description])
    verbs = [f"{':' + verb:<12}{what}" for verb, what in COMMANDS.items()]
    lines = [*own, "", f"{'1-8':<12}a screen of your role", *shared, "", *verbs]
    return Page(screen.seat, title="Keys of this screen", lines=lines, mode=screen.MODE)


def notices_page(seat: Seat) -> Page:
    """What the notice line said, newest first."""
    lines = [f"{clock(at)}  {sentence}" for at, sentence in reversed(seat.notices)]
    lines = lines or ["Nothing was said yet."]
    return Page(seat, title="The last 50 notices", lines=lines, mode="")


def _said(bindings: Iterable[Binding]) -> list[str]:
    """A line for each action: all its keys, then what it does in full."""
    keys: dict[str, list[str]] = {}
    for one in bindings:
        said = one.tooltip or one.description
        keys.setdefault(said, []).append(one.key_display or _KEY_NAMES.get(one.key, one.key))
    return [f"{' '.join(names):<12}{said}" for said, names in keys.items()]
