"""Who must sign is said so that an officer knows whom to ask."""

import pytest

from store.governance.rulebook.verdicts import NeedsAuthorisation
from store.governance.rulebook.words import said, signers


@pytest.mark.parametrize(
    ("authority", "count", "words"),
    [
        ("inspector", 1, "an Inspector"),
        ("superintendent", 2, "two different people, each a Superintendent or above"),
        ("superintendent", 3, "three different people, each a Superintendent or above"),
        ("inspector", 4, "four different people, each an Inspector or above"),
        ("inspector", 5, "5 different people, each an Inspector or above"),
        ("anpr_manager+case_owner", 2, "the ANPR Manager and the case owner"),
        ("duty_planning_officer", 1, "the duty planning officer"),
    ],
)
def test_a_rank_or_a_post_is_named_as_officers_name_it(
    authority: str, count: int, words: str
) -> None:
    assert signers(authority, count=count) == words


def test_what_is_needed_follows_what_was_not_done() -> None:
    needs = NeedsAuthorisation("inspector", 1, "grant_none", "Not done: there is no authority.")
    assert said(needs) == (
        "Not done: there is no authority. It takes the signature of an Inspector."
    )
