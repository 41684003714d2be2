"""Models: an ONNX file, its manifest and its checksum; a wrong one is refused.

A manifest `NAME.json` lies beside `NAME.onnx` and says what the file is, byte for byte, and what
goes in and out of it. What is loaded is what was hashed: the session is made from those bytes.
"""

import hashlib
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from recognition.errors import ModelRefusedError
from recognition.packs.forms import form_for
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

log = logging.getLogger(__name__)

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
        manifest: What it is, in the form that runs.
        provider: What runs it, such as "CPUExecutionProvider".
        why: Why this form of it, in a few words.
        batch: Pictures a run, or 0 where any number goes.
    """

    def __init__(self, manifest: Manifest, session: ort.InferenceSession, *, why: str = "") -> None:
        """Wrap a session whose inputs and outputs were checked against `manifest`."""
        self.manifest = manifest
        self.provider: str = session.get_providers()[0]
        self.why = why
        first = session.get_inputs()[0].shape[0]
        self.batch: int = first if isinstance(first, int) else 0
        self._session = session

    @property
    def runs(self) -> str:
        """What runs where and why, in one line."""
        told = self.manifest
        return f"{told.task} {told.version} in {told.form} on {self.provider}: {self.why}"

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
    """Where the model of a task lies: a pack that has only others leaves it to ours."""
    if pack_dir is None:
        return SHIPPED
    here = (pack_dir / f"{task}.json", pack_dir / f"{task}.onnx")
    others = [pack_dir / f"{other}.json" for other in TASKS if other != task]
    if not any(path.exists() for path in here) and any(path.exists() for path in others):
        return SHIPPED
    return pack_dir


def open_model(
    task: str, *, pack_dir: Path | None = None, threads: int = 1, form: str | None = None
) -> Model:
    """Open the model of a pack for a task.

    Args:
        task: One of `packs.manifest.TASKS`; its manifest is called so.
        pack_dir: Folder of the pack; None for the one that ships.
        threads: Cores for one run.
        form: "float", "int8" or "fp16"; None for the one that runs best here.

    Raises:
        ModelRefusedError: A file is missing, or is not what the manifest says.
    """
    folder = folder_of(task, pack_dir=pack_dir)
    manifest = read_manifest(folder / f"{task}.json")

    def read(told: Manifest) -> bytes:
        return _bytes(folder / told.file, task=task)

    return _opened(manifest, read=read, threads=threads, form=form)


def model_of(data: bytes, *, manifest: Manifest, threads: int = 1) -> Model:
    """Load a model out of the bytes of its file.

    Raises:
        ModelRefusedError: The bytes are not what the manifest says.
    """
    return _opened(manifest, read=lambda _: data, threads=threads, form=manifest.form)


def _opened(
    manifest: Manifest, *, read: Callable[[Manifest], bytes], threads: int, form: str | None
) -> Model:
    """Open a model with the first provider that starts; one that does not is said and passed by."""

    def start(provider: str) -> Model:
        choice = form_for(manifest, provider=provider, wish=form)
        told = choice.manifest
        data = _checked(read(told), manifest=told)
        session = session_of(data, task=told.task, threads=threads, provider=provider)
        _check_shapes(session, manifest=told)
        return Model(told, session, why=choice.why)

    *before, last = providers()
    for provider in before:
        try:
            return start(provider)
        except ModelRefusedError as error:
            log.warning("%s does not run %s, the next is tried: %s", provider, manifest.task, error)
    return start(last)


def _checked(data: bytes, *, manifest: Manifest) -> bytes:
    """The bytes of a file that is what its manifest says."""
    task = manifest.task
    digest = hashlib.sha256(data).hexdigest()
    if digest != manifest.sha256.lower():
        refuse(task, f"SHA-256 {manifest.sha256}", digest)
    opset = opset_of(data)
    if opset != manifest.opset or opset > _NEWEST_OPSET:
        refuse(task, f"opset {manifest.opset} of at most {_NEWEST_OPSET}", f"opset {opset}")
    return data


def providers() -> tuple[str, ...]:
    """What may run a model here, in the order in which it is tried."""
    here = ort.get_available_providers()
    return tuple(provider for provider in _PROVIDERS if provider in here)


def session_of(
    data: bytes, *, task: str, threads: int = 1, provider: str = _PROVIDERS[-1]
) -> ort.InferenceSession:
    """Make a session out of the bytes of an ONNX file.

    Args:
        data: The file.
        task: For the message.
        threads: Cores for one run.
        provider: What is to run it; what it cannot run of the network, the CPU does.

    Raises:
        ModelRefusedError: The provider does not start, or does not run this network.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # A spinning thread burns a core between frames, which another camera's worker needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    wanted = list(dict.fromkeys((provider, _PROVIDERS[-1])))
    try:
        # Without its own falling back, which prints on standard output and takes any provider.
        session = ort.InferenceSession(
            data, sess_options=options, providers=wanted, enable_fallback=0
        )
    except Exception as error:  # ONNX Runtime raises classes of its own, one a fault
        raise _does_not_run(task, found=type(error).__name__) from error
    if session.get_providers()[0] != provider:
        raise _does_not_run(task, found=f"no {provider} on this machine")
    return session


def _does_not_run(task: str, *, found: str) -> ModelRefusedError:
    return ModelRefusedError(
        f"model {task} refused: expected a model that ONNX Runtime {ort.__version__} runs, "
        f"found {found}; install the model pack again"
    )


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
