"""The form of an authoriser: both reasons, the code, who they are; or why not."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static

from anpr_tui.widgets.fields.entry import Entry
from anpr_tui.widgets.fields.field import Field
from anpr_tui.widgets.fields.secret import Secret
from anpr_tui.widgets.forms.proof_line import FACTOR_DIGITS

__all__ = ["AuthorisationForm"]


class AuthorisationForm(Vertical):
    """Enter never authorises: the last digit of the second factor does, where all else is there."""

    @dataclass
    class Signed(Message):
        """The officer authorises exactly this."""

        code: str
        necessity: str
        proportionality: str
        passphrase: str
        factor_code: str

    @dataclass
    class Refused(Message):
        """The officer refuses, and says why."""

        why: str

    @dataclass
    class Lacking(Message):
        """It cannot be done yet; the sentence says what it lacks."""

        sentence: str

    def __init__(self, *, code: str, ratifies: bool = False) -> None:
        super().__init__()
        self._code = code
        self._does = "ratify" if ratifies else "authorise"

    def compose(self) -> ComposeResult:
        """Four lines and the lower edge of the box, as drawn."""
        with Horizontal():
            yield Static(" ║ Proportionate because         ", markup=False)
            yield Field(most=300, id="proportionate")
            yield Static(" ║ ", markup=False)
        with Horizontal():
            yield Static(" ║ In the interest of justice as ", markup=False)
            yield Field(most=300, id="justified")
            yield Static(" ║ ", markup=False)
        with Horizontal():
            spelt = " ".join(self._code)
            yield Static(f" ║ To {self._does} type {spelt} ", markup=False)
            yield Field(most=4, upper=True, id="code")
            yield Static(" passphrase ", markup=False)
            yield Secret(most=128, id="passphrase")
            yield Static(" factor ", markup=False)
            yield Secret(most=FACTOR_DIGITS, id="factor")
            yield Static(" ║ ", markup=False)
        with Horizontal():
            yield Static(" ║ To refuse, say why            ", markup=False)
            yield Field(most=300, id="refusal")
            yield Static(" ║ ", markup=False)

    def take_keyboard(self) -> None:
        """Give the keyboard to the first question."""
        self.screen.set_focus(self.query_one("#proportionate"))

    def entry_changed(self, entry: Entry) -> None:
        """The last digit of the second factor authorises, where nothing is missing."""
        factor = self.query_one("#factor", Secret)
        if len(factor.text) == FACTOR_DIGITS:
            self._sign(factor.taken())

    def refuse(self) -> None:
        """Ask to refuse, or say what a refusal lacks."""
        why = self.query_one("#refusal", Field).text
        if why:
            self.post_message(self.Refused(why))
        else:
            self._lack("Not refused: a refusal goes back with its reason. Say why.", "refusal")

    def _sign(self, factor_code: str) -> None:
        proportionate, justified, code = (
            self.query_one(f"#{name}", Field).text
            for name in ("proportionate", "justified", "code")
        )
        passphrase = self.query_one("#passphrase", Secret)
        if not proportionate:
            self._lack("Not authorised: say why it is proportionate.", "proportionate")
        elif not justified:
            self._lack("Not authorised: say why it is in the interest of justice.", "justified")
        elif code != self._code:
            self._lack("Not authorised: type the code of this request first.", "code")
        elif not passphrase.text:
            self._lack("Not authorised: your passphrase comes before the code.", "passphrase")
        else:
            self.post_message(
                self.Signed(
                    code=code,
                    necessity=justified,
                    proportionality=proportionate,
                    passphrase=passphrase.taken(),
                    factor_code=factor_code,
                )
            )

    def _lack(self, sentence: str, place: str) -> None:
        self.post_message(self.Lacking(sentence))
        self.screen.set_focus(self.query_one(f"#{place}", Entry))
