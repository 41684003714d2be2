"""A dry run: does the pack do on one blank picture what its manifests say?"""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recognition.frame import Image
from recognition.models import Model, folder_of, open_model
from recognition.ocr import PlateReader
from recognition.packs.manifest import FLOAT, TASKS, Manifest
from recognition.plates import PlateDetector

__all__ = ["Trial", "try_pack"]

_FRAME, _PLATE = (720, 1280, 3), (48, 200, 3)


@dataclass(frozen=True, slots=True)
class Trial:
    """One model of a pack, tried.

    Attributes:
        manifest: What it is, in the form that ran.
        own: It lies in the pack; else the one that ships takes its place.
        runs: What ran where and why, in one line.
        provider: What ran it.
        took_ms: Milliseconds of the second run; the first plans the memory.
    """

    manifest: Manifest
    own: bool
    runs: str
    provider: str
    took_ms: float


def try_pack(pack_dir: Path) -> tuple[Trial, ...]:
    """Open both models of a pack and run them on a grey picture; open their other forms, too.

    Raises:
        ModelRefusedError: A model is not what its manifest says; with expected and found.
    """
    detector, reader = PlateDetector.open(pack_dir), PlateReader.open(pack_dir)
    frame, plate = (np.full(shape, 114, np.uint8) for shape in (_FRAME, _PLATE))

    def look(picture: Image) -> None:
        detector.find(picture)

    def read(picture: Image) -> None:
        reader.read([picture])

    tried = []
    for task, model, run, picture in zip(
        TASKS, (detector.model, reader.model), (look, read), (frame, plate), strict=True
    ):
        run(picture)
        started = time.perf_counter()
        run(picture)
        took_ms = (time.perf_counter() - started) * 1e3
        tried.append(_trial(model, own=folder_of(task, pack_dir=pack_dir) == pack_dir, ms=took_ms))
        for form in (FLOAT, *(form.name for form in model.manifest.forms)):
            open_model(task, pack_dir=pack_dir, form=form)  # another machine would take it
    return tuple(tried)


def _trial(model: Model, *, own: bool, ms: float) -> Trial:
    return Trial(model.manifest, own, model.runs, model.provider, ms)
