"""The form of whoever hands the audit out: to whom, why, and who they are (S-64, S-65)."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static

from anpr_tui.widgets.fields.entry import Entry
from anpr_tui.widgets.fields.field import Field
from anpr_tui.widgets.fields.pick import Pick
from anpr_tui.widgets.forms.ground_form import GroundForm
from anpr_tui.widgets.forms.proof_line import ProofLine
from anpr_tui.widgets.rule import Rule
from store.terms import Ground

__all__ = ["ExportForm"]

RECIPIENTS = {
    "Information Commissioner": "ico",
    "Biometrics Commissioner": "commissioner",
    "Home Office": "home-office",
    "another controller": "controller",
}
"""Who may be handed the audit, as officers say it, and as the hub knows it."""


class ExportForm(Vertical):
    """Five lines; nothing is chosen beforehand."""

    @dataclass
    class Asked(Message):
        """The officer hands it out; the hub judges it."""

        recipient: str
        ground: Ground
        passphrase: str
        factor_code: str

    @dataclass
    class Lacking(Message):
        """It cannot be done yet; the sentence says what it lacks."""

        sentence: str

    def compose(self) -> ComposeResult:
        """A rule, who it is for, why, and who one is."""
        yield Rule("Export: the pack stays at the hub, and this is on record")
        with Horizontal():
            yield Static(" For     ", markup=False)
            yield Pick(list(RECIPIENTS), unsaid="choose", id="recipient")
            yield Static("  Force ", markup=False)
            yield Field(most=2, upper=True, id="force")
            yield Static(" of a controller, as SV", markup=False)
        yield GroundForm()
        yield ProofLine(does="its last digit exports")

    def begin(self) -> None:
        """Give the keyboard to the first question."""
        self.screen.set_focus(self.query_one("#recipient", Entry))

    def on_proof_line_given(self, message: ProofLine.Given) -> None:
        """Ask for it, or say what it lacks and go there."""
        message.stop()
        chosen = RECIPIENTS.get(self.query_one("#recipient", Pick).chosen, "")
        force = self.query_one("#force", Field).text
        ground = self.query_one(GroundForm).ground
        if not chosen:
            self._lack("Not exported: say who it is for.", "recipient")
        elif chosen == "controller" and not force:
            self._lack("Not exported: name the force by its two letters.", "force")
        elif ground is None:
            self._lack("Not exported: no purpose. Choose why.", "purpose")
        elif not message.passphrase:
            self._lack("Not exported: your passphrase comes before the code.", "passphrase")
        else:
            self.query_one(ProofLine).forget()
            recipient = f"controller:{force}" if chosen == "controller" else chosen
            self.post_message(
                self.Asked(recipient, ground, message.passphrase, message.factor_code)
            )

    def _lack(self, sentence: str, place: str) -> None:
        self.post_message(self.Lacking(sentence))
        self.screen.set_focus(self.query_one(f"#{place}", Entry))
