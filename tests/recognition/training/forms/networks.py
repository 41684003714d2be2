"""Networks of a few channels, written down and asked."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

__all__ = ["answer", "answers_of", "doubling_network", "network", "stepping_network"]

Weights = Mapping[str, NDArray[Any]]


def network(path: Path, *, zero: float = 127.0, quieter: float = 1.0) -> Path:
    """image -> (image - zero) / 64 -> conv, relu -> conv, relu -> conv "head".

    Args:
        path: Where the file goes.
        zero: What is taken from every pixel.
        quieter: One channel between the first two is so many times smaller; no answer changes.
    """
    shapes = {"first_w": (8, 3, 3, 3), "second_w": (8, 8, 3, 3), "head_w": (2, 8, 1, 1)}
    weights = _drawn(shapes)
    weights["first_w"][0] /= quieter
    weights["second_w"][:, 0] *= quieter
    weights |= {"zero": np.array(zero, np.float32), "divisor": np.array(64.0, np.float32)}
    nodes = [
        helper.make_node("Cast", ["image"], ["cast"], name="cast", to=TensorProto.FLOAT),
        helper.make_node("Sub", ["cast", "zero"], ["moved"], name="sub"),
        helper.make_node("Div", ["moved", "divisor"], ["even"], name="div"),
        _convolution("first", "even", "a", pads=[1] * 4),
        helper.make_node("Relu", ["a"], ["b"], name="relu_1"),
        _convolution("second", "b", "c", pads=[1] * 4),
        helper.make_node("Relu", ["c"], ["d"], name="relu_2"),
        _convolution("head", "d", "score", pads=[0] * 4),
    ]
    return _written(path, nodes, weights=weights, picture=["n", 3, "h", "w"])


def stepping_network(path: Path, *, kernel: int, step: int, pads: Sequence[int]) -> Path:
    """image with its channels last -> one convolution that moves on by `step` pixels."""
    nodes = [
        helper.make_node("Transpose", ["image"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Cast", ["planes"], ["cast"], to=TensorProto.FLOAT),
        _convolution("only", "cast", "score", pads=pads, strides=[step] * 2, kernel=kernel),
    ]
    weights = _drawn({"only_w": (2, 3, kernel, kernel)})
    return _written(path, nodes, weights=weights, picture=["n", "h", "w", 3])


def doubling_network(path: Path, *, mode: str = "nearest", scale: float = 2.0) -> Path:
    """image -> unpacked, enlarged, packed again -> score, unpacked."""
    weights = {
        "scale": np.array(0.5, np.float32),
        "zero": np.array(3, np.uint8),
        "sizes": np.array([1, 1, scale, scale], np.float32),
    }
    told = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    packing = ["scale", "zero"]
    nodes = [
        helper.make_node("DequantizeLinear", ["image", *packing], ["float"]),
        helper.make_node("Resize", ["float", "", "sizes"], ["large"], name="up", mode=mode, **told),
        helper.make_node("QuantizeLinear", ["large", *packing], ["bytes"]),
        helper.make_node("DequantizeLinear", ["bytes", *packing], ["score"]),
    ]
    return _written(path, nodes, weights=weights, picture=["n", 2, "h", "w"])


def answer(path: Path, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """What a network says of a picture."""
    return answers_of(onnx.load(path), picture, names=["score"])[0]


def answers_of(
    model: onnx.ModelProto, picture: NDArray[np.uint8], *, names: Sequence[str]
) -> list[NDArray[np.float32]]:
    """What a network says of a picture, by the names of its outputs."""
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    said: list[NDArray[np.float32]] = session.run(list(names), {"image": picture})
    return said


def _drawn(shapes: Mapping[str, Sequence[int]]) -> dict[str, NDArray[np.float32]]:
    rng = np.random.default_rng(3)
    return {name: rng.normal(0, 0.2, shape).astype(np.float32) for name, shape in shapes.items()}


def _convolution(
    name: str,
    source: str,
    target: str,
    *,
    pads: Sequence[int],
    strides: Sequence[int] = (1, 1),
    kernel: int | None = None,
) -> NodeProto:
    told = {"pads": list(pads), "strides": list(strides)}
    if kernel:
        told["kernel_shape"] = [kernel] * 2
    return helper.make_node("Conv", [source, f"{name}_w"], [target], name=name, **told)


def _written(
    path: Path, nodes: Sequence[NodeProto], *, weights: Weights, picture: Sequence[int | str]
) -> Path:
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("image", TensorProto.UINT8, picture)],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, ["n", 2, "rows", "columns"])],
        [numpy_helper.from_array(values, name) for name, values in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return path
