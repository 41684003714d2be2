import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.errors import PictureRefusedError
from recognition.frame import Limits, decode

KINDS = {".jpg": "JPEG", ".png": "PNG", ".bmp": "BMP", ".webp": "WebP", ".tif": "TIFF"}


def _soft_noise() -> np.ndarray:
    noise = np.random.default_rng(7).integers(0, 256, (60, 90, 3), dtype=np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 1.5)


FILES = {suffix: cv2.imencode(suffix, _soft_noise())[1].tobytes() for suffix in KINDS}


def _png_that_claims(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + crc

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


@pytest.mark.parametrize("suffix", KINDS)
def test_every_kind_we_name_is_decoded_to_eight_bits_of_blue_green_red(suffix: str) -> None:
    frame = decode(FILES[suffix])
    assert frame.size_px == (90, 60)
    assert frame.image.dtype == np.uint8
    if suffix in (".png", ".bmp", ".tif"):
        assert np.array_equal(frame.image, _soft_noise())


@pytest.mark.parametrize("channels", [1, 4])
@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_grey_alpha_and_sixteen_bits_become_three_channels_of_eight(
    channels: int, depth: type[np.unsignedinteger]
) -> None:
    full = np.iinfo(depth).max
    picture = np.full((20, 30, channels), full, depth)
    frame = decode(cv2.imencode(".png", picture)[1].tobytes())
    assert frame.image.shape == (20, 30, 3)
    assert frame.image.dtype == np.uint8
    assert frame.image.min() == 255


@pytest.mark.parametrize("suffix", KINDS)
@given(keep=st.floats(0.01, 0.995))
def test_a_file_cut_short_anywhere_is_refused(suffix: str, keep: float) -> None:
    data = FILES[suffix]
    with pytest.raises(PictureRefusedError):
        decode(data[: int(len(data) * keep)])


def test_a_truncated_jpeg_is_refused_with_its_reason() -> None:
    data = FILES[".jpg"]
    with pytest.raises(PictureRefusedError, match="truncated JPEG"):
        decode(data[: len(data) // 2])


def test_a_truncated_jpeg_with_an_end_put_on_is_refused_all_the_same() -> None:
    data = FILES[".jpg"]
    with pytest.raises(PictureRefusedError, match="damaged JPEG"):
        decode(data[: len(data) * 2 // 3] + b"\xff\xd9")


@pytest.mark.parametrize("suffix", KINDS)
@given(data=st.data())
def test_a_file_with_bytes_changed_is_decoded_or_refused_and_nothing_else(
    suffix: str, data: st.DataObject
) -> None:
    mutated = bytearray(FILES[suffix])
    front = st.integers(0, min(80, len(mutated) - 1))
    places = data.draw(st.lists(front | st.integers(0, len(mutated) - 1), min_size=1, max_size=6))
    for place in places:
        mutated[place] = data.draw(st.integers(0, 255))
    try:
        frame = decode(bytes(mutated), limits=Limits(picture_px=1_000_000))
    except PictureRefusedError:
        return
    assert frame.image.size <= 3_000_000


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_decoded_or_refused_and_nothing_else(data: bytes) -> None:
    for magic in (b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"RIFF", b"II*\0", b"MM\0*"):
        with pytest.raises(PictureRefusedError):
            decode(magic + data)


def test_a_decoder_prints_nothing_for_a_broken_file(capfd: pytest.CaptureFixture[str]) -> None:
    for suffix in KINDS:
        broken = bytearray(FILES[suffix])
        broken[len(broken) // 2 : len(broken) // 2 + 20] = b"\xff\x12" * 10
        for data in (bytes(broken), FILES[suffix][:60]):
            try:
                decode(data)
            except PictureRefusedError:
                continue
    assert capfd.readouterr() == ("", "")


def test_a_size_beyond_the_limit_is_refused_before_it_costs_memory() -> None:
    with pytest.raises(PictureRefusedError, match=r"20,000 x 20,000 .* 50,000,000"):
        decode(_png_that_claims(20_000, 20_000))


def test_one_very_long_side_is_refused_though_the_area_is_small() -> None:
    with pytest.raises(PictureRefusedError, match="30,000 a side"):
        decode(_png_that_claims(40_000, 10))


def test_a_file_larger_than_the_limit_is_refused_by_its_length() -> None:
    with pytest.raises(PictureRefusedError, match="at most 100 are taken"):
        decode(FILES[".jpg"], limits=Limits(data_bytes=100))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"this is a text that somebody named plate.jpg", "not a picture"),
        (b"GIF89a" + b"\0" * 40, "not a picture"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "no WebP"),
    ],
)
def test_what_is_no_picture_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(PictureRefusedError, match=reason):
        decode(data)


def test_a_file_of_endless_small_parts_is_refused_and_not_walked_to_its_end() -> None:
    empty_comment = b"\xff\xfe\x00\x02"
    with pytest.raises(PictureRefusedError, match="JPEG of too many parts"):
        decode(b"\xff\xd8" + empty_comment * 200_000)
    empty_text = struct.pack(">I4sI", 0, b"tEXt", zlib.crc32(b"tEXt"))
    with pytest.raises(PictureRefusedError, match="PNG of too many parts"):
        decode(_png_that_claims(9, 9)[:33] + empty_text * 200_000)


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    data = FILES[".jpg"]
    scan = data.index(b"\xff\xda")
    with pytest.raises(PictureRefusedError, match="too many scans"):
        decode(data[:scan] + data[scan:-2] * 40 + b"\xff\xd9")


def test_a_thumbnail_inside_a_jpeg_does_not_end_it() -> None:
    data = FILES[".jpg"]
    thumbnail = b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data
    assert decode(data[:2] + thumbnail + data[2:]).size_px == (90, 60)
    with pytest.raises(PictureRefusedError, match="truncated"):
        decode(data[:2] + thumbnail + data[2:-40])


def test_the_orientation_a_camera_wrote_is_applied() -> None:
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    segment = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    turned = FILES[".jpg"][:2] + segment + FILES[".jpg"][2:]
    assert decode(turned).size_px == (60, 90)
