"""The identity of a mark holds for every text, not only for well-behaved ones."""

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import vrm
from store.errors import InputError

MARKS = st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=vrm.MARK_MAX)


@pytest.mark.parametrize("typed", ["te57 car", "TE57-CAR", " Te57CaR ", "TE57\u00a0CAR"])
def test_a_mark_is_read_in_any_case_with_or_without_blanks(typed: str) -> None:
    assert vrm.mark(typed) == "TE57CAR"


# Cyrillic, a dotless i and full-width letters look like a mark and are none.
LOOK_ALIKES = ["\u0422\u042526KLM", "\u0131I1", "\uff34\uff3826"]


@pytest.mark.parametrize("typed", ["", "  ", "-", "TE57CAR1234", "TE57?AR", *LOOK_ALIKES])
def test_what_is_no_mark_is_refused_without_repeating_it(typed: str) -> None:
    with pytest.raises(InputError) as refusal:
        vrm.mark(typed)
    assert typed.strip(" -") == "" or typed not in str(refusal.value)


@given(MARKS)
def test_folding_changes_only_the_two_pairs_that_share_a_glyph(mark: str) -> None:
    folded = vrm.fold(mark)
    assert vrm.fold(folded) == folded
    for before, after in zip(mark, folded, strict=True):
        assert after == {"O": "0", "I": "1"}.get(before, before)


@given(st.text())
def test_any_text_is_a_mark_or_refused_as_input(text: str) -> None:
    try:
        mark = vrm.mark(text)
    except InputError:
        return
    assert vrm.mark(mark) == mark
    assert 1 <= len(mark) <= vrm.MARK_MAX


@given(st.text(alphabet="ABO01I?*", min_size=1, max_size=8), MARKS)
def test_a_pattern_fits_what_a_shell_pattern_fits(text: str, mark: str) -> None:
    try:
        pattern = vrm.Pattern.compile(text)
    except InputError:
        return
    key = vrm.fold(mark)
    assert pattern.matches(key) == fnmatch.fnmatchcase(key, vrm.fold(text))


@given(MARKS.filter(lambda mark: len(mark) >= 3), st.data())
def test_a_mark_fits_the_pattern_made_from_it(mark: str, data: st.DataObject) -> None:
    hidden = data.draw(st.integers(min_value=0, max_value=len(mark) - 3))
    pattern = vrm.Pattern.compile("?" * hidden + mark[hidden:])
    assert pattern.matches(vrm.fold(mark))


@pytest.mark.parametrize(
    "hopeless", ["", "*", "???", "A*", "?B?1*", "A*B*C*D*E", "AB1" + "?" * 8, "AB1;", "A.*B1"]
)
def test_a_hopeless_pattern_is_refused(hopeless: str) -> None:
    with pytest.raises(InputError):
        vrm.Pattern.compile(hopeless)
