"""What takes the keyboard in a form: letters type, Tab goes on, Esc gives the keys back."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from textual import events
from textual.widget import Widget
from textual.widgets import Static

from anpr_tui.terminal.spoken import spoken
from anpr_tui.widgets.painted import Painted

__all__ = ["Entry", "Hears"]


@runtime_checkable
class Hears(Protocol):
    """A form or screen that hears at once of what changed in it.

    By a message it would hear after the keys that were typed ahead, and Tab would pass by lines
    that the answer before it has just asked for.
    """

    def entry_changed(self, entry: "Entry") -> None:
        """Something was typed or chosen in one of its places."""


class Entry(Painted, can_focus=True):
    """One place of a form; while it has the keyboard, no key of the screen works."""

    def take(self, key: str, character: str | None) -> bool:
        """Take a key.

        Returns:
            True where it changed what the form says.
        """
        raise NotImplementedError

    def sentences(self) -> Sequence[str]:
        """Nothing by itself: while it has the keyboard it is the line that is typed."""
        return ()

    def named(self) -> str:
        """The words before it, which are its name, and those after it that are no other's."""
        beside = list(self.parent.children) if isinstance(self.parent, Widget) else []
        at = beside.index(self) if self in beside else 0
        name = spoken(_words(beside[at - 1 : at])) or (self.id or "").replace("_", " ")
        after = beside[at + 1 :]
        hint = "" if any(isinstance(one, Entry) for one in after) else spoken(_words(after[:1]))
        return f"{name}, {hint}" if hint else name

    def answer(self) -> tuple[str, int]:
        """What it holds in words, and how far before its end the caret stands.

        Raises:
            NotImplementedError: A place of a form says what it holds.
        """
        raise NotImplementedError

    def press(self, event: events.Key) -> None:
        """Take a key; the console keeps Tab, Enter and Esc to itself."""
        if self.take(event.key, event.character if event.is_printable else None):
            self.changed()
        self.refresh()

    def changed(self) -> None:
        """Tell the forms and the screen it stands in, from the inside outwards."""
        for around in self.ancestors:
            if isinstance(around, Hears):
                around.entry_changed(self)

    def on_focus(self) -> None:
        """Show the caret."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the caret."""
        self.refresh()


def _words(beside: Sequence[object]) -> str:
    return "".join(str(one.content) for one in beside if isinstance(one, Static))
