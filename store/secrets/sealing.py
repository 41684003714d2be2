"""Seal what lies in the ledger and must not be read there: the seeds of second factors."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from store.errors import CorruptError, RefusedError

__all__ = ["KEY_NAME", "Sealing"]

KEY_NAME = "staff-seed-key"
"""Name of the key among the secrets: 64 hexadecimal digits."""

_NONCE_BYTES = 12


class Sealing:
    """Seals and opens under one key.

    Args:
        key: 64 hexadecimal digits, as `anpr staff new-key` makes them.

    Raises:
        RefusedError: The key has another form.
    """

    def __init__(self, key: bytes) -> None:
        try:
            raw = bytes.fromhex(key.decode("ascii"))
        except ValueError:
            raw = b""
        if len(raw) != 32:
            raise RefusedError(
                f"The secret {KEY_NAME} was refused: it must be 64 hexadecimal digits. "
                "Make one with `anpr staff new-key`.",
                reason="secret_malformed",
            )
        self._cipher = ChaCha20Poly1305(raw)

    def sealed(self, value: str, *, about: str) -> bytes:
        """Seal a text for one owner; a second sealing of it looks different."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, value.encode(), about.encode())

    def opened(self, sealed: bytes, *, about: str) -> str:
        """Open what was sealed for this owner.

        Raises:
            CorruptError: It was sealed under another key or for another owner, or was changed.
        """
        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, body, about.encode()).decode()
        except (InvalidTag, ValueError):
            raise CorruptError(
                "A second factor could not be read: it was kept under another key, or changed. "
                f"Give the hub the secret {KEY_NAME} that it was founded with."
            ) from None
