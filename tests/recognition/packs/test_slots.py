import numpy as np
import pytest

from recognition.errors import ModelRefusedError
from recognition.grammar.lattice import ALPHABET, NOTHING
from recognition.packs.manifest import SLOTS, InputContract, Manifest
from recognition.packs.slots import check_alphabet, lattices_of


def reader(alphabet: str, pad: str = "_") -> Manifest:
    contract = InputContract("input", np.uint8)
    return Manifest("plate_ocr", "test", contract, ("out",), SLOTS, alphabet=alphabet, pad=pad)


def sure(text: str, alphabet: str) -> np.ndarray:
    """Probabilities (1, slots, alphabet) of a network that is 0.9 sure of each character."""
    answer = np.full((1, len(text), len(alphabet)), 0.1 / (len(alphabet) - 1), np.float32)
    for slot, character in enumerate(text):
        answer[0, slot, alphabet.index(character)] = 0.9
    return answer


@pytest.mark.parametrize("alphabet", [ALPHABET + "_", "_" + ALPHABET[::-1], ALPHABET + "-_"])
def test_an_alphabet_in_any_order_gives_the_same_text(alphabet: str) -> None:
    told = reader(alphabet)
    check_alphabet(told)
    (lattice,) = lattices_of(sure("AB12CDE__", alphabet), manifest=told)
    assert lattice.raw == "AB12CDE"
    assert lattice.slots.shape == (9, NOTHING + 1)
    assert lattice.slots.sum(axis=1) == pytest.approx(1)
    assert lattice.slots[0, ALPHABET.index("A")] == pytest.approx(0.9, abs=1e-3)


def test_a_dash_stands_between_characters_and_is_none() -> None:
    alphabet = ALPHABET + "-_"
    (lattice,) = lattices_of(sure("B-AB12_", alphabet), manifest=reader(alphabet))
    assert lattice.raw == "BAB12"


def test_slots_in_one_row_are_told_apart_by_the_alphabet() -> None:
    alphabet = ALPHABET + "_"
    flat = sure("XY65KLM__", alphabet).reshape(1, -1)
    assert lattices_of(flat, manifest=reader(alphabet))[0].raw == "XY65KLM"


@pytest.mark.parametrize("shape", [(1, 9, 36), (1, 40), (9,)])
def test_an_output_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ModelRefusedError, match="expected an output of n x slots x 37, found"):
        lattices_of(np.zeros(shape, np.float32), manifest=reader(ALPHABET + "_"))


@pytest.mark.parametrize(
    ("alphabet", "pad", "reason"),
    [
        (ALPHABET, "_", "a pad"),
        (ALPHABET + "_", "", "a pad"),
        (ALPHABET + "A_", "_", "without repeats"),
        (ALPHABET + "\u00c4_", "_", "an alphabet out of"),
    ],
)
def test_an_alphabet_that_our_marks_are_not_written_in_is_refused(
    alphabet: str, pad: str, reason: str
) -> None:
    with pytest.raises(ModelRefusedError, match=reason):
        check_alphabet(reader(alphabet, pad))
