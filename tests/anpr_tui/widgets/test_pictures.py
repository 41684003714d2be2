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


def dark_runs(line: str) -> int:
    return len([run for run in line.replace("▌", "█").replace("▐", "█").split("█") if run])


def test_light_is_filled_and_dark_is_empty():
    image = Image.new("L", (160, 80), 250)
    image.paste(5, (80, 0, 120, 80))
    assert crop_lines(jpeg_of(image), columns=4, lines=2) == ("██ █", "██ █")


def test_a_plate_keeps_its_seven_characters_apart():
    assert dark_runs(crop_lines(flat_plate_jpeg(), columns=25, lines=5)[2]) == 7


@pytest.mark.parametrize("lean", [-0.1, -0.05, 0.05, 0.1])
def test_a_plate_that_leans_in_a_dark_margin_is_levelled_and_cut_out(lean):
    plate = Image.open(io.BytesIO(flat_plate_jpeg())).convert("L")
    patch = Image.new("L", (plate.width + 80, plate.height + 60), 20)
    patch.paste(plate, (40, 30))
    sheared = (1, 0, 0, lean, 1, -lean * patch.width / 2)
    leaning = patch.transform(patch.size, Image.Transform.AFFINE, sheared, fillcolor=20)
    lines = crop_lines(jpeg_of(leaning), columns=25, lines=5)
    assert dark_runs(lines[2]) == 7
    assert all(line[0] != " " and line[-1] != " " for line in lines)


def test_a_patch_without_a_light_field_is_shown_whole():
    image = Image.new("L", (160, 80), 10)
    image.paste(240, (60, 30, 100, 45))
    lines = crop_lines(jpeg_of(image), columns=16, lines=8)
    assert lines[0].strip() == lines[-1].strip() == ""
    assert "█" in lines[3]


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
