"""Doubling by copies: the bytes of an enlarged picture, without looking each of them up."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from recognition.models import SHIPPED
from recognition.training.forms.rewrites.double import double_by_copies
from tests.recognition.training.forms.networks import answer, doubling_network

RNG = np.random.default_rng(7)


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (8, 2)])
def test_copies_are_the_same_picture(size: tuple[int, int], tmp_path: Path) -> None:
    model = onnx.load(doubling_network(tmp_path / "net.onnx"))
    assert double_by_copies(model.graph) == 1
    assert "Resize" not in {node.op_type for node in model.graph.node}
    onnx.checker.check_model(model)
    onnx.save(model, tmp_path / "copies.onnx")
    picture = RNG.integers(0, 256, (3, 2, *size), np.uint8)
    plain, copied = (
        answer(tmp_path / "net.onnx", picture),
        answer(tmp_path / "copies.onnx", picture),
    )
    assert plain.shape == (3, 2, 2 * size[0], 2 * size[1])
    assert np.array_equal(plain, copied)


@pytest.mark.parametrize(("mode", "scale"), [("linear", 2.0), ("nearest", 3.0)])
def test_any_other_enlargement_is_left_as_it_is(mode: str, scale: float, tmp_path: Path) -> None:
    model = onnx.load(doubling_network(tmp_path / "net.onnx", mode=mode, scale=scale))
    assert double_by_copies(model.graph) == 0
    assert model == onnx.load(tmp_path / "net.onnx")


def test_the_shipped_detector_enlarges_by_copies() -> None:
    kinds = [node.op_type for node in onnx.load(SHIPPED / "plate_detector.int8.onnx").graph.node]
    assert "Resize" not in kinds
    assert kinds.count("Concat") >= 4
