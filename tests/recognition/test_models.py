import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recognition.errors import ModelRefusedError
from recognition.models import SHIPPED, open_model

NAMES = {
    "plate_ocr": ("logp",),
    "plate_detector": ("score", "peak", "corners"),
    "plate_check": ("probability",),
    "plate_outline": ("corners",),
}

INPUT = {"name": "image", "dtype": "uint8", "height": 32, "width": 128, "colour": "gray"}


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    for name in NAMES:
        for suffix in (".onnx", ".json"):
            shutil.copy(SHIPPED / (name + suffix), tmp_path)
        _retell(tmp_path, name, forms=[])  # its forms have tests of their own
    return tmp_path


def _retell(pack: Path, name: str, **changes: Any) -> None:
    path = pack / f"{name}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_models_are_what_their_manifests_say(name: str) -> None:
    model = open_model(name)
    assert model.provider.endswith("ExecutionProvider")
    assert model.manifest.outputs == NAMES[name]
    assert (SHIPPED / f"{name}.md").read_text().strip(), "a model ships with its card"


@pytest.mark.parametrize("name", NAMES)
def test_a_model_of_another_checksum_is_refused_with_both(name: str, pack: Path) -> None:
    path = pack / f"{name}.onnx"
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    told = json.loads((pack / f"{name}.json").read_text())["sha256"]
    with pytest.raises(ModelRefusedError, match=f"expected SHA-256 {told}, found {found}"):
        open_model(name, pack_dir=pack)


def test_a_file_that_is_no_onnx_is_refused_though_its_checksum_is_right(pack: Path) -> None:
    junk = b"\x08\x08junk" * 50
    (pack / "plate_ocr.onnx").write_bytes(junk)
    _retell(pack, "plate_ocr", sha256=hashlib.sha256(junk).hexdigest())
    with pytest.raises(ModelRefusedError, match="opset"):
        open_model("plate_ocr", pack_dir=pack)


def test_a_truncated_onnx_with_a_matching_checksum_is_refused(pack: Path) -> None:
    path = pack / "plate_ocr.onnx"
    cut = path.read_bytes()[:50_000]
    path.write_bytes(cut)
    _retell(pack, "plate_ocr", sha256=hashlib.sha256(cut).hexdigest())
    with pytest.raises(ModelRefusedError):
        open_model("plate_ocr", pack_dir=pack)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"opset": 11}, r"expected opset 11 .* found opset \d+"),
        ({"task": "make_of_car"}, "expected task plate_ocr, found task make_of_car"),
        ({"outputs": ["letters"]}, "expected an output letters, found logp"),
        ({"file": "elsewhere.onnx"}, "a file elsewhere.onnx"),
        (
            {"input": INPUT | {"dtype": "float16"}},
            "expected dtype uint8 or float32, found dtype float16",
        ),
        (
            {"input": INPUT | {"dtype": "float32"}},
            r"expected tensor\(float\), found tensor\(uint8\)",
        ),
        (
            {"input": INPUT | {"name": "picture"}},
            "expected one input picture, found image",
        ),
        (
            {"input": INPUT | {"height": 48}},
            "expected an input of 48 x 128, found 32",
        ),
        ({"input": INPUT | {"colour": "bgr"}}, "expected NCHW of 3 channels, found 1"),
        ({"input": INPUT | {"layout": "NHWC"}}, "expected NHWC of 1 channels, found 128"),
    ],
)
def test_a_manifest_that_says_otherwise_is_refused_with_expected_and_found(
    changes: dict[str, Any], reason: str, pack: Path
) -> None:
    _retell(pack, "plate_ocr", **changes)
    with pytest.raises(ModelRefusedError, match=reason):
        open_model("plate_ocr", pack_dir=pack)


@pytest.mark.parametrize("text", ["", "[]", "{}", "no JSON", '{"task": "plate_ocr"}'])
def test_a_manifest_that_is_none_is_refused(text: str, pack: Path) -> None:
    (pack / "plate_ocr.json").write_text(text)
    with pytest.raises(ModelRefusedError, match="a manifest"):
        open_model("plate_ocr", pack_dir=pack)


def test_a_pack_with_one_model_leaves_the_other_to_the_one_that_ships(pack: Path) -> None:
    for suffix in (".onnx", ".json"):
        (pack / f"plate_ocr{suffix}").unlink()
    shipped = open_model("plate_ocr").manifest
    assert open_model("plate_ocr", pack_dir=pack).manifest == shipped


def test_a_model_that_lost_its_manifest_is_refused_and_not_replaced(pack: Path) -> None:
    (pack / "plate_ocr.json").unlink()
    with pytest.raises(ModelRefusedError, match=r"a manifest plate_ocr\.json"):
        open_model("plate_ocr", pack_dir=pack)


def test_a_folder_without_a_pack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelRefusedError, match=r"a manifest plate_ocr\.json"):
        open_model("plate_ocr", pack_dir=tmp_path)


def test_a_model_gives_log_probabilities_that_add_to_one() -> None:
    model = open_model("plate_ocr")
    (logp,) = model.run(np.zeros((2, 1, 32, 128), np.uint8))
    assert logp.shape == (2, 64, 37)
    assert np.allclose(np.exp(logp).sum(axis=2), 1, atol=1e-3)
