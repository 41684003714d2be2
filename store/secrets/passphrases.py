"""Passphrases: hashed with argon2id, two at a time, never kept."""

import threading
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from store.errors import InputError

__all__ = ["MIN_CHARS", "fits", "hashed"]

MIN_CHARS = 12

_HASHER: Final = PasswordHasher()
_PLACES: Final = threading.BoundedSemaphore(2)
"""Each takes 64 MiB and a core: a crowd of wrong passphrases must not take the hub's."""


def hashed(passphrase: str) -> str:
    """Hash a passphrase, with salt and cost in the text.

    Raises:
        InputError: It is too short or too long.
    """
    if not MIN_CHARS <= len(passphrase) <= 1_000:
        raise InputError(
            f"The passphrase was not taken: it must have {MIN_CHARS} characters or more. "
            "Four unrelated words will do."
        )
    with _PLACES:
        return _HASHER.hash(passphrase)


def fits(text: str, passphrase: str) -> bool:
    """Say whether a passphrase is the one that was hashed."""
    with _PLACES:
        try:
            return _HASHER.verify(text, passphrase[:1_000])
        except (VerificationError, InvalidHashError):
            return False
