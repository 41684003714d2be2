"""The ground of a deployment as the list entry proposes it, in one line (S-1, S-24)."""

from collections.abc import Sequence

from textual.reactive import reactive

from anpr_tui.terminal.cells import cell
from anpr_tui.widgets.fields.entry import Entry
from anpr_tui.widgets.painted import Span
from store.terms import Ground

__all__ = ["ProposedGround"]

_OPENING = ("space", "down", "right", "backspace", "delete")


class ProposedGround(Entry):
    """One place of the form: Tab or Enter takes what it says, the space bar opens it to be changed.

    So an alarm is answered with no more keys than before there was a ground to give.
    """

    ground: reactive[Ground | None] = reactive(None)

    def answer(self) -> tuple[str, int]:
        """What it proposes."""
        return self._said(), 0

    def take(self, key: str, character: str | None) -> bool:
        """Open it; whatever is typed is not lost on a line that cannot hold it."""
        return key in _OPENING or character is not None

    def line(self, y: int) -> Sequence[Span]:
        """Purpose, reference and reason, as far as they go; reversed while it has the keyboard."""
        shown = cell(self._said(), max(self.size.width - 4, 1))
        return [("[", ""), (shown, "cursor" if self.has_focus else ""), (" v]", "")]

    def _said(self) -> str:
        ground = self.ground
        if ground is None:
            return ""
        return f"{ground.purpose}, {ground.reference or 'ref: the log'}: {ground.reason}"
