"""Identity of a mark: normalise, fold, and wildcard patterns.

Two spellings of a mark live in the hub. The *canonical* one is upper case without blanks or
hyphens. Its *fold* writes O as 0 and I as 1, because the prescribed font draws them alike
(domain/vrm.md 3.2); lists and searches join on the fold.

Nothing here puts a mark into an error message: messages reach logs.
"""

import re
from dataclasses import dataclass

from store.errors import InputError

__all__ = [
    "LIST_SIGN",
    "MARK_MAX",
    "Pattern",
    "fold",
    "mark",
    "normalise",
]

LIST_SIGN = "@"
"""Stands before the name of a list, where a search names one in the place of marks."""

MARK_MAX = 10
"""Longest mark of any list, capture record or search, in characters."""

_PATTERN_LITERALS_MIN = 3
_PATTERN_STARS_MAX = 3

_ALPHABET = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")

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


@dataclass(frozen=True, slots=True)
class Pattern:
    """A mark known in part: `?` stands for one character, `*` for any number of them.

    Attributes:
        text: The pattern, folded, with runs of `*` drawn together.
    """

    text: str

    @classmethod
    def compile(cls, text: str) -> "Pattern":
        """Read a pattern as an officer typed it.

        Raises:
            InputError: It is empty, too long, holds another character, or says so little that it
                would sweep up the traffic of a whole force.
        """
        pattern = re.sub(r"\*+", "*", fold(normalise(text)))
        literals = sum(letter in _ALPHABET for letter in pattern)
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
        return cls(pattern)

    def matches(self, key: str) -> bool:
        """Say whether a folded mark fits the pattern."""
        # an archive's search asks for the text alone; the expressions of the last are kept by `re`
        return re.fullmatch(self.text.replace("?", ".").replace("*", ".*"), key) is not None
