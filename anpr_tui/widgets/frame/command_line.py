"""The command line that opens on `:`: verbs with completion, never arguments kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.reactive import reactive

from anpr_tui.cells import plain
from anpr_tui.widgets.painted import Painted, Span

__all__ = ["CommandLine"]


class CommandLine(Painted):
    """Lies under the notice line; it can be focused only while somebody types a command."""

    text: reactive[str] = reactive("")

    @dataclass
    class Given(Message):
        """A verb to run; empty where the officer left the line."""

        verb: str

    def __init__(self, *, verbs: Sequence[str]) -> None:
        super().__init__()
        self._verbs = sorted(verbs)

    def line(self, y: int) -> Sequence[Span]:
        """What was typed, and the verbs that begin with it."""
        fitting = "  ".join(f":{verb}" for verb in self._fitting())
        return [(f" :{self.text}", ""), (" ", "cursor"), (f"   {fitting or 'no such command'}", "")]

    def on_key(self, event: events.Key) -> None:
        """Letters type, Tab completes, Enter runs, Esc leaves."""
        event.stop()
        event.prevent_default()
        fitting = self._fitting()
        match event.key:
            case "escape":
                self._give("")
            case "enter":
                self._give(fitting[0] if self.text and len(fitting) == 1 else self.text)
            case "tab" if fitting:
                self.text = fitting[0]
            case "backspace" if self.text:
                self.text = self.text[:-1]
            case "backspace":
                self._give("")
            case _ if event.character and event.is_printable:
                self.text = (self.text + plain(event.character))[:40]

    def _fitting(self) -> list[str]:
        return [verb for verb in self._verbs if verb.startswith(self.text)]

    def _give(self, verb: str) -> None:
        self.text = ""
        self.post_message(self.Given(verb))
