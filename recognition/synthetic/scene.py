"""A whole road picture: road, vehicles, their plates, light and camera, with the exact truth."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from recognition.synthetic import camera
from recognition.synthetic.camera import Light
from recognition.synthetic.decoys import Box
from recognition.synthetic.formats import random_vrm
from recognition.synthetic.plate import (
    PIXELS_PER_MM,
    Band,
    Ground,
    Layout,
    PlateStyle,
    RenderedPlate,
    random_style,
    render_plate,
)
from recognition.synthetic.road import Road, draw_road
from recognition.synthetic.vehicles.body import COLOURS, VehicleSprite, draw_vehicle
from recognition.synthetic.vehicles.marks import VehicleMark
from recognition.synthetic.vehicles.slices import BODIES

__all__ = [
    "PlateTruth",
    "PlatedVehicle",
    "RenderedScene",
    "any_vehicle",
    "label",
    "lawful_style",
    "place_vehicle",
    "plate_style",
    "plated",
    "random_scene",
    "render_scene",
    "stand_vehicle",
    "tinted",
]

Picture = NDArray[np.uint8]
Corners = NDArray[np.float32]

_AREA = cv2.INTER_AREA
_AMBIENT = {
    Light.DAY: (1.0, 1.0, 1.0),
    Light.DUSK: (0.68, 0.58, 0.56),
    Light.NIGHT: (0.36, 0.3, 0.29),
    Light.INFRARED: (0.42, 0.42, 0.42),
}
"""How bright unlit things are, BGR."""
_PLATE_GAIN = {Light.DAY: 0.95, Light.DUSK: 0.72, Light.NIGHT: 0.62, Light.INFRARED: 0.95}
"""How bright the plate is: at night its lamp or the camera's flash lights it."""


@dataclass(frozen=True, slots=True)
class PlateTruth:
    """A plate that is in a picture.

    Attributes:
        text: Its mark without spaces.
        corners: (4, 2) float32 px, top left, top right, bottom right, bottom left.
    """

    text: str
    corners: Corners


@dataclass(frozen=True, slots=True)
class RenderedScene:
    """A picture and what is in it.

    Attributes:
        image: (h, w, 3) uint8 BGR.
        plates: Every plate in it.
        signs: Boxes of road signs, which are no plates: x, y, width, height in px.
        decoys: Boxes of other things that are none, maybe beyond the picture or behind a vehicle.
    """

    image: Picture
    plates: tuple[PlateTruth, ...]
    signs: tuple[Box, ...] = ()
    decoys: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class PlatedVehicle:
    """A vehicle with its plate, tinted for the light it is seen in.

    Attributes:
        sprite: The vehicle.
        plate: Its plate, head-on.
        plate_corners: Where the corners of the plate's picture fall in the sprite, px.
        light: The light it was tinted for.
    """

    sprite: VehicleSprite
    plate: RenderedPlate
    plate_corners: Corners
    light: Light


def tinted(picture: Picture, *, light: Light) -> Picture:
    """Return a day picture as that light leaves it, before lamps; infra-red is colourless."""
    if light is Light.DAY:
        return picture
    ambient = np.array(_AMBIENT[light], np.float32)
    if light is Light.INFRARED:
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        picture = np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)
    return np.asarray(cv2.transform(picture, np.diag(ambient)), np.uint8)


def plate_style(rng: Generator, *, front: bool, light: Light, format_id: str) -> PlateStyle:
    """Draw a style that fits the end of the vehicle (white in front, yellow behind) and light."""
    style = random_style(rng, format_id=format_id)
    foreign = format_id in ("foreign_or_unknown", "ireland")
    ground = style.ground
    if ground in (Ground.WHITE, Ground.YELLOW, Ground.INFRARED):
        ground = Ground.WHITE if front or foreign else Ground.YELLOW
    if light is Light.INFRARED:
        ground = Ground.INFRARED if ground is not Ground.BLACK else ground
    return replace(style, ground=ground)


def lawful_style(rng: Generator, *, front: bool, light: Light) -> PlateStyle:
    """Draw a clean, lawful one-line style, for footage of ordinary traffic."""
    ground = Ground.WHITE if front else Ground.YELLOW
    if light is Light.INFRARED:
        ground = Ground.INFRARED
    band = (Band.NONE, Band.NONE, Band.NONE, Band.EURO, Band.UK, Band.GREEN)[int(rng.integers(6))]
    return PlateStyle(
        ground=ground,
        layout=Layout.ONE_LINE,
        band=band,
        supplier=True,
        holder=rng.random() < 0.2,
        wear=rng.uniform(0.0, 0.25),
    )


def plated(
    rng: Generator,
    sprite: VehicleSprite,
    *,
    vrm: str | None,
    style: PlateStyle | None,
    light: Light,
) -> PlatedVehicle:
    """Screw a plate on a vehicle and tint both for the light."""
    if style is None:
        text, _, format_id = random_vrm(rng)
        vrm = vrm or text
        style = plate_style(rng, front=sprite.front, light=light, format_id=format_id)
    plate = render_plate(rng, vrm=vrm, style=style)
    if light is Light.INFRARED:
        grey = cv2.cvtColor(plate.image, cv2.COLOR_BGR2GRAY)
        plate = replace(plate, image=np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8))
    height, width = plate.image.shape[:2]
    scale = sprite.plate_px_per_mm / PIXELS_PER_MM
    half = np.array([width, height]) * scale / 2
    roll = np.radians(rng.normal(0, 1.0))
    turn = np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    corners = np.asarray(square @ turn + sprite.plate, np.float32)
    lit = replace(sprite, image=tinted(sprite.image, light=light))
    return PlatedVehicle(lit, plate, corners, light)


def _lamps(picture: Picture, vehicle: PlatedVehicle, place: Corners, width_px: float) -> None:
    """Let the lamps glow, in place."""
    light, front = vehicle.light, vehicle.sprite.front
    if light is Light.DAY:
        return
    strength = {Light.DUSK: 0.5, Light.NIGHT: 1.0}.get(light, 0.7)
    colour = np.array((235, 245, 255) if front else (50, 45, 255), np.float32)
    if light is Light.INFRARED:
        colour = np.array((255, 255, 255), np.float32) * (1.0 if front else 0.5)
    reach = max(4, int(width_px * (0.2 if front else 0.13)))
    axis = np.linspace(-1, 1, 2 * reach + 1, dtype=np.float32)
    far = np.sqrt(axis[:, None] ** 2 + axis[None] ** 2)
    glow = np.clip(1 - far, 0, 1) ** 3 * strength
    height, width = picture.shape[:2]
    for x, y in place.astype(int).tolist():
        x0, y0, x1, y1 = x - reach, y - reach, x + reach + 1, y + reach + 1
        if x1 <= 0 or y1 <= 0 or x0 >= width or y0 >= height:
            continue
        rows, columns = slice(max(0, y0), min(height, y1)), slice(max(0, x0), min(width, x1))
        part = glow[rows.start - y0 : rows.stop - y0, columns.start - x0 : columns.stop - x0]
        region = picture[rows, columns]
        region[:] = np.minimum(region + part[..., None] * colour, 255).astype(np.uint8)


def place_vehicle(
    picture: Picture,
    vehicle: PlatedVehicle,
    *,
    at: tuple[float, float],
    width_px: float,
    yaw: float = 0.0,
    softness: float = 0.0,
) -> PlateTruth:
    """Stand a vehicle in a picture, in place, and return the truth about its plate.

    Args:
        picture: Road picture in the vehicle's light.
        vehicle: The vehicle.
        at: Where the middle of its face stands, px.
        width_px: Apparent width of its face.
        yaw: Shear of the face: how far its right side rises, as a share of its width.
        softness: Blur of the plate in px.

    Returns:
        Text and exact corners of the plate.
    """
    sprite = vehicle.sprite
    scale = width_px / sprite.width_px
    matrix = np.array(
        [
            [scale, 0, at[0] - sprite.ground[0] * scale],
            [
                -yaw * scale,
                scale,
                at[1] - sprite.ground[1] * scale + yaw * scale * sprite.ground[0],
            ],
        ]
    )

    def moved(points: Corners) -> Corners:
        return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], np.float32)

    box = moved(camera.corners_of(sprite.image))
    height, width = picture.shape[:2]
    x0, y0 = np.maximum(np.floor(box.min(0)), 0).astype(int).tolist()
    x1, y1 = np.minimum(np.ceil(box.max(0)), (width, height)).astype(int).tolist()
    if x1 > x0 and y1 > y0:
        local = matrix - np.array([[0, 0, x0], [0, 0, y0]])
        body, mask = sprite.image, sprite.cover
        if scale < 0.6:  # a warp skips pixels when it shrinks; a resize by area does not
            body = np.asarray(cv2.resize(body, None, fx=0.5, fy=0.5, interpolation=_AREA), np.uint8)
            mask = np.asarray(cv2.resize(mask, None, fx=0.5, fy=0.5, interpolation=_AREA), np.uint8)
            local = local * (2, 2, 1)
        seen = cv2.warpAffine(body, local, (x1 - x0, y1 - y0))
        cover = cv2.warpAffine(mask, local, (x1 - x0, y1 - y0))
        region = picture[y0:y1, x0:x1]
        share = cv2.merge([cover] * 3).astype(np.uint16)
        region[:] = ((region * (255 - share) + seen * share) // 255).astype(np.uint8)
    _lamps(picture, vehicle, moved(sprite.lamps), width_px)
    outline = moved(vehicle.plate_corners)
    camera.paste(
        picture,
        vehicle.plate.image,
        corners=outline,
        gain=_PLATE_GAIN[vehicle.light],
        softness=softness,
    )
    own = camera.corners_of(vehicle.plate.image)
    return PlateTruth(
        vehicle.plate.text, camera.project(vehicle.plate.corners, source=own, target=outline)
    )


def label(picture: Picture, text: str) -> None:
    """Burn the camera's name into the picture's corner, in place, as recorders do."""
    unit = picture.shape[1] / 1280
    place = (round(14 * unit), round(30 * unit))
    thick = max(1, round(2 * unit))
    for shift, ink in ((thick, (0, 0, 0)), (0, (240, 240, 240))):
        at = (place[0] + shift, place[1] + shift)
        cv2.putText(
            picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.7 * unit, ink, thick, cv2.LINE_AA
        )


def any_vehicle(rng: Generator, *, front: bool, side: float) -> VehicleSprite:
    """Draw a vehicle of any colour, body and marks, by day, as a camera above the road sees it.

    Args:
        rng: Source of chance.
        front: Its front is seen, not its rear.
        side: From which side, as `Road.side` says.
    """
    return draw_vehicle(
        rng,
        colour=tuple(COLOURS)[int(rng.integers(len(COLOURS)))],
        body=tuple(BODIES)[int(rng.integers(len(BODIES)))],
        front=front,
        side=side,
        above=rng.uniform(0.8, 1.5),
        marks=frozenset(mark for mark in VehicleMark if rng.random() < 0.08),
    )


def stand_vehicle(
    rng: Generator,
    picture: Picture,
    vehicle: PlatedVehicle,
    *,
    at: tuple[float, float],
    width_px: float,
    side: float,
) -> PlateTruth:
    """Stand a vehicle in a picture as in `place_vehicle`, a little turned, its plate a bit soft."""
    return place_vehicle(
        picture,
        vehicle,
        at=at,
        width_px=width_px,
        yaw=rng.uniform(-0.08, 0.08) * (abs(side) > 0.3) + side * 0.02,
        softness=rng.uniform(0.0, 0.7),
    )


def render_scene(
    rng: Generator,
    *,
    vehicles: int = 1,
    light: Light = Light.DAY,
    size_px: tuple[int, int] = (1280, 720),
    decoys: int = 0,
    road: Road | None = None,
    plates: bool = True,
    rainy: bool = False,
) -> RenderedScene:
    """Draw a road with vehicles.

    Args:
        rng: Source of chance.
        vehicles: How many at most; one that would hide another's plate stays away.
        light: Light it is seen in.
        size_px: Width and height.
        decoys: Things besides that look a little like plates.
        road: The road; made up by default.
        rainy: Rain falls.
        plates: Give the vehicles plates; without them the same picture lacks only those.

    Returns:
        The picture and every plate that is at least half in it.
    """
    width, height = size_px
    if road is None:
        road = draw_road(rng, size_px=size_px, decoys=decoys)
    picture = tinted(road.image, light=light).copy()
    truths: list[PlateTruth] = []
    lanes = rng.permutation(len(road.lanes)).tolist()
    widths = np.sort(np.exp(rng.uniform(np.log(0.05), np.log(0.45), vehicles)) * width)
    for index, width_px in enumerate(widths.tolist()):
        front = bool(rng.random() < 0.6)
        at = road.stand(lane=lanes[index % len(lanes)], width_px=width_px)
        if any(_hides(at, width_px, truth) for truth in truths):
            continue
        side = road.side(at, width_px=width_px)
        sprite = any_vehicle(rng, front=front, side=side)
        vehicle = plated(rng, sprite, vrm=None, style=None, light=light)
        if not plates:
            blank = replace(vehicle.plate, image=np.zeros_like(vehicle.plate.image))
            vehicle = replace(vehicle, plate=blank)
        truths.append(stand_vehicle(rng, picture, vehicle, at=at, width_px=width_px, side=side))
    if rng.random() < 0.3:
        label(picture, f"CAM {int(rng.integers(1, 99)):02d} {int(rng.integers(10, 24))}:42:17")
    if rainy:
        camera.rain(rng, picture, streaks=int(rng.integers(60, 250)))
    picture = camera.look(rng, picture, light=light)
    inside = tuple(truth for truth in truths if _visible(truth.corners, width, height))
    return RenderedScene(picture, inside if plates else (), road.signs, road.decoys)


def _hides(at: tuple[float, float], width_px: float, truth: PlateTruth) -> bool:
    """Return whether a vehicle standing there could cover a plate behind it."""
    low, high = truth.corners.min(0), truth.corners.max(0)
    across = low[0] < at[0] + 0.85 * width_px and high[0] > at[0] - 0.85 * width_px
    return bool(across and high[1] > at[1] - 1.4 * width_px and low[1] < at[1] + 0.1 * width_px)


def _visible(corners: Corners, width: int, height: int) -> bool:
    centre = corners.mean(0)
    return bool(0 <= centre[0] < width and 0 <= centre[1] < height)


def random_scene(rng: Generator) -> RenderedScene:
    """Draw a scene of any light with any number of vehicles, for training."""
    light = tuple(Light)[int(rng.choice(4, p=(0.5, 0.14, 0.18, 0.18)))]
    size = (1280, 720) if rng.random() < 0.5 else (960, 540)
    return render_scene(
        rng,
        vehicles=int(rng.integers(0, 4)),
        light=light,
        size_px=size,
        decoys=int(rng.integers(0, 7)),
        rainy=bool(rng.random() < 0.1),
    )
