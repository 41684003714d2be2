"""The gate: each threshold does what it says, and every refusal has its reason."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.gate import CROP_GATE, Gate
from recognition.grammar.lattice import ALPHABET, NOTHING, Lattice
from recognition.grammar.syntax import Grammar
from recognition.plates import Found

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
        (0.5, _clear(3, sure=0.99), "hardly a plate and hardly legible"),
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
