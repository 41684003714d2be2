"""Networks that users could take instead, run on the same photos in the same process.

YuNet finds licence plates (OpenCV zoo, Apache-2.0), CCT-XS reads them (fast-plate-ocr, MIT). Both
are measured, never shipped. They run as model packs do, but with their own scores. Our own first
attempt is a rival too: what came after it has to be worth its trouble.
"""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from recognition.errors import ModelRefusedError
from recognition.frame import Image
from recognition.grammar.lattice import ALPHABET, Lattice
from recognition.looks.ocr import PlateReader
from recognition.looks.plates import Found, Looks, PlateDetector
from recognition.models import Model, model_of
from recognition.packs.detections import detections_of
from recognition.packs.kinds import KINDS, manifest_for
from recognition.packs.manifest import manifest_of
from recognition.packs.opset import opset_of
from recognition.packs.sight import sight_of

__all__ = ["CctReader", "FirstAttempt", "YuNetDetector"]

_YUNET = "license_plate_detection_lpd_yunet_2023mar.onnx"
_CCT = "cct_xs_v1_global.onnx"


_FIRST_LOOKS = Looks(threshold=0.3, second_looks=0)
"""One pass, from the score that its makers report."""

_FIRST: dict[str, dict[str, Any]] = {
    "plate_detector": {
        "input": {"name": "img", "dtype": "float32", "layout": "NCHW", "colour": "bgr"},
        "outputs": ["p", "pm", "q"],
    },
    "plate_ocr": {
        "input": {
            "name": "img",
            "dtype": "uint8",
            "layout": "NCHW",
            "colour": "gray",
            "height": 32,
            "width": 128,
        },
        "outputs": ["logp"],
        "alphabet": ALPHABET,
    },
}
"""What the README beside the first attempt says of its two networks."""


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelRefusedError(
            f"rival {path.name} refused: expected a network beside the photos, found none that can "
            "be read; name the folder of rivals with --against"
        ) from error


def _model(path: Path, *, kind: str, threads: int) -> Model:
    data = _bytes(path)
    told = manifest_for(data, kind=kind, config={}, version=path.stem)
    return model_of(data, manifest=manifest_of(told, task=KINDS[kind].task), threads=threads)


class YuNetDetector:
    """YuNet for licence plates: 320 x 240, four corners, its own scores from 0.3."""

    def __init__(self, peers: Path, *, threads: int) -> None:
        """Open the network in a folder of peers."""
        self._model = _model(peers / _YUNET, kind="yunet-lpd", threads=threads)

    def find(self, image: Image) -> list[Found]:
        """The plates of a picture, best first."""
        told = self._model.manifest
        sight = sight_of(image, contract=told.input)
        outputs = self._model.run(sight.pixels[np.newaxis])
        corners, scores = detections_of(outputs, manifest=told)
        return [
            Found(place, float(score))
            for place, score in zip(sight.back(corners), scores, strict=True)
        ]


class CctReader:
    """CCT-XS: nine places of 36 characters or none."""

    def __init__(self, peers: Path, *, threads: int) -> None:
        """Open the network in a folder of peers."""
        self._reader = PlateReader(_model(peers / _CCT, kind="cct", threads=threads))

    def read(self, patch: Image) -> Lattice:
        """Read one plate patch."""
        return self._reader.read([patch])[0]


class FirstAttempt:
    """The first networks of this project: one pass, nothing gated."""

    def __init__(self, folder: Path, *, threads: int) -> None:
        """Open both networks of a folder."""
        finder, reader = (_first(folder, task=task, threads=threads) for task in _FIRST)
        self._detector = PlateDetector(finder, looks=_FIRST_LOOKS)
        self._reader = PlateReader(reader)

    def find(self, image: Image) -> list[Found]:
        """The plates of a picture, best first."""
        return list(self._detector.find(image)[0])

    def read(self, patch: Image) -> Lattice:
        """Read one plate patch, as `recognition.looks.ocr.patch_of` cuts it."""
        return self._reader.read([patch])[0]


def _first(folder: Path, *, task: str, threads: int) -> Model:
    data = _bytes(folder / f"{task}.onnx")
    told = {
        **_FIRST[task],
        "task": task,
        "sha256": hashlib.sha256(data).hexdigest(),
        "opset": opset_of(data),
        "version": "first attempt",
    }
    return model_of(data, manifest=manifest_of(told, task=task), threads=threads)
