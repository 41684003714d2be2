"""Keys that officers sign on with: which kinds are taken, and by what they are known."""

import base64
import binascii
import hashlib

from store.errors import InputError

__all__ = ["KINDS", "key_of"]

KINDS = (
    "ssh-ed25519",
    "sk-ssh-ed25519@openssh.com",
    "ecdsa-sha2-nistp256",
    "sk-ecdsa-sha2-nistp256@openssh.com",
)
"""Kinds of keys that are taken; "sk-" lives on a token that wants a touch."""

_MAX_CHARS = 2_000


def key_of(text: str) -> tuple[str, str]:
    """Read a public key as OpenSSH writes it.

    Args:
        text: One line: kind, key in base64, and a comment that is dropped.

    Returns:
        The line as sshd gets it, and the fingerprint (`SHA256:...`).

    Raises:
        InputError: It is no such line, or of a kind that is not taken.
    """
    words = text.split()
    if len(text) > _MAX_CHARS or "\n" in text.strip() or len(words) < 2 or words[0] not in KINDS:
        raise _refused()
    kind, key = words[0], words[1]
    try:
        blob = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError) as odd:
        raise _refused() from odd
    name = kind.encode()
    head = len(name).to_bytes(4, "big") + name
    # What is inside must be what it says outside; a key of its shortest kind has 32 bytes.
    if not blob.startswith(head) or len(blob) < len(head) + 4 + 32:
        raise _refused()
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    return f"{kind} {key}", f"SHA256:{digest}"


def _refused() -> InputError:
    return InputError(
        "The key was not taken: it is no public key of OpenSSH of a kind that the hub takes "
        f"({', '.join(KINDS)}), in one line. Give the .pub file; ssh-keygen -t ed25519 makes one."
    )
