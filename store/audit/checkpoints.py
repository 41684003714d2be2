"""Signed checkpoints: "at this moment the chain had this many records and ended in this hash".

They lie in a file of the state folder and in a witness file elsewhere, one JSON object a line;
both are only ever appended to. Who holds the witness can tell a chain that was cut short, put back
from an old copy or hashed anew, for nobody without the key can sign another.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from store.errors import CorruptError, UnavailableError

__all__ = [
    "KEY_NAME",
    "Checkpoint",
    "append",
    "checkpoints_of",
    "last_of",
    "lines_of",
    "parsed",
    "private_key",
    "public_key",
    "signed",
    "valid",
]

KEY_NAME = "audit-signing-key"
"""Name of the secret that signs."""

_PURPOSE = b"anpr-hub audit checkpoint 1\x00"
_KEY_BYTES = 32
_SIGNATURE_BYTES = 64
_TAIL_BYTES = 4096  # a line has about 340


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What was signed, and by whom.

    Attributes:
        size: Records of the chain, 1 and up.
        tip: Hash of the last of them, 32 bytes.
        at: When, ISO 8601 in UTC.
        key: Public key, 32 bytes.
        signature: Ed25519 over purpose, size, tip and moment, 64 bytes.
    """

    size: int
    tip: bytes
    at: str
    key: bytes
    signature: bytes

    def line(self) -> str:
        """Write it as it stands in a file, without the line end."""
        return json.dumps(
            {
                "at": self.at,
                "hash": self.tip.hex(),
                "key": self.key.hex(),
                "signature": self.signature.hex(),
                "size": self.size,
            },
            separators=(",", ":"),
        )


def checkpoints_of(state: Path) -> Path:
    """Where the checkpoints lie in a state folder."""
    return state / "audit" / "checkpoints.jsonl"


def private_key(secret: bytes) -> Ed25519PrivateKey:
    """Read the signing key: 32 bytes as 64 hexadecimal digits.

    Raises:
        CorruptError: It is none.
    """
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret.decode("ascii")))
    except ValueError:
        raise CorruptError(
            f"Nothing was signed: the secret {KEY_NAME} is no key of 64 hexadecimal digits. "
            "Make one with `anpr audit new-key`."
        ) from None  # the cause could quote the secret


def public_key(key: Ed25519PrivateKey) -> bytes:
    """Give the 32 bytes that everybody may know."""
    return key.public_key().public_bytes_raw()


def signed(size: int, *, tip: bytes, now: datetime, key: Ed25519PrivateKey) -> Checkpoint:
    """Sign that the chain has so many records and ends in this hash."""
    at = now.isoformat()
    return Checkpoint(size, tip, at, public_key(key), key.sign(_message(size=size, tip=tip, at=at)))


def valid(checkpoint: Checkpoint, *, key: bytes) -> bool:
    """Say whether this key signed exactly this."""
    message = _message(size=checkpoint.size, tip=checkpoint.tip, at=checkpoint.at)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(checkpoint.signature, message)
    except InvalidSignature:
        return False
    return checkpoint.key == key


def parsed(line: str) -> Checkpoint | None:
    """Read one line, or None where it is no checkpoint."""
    try:
        said = json.loads(line)
        checkpoint = Checkpoint(
            size=said["size"],
            tip=bytes.fromhex(said["hash"]),
            at=said["at"],
            key=bytes.fromhex(said["key"]),
            signature=bytes.fromhex(said["signature"]),
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    lengths = (len(checkpoint.tip), len(checkpoint.key), len(checkpoint.signature))
    if type(checkpoint.size) is not int or not 0 < checkpoint.size < 2**63:
        return None
    if not isinstance(checkpoint.at, str) or lengths != (_KEY_BYTES, _KEY_BYTES, _SIGNATURE_BYTES):
        return None
    return checkpoint


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """Give the lines of a file of checkpoints with their numbers, but those torn in writing.

    A whole line ends in "}"; the power failing in the midst of one leaves a line that does not,
    and a line end is put behind it before the next.

    Raises:
        UnavailableError: The file is there and cannot be read.
    """
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file, start=1):
                if line.rstrip().endswith("}"):
                    yield number, line
    except FileNotFoundError:
        return
    except OSError as error:
        raise UnavailableError(
            f"Not compared: {path} cannot be read ({error.strerror}). Look at its owner and rights."
        ) from error


def last_of(path: Path) -> Checkpoint | None:
    """Read the newest checkpoint of a file, or None where it has none yet.

    Raises:
        CorruptError: The newest whole line is no checkpoint.
        UnavailableError: The file cannot be read.
    """
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
            tail = file.read().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnavailableError(
            f"The checkpoints in {path} cannot be read ({error.strerror}). "
            "Look at its owner and rights; it is tried again with the next checkpoint."
        ) from error
    whole = [line for line in tail.splitlines() if line.rstrip().endswith("}")]
    if not whole:
        return None
    newest = parsed(whole[-1])
    if newest is None:
        raise CorruptError(
            f"Nothing was signed: the last line of {path} is no checkpoint. Keep the file for the "
            "auditor and run `anpr audit verify`."
        )
    return newest


def append(path: Path, checkpoint: Checkpoint) -> None:
    """Add a checkpoint to a file; it is on the disk when this returns.

    Raises:
        UnavailableError: It could not be written.
    """
    try:
        # The folder must be there: one made here in place of a share that is not mounted would be
        # no witness.
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        with os.fdopen(os.open(path, flags, 0o600), "r+b", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            torn = size > 0 and os.pread(file.fileno(), 1, size - 1) != b"\n"
            file.write((b"\n" if torn else b"") + checkpoint.line().encode() + b"\n")
            os.fsync(file.fileno())
    except OSError as error:
        raise UnavailableError(
            f"The checkpoint was not added to {path} ({error.strerror}). "
            "It is tried again with the next; look at the disk and the rights of that folder."
        ) from error


def _message(*, size: int, tip: bytes, at: str) -> bytes:
    return _PURPOSE + size.to_bytes(8, "big") + tip + at.encode()
