import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from anpr_tui.cli import main
from recognition.synthetic.plate import Layout, PlateStyle, render_plate
from tests.recognition.conftest import drawn_plate


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    (folder / "inner").mkdir(parents=True)
    cv2.imwrite(str(folder / "b_plate.png"), drawn_plate().image)
    cv2.imwrite(str(folder / "inner" / "c_black.jpg"), np.zeros((60, 90, 3), np.uint8))
    (folder / "a_text.jpg").write_text("no picture")
    (folder / "notes.txt").write_text("not looked at in a folder")
    return folder


def read(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["read", *map(str, arguments)])


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_folder_is_walked_and_a_bad_file_does_not_stop_it(pictures: Path) -> None:
    result = read(pictures, "--json", "--crop")
    text, plate, black = lines(result)
    assert result.exit_code == 1
    assert text["file"].endswith("a_text.jpg")
    assert "not a picture" in text["refused"]
    assert plate["plates"][0]["vrm"] == "AB12CDE"
    assert black["plates"] == []


def test_every_plate_says_what_it_is_where_it_is_and_how_sure(pictures: Path) -> None:
    (line,) = lines(read(pictures / "b_plate.png", "--json", "--crop"))
    assert line["size"] == [520, 111]
    assert line["ms"] >= 0
    (plate,) = line["plates"]
    assert set(plate) == {"vrm", "raw", "confidence", "corners", "box", "candidates"}
    assert 0 <= plate["confidence"] <= 1
    assert np.array(plate["corners"]).shape == (4, 2)
    assert plate["box"] == [0, 0, 520, 111]


def test_all_well_is_exit_code_0(pictures: Path) -> None:
    assert read(pictures / "inner", "--json").exit_code == 0


def test_without_json_each_plate_is_a_sentence(pictures: Path) -> None:
    result = read(pictures, "--crop")
    refused, plate, black = result.stdout.splitlines()
    assert "refused, not a picture" in refused
    assert "AB12CDE" in plate
    assert "% sure" in plate
    assert black.endswith("no plate")


def test_why_names_what_was_not_reported_and_where_time_went(pictures: Path) -> None:
    (line,) = lines(read(pictures / "inner", "--json", "--why", "--crop"))
    assert set(line["stages_ms"]) == {"find", "read", "settle"}
    assert [dropped["reason"] for dropped in line["dropped"]] == ["nothing to read on it"]


@pytest.mark.parametrize(("layout", "heads"), [(Layout.ONE_LINE, 1), (Layout.TWO_LINES, 2)])
def test_why_shows_the_lattice_in_80_columns(tmp_path: Path, layout: Layout, heads: int) -> None:
    style = PlateStyle(layout=layout, wear=1.0)
    plate = render_plate(np.random.default_rng(4), vrm="AB12CDE", style=style)
    cv2.imwrite(str(tmp_path / "p.png"), cv2.resize(plate.image, None, fx=0.2, fy=0.2))
    (line,) = lines(read(tmp_path / "p.png", "--json", "--why", "--crop"))
    shown = line["lattices"][0]
    assert len(shown) == heads
    best = "".join(place[0][0] for row in shown for place in row)
    assert best.replace("-", "") == line["plates"][0]["raw"]
    assert all(0 < chance <= 1 for row in shown for place in row for _, chance in place)
    said = read(tmp_path / "p.png", "--why", "--crop").stdout.splitlines()[1:]
    assert max(map(len, said)) <= 80
    assert said[0].startswith("  format current, since 2001")
    assert sum(row.startswith(("  seen", "  line")) for row in said) == heads
    assert said[-1].startswith("  else")


@pytest.mark.parametrize("path", ["nowhere.jpg", "/dev/null", "/dev/zero"])
def test_what_is_no_file_is_refused_in_a_line(path: str) -> None:
    result = read(path, "--json")
    (line,) = lines(result)
    assert result.exit_code == 1
    assert set(line) == {"file", "refused"}


def test_a_missing_model_pack_is_one_line_and_no_traceback(tmp_path: Path, pictures: Path) -> None:
    result = read(pictures, "--models", tmp_path)
    assert result.exit_code == 1
    assert "model plate_detector refused" in result.output
    assert "Traceback" not in result.output
