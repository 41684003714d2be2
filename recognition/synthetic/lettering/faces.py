"""Families of lettering: sizes in millimetres and a few choices of shape.

The prescribed 2001 lettering is 79 high, 50 wide, 14 stroke (SI 2001/561 Sch 2). One alphabet of
strokes covers every family, so UK letters, EU letters and a plain sans are rows of one table.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FACES", "FOREIGN_FACES", "HEIGHT_MM", "UK_FACES", "Face", "width_mm"]

HEIGHT_MM = 79.0


@dataclass(frozen=True, slots=True)
class Face:
    """A family of lettering.

    Attributes:
        width: Width of a letter in mm at 79 mm height.
        stroke: Stroke thickness in mm.
        radius: Fillet radius of the bowls in mm, on the centre line; large is round.
        one_width: Width of a plain I in mm.
        flagged_one: The 1 carries a flag instead of being the bar it is in the UK.
        serif_i: The I has serifs (monospaced families).
        wide: Factor for the width of M and W.
        open_four: The upright of the 4 does not reach the top.
        curved_six: The 6 and 9 end in a slanted tail instead of a hook.
        flat_three: The 3 has a flat top and a diagonal.
        narrow_zero: Factor for the width of the digit 0; 1 makes it the letter O.
        slashed_zero: A stroke crosses the 0.
        straight_r: The leg of the R is upright instead of slanted.
        deep_m: The middle of M and W reaches the far line.
    """

    width: float = 50.0
    stroke: float = 14.0
    radius: float = 18.0
    one_width: float = 14.0
    flagged_one: bool = False
    serif_i: bool = False
    wide: float = 1.0
    open_four: bool = True
    curved_six: bool = False
    flat_three: bool = False
    narrow_zero: float = 1.0
    slashed_zero: bool = False
    straight_r: bool = False
    deep_m: bool = False


UK_FACES: tuple[Face, ...] = (
    Face(),
    Face(radius=13.0),
    Face(radius=9.0, open_four=False),
    Face(radius=15.0, curved_six=True),
    Face(radius=16.0, stroke=12.5, open_four=False),
    Face(width=53, radius=11.0, stroke=15.0),
)
"""The prescribed lettering as different makers cut it: rounder, squarer, thinner."""

FOREIGN_FACES: tuple[Face, ...] = (
    Face(width=46, stroke=11, radius=12, flagged_one=True, one_width=12, narrow_zero=0.92),
    Face(width=44, stroke=10, radius=17, flagged_one=True, one_width=11, curved_six=True, wide=1.2),
    Face(
        width=42, stroke=9, radius=8, flagged_one=True, serif_i=True, one_width=10, flat_three=True
    ),
    Face(
        width=48,
        stroke=10,
        radius=19,
        flagged_one=True,
        one_width=11,
        curved_six=True,
        wide=1.25,
        open_four=False,
        deep_m=True,
        narrow_zero=0.85,
    ),
    Face(
        width=54,
        stroke=13,
        radius=20,
        flagged_one=True,
        one_width=14,
        wide=1.25,
        open_four=False,
        curved_six=True,
        narrow_zero=0.9,
    ),
    Face(
        width=40,
        stroke=11,
        radius=14,
        flagged_one=True,
        one_width=11,
        wide=1.15,
        straight_r=True,
        open_four=False,
    ),
    Face(
        width=45,
        stroke=9,
        radius=10,
        flagged_one=True,
        one_width=9,
        slashed_zero=True,
        wide=1.1,
        flat_three=True,
        straight_r=True,
    ),
    Face(width=50, stroke=11, radius=6, flagged_one=True, one_width=11, open_four=False),
)
"""EU-like (tall, thin, flagged 1), plain sans, narrow and square lettering."""

FACES: tuple[Face, ...] = UK_FACES + FOREIGN_FACES


def width_mm(character: str, *, face: Face) -> float:
    """Return the width of a character in mm at 79 mm height."""
    if character == "1":
        return face.one_width + (0.3 * face.width if face.flagged_one else 0.0)
    if character == "I":
        return face.width * 0.8 if face.serif_i else face.one_width
    if character == "0":
        return face.width * face.narrow_zero
    if character in "MW":
        return face.width * face.wide
    return face.width
