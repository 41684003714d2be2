"""Reads as rows of the day's tables, and rows as reads again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from store.archive.plates import Keys, pack, unpack
from store.errors import CorruptError, InputError
from store.ledger.instants import from_us, to_us
from store.terms import Certainty, Read

__all__ = [
    "PICTURES",
    "READS",
    "StoredRead",
    "Traffic",
    "cursor",
    "id_keys",
    "id_keys_of",
    "page_key",
    "picture_rows",
    "read_id_bytes",
    "read_of",
    "read_rows",
]

# Time is a plain integer and nothing is ever updated: zone maps over timestamps with a zone and
# moved row ids are where this engine's young indices have gone wrong.
_READ: dict[str, pa.DataType] = {
    "read_id": pa.binary(16),
    "captured_us": pa.int64(),
    "plate": pa.uint64(),
    "camera_id": pa.string(),
    "controller": pa.string(),
    "vrm": pa.string(),
    "vrm_raw": pa.string(),
    "confidence": pa.float32(),
    "repaired": pa.bool_(),
    "candidates": pa.list_(pa.struct([("vrm", pa.string()), ("posterior", pa.float32())])),
    "direction": pa.string(),
    "frames": pa.int32(),
}
_PICTURE: dict[str, pa.DataType] = {
    "read_id": pa.binary(16),
    # False for a first sight that raised an alarm, until its passage settles
    "settled": pa.bool_(),
    "plate_jpeg": pa.binary(),
    "vehicle_jpeg": pa.binary(),
}
READS = pa.schema([pa.field(name, kind, nullable=False) for name, kind in _READ.items()])
PICTURES = pa.schema([pa.field(name, kind, nullable=False) for name, kind in _PICTURE.items()])


@dataclass(frozen=True, slots=True)
class StoredRead:
    """A read as the archive gives it back.

    Attributes:
        read: The read; its pictures are fetched apart and empty here.
        certainty: How it met what was asked: exact or glyph, possible where it was repaired.
        key: Paging key: time, then identity; a later row of a result has a smaller key.
    """

    read: Read
    certainty: Certainty
    key: str


@dataclass(frozen=True, slots=True)
class Traffic:
    """How much a scope holds, without showing any of it.

    Attributes:
        reads: Number of reads.
        vehicles: Number of different marks among them.
    """

    reads: int
    vehicles: int


def read_id_bytes(read_id: str) -> bytes:
    """Give a read id as its 16 bytes.

    Raises:
        InputError: It is not 32 hexadecimal characters.
    """
    try:
        number = bytes.fromhex(read_id)
    except ValueError:
        number = b""
    if len(number) != 16 or number.hex() != read_id:
        raise InputError("A read id has 32 hexadecimal characters in lower case. Copy it whole.")
    return number


def id_keys(read_ids: Sequence[str]) -> Keys:
    """Give the first halves of read ids as (n,) numbers."""
    joined = b"".join(read_id_bytes(read_id)[:8] for read_id in read_ids)
    return np.frombuffer(joined, np.dtype(">u8")).astype(np.uint64)


def id_keys_of(read_ids: "pa.ChunkedArray[Any]") -> Keys:
    """Give the first halves of a `read_id` column as (n,) numbers."""
    halves = [np.empty(0, np.uint64)]
    for chunk in read_ids.chunks:
        both = np.frombuffer(memoryview(chunk.buffers()[1]), np.dtype(">u8"))  # type: ignore[arg-type]  # an array without nulls has its values in the second buffer
        halves.append(both[2 * chunk.offset : 2 * (chunk.offset + len(chunk)) : 2])
    return np.concatenate(halves).astype(np.uint64)


def page_key(captured_us: int, read_id: bytes) -> str:
    """Give the key of a row: 16 hexadecimal characters of time, 32 of identity."""
    return f"{captured_us:016x}{read_id.hex()}"


def cursor(key: str) -> tuple[int, bytes]:
    """Take a paging key apart into microseconds and identity.

    Raises:
        InputError: It is no key of ours.
    """
    try:
        captured_us, read_id = int(key[:16], 16), bytes.fromhex(key[16:])
    except ValueError:
        captured_us, read_id = -1, b""
    if page_key(captured_us, read_id) != key or len(read_id) != 16:
        raise InputError("That is not the key of a row. Search again from the first page.")
    return captured_us, read_id


def read_rows(reads: Sequence[Read]) -> pa.Table:
    """Give reads as rows of the reads table."""
    return pa.table(
        {
            "read_id": [read_id_bytes(read.read_id) for read in reads],
            "captured_us": [to_us(read.captured_at) for read in reads],
            "plate": [pack(read.fold) for read in reads],
            "camera_id": [read.camera_id for read in reads],
            "controller": [read.controller for read in reads],
            "vrm": [read.vrm for read in reads],
            "vrm_raw": [read.vrm_raw for read in reads],
            "confidence": [read.confidence for read in reads],
            "repaired": [read.repaired for read in reads],
            "candidates": [
                [{"vrm": vrm, "posterior": posterior} for vrm, posterior in read.candidates]
                for read in reads
            ],
            "direction": [read.direction for read in reads],
            "frames": [read.frames for read in reads],
        },
        schema=READS,
    )


def picture_rows(reads: Sequence[Read], *, settled: bool) -> pa.Table:
    """Give the pictures of reads as rows of the pictures table."""
    return pa.table(
        {
            "read_id": [read_id_bytes(read.read_id) for read in reads],
            "settled": [settled] * len(reads),
            "plate_jpeg": [read.plate_jpeg for read in reads],
            "vehicle_jpeg": [read.vehicle_jpeg for read in reads],
        },
        schema=PICTURES,
    )


def read_of(row: dict[str, object]) -> Read:
    """Give a row of the reads table as the read it was, without pictures."""
    match row:
        case {
            "read_id": bytes() as read_id,
            "captured_us": int() as captured_us,
            "plate": int() as plate,
            "camera_id": str() as camera_id,
            "controller": str() as controller,
            "vrm": str() as vrm,
            "vrm_raw": str() as vrm_raw,
            "confidence": float() as confidence,
            "repaired": bool() as repaired,
            "candidates": list() as candidates,
            "direction": str() as direction,
            "frames": int() as frames,
        }:
            return Read(
                read_id=read_id.hex(),
                camera_id=camera_id,
                controller=controller,
                captured_at=from_us(captured_us),
                vrm_raw=vrm_raw,
                vrm=vrm,
                fold=unpack(plate),
                confidence=confidence,
                repaired=repaired,
                candidates=tuple((entry["vrm"], entry["posterior"]) for entry in candidates),
                direction=direction,
                frames=frames,
            )
    raise CorruptError("A row of the archive is not as we wrote it. Restore its day from backup.")
