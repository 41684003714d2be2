"""The form of the urgent way: what at, on whose order, and why it cannot wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static

from anpr_tui.times import TimeNotReadError, parse_when, whole_minutes
from anpr_tui.widgets.fields.entry import Entry
from anpr_tui.widgets.fields.field import Field
from anpr_tui.widgets.fields.pick import Pick
from anpr_tui.widgets.forms.proof_line import ProofLine
from anpr_tui.widgets.rule import Rule
from store.purposes import Category
from store.terms import Ground, MatchKind, Purpose, Scope

__all__ = ["UrgentForm"]

PAGE_ROWS = 100


class UrgentForm(Vertical):
    """Nothing is chosen beforehand: whoever uses it means every word of it.

    Args:
        grounds: The closed list of the policy in force.
        clock: Gives the present, which the times are read against.
    """

    @dataclass
    class Ordered(Message):
        """The officer takes the order down; the hub judges it."""

        vrms: tuple[str, ...]
        scope: Scope
        ground: Ground
        urgent_ground: str
        ordered_by: str
        passphrase: str
        factor_code: str

    @dataclass
    class Lacking(Message):
        """It cannot be asked yet; the sentence says what it lacks."""

        sentence: str

    def __init__(self, *, grounds: Sequence[str], now: datetime) -> None:
        super().__init__()
        self._grounds = {ground.replace("_", " "): ground for ground in grounds}
        self._now = now

    def compose(self) -> ComposeResult:
        """Five lines and who one is."""
        with Horizontal():
            yield Static(" Plates     ", markup=False)
            yield Field(most=60, upper=True, id="plates")
            yield Static(" whole marks, commas between ", markup=False)
        with Horizontal():
            yield Static(" When       ", markup=False)
            yield Field("-24h", most=20, id="since")
            yield Static(" to ", markup=False)
            yield Field("now", most=20, id="until")
            yield Static("  any age that is kept", markup=False)
        with Horizontal():
            yield Static(" Ground     ", markup=False)
            yield Pick(list(self._grounds), unsaid="choose", id="urgent_ground")
            yield Static("  Purpose ", markup=False)
            yield Pick(list(Purpose), unsaid="choose", id="purpose")
        with Horizontal():
            yield Static(" Ordered by ", markup=False)
            yield Field(most=12, upper=True, id="ordered_by")
            yield Static(" Force Duty Officer  log ", markup=False)
            yield Field(most=40, upper=True, id="log_ref")
        with Horizontal():
            yield Static(" Cannot wait because ", markup=False)
            yield Field(most=300, id="cannot_wait")
        yield Rule("This is you, and the order is as you were given it")
        yield ProofLine(does="its last digit takes it")

    def take_keyboard(self) -> None:
        """Give the keyboard to the first question."""
        self.screen.set_focus(self.query_one("#plates", Entry))

    def on_proof_line_given(self, message: ProofLine.Given) -> None:
        """Ask for it, or say what it lacks and go there."""
        message.stop()
        lacking = self._lacking() or ("" if message.passphrase else "passphrase")
        if lacking:
            self.post_message(self.Lacking(f"Not taken: {_LACKS[lacking]}"))
            self.screen.set_focus(self.query_one(f"#{lacking}", Entry))
            return
        vrms = self._vrms()
        try:
            since_at, until_at = (
                parse_when(self._text(name), now=self._now) for name in ("since", "until")
            )
        except TimeNotReadError as unread:
            self.post_message(self.Lacking(str(unread)))
            return
        log_ref, span = self._text("log_ref"), whole_minutes(since_at, until_at)
        self.query_one(ProofLine).forget()
        self.post_message(
            self.Ordered(
                vrms=vrms,
                scope=Scope(vrms[0], MatchKind.EXACT, *span, (), PAGE_ROWS),
                ground=Ground(
                    Purpose(self._pick("purpose")),
                    Category.THREAT_TO_LIFE,
                    log_ref,
                    self._text("cannot_wait"),
                ),
                urgent_ground=self._grounds[self._pick("urgent_ground")],
                ordered_by=self._text("ordered_by"),
                passphrase=message.passphrase,
                factor_code=message.factor_code,
            )
        )

    def _lacking(self) -> str:
        """The first place that nothing was given in, or empty."""
        told = {
            "plates": self._vrms(),
            "urgent_ground": self._pick("urgent_ground"),
            "purpose": self._pick("purpose"),
            "ordered_by": self._text("ordered_by"),
            "log_ref": self._text("log_ref"),
            "cannot_wait": self._text("cannot_wait"),
        }
        return next((name for name, said in told.items() if not said), "")

    def _vrms(self) -> tuple[str, ...]:
        parts = (one.replace(" ", "") for one in self._text("plates").split(","))
        return tuple(dict.fromkeys(filter(None, parts)))

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", Field).text

    def _pick(self, name: str) -> str:
        return self.query_one(f"#{name}", Pick).chosen


_LACKS = {
    "plates": "no plate. Name one in full.",
    "urgent_ground": "no ground of the closed list. Arrows go through it.",
    "purpose": "no purpose. Choose why you look.",
    "ordered_by": "nobody who ordered it. Give the Force Duty Officer's staff number.",
    "log_ref": "no command-and-control log. Give its number in full.",
    "cannot_wait": "no reason. Say what happens to whom if you wait.",
    "passphrase": "your passphrase comes before the code.",
}
