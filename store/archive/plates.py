"""Plates as packed numbers: a wildcard becomes mask and compare, not a scan of reads.

A packed plate holds its length in the top four bits and then six bits a character, left-aligned.
Sorted, plates of one length stand together and in the order of their text. So the length and the
known beginning of a pattern are a slice, and what is left costs one `and` and one comparison a
plate: 40 million of them take some 20 ms.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from store.errors import InputError
from store.vrm import MARK_MAX

__all__ = ["Keys", "fitting", "pack", "present", "unpack", "unpacked"]

Keys = NDArray[np.uint64]
"""(n,) packed plates or other 64-bit keys."""

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CODE = {letter: number for number, letter in enumerate(_ALPHABET, start=1)}
_BITS = 6
_ONES = (1 << _BITS) - 1
_LENGTH_SHIFT = MARK_MAX * _BITS
_SHIFTS = np.arange(_LENGTH_SHIFT - _BITS, -1, -_BITS).astype(np.uint64)
_LETTERS = np.frombuffer(f"\0{_ALPHABET}".encode().ljust(_ONES + 1, b"\0"), np.uint8)


def pack(fold: str) -> int:
    """Pack a folded mark into one number below 2**64.

    Args:
        fold: 0 to 10 characters of 0-9 and A-Z.

    Returns:
        The number; two marks never share one.

    Raises:
        InputError: The mark is longer or holds another character.
    """
    if len(fold) > MARK_MAX:
        raise InputError(f"A mark longer than {MARK_MAX} characters is not kept. Read it again.")
    number = 0
    for letter in fold:
        code = _CODE.get(letter)
        if code is None:
            raise InputError("A mark of other characters than A-Z and 0-9 is not kept.")
        number = number << _BITS | code
    return len(fold) << _LENGTH_SHIFT | number << _BITS * (MARK_MAX - len(fold))


def unpack(plate: int) -> str:
    """Give back the mark that was packed."""
    return unpacked(np.array([plate], np.uint64))[0]


def unpacked(plates: Keys) -> list[str]:
    """Give back marks that were packed, a hundred in the time of ten alone."""
    codes = plates[:, None] >> _SHIFTS & np.uint64(_ONES)
    marks: list[str] = _LETTERS[codes].view(f"S{MARK_MAX}")[:, 0].astype(str).tolist()
    return marks


def present(keys: Keys, *, key: int) -> bool:
    """Say whether a key is among sorted ones."""
    at = int(np.searchsorted(keys, np.uint64(key)))
    return at < len(keys) and int(keys[at]) == key


def fitting(plates: Keys, *, pattern: str) -> Keys:
    """Give the plates that fit a pattern.

    Args:
        plates: (n,) packed plates, sorted and distinct.
        pattern: Folded text; `?` is one character, `*` any number of them.

    Returns:
        (k,) packed plates, sorted.
    """
    shortest = len(pattern.replace("*", ""))
    longest = MARK_MAX if "*" in pattern else shortest
    found = [plates[:0]]
    for length in range(shortest, longest + 1):
        found += [
            _fitting_spelled(plates, spelled=spelled)
            for spelled in _spellings(pattern, spare=length - shortest)
        ]
    return np.unique(np.concatenate(found))


def _spellings(pattern: str, *, spare: int) -> Iterator[str]:
    """Write the stars as `?` in every way that takes `spare` characters in all."""
    head, star, rest = pattern.partition("*")
    if not star:
        if spare == 0:
            yield head
        return
    for taken in range(spare + 1):
        for tail in _spellings(rest, spare=spare - taken):
            yield head + "?" * taken + tail


def _fitting_spelled(plates: Keys, *, spelled: str) -> Keys:
    """Give the plates of one length that show these letters, `?` being any."""
    prefix = spelled.partition("?")[0]
    low = len(spelled) << _LENGTH_SHIFT | pack(prefix) & ((1 << _LENGTH_SHIFT) - 1)
    last = low | (1 << _BITS * (MARK_MAX - len(prefix))) - 1
    start = np.searchsorted(plates, np.uint64(low), side="left")
    end = np.searchsorted(plates, np.uint64(last), side="right")
    mask = value = 0
    for place, letter in enumerate(spelled):
        if letter != "?":
            shift = _LENGTH_SHIFT - _BITS * (place + 1)
            mask |= _ONES << shift
            value |= _CODE[letter] << shift
    shelf: Keys = plates[start:end]
    fits: Keys = shelf[shelf & np.uint64(mask) == np.uint64(value)]
    return fits
