"""What a model pack says of one model: a JSON file that is read strictly, field by field."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn, cast

import numpy as np

from recognition.errors import ModelRefusedError

__all__ = [
    "CORNERS",
    "CTC_LATTICE",
    "DECODES",
    "FLOAT",
    "FP16",
    "HEATMAP_CORNERS",
    "INT8",
    "PROBABILITY",
    "SLOTS",
    "TASKS",
    "YOLO_END2END",
    "YUNET_LPD",
    "Form",
    "InputContract",
    "Manifest",
    "manifest_of",
    "read_manifest",
    "refuse",
]

HEATMAP_CORNERS = "heatmap-corners"
YUNET_LPD = "yunet-lpd"
YOLO_END2END = "yolo-end2end"
CTC_LATTICE = "ctc-lattice"
SLOTS = "slots"
PROBABILITY = "probability"
CORNERS = "corners"
DECODES = {
    "plate_detector": (HEATMAP_CORNERS, YUNET_LPD, YOLO_END2END),
    "plate_ocr": (CTC_LATTICE, SLOTS),
    "plate_check": (PROBABILITY,),
    "plate_outline": (CORNERS,),
}
"""What the outputs of a task may mean; the first where a manifest does not say."""
TASKS = tuple(DECODES)
_OUTPUTS = {
    HEATMAP_CORNERS: 3,
    YUNET_LPD: 3,
    YOLO_END2END: 1,
    CTC_LATTICE: 1,
    SLOTS: 1,
    PROBABILITY: 1,
    CORNERS: 1,
}

FLOAT = "float"
"""The form of weights as they were trained."""
INT8 = "int8"
"""Their form in whole numbers of eight bits."""
FP16 = "fp16"
"""Their form in floats of sixteen bits."""

_Dtype = type[np.uint8] | type[np.float32]
_DTYPES: dict[str, _Dtype] = {"uint8": np.uint8, "float32": np.float32}
_INTERPOLATIONS = ("auto", "linear", "area", "cubic", "nearest", "lanczos4")
_MOST_PX = 4096
_KEYS = ("task", "sha256", "input", "outputs", "opset")


@dataclass(frozen=True, slots=True)
class InputContract:
    """What a network takes.

    Attributes:
        name: Name of the one input.
        dtype: uint8 or float32.
        layout: "NCHW" or "NHWC".
        colour: "bgr", "rgb" or "gray".
        height_px: Rows, or 0 where the caller chooses.
        width_px: Columns, or 0 where the caller chooses.
        resize: "stretch" to the size, or "letterbox": whole, in the middle, with margins.
        interpolation: "auto" (area when shrinking, else linear), "linear", "area", "cubic",
            "nearest" or "lanczos4".
        fill: Grey of the margins, 0-255.
        mean: Taken off each pixel of 0-255; one for all channels, or one each.
        scale: What the rest is multiplied by; one for all channels, or one each.
    """

    name: str
    dtype: _Dtype
    layout: str = "NCHW"
    colour: str = "bgr"
    height_px: int = 0
    width_px: int = 0
    resize: str = "stretch"
    interpolation: str = "auto"
    fill: int = 114
    mean: tuple[float, ...] = (0.0,)
    scale: tuple[float, ...] = (1.0,)

    @property
    def channels(self) -> int:
        """Channels of a picture as the network takes it."""
        return 1 if self.colour == "gray" else 3


@dataclass(frozen=True, slots=True)
class Form:
    """The same weights in another form, made from the file of the manifest by `scripts/quantise`.

    Attributes:
        name: "int8" or "fp16".
        file: Name of the ONNX file, beside the manifest.
        sha256: Of that file, in hexadecimal.
        opset: Of that file.
    """

    name: str
    file: str
    sha256: str
    opset: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a model pack says of one model.

    Attributes:
        task: One of `TASKS`.
        version: Of the weights, for records and comparisons.
        input: What goes in.
        outputs: Names of the outputs, in the order in which they are decoded.
        decode: What they mean, one of `DECODES`.
        file: Name of the ONNX file, beside the manifest.
        sha256: Of that file, in hexadecimal.
        opset: Of that file.
        licence: Of the weights.
        alphabet: The characters of a reader's classes in order; a CTC reader's blank comes last
            and is not named.
        pad: The character of `alphabet` that means "none here" (slots only).
        threshold: Score from which the makers of a detector report a plate, in (0, 1); 0 where
            scores are ours already.
        forms: The same weights in other forms, for the machines that run those faster.
        form: Which form `file` is, one of FLOAT, INT8 and FP16.
    """

    task: str
    version: str
    input: InputContract
    outputs: tuple[str, ...]
    decode: str
    file: str = ""
    sha256: str = ""
    opset: int = 0
    licence: str = "unknown"
    alphabet: str = ""
    pad: str = ""
    threshold: float = 0.0
    forms: tuple[Form, ...] = ()
    form: str = FLOAT

    def as_form(self, name: str) -> "Manifest":
        """What the manifest says of one of its forms; itself for the form that it is.

        Raises:
            ModelRefusedError: There is no such form.
        """
        if name == self.form:
            return self
        for form in self.forms:
            if form.name == name:
                return replace(
                    self,
                    form=form.name,
                    file=form.file,
                    sha256=form.sha256,
                    opset=form.opset,
                )
        here = ", ".join([self.form, *(form.name for form in self.forms)])
        refuse(self.task, f"one of the forms {here}", f"a wish for {name}")


def refuse(name: str, expected: str, found: str) -> NoReturn:
    """Refuse a model by the name of its task, or of its pack, with what was expected and found.

    Raises:
        ModelRefusedError: Always.
    """
    raise ModelRefusedError(
        f"model {name} refused: expected {expected}, found {found}; "
        "install the model pack again, or correct its manifest (docs/recognition.md)"
    )


def read_manifest(path: Path) -> Manifest:
    """Read `NAME.json`, where NAME is the task.

    Raises:
        ModelRefusedError: It cannot be read, or says something that no model can be.
    """
    try:
        told = json.loads(path.read_bytes())
    except OSError:
        refuse(path.stem, f"a manifest {path.name}", "none that can be read")
    except (ValueError, RecursionError):
        refuse(path.stem, f"a manifest {path.name} in JSON", "something else")
    return manifest_of(told, task=path.stem)


def manifest_of(told: object, *, task: str) -> Manifest:
    """Check what a manifest says.

    Args:
        told: The manifest, as JSON gives it.
        task: What the model must be for.

    Raises:
        ModelRefusedError: It says something that no model can be; with expected and found.
    """
    for key in _KEYS:
        if not isinstance(told, dict) or key not in told:
            refuse(task, f"a manifest with {key!r}", "none")
    said = _Said(cast(Mapping[str, Any], told), task)
    said.word("task", (task,))
    decode = said.word("decode", DECODES.get(task, ()))
    given = said.told["input"]
    if not isinstance(given, dict):
        refuse(task, "an input with name and dtype", f"a {type(given).__name__}")
    manifest = Manifest(
        task=task,
        version=said.text("version", "unknown"),
        input=_contract(_Said(given, task)),
        outputs=_output_names(said.told["outputs"], task=task),
        decode=decode,
        file=said.text("file", f"{task}.onnx"),
        sha256=said.text("sha256"),
        opset=said.whole("opset", 0, most=1000),
        licence=said.text("licence", "unknown"),
        alphabet=said.text("alphabet", ""),
        pad=said.text("pad", ""),
        threshold=said.number("threshold", 0.0, most=0.99),
    )
    manifest = replace(manifest, forms=_forms(said, of=manifest))
    if len(manifest.outputs) != _OUTPUTS[decode]:
        expected = f"outputs for {decode}: {_OUTPUTS[decode]}"
        refuse(task, expected, f"{len(manifest.outputs)}")
    if decode in (YUNET_LPD, YOLO_END2END) and not manifest.threshold:
        refuse(task, f"a threshold above 0 for {decode}", "none")
    if Path(manifest.file).name != manifest.file:
        refuse(task, "a file beside its manifest", "a path elsewhere")
    return manifest


def _forms(said: "_Said", *, of: Manifest) -> tuple[Form, ...]:
    listed = said.told.get("forms") or []
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        refuse(of.task, "forms as a list of objects", "something else")
    return tuple(_form(_Said(item, of.task), of=of) for item in listed)


def _form(said: "_Said", *, of: Manifest) -> Form:
    made_from = said.text("made_from")
    if made_from.lower() != of.sha256.lower():  # weights were trained anew, the form was not
        refuse(of.task, f"a form made from {of.sha256}", f"one made from {made_from}")
    form = Form(
        name=said.word("form", (INT8, FP16)),
        file=said.text("file"),
        sha256=said.text("sha256"),
        opset=said.whole("opset", of.opset, most=1000),
    )
    if Path(form.file).name != form.file:
        refuse(of.task, "a form beside its manifest", "a path elsewhere")
    return form


def _contract(said: "_Said") -> InputContract:
    contract = InputContract(
        name=said.text("name"),
        dtype=_DTYPES[said.word("dtype", tuple(_DTYPES))],
        layout=said.word("layout", ("NCHW", "NHWC")),
        colour=said.word("colour", ("bgr", "rgb", "gray")),
        height_px=said.whole("height", 0, most=_MOST_PX),
        width_px=said.whole("width", 0, most=_MOST_PX),
        resize=said.word("resize", ("stretch", "letterbox")),
        interpolation=said.word("interpolation", _INTERPOLATIONS),
        fill=said.whole("fill", 114, most=255),
        mean=said.numbers("mean", 0.0),
        scale=said.numbers("scale", 1.0),
    )
    for key, values in (("mean", contract.mean), ("scale", contract.scale)):
        if len(values) not in (1, contract.channels):
            refuse(
                said.task, f"a {key} of one number or {contract.channels}", f"{len(values)} numbers"
            )
    return contract


@dataclass(frozen=True, slots=True)
class _Said:
    """One object of a manifest, asked field by field."""

    told: Mapping[str, Any]
    task: str

    def text(self, key: str, otherwise: str | None = None) -> str:
        value = self.told.get(key)
        value = otherwise if value is None else value
        if not isinstance(value, str):
            refuse(self.task, f"{key} in words", "none" if value is None else _kind(value))
        return value

    def word(self, key: str, allowed: Sequence[str]) -> str:
        value = self.told.get(key)
        if value is None and allowed:
            return allowed[0]
        if value not in allowed:
            refuse(self.task, f"{key} {' or '.join(allowed)}", f"{key} {_shown(value)}")
        return str(value)

    def number(self, key: str, otherwise: float, *, most: float) -> float:
        value = self.told.get(key)
        value = otherwise if value is None else value
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
            refuse(self.task, f"{key} from 0 to {most}", _shown(value))
        return value

    def whole(self, key: str, otherwise: int, *, most: int) -> int:
        value = self.number(key, otherwise, most=most)
        if value != int(value):
            refuse(self.task, f"a whole {key}", str(value))
        return int(value)

    def numbers(self, key: str, otherwise: float) -> tuple[float, ...]:
        value = self.told.get(key)
        value = otherwise if value is None else value
        listed = value if isinstance(value, list) else [value]
        for item in listed:
            if isinstance(item, bool) or not isinstance(item, int | float):
                refuse(self.task, f"{key} in numbers", _kind(item))
            if not math.isfinite(item):
                refuse(self.task, f"{key} in finite numbers", str(item))
        return tuple(float(item) for item in listed)


def _kind(value: object) -> str:
    return f"a {type(value).__name__}"


def _shown(value: object) -> str:
    return str(value)[:60] if isinstance(value, str | int | float) else _kind(value)


def _output_names(outputs: object, *, task: str) -> tuple[str, ...]:
    if not isinstance(outputs, dict | list) or not outputs:
        refuse(task, "outputs by name", "none")
    names = [item.get("name") if isinstance(item, dict) else item for item in outputs]
    if not all(isinstance(name, str) for name in names):
        refuse(task, "outputs by name", "an output without one")
    return tuple(cast(Sequence[str], names))
