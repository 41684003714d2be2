"""Lines 1 and 2: who you are, and where you can go."""

from collections.abc import Sequence

from textual.reactive import reactive

from anpr_tui.officer import places_of, role_word, watches
from anpr_tui.terminal.cells import cell
from anpr_tui.widgets.painted import Painted, Span, badge
from store.terms import Officer

__all__ = ["Masthead"]


class Masthead(Painted):
    """Force, marking, officer and grant; the screens of the role and what is High."""

    ONLY_ASKED = True
    officer: reactive[Officer | None] = reactive(None)
    staff_id: reactive[str] = reactive("")
    mode: reactive[str] = reactive("")
    force: reactive[str] = reactive("")
    demonstration: reactive[bool] = reactive(False)
    high: reactive[int] = reactive(0)
    high_new: reactive[int] = reactive(0)
    grant: reactive[str] = reactive("no grant in force")
    prompts: reactive[int] = reactive(0)
    locked: reactive[bool] = reactive(False)

    def line(self, y: int) -> Sequence[Span]:
        """Line 1 says who, line 2 where."""
        return self._who() if y == 0 else self._where()

    def sentences(self) -> Sequence[str]:
        """Where the officer is; a High that came is announced by the console."""
        if self.locked or self.officer is None:
            return ()
        places = places_of(self.officer)
        return [f"{one.number} {one.name}." for one in places if one.mode == self.mode]

    def _who(self) -> list[Span]:
        officer = self.officer
        force = f" {self.force or 'ANPR Hub'}"
        who = f" {self.staff_id} {role_word(officer.role)}" if officer else f" {self.staff_id}"
        marking = f"▌{'DEMONSTRATION' if self.demonstration else 'OFFICIAL-SENSITIVE'}▐"
        grant = f"{self.grant} " if officer else ""
        room = self.size.width - len(grant)
        left = cell(force, min(len(force), room - len(marking) - len(who)))
        return [
            (f"{left} ", ""),
            (marking, "marking"),
            (cell(who, room - len(left) - 1 - len(marking)), ""),
            (grant, ""),
        ]

    def _where(self) -> list[Span]:
        officer = self.officer
        if officer is None:
            return []
        spans: list[Span] = []
        for place in () if self.locked else places_of(officer):
            named = f"{place.number} {place.name}"
            if place.mode == "access" and self.prompts:
                named += f" {self.prompts}"
            chosen = place.mode == self.mode
            spans.append((f"[{named}]" if chosen else f" {named} ", "chosen" if chosen else ""))
        if not watches(officer):
            return spans
        used = sum(len(text) for text, _ in spans)
        news: list[Span]
        if self.high_new:
            news = [*badge(f"█HIGH {self.high_new} NEW█"), (" h ", "")]
        else:
            news = [(f"High {self.high}, 0 new ", "")]
        gap = self.size.width - used - sum(len(text) for text, _ in news)
        return [*spans, (" " * max(gap, 1), ""), *news]
