"""Reads as rows of the day's tables, and rows as reads again.

What a row can say by pointing at its own mark it does not spell out: the raw reading and the other
candidates differ from the mark in a letter or two, so the letters they share with it stand as dots,
and those columns shrink to a fifth.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from store.archive.plates import Keys, pack, unpack
from store.errors import CorruptError, InputError
from store.ledger.instants import from_us, to_us
from store.terms import Read
from store.vrm import fold

__all__ = [
    "CONFIDENCE_STEPS",
    "DIRECTIONS",
    "PICTURES",
    "READS",
    "SEALED_READS",
    "glyphs_of",
    "id_keys",
    "id_keys_of",
    "ids_of",
    "picture_rows",
    "read_id_bytes",
    "read_of",
    "read_rows",
    "vrm_of",
]

CONFIDENCE_STEPS = 10_000
"""Confidences are kept to the fourth place."""

DIRECTIONS = ("unknown", "towards", "away")
"""What a read may say of the way a vehicle went."""

_CANDIDATE = pa.struct(
    [
        pa.field("vrm", pa.string(), nullable=False),
        pa.field("posterior", pa.uint16(), nullable=False),
    ]
)
# Time is a plain integer and nothing is ever updated: zone maps over timestamps with a zone and
# moved row ids are where this engine's young indices have gone wrong.
_READ: dict[str, pa.DataType] = {
    "read_id": pa.binary(16),
    "captured_us": pa.int64(),
    "plate": pa.uint64(),
    # which characters of the mark are the letters O and I, that the plate has as 0 and 1
    "glyphs": pa.uint16(),
    "camera_id": pa.string(),
    "controller": pa.string(),
    "vrm_raw": pa.string(),
    "confidence": pa.uint16(),
    "repaired": pa.bool_(),
    "candidates": pa.list_(_CANDIDATE),
    "direction": pa.string(),
    "frames": pa.int32(),
    "colour": pa.string(),
    "body": pa.string(),
}
_MAY_BE_NULL = {"vrm_raw", "colour", "body"}
_PICTURE: dict[str, pa.DataType] = {
    "read_id": pa.binary(16),
    # False for a first sight that raised an alarm, until its passage settles
    "settled": pa.bool_(),
    "plate_jpeg": pa.binary(),
    "vehicle_jpeg": pa.binary(),
}
# measured on sorted rows, bytes a read: time 6.4 -> 5.3, plate 7.1 -> 4.2, raw 4.6 -> 0.8; a hot
# day goes without, because every search of it would unpack what a scan reads
_SQUEEZED = {"captured_us", "plate", "glyphs", "repaired", "vrm_raw"}
_SQUEEZE: dict[bytes | str, bytes | str] = {
    "lance-encoding:compression": "zstd",
    "lance-encoding:bss": "on",
}

# one after the other, with nothing between: a search takes them out of the mapped file
_FLAT: dict[bytes | str, bytes | str] = {"lance-encoding:structural-encoding": "fullzip"}

READS = pa.schema([pa.field(name, kind, name in _MAY_BE_NULL) for name, kind in _READ.items()])
"""The reads of a day that is being written."""

SEALED_READS = pa.schema(
    [
        field.with_metadata(_SQUEEZE)
        if field.name in _SQUEEZED
        else field.with_metadata(_FLAT)
        if field.name == "read_id"
        else field
        for field in READS
    ]
)
"""The same columns, stored smaller, and the read ids flat."""

PICTURES = pa.schema([pa.field(name, kind, nullable=False) for name, kind in _PICTURE.items()])


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
    return ids_of(read_ids)[:, 0]


def ids_of(read_ids: "pa.ChunkedArray[Any]") -> Keys:
    """Give a `read_id` column as (n, 2) numbers that sort as the ids do."""
    found = [np.empty((0, 2), np.uint64)]
    for chunk in read_ids.chunks:
        _, values = chunk.buffers()  # an array without nulls has its values in the second one
        halves = np.frombuffer(memoryview(values), np.dtype(">u8"))  # type: ignore[arg-type]  # as said, it is never None
        found.append(halves.reshape(-1, 2)[chunk.offset : chunk.offset + len(chunk)])
    return np.concatenate(found).astype(np.uint64)


def glyphs_of(vrm: str) -> int:
    """Say which characters of a mark are the letters O and I: bit k for character k."""
    return sum(1 << at for at, letter in enumerate(vrm) if letter in "OI")


def vrm_of(folded: str, *, glyphs: int) -> str:
    """Give the mark of a fold, its O and I as they were."""
    if not glyphs:
        return folded
    return "".join(
        {"0": "O", "1": "I"}.get(letter, letter) if glyphs >> at & 1 else letter
        for at, letter in enumerate(folded)
    )


def read_rows(reads: Sequence[Read]) -> pa.Table:
    """Give reads as rows of the reads table."""
    return pa.table(
        {
            "read_id": [read_id_bytes(read.read_id) for read in reads],
            "captured_us": [to_us(read.captured_at) for read in reads],
            "plate": [pack(read.fold) for read in reads],
            "glyphs": [glyphs_of(read.vrm) for read in reads],
            "camera_id": [read.camera_id for read in reads],
            "controller": [read.controller for read in reads],
            "vrm_raw": [
                None if read.vrm_raw == read.vrm else _dotted(read.vrm_raw, vrm=read.vrm)
                for read in reads
            ],
            "confidence": [_steps(read.confidence) for read in reads],
            "repaired": [read.repaired for read in reads],
            "candidates": [
                [
                    {"vrm": _dotted(vrm, vrm=read.vrm), "posterior": _steps(posterior)}
                    for vrm, posterior in read.candidates
                ]
                for read in reads
            ],
            "direction": [read.direction for read in reads],
            "frames": [read.frames for read in reads],
            "colour": [read.colour or None for read in reads],
            "body": [read.body or None for read in reads],
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


def read_of(row: dict[str, Any]) -> Read:
    """Give a row of the reads table as the read it was, without pictures."""
    try:
        vrm = vrm_of(unpack(row["plate"]), glyphs=row["glyphs"])
        raw = row["vrm_raw"]
        return Read(
            read_id=row["read_id"].hex(),
            camera_id=row["camera_id"],
            controller=row["controller"],
            captured_at=from_us(row["captured_us"]),
            vrm_raw=vrm if raw is None else _spelled(raw, vrm=vrm),
            vrm=vrm,
            fold=fold(vrm),
            confidence=row["confidence"] / CONFIDENCE_STEPS,
            repaired=row["repaired"],
            candidates=tuple(
                (_spelled(one["vrm"], vrm=vrm), one["posterior"] / CONFIDENCE_STEPS)
                for one in row["candidates"]
            ),
            direction=row["direction"],
            frames=row["frames"],
            colour=row["colour"] or "",
            body=row["body"] or "",
        )
    except (KeyError, TypeError, AttributeError, IndexError):
        raise CorruptError(
            "A row of the archive is not as we wrote it. Restore its day from backup."
        ) from None


def _steps(confidence: float) -> int:
    return round(min(1.0, max(0.0, confidence)) * CONFIDENCE_STEPS)


def _dotted(text: str, *, vrm: str) -> str:
    """Write a text with dots for what it shares with the mark; "=" before one that cannot be."""
    if len(text) != len(vrm) or "." in text or text.startswith("="):
        return f"={text}"
    return "".join("." if one == own else one for one, own in zip(text, vrm, strict=True))


def _spelled(dotted: str, *, vrm: str) -> str:
    if dotted.startswith("="):
        return dotted[1:]
    return "".join(own if one == "." else one for one, own in zip(dotted, vrm, strict=True))
