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

    @dataclass
    class Left(Message):
        """Esc: the keyboard goes back to the screen."""

    @dataclass
    class Entered(Message):
        """Enter, in this place of the form."""

        entry: "Entry"

    def take(self, key: str, character: str | None) -> bool:
        """Take a key.

        Returns:
            True where it changed what the form says.
        """
        raise NotImplementedError

    def on_key(self, event: events.Key) -> None:
        """Keys that are not Tab stay here."""
        if event.key in ("tab", "shift+tab"):
            return
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.post_message(self.Left())
        elif event.key == "enter":
            self.post_message(self.Entered(self))
        elif self.take(event.key, event.character if event.is_printable else None):
            self.post_message(self.Changed())
        self.refresh()

    def on_focus(self) -> None:
        """Show the caret."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the caret."""
        self.refresh()
