"""Writing a trained network down: ONNX file, manifest and model card, checked before use."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import nn

from recognition.training.card import Course, write_card
from recognition.training.lessons import Plan

__all__ = ["InputContract", "Manifest", "Shipment", "noise", "ship"]

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
class Shipment:
    """What a course ships, whatever was learnt in it.

    Attributes:
        task: One of `recognition.packs.manifest.TASKS`; its files are called so.
        title: Name of the model.
        summary: What goes in and what comes out.
        limits: Where it is known to fail.
        contract: What goes in.
        outputs: Names of the outputs, in the order that `decode` takes them in.
        decode: What they mean, see `recognition.packs.manifest`.
        alphabet: Characters of a reader's classes.
        varying: Axes that may vary besides the first, by tensor.
    """

    task: str
    title: str
    summary: str
    limits: tuple[str, ...]
    contract: InputContract
    outputs: tuple[str, ...]
    decode: str
    alphabet: str = ""
    varying: Mapping[str, Mapping[int, str]] = field(default_factory=dict)


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


def noise(*shape: int) -> NDArray[np.uint8]:
    """Pictures of nothing, 0-255, for comparing where no true ones are at hand."""
    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


def ship(
    shipment: Shipment,
    *,
    net: nn.Module,
    example: NDArray[np.generic],
    sources: tuple[str, ...],
    figures: Mapping[str, str],
    course: Course,
    plan: Plan,
) -> Path:
    """Export a network with its manifest and card, and say what was measured.

    Args:
        shipment: What it is.
        net: What is exported; 0-255 pictures in.
        example: An input, on which the file's answers are compared with the network's own.
        sources: Data with their licences.
        figures: Measured figures by what was measured.
        course: How it was trained.
        plan: Where the files go, and their version.

    Returns:
        The ONNX file; manifest and card lie beside it, under the same name.

    Raises:
        ValueError: An output differs by more than 1e-4; the file is removed again.
    """
    for measure, result in figures.items():
        plan.say(f"{measure}: {result}")
    path = plan.out / f"{shipment.task}.onnx"
    _write_onnx(net.eval(), path=path, shipment=shipment, example=example)
    manifest = Manifest(
        task=shipment.task,
        file=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        input=shipment.contract,
        outputs=shipment.outputs,
        decode=shipment.decode,
        alphabet=shipment.alphabet,
        opset=OPSET,
        licence="Apache-2.0",
        trained_on=sources,
        version=plan.version,
    )
    text = json.dumps(asdict(manifest), indent=2)
    path.with_suffix(".json").write_text(text + "\n", encoding="utf-8")
    write_card(
        path,
        title=shipment.title,
        summary=shipment.summary,
        sources=sources,
        parameters=sum(weights.numel() for weights in net.parameters()),
        course=course,
        figures=figures,
        limits=shipment.limits,
        version=plan.version,
    )
    return path


def _write_onnx(
    net: nn.Module, *, path: Path, shipment: Shipment, example: NDArray[np.generic]
) -> None:
    """Export, then compare the file's answers with the network's own."""
    taken, outputs = shipment.contract.name, shipment.outputs
    sample = torch.from_numpy(example)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the scripted exporter announces its age on each call
        torch.onnx.export(
            net,
            (sample,),
            str(path),
            input_names=[taken],
            output_names=list(outputs),
            dynamic_axes={
                name: {0: "n", **shipment.varying.get(name, {})} for name in (taken, *outputs)
            },
            opset_version=OPSET,
            dynamo=False,
        )
        own = net(sample)
    own = own if isinstance(own, tuple) else (own,)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    shipped = session.run(list(outputs), {taken: example})
    apart = max(float(np.abs(a.numpy() - b).max()) for a, b in zip(own, shipped, strict=True))
    if apart > _PARITY:
        path.unlink()
        raise ValueError(
            f"refused the exported network: its answers differ by {apart:.2g} (limit {_PARITY});"
            " export again with another opset"
        )
