"""What exactly is searched, and why: the upper half of the Search screen."""

import re
from collections.abc import Sequence
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.widgets import Static

from anpr_tui.terminal.cells import wrapped
from anpr_tui.times import TimeNotReadError, day_and_clock, parse_when
from anpr_tui.widgets.fields.entry import Entry
from anpr_tui.widgets.fields.field import Field
from anpr_tui.widgets.forms.ground_form import GroundForm
from anpr_tui.widgets.forms.plate_hint import PlateHint
from anpr_tui.widgets.painted import Painted, Span
from anpr_tui.widgets.rule import Rule
from store.access import AccessScope
from store.terms import MatchKind, Scope
from store.vrm import LIST_SIGN

__all__ = ["NeedsLine", "NotAskedError", "SearchForm"]

ALL_CAMERAS = "all cameras"
PAGE_ROWS = 100
_CAMERA_ID = re.compile(r"[A-Z0-9-]{1,32}")


_KINDS = {
    MatchKind.EXACT: "exact",
    MatchKind.WILDCARD: "wildcard * ?",
    MatchKind.LOOKALIKE: "like ~",
    MatchKind.LISTED: "list , @",
}
_LIKE_SIGN = "~"
"""Before a mark: with its look-alikes."""

_PLATES_CHARS = 4_000
"""Some 500 marks with commas between."""


class NotAskedError(ValueError):
    """The form cannot be asked as it stands; `place` is where the keyboard should go."""

    def __init__(self, sentence: str, *, place: str) -> None:
        super().__init__(sentence)
        self.place = place


class _Kind(Painted):
    """How the plate is compared: the characters that are typed choose it, so it needs no key."""

    kind: reactive[MatchKind] = reactive(MatchKind.EXACT)

    def sentences(self) -> Sequence[str]:
        return ()

    def line(self, y: int) -> Sequence[Span]:
        said = (f"({'*' if self.kind is kind else ' '}) {word}" for kind, word in _KINDS.items())
        return [(f"  {' '.join(said)}", "")]


class NeedsLine(Painted):
    """The law, while you type."""

    sentence: reactive[str] = reactive("")

    def sentences(self) -> Sequence[str]:
        """The sentence whole."""
        return [f"Needs: {self.sentence}"] if self.sentence else ()

    def line(self, y: int) -> Sequence[Span]:
        """The sentence, on two lines where one is too short for it."""
        rows = wrapped(self.sentence, self.size.width - 9, lines=self.size.height)
        return [(f"{' Needs   ' if y == 0 else ' ' * 9}{rows[y] if y < len(rows) else ''}", "")]


class SearchForm(Vertical):
    """Plate, times, cameras, ground, and what the hub says of them."""

    def compose(self) -> ComposeResult:
        """The lines as drawn."""
        yield Rule("Search")
        with Horizontal():
            yield Static(" Plate   ", markup=False)
            yield Field(most=_PLATES_CHARS, upper=True, id="plate")
            yield _Kind()
        yield PlateHint()
        with Horizontal():
            yield Static(" When    ", markup=False)
            yield Field("-24h", most=20, id="since")
            yield Static(" to ", markup=False)
            yield Field("now", most=20, id="until")
            yield Static("  Where ", markup=False)
            yield Field(ALL_CAMERAS, most=200, id="cameras")
        yield GroundForm()
        yield NeedsLine()

    def fill(self, scope: AccessScope) -> None:
        """Put the scope of an earlier request into the form, to be changed."""
        like = _LIKE_SIGN if scope.kind is MatchKind.LOOKALIKE else ""
        said = {
            "plate": f"{like}{','.join(scope.vrms)}",
            "cameras": " ".join(scope.cameras) or ALL_CAMERAS,
        }
        for name, text in said.items():
            self.query_one(f"#{name}", Field).text = text
        self.fix_times(scope.since_at, scope.until_at)
        self.show_kind()

    def fix_times(self, since_at: datetime, until_at: datetime) -> None:
        """Write the times out: "-24h" moves on, and what was asked for does not."""
        for name, at in (("since", since_at), ("until", until_at)):
            self.query_one(f"#{name}", Field).text = day_and_clock(at, seconds=False, year=True)

    def take_keyboard(self, place: str = "plate") -> None:
        """Give the keyboard to a place of the form."""
        self.screen.set_focus(self.query_one(f"#{place}", Entry))

    def show_kind(self) -> None:
        """Follow the plate field: its first character, a pattern's or a comma chooses the kind."""
        plate = self._text("plate")
        self.query_one(_Kind).kind = _kind_of(plate)
        self.query_one(PlateHint).text = plate

    def scope(self, *, now: datetime) -> Scope:
        """The scope as it stands.

        Raises:
            NotAskedError: A time cannot be read, a camera has no id's form, or nothing is asked.
        """
        typed = self._text("plate")
        kind = _kind_of(typed)
        plate = typed if typed.startswith(LIST_SIGN) else typed.replace(" ", "")
        if not plate.strip(_LIKE_SIGN + LIST_SIGN + ","):
            raise NotAskedError(
                "Not searched: no plate. Type a mark, or a pattern as AB1*.", place="plate"
            )
        return Scope(
            vrm=plate.removeprefix(_LIKE_SIGN).strip(",") if kind is not MatchKind.EXACT else plate,
            kind=kind,
            since_at=self._when("since", now=now),
            until_at=self._when("until", now=now),
            cameras=self._cameras(),
            limit=PAGE_ROWS,
        )

    def _when(self, name: str, *, now: datetime) -> datetime:
        try:
            return parse_when(self._text(name), now=now)
        except TimeNotReadError as unread:
            raise NotAskedError(str(unread), place=name) from unread

    def _cameras(self) -> tuple[str, ...]:
        said = self._text("cameras")
        if said.lower() in ("", "all", ALL_CAMERAS):
            return ()
        ids = tuple(dict.fromkeys(re.split(r"[ ,;]+", said.upper().strip(" ,;"))))
        if not all(_CAMERA_ID.fullmatch(one) for one in ids):
            raise NotAskedError(
                "Not searched: cameras are named by their ids, as N014 N031, or all.",
                place="cameras",
            )
        return ids

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", Field).text


def _kind_of(plate: str) -> MatchKind:
    """Tell from what was typed how it is compared; the hub says what of it cannot be searched."""
    if plate.startswith(_LIKE_SIGN):
        return MatchKind.LOOKALIKE
    if plate.startswith(LIST_SIGN) or "," in plate:
        return MatchKind.LISTED
    return MatchKind.WILDCARD if set(plate) & {"*", "?"} else MatchKind.EXACT
