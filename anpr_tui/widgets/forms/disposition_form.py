"""The disposition form: the only way out of NEW and acknowledged (S-24)."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static

from anpr_tui.widgets.fields.button import Button
from anpr_tui.widgets.fields.choice import Choice
from anpr_tui.widgets.fields.entry import Entry
from anpr_tui.widgets.fields.field import Field
from anpr_tui.widgets.rule import Rule
from store.terms import Decision

__all__ = ["DispositionForm"]

_ROWS = (
    (Decision.DEPLOYED, Decision.NOT_DEPLOYED, Decision.PASSED_ON),
    (Decision.MISREAD, Decision.CLONE),
)


class DispositionForm(Vertical):
    """Decision, resource, log number, why; nothing is chosen beforehand."""

    @dataclass
    class Recorded(Message):
        """The officer asks to record this answer."""

        decision: Decision
        resource: str
        log_ref: str
        why: str

    @dataclass
    class Lacking(Message):
        """The answer cannot be recorded yet; the sentence says what it lacks."""

        sentence: str

    def compose(self) -> ComposeResult:
        """A rule and five lines, as drawn."""
        yield Rule("Disposition")
        with Horizontal(id="decisions"):
            yield Static(" Decision   ", markup=False)
            yield Choice(_ROWS, id="decision")
        with Horizontal():
            yield Static(" Resource   ", markup=False)
            yield Field(most=40, upper=True, id="resource")
            yield Static("  STORM log ", markup=False)
            yield Field(most=40, upper=True, id="log_ref")
        with Horizontal():
            yield Static(" Why        ", markup=False)
            yield Field(most=200, id="why")
            yield Static("  if not deployed", markup=False)
        with Horizontal():
            yield Static("            ", markup=False)
            yield Button("Record", id="record")
            yield Static("   outcome follows later: stop, no stop, arrest, seizure", markup=False)

    def take_keyboard(self) -> None:
        """Give the keyboard to the first question."""
        self.screen.set_focus(self.query_one("#decision"))

    def record(self) -> None:
        """Ask to record the answer, or say what it lacks and go there."""
        decision = self.query_one("#decision", Choice).chosen
        resource, log_ref, why = (
            self.query_one(f"#{name}", Field) for name in ("resource", "log_ref", "why")
        )
        lacking: tuple[str, Entry] | None = None
        if not decision:
            lacking = "Not recorded: choose a decision first.", self.query_one("#decision", Choice)
        elif decision == Decision.NOT_DEPLOYED and not why.text:
            lacking = 'Not recorded: "not deployed" needs a reason. Say why.', why
        elif decision == Decision.PASSED_ON and not resource.text:
            lacking = "Not recorded: name the force it is passed to under Resource.", resource
        if lacking is not None:
            self.post_message(self.Lacking(lacking[0]))
            self.screen.set_focus(lacking[1])
            return
        self.post_message(self.Recorded(Decision(decision), resource.text, log_ref.text, why.text))
