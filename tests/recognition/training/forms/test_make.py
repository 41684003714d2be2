"""Forms made of small networks: where eight bits go, and that answers stay what they were."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from recognition.training.forms.make import write_fp16, write_int8
from recognition.training.forms.rewrites.graph import (
    before_first_convolution,
    eight_bit_nodes,
    normalisation_of,
)
from tests.recognition.training.forms.networks import answer, network

RNG = np.random.default_rng(3)
SAMPLES = [RNG.integers(0, 256, (1, 3, 16, 16), np.uint8) for _ in range(4)]


def test_the_last_convolution_and_the_picture_stay_in_float(tmp_path: Path) -> None:
    graph = onnx.load(network(tmp_path / "net.onnx")).graph
    assert eight_bit_nodes(graph) == ["first", "relu_1", "second", "relu_2"]
    assert before_first_convolution(graph) == ["cast", "sub", "div"]


@pytest.mark.parametrize(("zero", "exact"), [(127.0, True), (127.5, False), (300.0, False)])
def test_a_normalisation_is_exact_only_where_a_byte_becomes_nought(
    zero: float, exact: bool, tmp_path: Path
) -> None:
    plain = normalisation_of(onnx.load(network(tmp_path / "net.onnx", zero=zero)).graph)
    assert (plain is not None) == exact
    if plain is not None:
        assert (plain.output, plain.zero, plain.divisor) == ("even", 127, 64.0)


@pytest.mark.parametrize("zero", [127.0, 127.5])
def test_eight_bits_answer_nearly_the_same_on_pictures_of_any_size(
    zero: float, tmp_path: Path
) -> None:
    source = network(tmp_path / "net.onnx", zero=zero)
    target = tmp_path / "int8.onnx"
    write_int8(source, target, samples=SAMPLES)
    picture = RNG.integers(0, 256, (2, 3, 24, 40), np.uint8)
    plain, packed = answer(source, picture), answer(tmp_path / "int8.onnx", picture)
    assert np.abs(plain - packed).mean() < 0.03 * np.abs(plain).mean()


def test_bytes_of_a_picture_go_in_as_they_are(tmp_path: Path) -> None:
    write_int8(network(tmp_path / "net.onnx"), tmp_path / "int8.onnx", samples=SAMPLES)
    kinds = [node.op_type for node in onnx.load(tmp_path / "int8.onnx").graph.node]
    assert "Cast" not in kinds
    assert "Sub" not in kinds


def test_the_same_samples_give_the_same_file(tmp_path: Path) -> None:
    source = network(tmp_path / "net.onnx")
    for name in ("one", "two"):
        write_int8(source, tmp_path / name, samples=SAMPLES)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_half_precision_answers_nearly_the_same_and_takes_and_gives_what_it_did(
    tmp_path: Path,
) -> None:
    source = network(tmp_path / "net.onnx")
    write_fp16(source, tmp_path / "fp16.onnx")
    plain, half = (answer(tmp_path / name, SAMPLES[0]) for name in ("net.onnx", "fp16.onnx"))
    assert half.dtype == np.float32
    assert np.abs(plain - half).max() < 0.02
    assert (tmp_path / "fp16.onnx").stat().st_size < source.stat().st_size
