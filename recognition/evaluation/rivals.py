"""Two open networks that users could take instead, run on the same photos in the same process.

YuNet finds licence plates (OpenCV zoo, Apache-2.0), CCT-XS reads them (fast-plate-ocr, MIT). Both
are measured, never shipped. They run as model packs do, but with their own scores.
"""

from pathlib import Path

import numpy as np

from recognition.errors import ModelRefusedError
from recognition.frame import Image
from recognition.grammar.lattice import Lattice
from recognition.models import Model, model_of
from recognition.ocr import PlateReader
from recognition.packs.detections import detections_of
from recognition.packs.kinds import KINDS, manifest_for
from recognition.packs.manifest import manifest_of
from recognition.packs.sight import sight_of
from recognition.plates import Found

__all__ = ["CctReader", "YuNetDetector"]

_YUNET = "license_plate_detection_lpd_yunet_2023mar.onnx"
_CCT = "cct_xs_v1_global.onnx"


def _model(path: Path, *, kind: str, threads: int) -> Model:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelRefusedError(
            f"rival {path.name} refused: expected a network beside the photos, found none that can "
            "be read; name the folder of rivals with --against"
        ) from error
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
