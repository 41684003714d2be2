"""An officer's answer to what a reviewer asks about their search."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

from anpr_tui.widgets.fields.button import Button
from anpr_tui.widgets.fields.field import Field

__all__ = ["AnswerForm"]


class AnswerForm(Horizontal):
    """One line of words, and a button."""

    @dataclass
    class Answered(Message):
        """The officer answers in these words."""

        words: str

    def compose(self) -> ComposeResult:
        """One line, as drawn."""
        yield Static("   Answer  ", markup=False)
        yield Field(most=500, id="answer")
        yield Button("Send", id="send")

    def begin(self) -> None:
        """Empty it and give it the keyboard."""
        field = self.query_one("#answer", Field)
        field.text = ""
        self.screen.set_focus(field)

    def send(self) -> None:
        """Send what was written."""
        self.post_message(self.Answered(self.query_one("#answer", Field).text))
