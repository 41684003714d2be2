"""Pictures as nobody should send them: seeded, of every kind we decode and some we do not.

As a program it reads them within limits of memory and time, and says what became of each:
python -m tests.recognition.mutants SEED COUNT MEMORY_MB SECONDS
"""

import io
import json
import resource
import struct
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image as Pillow

from recognition.errors import RecognitionError
from recognition.frame import decode
from recognition.recogniser import Recogniser
from recognition.synthetic.scene import render_scene

Picture = NDArray[np.uint8]
_HUGE = (0, 1, 255, 16_000, 32_767, 65_535, 1_000_000, 2**31 - 1, 2**32 - 1)


_MODES = (
    ("P", "PNG"), ("1", "PNG"), ("LA", "PNG"), ("RGBA", "PNG"), ("I;16", "PNG"),
    ("L", "JPEG"), ("YCbCr", "JPEG"), ("RGBA", "WEBP"), ("P", "BMP"), ("1", "BMP"),
    ("1", "TIFF"), ("LAB", "TIFF"), ("F", "TIFF"), ("RGBA", "TIFF"), ("P", "GIF"),
)  # fmt: skip


def mutants(*, seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """Name of the mutation and the file; each kind of mutation in its turn."""
    rng = np.random.default_rng(seed)
    scene = render_scene(rng, size_px=(640, 360)).image
    for number in range(count):
        mutate = _MUTATIONS[number % len(_MUTATIONS)]
        yield mutate.__name__.strip("_"), mutate(rng, _part(rng, scene))


def _part(rng: Generator, scene: Picture) -> Picture:
    """A piece of the scene, of any size from one pixel up, so that no two files are alike."""
    height, width = (int(rng.integers(1, side + 1)) for side in scene.shape[:2])
    top, left = (
        int(rng.integers(0, max(1, 360 - height))),
        int(rng.integers(0, max(1, 640 - width))),
    )
    return np.ascontiguousarray(scene[top : top + height, left : left + width])


def _file(rng: Generator, picture: Picture) -> bytes:
    """The picture in any of our formats."""
    return _WRITERS[int(rng.integers(len(_WRITERS)))](rng, picture)


def _jpeg(rng: Generator, picture: Picture) -> bytes:
    options = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(1, 101))]
    options += [cv2.IMWRITE_JPEG_PROGRESSIVE, int(rng.integers(2))]
    options += [cv2.IMWRITE_JPEG_RST_INTERVAL, int(rng.integers(0, 5))]
    return cv2.imencode(".jpg", picture, options)[1].tobytes()


def _png(rng: Generator, picture: Picture) -> bytes:
    return cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, int(rng.integers(10))])[
        1
    ].tobytes()


def _bmp(_rng: Generator, picture: Picture) -> bytes:
    return cv2.imencode(".bmp", picture)[1].tobytes()


def _webp(rng: Generator, picture: Picture) -> bytes:
    quality = int(rng.integers(1, 102))  # 101 is lossless
    return cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, quality])[1].tobytes()


def _tiff(rng: Generator, picture: Picture) -> bytes:
    packing = (1, 5, 8, 32773)[int(rng.integers(4))]  # none, LZW, deflate, PackBits
    return cv2.imencode(".tif", picture, [cv2.IMWRITE_TIFF_COMPRESSION, packing])[1].tobytes()


_WRITERS: tuple[Callable[[Generator, Picture], bytes], ...] = (
    _jpeg,
    _jpeg,
    _png,
    _bmp,
    _webp,
    _tiff,
)


def _truncated(rng: Generator, picture: Picture) -> bytes:
    data = _file(rng, picture)
    return data[: int(rng.integers(0, len(data)))]


def _flipped(rng: Generator, picture: Picture) -> bytes:
    data = bytearray(_file(rng, picture))
    near = int(rng.choice((64, len(data))))  # headers as often as pixels
    for place in rng.integers(0, min(near, len(data)), int(rng.integers(1, 40))).tolist():
        data[place] ^= 1 << int(rng.integers(8))
    return bytes(data)


def _spliced(rng: Generator, picture: Picture) -> bytes:
    data = _file(rng, picture)
    first, second, third = np.sort(rng.integers(0, len(data), 3)).tolist()
    kind = int(rng.integers(3))
    if kind == 0:
        return data[:first] + bytes(second - first) + data[second:]
    if kind == 1:
        return data[:first] + data[second:third] + data[first:]
    return data[:first] + rng.bytes(third - second) + data[second:]


def _wrong_exif(rng: Generator, picture: Picture) -> bytes:
    order = b"MM" if rng.random() < 0.5 else b"II"
    sign = ">" if order == b"MM" else "<"
    entries = int(rng.choice((0, 1, 2, 65_535)))
    orientation = int(rng.choice((0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 255, 65_535)))
    tag = struct.pack(sign + "HHIHH", 0x0112, int(rng.integers(0, 14)), 1, orientation, 0)
    start = int(rng.choice((8, 8, 8, 0, 4, 2**31, 2**32 - 1)))
    exif = b"Exif\0\0" + order + struct.pack(sign + "HI", 42, start)
    exif += (
        struct.pack(sign + "H", entries)
        + tag
        + struct.pack(sign + "I", int(rng.choice((0, 8, 2**32 - 1))))
    )
    length = int(rng.choice((len(exif) + 2, len(exif) + 2, len(exif) + 2, 2, len(exif) + 200)))
    data = _jpeg(rng, picture)
    return data[:2] + b"\xff\xe1" + struct.pack(">H", length) + exif + data[2:]


def _sixteen_bits(rng: Generator, picture: Picture) -> bytes:
    deep = picture.astype(np.uint16) * 257
    deep = deep if rng.random() < 0.7 else deep[:, :, 0]
    return cv2.imencode((".png", ".tif")[int(rng.integers(2))], deep)[1].tobytes()


def _floats(rng: Generator, picture: Picture) -> bytes:
    deep = picture.astype(np.float32) / 255
    deep.flat[0] = (np.nan, np.inf, -1e30)[int(rng.integers(3))]
    return cv2.imencode(".tif", deep)[1].tobytes()


def _cmyk(rng: Generator, picture: Picture) -> bytes:
    file = io.BytesIO()
    form = ("JPEG", "TIFF")[int(rng.integers(2))]
    Pillow.fromarray(picture[:, :, ::-1]).convert("CMYK").save(file, form)
    return file.getvalue()


def _other_modes(rng: Generator, picture: Picture) -> bytes:
    file = io.BytesIO()
    mode, form = _MODES[int(rng.integers(len(_MODES)))]
    # Pillow makes sixteen bits out of grey only.
    plain = Pillow.fromarray(picture[:, :, ::-1]).convert("L" if mode == "I;16" else mode)
    plain.convert(mode).save(file, form)
    return file.getvalue()


def _one_pixel(rng: Generator, picture: Picture) -> bytes:
    side = int(rng.choice((1, 1, 2, 3)))
    return _file(rng, np.ascontiguousarray(picture[:side, :1]))


def _very_long(rng: Generator, picture: Picture) -> bytes:
    length = int(rng.choice((2_000, 16_383, 29_999, 30_001, 65_500)))
    strip = np.resize(picture[0, 0], (1, length, 3)).astype(np.uint8)
    strip = strip if rng.random() < 0.5 else strip.transpose(1, 0, 2)
    return (_jpeg, _png, _bmp)[int(rng.integers(3))](rng, np.ascontiguousarray(strip))


def _huge_header(rng: Generator, picture: Picture) -> bytes:
    """A header that claims other sizes than the pixels have."""
    width, height = (int(rng.choice(_HUGE)) for _ in range(2))
    kind = int(rng.integers(4))
    if kind == 0:
        data = bytearray(_jpeg(rng, picture))
        at = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
        data[at + 5 : at + 9] = struct.pack(">HH", height % 65_536, width % 65_536)
    elif kind == 1:
        data = bytearray(_png(rng, picture))
        data[16:24] = struct.pack(">II", width, height)
        data[29:33] = struct.pack(">I", zlib.crc32(bytes(data[12:29])))
    elif kind == 2:
        data = bytearray(_bmp(rng, picture))
        data[18:26] = struct.pack("<II", width, height)
    else:
        data = bytearray(_tiff(rng, picture))
        at = data.find(struct.pack("<HH", 256, 3)), data.find(struct.pack("<HH", 257, 3))
        for place, side in zip(at, (width, height), strict=True):
            if place > 0:
                data[place + 2 : place + 12] = struct.pack("<HII", 4, 1, side)
    return bytes(data)


def _bomb(rng: Generator, _picture: Picture) -> bytes:
    """A small file of a true, large picture: just within the limits, or just beyond."""
    width, height = ((7_000, 7_000), (7_100, 7_100), (29_000, 1_700))[int(rng.integers(3))]
    rows = zlib.compress(bytes((width // 8 + 1) * height), 9)
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)),
        (b"IDAT", rows),
        (b"IEND", b""),
    )
    chunks = [
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _polyglot(rng: Generator, picture: Picture) -> bytes:
    """A picture that is something else, too."""
    data, other = _file(rng, picture), _file(rng, picture)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("plate.jpg", data)
    script = b"<html><script>alert(1)</script></html>"
    return (
        data + archive.getvalue(),
        script + data,
        data + script,
        data + other,
        b"GIF89a" + data,
        b"%PDF-1.4\n" + data,
        data[:3] + other,
        other[:32] + data[32:],
    )[int(rng.integers(8))]


def _noise(rng: Generator, _picture: Picture) -> bytes:
    magics = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"RIFF", b"II*\0", b"MM\0*", b"")
    return magics[int(rng.integers(len(magics)))] + rng.bytes(int(rng.integers(0, 4_000)))


_MUTATIONS: tuple[Callable[[Generator, Picture], bytes], ...] = (
    _truncated, _flipped, _spliced, _wrong_exif, _sixteen_bits, _floats, _cmyk, _other_modes,
    _one_pixel, _very_long, _huge_header, _flipped, _polyglot, _noise, _huge_header, _truncated,
)  # fmt: skip


def main(seed: int, count: int, memory_mb: int, seconds: int) -> None:
    """Read `count` mutants and one bomb for each hundred; print what became of them."""
    recogniser = Recogniser.open()
    rng = np.random.default_rng(seed + 1)
    recogniser.read(decode(_jpeg(rng, np.zeros((720, 1280, 3), np.uint8))))
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (size + memory_mb * 2**20, hard))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    outcomes: Counter[str] = Counter()
    strangers: list[str] = []
    bombs = (("bomb", _bomb(rng, np.zeros((1, 1, 3), np.uint8))) for _ in range(count // 100))
    for files in (mutants(seed=seed, count=count), bombs):
        for number, (name, data) in enumerate(files):
            try:
                recogniser.read(decode(data))
                outcomes["read"] += 1
            except RecognitionError:
                outcomes["refused"] += 1
            except Exception as error:  # whatever else comes is what this looks for
                strangers.append(f"{number} {name}: {type(error).__name__}: {error}")
    print(json.dumps({"outcomes": outcomes, "strangers": strangers}))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
