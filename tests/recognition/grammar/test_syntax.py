import re
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from recognition.grammar.formats import ABROAD, FOREIGN, templates
from recognition.grammar.lattice import ALPHABET, NOTHING, Lattice
from recognition.grammar.syntax import Grammar, fold

A, YEAR = "[A-HJ-PR-Y]", "[A-HJ-NPR-TV-Y]"
NUMBER = "[1-9][0-9]{0,2}"
MARKS = {
    "gb_2001": f"[A-HK-PRSV-Y]{A}(?:0[2-9]|1[0-9]|2[0-6]|5[1-9]|6[0-9]|7[0-6])[A-HJ-PR-Z]{{3}}",
    "gb_1983_prefix": f"{YEAR}{NUMBER}{A}{{3}}",
    "gb_1963_suffix": f"{A}{{3}}{NUMBER}{YEAR}",
    "gb_dateless": f"{A}{{2}}{NUMBER}[0-9]|{NUMBER}[0-9]{A}{{2}}|{A}{{3}}{NUMBER}|{NUMBER}{A}{{3}}",
    "ni": f"{A}[A-PR-Z]Z[1-9][0-9]{{0,3}}|[1-9][0-9]{{0,3}}{A}[A-PR-Z]Z|{A}Z[1-9][0-9]{{1,3}}",
    "diplomatic": "[1-9][0-9]{2}[DX][1-9][0-9]{2}",
}
"""SI 2001/561 Schedule 3 and INF104 in our own words, with what is on the road in 2026."""

marks = st.one_of(*(st.from_regex(rule, fullmatch=True) for rule in MARKS.values()))
texts = st.text(ALPHABET, min_size=1, max_size=10)
GRAMMAR = Grammar()


def lattice_of(text: str, *, sure: float = 0.99) -> Lattice:
    slots = np.full((len(text), NOTHING + 1), (1 - sure) / NOTHING)
    for row, character in enumerate(text):
        slots[row, ALPHABET.index(character)] = sure
    return Lattice(slots)


lattices = st.builds(
    lambda rows: Lattice(np.array(rows) / np.sum(rows, axis=1, keepdims=True)),
    st.lists(
        st.lists(st.floats(1e-6, 1), min_size=NOTHING + 1, max_size=NOTHING + 1),
        min_size=1,
        max_size=12,
    ),
)


@given(marks)
def test_every_uk_mark_comes_back_unrepaired_from_a_clear_plate(mark: str) -> None:
    reading = GRAMMAR.settle(lattice_of(mark))
    assert reading is not None
    assert fold(reading.vrm) == fold(mark)
    assert reading.raw == mark
    assert not reading.repaired
    assert reading.format not in ABROAD


@given(st.from_regex(MARKS["gb_2001"], fullmatch=True), st.randoms(use_true_random=False))
def test_place_tells_o_from_0_and_i_from_1_on_a_current_mark(mark: str, luck: object) -> None:
    twins = {"0": "O", "O": "0", "1": "I", "I": "1"}
    shown = "".join(twins.get(character, character) for character in mark)
    reading = GRAMMAR.settle(lattice_of(shown))
    assert reading is not None
    assert (reading.vrm, reading.raw, reading.repaired) == (mark, shown, False)


@given(texts)
def test_fold_is_idempotent_and_touches_only_o_and_i(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    for before, after in zip(text, folded, strict=True):
        assert after == {"O": "0", "I": "1"}.get(before, before)


@given(lattices)
def test_confidence_and_candidates_share_out_at_most_one(lattice: Lattice) -> None:
    reading = GRAMMAR.settle(lattice)
    assume(reading is not None)
    assert reading is not None
    shares = [reading.confidence, *(posterior for _, posterior in reading.candidates)]
    assert all(0 <= share <= 1 for share in shares)
    assert sum(shares) <= 1 + 1e-9
    assert shares == sorted(shares, reverse=True)
    assert len({reading.vrm, *(text for text, _ in reading.candidates)}) == len(shares)


SHAPES = re.compile(
    r"[A-Z]{2}\d\d[A-Z]{2,3}|[A-Z]\d{1,3}[A-Z]{3}|[A-Z]{3}\d{1,4}[A-Z]?|\d{1,4}[A-Z]{1,3}"
    r"|[A-Z]{1,2}\d{1,4}|\d{3}[A-Z]\d{3}|\d\d[A-Z]{2}\d\d|\d{5}|\d{2,3}[A-Z]{1,2}\d{1,6}"
)
"""The shapes of UK and Irish marks, without the letters each leaves out."""


def _could_be_british_or_irish(text: str) -> bool:
    twins = {"0": "0O", "O": "0O", "1": "1I", "I": "1I"}
    ways = product(*(twins.get(character, character) for character in text))
    return any(SHAPES.fullmatch("".join(way)) for way in ways)


@given(texts)
def test_a_clear_foreign_mark_is_never_made_into_a_british_one(text: str) -> None:
    assume(not _could_be_british_or_irish(text))
    reading = GRAMMAR.settle(lattice_of(text, sure=0.99999))
    assert reading is not None
    assert (reading.fold, reading.repaired) == (fold(text), False)
    assert reading.format in ABROAD


@pytest.mark.parametrize(
    "mark",
    [
        *("WOBAB123", "AB123CD", "1ABC234", "TM12ABC", "B104XYZ", "1234BCD", "WA12345", "1A23456"),
        *("AA1234BB", "34ABC123", "XYZ1234", "12ABC3", "G1234AB"),
    ],
)
def test_marks_of_other_countries_of_europe_stay_as_they_were_read(mark: str) -> None:
    reading = GRAMMAR.settle(lattice_of(mark, sure=0.99999))
    assert reading is not None
    assert (reading.vrm, reading.repaired) == (mark, False)


@pytest.mark.parametrize("mark", ["7K7K7K", "AAAAAAAA", "1XYZ12AB9"])
def test_a_mark_of_no_known_shape_stays_as_it_was_read(mark: str) -> None:
    reading = GRAMMAR.settle(lattice_of(mark, sure=0.99999))
    assert reading is not None
    assert (reading.vrm, reading.format) == (mark, FOREIGN)


def doubting(mark: str, *, other: str, share: float) -> Lattice:
    """A clear mark whose first character may be another."""
    lattice = lattice_of(mark, sure=0.9999)
    lattice.slots[0, ALPHABET.index(mark[0])] = 1 - share
    lattice.slots[0, ALPHABET.index(other)] = share
    return lattice


@pytest.mark.parametrize(("share", "read"), [(0.01, "IF10KAX"), (0.45, "VF10KAX")])
def test_a_romanian_mark_is_made_into_ours_only_where_the_network_doubts(
    share: float, read: str
) -> None:
    reading = GRAMMAR.settle(doubting("IF10KAX", other="V", share=share))
    assert reading is not None
    assert reading.vrm == read


def test_what_is_no_countrys_mark_is_still_made_into_ours() -> None:
    reading = GRAMMAR.settle(doubting("IK10KAX", other="V", share=0.01))
    assert reading is not None
    assert (reading.vrm, reading.repaired) == ("VK10KAX", True)


def test_a_mark_that_may_be_ours_is_called_ours() -> None:
    reading = GRAMMAR.settle(lattice_of("ABC123"))
    assert reading is not None
    assert reading.format == "gb_dateless"


def test_place_tells_o_from_0_on_a_mark_of_europe_where_the_network_is_in_doubt() -> None:
    reading = GRAMMAR.settle(doubting("0B123CD", other="O", share=0.4))
    assert reading is not None
    assert (reading.vrm, reading.repaired) == ("OB123CD", False)


def test_a_letter_where_only_a_digit_can_stand_is_repaired_and_said_so() -> None:
    lattice = lattice_of("AB12CDE")
    lattice.slots[3] = 1e-6
    lattice.slots[3, ALPHABET.index("Z")] = 0.7
    lattice.slots[3, ALPHABET.index("2")] = 0.3
    reading = GRAMMAR.settle(lattice)
    assert reading is not None
    assert (reading.vrm, reading.raw, reading.repaired) == (
        "AB12CDE",
        "AB1ZCDE",
        True,
    )


def test_a_border_read_as_a_character_is_left_out() -> None:
    lattice = lattice_of("1AB12CDE")
    lattice.slots[0] = 1e-6
    lattice.slots[0, ALPHABET.index("1")] = 0.6
    lattice.slots[0, NOTHING] = 0.4
    reading = GRAMMAR.settle(lattice)
    assert reading is not None
    assert (reading.vrm, reading.repaired) == ("AB12CDE", True)


def test_what_stays_open_is_among_the_candidates() -> None:
    lattice = lattice_of("AB12CDE")
    lattice.slots[6, ALPHABET.index("F")] = 0.9
    lattice.slots[6] /= lattice.slots[6].sum()
    reading = GRAMMAR.settle(lattice)
    assert reading is not None
    assert {reading.vrm, reading.candidates[0][0]} == {"AB12CDE", "AB12CDF"}
    assert reading.confidence < 0.6


def test_nothing_to_see_is_no_reading() -> None:
    assert GRAMMAR.settle(Lattice(np.zeros((0, NOTHING + 1)))) is None


def test_shares_of_all_templates_add_to_one() -> None:
    assert sum(template.share for template in templates()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("newest_age", "mark"), [(76, "AB27CDE"), (76, "AB77CDE"), (27, "AB27CDE")]
)
def test_a_mark_younger_than_the_release_is_still_read(newest_age: int, mark: str) -> None:
    reading = Grammar(newest_age=newest_age).settle(lattice_of(mark))
    assert reading is not None
    assert (reading.vrm, reading.format) == (mark, "gb_2001")
