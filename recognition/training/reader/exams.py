"""What a reader in training is examined on: rendered sets by kind of plate, and check photos.

Readings are the network's own, greedy and without any grammar. Seeds are used nowhere in training;
the whole pipeline sits other exams, see `recognition.evaluation`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray

from recognition.grammar.syntax import fold
from recognition.synthetic import camera
from recognition.synthetic.camera import Light
from recognition.synthetic.formats import FORMATS, random_vrm
from recognition.synthetic.plate import (
    PIXELS_PER_MM,
    Ground,
    Layout,
    RenderedPlate,
    random_style,
    render_plate,
)
from recognition.training.reader.net import PlateReader, greedy, normalise
from recognition.training.samples.photos import Photo, PlateCrop
from recognition.training.samples.reading import OcrSamples, to_input

__all__ = ["Exam", "Marks", "course_exams", "of_crops", "of_photos", "sit", "subgroups"]

Picture = NDArray[np.uint8]

_SEED = 990
_CASES = 200
_LETTER_PX = 22.0
_GAIN = {Light.DAY: 0.95, Light.NIGHT: 0.62, Light.INFRARED: 0.95}


@dataclass(frozen=True, slots=True, eq=False)
class Exam:
    """Plates to read.

    Attributes:
        name: For logs and cards.
        pictures: (n, 1, height, width) uint8, as the network takes them.
        texts: n marks; empty where there is none to read.
    """

    name: str
    pictures: Picture
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marks:
    """Shares read without a mistake: exactly, and with O counted as 0 and I as 1."""

    exact: float
    folded: float

    def __str__(self) -> str:
        """Both in per cent."""
        return f"{100 * self.exact:.1f} % ({100 * self.folded:.1f} % folded)"


def sit(reader: PlateReader, exam: Exam) -> Marks:
    """Let a reader in evaluation mode read an exam."""
    read: list[str] = []
    with torch.no_grad():
        for start in range(0, len(exam.texts), 64):
            batch = torch.from_numpy(exam.pictures[start : start + 64])
            read += greedy(reader(normalise(batch)))
    pairs = list(zip(read, exam.texts, strict=True))
    return Marks(
        sum(a == b for a, b in pairs) / len(pairs),
        sum(fold(a) == fold(b) for a, b in pairs) / len(pairs),
    )


def of_photos(name: str, photos: list[Photo]) -> Exam:
    """The transcribed plates of check photos, cut out as the recogniser cuts them."""
    pictures, texts = [], []
    for photo in photos:
        grey = np.asarray(cv2.cvtColor(photo.image, cv2.COLOR_BGR2GRAY), np.uint8)
        for (x, y, width, height), text in zip(photo.boxes, photo.texts, strict=True):
            if text:
                across, down = width * 0.01, height * 0.025
                columns = [max(0, round(x - across)), round(x + width + across)]
                rows = [max(0, round(y - down)), round(y + height + down)]
                pictures.append(to_input(grey[rows[0] : rows[1], columns[0] : columns[1]]))
                texts.append(text)
    return _exam(name, pictures, texts)


def of_crops(name: str, crops: list[PlateCrop]) -> Exam:
    """Transcribed crops, cut down to their boxes as the recogniser cuts them."""
    pictures = []
    for crop in crops:
        x, y, width, height = crop.box
        columns = slice(max(0, round(x - width * 0.01)), round(x + width * 1.01))
        rows = slice(max(0, round(y - height * 0.025)), round(y + height * 1.025))
        pictures.append(to_input(crop.grey[rows, columns]))
    return _exam(name, pictures, [crop.text for crop in crops])


def course_exams() -> list[Exam]:
    """What every checkpoint sits: plates of all kinds, meant to be hard, and what is no plate."""
    samples = OcrSamples(seed=_SEED, batch=100, backgrounds=[], real=[])
    drawn = [samples.batch(step) for step in range(6)]
    pictures = np.concatenate([pictures for pictures, _ in drawn])
    texts = tuple(text for _, texts in drawn for text in texts)
    rng = np.random.default_rng(_SEED)
    lettered = [samples.lettered(rng) for _ in range(300)]
    return [
        Exam("rendered", pictures, texts),
        _exam("signs, badges, lettering: nothing read", lettered, [""] * len(lettered)),
    ]


def subgroups() -> Iterator[Exam]:
    """Rendered plates by width and lines, by format and by light: the rows of the model card."""
    for layout in (Layout.ONE_LINE, Layout.TWO_LINES):
        lines = "one line" if layout is Layout.ONE_LINE else "two lines"
        for width_px in (30, 40, 60, 120):
            for poor in (False, True):
                through = "poor camera" if poor else "clean"
                yield _by_width(
                    f"UK, {lines}, {width_px} px wide, {through}", layout, width_px, poor=poor
                )
    for format_id in FORMATS:
        yield _by_format(f"{format_id}, letters {_LETTER_PX:g} px, poor camera", format_id)
    for light in _GAIN:
        for layout in (Layout.ONE_LINE, Layout.TWO_LINES):
            lines = "one line" if layout is Layout.ONE_LINE else "two lines"
            yield _by_light(f"UK, {light.value}, {lines}, letters {_LETTER_PX:g} px", light, layout)


def _exam(name: str, pictures: list[Picture], texts: list[str]) -> Exam:
    return Exam(name, np.stack(pictures)[:, None], tuple(texts))


def _plate(rng: Generator, format_id: str, layout: Layout, ground: Ground) -> RenderedPlate:
    style = replace(random_style(rng, format_id=format_id), layout=layout, holder=False)
    vrm, _, _ = random_vrm(rng, format_id=format_id)
    return render_plate(rng, vrm=vrm, style=replace(style, ground=ground))


def _sized(picture: Picture, width_px: float) -> Picture:
    height, width = picture.shape[:2]
    size = (round(width_px), max(6, round(width_px * height / width)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _grey(picture: Picture) -> Picture:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)


def _by_width(name: str, layout: Layout, width_px: int, *, poor: bool) -> Exam:
    """Current-style UK plates as wide as a camera sees them, through a good or poor one."""
    rng = np.random.default_rng(_SEED)
    pictures, texts = [], []
    for _ in range(_CASES):
        plate = _plate(rng, "gb_2001", layout, Ground.WHITE)
        seen = _sized(_grey(plate.image), width_px)
        pictures.append(to_input(camera.degrade(rng, seen) if poor else seen))
        texts.append(plate.text)
    return _exam(name, pictures, texts)


def _letters_at(picture: Picture, layout: Layout) -> Picture:
    """Shrink a rendered plate until its letters are as high as the exam wants them."""
    factor = _LETTER_PX / (layout.value[2] * PIXELS_PER_MM)
    return _sized(picture, picture.shape[1] * factor)


def _by_format(name: str, format_id: str) -> Exam:
    rng = np.random.default_rng((_SEED, 1))
    pictures, texts = [], []
    for _ in range(_CASES):
        ground = Ground.RED_ON_WHITE if format_id == "trade" else Ground.WHITE
        plate = _plate(rng, format_id, Layout.ONE_LINE, ground)
        seen = _letters_at(_grey(plate.image), Layout.ONE_LINE)
        pictures.append(to_input(camera.degrade(rng, seen)))
        texts.append(plate.text)
    return _exam(name, pictures, texts)


def _by_light(name: str, light: Light, layout: Layout) -> Exam:
    """Current-style UK plates as a roadside camera sees them by day, by night, in infra-red."""
    rng = np.random.default_rng((_SEED, 2))
    pictures, texts = [], []
    for _ in range(_CASES):
        ground = Ground.YELLOW if rng.random() < 0.5 else Ground.WHITE
        if light is Light.INFRARED:
            ground = Ground.INFRARED
        plate = _plate(rng, "gb_2001", layout, ground)
        lit = np.asarray((plate.image * _GAIN[light]).astype(np.uint8))
        seen = camera.look(rng, _letters_at(lit, layout), light=light)
        pictures.append(to_input(_grey(seen)))
        texts.append(plate.text)
    return _exam(name, pictures, texts)
