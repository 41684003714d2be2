"""What the console can say of a mark while it is typed: style, age, whether it was ever issued."""

import re
from collections.abc import Sequence

from textual.reactive import reactive

from anpr_tui.widgets.painted import Painted, Span

__all__ = ["PlateHint", "said_of"]

_STYLES = (
    (re.compile(r"[A-Z][0-9]{1,3}[A-Z]{3}"), "prefix style, 1983 to 2001"),
    (re.compile(r"[A-Z]{3}[0-9]{1,3}[A-Z]"), "suffix style, 1963 to 1983"),
    (re.compile(r"[A-Z]{1,3}[0-9]{1,4}|[0-9]{1,4}[A-Z]{1,3}"), "dateless or Northern Ireland"),
)
_SIGNS = {
    "~": "look-alikes: what a camera may have read for it, masked until opened",
    "@": "the vehicles of a list in force, at cameras; masked until opened",
}
_CURRENT = re.compile(r"([A-Z])[A-Z]([0-9]{2})[A-Z]{3}")
_NEVER_FIRST = "IJQTUXZ"


def said_of(text: str) -> str:
    """One line on a mark or pattern; a hint, it refuses nothing."""
    mark = text.replace(" ", "")
    if not mark:
        return "a mark, a pattern with ? and *, ~ before a mark for look-alikes, or A,B,C"
    if mark[0] in _SIGNS:
        return _SIGNS[mark[0]]
    if "," in mark:
        return f"{len(set(mark.split(',')) - {''})} plates, each of them in full"
    if "*" in mark or "?" in mark:
        return "pattern: letters you type are shown, the others masked until opened"
    if current := _CURRENT.fullmatch(mark):
        issued = f"; never issued ({current[1]} first)" if current[1] in _NEVER_FIRST else ""
        return f"current style; {_issued_in(int(current[2]))}{issued}"
    return next((said for shape, said in _STYLES if shape.fullmatch(mark)), "no UK style")


def _issued_in(identifier: int) -> str:
    """Months of an age identifier: March to August as the year, September on as the year + 50."""
    if identifier in (0, 1, 50):
        return f"{identifier:02} was never an age identifier"
    if identifier < 50:
        return f"{identifier:02} is Mar to Aug {2000 + identifier}"
    year = 1950 + identifier
    return f"{identifier} is Sep {year} to Feb {year + 1}"


class PlateHint(Painted):
    """The line under the plate field, or the kind of search beside it."""

    text: reactive[str] = reactive("")

    def sentences(self) -> Sequence[str]:
        """Nothing: it would speak over every letter that is typed."""
        return ()

    def line(self, y: int) -> Sequence[Span]:
        """The one line."""
        return [(f"         {said_of(self.text)}", "")]
