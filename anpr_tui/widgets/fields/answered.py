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

    @property
    def chosen(self) -> str:
        """The answer, or "" where none was given."""
        return self._chosen

    @chosen.setter
    def chosen(self, answer: str) -> None:
        self._chosen = answer
        self.refresh()
