"""A button, drawn as `[ Record ]`; Enter presses it."""

from collections.abc import Sequence

from anpr_tui.widgets.fields.entry import Entry
from anpr_tui.widgets.painted import Span

__all__ = ["Button"]


class Button(Entry):
    """Does nothing by itself: the form answers when Enter is pressed on it."""

    def __init__(self, label: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._label = label

    def named(self) -> str:
        """What stands on it."""
        return self._label

    def answer(self) -> tuple[str, int]:
        """That it is one."""
        return "button, Enter", 0

    def take(self, key: str, character: str | None) -> bool:
        """No key but Enter means anything here."""
        return False

    def line(self, y: int) -> Sequence[Span]:
        """The label between brackets; reversed while it has the keyboard."""
        return [(f"[ {self._label} ]", "cursor" if self.has_focus else "")]
