"""What takes the keyboard in a form: letters type, Tab goes on, Esc gives the keys back."""

from dataclasses import dataclass

from textual import events
from textual.message import Message

from anpr_tui.widgets.painted import Painted

__all__ = ["Entry"]


class Entry(Painted, can_focus=True):
    """One place of a form; while it has the keyboard, no key of the screen works."""

    @dataclass
    class Changed(Message):
        """Something was typed or chosen."""

    def take(self, key: str, character: str | None) -> bool:
        """Take a key.

        Returns:
            True where it changed what the form says.
        """
        raise NotImplementedError

    def press(self, event: events.Key) -> None:
        """Take a key; the console keeps Tab, Enter and Esc to itself."""
        if self.take(event.key, event.character if event.is_printable else None):
            self.post_message(self.Changed())
        self.refresh()

    def on_focus(self) -> None:
        """Show the caret."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the caret."""
        self.refresh()
