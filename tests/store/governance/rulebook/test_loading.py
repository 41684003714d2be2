"""A policy is loaded whole or not at all, and a refusal names key and line."""

import re
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.errors import PolicyError
from store.governance.rulebook.loading import carried, load

TEXT = resources.files("store.governance").joinpath("policy.toml").read_text("utf-8")
LINES = TEXT.splitlines()
HEADERS = [number for number, line in enumerate(LINES) if re.match(r"\[[^\[]", line)]


def test_the_carried_policy_is_whole() -> None:
    book = carried()
    assert len(book.titles) == 13
    assert len(book.matrix) == 46
    assert book.version == book.figures.version


# Tables whose keys are words of their own choosing: there a strange key has a strange value.
OPEN = {"titles", "ranks", "grounds.reference_formats", "lists.reasons", "purposes", "categories"}
OPEN |= {"words", "reviews"}


@pytest.mark.parametrize(
    "header",
    [number for number in HEADERS if LINES[number].split("]")[0][1:] not in OPEN],
    ids=lambda number: LINES[number].split("]")[0][1:],
)
def test_an_unknown_key_is_refused_with_its_line(header: int) -> None:
    broken = [*LINES[: header + 1], "surprise = true", *LINES[header + 1 :]]
    with pytest.raises(PolicyError, match=rf"surprise \(line {header + 2}\)"):
        load("\n".join(broken))


def test_an_unknown_key_of_a_check_is_refused_with_its_line() -> None:
    at = [number for number, line in enumerate(LINES) if line.startswith("[[check]]")][7]
    broken = [*LINES[: at + 1], "surprise = true", *LINES[at + 1 :]]
    with pytest.raises(PolicyError, match=rf"check.surprise \(line {at + 2}\)"):
        load("\n".join(broken))


@pytest.mark.parametrize(
    ("good", "bad", "why"),
    [
        ("version =", "edition =", "version .* is missing"),
        ("reads_s = 31536000", "reads_s = 94608000", "retention.reads_s .* above the ceiling"),
        ("upto_s = 7776000", 'upto_s = ""', "upto_s .* must be int"),
        ("upto_s = 7776000", "upto_s = true", "upto_s .* must be int"),
        ("over_s = 31536000", "over_s = 93072000", "upto_s .* before over_s"),
        ("authorisers = 2", "authorisers = 1", "authorisers .* not one for each post"),
        ("authorisers = 2", "authorisers = 0", "must name who signs"),
        ('authority = "superintendent"', 'authority = "sheriff"', "must name who signs"),
        ("life_default_s = 604800", "life_default_s = 9604800", "longer than life_max_s"),
        ("searches_default = 20", "searches_default = 200", "more than searches_max"),
        ("life_max_s = 2419200", "life_max_s = 2419201", "life_max_s .* the check of life_d"),
        ("request_lapses_s = 3600", "request_lapses_s = 60", "the check of request_age_s"),
        ("rest = 0.05", "rest = 5.0", "sampling.rest .* at most 1"),
        ("panel_quorum = 3", "panel_quorum = 0", "panel_quorum .* 1 or more"),
        ('{ do = ["OP"], read = ["QAM",', '{ do = ["OP"], read = ["OP",', "OP a second cell"),
        ("filter_high = {}", 'filter_high = { sign = ["QAM"] }', "QAM, whom .never. refuses"),
        ('search_l0 = { do = ["OP",', 'search_l0 = { do = ["SL", "OP",', "lets SL search"),
        ('mg6d_schedule = { do = ["AM"]', 'mg6d_schedule = { grant = ["AM"]', "nobody signs"),
        ('"subject_access.AM"', '"subject_access.OP"', "matrix leaves empty"),
        ('role = ["FDO"]', 'role = ["CHIEF"]', "'CHIEF', which nothing else does"),
        ('form = "incident"', 'form = "poem"', "no reference format"),
        ("convoy]", "convoy", "no TOML"),
        ("hit = 'HIT-[0-9]{8}'", "hit = 'HIT-([0-9]{8}'", "no regular expression"),
        ('never = "this', 'ever = "this', "words.never .* is missing"),
        ('live = "valid"', 'live = "revoked"', "grants.live"),
        ('operational = ["OP",', 'operational = ["AUD", "OP",', "kept apart"),
        ('INS = "inspector"', 'INS = "sheriff"', "rank_of_role.INS .* rank 'sheriff', which"),
        ("[tiers.search_l0]", "[tiers.search_l9]", "tiers.search_l9 .* is no row of the matrix"),
        (
            'methods.md A5; roles.md\nauthority = "inspector"',
            '\nauthority = "sheriff"',
            "tools.convoy.authority .* names 'sheriff', which is no rank or post",
        ),
        ('auditor = "AUD"', 'auditor = "AUDIT"', "separation.auditor .* is no role"),
        ('one_of = ["pending"]  ', "#", "check.fact .* is checked for nothing, or in no act"),
    ],
)  # fmt: skip
def test_a_contradiction_or_an_empty_threshold_is_refused(good: str, bad: str, why: str) -> None:
    assert good in TEXT
    with pytest.raises(PolicyError, match=why):
        load(TEXT.replace(good, bad, 1))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_policy_without_some_line_loads_or_is_refused(
    data: st.DataObject,
) -> None:
    gone = data.draw(st.integers(0, len(LINES) - 1))
    text = "\n".join(LINES[:gone] + LINES[gone + 1 :])
    try:
        load(text)
    except PolicyError as error:
        assert str(error).startswith("policy not loaded: ")
