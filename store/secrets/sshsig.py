"""Signatures that somebody's own SSH key makes over a file (`ssh-keygen -Y sign`), checked.

The form is OpenSSH's PROTOCOL.sshsig. Taken are Ed25519 keys, and Ed25519 keys on a token that was
touched; nothing else signs anybody on here.
"""

import base64
import binascii
import hashlib
import struct

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from store.errors import InputError

__all__ = ["fingerprint_of_signer"]

_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_MAGIC = b"SSHSIG"
_HASHES = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}
_PLAIN, _TOKEN = b"ssh-ed25519", b"sk-ssh-ed25519@openssh.com"
_TOUCHED = 0x01
_NO_SIGNATURE = (
    "Not taken: that is no signature of `ssh-keygen -Y sign` over this file. Sign the file again "
    "and give both."
)


def fingerprint_of_signer(signature: str, *, message: bytes, namespace: str) -> str:
    """Check a signature and name the key that made it.

    Args:
        signature: The text that `ssh-keygen -Y sign` wrote.
        message: The file that is signed.
        namespace: What it must have been signed for (`-n`), so that no other signature serves.

    Returns:
        The key's fingerprint, as `SHA256:...`.

    Raises:
        InputError: It is no such signature, of another file or purpose, or of another kind of key.
    """
    try:
        return _checked(_bytes_of(signature), message=message, namespace=namespace.encode())
    except (ValueError, KeyError, IndexError, struct.error, InvalidSignature) as wrong:
        raise InputError(_NO_SIGNATURE) from wrong


def _bytes_of(signature: str) -> bytes:
    lines = [line.strip() for line in signature.strip().splitlines()]
    if len(lines) < 3 or (lines[0], lines[-1]) != (_BEGIN, _END):
        raise binascii.Error("no armour")
    return base64.b64decode("".join(lines[1:-1]), validate=True)


def _checked(blob: bytes, *, message: bytes, namespace: bytes) -> str:
    if blob[:6] != _MAGIC or struct.unpack(">I", blob[6:10]) != (1,):
        raise ValueError("no SSHSIG of version 1")
    key, signed_for, reserved, hash_name, made = _strings(blob[10:], count=5)
    if signed_for != namespace:
        raise ValueError("signed for something else")
    digest = _HASHES[hash_name](message).digest()
    told = _MAGIC + b"".join(map(_string, (signed_for, reserved, hash_name, digest)))
    kind, public, *application = _strings(key, count=3 if key[4:].startswith(_TOKEN) else 2)
    made_by, signature = _strings(made, count=2)
    if kind not in {_PLAIN, _TOKEN} or made_by != kind:
        raise ValueError("another kind of key")
    if kind == _TOKEN:
        rest = made[8 + len(made_by) + len(signature) :]
        if len(rest) != 5 or not rest[0] & _TOUCHED:
            raise ValueError("the token was not touched")
        told = hashlib.sha256(application[0]).digest() + rest + hashlib.sha256(told).digest()
    Ed25519PublicKey.from_public_bytes(public).verify(signature, told)
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")


def _strings(blob: bytes, *, count: int) -> list[bytes]:
    found, at = [], 0
    for _ in range(count):
        (length,) = struct.unpack(">I", blob[at : at + 4])
        if at + 4 + length > len(blob):
            raise ValueError("cut off")
        found.append(blob[at + 4 : at + 4 + length])
        at += 4 + length
    return found


def _string(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value
