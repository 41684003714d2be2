"""A line to type in, drawn as `[text   ]`."""

from collections.abc import Sequence

from textual import events

from anpr_tui.terminal.cells import cell, plain
from anpr_tui.widgets.fields.entry import Entry
from anpr_tui.widgets.painted import Span

__all__ = ["Field"]


class Field(Entry):
    """One line of text.

    Args:
        text: What it holds at first.
        most: Characters it takes.
        upper: True to write in capitals, as plates and references are.
        id: Name of the field in console.tcss, which gives its width.
    """

    def __init__(
        self, text: str = "", *, most: int = 200, upper: bool = False, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self._upper = upper
        self._most = most
        self._text = self._fit(text)
        self._caret = len(self._text)

    @property
    def text(self) -> str:
        """What was typed, without blanks around it."""
        return self._text.strip()

    @text.setter
    def text(self, text: str) -> None:
        self._text = self._fit(text)
        self._caret = len(self._text)
        self.refresh()

    def answer(self) -> tuple[str, int]:
        """What was typed."""
        return self._text, len(self._text) - self._caret

    def take(self, key: str, character: str | None) -> bool:
        """Type, delete, move the caret."""
        before, after = self._text[: self._caret], self._text[self._caret :]
        match key:
            case "left" | "right" | "home" | "end":
                places = {"left": self._caret - 1, "right": self._caret + 1, "home": 0}
                self._caret = min(max(places.get(key, len(self._text)), 0), len(self._text))
                return False
            case "backspace":
                before = before[:-1]
            case "delete":
                after = after[1:]
            case "ctrl+u":
                before = ""
            case "ctrl+w":
                before = before.rstrip().rpartition(" ")[0]
            case _ if character is not None:
                before += self._fit(character)
        return self._become(before, after)

    def on_paste(self, event: events.Paste) -> None:
        """Text that the terminal pastes is typed text."""
        event.stop()
        if self.take("paste", event.text):
            self.changed()
        self.refresh()

    def line(self, y: int) -> Sequence[Span]:
        """The bracketed text, scrolled so that the caret is in sight."""
        room = max(self.size.width - 2, 1)
        start = max(0, self._caret - room + 1) if self.has_focus else 0
        shown = cell(self._text[start:], room)
        if not self.has_focus:
            return [(f"[{shown}]", "")]
        at = self._caret - start
        return [(f"[{shown[:at]}", ""), (shown[at], "cursor"), (f"{shown[at + 1 :]}]", "")]

    def _fit(self, text: str) -> str:
        kept = plain(text)
        return (kept.upper() if self._upper else kept)[: self._most]

    def _become(self, before: str, after: str) -> bool:
        text = (before + after)[: self._most]
        changed = text != self._text
        self._text, self._caret = text, min(len(before), len(text))
        return changed
