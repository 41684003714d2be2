"""A ground is held to a form that a reviewer can check: its reference, and the words around it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.governance.rulebook.grounds import unfounded, words_of
from store.governance.rulebook.loading import carried
from store.governance.rulebook.nouns import Fact, GroundRules
from store.governance.rulebook.verdicts import Asked

RULES = carried().grounds
REFERENCE = "NS-20261117-0412"
REASON = "stolen van seen by patrol"


def against(*, rules: GroundRules = RULES, **facts: Fact) -> list[str]:
    asked = Asked(role="RES", capability="search_l1", action="do", facts=facts)
    return list(unfounded(asked, rules=rules))


def test_a_reference_and_a_reason_in_good_form_stand() -> None:
    assert against(reference=REFERENCE, reason=REASON) == []
    assert against(reference=f"  {REFERENCE} ", reason=f"  {REASON}  ") == []


@pytest.mark.parametrize("reference", ["", "   ", "missing"])
def test_a_reference_that_is_not_given_is_missing_before_it_is_malformed(reference: str) -> None:
    assert against(reference=reference, reason=REASON) == [
        "reference_missing",
        "reference_malformed",
    ]


@pytest.mark.parametrize("reference", ["XXXX", "None", "MISSING", f"{REFERENCE}0", "4711"])
def test_a_reference_of_no_form_is_malformed_and_not_missing(reference: str) -> None:
    assert against(reference=reference, reason=REASON) == ["reference_malformed"]


def test_who_tells_nothing_lacks_all_of_it() -> None:
    none = ["reference_missing", "reference_malformed", "reason_too_short", "reason_gamed"]
    assert against() == none
    # however little the policy asks for, nothing is less
    assert against(rules=replace(RULES, reason_min_chars=1, reason_min_words=1)) == none


@pytest.mark.parametrize(
    "reason",
    [
        f"Investigation {REFERENCE}",
        f"{REFERENCE.lower()} police work",
        f"as above, {REFERENCE}, see log",
        "INVESTIGATION!! investigation?? ...",
    ],
)
def test_a_placeholder_stays_one_beside_the_reference_and_however_it_is_dressed(
    reason: str,
) -> None:
    assert "reason_placeholder" in against(reference=REFERENCE, reason=reason)


@given(phrases=st.lists(st.sampled_from(RULES.placeholders), min_size=1, max_size=12))
def test_placeholders_one_after_the_other_are_still_placeholders(
    phrases: list[tuple[str, ...]],
) -> None:
    reason = " ".join(word for phrase in phrases for word in phrase)
    assert "reason_placeholder" in against(reference=REFERENCE, reason=reason)


@given(phrase=st.sampled_from(RULES.placeholders), before=st.booleans())
def test_a_reason_that_only_holds_a_placeholder_is_none(
    phrase: tuple[str, ...], before: bool
) -> None:
    told = [*phrase, *REASON.split()] if before else [*REASON.split(), *phrase]
    assert against(reference=REFERENCE, reason=" ".join(told)) == []


@pytest.mark.parametrize(
    ("reason", "codes"),
    [
        ("a van stolen ab", []),  # fifteen characters, three words
        ("a van  stolen a ", ["reason_too_short"]),  # blanks do not count
        ("stolen stolen stolen van van", ["reason_gamed"]),  # two words, however often
        (f"stolen van {REFERENCE}", ["reason_gamed"]),  # the reference is no word of a reason
    ],
)
def test_a_reason_has_its_length_and_its_different_words(reason: str, codes: list[str]) -> None:
    assert against(reference=REFERENCE, reason=reason) == codes


@given(st.text())
def test_words_hold_nothing_that_stands_between_words(text: str) -> None:
    words = words_of(text)
    assert all(word and "_" not in word and not word.isspace() for word in words)
    assert words_of(" ".join(words)) == words
