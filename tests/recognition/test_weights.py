"""The shipped networks are what their manifests say and keep their contracts."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

WEIGHTS = Path(__file__).resolve().parents[2] / "recognition" / "weights"
NAMES = ("plate_ocr", "plate_detector", "plate_check", "plate_outline")
IN_FORMS = ("plate_ocr", "plate_detector")


def _session(name: str) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(
        str(WEIGHTS / f"{name}.onnx"), providers=["CPUExecutionProvider"]
    )


def _manifest(name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((WEIGHTS / f"{name}.json").read_text(encoding="utf-8"))
    return told


@pytest.mark.parametrize("name", NAMES)
def test_the_manifest_names_the_file_that_is_there(name: str) -> None:
    told = _manifest(name)
    assert told["task"] == name
    assert told["file"] == f"{name}.onnx"
    assert hashlib.sha256((WEIGHTS / told["file"]).read_bytes()).hexdigest() == told["sha256"]


@pytest.mark.parametrize("name", NAMES)
def test_the_manifest_tells_the_inputs_and_outputs_of_the_file(name: str) -> None:
    told, session = _manifest(name), _session(name)
    (given,) = session.get_inputs()
    assert given.name == told["input"]["name"] == "image"
    assert given.type == f"tensor({told['input']['dtype']})"
    assert [output.name for output in session.get_outputs()] == told["outputs"]


@pytest.mark.parametrize("name", NAMES)
def test_the_card_names_data_licences_and_limits(name: str) -> None:
    card = (WEIGHTS / f"{name}.md").read_text(encoding="utf-8")
    for source in _manifest(name)["trained_on"]:
        assert source in card
    assert "Apache-2.0" in card
    assert "## Limits" in card


def test_all_networks_in_all_forms_stay_under_twelve_megabytes() -> None:
    assert sum(path.stat().st_size for path in WEIGHTS.glob("*.onnx")) < 12e6


@pytest.mark.parametrize("name", IN_FORMS)
def test_the_forms_that_lie_there_were_made_from_these_weights(name: str) -> None:
    told = _manifest(name)
    forms = {form["file"]: form for form in told["forms"]}
    assert set(forms) == {path.name for path in WEIGHTS.glob(f"{name}.*.onnx")}
    for file, form in forms.items():
        assert form["made_from"] == told["sha256"], "run scripts/quantise again"
        assert form["sha256"] == hashlib.sha256((WEIGHTS / file).read_bytes()).hexdigest()
    assert "## Forms" in (WEIGHTS / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("count", [1, 3])
def test_the_reader_gives_log_probabilities_of_64_steps(count: int) -> None:
    told = _manifest("plate_ocr")
    size = (count, 1, told["input"]["height"], told["input"]["width"])
    pictures = np.random.default_rng(0).integers(0, 256, size, np.uint8)
    (logp,) = _session("plate_ocr").run(["logp"], {"image": pictures})
    assert logp.shape == (count, 64, len(told["alphabet"]) + 1)
    assert np.exp(logp).sum(-1) == pytest.approx(np.ones((count, 64)), abs=1e-4)


@pytest.mark.parametrize("size", [(384, 640), (96, 160), (320, 512)])
def test_the_detector_answers_on_a_grid_of_eight_pixels(size: tuple[int, int]) -> None:
    rows, columns = size[0] // 8, size[1] // 8
    picture = np.random.default_rng(0).integers(0, 256, (1, *size, 3), np.uint8)
    found: list[NDArray[np.float32]] = _session("plate_detector").run(
        ["score", "peak", "corners"], {"image": picture}
    )
    score, peak, corners = found
    assert score.shape == peak.shape == (1, 1, rows, columns)
    assert corners.shape == (1, 8, rows, columns)
    assert ((score >= 0) & (score <= 1)).all()
    assert (peak >= score).all()


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "shape"), [("plate_check", (1,)), ("plate_outline", (4, 2))])
def test_what_looks_again_gives_shares_of_one_for_each(
    name: str, shape: tuple[int, ...], count: int
) -> None:
    told = _manifest(name)["input"]
    size = (count, 3, told["height"], told["width"])
    pictures = np.random.default_rng(0).integers(0, 256, size, np.uint8)
    (said,) = _session(name).run(None, {"image": pictures})
    assert said.shape == (count, *shape)
    assert ((said >= 0) & (said <= 1)).all()
