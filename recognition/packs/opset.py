"""The operator set of an ONNX file, out of its bytes: no ONNX library is needed to run one."""

__all__ = ["opset_of"]

_OPSET_IMPORT, _DOMAIN, _VERSION = 8, 1, 2
"""Numbers of the fields (onnx.proto3: ModelProto, OperatorSetIdProto)."""


def opset_of(data: bytes) -> int:
    """Operator set of the standard domain; 0 where `data` is no ONNX file.

    Only the outermost fields are walked: in opset_import the domain is empty for the standard one.
    """
    for field, value in _fields(data):
        if field == _OPSET_IMPORT and isinstance(value, bytes):
            imported = dict(_fields(value))
            if imported.get(_DOMAIN) in (None, b"", b"ai.onnx"):
                version = imported.get(_VERSION, 0)
                return version if isinstance(version, int) else 0
    return 0


def _fields(data: bytes) -> list[tuple[int, int | bytes]]:
    found: list[tuple[int, int | bytes]] = []
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == 0:
            number, at = _varint(data, at)
            found.append((key >> 3, number))
        elif kind == 2:
            length, at = _varint(data, at)
            found.append((key >> 3, data[at : at + length]))
            at += length
        elif kind in (1, 5):
            at += 8 if kind == 1 else 4
        else:
            return []
    return found


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data):
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            break
    return value, at
