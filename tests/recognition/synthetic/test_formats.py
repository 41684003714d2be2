"""Marks are made up by the rules of their format; the rules are written down again here."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.synthetic.formats import FORMATS, groups_of, random_vrm

# SI 2001/561 Sch 3, INF104: letters never used, digits never used, no leading noughts.
_BODY = "[A-HJ-PR-Y]"
_YEAR = "[A-HJ-NPR-TV-Y]"
_NI = rf"(?:{_BODY}{{2}}[IZ]|{_BODY}[IZ]{_BODY}?|I[ABJLW])"
_RULES = {
    "gb_2001": rf"{_BODY}{{2}}(?:0[2-9]|[1-4][0-9]|5[1-9]|[6-9][0-9])[A-HJ-PR-Z]{{3}}",
    "gb_1983_prefix": rf"{_YEAR}[1-9][0-9]{{0,2}}{_BODY}{{3}}",
    "gb_q": rf"Q[1-9][0-9]{{0,2}}{_BODY}{{3}}",
    "gb_1963_suffix": rf"{_BODY}{{3}}[1-9][0-9]{{0,2}}{_YEAR}",
    "gb_dateless": (
        rf"{_BODY}{{1,2}}[1-9][0-9]{{0,3}}|{_BODY}{{3}}[1-9][0-9]{{0,2}}"
        rf"|[1-9][0-9]{{0,3}}{_BODY}{{1,2}}|[1-9][0-9]{{0,2}}{_BODY}{{3}}"
    ),
    "ni": rf"{_NI}[1-9][0-9]{{0,3}}|[1-9][0-9]{{0,3}}{_NI}",
    "diplomatic": r"[1-9][0-9]{2}[DX][1-9][0-9]{2}",
    "military": r"[A-HJ-PR-Z]{2}[0-9]{2}[A-HJ-PR-Z]{2}",
    "military_old": r"[0-9]{2}[A-HJ-PR-Z]{2}[0-9]{2}",
    "trade": rf"[0-9]{{3}}{_BODY}{{1,3}}|[0-9]{{5}}",
    "ireland": r"[0-9]{2,3}[A-Z]{1,2}[1-9][0-9]{0,5}",
    "foreign_or_unknown": r"[0-9A-Z]{1,10}",
}

seeds = st.integers(min_value=0, max_value=2**32)


@given(seed=seeds, format_id=st.sampled_from(FORMATS))
def test_a_made_up_mark_follows_the_rules_of_its_format(seed: int, format_id: str) -> None:
    text, groups, found = random_vrm(np.random.default_rng(seed), format_id=format_id)
    assert found == format_id
    assert re.fullmatch(_RULES[format_id], text)
    assert "".join(groups) == text
    assert all(groups)


@given(seed=seeds)
def test_a_mark_of_any_format_names_a_known_format(seed: int) -> None:
    text, _, format_id = random_vrm(np.random.default_rng(seed))
    assert re.fullmatch(_RULES[format_id], text)


@given(seed=seeds)
def test_the_same_seed_makes_up_the_same_mark(seed: int) -> None:
    assert random_vrm(np.random.default_rng(seed)) == random_vrm(np.random.default_rng(seed))


def test_every_format_comes_up() -> None:
    rng = np.random.default_rng(0)
    assert {random_vrm(rng)[2] for _ in range(3000)} == set(FORMATS)


@pytest.mark.parametrize(
    ("vrm", "groups"),
    [
        ("AB12CDE", ("AB12", "CDE")),
        ("A123BCD", ("A123", "BCD")),
        ("ABC123D", ("ABC", "123D")),
        ("ABZ1234", ("ABZ", "1234")),
        ("1234AB", ("1234", "AB")),
        ("101D234", ("101", "D", "234")),
        ("151D12345", ("151", "D", "12345")),
        ("X1Y2Z3X4", ("X1Y2Z3X4",)),
    ],
)
def test_a_given_mark_is_parted_as_its_format_parts_it(vrm: str, groups: tuple[str, ...]) -> None:
    assert groups_of(vrm)[0] == groups


@given(seed=seeds)
def test_parting_a_mark_loses_no_character(seed: int) -> None:
    text, _, _ = random_vrm(np.random.default_rng(seed))
    assert "".join(groups_of(text)[0]) == text
