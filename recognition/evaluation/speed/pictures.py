"""The frames that speed is measured on: rendered, 1280 x 720, one plate each."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

import numpy as np

from recognition.frame import Frame
from recognition.synthetic.camera import Light
from recognition.synthetic.footage import passage
from recognition.synthetic.formats import random_vrm
from recognition.synthetic.scene import render_scene

__all__ = ["SIZE_PX", "Shown", "filmed"]

SIZE_PX = (1280, 720)
_TAKE = 8
_FRAME_S, _APART_S = 0.1, 60.0
_DECOYS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One frame and its time in seconds."""

    frame: Frame
    at_s: float


def filmed(*, seed: int, frames: int) -> list[Shown]:
    """Frames with one plate each: by turns a passage of eight, and eight scenes full of decoys.

    A passage gives fusion its work; signs, lettering and grilles give second looks theirs. Light
    goes round day, dusk, night and infra-red.
    """
    return list(islice(_takes(seed), frames))


def _takes(seed: int) -> Iterator[Shown]:
    at_s = 0.0
    for take in count():
        rng = np.random.default_rng((seed, take))
        light = tuple(Light)[take // 2 % len(Light)]
        frames, step_s = (_scenes, _APART_S) if take % 2 else (_passage, _FRAME_S)
        at_s += _APART_S
        for frame in frames(rng, light):
            yield Shown(frame, at_s)
            at_s += step_s


def _passage(rng: np.random.Generator, light: Light) -> Iterator[Frame]:
    vrm, _, _ = random_vrm(rng, format_id="gb_2001")
    for scene in passage(rng, vrm=vrm, frames=_TAKE, light=light, size_px=SIZE_PX):
        yield Frame(scene.image)


def _scenes(rng: np.random.Generator, light: Light) -> Iterator[Frame]:
    found = 0
    while found < _TAKE:
        scene = render_scene(rng, light=light, size_px=SIZE_PX, decoys=_DECOYS)
        if len(scene.plates) == 1:
            found += 1
            yield Frame(scene.image)
