"""A solid body as a stack of cross-sections, painted from far to near.

Each slice is a little nearer than the last, so what stays visible of it is a strip of bonnet,
glass, roof and flank: a solid vehicle without a 3D library. Lengths are shares of the vehicle's
width (about 1.8 m); depth runs from 0 (near) to 1 (far).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.synthetic.vehicles.marks import VehicleMark

__all__ = ["BODIES", "GROUND", "UNIT", "Body", "SlicePainter", "View", "shaded"]

Picture = NDArray[np.uint8]
Colour = tuple[float, float, float]
Outline = list[tuple[float, float]]

UNIT = 420
"""Pixels a vehicle's width."""
WIDE, HIGH = 720, 700
GROUND = HIGH - 30
"""Row the vehicle stands on."""
_SLICES = 56
_WHEELS = (0.17, 0.83)


@dataclass(frozen=True, slots=True)
class Body:
    """The side view of a vehicle, as shares of its width.

    Attributes:
        nose: Height of the bonnet's front edge.
        cowl: Height at the foot of the windscreen.
        roof: Height of the roof.
        tail: Height of the boot's rear edge (the roof for a van).
        depths: Where windscreen foot, roof front, roof rear and rear window foot lie on the way
            from the nose (0) to the tail (1).
        length: Length in vehicle widths.
        lean: How much narrower the roof is than the body.
        windows: The rear doors have windows and the flanks side windows.
    """

    nose: float
    cowl: float
    roof: float
    tail: float
    depths: tuple[float, float, float, float]
    length: float
    lean: float
    windows: bool = True


BODIES: dict[str, Body] = {
    "hatchback": Body(0.43, 0.53, 0.81, 0.56, (0.24, 0.44, 0.86, 0.98), 2.2, 0.24),
    "saloon": Body(0.40, 0.50, 0.77, 0.54, (0.27, 0.44, 0.74, 0.86), 2.5, 0.26),
    "estate": Body(0.41, 0.51, 0.79, 0.58, (0.25, 0.42, 0.93, 0.99), 2.5, 0.22),
    "suv": Body(0.54, 0.63, 0.95, 0.66, (0.24, 0.40, 0.90, 0.98), 2.4, 0.18),
    "van": Body(0.56, 0.66, 1.12, 1.08, (0.13, 0.27, 0.985, 0.995), 2.7, 0.08, windows=False),
}
"""Body types by name."""


@dataclass(frozen=True, slots=True)
class View:
    """Where a point of the vehicle falls.

    Attributes:
        side: How far the far end leans to the right, in widths.
        above: Height of the camera in widths.
        length: Length of the vehicle in widths.
    """

    side: float
    above: float
    length: float

    def at(self, x: float, height: float, depth: float) -> tuple[int, int]:
        """Return column and row in sixteenths of a pixel."""
        near = 1 / (1 + 0.16 * self.length * depth)
        px = WIDE / 2 + UNIT * (x * near + self.side * (1 - near))
        py = GROUND - UNIT * (height * near + self.above * (1 - near))
        return round(px * 16), round(py * 16)

    def outline(self, points: Outline, depth: float) -> NDArray[np.int32]:
        """Return points of a cross-section as OpenCV draws them with a shift of 4."""
        return np.array([self.at(x, height, depth) for x, height in points], np.int32)


def shaded(colour: Colour, factor: float, lift: float = 0.0) -> Colour:
    """Return a colour made brighter or darker."""
    blue, green, red = (min(255.0, value * factor + lift) for value in colour)
    return blue, green, red


def _profile(body: Body, along: float) -> tuple[float, str]:
    """Return height and kind of surface at a place from the nose (0) to the tail (1)."""
    screen, roof, rear, boot = body.depths
    knots = (0.0, screen, roof, rear, boot, 1.0)
    heights = (body.nose, body.cowl, body.roof, body.roof * 0.985, body.tail, body.tail)
    height = float(np.interp(along, knots, heights))
    if along < screen or along > boot:
        return height, "bonnet"
    if along < roof or along > rear:
        return height, "glass"
    return height, "roof"


class SlicePainter:
    """Paints the slices of one vehicle.

    Attributes:
        image: (HIGH, WIDE, 3) uint8 BGR, painted in place.
        cover: (HIGH, WIDE) uint8, 255 wherever something was painted.
    """

    def __init__(
        self,
        image: Picture,
        cover: Picture,
        *,
        body: Body,
        view: View,
        paint: Colour,
        glass: Colour,
        marks: frozenset[VehicleMark],
    ) -> None:
        """Prepare to paint a body in its colours."""
        self.image = image
        self.cover = cover
        self._body = body
        self._view = view
        self._flank = shaded(paint, 0.62)
        self._light = shaded(paint, 1.0, 22)
        self._glass = glass
        self._stripe: Colour = (225, 225, 225) if sum(paint) < 380 else (40, 40, 40)
        self._marks = marks

    def paint(self, *, front: bool) -> None:
        """Paint all slices, the nose nearest if `front`."""
        for depth in np.linspace(1.0, 0.0, _SLICES).tolist():
            self._slice(depth, along=depth if front else 1 - depth)

    def _fill(self, points: Outline, depth: float, ink: Colour) -> None:
        outline = self._view.outline(points, depth)
        cv2.fillPoly(self.image, [outline], ink, cv2.LINE_AA, 4)
        cv2.fillPoly(self.cover, [outline], 255, cv2.LINE_AA, 4)

    def _slice(self, depth: float, *, along: float) -> None:
        body = self._body
        height, kind = _profile(body, along)
        shoulder = min(height, body.cowl)
        edge = [(-0.5, 0.12), (-0.5, shoulder * 0.92), (-0.46, shoulder)]
        self._fill(edge + [(-x, y) for x, y in reversed(edge)], depth, self._flank)
        if min(abs(along - wheel) for wheel in _WHEELS) < 0.075:
            for x in (-0.5, 0.34):
                tyre = [(x, 0.0), (x, 0.3), (x + 0.16, 0.3), (x + 0.16, 0.0)]
                self._fill(tyre, depth, (24, 24, 24))
        inset = 0.46
        if height > shoulder + 0.01:
            inset -= body.lean / 2 * (height - body.cowl) / (body.roof - body.cowl)
            self._cabin(depth, along=along, inset=inset, height=height, kind=kind)
        edge = [(-inset + 0.02, height - 0.03), (-inset + 0.04, height)]
        strip = edge + [(-x, y) for x, y in reversed(edge)]
        self._fill(strip, depth, self._glass if kind == "glass" else self._light)
        if VehicleMark.STRIPE in self._marks and kind != "glass":
            band = [(0.05, height - 0.03), (0.05, height), (0.15, height), (0.15, height - 0.03)]
            self._fill(band, depth, self._stripe)
            self._fill([(-x, y) for x, y in band], depth, self._stripe)
        if VehicleMark.ROOF_RACK in self._marks and kind == "roof":
            self._rack(depth, along=along, inset=inset - 0.04, height=height)

    def _cabin(self, depth: float, *, along: float, inset: float, height: float, kind: str) -> None:
        body = self._body
        edge = [(-0.46, body.cowl), (-inset, height - 0.02), (-inset + 0.06, height)]
        pillar = not body.windows or min(abs(along - place) for place in body.depths) < 0.03
        pillar = pillar or abs(along - 0.6) < 0.02
        ink = self._flank if pillar and kind != "glass" else self._glass
        self._fill(edge + [(-x, y) for x, y in reversed(edge)], depth, ink)
        if pillar or kind == "glass":  # elsewhere the flank's edge is its side window
            rails = [
                self._view.outline([(side * 0.455, body.cowl), (side * inset, height)], depth)
                for side in (-1, 1)
            ]
            cv2.polylines(self.image, rails, False, self._flank, 7, cv2.LINE_AA, 4)

    def _rack(self, depth: float, *, along: float, inset: float, height: float) -> None:
        _, roof, rear, _ = self._body.depths
        for side in (-1, 1):
            rail = [(side * inset, height), (side * inset, height + 0.035)]
            self._line(rail, depth)
        bars = np.linspace(roof + 0.05, rear - 0.05, 3)
        if np.abs(bars - along).min() < 0.5 / _SLICES:
            self._line([(-inset, height + 0.04), (inset, height + 0.04)], depth)

    def _line(self, points: Outline, depth: float) -> None:
        line = self._view.outline(points, depth)
        cv2.polylines(self.image, [line], False, (30, 30, 30), 5, cv2.LINE_AA, 4)
        cv2.polylines(self.cover, [line], False, 255, 5, cv2.LINE_AA, 4)
