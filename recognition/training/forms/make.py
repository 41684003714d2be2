"""Float weights -> the same in eight bits or in half precision, as ONNX files."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.transformers.float16 import convert_float_to_float16

from recognition.training.forms.rewrites.double import double_by_copies
from recognition.training.forms.rewrites.even import even_out
from recognition.training.forms.rewrites.graph import (
    Normalisation,
    before_first_convolution,
    eight_bit_nodes,
    normalisation_of,
)
from recognition.training.forms.rewrites.heads import join_heads
from recognition.training.forms.rewrites.stem import fold_columns

__all__ = ["write_fp16", "write_int8"]

_ABSORBED = ("Conv", "Relu", "Add", "Resize", "MaxPool")


def write_int8(source: Path, target: Path, *, samples: Sequence[NDArray[Any]]) -> None:
    """Write the eight-bit form: weights a channel, activations a tensor, ranges as `samples` show.

    Args:
        source: The float network, one input.
        target: Where the other goes.
        samples: True inputs of the float network.
    """
    even = onnx.load(source)
    fold_columns(even.graph)
    join_heads(even.graph)
    even_out(even, samples=samples)
    with contextlib.redirect_stdout(io.StringIO()), tempfile.TemporaryDirectory() as folder:
        prepared, made = Path(folder) / "even.onnx", Path(folder) / "int8.onnx"
        onnx.save(even, prepared)
        quantize_static(
            prepared,
            made,
            _Samples(even.graph.input[0].name, samples),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=list(_ABSORBED),
            nodes_to_quantize=eight_bit_nodes(even.graph),
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
        )
        model = onnx.load(made)
    plain = normalisation_of(even.graph)
    if plain is not None:
        _take_bytes(model.graph, plain)
    double_by_copies(model.graph)
    onnx.checker.check_model(model)
    onnx.save(model, target)


def write_fp16(source: Path, target: Path) -> None:
    """Write the form in half precision; what goes in and out, and its sums, stay as they are."""
    model = onnx.load(source)
    half = convert_float_to_float16(
        model,
        keep_io_types=True,
        node_block_list=before_first_convolution(model.graph),
        op_block_list=["LogSoftmax", "Exp", "Sigmoid"],
    )
    _put_in_order(half.graph)  # the converter leaves its casts where they fall
    onnx.checker.check_model(half)
    onnx.save(half, target)


class _Samples(CalibrationDataReader):
    def __init__(self, name: str, samples: Sequence[NDArray[Any]]) -> None:
        self._left: Iterator[NDArray[Any]] = iter(samples)
        self._name = name

    def get_next(self) -> dict[str, NDArray[Any]] | None:
        sample = next(self._left, None)
        return None if sample is None else {self._name: sample}


def _take_bytes(graph: onnx.GraphProto, plain: Normalisation) -> None:
    """Say in one node what cast, difference and quotient say: two passes over the picture less."""
    scale = numpy_helper.from_array(np.array(1 / plain.divisor, np.float32), "picture_scale")
    zero = numpy_helper.from_array(np.array(plain.zero, np.uint8), "picture_zero")
    graph.initializer.extend([scale, zero])
    (divide,) = (node for node in graph.node if plain.output in node.output)
    given = [plain.given, scale.name, zero.name]
    said = helper.make_node("DequantizeLinear", given, [plain.output])
    graph.node.insert(list(graph.node).index(divide), said)
    _remove(graph, divide)


def _put_in_order(graph: onnx.GraphProto) -> None:
    """Let every node stand behind those whose output it takes."""
    made = {graph.input[0].name, "", *(item.name for item in graph.initializer)}
    waiting, ordered = list(graph.node), []
    while waiting:
        ready = [node for node in waiting if made.issuperset(node.input)]
        if not ready:
            raise ValueError("refused a graph that runs in a circle; export the network again")
        ordered += ready
        made.update(output for node in ready for output in node.output)
        waiting = [node for node in waiting if not made.issuperset(node.output)]
    del graph.node[:]
    graph.node.extend(ordered)


def _remove(graph: onnx.GraphProto, node: onnx.NodeProto) -> None:
    """Take a node out, and all before it that nobody needs any more."""
    needed = {output.name for output in graph.output}
    graph.node.remove(node)
    while True:
        used = needed.union(*(each.input for each in graph.node))
        idle = [each for each in graph.node if used.isdisjoint(each.output)]
        if not idle:
            return
        for each in idle:
            graph.node.remove(each)
