"""Joined heads: one convolution gives what several gave."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from recognition.models import SHIPPED
from recognition.training.forms.rewrites.heads import join_heads
from tests.recognition.training.forms.networks import answers_of, network


def test_the_detector_answers_the_same_with_joined_heads() -> None:
    plain = onnx.load(SHIPPED / "plate_detector.onnx")
    joined = onnx.ModelProto()
    joined.CopyFrom(plain)
    assert join_heads(joined.graph)
    onnx.checker.check_model(joined)
    counts = [sum(node.op_type == "Conv" for node in model.graph.node) for model in (plain, joined)]
    assert counts[1] == counts[0] - 1
    picture = np.random.default_rng(6).integers(0, 256, (1, 96, 160, 3), np.uint8)
    answers = [
        answers_of(model, picture, names=["score", "peak", "corners"]) for model in (plain, joined)
    ]
    for before, after in zip(*answers, strict=True):
        assert after == pytest.approx(before, abs=1e-4)


def test_a_single_head_is_left_as_it_is(tmp_path: Path) -> None:
    model = onnx.load(network(tmp_path / "net.onnx"))
    assert not join_heads(model.graph)
    assert model == onnx.load(tmp_path / "net.onnx")
