r"""The lines of a sealed day: what searches ask of its reads, in one mapped file.

A sealed day's reads stand in the order of mark, time and identity, in the table and here. One line
is ten bytes: a 64-bit number with the time in its top bits, so that lines compare as their times
do, and the number of a place. A search finds its lines with array comparisons, for one day in
microseconds, and takes the identities of the hundred rows it shows from where they lie
(`identities.py`): a query of its own costs LanceDB 1.3 ms of a core whatever it asks (measured),
which a search over a year of days cannot pay for every day.

    "anpr-hub lines 2\n"   length of the head, 8 bytes   head in JSON   sections

The head names places, the version of the reads table that the lines belong to, where its read ids
lie, what the day comes to for the certificate of its weeding, and each section.
"""

import json
import mmap
import os
from dataclasses import asdict, astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from store.archive.days.identities import Run, ascending, digest_of
from store.archive.days.rows import DIRECTIONS, ids_of
from store.archive.plates import Keys
from store.disk import replace_durably
from store.errors import CorruptError
from store.ledger.instants import to_us

__all__ = [
    "CONFIDENCE_SHIFT",
    "DIRECTION_SHIFT",
    "LINES",
    "TIME_SHIFT",
    "Lines",
    "Sum",
    "day_start_us",
    "is_sealed",
    "lines_of",
    "packed_lines",
    "taken_apart",
    "write_lines",
]

LINES = "lines"
"""Name of the file; a day is sealed while it is there."""

CONFIDENCE_SHIFT = 13
TIME_SHIFT = 27
"""A line from the top: 37 bits of microseconds since midnight, 14 of confidence, one for repaired,
2 of direction, 10 for the characters that are the letters O and I."""

_REPAIRED_SHIFT = 12
DIRECTION_SHIFT = 10
_MAGIC = b"anpr-hub lines 2\n"
_ALIGNED = 64
_BLOCK = 256
_STRIDES = (np.arange(0, _BLOCK, 16), np.arange(16))
_FEW = 500
_SECTIONS = ("plates", "starts", "steps", "lines", "places", "looks", "ids", "rows", "sighted")

_Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Sum:
    """What a day came to when it was sealed: the certificate of its weeding needs no more.

    Attributes:
        pictures: Rows of pictures.
        digest: SHA-256 of its read ids in ascending order, 16 bytes each, as hexadecimal.
        files: Of which files this was counted (`files_of`).
    """

    pictures: int
    digest: str
    files: str


@dataclass(frozen=True, slots=True)
class Lines:
    """A sealed day's reads, n of them with p different marks.

    Attributes:
        version: Version of the reads table they belong to.
        sum: What the day came to.
        runs: Where its read ids lie; empty where the table has to be asked.
        place_names: Camera id and controller by place number.
        look_names: Colour and body type by look number; None where nobody looked.
        sections: The arrays by name, as the properties give them.
    """

    version: int
    sum: Sum
    runs: tuple[Run, ...]
    place_names: tuple[tuple[str, str], ...]
    look_names: tuple[tuple[str | None, str | None], ...]
    sections: dict[str, _Array]

    @property
    def plates(self) -> Keys:
        """(p,) different packed plates, sorted."""
        return self.sections["plates"]

    @property
    def lines(self) -> Keys:
        """(n,) lines, by mark, time and identity."""
        return self.sections["lines"]

    @property
    def places(self) -> NDArray[np.uint16]:
        """(n,) the place of each line."""
        return self.sections["places"]

    @property
    def looks(self) -> NDArray[np.uint16]:
        """(n,) the look of each line; (0,) where no read of the day has one."""
        return self.sections["looks"]

    def first(self, plates: NDArray[np.intp]) -> NDArray[np.int64]:
        """Give the first line of the plates with these numbers; number p gives n.

        Args:
            plates: Numbers of plates, of any shape.

        Returns:
            Numbers of lines, of that shape.
        """
        starts, steps = self.sections["starts"], self.sections["steps"]
        return starts[plates // _BLOCK].astype(np.int64) + steps[plates]

    def plate_of(self, rows: NDArray[np.int64], *, among: NDArray[np.intp] | None = None) -> Keys:
        """Give the packed plates of lines.

        Args:
            rows: (k,) numbers of lines.
            among: (m,) ascending numbers of plates, where all of them are lines of those.

        Returns:
            (k,) packed.
        """
        if among is not None:
            place = self.first(among).searchsorted(rows, side="right") - 1
            own: Keys = self.plates[among[place]]
            return own
        if len(rows) > _FEW:
            firsts = self.first(np.arange(len(self.plates)))
            return self.plates[np.searchsorted(firsts, rows, side="right") - 1]
        starts, steps = self.sections["starts"], self.sections["steps"]
        blocks = starts.searchsorted(rows, side="right") - 1
        within = rows - starts[blocks]
        # the last of a block's marks that begins by this row, to within sixteen and then alone
        last, most = blocks * _BLOCK, len(steps) - 1
        for stride in _STRIDES:
            further = last[:, None] + stride
            begun = steps[np.minimum(further, most)] <= within[:, None]
            begun &= further <= most
            last += stride[1] * (begun.sum(axis=1) - 1)
        plates: Keys = self.plates[last]
        return plates

    def rows_of(self, heads: NDArray[np.uint32]) -> list[list[int]]:
        """Give, for each four bytes, the lines whose read id begins with them."""
        ids, rows = self.sections["ids"], self.sections["rows"]
        low = ids.searchsorted(heads, side="left").tolist()
        high = ids.searchsorted(heads, side="right").tolist()
        return [rows[start:end].tolist() for start, end in zip(low, high, strict=True)]

    @property
    def heads(self) -> NDArray[np.uint32]:
        """First four bytes of every identity that is in the file."""
        return np.union1d(self.sections["ids"], self.sections["sighted"])

    def is_sighted(self, key: int) -> bool:
        """Say whether a picture without a read may have an id that begins with these bytes."""
        sighted = self.sections["sighted"]
        at = int(np.searchsorted(sighted, np.uint32(key)))
        return at < len(sighted) and int(sighted[at]) == key

    @classmethod
    def open(cls, folder: Path) -> "Lines":
        """Map a day's lines.

        Raises:
            FileNotFoundError: The day is not sealed.
            CorruptError: The file is not as we wrote it.
        """
        with (folder / LINES).open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            data = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) if size else b""
        try:
            return cls._of(data)
        except (ValueError, KeyError, TypeError, msgspec.MsgspecError):
            raise CorruptError(
                f"{folder / LINES} is not as we wrote it. Move it away: "
                "the day is sealed again from its tables when the hub starts."
            ) from None

    @classmethod
    def _of(cls, data: Any) -> "Lines":
        at = len(_MAGIC) + 8
        if data[: len(_MAGIC)] != _MAGIC:
            raise ValueError
        length = int.from_bytes(data[len(_MAGIC) : at], "little")
        head = msgspec.json.decode(data[at : at + length], type=_Head)
        sections = {}
        for name in _SECTIONS:
            kind, start, count = head.sections[name]
            sections[name] = np.frombuffer(data, np.dtype(kind), count=count, offset=start)
        return cls(
            version=head.version,
            sum=head.sum,
            runs=tuple(Run(*run) for run in head.runs),
            place_names=head.places,
            look_names=head.looks,
            sections=sections,
        )


class _Head(msgspec.Struct, frozen=True):
    """The head of the file; decoded as it stands, for a search may open a year of days."""

    version: int
    sum: Sum
    runs: tuple[tuple[str, int, int], ...]
    places: tuple[tuple[str, str], ...]
    looks: tuple[tuple[str | None, str | None], ...]
    sections: dict[str, tuple[str, int, int]]


def is_sealed(folder: Path) -> bool:
    """Say whether a day is sealed."""
    return (folder / LINES).exists()


def day_start_us(folder: Path) -> int:
    """Give the first microsecond of a day by the name of its folder."""
    return to_us(datetime.fromisoformat(folder.name).replace(tzinfo=UTC))


def lines_of(
    rows: pa.Table,
    *,
    start_us: int,
    pictured: Keys,
    version: int,
    runs: tuple[Run, ...] = (),
    files: str = "",
) -> Lines:
    """Make the lines of a day.

    Args:
        rows: The reads table in the order of plate, time and identity.
        start_us: The day's first microsecond.
        pictured: (m,) first halves of the ids of the rows of pictures.
        version: Version of the reads table.
        runs: Where the read ids lie, in the same order; none where nobody looked.
        files: What `files_of` says of the day.

    Raises:
        CorruptError: A read is not of this day, or its direction is none.
    """
    plate = rows["plate"].to_numpy()
    plates, counts = np.unique(plate, return_counts=True)
    firsts = np.concatenate([[0], np.cumsum(counts)])
    starts = firsts[::_BLOCK]
    steps = firsts - np.repeat(starts, _BLOCK)[: len(firsts)]
    places, place_names = _coded([rows["camera_id"], rows["controller"]])
    looks, look_names = _coded([rows["colour"], rows["body"]])
    ids = ids_of(rows["read_id"])
    order = ascending(ids)
    heads = (ids[:, 0] >> np.uint64(32)).astype(np.uint32)
    sighted = np.setdiff1d(pictured, ids[:, 0])
    nobody_looked = look_names == ((None, None),)
    return Lines(
        version=version,
        sum=Sum(pictures=len(pictured), digest=digest_of(ids[order]), files=files),
        runs=runs,
        place_names=place_names,
        look_names=() if nobody_looked else look_names,
        sections={
            "plates": plates.astype("<u8"),
            "starts": starts.astype("<u4"),
            "steps": steps.astype(_smallest(steps)),
            "lines": packed_lines(rows, start_us=start_us).astype("<u8"),
            "places": places.astype("<u2"),
            "looks": looks[: 0 if nobody_looked else None].astype("<u2"),
            "ids": heads[order].astype("<u4"),
            "rows": order.astype("<u4"),
            "sighted": np.unique(sighted >> np.uint64(32)).astype("<u4"),
        },
    )


def packed_lines(rows: pa.Table, *, start_us: int) -> Keys:
    """Give k rows of the reads table as (k,) lines of the day that begins at `start_us`.

    Raises:
        CorruptError: A read is not of this day, or its direction is none.
    """
    at = rows["captured_us"].to_numpy() - start_us
    if len(at) and (at.min() < 0 or at.max() >= 86_400_000_000):
        raise CorruptError("A day holds reads of another day. Restore it from backup.")
    direction = _numbered(rows["direction"], among=DIRECTIONS)
    line: Keys = at.astype(np.uint64) << np.uint64(TIME_SHIFT)
    line |= rows["confidence"].to_numpy().astype(np.uint64) << np.uint64(CONFIDENCE_SHIFT)
    line |= rows["repaired"].to_numpy().astype(np.uint64) << np.uint64(_REPAIRED_SHIFT)
    line |= direction.astype(np.uint64) << np.uint64(DIRECTION_SHIFT)
    line |= rows["glyphs"].to_numpy().astype(np.uint64)
    return line


def write_lines(folder: Path, lines: Lines) -> None:
    """Put a day's lines on the disk; from here it is sealed.

    Raises:
        OSError: The disk did not take them; the day is as it was.
    """
    at, parts = 0, []
    sections: dict[str, tuple[str, int, int]] = {}
    for name in _SECTIONS:
        array = lines.sections[name]
        at += (-at) % _ALIGNED
        sections[name] = (array.dtype.str, at, len(array))
        parts.append((at, array.tobytes()))
        at += array.nbytes
    head: dict[str, Any] = {
        "version": lines.version,
        "sum": asdict(lines.sum),
        "runs": [astuple(run) for run in lines.runs],
        "places": lines.place_names,
        "looks": lines.look_names,
    }
    # where the sections begin depends on how long the head is: room for it is given first
    spare = len(json.dumps({**head, "sections": sections})) + 16 * len(_SECTIONS)
    base = len(_MAGIC) + 8 + spare
    base += (-base) % _ALIGNED
    placed = {name: (kind, base + start, n) for name, (kind, start, n) in sections.items()}
    told = json.dumps({**head, "sections": placed}).encode()
    data = bytearray(base + at)
    data[: len(_MAGIC)] = _MAGIC
    data[len(_MAGIC) : len(_MAGIC) + 8] = len(told).to_bytes(8, "little")
    data[len(_MAGIC) + 8 : len(_MAGIC) + 8 + len(told)] = told
    for start, body in parts:
        data[base + start : base + start + len(body)] = body
    replace_durably(folder / LINES, bytes(data))


def taken_apart(lines: Keys) -> tuple[_Array, _Array, _Array, _Array, _Array]:
    """Give microseconds since midnight, confidence in its steps, repaired, way and glyphs of lines.

    Args:
        lines: (k,) lines.

    Returns:
        (k,) each; repaired is a bool, the others are numbers.
    """
    whole = lines.astype(np.int64)
    return (
        (lines >> np.uint64(TIME_SHIFT)).astype(np.int64),
        whole >> CONFIDENCE_SHIFT & 0x3FFF,
        (whole >> _REPAIRED_SHIFT & 1).astype(bool),
        whole >> DIRECTION_SHIFT & 3,
        whole & 0x3FF,
    )


def _coded(columns: list[Any]) -> tuple[_Array, tuple[tuple[Any, ...], ...]]:
    """Number the different rows of some text columns."""
    number = np.zeros(len(columns[0]), np.int64)
    names: list[tuple[Any, ...]] = [()]
    for column in columns:
        coded: Any = pa.chunked_array([column.combine_chunks()]).dictionary_encode("encode")
        coded = coded.combine_chunks()
        own = coded.dictionary.to_pylist()
        number = number * max(1, len(own)) + coded.indices.to_numpy(zero_copy_only=False)
        names = [(*name, one) for name in names for one in own]
    used, numbers = np.unique(number, return_inverse=True)
    if len(used) > np.iinfo(np.uint16).max:
        raise CorruptError("A day has reads of more than 65,535 places. Check the camera ids.")
    return numbers, tuple(names[one] for one in used.tolist())


def _numbered(column: Any, *, among: tuple[str, ...]) -> _Array:
    numbers, names = _coded([column])
    if not {name for (name,) in names} <= set(among):
        raise CorruptError("A read went a way that is none. Restore its day from backup.")
    own = np.array([among.index(name) for (name,) in names], np.int64)
    numbered: _Array = own[numbers] if len(own) else numbers
    return numbered


def _smallest(steps: _Array) -> str:
    return "<u2" if not len(steps) or steps.max() <= np.iinfo(np.uint16).max else "<u4"
