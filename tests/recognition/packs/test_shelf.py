"""Packs of tiny networks that always see the same plate: added, checked, chosen and read with."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recognition.errors import ModelRefusedError
from recognition.frame import Frame
from recognition.grammar.lattice import ALPHABET
from recognition.models import SHIPPED
from recognition.packs.kinds import manifest_for
from recognition.packs.manifest import TASKS
from recognition.packs.shelf import SHIPPED_NAME, Shelf
from recognition.packs.trial import try_pack
from recognition.recogniser import Recogniser
from tests.recognition.packs.test_slots import sure
from tests.recognition.packs.tiny_onnx import constant_network

ROW = np.array([[0, 96, 180, 288, 220, 0, 0.9]], np.float32)
PLACES = np.clip(sure("AB12CDE__", ALPHABET + "_") * 1.1, 0, 1)
FINDS = constant_network({"rows": ROW}, shape=(1, 3, 384, 384))
READS = constant_network({"places": PLACES}, shape=(1, 64, 128, 3), dtype="uint8")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "state" / "models")


def model(folder: Path, data: bytes, kind: str, **changes: Any) -> dict[str, tuple[Any, Path]]:
    path = folder / f"{kind}.onnx"
    path.write_bytes(data)
    told = manifest_for(data, kind=kind, config={}, version="tiny")
    return {told["task"]: (told | changes, path)}


def test_two_networks_of_others_are_one_pack_and_read_a_frame(shelf: Shelf, tmp_path: Path) -> None:
    shelf.add("tiny", model(tmp_path, FINDS, "yolo-end2end"))
    shelf.add("tiny", model(tmp_path, READS, "cct"))
    reading = Recogniser.open(shelf.find("tiny")).read(Frame(np.zeros((384, 768, 3), np.uint8)))
    (plate,) = reading.plates
    assert plate.reading.vrm == "AB12CDE"
    # 768 x 384 is seen at half its size with 96 px of grey above: x doubles, y less 96 doubles.
    assert plate.corners.tolist() == [[192, 168], [576, 168], [576, 248], [192, 248]]


def test_scores_of_others_weigh_as_ours_do_at_the_threshold(shelf: Shelf, tmp_path: Path) -> None:
    row = ROW.copy()
    row[0, 6] = 0.4
    network = constant_network({"rows": row}, shape=(1, 3, 384, 384))
    shelf.add("faint", model(tmp_path, network, "yolo-end2end"))
    detector = Recogniser.open(shelf.find("faint")).detector
    ((found,), _) = detector.find(np.zeros((384, 384, 3), np.uint8))
    assert found.score == pytest.approx(detector.looks.threshold, abs=1e-3)


def test_more_plates_than_a_fixed_batch_are_all_read(shelf: Shelf, tmp_path: Path) -> None:
    places = np.repeat(PLACES, 2, axis=0)
    network = constant_network({"places": places}, shape=(2, 64, 128, 3), dtype="uint8")
    shelf.add("pairs", model(tmp_path, network, "cct"))
    reader = Recogniser.open(shelf.find("pairs")).reader
    lattices = reader.read([np.zeros((9, 40, 3), np.uint8)] * 3)
    assert [lattice.raw for lattice in lattices] == ["AB12CDE"] * 3


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sha256": "0" * 64}, "expected SHA-256 0+, found [0-9a-f]{64}"),
        ({"opset": 16}, "expected opset 16 .*, found opset 17"),
        ({"outputs": ["letters"]}, "expected an output letters, found places"),
        ({"alphabet": ALPHABET + "-_"}, "expected an output of n x slots x 38, found 1 x 9 x 37"),
        ({"licence": 3}, "licence in words"),
    ],
)
def test_a_wrong_model_is_refused_and_nothing_is_kept_of_it(
    changes: dict[str, Any], reason: str, shelf: Shelf, tmp_path: Path
) -> None:
    wrong = model(tmp_path, READS, "cct", **changes)
    with pytest.raises(ModelRefusedError, match=reason):
        shelf.add("wrong", wrong)
    assert [pack.name for pack in shelf.packs()] == [SHIPPED_NAME]
    assert list(shelf.folder.iterdir()) == []


def test_a_pack_keeps_the_model_it_has(shelf: Shelf, tmp_path: Path) -> None:
    shelf.add("tiny", model(tmp_path, READS, "cct"))
    with pytest.raises(ModelRefusedError, match="expected a pack without plate_ocr"):
        shelf.add("tiny", model(tmp_path, READS, "cct"))


@pytest.mark.parametrize(
    "name", ["", "..", "a/b", "in-use", "shipped", ".hidden", "UPPER", "x" * 65]
)
def test_a_name_that_is_none_is_refused(name: str, shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(ModelRefusedError, match="expected a name"):
        shelf.add(name, model(tmp_path, READS, "cct"))


def test_what_is_in_use_is_ours_until_another_is_chosen(shelf: Shelf, tmp_path: Path) -> None:
    assert shelf.resolve(None) == SHIPPED
    shelf.add("tiny", model(tmp_path, READS, "cct"))
    assert shelf.resolve(None) == SHIPPED
    shelf.use("tiny")
    assert shelf.resolve(None) == shelf.find("tiny")
    assert [(pack.name, pack.used) for pack in shelf.packs()] == [
        (SHIPPED_NAME, False),
        ("tiny", True),
    ]
    shelf.use(SHIPPED_NAME)
    assert shelf.resolve(None) == SHIPPED


def test_a_pack_that_was_changed_since_is_not_taken_into_use(shelf: Shelf, tmp_path: Path) -> None:
    pack = shelf.add("tiny", model(tmp_path, READS, "cct"))
    path = pack / "plate_ocr.onnx"
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(ModelRefusedError, match="SHA-256"):
        shelf.use("tiny")
    assert shelf.used == SHIPPED_NAME


def test_a_pack_in_use_that_is_gone_is_said_and_not_replaced(shelf: Shelf) -> None:
    shelf.folder.mkdir(parents=True)
    (shelf.folder / "in-use").write_text("gone\n")
    with pytest.raises(ModelRefusedError, match="model pack gone refused: expected one of shipped"):
        shelf.resolve(None)
    assert [(pack.name, bool(pack.trouble)) for pack in shelf.packs()] == [
        (SHIPPED_NAME, False),
        ("gone", True),
    ]


def test_a_broken_manifest_is_listed_with_its_reason(shelf: Shelf, tmp_path: Path) -> None:
    pack = shelf.add("tiny", model(tmp_path, READS, "cct"))
    (pack / "plate_ocr.json").write_text("{")
    assert "expected a manifest" in shelf.packs()[1].trouble


def test_a_dry_run_says_which_model_is_the_packs_own(shelf: Shelf, tmp_path: Path) -> None:
    pack = shelf.add("tiny", model(tmp_path, READS, "cct"))
    assert [(trial.manifest.task, trial.own) for trial in try_pack(pack)] == [
        ("plate_detector", False),
        ("plate_ocr", True),
        ("plate_check", False),
        ("plate_outline", False),
    ]
    assert json.loads((pack / "plate_ocr.json").read_text())["licence"] == "MIT (fast-plate-ocr)"


def test_a_pack_brings_its_forms_and_each_is_checked(shelf: Shelf) -> None:
    told = json.loads((SHIPPED / "plate_ocr.json").read_text())
    pack = shelf.add("ours", {"plate_ocr": (told, SHIPPED / "plate_ocr.onnx")})
    listed = {form["form"] for form in told["forms"]}
    assert {path.name for path in pack.glob("*.onnx")} == {
        "plate_ocr.onnx",
        *(f"plate_ocr.{form}.onnx" for form in listed),
    }
    for path in pack.glob("*.onnx"):
        whole = path.read_bytes()
        path.write_bytes(whole[:-1])
        with pytest.raises(ModelRefusedError, match="expected SHA-256"):
            try_pack(pack)
        path.write_bytes(whole)
    assert len(try_pack(pack)) == len(TASKS)


def test_a_pack_whose_form_is_missing_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    told = json.loads((SHIPPED / "plate_ocr.json").read_text())
    alone = tmp_path / "plate_ocr.onnx"
    alone.write_bytes((SHIPPED / "plate_ocr.onnx").read_bytes())
    with pytest.raises(ModelRefusedError, match=r"a file plate_ocr\.\w+\.onnx, found none"):
        shelf.add("ours", {"plate_ocr": (told, alone)})
    assert list(shelf.folder.iterdir()) == []
