"""The command line that opens on `:`: verbs with completion, never arguments kept."""

from collections.abc import Sequence

from textual import events
from textual.reactive import reactive

from anpr_tui.terminal.cells import plain
from anpr_tui.widgets.painted import Painted, Span

__all__ = ["CommandLine"]


class CommandLine(Painted):
    """Lies under the notice line; it can be focused only while somebody types a command."""

    text: reactive[str] = reactive("")

    def __init__(self, *, verbs: Sequence[str]) -> None:
        super().__init__()
        self._verbs = sorted(verbs)

    def sentences(self) -> Sequence[str]:
        """Nothing by itself: while it has the keyboard it is the line that is typed."""
        return ()

    def line(self, y: int) -> Sequence[Span]:
        """What was typed, and the verbs that begin with it."""
        fitting = "  ".join(f":{verb}" for verb in self._fitting())
        return [(f" :{self.text}", ""), (" ", "cursor"), (f"   {fitting or 'no such command'}", "")]

    def press(self, event: events.Key) -> str | None:
        """Letters type, Tab completes, Enter runs, Esc leaves.

        Returns:
            The verb to run, "" where the officer left the line, None while it goes on.
        """
        fitting = self._fitting()
        given: str | None = None
        match event.key:
            case "escape":
                given = ""
            case "enter":
                given = fitting[0] if self.text and len(fitting) == 1 else self.text
            case "tab" if fitting:
                self.text = fitting[0]
            case "backspace" if self.text:
                self.text = self.text[:-1]
            case "backspace":
                given = ""
            case _ if event.character and event.is_printable:
                self.text = (self.text + plain(event.character))[:40]
        if given is not None:
            self.text = ""
        return given

    def _fitting(self) -> list[str]:
        return [verb for verb in self._verbs if verb.startswith(self.text)]
