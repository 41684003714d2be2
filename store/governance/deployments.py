"""On what ground a unit is sent to an alarm: what the entry it met says of itself (S-1, S-24).

It is proposed and never assumed: the officer who sends the unit gives it, or another one.
"""

from collections.abc import Iterable

from store.governance.rulebook.nouns import Rulebook
from store.purposes import Category
from store.terms import Ground, VehicleOfInterest

__all__ = ["REASON_MAX_CHARS", "proposed"]

REASON_MAX_CHARS = 200
"""A reason that the console's form holds whole."""


def proposed(entry: VehicleOfInterest, *, listed: Ground | None, book: Rulebook) -> Ground | None:
    """Propose the ground of a deployment.

    Args:
        entry: The list entry that was met.
        listed: On what its list was loaded; None for an extract.
        book: The rule book: what each reason code is for, and the forms of references.

    Returns:
        The ground, without a reference where neither entry nor list has one in good form; None
        where nothing says the purpose.
    """
    code = entry.reason.strip().partition(" ")[0]
    purpose = book.figures.lists.purposes.get(code) if listed is None else listed.purpose
    if purpose is None:
        return None
    given = (entry.incident, entry.source_ref, "" if listed is None else listed.reference)
    reason = f"Alarm on {entry.list_name} entry {entry.entry_id}: {entry.reason.strip()}"
    return Ground(
        purpose=purpose,
        category=Category.OPERATIONAL_RESPONSE,  # "response to a hit or an open incident"
        reference=_first_good(given, book=book),
        reason=reason[:REASON_MAX_CHARS],
    )


def _first_good(references: Iterable[str], *, book: Rulebook) -> str:
    forms = book.grounds.references.values()
    told = (reference.strip() for reference in references)
    return next((one for one in told if any(form.fullmatch(one) for form in forms)), "")
