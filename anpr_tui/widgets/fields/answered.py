"""A field whose answer is one of a closed list."""

from anpr_tui.widgets.fields.entry import Entry

__all__ = ["Answered"]


class Answered(Entry):
    """Nothing is chosen unless `chosen` says so.

    Args:
        chosen: The answer at first, or "".
        id: Name in console.tcss.
    """

    def __init__(self, *, chosen: str, id: str | None) -> None:
        super().__init__(id=id)
        self._chosen = chosen
        self._answers: list[str] = []

    def answer(self) -> tuple[str, int]:
        """The answer and which of how many it is."""
        if self._chosen not in self._answers:
            return f"none of {len(self._answers)} chosen", 0
        number = self._answers.index(self._chosen) + 1
        return f"{self._chosen}, {number} of {len(self._answers)}", 0

    @property
    def chosen(self) -> str:
        """The answer, or "" where none was given."""
        return self._chosen

    @chosen.setter
    def chosen(self, answer: str) -> None:
        self._chosen = answer
        self.refresh()
