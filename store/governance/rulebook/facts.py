"""What is told of the circumstances, held against the checks of the policy."""

from collections.abc import Iterator, Mapping

from store.governance.rulebook.nouns import Check, Fact, Rulebook
from store.governance.rulebook.verdicts import Asked

__all__ = ["broken", "is_so", "number"]


def is_so(facts: Mapping[str, Fact], name: str) -> bool:
    """Whether a fact is told and neither false, nought nor empty."""
    return bool(facts.get(name, False))


def number(facts: Mapping[str, Fact], name: str, *, otherwise: int) -> int:
    """Give a fact as a number; `otherwise` where it is not told or is none."""
    value = facts.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


def broken(asked: Asked, *, book: Rulebook, early: bool) -> Iterator[str]:
    """Give the code of each check that does not hold.

    Args:
        asked: What is asked.
        book: The rule book.
        early: Look only at the checks that bind whoever asks, and only where their fact is told;
            otherwise at all of them.
    """
    told = {**asked.facts, "role": asked.role}
    for check in book.checks:
        if early and not (check.early and check.fact in told):
            continue
        if _applies(check, asked=asked, told=told) and not _holds(check, told=told, book=book):
            yield check.code


def _applies(check: Check, *, asked: Asked, told: Mapping[str, Fact]) -> bool:
    return (
        asked.action in check.act
        and (not check.on or asked.capability in check.on)
        and (not check.role or asked.role in check.role)
        and (not check.tool or asked.tool in check.tool)
        and all(fact not in told or told[fact] in values for fact, values in check.when.items())
    )


def _holds(check: Check, *, told: Mapping[str, Fact], book: Rulebook) -> bool:
    """Whether a check holds; a fact that is not told does not."""
    value = told.get(check.fact)
    if value is None or value in check.none_of:
        return False
    if check.one_of is not None and value not in check.one_of:
        return False
    if not _is_within(value, least=check.least, most=check.most):
        return False
    if check.form and book.grounds.references[check.form].fullmatch(str(value)) is None:
        return False
    return not check.same_as or value == told.get(check.same_as)


def _is_within(value: Fact, *, least: int | None, most: int | None) -> bool:
    """Whether a number lies within its bounds; what is no number lies within none."""
    if least is None and most is None:
        return True
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    return (least is None or value >= least) and (most is None or value <= most)
