"""One of a few, all in sight: `(*) exact  ( ) wildcard`."""

from collections.abc import Sequence

from anpr_tui.widgets.fields.answered import Answered
from anpr_tui.widgets.painted import Span

__all__ = ["Choice"]

_STEPS = {"right": 1, "down": 1, "space": 1, "left": -1, "up": -1}


class Choice(Answered):
    """Radio buttons; nothing is chosen unless `chosen` says so.

    Args:
        rows: Answers as they are drawn, line by line.
        chosen: The answer at first, or "".
        id: Name in console.tcss.
    """

    def __init__(
        self, rows: Sequence[Sequence[str]], *, chosen: str = "", id: str | None = None
    ) -> None:
        super().__init__(chosen=chosen, id=id)
        self._rows = rows
        self._answers = [answer for row in rows for answer in row]

    def take(self, key: str, character: str | None) -> bool:
        """Arrows and the space bar go from answer to answer."""
        step = _STEPS.get(key)
        if step is None:
            return False
        if self._chosen in self._answers:
            at = (self._answers.index(self._chosen) + step) % len(self._answers)
        else:
            at = 0 if step > 0 else len(self._answers) - 1
        self._chosen = self._answers[at]
        return True

    def line(self, y: int) -> Sequence[Span]:
        """The answers of one line."""
        spans: list[Span] = []
        for answer in self._rows[y] if y < len(self._rows) else ():
            mark = "*" if answer == self._chosen else " "
            here = self.has_focus and answer == (self._chosen or self._answers[0])
            spans.append((f"({mark})", "cursor" if here else ""))
            spans.append((f" {answer}   ", ""))
        return spans
