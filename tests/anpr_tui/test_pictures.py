"""Plates and vehicles in blocks; whatever the bytes are, the console goes on."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from anpr_tui.widgets.pictures.decode import decoded, shape_of
from anpr_tui.widgets.pictures.plate_crop import crop_lines
from anpr_tui.widgets.pictures.vehicle_picture import picture_lines
from tests.anpr_tui.pictures import flat_plate_jpeg, vehicle_jpeg

JPEG = vehicle_jpeg()


def jpeg_of(image: Image.Image, form: str = "JPEG") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form)
    return buffer.getvalue()


def halves(left: int, right: int) -> bytes:
    image = Image.new("L", (160, 80), left)
    image.paste(right, (80, 0, 160, 80))
    return jpeg_of(image)


def test_light_is_filled_and_dark_is_empty():
    assert crop_lines(halves(250, 5), columns=4, lines=2) == ("██  ", "██  ")
    assert crop_lines(halves(5, 250), columns=4, lines=2) == ("  ██", "  ██")


def test_a_plate_keeps_its_seven_characters_apart():
    middle = crop_lines(flat_plate_jpeg(), columns=25, lines=5)[2]
    dark_runs = [run for run in middle.replace("▌", "█").replace("▐", "█").split("█") if run]
    assert len(dark_runs) == 7


def test_a_vehicle_keeps_its_aspect_within_the_field():
    rows = picture_lines(JPEG, columns=40, lines=10)
    widths = {sum(len(text) for text, _ in row) for row in rows}
    assert widths == {32}  # 320 x 200 pixels in 10 lines of 2 pixels: 20 x 1.6
    assert len(rows) == 10


def test_a_vehicle_uses_no_colour_outside_the_palette_of_256():
    for row in picture_lines(JPEG, columns=40, lines=10):
        for _, style in row:
            assert style.color.number is not None
            assert style.bgcolor.number is not None


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"no picture",
        JPEG[:200],
        b"\xff\xd8\xff" + b"0" * 50,
        jpeg_of(Image.new("L", (9, 9)), "PNG"),
    ],
    ids=["empty", "text", "header only", "noise", "another format"],
)
def test_what_is_no_whole_jpeg_shows_no_picture(broken):
    assert crop_lines(broken, columns=25, lines=5) == ()
    assert picture_lines(broken, columns=20, lines=8) == ()


def test_a_picture_cut_short_is_not_shown_as_if_it_were_whole():
    assert decoded(JPEG[: len(JPEG) // 2], width_px=20, height_px=10, colour=True) is None


def test_a_picture_that_claims_to_be_huge_is_not_decoded():
    header = bytearray(jpeg_of(Image.new("L", (16, 16))))
    at = header.index(b"\xff\xc0") + 5
    header[at : at + 4] = b"\xff\xff\xff\xff"
    assert shape_of(bytes(header)) is None
    assert decoded(bytes(header), width_px=20, height_px=10, colour=False) is None


@given(st.binary(max_size=400))
def test_any_bytes_give_lines_or_nothing(noise):
    for data in (noise, JPEG[:300] + noise, JPEG[:20] + noise + JPEG[20:]):
        assert len(crop_lines(data, columns=5, lines=2)) in (0, 2)
        assert len(picture_lines(data, columns=5, lines=2)) <= 2
