"""Walk the chain by the form it is documented to have, and name the first record that is bad.

    digest = SHA256(salt || body)
    hash   = SHA256(0x00 || hash before || seq as 8 bytes, big-endian || digest)

Before the first record stand 32 zero bytes. A weeded record has no body; its digest stays.
"""

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

__all__ = ["NOTHING", "Finding", "Walked", "moment_of", "walk"]

NOTHING = bytes(32)
"""What the first record is hashed onto."""

_HASH_BYTES = 32


class _Fault(Exception):
    """A record does not hold."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and at which record.

    Attributes:
        why: In a few words; never what a record says.
        first: The first record that is bad, or 0 where it is no record that is wrong.
        last: The same, or a later one where the first bad one lies between the two.
        place: Where it is no record: which file, which line.
    """

    why: str
    first: int = 0
    last: int = 0
    place: str = ""

    def __str__(self) -> str:
        """Say it in one line."""
        if not self.first:
            return f"{self.place}: {self.why}"
        if self.first == self.last:
            return f"record {self.first}: {self.why}"
        return f"between record {self.first} and record {self.last}: {self.why}"


@dataclass(frozen=True, slots=True)
class Walked:
    """What a walk saw.

    Attributes:
        last: Number of the last record that holds; 0 where there is none.
        tip: Its hash.
        weeded: Records that hold without their body.
        began_at: When the oldest record with a body was written, as it says; None without one.
        ended_at: The same of the newest.
        seen: Hash at each record number that was asked about and reached.
        finding: The first bad record, or None.
    """

    last: int
    tip: bytes
    weeded: int = 0
    began_at: str | None = None
    ended_at: str | None = None
    seen: Mapping[int, bytes] = field(default_factory=dict)
    finding: Finding | None = None


def walk(
    rows: Iterable[tuple[object, ...]],
    *,
    before: bytes = NOTHING,
    first: int = 1,
    about: Collection[int] = (),
) -> Walked:
    """Follow the chain to its end, or to the first record that does not hold.

    Args:
        rows: (seq, salt, body, digest, hash) as they lie in the ledger.
        before: Hash of the record before the first one.
        first: Number that the first one must have.
        about: Numbers of records whose hashes are wanted.
    """
    last, tip, weeded = first - 1, before, 0
    oldest: bytes | None = None
    newest: bytes | None = None
    seen = {last: tip} if last in about else {}
    finding = None
    for row in _readable(rows):
        seq = last + 1
        try:
            hashed, body = _held(row, before=tip, seq=seq)
        except _Fault as fault:
            finding = Finding(str(fault), first=seq, last=seq)
            break
        if body is None:
            weeded += 1
        else:
            oldest, newest = oldest or body, body
        last, tip = seq, hashed
        if seq in about:
            seen[seq] = tip
    return Walked(last, tip, weeded, moment_of(oldest), moment_of(newest), seen, finding)


def moment_of(body: bytes | None) -> str | None:
    """Read when a record was written, as its body says."""
    try:
        said = json.loads(body) if body else None
    except ValueError:
        return None
    at = said.get("at") if isinstance(said, dict) else None
    return at if isinstance(at, str) else None


def _readable(rows: Iterable[tuple[object, ...]]) -> Iterator[tuple[object, ...] | None]:
    """Give the rows, and None in place of the first that SQLite cannot read."""
    try:
        yield from rows
    except sqlite3.DatabaseError:
        yield None


def _held(row: tuple[object, ...] | None, *, before: bytes, seq: int) -> tuple[bytes, bytes | None]:
    """Give hash and body of a record that must be number `seq`.

    Raises:
        _Fault: It does not hold; says why.
    """
    if row is None:
        raise _Fault("the file is damaged here")
    number, salt, body, digest, hashed = row
    if number != seq:
        raise _Fault(f"missing or moved: record {number} stands in its place")
    if not isinstance(salt, bytes) or not isinstance(body, bytes | None):
        raise _Fault("a field is not of its kind")
    if not isinstance(digest, bytes) or len(digest) != _HASH_BYTES:
        raise _Fault("its digest is none")
    if body is not None and hashlib.sha256(salt + body).digest() != digest:
        raise _Fault("its body is not what was written")
    linked = hashlib.sha256(b"\x00" + before + seq.to_bytes(8, "big") + digest).digest()
    if linked != hashed:
        raise _Fault("its hash does not follow from the record before")
    return linked, body
