"""Can a reviewer check this ground? The form of a reference, and the words of a reason."""

import re
from collections.abc import Iterator

from store.governance.rulebook.nouns import GroundRules
from store.governance.rulebook.verdicts import Asked

__all__ = ["unfounded", "words_of"]


def unfounded(asked: Asked, *, rules: GroundRules) -> Iterator[str]:
    """Give what keeps the told reference and reason from being checked (roles.md)."""
    reference = str(asked.facts.get("reference", "")).strip()
    if reference in {"", "missing"}:
        yield "reference_missing"
    if not any(form.fullmatch(reference) for form in rules.references.values()):
        yield "reference_malformed"
    told = " ".join(str(asked.facts.get("reason", "")).split())
    words = words_of(told.lower().replace(reference.lower(), " "))
    if words and _is_placeholder(words, rules=rules):
        yield "reason_placeholder"
    if len(told) < rules.reason_min_chars:
        yield "reason_too_short"
    if len(set(words)) < rules.reason_min_words:
        yield "reason_gamed"


def words_of(text: str) -> tuple[str, ...]:
    """Give the words of a text, without anything between them."""
    return tuple(re.findall(r"[^\W_]+", text))


def _is_placeholder(words: tuple[str, ...], *, rules: GroundRules) -> bool:
    """Whether words are placeholders and nothing else, however often repeated."""
    if not words:
        return True
    return any(
        words[: len(phrase)] == phrase and _is_placeholder(words[len(phrase) :], rules=rules)
        for phrase in rules.placeholders
    )
