"""Identity of a mark: normalise, fold, pack, and wildcard patterns.

Three spellings of a mark live in the hub. The *canonical* one is upper case without blanks or
hyphens. Its *fold* writes O as 0 and I as 1, because the prescribed font draws them alike
(domain/vrm.md 3.2); lists and searches join on the fold. *Packed*, a fold is one unsigned 64-bit
number whose order is the order of the text, so that a prefix is a range of numbers.

Nothing here puts a mark into an error message: messages reach logs.
"""

import re
from dataclasses import dataclass

from store.errors import InputError

__all__ = [
    "MARK_MAX",
    "PACK_MAX",
    "Pattern",
    "fold",
    "mark",
    "normalise",
    "pack",
    "unpack",
]

MARK_MAX = 10
"""Longest mark of any list, capture record or search, in characters."""

PACK_MAX = 12
"""Longest text that packs: 37**12 is below 2**63, so it fits signed columns as well."""

_PATTERN_LITERALS_MIN = 3
_PATTERN_STARS_MAX = 3

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BASE = len(_ALPHABET) + 1
_DIGIT = {letter: number for number, letter in enumerate(_ALPHABET, start=1)}

# ASCII alone is raised to capitals: str.upper() would turn a foreign letter such as dotless i
# into a Latin one, and a look-alike would pass for the mark it imitates.
_NORMAL = str.maketrans(
    "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", " \t\u00a0-\u2010\u2011"
)
_FOLD = str.maketrans("OI", "01")
_MARK = re.compile(rf"[0-9A-Z]{{1,{MARK_MAX}}}", re.ASCII)


def normalise(text: str) -> str:
    """Write a mark in capitals without blanks or hyphens; anything else stays as it came."""
    return text.translate(_NORMAL)


def fold(vrm: str) -> str:
    """Give the key that lists and searches join on: O as 0, I as 1, nothing else."""
    return vrm.translate(_FOLD)


def mark(text: str) -> str:
    """Read one whole mark as an officer or a file wrote it.

    Args:
        text: Any case, with or without blanks and hyphens.

    Returns:
        The canonical mark, 1 to 10 characters of A-Z and 0-9.

    Raises:
        InputError: The text is empty, too long, or holds another character.
    """
    vrm = normalise(text)
    if not vrm:
        raise InputError("No plate was given. Type the plate, for example as it stands on the car.")
    if len(vrm) > MARK_MAX:
        raise InputError(f"That plate is longer than {MARK_MAX} characters. Check the typing.")
    if not _MARK.fullmatch(vrm):
        raise InputError(
            "That plate holds a character other than A-Z and 0-9. "
            "For a plate that is known in part, choose wildcard and use ? and *."
        )
    return vrm


def pack(text: str) -> int:
    """Pack a fold key into one number, keeping the order of the texts.

    Args:
        text: Up to 12 characters of 0-9 and A-Z; empty packs to 0.

    Returns:
        A number in [0, 37**12): base 37, left-aligned, 0 where the text has ended.

    Raises:
        InputError: The text is longer than 12 characters or holds another character.
    """
    if len(text) > PACK_MAX:
        raise InputError(f"A key longer than {PACK_MAX} characters cannot be packed.")
    number = 0
    try:
        for letter in text:
            number = number * _BASE + _DIGIT[letter]
    except KeyError:
        raise InputError("A key of other characters than A-Z and 0-9 cannot be packed.") from None
    return number * int(_BASE ** (PACK_MAX - len(text)))


def unpack(number: int) -> str:
    """Give back the text that `pack` packed.

    Raises:
        InputError: No text packs to this number.
    """
    if not 0 <= number < _BASE**PACK_MAX:
        raise InputError("That number is not a packed plate.")
    text = ""
    for _ in range(PACK_MAX):
        number, digit = divmod(number, _BASE)
        text = f" {_ALPHABET}"[digit] + text
    text = text.rstrip(" ")
    if " " in text:
        raise InputError("That number is not a packed plate.")
    return text


@dataclass(frozen=True, slots=True)
class Pattern:
    """A mark known in part: `?` stands for one character, `*` for any number of them.

    Attributes:
        text: The pattern, folded, with runs of `*` drawn together.
        prefix: The characters before the first wildcard, folded.
    """

    text: str
    prefix: str
    _matcher: re.Pattern[str]

    @classmethod
    def compile(cls, text: str) -> "Pattern":
        """Read a pattern as an officer typed it.

        Raises:
            InputError: It is empty, too long, holds another character, or says so little that it
                would sweep up the traffic of a whole force.
        """
        pattern = re.sub(r"\*+", "*", fold(normalise(text)))
        literals = sum(letter in _DIGIT for letter in pattern)
        if not pattern:
            raise InputError("No plate was given. Type the part that is known, with ? and *.")
        if literals + pattern.count("?") + pattern.count("*") != len(pattern):
            raise InputError(
                "That pattern holds a character other than A-Z, 0-9, ? and *. Check the typing."
            )
        if len(pattern) - pattern.count("*") > MARK_MAX:
            raise InputError(f"That pattern is longer than any plate ({MARK_MAX} characters).")
        if literals < _PATTERN_LITERALS_MIN:
            raise InputError(
                f"That pattern fits too many vehicles. Give at least {_PATTERN_LITERALS_MIN} "
                "letters or digits, or search a place and time instead."
            )
        if pattern.count("*") > _PATTERN_STARS_MAX:
            raise InputError(
                f"That pattern has more than {_PATTERN_STARS_MAX} stars. Join the known parts."
            )
        expression = "".join({"?": ".", "*": ".*"}.get(letter, letter) for letter in pattern)
        prefix = re.split(r"[?*]", pattern, maxsplit=1)[0]
        return cls(text=pattern, prefix=prefix, _matcher=re.compile(expression))

    def matches(self, key: str) -> bool:
        """Say whether a folded mark fits the pattern."""
        return self._matcher.fullmatch(key) is not None

    def packed_range(self) -> tuple[int, int]:
        """Give the half-open range of packed numbers that can fit: those with the prefix."""
        low = pack(self.prefix)
        return low, low + int(_BASE ** (PACK_MAX - len(self.prefix)))
