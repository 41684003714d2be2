"""A dry run: does the pack do on one blank picture what its manifests say?"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recognition.looks.check import PlateCheck
from recognition.looks.ocr import PlateReader
from recognition.looks.outline import PlateOutline
from recognition.looks.plates import PlateDetector
from recognition.models import Model, folder_of, open_model
from recognition.packs.manifest import FLOAT, Manifest

__all__ = ["Trial", "try_pack"]

_FRAME, _PLATE = (720, 1280, 3), (48, 200, 3)
_MIDDLE = np.array([(600, 340), (680, 340), (680, 360), (600, 360)], np.float32)


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
    """Open the models of a pack and run them on a grey picture; open their other forms, too.

    Raises:
        ModelRefusedError: A model is not what its manifest says; with expected and found.
    """
    detector, reader = PlateDetector.open(pack_dir), PlateReader.open(pack_dir)
    check, outline = PlateCheck.open(pack_dir), PlateOutline.open(pack_dir)
    frame, plate = (np.full(shape, 114, np.uint8) for shape in (_FRAME, _PLATE))
    runs: list[tuple[Model, Callable[[], object]]] = [
        (detector.model, lambda: detector.find(frame)),
        (reader.model, lambda: reader.read([plate])),
    ]
    if check is not None:
        judge = check.judge
        runs.append((check.model, lambda: judge([(frame, _MIDDLE)])))
    if outline is not None:
        corners = outline.corners
        runs.append((outline.model, lambda: corners([(frame, _MIDDLE)])))
    tried = []
    for model, run in runs:
        task = model.manifest.task
        run()
        started = time.perf_counter()
        run()
        took_ms = (time.perf_counter() - started) * 1e3
        tried.append(_trial(model, own=_owns(task, pack_dir=pack_dir), ms=took_ms))
        for form in (FLOAT, *(form.name for form in model.manifest.forms)):
            open_model(task, pack_dir=folder_of(task, pack_dir=pack_dir), form=form)
    return tuple(tried)


def _owns(task: str, *, pack_dir: Path) -> bool:
    return folder_of(task, pack_dir=pack_dir) == pack_dir


def _trial(model: Model, *, own: bool, ms: float) -> Trial:
    return Trial(model.manifest, own, model.runs, model.provider, ms)
