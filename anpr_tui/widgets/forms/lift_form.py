"""The form of whoever lets an officer use the urgent way again: both reasons, and who they are."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static

from anpr_tui.widgets.fields.entry import Entry
from anpr_tui.widgets.fields.field import Field
from anpr_tui.widgets.forms.proof_line import ProofLine
from anpr_tui.widgets.rule import Rule

__all__ = ["LiftForm"]


class LiftForm(Vertical):
    """Nothing is lifted without both reasons (S-55)."""

    @dataclass
    class Lifted(Message):
        """The officer lifts it."""

        necessity: str
        proportionality: str
        passphrase: str
        factor_code: str

    @dataclass
    class Lacking(Message):
        """It cannot be done yet; the sentence says what it lacks."""

        sentence: str

    def compose(self) -> ComposeResult:
        """A rule, both reasons, and who one is."""
        yield Rule("Lift it")
        with Horizontal():
            yield Static(" Proportionate because         ", markup=False)
            yield Field(most=300, id="proportionate")
        with Horizontal():
            yield Static(" In the interest of justice as ", markup=False)
            yield Field(most=300, id="justified")
        yield ProofLine(does="its last digit lifts")

    def take_keyboard(self) -> None:
        """Give the keyboard to the first question."""
        self.screen.set_focus(self.query_one("#proportionate", Entry))

    def on_proof_line_given(self, message: ProofLine.Given) -> None:
        """Ask to lift it, or say what that lacks."""
        message.stop()
        proportionate, justified = (
            self.query_one(f"#{name}", Field).text for name in ("proportionate", "justified")
        )
        if not proportionate:
            self._lack("Not lifted: say why it is proportionate.", "proportionate")
        elif not justified:
            self._lack("Not lifted: say why it is in the interest of justice.", "justified")
        elif not message.passphrase:
            self._lack("Not lifted: your passphrase comes before the code.", "passphrase")
        else:
            self.query_one(ProofLine).forget()
            self.post_message(
                self.Lifted(justified, proportionate, message.passphrase, message.factor_code)
            )

    def _lack(self, sentence: str, place: str) -> None:
        self.post_message(self.Lacking(sentence))
        self.screen.set_focus(self.query_one(f"#{place}", Entry))
