"""What the detector takes for plates, rightly or not, in drawn roads and in photos drawn upon.

Harvested once, learnt from many times: drawing and searching a picture costs as much as a hundred
steps on one candidate. Every picture is a function of the seed and its number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from recognition.looks.plates import Box, PlateDetector, box_of, overlap
from recognition.looks.surroundings import surroundings_of
from recognition.synthetic import camera
from recognition.synthetic.camera import Light
from recognition.synthetic.decoys import draw_decoy
from recognition.synthetic.plate import render_plate
from recognition.synthetic.road import draw_road, stand_signs
from recognition.synthetic.scene import render_scene
from recognition.training.samples.finding import lay, tilted, varied
from recognition.training.samples.photos import Photo

__all__ = [
    "KEPT_ACROSS",
    "KEPT_DOWN",
    "KEPT_PX",
    "Candidate",
    "Searched",
    "as_searched",
    "drawn",
    "drawn_upon",
    "harvest",
]

Picture = NDArray[np.uint8]
Corners = NDArray[np.float32]
Pair = tuple[float, float]

KEPT_PX = (160, 80)
KEPT_ACROSS = 2.1
"""Widths of its box that are kept of a candidate: more than is shown, so that it can be shown
shifted."""
KEPT_DOWN = 3.5
"""Heights of its box that are kept."""

_SCENES_A_ROAD = 4
_LIGHTS = (0.5, 0.14, 0.18, 0.18)
_SURE = {True: 0.42, False: 0.6}
"""Unmarked finds below this score are mistakes, by whether a photo is partly labelled: as
`finder.finding.mine` has it."""
_LEAST_PX = 30.0
"""Unmarked finds in partly labelled photos are far plates too, but those are narrower."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """Something that the detector took for a plate.

    Attributes:
        picture: (80, 160, 3) uint8 BGR: 2.1 widths and 3.5 heights of its box.
        plate: It is one.
        real: It was photographed, not drawn.
        score: Of the detector, in [0, 1].
    """

    picture: Picture
    plate: bool
    real: bool
    score: float


@dataclass(slots=True)
class Searched:
    """A picture to search.

    Attributes:
        image: (h, w, 3) uint8 BGR.
        plates: Corners (n, 2) px of every plate that is known, and whether it was photographed.
        fakes: Boxes of what was drawn and is none: x, y, width, height px.
        sure: Finds elsewhere are mistakes below this score.
        least_px: Finds elsewhere that are narrower say nothing.
        real: It is a photo.
    """

    image: Picture
    plates: list[tuple[Corners, bool]] = field(default_factory=list)
    fakes: list[Box] = field(default_factory=list)
    sure: float = 1.0
    least_px: float = 0.0
    real: bool = False


def drawn(*, seed: int, roads: int, first: int = 0) -> Iterator[Searched]:
    """Draw roads, each in four scenes: one without plates, three with."""
    for number in range(first, first + roads):
        rng = np.random.default_rng((seed, 1, number))
        size = (1280, 720) if rng.random() < 0.7 else (960, 540)
        road = draw_road(rng, size_px=size, decoys=int(rng.integers(0, 9)))
        for index in range(_SCENES_A_ROAD):
            light = tuple(Light)[int(rng.choice(4, p=_LIGHTS))]
            scene = render_scene(
                rng,
                vehicles=int(rng.integers(1, 4)),
                light=light,
                size_px=size,
                road=road,
                plates=index > 0,
                rainy=bool(rng.random() < 0.1),
            )
            image = scene.image
            if rng.random() < 0.7:
                image = camera.compress(image, quality=int(rng.integers(55, 96)))
            plates = [(plate.corners, False) for plate in scene.plates]
            yield Searched(image, plates, [*scene.signs, *scene.decoys])


def drawn_upon(
    photos: Sequence[Photo], *, seed: int, pictures: int, first: int = 0
) -> Iterator[Searched]:
    """Take photos from near or far, strew signs and lettering, and overpaint half of the plates."""
    for number in range(first, first + pictures):
        rng = np.random.default_rng((seed, 2, number))
        photo = photos[int(rng.integers(len(photos)))]
        searched = _taken(rng, photo)
        _strew(rng, searched)
        _overpaint(rng, searched)
        searched.image = varied(rng, searched.image)
        yield searched


def harvest(pictures: Iterable[Searched], *, detector: PlateDetector) -> Iterator[Candidate]:
    """Search pictures; finds of which nobody can say what they are, are left out."""
    for searched in pictures:
        found, _ = detector.find(searched.image)
        for each in found:
            told = _judged(box_of(each.corners), each.score, searched)
            if told is None:
                continue
            plate, real = told
            cut = surroundings_of(searched.image, each.corners, across=KEPT_ACROSS, down=KEPT_DOWN)
            way = cv2.INTER_AREA if cut.shape[1] > KEPT_PX[0] else cv2.INTER_LINEAR
            kept = np.asarray(cv2.resize(cut, KEPT_PX, interpolation=way), np.uint8)
            yield Candidate(kept, plate, real, each.score)


def _judged(box: Box, score: float, searched: Searched) -> tuple[bool, bool] | None:
    """Whether a find is a plate, and photographed; None where nobody knows."""
    for corners, real in searched.plates:
        known = box_of(corners)
        shared = overlap(box, known)
        if shared >= 0.3 and _holds_centre(known, box):
            return True, real
        if shared > 0.02 or _holds_centre(known, box) or _holds_centre(box, known):
            return None
    if any(_holds_centre(fake, box) for fake in searched.fakes):
        return False, False
    if score < searched.sure and box[2] >= searched.least_px:
        return False, searched.real
    return None


def _holds_centre(outer: Box, inner: Box) -> bool:
    x, y = inner[0] + inner[2] / 2, inner[1] + inner[3] / 2
    return outer[0] <= x <= outer[0] + outer[2] and outer[1] <= y <= outer[1] + outer[3]


def as_searched(photo: Photo) -> Searched:
    """Take a photo as it is, to search it."""
    return _searched(photo, photo.image, _marked(photo))


def _searched(photo: Photo, image: Picture, plates: list[tuple[Corners, bool]]) -> Searched:
    partly = photo.partly_labelled
    least_px = _LEAST_PX if partly else 0.0
    return Searched(image, plates, sure=_SURE[partly], least_px=least_px, real=True)


def _marked(
    photo: Photo, *, origin: Pair = (0, 0), scale: float = 1.0
) -> list[tuple[Corners, bool]]:
    """The marked plates in a piece of a photo that begins at `origin` and is shown at `scale`."""
    plates = []
    for x, y, width, height in photo.boxes.tolist():
        low = (np.array([x, y]) - origin) * scale
        far = low + np.array([width, height]) * scale
        corners = np.array([low, (far[0], low[1]), far, (low[0], far[1])], np.float32)
        plates.append((corners, True))
    return plates


def _taken(rng: Generator, photo: Photo) -> Searched:
    """A piece of a photo at another scale, mostly with one of its plates in it."""
    height, width = photo.image.shape[:2]
    share = rng.uniform(0.45, 1.0) if rng.random() < 0.6 else 1.0
    size = np.array([width * share, height * share])
    middle = rng.uniform(0, 1, 2) * (width, height)
    if len(photo.boxes) and rng.random() < 0.8:
        x, y, wide, high = photo.boxes[int(rng.integers(len(photo.boxes)))].tolist()
        middle = np.array([x + wide / 2, y + high / 2]) + rng.uniform(-0.35, 0.35, 2) * size
    left, top = np.clip(middle - size / 2, 0, (width, height) - size).astype(int).tolist()
    part = photo.image[top : top + int(size[1]), left : left + int(size[0])]
    scale = rng.uniform(480, 1280) / part.shape[1]
    scale = min(scale, 2.0)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    image = np.asarray(cv2.resize(part, None, fx=scale, fy=scale, interpolation=way), np.uint8)
    return _searched(photo, image, _marked(photo, origin=(left, top), scale=scale))


def _strew(rng: Generator, searched: Searched) -> None:
    """Draw things that are no plates, but never over a plate."""
    before = searched.image
    image = before.copy()
    fakes = [draw_decoy(rng, image) for _ in range(int(rng.integers(0, 5)))]
    if rng.random() < 0.5:
        fakes += stand_signs(rng, image, int(image.shape[0] * rng.uniform(0.1, 0.4)))
    for corners, _ in searched.plates:
        x, y, width, height = box_of(corners)
        rows = slice(max(0, int(y - height)), max(0, int(y + 2 * height)))
        columns = slice(max(0, int(x - width / 2)), max(0, int(x + 1.5 * width)))
        image[rows, columns] = before[rows, columns]
    searched.image = image
    searched.fakes = fakes


def _overpaint(rng: Generator, searched: Searched) -> None:
    """Cover half of the plates with drawn ones of any format."""
    for index, (corners, _) in enumerate(searched.plates):
        x, y, width, height = box_of(corners)
        if width <= 12 or rng.random() < 0.5:
            continue
        plate = render_plate(rng)
        outline = tilted(rng, plate, strength=0.8)
        reach = outline.max(0) - outline.min(0)
        scale = max(width / reach[0] * rng.uniform(1.0, 1.15), height / reach[1])
        scale = min(scale, width * 1.6 / reach[0])
        outline = np.asarray(outline * scale + (x + width / 2, y + height / 2), np.float32)
        searched.plates[index] = (lay(rng, searched.image, plate, outline), False)
