"""Bytes of a camera or a file -> one frame of pixels, within limits.

Nothing that arrives is trusted. A file that claims 20,000 x 20,000 pixels costs 1.2 GB the moment
it is decoded, so its size is looked up in the bytes alone. The same walk finds files that end too
early: decoders fill what is missing with grey and say nothing, and a plate read from half a picture
is not evidence. A decoder's complaints never reach the screen of an officer.
"""

import os
import re
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.errors import PictureRefusedError

__all__ = ["DEFAULT_LIMITS", "Frame", "Image", "Limits", "decode"]

Image = NDArray[np.uint8]

_DAMAGE = (b"premature end", b"Premature end", b"bad Huffman code", b"Invalid SOS")
"""What libjpeg says when part of a picture is not there and it paints grey instead.

Stray bytes before a marker, its other complaint, are in many good camera files.
"""

_hush = threading.Lock()

_MOST_SCANS = 32
"""A progressive JPEG of ten scans is usual; thousands of scans are an attack on the decoder."""

_MOST_PARTS = 100_000
_TIFF_UNITS = {3: ("H", 2), 4: ("I", 4)}
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]", re.DOTALL)
"""A marker that opens a segment or ends the picture: no stuffing, restart or filling."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest picture that is taken.

    Attributes:
        data_bytes: Length of the file.
        picture_px: Width times height.
        side_px: Width or height alone.
    """

    data_bytes: int = 64 * 1024 * 1024
    picture_px: int = 50_000_000
    side_px: int = 30_000


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One decoded picture.

    Attributes:
        image: Pixels, (height, width, 3) uint8, blue-green-red.
    """

    image: Image

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height."""
        height, width = self.image.shape[:2]
        return width, height


def decode(data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> Frame:
    """Decode one picture: JPEG, PNG, BMP, WebP or TIFF of any depth, grey, colour or with alpha.

    The orientation that a camera wrote beside the pixels is applied. Alpha is dropped, 16 bits
    become 8, grey becomes three equal channels.

    Args:
        data: The whole file.
        limits: The largest picture to take.

    Raises:
        PictureRefusedError: Empty, not a picture, truncated, damaged or larger than `limits`.
    """
    if not data:
        raise PictureRefusedError("an empty file: nothing to read; send the original file again")
    if len(data) > limits.data_bytes:
        raise PictureRefusedError(
            f"a file of {len(data):,} bytes: at most {limits.data_bytes:,} are taken; "
            "send the picture smaller, or raise the limit"
        )
    header = _sniff(data)
    longest_px = max(header.width_px, header.height_px)
    if header.width_px * header.height_px > limits.picture_px or longest_px > limits.side_px:
        raise PictureRefusedError(
            f"a {header.kind} of {header.width_px:,} x {header.height_px:,} pixels: at most "
            f"{limits.picture_px:,} in all and {limits.side_px:,} a side are decoded; "
            "send the picture smaller, or raise the limit"
        )
    with _hushed() as complaints:
        try:
            image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        except (cv2.error, MemoryError):
            image = None
    if image is None or any(word in b"".join(complaints) for word in _DAMAGE):
        raise PictureRefusedError(
            f"a damaged {header.kind}: its pixels cannot be decoded; send the original file again"
        )
    return Frame(cast(Image, np.ascontiguousarray(image)))


@contextmanager
def _hushed() -> Iterator[list[bytes]]:
    """Catch what a C decoder writes to file descriptor 2; the list is filled on leaving.

    libjpeg and libpng print there by themselves, whatever OpenCV's log level, and a console
    draws on the same terminal. What they say also tells a damaged picture from a good one.
    """
    caught: list[bytes] = []
    with _hush:
        level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
        try:
            screen = os.dup(2)
        except OSError:  # no standard error at all: nothing to hush
            yield caught
            return
        sink = os.memfd_create("decoder-complaints", os.MFD_CLOEXEC)
        os.dup2(sink, 2)
        try:
            yield caught
        finally:
            os.dup2(screen, 2)
            os.close(screen)
            caught.append(os.pread(sink, 4096, 0))
            os.close(sink)
            cv2.utils.logging.setLogLevel(level)


@dataclass(frozen=True, slots=True)
class _Header:
    """Kind and size of a picture file.

    Attributes:
        kind: "JPEG", "PNG", "BMP", "WebP" or "TIFF".
        width_px: Pixels across, as the file claims.
        height_px: Pixels down, as the file claims.
    """

    kind: str
    width_px: int
    height_px: int


def _sniff(data: bytes) -> _Header:
    """Read kind and size from the first bytes, and check that the file is whole.

    Raises:
        PictureRefusedError: No picture format we take, a broken header, or a file cut short.
    """
    for magic, kind, read in _FORMATS:
        if data.startswith(magic):
            try:
                width_px, height_px = read(data)
            except (struct.error, IndexError):
                _cut_short(kind)
            if width_px < 1 or height_px < 1:
                _refuse(f"a {kind} of no pixels", "the header is broken")
            return _Header(kind, width_px, height_px)
    _refuse("not a picture", "only JPEG, PNG, BMP, WebP and TIFF are read")


def _refuse(what: str, why: str) -> NoReturn:
    raise PictureRefusedError(f"{what}: {why}; send the original file again")


def _cut_short(kind: str) -> NoReturn:
    _refuse(f"a truncated {kind}", "the file ends before the picture does")


def _jpeg(data: bytes) -> tuple[int, int]:
    size: tuple[int, int] | None = None
    scans = 0
    for marker, at in _jpeg_segments(data):
        if marker in _JPEG_SIZES:
            height_px, width_px = struct.unpack_from(">HH", data, at + 5)
            size = (width_px, height_px)
        scans += marker == 0xDA
        if scans > _MOST_SCANS:
            _refuse("a JPEG of too many scans", f"at most {_MOST_SCANS} are decoded")
    if size is None or not scans:
        _refuse("a JPEG without a picture", "the header is broken")
    return size


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Every marker up to the end-of-image marker, and where it stands."""
    at = 2
    for _ in range(_MOST_PARTS):
        found = _JPEG_MARKER.search(data, at)
        if found is None:
            _cut_short("JPEG")
        at = found.start()
        if data[at + 1] == 0xD9:
            return
        yield data[at + 1], at
        (length,) = struct.unpack_from(">H", data, at + 2)
        if length < 2:
            _refuse("a broken JPEG", "a segment is shorter than its own length")
        at += 2 + length
    _refuse("a JPEG of too many parts", f"at most {_MOST_PARTS:,} are decoded")


def _png(data: bytes) -> tuple[int, int]:
    at = 8
    width_px, height_px = struct.unpack_from(">II", data, 16)
    for _ in range(_MOST_PARTS):
        (length,) = struct.unpack_from(">I", data, at)
        (told,) = struct.unpack_from(">I", data, at + 8 + length)
        if zlib.crc32(memoryview(data)[at + 4 : at + 8 + length]) != told:
            _refuse("a damaged PNG", "a checksum does not match")
        if data[at + 4 : at + 8] == b"IEND":
            return width_px, height_px
        at += 12 + length
    _refuse("a PNG of too many parts", f"at most {_MOST_PARTS:,} are decoded")


def _bmp(data: bytes) -> tuple[int, int]:
    (pixels_at,) = struct.unpack_from("<I", data, 10)
    (header,) = struct.unpack_from("<I", data, 14)
    if header == 12:
        width_px, height_px, _, bits = struct.unpack_from("<HHHH", data, 18)
        packed = False
    else:
        width_px, height_px, _, bits, compression = struct.unpack_from("<iiHHI", data, 18)
        packed = compression in (1, 2)
    width_px, height_px = abs(width_px), abs(height_px)
    row_bytes = (width_px * bits + 31) // 32 * 4
    if not packed and pixels_at + row_bytes * height_px > len(data):
        _cut_short("BMP")
    return width_px, height_px


def _webp(data: bytes) -> tuple[int, int]:
    (length,) = struct.unpack_from("<I", data, 4)
    if data[8:12] != b"WEBP":
        _refuse("not a picture", "a RIFF file that is no WebP")
    if length + 8 > len(data):
        _cut_short("WebP")
    name = data[12:16]
    if name == b"VP8X":
        low = struct.unpack_from("<HBHB", data, 24)
        return low[0] + (low[1] << 16) + 1, low[2] + (low[3] << 16) + 1
    if name == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if name == b"VP8 ":
        width_px, height_px = struct.unpack_from("<HH", data, 26)
        return width_px & 0x3FFF, height_px & 0x3FFF
    _refuse("a broken WebP", "its first part is no picture")


def _tiff(data: bytes) -> tuple[int, int]:
    order = "<" if data[:2] == b"II" else ">"
    (at,) = struct.unpack_from(order + "I", data, 4)
    (entries,) = struct.unpack_from(order + "H", data, at)
    tags: dict[int, tuple[int, ...]] = {}
    for index in range(entries):
        place = at + 2 + 12 * index
        tag, unit, count = struct.unpack_from(order + "HHI", data, place)
        if unit not in _TIFF_UNITS or tag not in (256, 257, 273, 279, 324, 325):
            continue
        letter, width = _TIFF_UNITS[unit]
        if count > _MOST_PARTS:
            _refuse("a TIFF of too many parts", f"at most {_MOST_PARTS} are decoded")
        if count * width > 4:
            (place,) = struct.unpack_from(order + "I", data, place + 8)
        else:
            place += 8
        tags[tag] = struct.unpack_from(f"{order}{count}{letter}", data, place)
    if not tags.get(256) or not tags.get(257):
        _refuse("a broken TIFF", "it does not say its size")
    starts = tags.get(273, ()) + tags.get(324, ())
    lengths = tags.get(279, ()) + tags.get(325, ())
    if any(start + length > len(data) for start, length in zip(starts, lengths, strict=False)):
        _cut_short("TIFF")
    return tags[256][0], tags[257][0]


_FORMATS = (
    (b"\xff\xd8\xff", "JPEG", _jpeg),
    (b"\x89PNG\r\n\x1a\n", "PNG", _png),
    (b"BM", "BMP", _bmp),
    (b"RIFF", "WebP", _webp),
    (b"II*\x00", "TIFF", _tiff),
    (b"MM\x00*", "TIFF", _tiff),
)
