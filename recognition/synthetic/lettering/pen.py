"""The pen that draws characters: strokes of one thickness as filled polygons.

Coordinates are millimetres with the origin at the top left of the character, 79 mm high.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recognition.synthetic.lettering.faces import HEIGHT_MM, Face

__all__ = ["Outline", "Pen", "bend"]

Outline = NDArray[np.float64]
"""Corners of a filled polygon, shape (n, 2), mm."""


def bend(points: Sequence[tuple[float, float]], *, radius: float, closed: bool = False) -> Outline:
    """Round the inner corners of a polyline with fillets; shape (n, 2)."""
    corners = np.asarray(points, np.float64)
    count = len(corners)
    path: list[Outline] = []
    for index in range(count):
        here = corners[index]
        if not closed and index in (0, count - 1):
            path.append(here[None])
            continue
        to_last = corners[index - 1] - here
        to_next = corners[(index + 1) % count] - here
        last_mm, next_mm = np.linalg.norm(to_last), np.linalg.norm(to_next)
        last_reach = last_mm / (2.0 if closed or index > 1 else 1.0)
        next_reach = next_mm / (2.0 if closed or index < count - 2 else 1.0)
        reach = min(radius, last_reach, next_reach)
        enter, leave = here + to_last / last_mm * reach, here + to_next / next_mm * reach
        centre = enter + leave - here
        turn = np.linspace(0.0, np.pi / 2, 16)[:, None]
        path.append(centre + (enter - centre) * np.cos(turn) + (leave - centre) * np.sin(turn))
    line = np.concatenate(path)
    return np.concatenate([line, line[:1]]) if closed else line


class Pen:
    """Collects the filled outlines of one glyph; coordinates in mm, origin at the top left."""

    def __init__(self, face: Face, *, width: float) -> None:
        """Take up the pen for a character of a face, `width` mm wide."""
        self.face = face
        self.width = width
        self.left, self.right = face.stroke / 2, width - face.stroke / 2
        self.top, self.bottom = face.stroke / 2, HEIGHT_MM - face.stroke / 2
        self.middle = HEIGHT_MM / 2 - 0.5 + face.waist
        self.parts: list[Outline] = []

    def polygon(self, *points: tuple[float, float]) -> None:
        """Fill a polygon."""
        self.parts.append(np.asarray(points, np.float64))

    def bar(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Fill an upright rectangle."""
        self.polygon((x0, y0), (x1, y0), (x1, y1), (x0, y1))

    def across(self, y: float, *, start: float = 0.0, end: float | None = None) -> None:
        """Draw a level stroke along a row."""
        half = self.face.stroke / 2
        self.bar(start, y - half, self.width if end is None else end, y + half)

    def upright(self, x: float, *, start: float = 0.0, end: float = HEIGHT_MM) -> None:
        """Draw an upright stroke along a column."""
        half = self.face.stroke / 2
        self.bar(x - half, start, x + half, end)

    def slant(self, x0: float, y0: float, x1: float, y1: float, *, wide: float = 1.08) -> None:
        """Draw a straight stroke with level ends, `wide` strokes thick."""
        half = self.face.stroke * wide / 2
        self.polygon((x0 - half, y0), (x0 + half, y0), (x1 + half, y1), (x1 - half, y1))

    def curve(
        self, *points: tuple[float, float], radius: float | None = None, closed: bool = False
    ) -> None:
        """Draw a stroke along a line whose corners are rounded."""
        line = bend(points, radius=self.face.radius if radius is None else radius, closed=closed)
        slope = np.gradient(line, axis=0)
        if closed:
            slope[0] = slope[-1] = line[1] - line[-2]
        slope /= np.linalg.norm(slope, axis=1, keepdims=True) + 1e-9
        normal = np.stack([-slope[:, 1], slope[:, 0]], 1) * self.face.stroke / 2
        left, right = line + normal, line - normal
        for index in range(len(line) - 1):
            self.parts.append(
                np.array([left[index], left[index + 1], right[index + 1], right[index]])
            )

    def ring(self, y0: float, y1: float, *, inset: float = 0.0) -> None:
        """Draw a closed bowl between two rows."""
        left, right = self.left + inset, self.right - inset
        self.curve((left, y0), (right, y0), (right, y1), (left, y1), closed=True)
