"""Manifests of networks that others publish, computed from the file and what is known of its kind.

fast-plate-ocr gives a YAML file with each reader; open-image-models and OpenCV zoo give none, but
always publish in the same form.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from recognition.grammar.lattice import ALPHABET
from recognition.models import session_of
from recognition.packs.manifest import SLOTS, YOLO_END2END, YUNET_LPD, refuse
from recognition.packs.opset import opset_of

__all__ = ["KINDS", "Kind", "manifest_for"]

Told = dict[str, Any]
_YUNET_THRESHOLD, _YOLO_THRESHOLD = 0.3, 0.4
"""YuNet finds most plates from 0.3 (measured on labelled photos); 0.4 is fast-alpr's default."""


@dataclass(frozen=True, slots=True)
class _File:
    """What an ONNX file says of itself: names, shapes and dtypes of what goes in and out."""

    task: str
    input_name: str
    input_shape: Sequence[object]
    dtype: str
    outputs: Mapping[str, Sequence[object]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A form in which others publish networks.

    Attributes:
        task: What they are for.
        licence: Under which they are published; who adds a file may know better.
        fields: File and configuration -> what the manifest says beyond hash and opset.
    """

    task: str
    licence: str
    fields: Callable[[_File, Mapping[str, Any]], Told]


def manifest_for(data: bytes, *, kind: str, config: Mapping[str, Any], version: str) -> Told:
    """The manifest of an ONNX file of a known kind.

    Args:
        data: The file.
        kind: One of `KINDS`.
        config: What its YAML file says; empty where it has none.
        version: Of the weights, such as the name of the file.

    Raises:
        ModelRefusedError: The file is no network of this kind; with expected and found.
    """
    known = KINDS[kind]
    session = session_of(data, task=known.task)
    given = session.get_inputs()
    if len(given) != 1 or len(given[0].shape) != 4:
        shapes = ", ".join(str(item.shape) for item in given)
        refuse(known.task, "one input of four dimensions", shapes or "none")
    dtypes = {"tensor(uint8)": "uint8", "tensor(float)": "float32"}
    file = _File(
        task=known.task,
        input_name=str(given[0].name),
        input_shape=given[0].shape,
        dtype=dtypes.get(given[0].type, str(given[0].type)),
        outputs={item.name: item.shape for item in session.get_outputs()},
    )
    return {
        "task": known.task,
        "file": f"{known.task}.onnx",
        "sha256": hashlib.sha256(data).hexdigest(),
        **known.fields(file, config),
        "opset": opset_of(data),
        "licence": known.licence,
        "version": version,
    }


def _cct(file: _File, config: Mapping[str, Any]) -> Told:
    alphabet = str(config.get("alphabet", ALPHABET + "_"))
    pad = str(config.get("pad_char", "_"))
    channels = file.input_shape[3]
    keep = bool(config.get("keep_aspect_ratio", False))
    colour = config.get("image_color_mode", "rgb" if channels == 3 else "grayscale")
    places = config.get("max_plate_slots")
    named = [name for name, shape in file.outputs.items() if _slots(shape, alphabet, places)]
    if not named:
        expected = f"an output of n x {places or 'slots'} x {len(alphabet)}"
        refuse(file.task, expected, ", ".join(str(shape) for shape in file.outputs.values()))
    return {
        "decode": SLOTS,
        "input": {
            **_pictures(file, "NHWC", config=config),
            "colour": "rgb" if colour == "rgb" else "gray",
            "resize": "letterbox" if keep else "stretch",
            "interpolation": str(config.get("interpolation", "linear")),
            "fill": _grey(config.get("padding_color", 114)),
        },
        "outputs": named[:1],
        "alphabet": alphabet,
        "pad": pad,
    }


def _slots(shape: Sequence[object], alphabet: str, places: object) -> bool:
    flat = len(shape) == 2 and isinstance(places, int) and shape[1] == places * len(alphabet)
    return flat or (
        len(shape) == 3
        and shape[2] == len(alphabet)
        and (places is None or not isinstance(shape[1], int) or shape[1] == places)
    )


def _grey(colour: object) -> object:
    return colour[0] if isinstance(colour, list | tuple) and colour else colour


def _yolo_end2end(file: _File, config: Mapping[str, Any]) -> Told:
    return {
        "decode": YOLO_END2END,
        "input": {
            **_pictures(file, "NCHW", config=config),
            "colour": "rgb",
            "resize": "letterbox",
            "interpolation": "linear",
            "fill": 114,
            "mean": 0.0,
            "scale": 1 / 255,
        },
        "outputs": list(file.outputs)[:1],
        "threshold": _YOLO_THRESHOLD,
    }


def _yunet_lpd(file: _File, _config: Mapping[str, Any]) -> Told:
    return {
        "decode": YUNET_LPD,
        "input": {
            **_pictures(file, "NCHW", config={}),
            "colour": "bgr",
            "resize": "stretch",
            "interpolation": "linear",
        },
        "outputs": ["loc", "conf", "iou"],
        "threshold": _YUNET_THRESHOLD,
    }


def _pictures(file: _File, layout: str, *, config: Mapping[str, Any]) -> Told:
    """Which pictures a network takes: as large as its file says, or its makers' config."""
    sides = file.input_shape[1:3] if layout == "NHWC" else file.input_shape[2:4]
    return {
        "name": file.input_name,
        "dtype": file.dtype,
        "layout": layout,
        "height": _size(file, config.get("img_height", sides[0])),
        "width": _size(file, config.get("img_width", sides[1])),
    }


def _size(file: _File, side: object) -> int:
    if not isinstance(side, int) or isinstance(side, bool) or side < 1:
        expected = "an input of a fixed size, or img_height and img_width in --config"
        refuse(file.task, expected, str(list(file.input_shape)))
    return side


KINDS = {
    "cct": Kind("plate_ocr", "MIT (fast-plate-ocr)", _cct),
    "yolo-end2end": Kind("plate_detector", "MIT (open-image-models)", _yolo_end2end),
    "yunet-lpd": Kind("plate_detector", "Apache-2.0 (OpenCV zoo)", _yunet_lpd),
}
"""The kinds by name."""
