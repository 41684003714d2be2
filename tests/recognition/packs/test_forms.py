"""Which form of a model runs where, and what a manifest may say of its forms."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import recognition.models
from recognition.errors import ModelRefusedError
from recognition.models import SHIPPED, open_model
from recognition.packs import forms
from recognition.packs.forms import form_for, multiplies_bytes
from recognition.packs.manifest import TASKS, manifest_of, read_manifest

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    for path in SHIPPED.iterdir():
        shutil.copy(path, tmp_path)
    return tmp_path


def cpuinfo(folder: Path, flags: str) -> Path:
    path = folder / "cpuinfo"
    path.write_text(f"processor\t: 0\nflags\t\t: {flags}\n\nprocessor\t: 1\n")
    return path


@pytest.fixture
def any_cpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Let this machine have the CPU flags that a test wants."""

    def have(flags: str) -> None:
        monkeypatch.setattr(forms, "_CPUINFO", cpuinfo(tmp_path, flags))
        multiplies_bytes.cache_clear()

    yield have
    multiplies_bytes.cache_clear()


def told(**forms: Any) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((SHIPPED / "plate_ocr.json").read_text())
    return manifest | {"forms": [form_told(manifest) | forms]}


def form_told(manifest: dict[str, Any]) -> dict[str, Any]:
    return {
        "form": "int8",
        "file": "plate_ocr.int8.onnx",
        "sha256": "0" * 64,
        "opset": 17,
        "made_from": manifest["sha256"],
    }


@pytest.mark.parametrize(("flags", "form"), [("avx2 avx512_vnni", "int8"), ("avx_vnni", "int8")])
def test_a_cpu_with_vnni_runs_eight_bits(any_cpu: Any, flags: str, form: str) -> None:
    any_cpu(flags)
    choice = form_for(manifest_of(told(), task="plate_ocr"), provider=CPU)
    assert choice.manifest.form == form
    assert "VNNI" in choice.why


def test_a_cpu_without_vnni_runs_the_weights_as_trained_and_says_why(any_cpu: Any) -> None:
    any_cpu("avx2 avx512f")
    choice = form_for(manifest_of(told(), task="plate_ocr"), provider=CPU)
    assert choice.manifest.form == "float"
    assert choice.why == "this CPU has no VNNI"


def test_a_pack_without_the_best_form_runs_as_trained_and_says_why(any_cpu: Any) -> None:
    any_cpu("avx512_vnni")
    plain = manifest_of(told() | {"forms": []}, task="plate_ocr")
    assert form_for(plain, provider=CPU).manifest == plain
    assert form_for(plain, provider=CPU).why == "the pack has no int8 form"
    assert form_for(manifest_of(told(), task="plate_ocr"), provider=CUDA).why == (
        "the pack has no fp16 form"
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"made_from": "f" * 64}, "expected a form made from .* found one made from f"),
        ({"form": "int4"}, "expected form int8 or fp16, found form int4"),
        ({"file": "../plate_ocr.onnx"}, "expected a form beside its manifest"),
        ({"sha256": None}, "expected sha256 in words, found none"),
    ],
)
def test_a_form_that_cannot_be_one_is_refused_with_expected_and_found(
    changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ModelRefusedError, match=reason):
        manifest_of(told(**changes), task="plate_ocr")


def test_forms_that_are_no_list_are_refused() -> None:
    with pytest.raises(ModelRefusedError, match="forms as a list"):
        manifest_of(told() | {"forms": "int8"}, task="plate_ocr")


def test_a_form_that_nobody_made_is_refused_by_name() -> None:
    with pytest.raises(ModelRefusedError, match="one of the forms float, int8, found a wish for x"):
        form_for(manifest_of(told(), task="plate_ocr"), provider=CPU, wish="x")


SHIPPED_FORMS = [
    (task, form.name) for task in TASKS for form in read_manifest(SHIPPED / f"{task}.json").forms
]


@pytest.mark.parametrize(("task", "form"), SHIPPED_FORMS)
def test_a_form_of_another_checksum_is_refused(task: str, form: str, pack: Path) -> None:
    path = pack / f"{task}.{form}.onnx"
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(ModelRefusedError, match="expected SHA-256"):
        open_model(task, pack_dir=pack, form=form)


@pytest.mark.parametrize(("task", "form"), SHIPPED_FORMS)
def test_the_shipped_forms_answer_nearly_as_the_float_weights_do(task: str, form: str) -> None:
    told = read_manifest(SHIPPED / f"{task}.json").input
    picture = np.zeros((1, told.height_px or 192, told.width_px or 320, told.channels), np.uint8)
    picture[:, ::7, ::3] = 200
    if told.layout == "NCHW":
        picture = picture.transpose(0, 3, 1, 2)
    plain, other = (open_model(task, form=each).run(picture) for each in ("float", form))
    for one, two in zip(plain, other, strict=True):
        assert one.shape == two.shape
    score = (lambda out: out[0]) if task == "plate_detector" else (lambda out: np.exp(out[0]))
    assert float(np.abs(score(plain) - score(other)).max()) < 0.1


def test_a_provider_that_does_not_start_is_said_and_the_next_runs(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(recognition.models, "providers", lambda: (CUDA, CPU))
    model = open_model("plate_ocr")
    assert model.provider == CPU
    assert "CUDAExecutionProvider does not run plate_ocr, the next is tried" in caplog.text


def test_what_runs_is_said_in_one_line_with_form_provider_and_reason() -> None:
    assert open_model("plate_ocr", form="float").runs.endswith(
        "in float on CPUExecutionProvider: asked for"
    )
