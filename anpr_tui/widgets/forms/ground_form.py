"""Why somebody looks: purpose, class, reference and words that a reviewer can check (S-1, S-62)."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from anpr_tui.widgets.fields.field import Field
from anpr_tui.widgets.fields.pick import Pick
from store.purposes import Category
from store.terms import Ground, Purpose

__all__ = ["DEMONSTRATION_GROUND", "GroundForm"]

DEMONSTRATION_GROUND = Ground(
    purpose=Purpose.PREVENT_DETECT,
    category=Category.OPERATIONAL_RESPONSE,
    reference="NS-20261122-0412",
    reason="Demonstration on rendered footage of a fictional force",
)
"""Stands in the form where the hub says that footage and force are made up."""


class GroundForm(Vertical):
    """Two lines; no purpose is chosen beforehand, because the officer must mean it."""

    def compose(self) -> ComposeResult:
        """Purpose, class and reference; below them the reason."""
        with Horizontal():
            yield Static(" Purpose ", markup=False)
            yield Pick(list(Purpose), unsaid="choose", id="purpose")
            yield Static("  Class ", markup=False)
            yield Pick(list(Category), unsaid="choose", id="category")
            yield Static("  Ref ", markup=False)
            yield Field(most=40, upper=True, id="reference")
        with Horizontal():
            yield Static(" Reason  ", markup=False)
            yield Field(most=200, id="reason")

    @property
    def untouched(self) -> bool:
        """Whether nothing was given yet."""
        return not (self._pick("purpose").chosen or self._text("reference") or self._text("reason"))

    @property
    def ground(self) -> Ground | None:
        """The ground as it stands, or None without a purpose; the hub judges the rest."""
        purpose = self._pick("purpose").chosen
        if not purpose:
            return None
        category = self._pick("category").chosen
        return Ground(Purpose(purpose), category, self._text("reference"), self._text("reason"))

    def fill(self, ground: Ground) -> None:
        """Put a ground into the form."""
        self._pick("purpose").chosen = ground.purpose
        self._pick("category").chosen = ground.category
        self.query_one("#reference", Field).text = ground.reference
        self.query_one("#reason", Field).text = ground.reason

    def _pick(self, name: str) -> Pick:
        return self.query_one(f"#{name}", Pick)

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", Field).text
