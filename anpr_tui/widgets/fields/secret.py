"""A line to type a passphrase or a code in: what stands there is never shown."""

from collections.abc import Sequence

from anpr_tui.widgets.fields.field import Field
from anpr_tui.widgets.painted import Span

__all__ = ["Secret"]


class Secret(Field):
    """Shows that something was typed, and no more; forgets it when it is taken."""

    @property
    def text(self) -> str:
        """What was typed, blanks included: a passphrase may begin or end with one."""
        return self._text

    @text.setter
    def text(self, text: str) -> None:
        self._become(text, "")
        self.refresh()

    def taken(self) -> str:
        """Give what was typed, and forget it."""
        typed, self.text = self._text, ""
        return typed

    def answer(self) -> tuple[str, int]:
        """A star for each character: a reader would say the passphrase aloud."""
        return "*" * len(self._text), 0

    def line(self, y: int) -> Sequence[Span]:
        """A dot for each character, as many as there is room for."""
        room = max(self.size.width - 2, 1)
        shown = ("•" * len(self._text))[: room - 1]
        caret = "cursor" if self.has_focus else ""
        return [(f"[{shown}", ""), (" ", caret), (" " * (room - 1 - len(shown)) + "]", "")]
