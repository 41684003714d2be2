"""Line 24: the keys of this screen, and the watermark: staff number and minute."""

from collections.abc import Iterable, Sequence

from textual.binding import Binding
from textual.reactive import reactive

from anpr_tui.terminal.cells import cell
from anpr_tui.widgets.painted import Painted, Span

__all__ = ["KeyLine", "shown_keys"]

TYPING = " TYPE  Tab next  Enter {enter}  Esc {leaves}"


class KeyLine(Painted):
    """Keys from the binding table; TYPE while a field has the keyboard."""

    ONLY_ASKED = True

    keys: reactive[str] = reactive("")
    enter: reactive[str] = reactive("next")
    leaves: reactive[str] = reactive("keys")
    typing: reactive[bool] = reactive(False)
    watermark: reactive[str] = reactive("")

    def line(self, y: int) -> Sequence[Span]:
        """The one line; the watermark is never pushed off."""
        keys = (
            TYPING.format(enter=self.enter, leaves=self.leaves) if self.typing else f" {self.keys}"
        )
        room = self.size.width - len(self.watermark) - 2
        return [(cell(keys, room), ""), (f" {self.watermark} ", "")]


def shown_keys(bindings: Iterable[Binding]) -> str:
    """The bindings that say a word of themselves: "h High  a ack  ? keys"."""
    return "  ".join(
        f"{binding.key_display or binding.key} {binding.description}"
        for binding in bindings
        if binding.show and binding.description
    )
