"""Model packs: an ONNX file, its manifest and its checksum; a wrong one is refused.

A manifest `NAME.json` lies beside `NAME.onnx` and says what the file is, byte for byte, and what
goes in and out of it. What is loaded is what was hashed: the session is made from those bytes.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, cast

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from recognition.errors import ModelRefusedError

__all__ = ["SHIPPED", "Manifest", "Model", "open_model"]

SHIPPED = Path(__file__).parent / "weights"
"""Where the models of this release lie."""

_NEWEST_OPSET = 21
_PROVIDERS = (
    "TensorrtExecutionProvider",
    "CUDAExecutionProvider",
    "OpenVINOExecutionProvider",
    "CPUExecutionProvider",
)
"""Tried in this order; the last is always there."""

_Dtype = type[np.uint8] | type[np.float32]
_DTYPES: dict[str, _Dtype] = {"uint8": np.uint8, "float32": np.float32}


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a model pack says of one model.

    Attributes:
        task: "plate_detector" or "plate_ocr".
        version: Of the weights, for records and comparisons.
        input_name: Name of the one input.
        dtype: Of the input: uint8 or float32.
        height_px: Rows of the input, or 0 where the caller chooses.
        width_px: Columns of the input, or 0 where the caller chooses.
        outputs: Names of the outputs.
        alphabet: The characters of an OCR's classes in order, blank last and not named.
    """

    task: str
    version: str
    input_name: str
    dtype: _Dtype
    height_px: int
    width_px: int
    outputs: tuple[str, ...]
    alphabet: str


class Model:
    """One loaded model.

    Attributes:
        manifest: What it is.
        provider: What runs it, such as "CPUExecutionProvider".
    """

    def __init__(self, manifest: Manifest, session: ort.InferenceSession) -> None:
        """Wrap a session whose inputs and outputs were checked against `manifest`."""
        self.manifest = manifest
        self.provider: str = session.get_providers()[0]
        self._session = session

    def run(self, pictures: NDArray[Any]) -> tuple[NDArray[np.float32], ...]:
        """Run once.

        Args:
            pictures: (n, channels, height, width) of 0-255; cast to the dtype of the model.

        Returns:
            The outputs, in the order of the manifest.
        """
        # A transposed view would be copied pixel by pixel inside the runtime: 10 ms a frame.
        given = {self.manifest.input_name: np.ascontiguousarray(pictures, self.manifest.dtype)}
        found = self._session.run(list(self.manifest.outputs), given)
        return tuple(cast(Sequence[NDArray[np.float32]], found))


def open_model(
    name: str, *, pack_dir: Path | None = None, outputs: Sequence[str], threads: int = 1
) -> Model:
    """Open the model `name` of a pack.

    Args:
        name: File name without its suffix, for example "plate_ocr".
        pack_dir: Folder of the pack; None for the one that ships.
        outputs: Outputs that the caller will use; the model must have them.
        threads: Cores for one run.

    Raises:
        ModelRefusedError: A file is missing, or is not what the manifest says.
    """
    folder = pack_dir or SHIPPED
    told = _told(folder / f"{name}.json")
    manifest = _manifest(told, name=name)
    missing = [output for output in outputs if output not in manifest.outputs]
    if missing:
        _refuse(name, f"outputs {', '.join(outputs)}", f"none named {', '.join(missing)}")
    data = _bytes(folder / str(told.get("file", f"{name}.onnx")), name=name)
    digest = hashlib.sha256(data).hexdigest()
    if digest != told["sha256"]:
        _refuse(name, f"SHA-256 {told['sha256']}", digest)
    opset = _opset(data)
    if opset != told["opset"] or opset > _NEWEST_OPSET:
        _refuse(name, f"opset {told['opset']} of at most {_NEWEST_OPSET}", f"opset {opset}")
    session = _session(data, name=name, threads=threads)
    _check_shapes(session, manifest=manifest, name=name)
    return Model(manifest, session)


def _refuse(name: str, expected: str, found: str) -> NoReturn:
    raise ModelRefusedError(
        f"model {name} refused: expected {expected}, found {found}; "
        "install the model pack of this release again"
    )


def _told(path: Path) -> Mapping[str, Any]:
    try:
        told = json.loads(path.read_bytes())
    except OSError:
        _refuse(path.stem, f"a manifest {path.name}", "none that can be read")
    except ValueError:
        _refuse(path.stem, f"a manifest {path.name} in JSON", "something else")
    for key in ("task", "sha256", "input", "outputs", "opset"):
        if not isinstance(told, dict) or key not in told:
            _refuse(path.stem, f"a manifest with {key!r}", "none")
    return cast(Mapping[str, Any], told)


def _manifest(told: Mapping[str, Any], *, name: str) -> Manifest:
    given, outputs = told["input"], told["outputs"]
    if told["task"] != name:
        _refuse(name, f"task {name}", f"task {told['task']}")
    dtype = _DTYPES.get(str(given.get("dtype")))
    if dtype is None:
        _refuse(name, f"an input of {' or '.join(_DTYPES)}", str(given.get("dtype")))
    return Manifest(
        task=name,
        version=str(told.get("version", "unknown")),
        input_name=str(given["name"]),
        dtype=dtype,
        height_px=_side(given.get("height")),
        width_px=_side(given.get("width")),
        outputs=tuple(_output_names(outputs)),
        alphabet=str(told.get("alphabet") or ""),
    )


def _side(value: object) -> int:
    return value if isinstance(value, int) else 0


def _output_names(outputs: object) -> Sequence[str]:
    if isinstance(outputs, dict):
        return [str(name) for name in outputs]
    listed = cast(Sequence[Any], outputs)
    return [str(item["name"] if isinstance(item, dict) else item) for item in listed]


def _bytes(path: Path, *, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        _refuse(name, f"a file {path.name}", "none that can be read")


def _opset(data: bytes) -> int:
    """Operator set of the standard domain, out of the model's protocol buffer.

    Only the outermost fields are walked: opset_import is field 8 of ModelProto, and in it the
    domain is field 1 (empty for the standard one) and the version field 2 (onnx.proto3).
    """
    for field, value in _fields(data):
        if field == 8 and isinstance(value, bytes):
            imported = dict(_fields(value))
            if imported.get(1) in (None, b"", b"ai.onnx"):
                version = imported.get(2, 0)
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
            return []  # no ONNX file; its opset is then 0, and the caller says so
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


def _session(data: bytes, *, name: str, threads: int) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # A spinning thread burns a core between frames, which another camera's worker needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    here = ort.get_available_providers()
    wanted = [provider for provider in _PROVIDERS if provider in here]
    try:
        return ort.InferenceSession(data, sess_options=options, providers=wanted)
    except Exception as error:  # ONNX Runtime raises classes of its own, one a fault
        raise ModelRefusedError(
            f"model {name} refused: expected a model that ONNX Runtime {ort.__version__} runs, "
            f"found {type(error).__name__}; install the model pack of this release again"
        ) from error


def _check_shapes(session: ort.InferenceSession, *, manifest: Manifest, name: str) -> None:
    inputs = {item.name: item for item in session.get_inputs()}
    outputs = [item.name for item in session.get_outputs()]
    given = inputs.get(manifest.input_name)
    if given is None or len(inputs) != 1:
        _refuse(name, f"one input {manifest.input_name}", ", ".join(inputs) or "none")
    for output in manifest.outputs:
        if output not in outputs:
            _refuse(name, f"an output {output}", ", ".join(outputs))
    expected = "tensor(uint8)" if manifest.dtype is np.uint8 else "tensor(float)"
    if given.type != expected:
        _refuse(name, expected, str(given.type))
    if len(given.shape) != 4:
        _refuse(name, "an input of four dimensions", str(given.shape))
    for side, told in zip(given.shape[2:], (manifest.height_px, manifest.width_px), strict=True):
        if isinstance(side, int) and side != told:
            _refuse(name, f"an input of {manifest.height_px} x {manifest.width_px}", str(side))
