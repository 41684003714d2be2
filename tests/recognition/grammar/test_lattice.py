import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recognition.grammar.lattice import ALPHABET, NOTHING, Fused, Lattice, gather


def ctc_of(text: str, *, sure: float = 0.98, wide: int = 2) -> np.ndarray:
    """Steps as the network gives them: each character for some steps, then blank."""
    rows = []
    for character in text:
        for symbol in [ALPHABET.index(character)] * wide + [NOTHING]:
            row = np.full(NOTHING + 1, (1 - sure) / NOTHING)
            row[symbol] = sure
            rows.append(row)
    return np.array(rows).reshape(-1, NOTHING + 1)


texts = st.text(ALPHABET, max_size=10)


@given(texts, st.integers(1, 4))
def test_a_character_is_one_slot_however_many_steps_show_it(text: str, wide: int) -> None:
    lattice = gather(ctc_of(text, wide=wide))
    assert lattice.raw == text
    assert len(lattice.slots) == len(text)
    assert np.allclose(lattice.slots.sum(axis=1), 1, atol=1e-4)


def _rows(upper: str, lower: str) -> np.ndarray:
    """64 steps, 32 of each half of a plate."""
    blank = np.full((32, NOTHING + 1), 1e-4)
    blank[:, NOTHING] = 0.99
    halves = []
    for text in (upper, lower):
        steps = ctc_of(text)
        halves.append(np.vstack([steps, blank[len(steps) :]]))
    return np.vstack(halves)


def test_a_lattice_knows_how_many_places_stand_on_the_upper_of_two_lines() -> None:
    assert gather(_rows("AB12", "CDE")).upper == 4
    assert gather(_rows("AB12", "CDE")).raw == "AB12CDE"
    assert gather(_rows("", "AB12CDE")).upper == 0
    assert gather(_rows("AB12CDE", "")).upper == 0


@given(st.lists(st.lists(st.floats(1e-9, 1), min_size=37, max_size=37), max_size=64))
def test_whatever_the_network_says_makes_a_lattice_of_probabilities(
    rows: list[list[float]],
) -> None:
    steps = np.array(rows).reshape(-1, NOTHING + 1)
    lattice = gather(steps / np.maximum(steps.sum(axis=1, keepdims=True), 1e-9))
    assert len(lattice.slots) <= 20
    assert np.all((lattice.slots > 0) & (lattice.slots <= 1))
    assert np.allclose(lattice.slots.sum(axis=1), 1, atol=1e-3)


def test_a_character_shown_twice_with_a_blank_between_is_two_characters() -> None:
    assert gather(ctc_of("11")).raw == "11"


def test_two_runs_that_touch_may_be_one_character_that_wavers() -> None:
    steps = ctc_of("8B", wide=1)[[0, 2]]
    steps[0, ALPHABET.index("B")] = steps[1, ALPHABET.index("8")] = 0.45
    steps /= steps.sum(axis=1, keepdims=True)
    assert gather(steps).slots[1, NOTHING] > 0.3


@given(texts, st.integers(1, 8))
def test_frames_that_agree_say_the_same_and_are_surer_together(text: str, frames: int) -> None:
    shown = gather(ctc_of(text, sure=0.8))
    fused = Fused.of(shown)
    for _ in range(frames):
        fused = fused.with_frame(shown)
    assert fused.frames == frames + 1
    assert fused.lattice.raw == shown.raw
    assert fused.lattice.clarity >= shown.clarity - 1e-6


@given(st.text(ALPHABET, min_size=2, max_size=9), st.data())
def test_a_character_missing_from_one_frame_of_three_is_not_lost(
    text: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(text) - 1))
    whole, cut = gather(ctc_of(text)), gather(ctc_of(text[:place] + text[place + 1 :]))
    assert Fused.of(whole).with_frame(cut).with_frame(whole).lattice.raw == text


def test_nothing_fused_with_nothing_is_nothing() -> None:
    empty = Lattice(np.zeros((0, NOTHING + 1)))
    assert Fused.of(empty).with_frame(empty).lattice.raw == ""
    assert empty.clarity == 0


def test_a_frame_that_starts_with_nothing_to_see_can_still_be_fused() -> None:
    empty, shown = Lattice(np.zeros((0, NOTHING + 1))), gather(ctc_of("AB12CDE"))
    fused = Fused.of(empty).with_frame(shown).with_frame(shown).with_frame(shown)
    assert fused.lattice.raw == "AB12CDE"
