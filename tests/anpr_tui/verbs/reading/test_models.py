import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from anpr_tui.cli import main
from recognition.models import SHIPPED
from recognition.packs.manifest import TASKS
from tests.recognition.conftest import drawn_plate, photos
from tests.recognition.packs.test_shelf import READS

__all__ = ["photos"]


@pytest.fixture
def anpr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ANPR_STATE", str(tmp_path / "state"))

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return run


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "Our pack"
    folder.mkdir()
    for path in SHIPPED.iterdir():
        if path.suffix in (".onnx", ".json"):
            shutil.copy(path, folder)
    return folder


@pytest.fixture
def plate(tmp_path: Path) -> Path:
    path = tmp_path / "plate.png"
    cv2.imwrite(str(path), drawn_plate("XY65 KLM").image)
    return path


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """A reader that says AB12CDE of everything."""
    path = tmp_path / "always.onnx"
    path.write_bytes(READS)
    return path


def vrms(result: Result) -> list[list[str]]:
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    return [[plate["vrm"] for plate in line["plates"]] for line in lines]


def test_the_shipped_pack_is_listed_as_the_one_in_use_with_what_runs_it(anpr) -> None:
    told = json.loads(anpr("models", "list", "--json").stdout)
    (shipped,) = told["packs"]
    assert (shipped["name"], shipped["used"], shipped["trouble"]) == ("shipped", True, "")
    assert {model["task"]: model["decode"] for model in shipped["models"]} == {
        "plate_detector": "heatmap-corners",
        "plate_ocr": "ctc-lattice",
        "plate_check": "probability",
        "plate_outline": "corners",
    }
    assert told["providers"][-1] == "CPUExecutionProvider"
    said = anpr("models", "list").stdout
    assert said.startswith("* shipped: plate_detector")
    tasks = ["plate_detector", "plate_ocr", "plate_check", "plate_outline"]
    assert [line.split()[0] for line in told["runs"]] == tasks
    assert all(f"  {line}\n" in said for line in told["runs"])
    assert all(" on CPUExecutionProvider: " in line for line in told["runs"])


def test_a_folder_is_added_checked_and_read_with(anpr, pack: Path, plate: Path) -> None:
    assert anpr("models", "add", pack).exit_code == 0
    checked = json.loads(anpr("models", "check", "our-pack", "--json").stdout)
    assert [(model["task"], model["own"]) for model in checked] == [
        ("plate_detector", True),
        ("plate_ocr", True),
        ("plate_check", True),
        ("plate_outline", True),
    ]
    assert vrms(anpr("read", "--crop", "--json", "--models", "our-pack", plate)) == [["XY65KLM"]]


def test_the_pack_in_use_reads_until_ours_is_chosen_again(anpr, network: Path, plate: Path) -> None:
    assert anpr("models", "add", network, "--kind", "cct").exit_code == 0
    assert vrms(anpr("read", "--crop", "--json", plate)) == [["XY65KLM"]]
    assert anpr("models", "use", "always").exit_code == 0
    assert vrms(anpr("read", "--crop", "--json", plate)) == [["AB12CDE"]]
    assert vrms(anpr("read", "--crop", "--json", "--models", "shipped", plate)) == [["XY65KLM"]]
    assert anpr("models", "use", "shipped").exit_code == 0
    assert vrms(anpr("read", "--crop", "--json", plate)) == [["XY65KLM"]]


def test_a_network_without_a_kind_brings_its_manifest(anpr, pack: Path, plate: Path) -> None:
    added = anpr(
        "models",
        "add",
        pack / "plate_ocr.onnx",
        "--manifest",
        pack / "plate_ocr.json",
        "--name",
        "x",
    )
    assert added.exit_code == 0
    (line,) = anpr("read", "--crop", "--json", "--why", "--models", "x", plate).stdout.splitlines()
    assert len(json.loads(line)["models"]) == len(TASKS)


def test_the_yaml_beside_a_reader_is_heeded(anpr, network: Path, tmp_path: Path) -> None:
    config = tmp_path / "plate.yaml"
    config.write_text("max_plate_slots: 8\nalphabet: 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_\n")
    refused = anpr("models", "add", network, "--kind", "cct", "--config", config)
    assert refused.exit_code == 1
    assert "expected an output of n x 8 x 37" in refused.stderr
    config.write_text("max_plate_slots: 9\npad_char: _\nimg_height: 64\nimg_width: 128\n")
    assert anpr("models", "add", network, "--kind", "cct", "--config", config).exit_code == 0


@pytest.mark.parametrize("text", ["- a list", "a: [", "\0", "word", ""])
def test_a_yaml_that_is_none_is_refused_in_a_line(
    text: str, anpr, network: Path, tmp_path: Path
) -> None:
    config = tmp_path / "plate.yaml"
    config.write_text(text)
    refused = anpr("models", "add", network, "--kind", "cct", "--config", config)
    assert refused.exit_code == 1
    assert len(refused.stderr.splitlines()) == 1
    assert "plate.yaml refused" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["add", "nowhere.onnx", "--kind", "cct"], 1),
        (["add", "nowhere.onnx"], 2),
        (["check", "nowhere"], 1),
        (["use", "nowhere"], 1),
    ],
)
def test_what_is_not_there_is_refused_in_words(anpr, arguments: list[str], code: int) -> None:
    refused = anpr("models", *arguments)
    assert refused.exit_code == code
    assert "Traceback" not in refused.output


def test_a_damaged_pack_is_refused_with_expected_and_found(anpr, pack: Path) -> None:
    damaged = pack / "plate_detector.onnx"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"\0")
    for verb in ("add", "check"):
        refused = anpr("models", verb, pack)
        assert refused.exit_code == 1
        assert "expected SHA-256" in refused.stderr
    assert len(json.loads(anpr("models", "list", "--json").stdout)["packs"]) == 1


@pytest.mark.photos
def test_two_networks_of_others_read_real_photos_with_our_grammar(anpr, photos: Path) -> None:
    peers = photos / "peers"
    finder, reader = sorted(peers.glob("*yunet*.onnx")), sorted(peers.glob("cct*.onnx"))
    if not finder or not reader:
        pytest.skip(f"NO RIVALS: {photos} has no networks in peers")
    assert anpr("models", "add", finder[0], "--kind", "yunet-lpd", "--name", "peers").exit_code == 0
    assert anpr("models", "add", reader[0], "--kind", "cct", "--name", "peers").exit_code == 0
    read = vrms(anpr("read", "--json", "--models", "peers", photos / "uk_dev" / "images"))
    labels = (photos / "uk_dev" / "labels.csv").read_text().splitlines()[1:]
    texts = [line.split(",")[5] for line in labels]
    right = np.isin(texts, [vrm for found in read for vrm in found]).sum()
    assert right >= 9, "the rival reads most of the thirteen plates as its makers meant it to"
