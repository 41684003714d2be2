"""Packed plates answer a pattern exactly as the texts would."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.archive.plates import fitting, pack, present, unpack, unpacked
from store.errors import InputError
from store.vrm import MARK_MAX, Pattern, fold

LETTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
# few letters and short marks, so that patterns do meet marks
CLOSE_MARKS = st.text(alphabet="AB01", max_size=MARK_MAX)


@given(st.text(alphabet=LETTERS, max_size=MARK_MAX))
def test_a_packed_mark_comes_back_as_it_was(mark: str) -> None:
    assert unpack(pack(mark)) == mark
    assert 0 <= pack(mark) < 2**64


def test_many_marks_come_back_at_once_in_their_order() -> None:
    marks = ["AB12CDE", "", "A", "ZZ99ZZZZZZ", "AB12CDE"]
    assert unpacked(np.array([pack(mark) for mark in marks], np.uint64)) == marks


@pytest.mark.parametrize("mark", ["AB12CDEFGHJ", "ab12", "AB 12", "AB-12", "Ä1", "?"])
def test_what_is_no_mark_is_not_packed(mark: str) -> None:
    with pytest.raises(InputError):
        pack(mark)


@given(st.sets(CLOSE_MARKS), st.text(alphabet="AB01O?*", min_size=3, max_size=9))
def test_a_pattern_finds_the_plates_that_fit_and_no_others(marks: set[str], typed: str) -> None:
    try:
        pattern = Pattern.compile(typed)
    except InputError:
        return
    plates = np.unique(np.array([pack(mark) for mark in marks], np.uint64))
    found = fitting(plates, pattern=pattern.text)
    assert {unpack(int(plate)) for plate in found} == {m for m in marks if pattern.matches(m)}
    assert found.tolist() == sorted(found.tolist())


@given(st.sets(CLOSE_MARKS), CLOSE_MARKS.filter(bool))
def test_a_whole_mark_finds_itself_or_nothing(marks: set[str], asked: str) -> None:
    plates = np.unique(np.array([pack(mark) for mark in marks], np.uint64))
    assert fitting(plates, pattern=fold(asked)).tolist() == [pack(asked)] * (asked in marks)
    assert present(plates, key=pack(asked)) == (asked in marks)
