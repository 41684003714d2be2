"""The strokes of every character, drawn for any face."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from recognition.synthetic.lettering.faces import HEIGHT_MM, Face, width_mm
from recognition.synthetic.lettering.pen import Outline, Pen

__all__ = ["outlines"]


def _zero(pen: Pen) -> None:
    pen.ring(pen.top, pen.bottom)
    if pen.face.slashed_zero:
        pen.slant(pen.width * 0.7, 22.0, pen.width * 0.3, 57.0, wide=0.6)


def _one(pen: Pen) -> None:
    if not pen.face.flagged_one:
        pen.bar(0.0, 0.0, pen.face.one_width, HEIGHT_MM)
        return
    right, stroke = pen.width, pen.face.stroke
    if pen.face.based_one:
        pen.across(pen.bottom)
        right -= 0.16 * pen.face.width
    pen.bar(right - stroke, 0.0, right, HEIGHT_MM)
    pen.polygon((right - stroke, 0.0), (right - stroke, stroke * 1.35), (0.0, 28.0), (0.0, 14.0))


def _two(pen: Pen) -> None:
    knee = pen.middle - 2.0
    pen.curve(
        (pen.left, 26.0),
        (pen.left, pen.top),
        (pen.right, pen.top),
        (pen.right, knee),
        (pen.left + 1.0, pen.bottom - 1.0),
    )
    pen.across(pen.bottom, start=0.5)


def _three(pen: Pen) -> None:
    waist = pen.middle - 0.5
    if pen.face.flat_three:
        pen.across(pen.top, start=2.0)
        pen.slant(pen.right - 3.0, pen.top, pen.width * 0.42, waist, wide=1.2)
    else:
        pen.curve(
            (pen.left, 22.0),
            (pen.left, pen.top),
            (pen.right - 1.0, pen.top),
            (pen.right - 1.0, waist),
            (pen.width * 0.36, waist),
        )
    pen.curve(
        (pen.width * 0.36, waist),
        (pen.right, waist),
        (pen.right, pen.bottom),
        (pen.left, pen.bottom),
        (pen.left, 56.0),
    )


def _four(pen: Pen) -> None:
    level = 54.0
    foot = pen.face.stroke * 0.55
    head = pen.right - 5.0 if not pen.face.open_four else pen.width * 0.68
    pen.slant(head, 0.0, foot, level, wide=1.1)
    pen.across(level)
    column = pen.width - pen.face.stroke * 1.05
    pen.upright(column, start=28.0 if pen.face.open_four else 0.0)


def _five(pen: Pen) -> None:
    shoulder = 36.0
    pen.across(pen.top, start=3.0, end=pen.width - 3.0)
    pen.upright(pen.left + 3.0, end=shoulder + 6.0)
    pen.curve(
        (pen.left, shoulder),
        (pen.right, shoulder),
        (pen.right, pen.bottom),
        (pen.left, pen.bottom),
        (pen.left, 57.0),
    )


def _six(pen: Pen) -> None:
    waist = pen.middle - 3.0
    pen.ring(waist, pen.bottom)
    if pen.face.curved_six:
        pen.slant(pen.width * 0.66, 0.0, pen.left + 1.0, waist + 14.0, wide=1.1)
    else:
        pen.curve((pen.left, 56.0), (pen.left, pen.top), (pen.right, pen.top), (pen.right, 23.0))


def _seven(pen: Pen) -> None:
    pen.across(pen.top, start=0.5)
    pen.slant(pen.right - 1.0, pen.top, pen.width * 0.32, HEIGHT_MM, wide=1.12)


def _eight(pen: Pen) -> None:
    pen.ring(pen.top, pen.middle - 0.5, inset=2.0)
    pen.ring(pen.middle - 0.5, pen.bottom)


def _a(pen: Pen) -> None:
    centre, foot = pen.width / 2, pen.face.stroke * 0.54
    pen.slant(centre, 0.0, foot, HEIGHT_MM)
    pen.slant(centre, 0.0, pen.width - foot, HEIGHT_MM)
    pen.across(53.0, start=pen.width * 0.2, end=pen.width * 0.8)


def _b(pen: Pen) -> None:
    waist = pen.middle - 1.0
    pen.upright(pen.left)
    pen.curve(
        (pen.left, pen.top), (pen.right - 1.5, pen.top), (pen.right - 1.5, waist), (pen.left, waist)
    )
    pen.curve(
        (pen.left, waist), (pen.right, waist), (pen.right, pen.bottom), (pen.left, pen.bottom)
    )


def _c(pen: Pen) -> None:
    pen.curve(
        (pen.right, pen.face.mouth),
        (pen.right, pen.top),
        (pen.left, pen.top),
        (pen.left, pen.bottom),
        (pen.right, pen.bottom),
        (pen.right, HEIGHT_MM - pen.face.mouth),
    )


def _d(pen: Pen) -> None:
    pen.upright(pen.left)
    pen.curve(
        (pen.left, pen.top),
        (pen.right, pen.top),
        (pen.right, pen.bottom),
        (pen.left, pen.bottom),
        radius=pen.face.d_radius,
    )


def _e(pen: Pen) -> None:
    pen.upright(pen.left)
    pen.across(pen.top, end=pen.width - 1.0)
    pen.across(pen.middle, end=pen.width * 0.86)
    pen.across(pen.bottom)


def _f(pen: Pen) -> None:
    pen.upright(pen.left)
    pen.across(pen.top)
    pen.across(pen.middle + 1.0, end=pen.width * 0.84)


def _g(pen: Pen) -> None:
    shelf = pen.middle + 5.0
    if pen.face.spurred_g:
        pen.upright(pen.right, start=shelf)
    pen.curve(
        (pen.right, pen.face.mouth),
        (pen.right, pen.top),
        (pen.left, pen.top),
        (pen.left, pen.bottom),
        (pen.right, pen.bottom),
        (pen.right, shelf),
    )
    pen.across(shelf, start=pen.width * 0.52)


def _h(pen: Pen) -> None:
    pen.upright(pen.left)
    pen.upright(pen.right)
    pen.across(pen.middle)


def _i(pen: Pen) -> None:
    if not pen.face.serif_i:
        pen.bar(0.0, 0.0, pen.face.one_width, HEIGHT_MM)
        return
    pen.upright(pen.width / 2)
    pen.across(pen.top)
    pen.across(pen.bottom)


def _j(pen: Pen) -> None:
    pen.curve((pen.right, 0.0), (pen.right, pen.bottom), (pen.left, pen.bottom), (pen.left, 53.0))


def _k(pen: Pen) -> None:
    stroke = pen.face.stroke
    pen.upright(pen.left)
    pen.slant(pen.width - stroke * 0.6, 0.0, stroke * 0.9, 48.0, wide=1.2)
    pen.slant(pen.width * 0.42, 32.0, pen.width - stroke * 0.58, HEIGHT_MM, wide=1.15)


def _l(pen: Pen) -> None:
    pen.upright(pen.left + 1.0)
    pen.across(pen.bottom, start=1.0)


def _m(pen: Pen) -> None:
    side, depth = pen.face.stroke * 0.46, HEIGHT_MM if pen.face.deep_m else 67.0 - pen.face.joint
    pen.upright(pen.left - 0.5)
    pen.upright(pen.right + 0.5)
    pen.slant(side, 0.0, pen.width / 2, depth, wide=0.95)
    pen.slant(pen.width - side, 0.0, pen.width / 2, depth, wide=0.95)


def _n(pen: Pen) -> None:
    pen.upright(pen.left - 0.5)
    pen.upright(pen.right + 0.5)
    pen.slant(pen.left, 0.0, pen.right, HEIGHT_MM)


def _p(pen: Pen) -> None:
    waist = pen.middle + 3.0
    pen.upright(pen.left)
    pen.curve((pen.left, pen.top), (pen.right, pen.top), (pen.right, waist), (pen.left, waist))


def _q(pen: Pen) -> None:
    pen.ring(pen.top, pen.bottom)
    pen.slant(pen.width * 0.58, pen.face.tail, pen.right + 1.0, HEIGHT_MM + 1.0)


def _r(pen: Pen) -> None:
    waist = pen.middle + 2.0
    pen.upright(pen.left)
    pen.curve((pen.left, pen.top), (pen.right, pen.top), (pen.right, waist), (pen.left, waist))
    if pen.face.straight_r:
        pen.upright(pen.right, start=waist + 2.0)
    else:
        pen.slant(pen.width * 0.5, waist - 2.0, pen.right, HEIGHT_MM, wide=1.12)


def _s(pen: Pen) -> None:
    waist = pen.middle
    pen.curve(
        (pen.right, 23.0),
        (pen.right, pen.top),
        (pen.left, pen.top),
        (pen.left, waist),
        (pen.right, waist),
        (pen.right, pen.bottom),
        (pen.left, pen.bottom),
        (pen.left, 56.0),
    )


def _t(pen: Pen) -> None:
    pen.across(pen.top)
    pen.upright(pen.width / 2)


def _u(pen: Pen) -> None:
    pen.curve((pen.left, 0.0), (pen.left, pen.bottom), (pen.right, pen.bottom), (pen.right, 0.0))


def _v(pen: Pen) -> None:
    foot = pen.face.stroke * 0.54
    pen.slant(foot, 0.0, pen.width / 2, HEIGHT_MM)
    pen.slant(pen.width - foot, 0.0, pen.width / 2, HEIGHT_MM)


def _w(pen: Pen) -> None:
    foot, rise = pen.face.stroke * 0.45, 0.0 if pen.face.deep_m else pen.face.joint
    quarter = pen.width * 0.27
    pen.slant(foot, 0.0, quarter, HEIGHT_MM, wide=0.86)
    pen.slant(pen.width - foot, 0.0, pen.width - quarter, HEIGHT_MM, wide=0.86)
    pen.slant(pen.width / 2, rise, quarter, HEIGHT_MM, wide=0.76)
    pen.slant(pen.width / 2, rise, pen.width - quarter, HEIGHT_MM, wide=0.76)


def _x(pen: Pen) -> None:
    foot = pen.face.stroke * 0.6
    pen.slant(foot, 0.0, pen.width - foot, HEIGHT_MM, wide=1.18)
    pen.slant(pen.width - foot, 0.0, foot, HEIGHT_MM, wide=1.18)


def _y(pen: Pen) -> None:
    foot = pen.face.stroke * 0.56
    pen.slant(foot, 0.0, pen.width / 2, 48.0, wide=1.1)
    pen.slant(pen.width - foot, 0.0, pen.width / 2, 48.0, wide=1.1)
    pen.upright(pen.width / 2, start=42.0)


def _z(pen: Pen) -> None:
    foot = pen.face.stroke * 0.6
    pen.across(pen.top, start=0.5, end=pen.width - 0.5)
    pen.across(pen.bottom, start=0.5, end=pen.width - 0.5)
    pen.slant(pen.width - foot, pen.top, foot, pen.bottom, wide=1.2)


_STROKES: dict[str, Callable[[Pen], None]] = {
    "0": _zero,
    "1": _one,
    "2": _two,
    "3": _three,
    "4": _four,
    "5": _five,
    "6": _six,
    "7": _seven,
    "8": _eight,
    "A": _a,
    "B": _b,
    "C": _c,
    "D": _d,
    "E": _e,
    "F": _f,
    "G": _g,
    "H": _h,
    "I": _i,
    "J": _j,
    "K": _k,
    "L": _l,
    "M": _m,
    "N": _n,
    "O": lambda pen: pen.ring(pen.top, pen.bottom),
    "P": _p,
    "Q": _q,
    "R": _r,
    "S": _s,
    "T": _t,
    "U": _u,
    "V": _v,
    "W": _w,
    "X": _x,
    "Y": _y,
    "Z": _z,
}


def outlines(character: str, *, face: Face) -> list[Outline]:
    """Return the filled polygons that make a character; the 9 is a 6 stood on its head."""
    if character == "9":
        size = np.array([width_mm("6", face=face), HEIGHT_MM])
        return [size - part for part in outlines("6", face=face)]
    pen = Pen(face, width=width_mm(character, face=face))
    _STROKES[character](pen)
    return pen.parts
