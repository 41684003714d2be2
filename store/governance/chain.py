"""The audit chain: each record's hash covers the one before, so none can be changed unseen.

    digest = SHA256(salt || body)
    hash   = SHA256(0x00 || hash before || seq as 8 bytes, big-endian || digest)

A body may be weeded later: its digest stays and the chain still verifies. The salt stops anybody
from guessing the plates in a weeded body from its digest. What the chain alone cannot show is
that its newest records were cut off; the ledger keeps the tip beside it for that.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = ["GENESIS", "Record", "Walk", "canonical", "digest_of", "link", "walk"]

GENESIS = bytes(32)
"""What the first record has as the hash before it."""


@dataclass(frozen=True, slots=True)
class Record:
    """One audit record.

    Attributes:
        seq: From 1, without gaps.
        salt: 16 random bytes.
        body: Canonical JSON, or None once weeded.
        digest: 32 bytes over salt and body.
        hash: 32 bytes over the hash before, seq and digest.
    """

    seq: int
    salt: bytes
    body: str | None
    digest: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Walk:
    """What walking a chain showed.

    Attributes:
        records: How many records hold, counted from the start.
        tip: Hash of the last record that holds.
        broken_at: Sequence number at which the chain breaks first, or None where it holds.
        why: What is wrong there, in a few words; empty where it holds.
    """

    records: int
    tip: bytes
    broken_at: int | None = None
    why: str = ""


def canonical(body: Mapping[str, object]) -> str:
    """Write a body as JSON in the one spelling that is hashed.

    Raises:
        TypeError: A value is not JSON (text, number, truth, None, list or mapping of these).
        ValueError: A number is not finite.
    """
    return json.dumps(
        body, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    )


def digest_of(*, salt: bytes, body: str) -> bytes:
    """Hash a body with its salt."""
    return hashlib.sha256(salt + body.encode()).digest()


def link(*, before: bytes, seq: int, digest: bytes) -> bytes:
    """Hash a record onto the one before it."""
    return hashlib.sha256(b"\x00" + before + seq.to_bytes(8, "big") + digest).digest()


def walk(records: Iterable[Record], *, before: bytes = GENESIS, first: int = 1) -> Walk:
    """Follow a chain from a known place and stop at the first record that does not hold.

    Args:
        records: In the order they are kept.
        before: Hash of the record before the first one.
        first: Sequence number the first one must have.
    """
    tip, held = before, 0
    for seq, record in enumerate(records, start=first):
        if record.seq != seq:
            return Walk(held, tip, seq, f"record {record.seq} stands where {seq} belongs")
        body = record.body
        if body is not None and digest_of(salt=record.salt, body=body) != record.digest:
            return Walk(held, tip, seq, "its body is not what was written")
        if link(before=tip, seq=seq, digest=record.digest) != record.hash:
            return Walk(held, tip, seq, "its hash does not follow from the record before")
        tip, held = record.hash, held + 1
    return Walk(held, tip)
