"""What a finder is examined on for its card: rendered scenes by light and width, check photos."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from recognition.synthetic import camera
from recognition.synthetic.camera import Light
from recognition.synthetic.scene import RenderedScene, render_scene
from recognition.training.finder.finding import Find, find, overlap, sit
from recognition.training.finder.net import PlateFinder
from recognition.training.samples.photos import Photo

__all__ = ["figures_of"]

_SEED = 991
_SCENES = 60
_WIDTHS = (20.0, 40.0, 80.0, 160.0, 400.0)


def _scenes(light: Light) -> Iterator[RenderedScene]:
    for number in range(_SCENES):
        rng = np.random.default_rng((_SEED, number))
        scene = render_scene(rng, vehicles=3, light=light, decoys=int(rng.integers(0, 5)))
        yield replace(scene, image=camera.compress(scene.image, quality=int(rng.integers(60, 95))))


def _inside(found: Find, box: tuple[float, float, float, float]) -> bool:
    x, y, width, height = found.box
    across, down = x + width / 2 - box[0], y + height / 2 - box[1]
    return 0 <= across <= box[2] and 0 <= down <= box[3]


def figures_of(finder: PlateFinder, *, exam: list[Photo], held_out: list[Photo]) -> dict[str, str]:
    """Measure a finder for its card.

    Args:
        finder: In evaluation mode.
        exam: Check photos whose plates are all marked.
        held_out: Frames kept out of training, where only near plates are marked.

    Returns:
        What was measured, and what came of it.
    """
    figures: dict[str, str] = {}
    if exam:
        marks = sit(finder, exam)
        plates = sum(len(photo.boxes) for photo in exam)
        figures[f"uk_dev, {plates} plates, found (overlap of one half)"] = _percent(marks.overlap)
        figures["uk_dev, finds that are no marked plate, a photo"] = f"{marks.false_finds:.2f}"
    if held_out:
        marks = sit(finder, held_out)
        plates = sum(len(photo.boxes) for photo in held_out)
        name = f"dash-camera frames kept out of training, {plates} plates"
        figures[f"{name}, found (overlap of one half)"] = _percent(marks.overlap)
        figures[f"{name}, found (by centre)"] = _percent(marks.centre)
    for light in Light:
        figures |= _rendered(finder, light)
    return figures


def _rendered(finder: PlateFinder, light: Light) -> dict[str, str]:
    """Recall by width in the 720p frame, and finds that are none, of one light."""
    found_by_width: dict[int, list[bool]] = {index: [] for index in range(len(_WIDTHS) - 1)}
    wrong = on_signs = 0
    for scene in _scenes(light):
        finds = find(finder, scene.image)
        boxes = []
        for plate in scene.plates:
            low, high = plate.corners.min(0), plate.corners.max(0)
            box = (float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
            boxes.append(box)
            index = int(np.searchsorted(_WIDTHS, box[2])) - 1
            if index in found_by_width:
                found_by_width[index].append(any(overlap(box, one.box) >= 0.5 for one in finds))
        strays = [one for one in finds if not any(_inside(one, box) for box in boxes)]
        wrong += len(strays)
        on_signs += sum(any(_inside(one, sign) for sign in scene.signs) for one in strays)
    figures = {
        f"rendered, {light.value}, {_WIDTHS[index]:g} to {_WIDTHS[index + 1]:g} px wide,"
        f" {len(hits)} plates, found": _percent(sum(hits) / len(hits))
        for index, hits in found_by_width.items()
        if hits
    }
    name = f"rendered, {light.value}, finds that are no plate, a frame"
    figures[name] = f"{wrong / _SCENES:.2f} (on signs {on_signs / _SCENES:.2f})"
    return figures


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
