"""`:plain`: the console line by line, as a screen reader follows a terminal.

Nothing is painted and nothing on the screen is ever changed but the line that is being typed: what
is new is written below what was said before, and the terminal's own cursor stands where the next
key goes. A reader speaks what is appended and echoes what is typed, and needs no settings for us.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from textwrap import wrap

from anpr_tui.terminal.spoken import spoken

__all__ = ["Live", "Part", "Teller"]

_NEW_LINE = "\r\n"
_RUB_OUT = "\b \b"
_LEFT = "Keys."
"""Said where no field has the keyboard any more and nothing else is new."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something of a screen that can be said.

    Attributes:
        of: Which widget.
        topic: It is said again where this changes; a clock that ticks is no part of it.
        sentences: What it says, a sentence or row each.
    """

    of: Hashable
    topic: Hashable
    sentences: Sequence[str]


@dataclass(frozen=True, slots=True)
class Live:
    """The line that takes the keys: "STORM log: NS-20261122-0931".

    Attributes:
        of: Which field; None where no field has the keyboard.
        text: Its name and what it holds.
        back: How many characters the caret stands before the end.
    """

    of: Hashable = None
    text: str = ""
    back: int = 0


@dataclass(slots=True)
class Teller:
    """What one terminal was told, and what is to be written to tell it more.

    Attributes:
        width: Cells of a line; longer sentences are broken at blanks.
    """

    width: int = 80
    _told: dict[Hashable, Part] = field(default_factory=dict)
    _live: Live = field(default_factory=Live)

    def forget(self) -> None:
        """Say everything once more: the officer asked, or nothing was said yet."""
        self._told = {}

    def tell(self, parts: Iterable[Part], *, live: Live) -> str:
        """Write what is new of a screen.

        Args:
            parts: What stands on it, from the top; what was told and stands there no more is
                forgotten, and told again where it comes back.
            live: The line that takes the keys.
        """
        new: list[str] = []
        told: dict[Hashable, Part] = {}
        for part in parts:
            before = self._told.get(part.of)
            told[part.of] = part
            if before is None:
                new += part.sentences
            elif before.topic != part.topic:
                other = [said for said in part.sentences if said not in before.sentences]
                new += other or part.sentences  # the same refusal again is news
        self._told = told
        return self._written(new, live=live)

    def announce(self, *sentences: str) -> str:
        """Write something that belongs to no place, such as a High that came; typing goes on."""
        return self._written(sentences, live=self._live)

    def _written(self, sentences: Iterable[str], *, live: Live) -> str:
        lines = [
            line for said in sentences for line in wrap(spoken(said), width=max(self.width - 1, 20))
        ]
        before, self._live = self._live, live
        if before.of is not None and live.of is None and not lines:
            lines = [_LEFT]
        if not lines and live == before:
            return ""
        if not lines and live.of is not None and live.of == before.of:
            return self._edited(before, live)
        out = _NEW_LINE if before.text else ""
        out += "".join(f"{line}{_NEW_LINE}" for line in lines)
        return out + live.text + _left(live.back)

    def _edited(self, before: Live, live: Live) -> str:
        """Change the line in place, by what a terminal without any cursor keys could do."""
        pairs = zip(before.text, live.text, strict=False)
        kept = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        if kept == len(before.text) and not before.back:
            return live.text[kept:] + _left(live.back)
        if max(len(before.text), len(live.text)) >= self.width:  # no rubbing out over a line's end
            return _NEW_LINE + live.text[-self.width + 1 :] + _left(live.back)
        if kept < min(len(before.text), len(live.text)) and not (before.back or live.back):
            return f"{_NEW_LINE}{live.text}"  # another answer is heard whole, not its difference
        rubbed = _RUB_OUT * (len(before.text) - kept)
        return _right(before.back) + rubbed + live.text[kept:] + _left(live.back)


def _left(cells: int) -> str:
    return f"\x1b[{cells}D" if cells else ""


def _right(cells: int) -> str:
    return f"\x1b[{cells}C" if cells else ""
