"""One number plate, seen head-on: lettering, layout, colours and everything fixed to it.

Sizes follow SI 2001/561 Schedules 2 and 3 (domain table: 79 x 50 mm letters, 14 mm stroke, 11 mm
between letters, 33 mm between groups, 19 mm between lines; motorcycles 64 x 44, 10, 10, 30, 13).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from recognition.synthetic import fittings
from recognition.synthetic.formats import Mark, groups_of, random_vrm
from recognition.synthetic.lettering.faces import (
    FACES,
    FOREIGN_FACES,
    HEIGHT_MM,
    UK_FACES,
    Face,
    width_mm,
)
from recognition.synthetic.lettering.glyphs import glyph

__all__ = [
    "PIXELS_PER_MM",
    "Band",
    "Ground",
    "Layout",
    "PlateStyle",
    "RenderedPlate",
    "random_style",
    "render_plate",
]

Picture = NDArray[np.uint8]
Corners = NDArray[np.float32]
Colour = tuple[float, float, float]

PIXELS_PER_MM = 0.62
"""Scale of a rendered plate: a 520 mm plate is 322 px, wider than a camera usually sees one."""


class Ground(Enum):
    """What the plate is made of: ground and lettering colours."""

    WHITE = "white"
    YELLOW = "yellow"
    BLACK = "black"
    RED_ON_WHITE = "red_on_white"
    INFRARED = "infrared"
    """Front or rear under infra-red light, where white and yellow look the same."""


class Layout(Enum):
    """Plate sizes in mm: width, height, letter height, letter, group and line gaps."""

    ONE_LINE = (520.0, 111.0, 79.0, 11.0, 33.0, 19.0)
    TWO_LINES = (285.0, 203.0, 79.0, 11.0, 33.0, 19.0)
    MOTORCYCLE = (229.0, 178.0, 64.0, 10.0, 30.0, 13.0)


class Band(Enum):
    """Coloured band at the left edge."""

    NONE = "none"
    EURO = "euro"
    UK = "uk"
    GREEN = "green"


@dataclass(frozen=True, slots=True)
class PlateStyle:
    """How one plate was made and what has happened to it since.

    Attributes:
        ground: Ground and lettering colours.
        layout: Size and number of lines.
        face: Lettering.
        letter_width: Factor on the width of the letters.
        weight: Stroke thickening steps, see `glyphs.glyph`.
        gap: Factor on the space between letters.
        group_gap: Factor on the space between groups.
        band: Coloured band at the left edge.
        band_right: The band is repeated at the right edge (Italian, Albanian plates).
        seal: Round seals stand in the first gap (German, Romanian and other EU plates).
        border: Border in mm, 0 for none.
        supplier: Supplier's line along the bottom edge.
        bolts: Number of bolt caps.
        italic: How far the tops of the letters lean, as a share of their height; unlawful.
        raised: Shadow of raised (3D, 4D, gel) letters in [0, 1].
        short: The plate is cut close to its text.
        holder: A holder frame surrounds the plate.
        wear: How much shade and dirt lie on it, in [0, 1].
    """

    ground: Ground = Ground.WHITE
    layout: Layout = Layout.ONE_LINE
    face: Face = UK_FACES[0]
    letter_width: float = 1.0
    weight: int = 0
    gap: float = 1.0
    group_gap: float = 1.0
    band: Band = Band.NONE
    band_right: bool = False
    seal: bool = False
    border: float = 0.0
    supplier: bool = False
    bolts: int = 0
    italic: float = 0.0
    raised: float = 0.0
    short: bool = False
    holder: bool = False
    wear: float = 0.0


@dataclass(frozen=True, slots=True)
class RenderedPlate:
    """A drawn plate.

    Attributes:
        image: Picture, shape (h, w, 3), uint8 BGR.
        text: The mark without spaces.
        format: Format id of the mark.
        corners: Corners of the plate within the picture, shape (4, 2) float32 pixels, from the
            top left clockwise; the plate fills the picture unless a holder surrounds it.
    """

    image: Picture
    text: str
    format: str
    corners: Corners


def _weighted(rng: Generator, weights: dict[Ground, float]) -> Ground:
    draw = rng.random() * sum(weights.values())
    for ground, weight in weights.items():
        draw -= weight
        if draw < 0:
            return ground
    return Ground.WHITE


def random_style(rng: Generator, *, format_id: str) -> PlateStyle:
    """Draw a style such as plates of that format are seen with, nuisances included."""
    foreign = format_id in ("foreign_or_unknown", "ireland")

    def chance(share: float) -> bool:
        return bool(rng.random() < share)

    def pick(faces: tuple[Face, ...]) -> Face:
        return faces[int(rng.integers(len(faces)))]

    layout = Layout.ONE_LINE
    if chance(0.06):
        layout = Layout.MOTORCYCLE
    elif chance(0.06 if foreign else 0.14):
        layout = Layout.TWO_LINES
    if foreign:
        face = pick(FOREIGN_FACES) if chance(0.8) else pick(FACES)
        letter_width = rng.uniform(0.75, 1.2)
        gap, group_gap = rng.uniform(0.5, 1.3), rng.uniform(0.35, 1.2)
        ground = _weighted(
            rng,
            {
                Ground.WHITE: 0.83,
                Ground.YELLOW: 0.06,
                Ground.INFRARED: 0.08,
                Ground.BLACK: 0.02,
                Ground.RED_ON_WHITE: 0.01,
            },
        )
    else:
        face = pick(UK_FACES) if chance(0.8) else pick(FACES)
        letter_width = rng.uniform(0.94, 1.05)
        if chance(0.12):
            letter_width = rng.uniform(1.05, 1.15)  # 57 mm letters before 2001
        elif chance(0.1):
            letter_width = rng.uniform(0.72, 1.0)
        gap, group_gap = rng.uniform(0.75, 1.25), rng.uniform(0.7, 1.2)
        if chance(0.08):
            gap, group_gap = rng.uniform(0.6, 1.0), rng.uniform(0.3, 0.5)  # closed up, unlawful
        ground = _weighted(
            rng,
            {
                Ground.WHITE: 0.48,
                Ground.YELLOW: 0.34,
                Ground.BLACK: 0.07,
                Ground.INFRARED: 0.09,
                Ground.RED_ON_WHITE: 0.02,
            },
        )
    band = Band.NONE
    if chance(0.75 if foreign else 0.32) and (foreign or layout is Layout.ONE_LINE):
        band = Band.EURO
        if not foreign:
            band = (Band.EURO, Band.EURO, Band.UK, Band.UK, Band.GREEN)[int(rng.integers(5))]
    return PlateStyle(
        ground=ground,
        layout=layout,
        face=face,
        letter_width=round(letter_width * 25) / 25,
        weight=int(rng.choice(5, p=(0.04, 0.14, 0.62, 0.15, 0.05))) - 2,
        gap=gap,
        group_gap=group_gap,
        band=band,
        band_right=foreign and chance(0.2),
        seal=foreign and layout is Layout.ONE_LINE and chance(0.45),
        border=rng.uniform(2.0, 5.0) if chance(0.3) else 0.0,
        supplier=chance(0.45),
        bolts=int(rng.integers(1, 5)) if chance(0.4) else 0,
        italic=rng.uniform(0.08, 0.25) if chance(0.03) else 0.0,
        raised=rng.uniform(0.2, 0.7) if chance(0.12) else 0.0,
        short=chance(0.3),
        holder=chance(0.3),
        wear=rng.uniform(0.1, 1.0) if chance(0.65) else 0.0,
    )


def _colours(rng: Generator, ground: Ground) -> tuple[Colour, Colour]:
    """Return ground and lettering colours, BGR 0-255."""

    def grey(low: float, high: float) -> Colour:
        level = rng.uniform(low, high)
        return level, level, level

    def near(low: Colour, high: Colour) -> Colour:
        blue, green, red = rng.uniform(low, high)
        return float(blue), float(green), float(red)

    if ground is Ground.YELLOW:
        return near((0, 165, 215), (85, 225, 255)), grey(0, 55)
    if ground is Ground.BLACK:
        return grey(0, 50), near((150, 160, 160), (250, 250, 250))
    if ground is Ground.RED_ON_WHITE:
        return near((225, 225, 225), (250, 250, 250)), near((15, 15, 130), (40, 40, 210))
    if ground is Ground.INFRARED:
        return grey(175, 255), grey(10, 110)
    level = rng.uniform(205, 255)
    tint = np.clip(level + rng.uniform((-12, -6, -10), (8, 6, 8)), 0, 255)
    return (float(tint[0]), float(tint[1]), float(tint[2])), grey(0, 62)


def _lines(groups: Mark, layout: Layout) -> tuple[Mark, ...]:
    if layout is Layout.ONE_LINE:
        return (groups,)
    if len(groups) == 1:
        half = (len(groups[0]) + 1) // 2
        if half == len(groups[0]):
            return (groups,)
        return (groups[0][:half],), (groups[0][half:],)
    return groups[:1], groups[1:]


@dataclass(frozen=True, slots=True)
class _TypeSet:
    """Coverage of the lettering, and where the gap for a seal stands (px from its left edge)."""

    coverage: Picture
    seal_x: float | None


def _typeset(groups: Mark, style: PlateStyle) -> _TypeSet:
    """Set the text in lines, each centred, without any margin."""
    _, _, letter_mm, gap_mm, group_mm, line_mm = style.layout.value
    height = round(letter_mm * PIXELS_PER_MM)
    gap = gap_mm * style.gap * PIXELS_PER_MM
    group_gap = max(gap, group_mm * style.group_gap * PIXELS_PER_MM)
    seal_gap = 28.0 * PIXELS_PER_MM if style.seal else 0.0
    line_pitch = height + round(line_mm * PIXELS_PER_MM)
    rows: list[tuple[list[tuple[int, Picture]], float]] = []
    seal_x: float | None = None
    for line in _lines(groups, style.layout):
        x = 0.0
        row: list[tuple[int, Picture]] = []
        for index, group in enumerate(line):
            if index == 1 and style.seal:
                seal_x = x - gap + (group_gap + seal_gap) / 2
                x += seal_gap
            x += group_gap - gap if index else 0.0
            for character in group:
                mm = width_mm(character, face=style.face) * style.letter_width
                wide = max(3, round(mm * letter_mm / HEIGHT_MM * PIXELS_PER_MM))
                mask = glyph(
                    character, face=style.face, height_px=height, width_px=wide, weight=style.weight
                )
                row.append((round(x), mask))
                x += wide + gap
        rows.append((row, x - gap))
    text_width = int(max(width for _, width in rows)) + 2
    coverage = np.zeros((line_pitch * (len(rows) - 1) + height, text_width), np.uint8)
    for index, (row, width) in enumerate(rows):
        offset = int((text_width - width) / 2)
        for x0, mask in row:
            x1 = min(text_width, offset + x0 + mask.shape[1])
            target = coverage[index * line_pitch :, offset + x0 : x1][:height]
            np.maximum(target, mask[:, : x1 - offset - x0], out=target)
    return _TypeSet(coverage, seal_x)


def render_plate(
    rng: Generator, *, vrm: str | None = None, style: PlateStyle | None = None
) -> RenderedPlate:
    """Draw a plate head-on.

    Args:
        rng: Source of chance.
        vrm: Mark to show, capitals and digits; made up by default.
        style: How it looks; by default drawn as seen on the road, nuisances included.

    Returns:
        The plate at `PIXELS_PER_MM`.
    """
    if vrm is None:
        text, groups, format_id = random_vrm(rng)
    else:
        text = vrm
        groups, format_id = groups_of(vrm)
    if style is None:
        style = random_style(rng, format_id=format_id)
        if len(text) > 2 and rng.random() < 0.03:  # shifted spacing, unlawful
            cut = int(rng.integers(1, len(text)))
            groups = (text[:cut], text[cut:])
    if len(groups) == 1 and len(text) < 4:
        style = replace(style, layout=Layout.ONE_LINE)

    type_set = _typeset(groups, style)
    image = _assemble(rng, type_set, style)
    height, width = image.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    if style.holder:
        image, shift = fittings.hold(rng, image)
        corners += shift
    return RenderedPlate(image, text, format_id, corners)


def _assemble(rng: Generator, type_set: _TypeSet, style: PlateStyle) -> Picture:
    """Put the lettering on its ground and everything else on top, in the order of the works."""
    scale = PIXELS_PER_MM
    band = round(rng.uniform(40.0, 50.0) * scale) if style.band is not Band.NONE else 0
    coverage, left = _centred(rng, type_set, style, band_px=band)
    if style.italic:
        rows, columns = coverage.shape
        lean = np.array([[1, -style.italic, style.italic * rows / 2], [0, 1, 0]], np.float32)
        coverage = np.asarray(cv2.warpAffine(coverage, lean, (columns, rows)), np.uint8)
    ground, ink = _colours(rng, style.ground)
    ramp = np.linspace(0.0, 1.0, 256)[:, None]
    table = (np.asarray(ground) * (1 - ramp) + np.asarray(ink) * ramp).astype(np.uint8)
    image = np.asarray(cv2.LUT(cv2.merge([coverage] * 3), table[:, None]), np.uint8)
    if style.raised:
        fittings.cast_letter_shadow(rng, image, coverage, strength=style.raised)
    if band:
        infrared = style.ground is Ground.INFRARED
        fittings.draw_band(rng, image, kind=style.band.value, width_px=band, infrared=infrared)
        if style.band_right:
            image[:, -band:] = image[1, 1]
    if style.border:
        fittings.draw_border(rng, image, thickness_px=style.border * scale, ink=ink)
    if style.supplier:
        fittings.draw_supplier(rng, image, ink=ink)
    if type_set.seal_x is not None:
        fittings.draw_seals(rng, image, x=left + type_set.seal_x, scale=scale)
    if style.bolts:
        fittings.draw_bolts(rng, image, count=style.bolts, ground=ground, scale=scale)
    return fittings.wear(rng, image, strength=style.wear) if style.wear else image


def _centred(
    rng: Generator, type_set: _TypeSet, style: PlateStyle, *, band_px: int
) -> tuple[Picture, int]:
    """Return the plate-sized coverage with the lettering in its middle, and its left edge."""
    scale = PIXELS_PER_MM
    text_height, text_width = type_set.coverage.shape
    bands = band_px * (2 if style.band_right else 1)
    margin = 2 * 9.0 * scale
    width, height = style.layout.value[0] * scale, style.layout.value[1] * scale
    if style.short:
        width = text_width + 2 * rng.uniform(11.0, 25.0) * scale + bands
    rows = round(max(height, text_height + margin))
    columns = round(max(width, text_width + margin + bands))
    left = band_px + (columns - bands - text_width) // 2
    top = (rows - text_height) // 2
    if rng.random() < 0.3:
        top -= round(rng.uniform(0.0, 4.0) * scale)
    coverage = np.zeros((rows, columns), np.uint8)
    coverage[top : top + text_height, left : left + text_width] = type_set.coverage
    return coverage, left
