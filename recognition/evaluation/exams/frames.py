"""Pictures of the exams: one vehicle, its letters of a given height, or a road without plates."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.random import Generator

from recognition.synthetic import camera
from recognition.synthetic.camera import Light
from recognition.synthetic.formats import random_vrm
from recognition.synthetic.plate import Ground, Layout, PlateStyle
from recognition.synthetic.road import Road, draw_road
from recognition.synthetic.scene import (
    RenderedScene,
    any_vehicle,
    plate_style,
    plated,
    render_scene,
    stand_vehicle,
    tinted,
)

__all__ = ["UK_ROADS", "Sheet", "draw_frame", "draw_plateless", "issued_mark"]

UK_ROADS: Mapping[str, float] = {
    "gb_2001": 0.917,
    "gb_1983_prefix": 0.035,
    "gb_1963_suffix": 0.004,
    "gb_dateless": 0.015,
    "ni": 0.012,
    "ireland": 0.005,
    "foreign_or_unknown": 0.01,
}
"""Formats as often as they pass on UK roads (shares of domain/vrm.md)."""

_Thing = TypeVar("_Thing")
_NEWEST_YEAR = 26
_ULSTER = re.compile(r"[JOUX]I|I[ABJLW]|[A-HJ-PR-Y]Z")
"""Codes of Northern Irish counties and towns; others with an I were Irish before 1987."""
_LETTER_PX = (20.0, 24.0)
_MM_A_VEHICLE = 1800.0
_QUALITY = (70, 95)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the pictures of one exam show.

    Attributes:
        light: Light they are seen in.
        formats: Formats of the marks, with weights.
        two_lines: Plates have two lines: cars and motorcycles alike; otherwise one.
    """

    light: Light
    formats: Mapping[str, float]
    two_lines: bool = False


def issued_mark(rng: Generator, *, format_id: str) -> str:
    """Make up a mark of a format, of an age that can be on the road in 2026."""
    while True:
        text, _, _ = random_vrm(rng, format_id=format_id)
        young = format_id == "gb_2001" and int(text[2:4]) % 50 > _NEWEST_YEAR
        foreign = format_id == "ni" and not _ULSTER.search(text)
        if not young and not foreign:
            return text


def draw_frame(rng: Generator, *, sheet: Sheet, road: Road) -> RenderedScene:
    """Draw one vehicle, its letters 20 to 24 px high, its plate worn as on the road.

    Args:
        rng: Source of chance.
        sheet: What is asked for.
        road: Where it stands, by day.
    """
    height, width = road.image.shape[:2]
    names = tuple(sheet.formats)
    weights = np.array([sheet.formats[name] for name in names])
    format_id = names[int(rng.choice(len(names), p=weights / weights.sum()))]
    front = bool(rng.random() < 0.5)
    style = _style(rng, sheet=sheet, front=front, format_id=format_id)
    letter_px = rng.uniform(*_LETTER_PX)
    width_px = letter_px / style.layout.value[2] * _MM_A_VEHICLE
    at = (
        rng.uniform(0.34 * width_px, width - 0.34 * width_px),
        rng.uniform(0.8, 0.98) * height,
    )
    side = road.side(at, width_px=width_px)
    sprite = any_vehicle(rng, front=front, side=side)
    text = issued_mark(rng, format_id=format_id)
    vehicle = plated(rng, sprite, vrm=text, style=style, light=sheet.light)
    picture = tinted(road.image, light=sheet.light).copy()
    truth = stand_vehicle(rng, picture, vehicle, at=at, width_px=width_px, side=side)
    picture = camera.look(rng, picture, light=sheet.light)
    picture = camera.compress(picture, quality=int(rng.integers(*_QUALITY)))
    return RenderedScene(picture, (truth,), road.signs)


def draw_plateless(rng: Generator) -> RenderedScene:
    """Draw a road with vehicles without plates, and with lettering, panels, signs and badges."""
    light = tuple(Light)[int(rng.choice(4, p=(0.55, 0.15, 0.15, 0.15)))]
    road = draw_road(rng, decoys=int(rng.integers(3, 9)))
    scene = render_scene(
        rng,
        vehicles=int(rng.integers(1, 4)),
        light=light,
        road=road,
        plates=False,
        rainy=bool(rng.random() < 0.1),
    )
    quality = int(rng.integers(*_QUALITY))
    return replace(scene, image=camera.compress(scene.image, quality=quality))


def _style(rng: Generator, *, sheet: Sheet, front: bool, format_id: str) -> PlateStyle:
    style = plate_style(rng, front=front, light=sheet.light, format_id=format_id)
    layout = Layout.ONE_LINE
    if sheet.two_lines:
        layout = _any(rng, (Layout.TWO_LINES, Layout.MOTORCYCLE))
    ground = style.ground
    if format_id == "trade" and sheet.light is not Light.INFRARED:
        ground = Ground.RED_ON_WHITE
    elif ground is Ground.RED_ON_WHITE:
        ground = Ground.WHITE if front else Ground.YELLOW
    seal = style.seal and layout is Layout.ONE_LINE
    return replace(style, layout=layout, ground=ground, seal=seal)


def _any(rng: Generator, things: tuple[_Thing, ...]) -> _Thing:
    return things[int(rng.integers(len(things)))]
