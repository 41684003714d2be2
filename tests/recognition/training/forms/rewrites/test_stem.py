"""Folded columns: another shape of the same convolution."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from recognition.models import SHIPPED
from recognition.training.forms.rewrites.stem import fold_columns
from tests.recognition.training.forms.networks import (
    answer,
    answers_of,
    network,
    stepping_network,
)

RNG = np.random.default_rng(4)
OUTPUTS = ("score", "peak", "corners")


@pytest.mark.parametrize(
    ("kernel", "step", "pads"),
    [
        (6, 4, (1, 1, 1, 1)),  # the detector's
        (3, 2, (1, 1, 1, 1)),
        (5, 2, (2, 2, 2, 2)),
        (7, 4, (3, 5, 3, 2)),  # margins of more than a step, not alike
        (8, 4, (0, 0, 0, 0)),  # one answer fewer than there are places
        (1, 2, (0, 0, 0, 0)),
    ],
)
def test_a_folded_convolution_answers_the_same(
    kernel: int, step: int, pads: tuple[int, int, int, int], tmp_path: Path
) -> None:
    path = stepping_network(tmp_path / "net.onnx", kernel=kernel, step=step, pads=pads)
    folded = onnx.load(path)
    assert fold_columns(folded.graph)
    onnx.checker.check_model(folded)
    onnx.save(folded, tmp_path / "folded.onnx")
    picture = RNG.integers(0, 256, (2, 24, 40, 3), np.uint8)
    plain, other = answer(path, picture), answer(tmp_path / "folded.onnx", picture)
    assert other == pytest.approx(plain, abs=1e-2)  # of sums of up to 2,000


def test_the_detector_answers_the_same_through_a_folded_stem() -> None:
    plain = onnx.load(SHIPPED / "plate_detector.onnx")
    folded = onnx.ModelProto()
    folded.CopyFrom(plain)
    assert fold_columns(folded.graph)
    assert [node.op_type for node in folded.graph.node][:2] == ["Reshape", "Transpose"]
    picture = RNG.integers(0, 256, (1, 96, 160, 3), np.uint8)
    answers = [answers_of(model, picture, names=OUTPUTS) for model in (plain, folded)]
    for before, after in zip(*answers, strict=True):
        assert after == pytest.approx(before, abs=1e-4)


@pytest.mark.parametrize("planes", [True, False])
def test_planes_and_single_steps_are_left_as_they_are(planes: bool, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    if planes:
        network(path)
    else:
        stepping_network(path, kernel=3, step=1, pads=(1, 1, 1, 1))
    model = onnx.load(path)
    assert not fold_columns(model.graph)
    assert model == onnx.load(path)
