"""The disposition form: the only way out of NEW and acknowledged (S-24)."""

from dataclasses import dataclass, replace

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static

from anpr_tui.widgets.fields.button import Button
from anpr_tui.widgets.fields.choice import Choice
from anpr_tui.widgets.fields.entry import Entry
from anpr_tui.widgets.fields.field import Field
from anpr_tui.widgets.forms.ground_form import GroundForm
from anpr_tui.widgets.forms.proposed_ground import ProposedGround
from anpr_tui.widgets.rule import Rule
from store.terms import Decision, Ground

__all__ = ["DispositionForm"]

_ROWS = (
    (Decision.DEPLOYED, Decision.NOT_DEPLOYED, Decision.PASSED_ON),
    (Decision.MISREAD, Decision.CLONE),
)


class DispositionForm(Vertical):
    """Decision, resource, log number, and why: no answer is chosen beforehand.

    Where a unit is sent, the ground of the deployment stands in the place of "why": the one that
    the list entry proposes in one line, or the lines to give another (S-1).
    """

    @dataclass
    class Recorded(Message):
        """The officer asks to record this answer."""

        decision: Decision
        resource: str
        log_ref: str
        why: str
        ground: Ground | None

    @dataclass
    class Lacking(Message):
        """The answer cannot be recorded yet; the sentence says what it lacks."""

        sentence: str

    def compose(self) -> ComposeResult:
        """A rule and the lines, as drawn."""
        yield Rule("Disposition")
        with Horizontal(id="decisions"):
            yield Static(" Decision   ", markup=False)
            yield Choice(_ROWS, id="decision")
        with Horizontal():
            yield Static(" Resource   ", markup=False)
            yield Field(most=40, upper=True, id="resource")
            yield Static("  STORM log ", markup=False)
            yield Field(most=40, upper=True, id="log_ref")
        with Horizontal(id="unsent"):
            yield Static(" Why        ", markup=False)
            yield Field(most=200, id="why")
            yield Static("  if not deployed", markup=False)
        with Horizontal(id="sent"):
            yield Static(" Ground     ", markup=False)
            yield ProposedGround(id="proposed")
            yield Static("  space changes it", markup=False)
        yield GroundForm()
        with Horizontal():
            yield Static("            ", markup=False)
            yield Button("Record", id="record")
            yield Static("   outcome follows later: stop, no stop, arrest, seizure", markup=False)

    def on_mount(self) -> None:
        """Begin with the lines of an answer that is not given yet."""
        self._arrange()

    def take_keyboard(self) -> None:
        """Give the keyboard to the first question."""
        self.screen.set_focus(self.query_one("#decision"))

    def propose(self, ground: Ground | None) -> None:
        """Show what the list entry proposes; what the officer has begun to give stays."""
        form = self.query_one(GroundForm)
        typing = self.screen.focused is not None and form in self.screen.focused.ancestors
        if typing or not form.untouched:
            return
        self.query_one(ProposedGround).ground = ground
        self._arrange()

    def entry_changed(self, entry: Entry) -> None:
        """Another decision wants other lines; a proposal that is typed on opens, to be changed."""
        form = self.query_one(GroundForm)
        opened = isinstance(entry, ProposedGround)
        if isinstance(entry, ProposedGround) and entry.ground is not None:
            form.fill(entry.ground)
            entry.ground = None
        self._arrange()
        if opened:
            self.screen.set_focus(form.query_one("#purpose"))

    def record(self) -> None:
        """Ask to record the answer, or say what it lacks and go there."""
        chosen = self._decision()
        texts = {
            name: self.query_one(f"#{name}", Field).text for name in ("resource", "log_ref", "why")
        }
        if chosen is None:
            return self._lacks("choose a decision first.", place="decision")
        if chosen is Decision.NOT_DEPLOYED and not texts["why"]:
            return self._lacks('"not deployed" needs a reason. Say why.', place="why")
        if chosen is Decision.PASSED_ON and not texts["resource"]:
            return self._lacks("name the force it is passed to under Resource.", place="resource")
        ground = None
        if chosen.sends:
            texts["why"] = ""
            ground = self.query_one(ProposedGround).ground or self.query_one(GroundForm).ground
            if ground is None:
                return self._lacks("a unit is sent for a purpose. Choose one.", place="purpose")
            ground = replace(ground, reference=ground.reference or texts["log_ref"])
            if not ground.reference:
                return self._lacks(
                    "no incident. Give the STORM log, or change the ground.", place="log_ref"
                )
        self.post_message(self.Recorded(chosen, **texts, ground=ground))

    def _lacks(self, what: str, *, place: str) -> None:
        self.post_message(self.Lacking(f"Not recorded: {what}"))
        self.screen.set_focus(self.query_one(f"#{place}", Entry))

    def _decision(self) -> Decision | None:
        chosen = self.query_one("#decision", Choice).chosen
        return Decision(chosen) if chosen else None

    def _arrange(self) -> None:
        """Show the lines that this decision asks for, and no others."""
        decision = self._decision()
        sends = decision is not None and decision.sends
        proposed = self.query_one(ProposedGround).ground is not None
        self.query_one("#unsent").display = not sends
        self.query_one("#sent").display = sends and proposed
        self.query_one(GroundForm).display = sends and not proposed
