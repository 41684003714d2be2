"""Rendered scenes, and what the two networks are handed while they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recognition.evaluation.photos import Label, Photo
from recognition.frame import Frame
from recognition.looks.ocr import PlateReader
from recognition.looks.plates import PlateDetector, box_of
from recognition.models import Model
from recognition.recogniser import Recogniser
from recognition.synthetic.scene import random_scene

__all__ = ["overheard", "rendered"]


class _Overheard(Model):
    """A model that keeps what it was handed."""

    def __init__(self, model: Model) -> None:
        self.manifest, self.provider = model.manifest, model.provider
        self.why, self.batch = model.why, model.batch
        self.heard: list[NDArray[Any]] = []
        self._inner = model

    def run(self, pictures: NDArray[Any]) -> tuple[NDArray[np.float32], ...]:
        self.heard.append(np.ascontiguousarray(pictures, self.manifest.input.dtype))
        return self._inner.run(pictures)


def rendered(*, seed: int, scenes: int) -> Iterator[Photo]:
    """Draw scenes of any light with up to three plates each, as labelled photos."""
    rng = np.random.default_rng(seed)
    for number in range(scenes):
        scene = random_scene(rng)
        labels = tuple(Label(box_of(plate.corners), plate.text) for plate in scene.plates)
        yield Photo(f"scene {number}", Frame(scene.image), labels)


def overheard(recogniser: Recogniser, photos: Iterable[Photo]) -> dict[str, list[NDArray[Any]]]:
    """Read photos, and keep what detector and reader were handed, by their task.

    Of the detector's looks the first at each photo is kept: ranges taken from the closer looks as
    well cost it plates that it finds without them (ADR 11).
    """
    detector, reader = (_Overheard(part.model) for part in (recogniser.detector, recogniser.reader))
    listening = Recogniser(
        PlateDetector(detector),
        PlateReader(reader),
        check=recogniser.check,
        grammar=recogniser.grammar,
    )
    for photo in photos:
        looks = len(detector.heard)
        listening.read(photo.frame)
        del detector.heard[looks + 1 :]
    return {model.manifest.task: model.heard for model in (detector, reader)}
