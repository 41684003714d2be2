"""The gate: each threshold does what it says, and every refusal has its reason."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.gate import CROP_GATE, Gate, agreed
from recognition.grammar.lattice import ALPHABET, NOTHING, Lattice
from recognition.grammar.syntax import Grammar
from recognition.looks.plates import Found

CORNERS = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
GRAMMAR = Grammar()


def _clear(text_length: int, *, sure: float, text: str = "AB12CDE") -> Lattice:
    slots = np.full((text_length, NOTHING + 1), (1 - sure) / NOTHING)
    for row, character in enumerate(text[:text_length]):
        slots[row, ALPHABET.index(character)] = sure
    return Lattice(slots)


@pytest.mark.parametrize(
    ("score", "lattice", "reason"),
    [
        (0.9, _clear(7, sure=0.99), ""),
        (0.9, _clear(1, sure=0.99), "nothing to read on it"),
        (0.9, Lattice(np.zeros((0, NOTHING + 1))), "nothing to read on it"),
        (0.9, _clear(7, sure=0.1), "too unclear to read"),
        (0.45, _clear(3, sure=0.99), "hardly a plate and hardly legible"),
        (0.9, _clear(3, sure=0.99), ""),
        (0.3, _clear(7, sure=0.8), "hardly a plate and hardly legible"),
    ],
)
def test_the_gate_says_why_something_is_not_reported(
    score: float, lattice: Lattice, reason: str
) -> None:
    reading = GRAMMAR.settle(lattice)
    assert Gate().why_not(Found(CORNERS, score), lattice, reading) == reason


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("AB12CDE", Gate().joint),
        ("B1234XY9", Gate().foreign),
        ("A2838", Gate().like_signs),
        ("POLICE", Gate().one_kind),
        ("0163296", Gate().one_kind),
        ("A12", Gate().short),
    ],
)
def test_what_reads_like_lettering_has_to_be_clearer(text: str, least: float) -> None:
    lattice = _clear(len(text), sure=0.99, text=text)
    reading = GRAMMAR.settle(lattice)
    for above, reason in ((0.01, ""), (-0.01, "hardly a plate and hardly legible")):
        found = Found(CORNERS, (least + above) ** 2 / lattice.clarity)
        assert Gate().why_not(found, lattice, reading) == reason


@pytest.mark.parametrize("text", ["B1234XY9", "A2838", "POLICE", "0163296"])
def test_what_the_plate_check_vouches_for_may_read_like_lettering(text: str) -> None:
    gate = Gate()
    lattice = _clear(len(text), sure=0.99, text=text)
    reading = GRAMMAR.settle(lattice)
    for above, check, reason in (
        (0.01, 0.9, ""),
        (-0.01, 0.9, "hardly a plate and hardly legible"),
        (0.01, gate.sure - 0.01, "hardly a plate and hardly legible"),
    ):
        found = Found(CORNERS, (gate.vouched + above) ** 2 / lattice.clarity)
        assert gate.why_not(found, lattice, reading, check=check) == reason


def test_the_plate_check_vouches_only_for_what_is_legible_and_long_enough() -> None:
    gate = Gate()
    for text, sure in (("A2838", gate.legible - 0.05), ("A12", 0.99)):
        lattice = _clear(len(text), sure=sure, text=text)
        found = Found(CORNERS, (gate.vouched + 0.01) ** 2 / lattice.clarity)
        reason = gate.why_not(found, lattice, GRAMMAR.settle(lattice), check=1.0)
        assert reason == "hardly a plate and hardly legible"


@pytest.mark.parametrize(
    ("text", "check", "least"),
    [
        ("AB1234", 0.5, 0.65),
        ("AB1234", 0.2, 0.65 + 0.16 * math.log(4)),
        ("A2838", 0.7, 0.9 - 0.16 * math.log(7 / 3)),
        ("POLICE", 0.7, 0.9 - 0.16 * math.log(7 / 3)),
        ("01632", 0.7, 0.9 - 0.16 * math.log(7 / 3)),
        ("AB12CDE", 0.05, 0.57 + 0.025 * math.log(19)),
        ("AB12CDE", 0.01, 0.57 + 0.025 * math.log(99)),
        ("P764RPU", 0.05, 0.57 + 0.025 * math.log(19)),
        ("LTR548R", 0.05, 0.57 + 0.025 * math.log(19)),
        ("142CW46165", 0.05, 0.57 + 0.025 * math.log(19)),
        ("JXZ709", 0.05, 0.57 + 0.025 * math.log(19)),
        ("XZ57", 0.2, 0.65 + 0.16 * math.log(4)),
    ],
)
def test_what_the_plate_check_doubts_has_to_be_found_and_read_better(
    text: str, check: float, least: float
) -> None:
    gate, lattice = Gate(like_signs=0.6, one_kind=0.6), _clear(len(text), sure=0.99, text=text)
    reading = GRAMMAR.settle(lattice)
    for above, reason in ((0.01, ""), (-0.01, f"the plate check says {check * 100:.1f} % plate")):
        found = Found(CORNERS, (least + above) ** 2 / lattice.clarity)
        assert gate.why_not(found, lattice, reading, check=check) == reason


@pytest.mark.parametrize("sure", [0.94, 0.99])
def test_a_mark_speaks_for_itself_only_where_it_is_clear(sure: float) -> None:
    lattice = _clear(7, sure=sure, text="P764RPU")
    found = Found(CORNERS, 0.7**2 / lattice.clarity)
    doubted = Gate().why_not(found, lattice, GRAMMAR.settle(lattice), check=0.2)
    assert bool(doubted) is (sure < Gate().clear)


@pytest.mark.parametrize(
    ("text", "sure", "score", "asked"),
    [
        ("AB12CDE", 0.99, 0.81, False),
        ("AB12CDE", 0.99, 0.79, True),
        ("AB12CDE", 0.94, 0.81, True),
        ("A2838", 0.99, 0.81, True),
    ],
)
def test_what_detector_and_reader_are_certain_of_is_not_put_to_the_check(
    text: str, sure: float, score: float, asked: bool
) -> None:
    lattice = _clear(len(text), sure=sure, text=text)
    found = Found(CORNERS, score)
    assert Gate().worth_a_look(found, lattice, GRAMMAR.settle(lattice)) is asked


def test_what_the_plate_check_rules_out_is_looked_at_no_more() -> None:
    gate = Gate()
    found, lattice = Found(CORNERS, 0.64), _clear(7, sure=0.9)
    reading = GRAMMAR.settle(lattice)
    assert gate.open_question(found, lattice, reading, check=0.1)
    assert not gate.open_question(found, lattice, reading, check=0.00001)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.36, 1), st.floats(0.3, 0.999))
def test_a_surer_plate_check_never_drops_what_a_doubting_one_lets_pass(
    one: float, other: float, score: float, sure: float
) -> None:
    lattice = _clear(7, sure=sure)
    reading, found = GRAMMAR.settle(lattice), Found(CORNERS, score)
    low, high = sorted((one, other))
    if not Gate().why_not(found, lattice, reading, check=low):
        assert Gate().why_not(found, lattice, reading, check=high) == ""


def test_only_a_clear_mark_of_now_needs_no_second_look() -> None:
    found = Found(CORNERS, 0.8)
    for text, sure, again in (
        ("AB12CDE", 0.99, False),
        ("AB12CDE", 0.9, True),
        ("BC1", 0.99, True),
    ):
        lattice = _clear(len(text), sure=sure, text=text)
        assert Gate().open_question(found, lattice, GRAMMAR.settle(lattice)) is again


def test_what_is_hardly_a_plate_is_worth_no_second_look() -> None:
    lattice = _clear(7, sure=0.4)
    assert not Gate().open_question(Found(CORNERS, 0.3), lattice, GRAMMAR.settle(lattice))
    assert not Gate().open_question(Found(CORNERS, 0.9), lattice, None)


@given(st.text(ALPHABET, min_size=1, max_size=9), st.floats(0.4, 0.999))
def test_a_crop_is_reported_whatever_it_reads(text: str, sure: float) -> None:
    lattice = _clear(len(text), sure=sure, text=text)
    reading = GRAMMAR.settle(lattice)
    assert CROP_GATE.why_not(Found(CORNERS, 1.0), lattice, reading) == ""


_WORDS = st.floats(0, 1)


@given(_WORDS, _WORDS)
def test_two_words_of_the_check_agree_between_them_whoever_speaks_first(
    first: float, second: float
) -> None:
    both = agreed(first, second)
    assert min(first, second) - 1e-5 <= both <= max(first, second) + 1e-5
    assert both == pytest.approx(agreed(second, first))


def test_a_word_alone_stands_and_doubt_outweighs_a_vote() -> None:
    assert agreed(None, 0.3) == pytest.approx(0.3)
    assert agreed(0.9, 0.001) < 0.1
