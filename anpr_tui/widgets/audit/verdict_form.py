"""The verdict on one search of the sample: fair, ask the officer, or a finding."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static

from anpr_tui.widgets.fields.button import Button
from anpr_tui.widgets.fields.choice import Choice
from anpr_tui.widgets.fields.field import Field

__all__ = ["VerdictForm"]

_OUTCOMES = {"fair": "fair", "ask the officer": "asked", "finding": "finding"}


class VerdictForm(Vertical):
    """Verdict, note, and for a finding its category and who is told."""

    @dataclass
    class Given(Message):
        """The auditor gives this verdict."""

        outcome: str
        note: str
        category: str
        told: str

    @dataclass
    class Lacking(Message):
        """The verdict cannot be given yet; the sentence says what it lacks."""

        sentence: str

    def compose(self) -> ComposeResult:
        """Three lines, as drawn."""
        with Horizontal():
            yield Static("   Verdict ", markup=False)
            yield Choice([tuple(_OUTCOMES)], id="verdict")
        with Horizontal():
            yield Static("   Note    ", markup=False)
            yield Field(most=500, id="note")
        with Horizontal():
            yield Static("   Finding ", markup=False)
            yield Field(most=60, id="finding_category")
            yield Static(" told ", markup=False)
            yield Field(most=60, id="told")
            yield Static(" ", markup=False)
            yield Button("Give", id="give")

    def begin(self) -> None:
        """Empty it and give the keyboard to the verdict."""
        self.query_one("#verdict", Choice).chosen = ""
        for name in ("note", "finding_category", "told"):
            self.query_one(f"#{name}", Field).text = ""
        self.screen.set_focus(self.query_one("#verdict"))

    def give(self) -> None:
        """Give the verdict, or say what it lacks."""
        outcome = _OUTCOMES.get(self.query_one("#verdict", Choice).chosen, "")
        note, category, told = (
            self.query_one(f"#{name}", Field).text for name in ("note", "finding_category", "told")
        )
        lacking = ""
        if not outcome:
            lacking = "Not reviewed: choose a verdict first, arrows go through them."
        elif outcome != "fair" and not note:
            lacking = "Not reviewed: say under Note what is asked, or what was found."
        elif outcome == "finding" and not (category and told):
            lacking = "Not reviewed: a finding has a category, and somebody is told of it."
        if lacking:
            self.post_message(self.Lacking(lacking))
        else:
            self.post_message(self.Given(outcome, note, category, told))
