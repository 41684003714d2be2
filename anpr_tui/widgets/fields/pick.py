"""One of a closed list, drawn as `[ongoing investigation v]`."""

from collections.abc import Sequence

from anpr_tui.terminal.cells import cell
from anpr_tui.widgets.fields.answered import Answered
from anpr_tui.widgets.painted import Span

__all__ = ["Pick"]


class Pick(Answered):
    """Arrows go through the list, a letter goes to the next answer that begins with it.

    Args:
        answers: The closed list.
        unsaid: What stands there before an answer is given.
        chosen: The answer at first, or "".
        id: Name in console.tcss, which gives its width.
    """

    def __init__(
        self, answers: Sequence[str], *, unsaid: str, chosen: str = "", id: str | None = None
    ) -> None:
        super().__init__(chosen=chosen, id=id)
        self._answers = list(answers)
        self._unsaid = unsaid

    def take(self, key: str, character: str | None) -> bool:
        """Move through the list; Backspace unsays."""
        at = self._answers.index(self._chosen) if self._chosen in self._answers else -1
        before = self._chosen
        if key in ("down", "right", "space"):
            self._chosen = self._answers[(at + 1) % len(self._answers)]
        elif key in ("up", "left"):
            self._chosen = self._answers[max(at, 0) - 1]
        elif key in ("backspace", "delete"):
            self._chosen = ""
        elif character is not None:
            later = self._answers[at + 1 :] + self._answers[: at + 1]
            fitting = (one for one in later if one.lower().startswith(character.lower()))
            self._chosen = next(fitting, self._chosen)
        return self._chosen != before

    def line(self, y: int) -> Sequence[Span]:
        """The answer between brackets; reversed while it has the keyboard."""
        room = max(self.size.width - 4, 1)
        shown = cell(self._chosen or self._unsaid, room)
        return [("[", ""), (shown, "cursor" if self.has_focus else ""), (" v]", "")]
