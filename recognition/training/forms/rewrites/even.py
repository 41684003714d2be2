"""Channels of like size, so that one scale for all of them rounds each of them well.

Eight bits give a tensor 256 steps from its least number to its greatest, and a channel a tenth as
large as the largest is left with 25 of them. Between two convolutions with nothing but a rectifier,
the first can make a channel smaller and the second take it for larger, and no answer changes (Nagel
and others, Data-free quantization through weight equalization and bias correction, 2019). Where all
of the detector runs in eight bits, that takes a fifth of what its corners move by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from recognition.models import session_of

__all__ = ["even_out"]

_SILENT = 1e-6


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two convolutions, and the tensor of channels that only the second takes."""

    first: onnx.NodeProto
    between: str
    second: onnx.NodeProto


def even_out(model: onnx.ModelProto, *, samples: Sequence[NDArray[Any]]) -> None:
    """Even out the channels between convolutions that follow each other.

    Args:
        model: Float network of one input, changed in place; it answers as before.
        samples: True inputs, which show how large each channel gets.
    """
    pairs = _pairs(model.graph)
    if not pairs:
        return
    largest = _largest(model, [pair.between for pair in pairs], samples=samples)
    for pair in pairs:
        _share(model.graph, pair, largest=largest[pair.between])


def _share(graph: onnx.GraphProto, pair: _Pair, *, largest: NDArray[np.float32]) -> None:
    """Meet half-way: a channel gets as large as the second's weights for it."""
    held = {item.name: item for item in graph.initializer}
    after = numpy_helper.to_array(held[pair.second.input[1]])
    weighed = np.abs(after).max(axis=(0, 2, 3))
    heard = (largest > _SILENT) & (weighed > _SILENT)
    smaller = np.ones(len(heard))
    smaller[heard] = np.sqrt(largest[heard] / weighed[heard])
    _scale(held[pair.second.input[1]], smaller[np.newaxis, :, np.newaxis, np.newaxis])
    _scale(held[pair.first.input[1]], 1 / smaller[:, np.newaxis, np.newaxis, np.newaxis])
    for bias in pair.first.input[2:]:
        _scale(held[bias], 1 / smaller)


def _scale(item: onnx.TensorProto, factors: NDArray[np.float64]) -> None:
    scaled = (numpy_helper.to_array(item) * factors).astype(np.float32)
    item.CopyFrom(numpy_helper.from_array(scaled, item.name))


def _pairs(graph: onnx.GraphProto) -> list[_Pair]:
    """Convolutions whose output nobody takes but a rectifier, and that nobody but another one."""
    answers = {output.name for output in graph.output}

    def taker(output: str) -> onnx.NodeProto | None:
        takers = [node for node in graph.node if output in node.input]
        return takers[0] if len(takers) == 1 and output not in answers else None

    pairs = []
    for first in graph.node:
        rectifier = taker(first.output[0]) if first.op_type == "Conv" else None
        if rectifier is None or rectifier.op_type != "Relu":
            continue
        second = taker(rectifier.output[0])
        if second is not None and second.op_type == "Conv" and _ungrouped(second):
            pairs.append(_Pair(first, rectifier.output[0], second))
    return pairs


def _ungrouped(node: onnx.NodeProto) -> bool:
    return all(item.i == 1 for item in node.attribute if item.name == "group")


def _largest(
    model: onnx.ModelProto, names: Sequence[str], *, samples: Sequence[NDArray[Any]]
) -> dict[str, NDArray[np.float32]]:
    """The largest number that each channel of these tensors, none of them an answer, gets to."""
    listening = onnx.ModelProto()
    listening.CopyFrom(model)
    listening.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names
    )
    session = session_of(listening.SerializeToString(), task="network")
    given = model.graph.input[0].name
    seen = [
        [each.max(axis=(0, 2, 3)) for each in session.run(list(names), {given: sample})]
        for sample in samples
    ]
    return {
        name: np.max([row[at] for row in seen], axis=0).astype(np.float32)
        for at, name in enumerate(names)
    }
