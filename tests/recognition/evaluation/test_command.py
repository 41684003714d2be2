"""The benchmark's command line: one set or a folder of sets, JSON, and one line when refused."""

import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from recognition.evaluation.command import main
from recognition.synthetic.plate import render_plate


def a_set(folder: Path, *, text: str = "AB12CDE") -> Path:
    plate = render_plate(np.random.default_rng(5), vrm="AB12CDE")
    height, width = plate.image.shape[:2]
    (folder / "images").mkdir(parents=True)
    cv2.imwrite(str(folder / "images" / "one.png"), plate.image)
    with (folder / "labels.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("file", "x", "y", "w", "h", "text"))
        rows.writerow(("one.png", 0, 0, width, height, text))
    return folder


def measured(
    folder: Path, capsys: pytest.CaptureFixture[str], *, more: tuple[str, ...] = ()
) -> dict[str, object]:
    assert main(["--data", str(folder), "--json", *more]) == 0
    results: dict[str, object] = json.loads(capsys.readouterr().out)
    return results


def test_a_set_is_measured_by_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert set(measured(a_set(tmp_path / "yard"), capsys)) == {"ours"}


def test_rivals_are_found_where_they_are_named_and_by_name_beside_the_photos(
    photos: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(photos.parent)
    from_here = f"{photos.name}/peers"
    named = measured(a_set(tmp_path / "yard"), capsys, more=("--against", from_here))
    (tmp_path / "others").symlink_to(photos / "peers")
    beside = measured(tmp_path / "yard", capsys, more=("--against", "others"))
    assert named.keys() == beside.keys() > {"ours"}


def test_a_folder_of_sets_gives_each_that_is_transcribed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_set(tmp_path / "yard")
    a_set(tmp_path / "gate")
    a_set(tmp_path / "boxes-only", text="")
    assert set(measured(tmp_path, capsys)) == {"yard", "gate"}


def test_a_folder_without_labels_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(tmp_path), "--json"]) == 1
    complaint = capsys.readouterr().err
    assert "labels.csv" in complaint
    assert complaint.count("\n") == 1
