"""What the outputs of a reader with one slot a place mean, as fast-plate-ocr publishes them."""

import numpy as np
from numpy.typing import NDArray

from recognition.grammar.lattice import ALPHABET, NOTHING, Lattice
from recognition.packs.manifest import Manifest, refuse

__all__ = ["check_alphabet", "lattices_of"]

_LEAST = 1e-6
_BETWEEN = "-. "
"""Characters that stand between others and are no part of a mark."""


def check_alphabet(manifest: Manifest) -> None:
    """Refuse an alphabet that our marks cannot be written in.

    Raises:
        ModelRefusedError: It has other characters, one twice, or no pad.
    """
    alphabet, pad = manifest.alphabet, manifest.pad
    if len(pad) != 1 or pad not in alphabet:
        refuse(manifest.task, "a pad that is one character of the alphabet", repr(pad))
    if len(set(alphabet)) != len(alphabet):
        refuse(manifest.task, "an alphabet without repeats", repr(alphabet))
    if not set(alphabet) <= set(ALPHABET + _BETWEEN + pad):
        refuse(manifest.task, f"an alphabet out of {ALPHABET} and {pad}", repr(alphabet))


def lattices_of(answer: NDArray[np.float32], *, manifest: Manifest) -> list[Lattice]:
    """The slots of a run as lattices.

    Args:
        answer: (n, slots, alphabet) probabilities, or (n, slots x alphabet).
        manifest: Of a reader whose alphabet `check_alphabet` let pass.

    Raises:
        ModelRefusedError: `answer` has another shape.
    """
    characters = len(manifest.alphabet)
    flat = answer.ndim == 2 and answer.shape[1] % characters == 0
    slots = answer.reshape(len(answer), -1, characters) if flat else answer
    if slots.ndim != 3 or slots.shape[2] != characters:
        found = " x ".join(map(str, answer.shape))
        refuse(manifest.task, f"an output of n x slots x {characters}", found)
    columns = [ALPHABET.find(character) for character in manifest.alphabet]
    ours = np.zeros((*slots.shape[:2], NOTHING + 1))
    for column, place in enumerate(columns):
        ours[:, :, place if place >= 0 else NOTHING] += slots[:, :, column]
    ours = np.clip(ours, _LEAST, 1)
    return [Lattice(rows / rows.sum(axis=1, keepdims=True)) for rows in ours]
