"""Rendered footage as a camera's feed: demonstrations, and tests that know the truth."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import cv2
import numpy as np

from cluster.sources.picture import JPEG_QUALITY, Picture, identity
from recognition.frame import Image
from recognition.synthetic.camera import Light
from recognition.synthetic.footage import RoadsideCamera

__all__ = ["FootageSource", "Passing"]


@dataclass(frozen=True, slots=True)
class Passing:
    """One vehicle on its way past a rendered camera.

    Attributes:
        first: Number of the first frame that shows it.
        frames: How many frames do, at least 1.
        vrm: Its mark.
        colour: A colour of `recognition.synthetic`, such as "silver".
        approaching: It comes and shows its front; otherwise it goes and shows its rear.
    """

    first: int
    frames: int
    vrm: str
    colour: str
    approaching: bool


@dataclass(slots=True)
class FootageSource:
    """Rendered footage on a schedule: what the camera will see, and when, is known beforehand.

    Attributes:
        camera_id: Part of each identity; the others are `starts_at` and the frame's number.
        caption: Burnt into every frame.
        light: "day", "dusk", "night" or "infrared".
        seed: Of everything that is made up; the same seed gives the same pixels.
        starts_at: When the first frame is taken.
        rate: Frames a second.
        length: How many frames there are.
        passings: The traffic: in order of time, one vehicle at once.
    """

    camera_id: str
    caption: str
    light: str
    seed: int
    starts_at: datetime
    rate: float
    length: int
    passings: tuple[Passing, ...]
    stills: bool = False
    live: bool = False
    paced: bool = True

    def pictures(self, *, after: int = -1) -> Iterator[Picture]:
        """Every frame, rendered when it is asked for (about 20 ms at 1280 x 720 on one core)."""
        place = RoadsideCamera(
            np.random.default_rng(self.seed), name=self.caption, light=Light(self.light)
        )
        for number, pixels in self._frames(place, after=after):
            _, jpeg = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
            yield Picture(
                frame_id=identity(self.camera_id, self.starts_at.isoformat(), str(number)),
                number=number,
                name=f"frame {number}",
                captured_at=self.at(number),
                data=jpeg.tobytes(),
            )

    def at(self, number: int) -> datetime:
        """When a frame is taken."""
        return self.starts_at + timedelta(seconds=number / self.rate)

    def _frames(self, place: RoadsideCamera, *, after: int) -> Iterator[tuple[int, Image]]:
        number = 0
        for index, passing in enumerate(self.passings):
            yield from self._empty(place, range(max(number, after + 1), passing.first))
            number = passing.first + passing.frames
            if number <= after + 1:
                continue  # each passage has its own source of chance, so it can be left out
            film = place.passage(
                np.random.default_rng((self.seed, index)),
                vrm=passing.vrm,
                frames=passing.frames,
                colour=passing.colour,
                approaching=passing.approaching,
            )
            for shown, scene in enumerate(film, start=passing.first):
                if shown > after:
                    yield shown, scene.image
        yield from self._empty(place, range(max(number, after + 1), self.length))

    def _empty(self, place: RoadsideCamera, numbers: range) -> Iterator[tuple[int, Image]]:
        for number in numbers:
            yield number, place.empty(np.random.default_rng((self.seed, number))).image
