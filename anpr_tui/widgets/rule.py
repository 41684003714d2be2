"""A rule with its name: `── Disposition ─────`."""

from collections.abc import Sequence

from anpr_tui.terminal.cells import cell
from anpr_tui.widgets.painted import Painted, Span

__all__ = ["Rule", "ruled"]


def ruled(said: str, width: int, *, start: str = "──") -> str:
    """A line of `width` cells that begins with what it is about."""
    named = f"{start} {said} " if said else start
    return cell(named + "─" * max(width - len(named), 0), width)


class Rule(Painted):
    """Parts the lines of a screen and names what follows."""

    def __init__(self, said: str) -> None:
        super().__init__()
        self._said = said

    def line(self, y: int) -> Sequence[Span]:
        """The one line."""
        return [(ruled(self._said, self.size.width), "")]
