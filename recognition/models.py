"""Models: an ONNX file, its manifest and its checksum; a wrong one is refused.

A manifest `NAME.json` lies beside `NAME.onnx` and says what the file is, byte for byte, and what
goes in and out of it. What is loaded is what was hashed: the session is made from those bytes.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from recognition.errors import ModelRefusedError
from recognition.packs.manifest import TASKS, Manifest, read_manifest, refuse
from recognition.packs.opset import opset_of

__all__ = [
    "SHIPPED",
    "Model",
    "folder_of",
    "model_of",
    "open_model",
    "providers",
    "session_of",
]

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


class Model:
    """One loaded model.

    Attributes:
        manifest: What it is.
        provider: What runs it, such as "CPUExecutionProvider".
        batch: Pictures a run, or 0 where any number goes.
    """

    def __init__(self, manifest: Manifest, session: ort.InferenceSession) -> None:
        """Wrap a session whose inputs and outputs were checked against `manifest`."""
        self.manifest = manifest
        self.provider: str = session.get_providers()[0]
        first = session.get_inputs()[0].shape[0]
        self.batch: int = first if isinstance(first, int) else 0
        self._session = session

    def run(self, pictures: NDArray[Any]) -> tuple[NDArray[np.float32], ...]:
        """Run once.

        Args:
            pictures: (n, ...) in the layout of the contract; cast to its dtype.

        Returns:
            The outputs, in the order of the manifest.

        Raises:
            ModelRefusedError: The network does not run on what its manifest says it takes.
        """
        contract = self.manifest.input
        # A transposed view would be copied pixel by pixel inside the runtime: 10 ms a frame.
        given = {contract.name: np.ascontiguousarray(pictures, contract.dtype)}
        try:
            found = self._session.run(list(self.manifest.outputs), given)
        except Exception as error:  # ONNX Runtime raises classes of its own, one a fault
            refuse(
                self.manifest.task,
                "a network that runs on what its manifest says",
                type(error).__name__,
            )
        return tuple(cast(Sequence[NDArray[np.float32]], found))


def folder_of(task: str, *, pack_dir: Path | None) -> Path:
    """Where the model of a task lies: a pack that has only the other one leaves it to ours."""
    if pack_dir is None:
        return SHIPPED
    here = (pack_dir / f"{task}.json", pack_dir / f"{task}.onnx")
    others = [pack_dir / f"{other}.json" for other in TASKS if other != task]
    if not any(path.exists() for path in here) and any(path.exists() for path in others):
        return SHIPPED
    return pack_dir


def open_model(task: str, *, pack_dir: Path | None = None, threads: int = 1) -> Model:
    """Open the model of a pack for a task.

    Args:
        task: "plate_detector" or "plate_ocr"; its manifest is called so.
        pack_dir: Folder of the pack; None for the one that ships.
        threads: Cores for one run.

    Raises:
        ModelRefusedError: A file is missing, or is not what the manifest says.
    """
    folder = folder_of(task, pack_dir=pack_dir)
    manifest = read_manifest(folder / f"{task}.json")
    return model_of(_bytes(folder / manifest.file, task=task), manifest=manifest, threads=threads)


def model_of(data: bytes, *, manifest: Manifest, threads: int = 1) -> Model:
    """Load a model out of the bytes of its file.

    Raises:
        ModelRefusedError: The bytes are not what the manifest says.
    """
    task = manifest.task
    digest = hashlib.sha256(data).hexdigest()
    if digest != manifest.sha256.lower():
        refuse(task, f"SHA-256 {manifest.sha256}", digest)
    opset = opset_of(data)
    if opset != manifest.opset or opset > _NEWEST_OPSET:
        refuse(task, f"opset {manifest.opset} of at most {_NEWEST_OPSET}", f"opset {opset}")
    session = session_of(data, task=task, threads=threads)
    _check_shapes(session, manifest=manifest)
    return Model(manifest, session)


def providers() -> tuple[str, ...]:
    """What may run a model here, in the order in which it is tried."""
    here = ort.get_available_providers()
    return tuple(provider for provider in _PROVIDERS if provider in here)


def session_of(data: bytes, *, task: str, threads: int = 1) -> ort.InferenceSession:
    """Make a session out of the bytes of an ONNX file.

    Raises:
        ModelRefusedError: ONNX Runtime does not run them.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # A spinning thread burns a core between frames, which another camera's worker needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return ort.InferenceSession(data, sess_options=options, providers=list(providers()))
    except Exception as error:  # ONNX Runtime raises classes of its own, one a fault
        raise ModelRefusedError(
            f"model {task} refused: expected a model that ONNX Runtime {ort.__version__} runs, "
            f"found {type(error).__name__}; install the model pack again"
        ) from error


def _bytes(path: Path, *, task: str) -> bytes:
    try:
        if path.is_file():
            return path.read_bytes()
    except OSError:
        pass
    refuse(task, f"a file {path.name}", "none that can be read")


def _check_shapes(session: ort.InferenceSession, *, manifest: Manifest) -> None:
    task, contract = manifest.task, manifest.input
    inputs = {item.name: item for item in session.get_inputs()}
    outputs = [item.name for item in session.get_outputs()]
    given = inputs.get(contract.name)
    if given is None or len(inputs) != 1:
        refuse(task, f"one input {contract.name}", ", ".join(inputs) or "none")
    for output in manifest.outputs:
        if output not in outputs:
            refuse(task, f"an output {output}", ", ".join(outputs))
    expected = "tensor(uint8)" if contract.dtype is np.uint8 else "tensor(float)"
    if given.type != expected:
        refuse(task, expected, str(given.type))
    if len(given.shape) != 4:
        refuse(task, "an input of four dimensions", str(given.shape))
    nchw = contract.layout == "NCHW"
    channels, *sides = given.shape[1:] if nchw else (given.shape[3], *given.shape[1:3])
    if isinstance(channels, int) and channels != contract.channels:
        refuse(task, f"{contract.layout} of {contract.channels} channels", str(channels))
    for side, told in zip(sides, (contract.height_px, contract.width_px), strict=True):
        if isinstance(side, int) and side != told:
            refuse(task, f"an input of {contract.height_px} x {contract.width_px}", str(side))
