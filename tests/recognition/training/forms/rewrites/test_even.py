"""Evened channels: the same answers, of which eight bits keep more."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from recognition.models import SHIPPED
from recognition.training.forms.make import write_int8
from recognition.training.forms.rewrites.even import even_out
from tests.recognition.training.forms.networks import answer, answers_of, network

RNG = np.random.default_rng(5)
SAMPLES = [RNG.integers(0, 256, (1, 3, 16, 16), np.uint8) for _ in range(4)]


def test_evening_out_changes_no_answer_of_the_detector() -> None:
    plain = onnx.load(SHIPPED / "plate_detector.onnx")
    even = onnx.ModelProto()
    even.CopyFrom(plain)
    pictures = [RNG.integers(0, 256, (1, 96, 160, 3), np.uint8) for _ in range(3)]
    even_out(even, samples=pictures[:2])
    assert even != plain
    answers = [
        answers_of(model, pictures[2], names=["score", "corners"]) for model in (plain, even)
    ]
    for before, after in zip(*answers, strict=True):
        assert after == pytest.approx(before, abs=1e-3)


def test_a_channel_a_hundred_times_smaller_comes_through_eight_bits(tmp_path: Path) -> None:
    source = network(tmp_path / "net.onnx", quieter=100.0)
    write_int8(source, tmp_path / "int8.onnx", samples=SAMPLES)
    picture = RNG.integers(0, 256, (2, 3, 24, 40), np.uint8)
    plain, packed = answer(source, picture), answer(tmp_path / "int8.onnx", picture)
    assert np.abs(plain - packed).mean() < 0.03 * np.abs(plain).mean()


def test_a_channel_that_says_nothing_is_left_alone(tmp_path: Path) -> None:
    model = onnx.load(network(tmp_path / "net.onnx"))
    first = next(item for item in model.graph.initializer if item.name == "first_w")
    weights = numpy_helper.to_array(first).copy()
    weights[0] = 0
    first.CopyFrom(numpy_helper.from_array(weights, "first_w"))
    onnx.save(model, tmp_path / "silent.onnx")
    even_out(model, samples=SAMPLES)
    onnx.save(model, tmp_path / "even.onnx")
    before, after = (answer(tmp_path / f"{name}.onnx", SAMPLES[0]) for name in ("silent", "even"))
    assert after == pytest.approx(before, abs=1e-4)
