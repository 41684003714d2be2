"""Who somebody is, proved again: a passphrase, and a second factor whose last digit acts."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

from anpr_tui.widgets.fields.entry import Entry
from anpr_tui.widgets.fields.secret import Secret

__all__ = ["FACTOR_DIGITS", "ProofLine"]

FACTOR_DIGITS = 6
"""A whole code of a second factor; typing its last digit is what acts."""


class ProofLine(Horizontal):
    """Enter never acts: the last digit of the second factor does.

    Args:
        does: What the last digit does, as "orders it".
    """

    @dataclass
    class Given(Message):
        """Both were typed; what was typed is forgotten here."""

        passphrase: str
        factor_code: str

    def __init__(self, *, does: str) -> None:
        super().__init__()
        self._does = does

    def compose(self) -> ComposeResult:
        """One line."""
        yield Static(" Passphrase ", markup=False)
        yield Secret(most=128, id="passphrase")
        yield Static(" second factor ", markup=False)
        yield Secret(most=FACTOR_DIGITS, id="factor")
        yield Static(f" {self._does} ", markup=False)

    def entry_changed(self, entry: Entry) -> None:
        """The last digit is the act; what else the form lacks, the form says."""
        factor, passphrase = self.query_one("#factor", Secret), self.query_one("#passphrase")
        if len(factor.text) == FACTOR_DIGITS and isinstance(passphrase, Secret):
            self.post_message(self.Given(passphrase.text, factor.taken()))

    def forget(self) -> None:
        """Forget the passphrase: it was used."""
        self.query_one("#passphrase", Secret).taken()
