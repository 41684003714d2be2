"""Tiny ONNX files out of bytes: one input that nobody reads, and outputs that never change.

So packs are tested without the ONNX library, which nothing that users run needs.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

_FLOAT, _UINT8 = 1, 2


def constant_network(
    outputs: Mapping[str, NDArray[np.float32]],
    *,
    shape: tuple[int, ...],
    dtype: str = "float32",
    opset: int = 17,
) -> bytes:
    """A model that takes `input` of a shape and always gives `outputs` (onnx.proto3)."""
    graph = _part(2, b"constant")
    graph += _part(11, _value("input", shape, _UINT8 if dtype == "uint8" else _FLOAT))
    for name, value in outputs.items():
        held = f"{name}_held".encode()
        node = _part(1, held) + _part(2, name.encode()) + _part(4, b"Identity")
        tensor = b"".join(_number(1, side) for side in value.shape) + _number(2, _FLOAT)
        tensor += _part(8, held) + _part(9, value.astype("<f4").tobytes())
        graph += _part(1, node) + _part(5, tensor) + _part(12, _value(name, value.shape, _FLOAT))
    return _number(1, 8) + _part(7, graph) + _part(8, _part(1, b"") + _number(2, opset))


def _value(name: str, shape: tuple[int, ...], kind: int) -> bytes:
    sides = b"".join(_part(1, _number(1, side)) for side in shape)
    tensor = _number(1, kind) + _part(2, sides)
    return _part(1, name.encode()) + _part(2, _part(1, tensor))


def _part(field: int, data: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _varint(value: int) -> bytes:
    said = bytearray()
    while value > 0x7F:
        said.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*said, value])
