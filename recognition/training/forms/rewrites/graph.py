"""What a network's graph says about where eight bits do no harm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

__all__ = [
    "Normalisation",
    "before_first_convolution",
    "constant_of",
    "eight_bit_nodes",
    "normalisation_of",
]

_EIGHT_BIT = ("Conv", "Relu", "Add", "Resize", "MaxPool")
_REORDERS = ("Transpose", "Reshape")


@dataclass(frozen=True, slots=True)
class Normalisation:
    """(pixel - zero) / divisor, the same for every pixel: what eight bits express exactly.

    Attributes:
        given: The tensor of bytes that it takes.
        output: The tensor that it gives.
        zero: The pixel value that becomes 0.
        divisor: What the rest is divided by.
    """

    given: str
    output: str
    zero: int
    divisor: float


def eight_bit_nodes(graph: onnx.GraphProto) -> list[str]:
    """Names of the nodes that may run in eight bits.

    From the first convolution on, but not the last ones, whose output is the answer, nor grouped
    ones: a channel of its own has few weights to average an error out. What follows a node that
    stays in float stays in float too, or its numbers would be packed and unpacked for nothing.
    """
    inside = _after(graph, {node.name for node in graph.node if node.op_type == "Conv"})
    last = {
        node.name
        for node in graph.node
        if node.op_type == "Conv" and not _has_convolution_after(graph, node.name)
    }
    grouped = {node.name for node in graph.node if node.op_type == "Conv" and _group_of(node) > 1}
    in_float = _after(graph, last | grouped)
    return [
        node.name
        for node in graph.node
        if node.op_type in _EIGHT_BIT and node.name in inside and node.name not in in_float
    ]


def before_first_convolution(graph: onnx.GraphProto) -> list[str]:
    """Names of the nodes that prepare the picture; their sums overflow in half precision."""
    convolutions = {node.name for node in graph.node if node.op_type == "Conv"}
    inside = _after(graph, convolutions)
    return [node.name for node in graph.node if node.name not in inside]


def normalisation_of(graph: onnx.GraphProto) -> Normalisation | None:
    """The normalisation of a network that does the same to every pixel; None for any other."""
    makes = {output: node for node in graph.node for output in node.output}
    first = next(node for node in graph.node if node.op_type == "Conv")
    divide = makes.get(first.input[0])
    subtract = makes.get(divide.input[0]) if divide is not None else None
    cast = makes.get(subtract.input[0]) if subtract is not None else None
    if divide is None or subtract is None or cast is None:
        return None
    if [divide.op_type, subtract.op_type, cast.op_type] != ["Div", "Sub", "Cast"]:
        return None
    zero, divisor = (_number(graph, node.input[1]) for node in (subtract, divide))
    if zero is None or not divisor or not _same_bytes(graph, makes, cast.input[0]):
        return None
    if zero != round(zero) or not 0 <= zero <= 255:
        return None
    return Normalisation(cast.input[0], divide.output[0], round(zero), divisor)


def _same_bytes(graph: onnx.GraphProto, makes: dict[str, onnx.NodeProto], name: str) -> bool:
    """Whether a tensor is the picture, or the picture in another order."""
    while name in makes and makes[name].op_type in _REORDERS:
        name = makes[name].input[0]
    return bool(name == graph.input[0].name)


def constant_of(graph: onnx.GraphProto, name: str) -> NDArray[Any] | None:
    """A constant by its name; None where it is none."""
    said = [
        *(node.attribute[0].t for node in graph.node if _gives_constant(node, name)),
        *(item for item in graph.initializer if item.name == name),
    ]
    return np.asarray(numpy_helper.to_array(said[0])) if said else None


def _gives_constant(node: onnx.NodeProto, name: str) -> bool:
    return bool(node.op_type == "Constant" and name in node.output)


def _number(graph: onnx.GraphProto, name: str) -> float | None:
    """A constant of one element by its name."""
    value = constant_of(graph, name)
    return float(value.reshape(())) if value is not None and value.size == 1 else None


def _group_of(node: onnx.NodeProto) -> int:
    return next((int(item.i) for item in node.attribute if item.name == "group"), 1)


def _has_convolution_after(graph: onnx.GraphProto, name: str) -> bool:
    after = _after(graph, {name}) - {name}
    return any(node.name in after for node in graph.node if node.op_type == "Conv")


def _after(graph: onnx.GraphProto, names: set[str]) -> set[str]:
    """Those nodes and all that need what they give; a graph lists its nodes in their order."""
    reached = set(names)
    tensors: set[str] = set()
    for node in graph.node:
        if node.name in reached or tensors.intersection(node.input):
            reached.add(node.name)
            tensors.update(node.output)
    return reached
