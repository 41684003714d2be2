"""Writing a trained network down: ONNX file, manifest and model card, checked before use."""

from __future__ import annotations

import hashlib
import json
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import nn

__all__ = ["InputContract", "Manifest", "write_manifest", "write_onnx"]

OPSET = 17
_PARITY = 1e-4


@dataclass(frozen=True, slots=True)
class InputContract:
    """What a network takes.

    Attributes:
        name: Name of the input tensor.
        dtype: Element type.
        layout: Order of the axes.
        height: Height in px, or None where any multiple of 32 will do.
        width: Width in px, or None where any multiple of 32 will do.
        colour: Order of the channels.
    """

    name: str
    dtype: str
    layout: str
    height: int | None
    width: int | None
    colour: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a recogniser must know, and check, before it trusts an ONNX file."""

    task: str
    file: str
    sha256: str
    input: InputContract
    outputs: tuple[str, ...]
    decode: str
    alphabet: str
    opset: int
    licence: str
    trained_on: tuple[str, ...]
    version: str


def write_onnx(
    net: nn.Module,
    *,
    path: Path,
    example: NDArray[np.generic],
    input_name: str,
    outputs: tuple[str, ...],
    dynamic: dict[str, dict[int, str]],
) -> None:
    """Export, then compare the file's answers with the network's own.

    Args:
        net: Network in evaluation mode.
        path: Where the ONNX file goes.
        example: A true input, so that the comparison means something.
        input_name: Name of the input tensor.
        outputs: Names of the output tensors.
        dynamic: Axes of each tensor that may vary.

    Raises:
        ValueError: An output differs by more than 1e-4; the file is removed again.
    """
    sample = torch.from_numpy(example)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the scripted exporter announces its age on each call
        torch.onnx.export(
            net,
            (sample,),
            str(path),
            input_names=[input_name],
            output_names=list(outputs),
            dynamic_axes=dynamic,
            opset_version=OPSET,
            dynamo=False,
        )
        own = net(sample)
    own = own if isinstance(own, tuple) else (own,)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    shipped = session.run(list(outputs), {input_name: example})
    apart = max(float(np.abs(a.numpy() - b).max()) for a, b in zip(own, shipped, strict=True))
    if apart > _PARITY:
        path.unlink()
        raise ValueError(
            f"refused the exported network: its answers differ by {apart:.2g} (limit {_PARITY});"
            " export again with another opset"
        )


def write_manifest(
    path: Path,
    *,
    task: str,
    contract: InputContract,
    outputs: tuple[str, ...],
    decode: str,
    alphabet: str,
    trained_on: tuple[str, ...],
    version: str,
) -> None:
    """Write the manifest beside an ONNX file, under the same name with `.json`.

    Args:
        path: The ONNX file.
        task: One of `recognition.packs.manifest.TASKS`.
        contract: What goes in.
        outputs: Names of the outputs, in the order that `decode` takes them in.
        decode: What they mean, see `recognition.packs.manifest`.
        alphabet: Characters of a reader's classes.
        trained_on: Data with their licences.
        version: Of the weights.
    """
    manifest = Manifest(
        task=task,
        file=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        input=contract,
        outputs=outputs,
        decode=decode,
        alphabet=alphabet,
        opset=OPSET,
        licence="Apache-2.0",
        trained_on=trained_on,
        version=version,
    )
    text = json.dumps(asdict(manifest), indent=2)
    path.with_suffix(".json").write_text(text + "\n", encoding="utf-8")
