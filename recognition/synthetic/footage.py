"""Footage of a fixed camera: one vehicle coming or going, frame by frame, with the truth.

Road and vehicle are drawn once; a frame is a copy, one warp and a little noise, so that a core
plays many cameras.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from recognition.synthetic import camera
from recognition.synthetic.camera import Light
from recognition.synthetic.road import Road, draw_road
from recognition.synthetic.scene import (
    RenderedScene,
    label,
    lawful_style,
    place_vehicle,
    plated,
    tinted,
)
from recognition.synthetic.vehicles.body import draw_vehicle
from recognition.synthetic.vehicles.marks import VehicleMark
from recognition.synthetic.vehicles.slices import BODIES

__all__ = ["RoadsideCamera", "footage", "passage"]

Picture = NDArray[np.uint8]

_FAR, _NEAR = 0.11, 0.44
"""Apparent width of a vehicle where a passage begins and ends, as a share of the picture's."""
_NOISE = {Light.DAY: 2.5, Light.DUSK: 4.0, Light.NIGHT: 6.0, Light.INFRARED: 4.0}


class RoadsideCamera:
    """A fixed camera: its road, its light and the noise of its sensor.

    Attributes:
        name: Burnt into every frame, or empty.
        light: Light it works in.
        road: The road it looks at.
        rainy: Rain falls.
    """

    def __init__(
        self,
        rng: Generator,
        *,
        name: str = "",
        light: Light = Light.DAY,
        size_px: tuple[int, int] = (1280, 720),
        road: Road | None = None,
        rainy: bool = False,
        signs: bool = False,
    ) -> None:
        """Set the camera up.

        Args:
            rng: Source of chance; draws the road unless one is given.
            name: Name to burn into the frames.
            light: Light it works in.
            size_px: Width and height of its frames.
            road: Road to look at.
            rainy: Rain falls.
            signs: Road signs may stand in its view. The shipped finder takes a number on one for
                a plate now and then, so they are left out unless asked for.
        """
        self.name = name
        self.light = light
        self.rainy = rainy
        self.road = road if road is not None else draw_road(rng, size_px=size_px, signs=signs)
        self._ground = tinted(self.road.image, light=light)
        height, width = self._ground.shape[:2]
        noise = rng.standard_normal((height + 64, width + 64, 1), np.float32) * _NOISE[light]
        noise = np.repeat(noise, 3, axis=2)
        self._brighter = np.clip(noise, 0, 255).astype(np.uint8)
        self._darker = np.clip(-noise, 0, 255).astype(np.uint8)

    def _finish(self, rng: Generator, picture: Picture) -> Picture:
        if self.rainy:
            camera.rain(rng, picture, streaks=120)
        if self.name:
            label(picture, self.name)
        height, width = picture.shape[:2]
        x, y = (int(value) for value in rng.integers(0, 64, 2))
        window = (slice(y, y + height), slice(x, x + width))
        noisy = cv2.add(picture, self._brighter[window])
        return np.asarray(cv2.subtract(noisy, self._darker[window]), np.uint8)

    def empty(self, rng: Generator) -> RenderedScene:
        """Return a frame of the empty road."""
        return RenderedScene(self._finish(rng, self._ground.copy()), ())

    def passage(
        self,
        rng: Generator,
        *,
        vrm: str,
        frames: int,
        colour: str = "silver",
        approaching: bool = True,
        body: str | None = None,
        marks: frozenset[VehicleMark] = frozenset(),
        vehicle_seed: int | None = None,
    ) -> Iterator[RenderedScene]:
        """Film one vehicle from far to near (or from near to far when it leaves).

        Args:
            rng: Source of chance.
            vrm: Its mark, capitals and digits.
            frames: How many frames, at least 1.
            colour: Name of its paint, one of `COLOURS`.
            approaching: It comes and shows its front with a white plate; otherwise it goes and
                shows its rear with a yellow one.
            body: Name of its body type, one of `BODIES`; made up by default.
            marks: Distinguishing marks it bears.
            vehicle_seed: Seed of its small things (lamps, grille, plate maker), so that the same
                vehicle can pass another camera; made up by default.

        Yields:
            Frames with the plate's text and corners.
        """
        width = self._ground.shape[1]
        lane = self._lane(rng)
        middle = self.road.stand(lane=lane, width_px=width * 0.25)
        side = float(np.clip((self.road.vanishing[0] - middle[0]) / (width * 0.5), -1.0, 1.0))
        if body is None:
            body = tuple(BODIES)[int(rng.integers(len(BODIES)))]
        above = rng.uniform(0.9, 1.3)
        own = rng if vehicle_seed is None else np.random.default_rng(vehicle_seed)
        sprite = draw_vehicle(
            own, colour=colour, body=body, front=approaching, side=side, above=above, marks=marks
        )
        style = lawful_style(own, front=approaching, light=self.light)
        vehicle = plated(own, sprite, vrm=vrm, style=style, light=self.light)
        # Even speed: apparent width grows as one over the distance, which shrinks evenly.
        near = self._nearest(lane)
        distances = np.linspace(1 / _FAR, 1 / near, frames)
        if not approaching:
            distances = distances[::-1]
        sway = rng.uniform(-0.05, 0.05)
        for distance in distances.tolist():
            width_px = width / distance
            x, y = self.road.stand(lane=lane, width_px=width_px)
            picture = self._ground.copy()
            truth = place_vehicle(
                picture,
                vehicle,
                at=(x + sway * width_px, y),
                width_px=width_px,
                yaw=side * 0.04,
                softness=0.5,
            )
            yield RenderedScene(self._finish(rng, picture), (truth,))

    def _lane(self, rng: Generator) -> int:
        """Pick one of the lanes a vehicle can come close in; the camera was aimed at those."""
        reaches = [self._nearest(lane) for lane in range(len(self.road.lanes))]
        close = [lane for lane, reach in enumerate(reaches) if reach >= 0.8 * max(reaches)]
        return close[int(rng.integers(len(close)))]

    def _nearest(self, lane: int) -> float:
        """Return the largest apparent width at which the whole plate is well in the picture."""
        height, width = self._ground.shape[:2]
        for share in np.linspace(_NEAR, _FAR * 1.5, 30).tolist():
            x, y = self.road.stand(lane=lane, width_px=share * width)
            reach = 0.32 * share * width
            if reach < x < width - reach and y < height * 0.99:
                return float(share)
        return _FAR * 1.5


def passage(
    rng: Generator,
    *,
    vrm: str,
    frames: int,
    light: Light = Light.DAY,
    colour: str = "silver",
    size_px: tuple[int, int] = (1280, 720),
    approaching: bool = True,
    camera_name: str = "",
) -> Iterator[RenderedScene]:
    """Film one passage at a camera of its own; see `RoadsideCamera.passage`."""
    at = RoadsideCamera(rng, name=camera_name, light=light, size_px=size_px)
    yield from at.passage(rng, vrm=vrm, frames=frames, colour=colour, approaching=approaching)


def footage(
    *,
    seed: int,
    vrms: tuple[str, ...],
    frames: int = 24,
    light: Light = Light.DAY,
    size_px: tuple[int, int] = (1280, 720),
    camera_name: str = "",
) -> Iterator[RenderedScene]:
    """Film several passages at one camera, an empty frame before each."""
    rng = np.random.default_rng(seed)
    at = RoadsideCamera(rng, name=camera_name, light=light, size_px=size_px)
    colours = ("silver", "blue", "white", "red", "black", "grey", "green")
    for index, vrm in enumerate(vrms):
        yield at.empty(rng)
        yield from at.passage(
            rng,
            vrm=vrm,
            frames=frames,
            colour=colours[index % len(colours)],
            approaching=bool(rng.random() < 0.6),
        )
