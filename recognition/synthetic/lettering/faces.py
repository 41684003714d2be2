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
        joint: Row in mm where the inner strokes of the W meet; those of the M mirror it.
        waist: How far in mm the waists of B, E, H, P, R, S, 3, 6, 8 and 9 stand below the usual.
        d_radius: Fillet radius of the D in mm, None for that of the other bowls: a D rounder than
            the O beside it, or squarer, is what tells them apart on many makers' plates.
        mouth: Row in mm where the upper ends of C and G stop.
        tail: Row in mm where the tail of the Q begins.
        spurred_g: The G stands on a spur at its right foot.
        based_one: The flagged 1 stands on a base.
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
    joint: float = 17.0
    waist: float = 0.0
    d_radius: float | None = None
    mouth: float = 25.0
    tail: float = 50.0
    spurred_g: bool = False
    based_one: bool = False


UK_FACES: tuple[Face, ...] = (
    Face(),
    Face(radius=13.0),
    Face(radius=9.0, open_four=False),
    Face(radius=15.0, curved_six=True),
    Face(radius=16.0, stroke=12.5, open_four=False),
    Face(width=53, radius=11.0, stroke=15.0),
    Face(radius=22.0, d_radius=14.0, mouth=28.0, joint=26.0, tail=58.0),
    Face(width=57, radius=26.0, stroke=13.0, d_radius=20.0, joint=8.0, waist=2.0, curved_six=True),
    Face(width=57, radius=21.0, stroke=11.5, mouth=21.0, open_four=False, waist=-3.0, wide=1.1),
    Face(radius=10.0, d_radius=19.0, joint=30.0, mouth=22.0, spurred_g=True, open_four=False),
    Face(width=46, radius=14.0, stroke=12.0, joint=22.0, tail=60.0, waist=-2.0),
)
"""The prescribed lettering as different makers cut it: rounder, squarer, thinner; the 57 mm ones
are letters before 2001, pressed into black plates as often as printed on white ones."""

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
    Face(
        width=47,
        stroke=12,
        radius=22,
        flagged_one=True,
        based_one=True,
        one_width=12,
        d_radius=16,
        joint=0,
        mouth=27,
        spurred_g=True,
        narrow_zero=0.88,
        curved_six=True,
    ),
    Face(
        width=37,
        stroke=9,
        radius=15,
        flagged_one=True,
        one_width=9,
        wide=1.3,
        joint=28,
        waist=3,
        tail=60,
        narrow_zero=0.94,
    ),
    Face(
        width=43,
        stroke=10,
        radius=9,
        flagged_one=True,
        one_width=10,
        d_radius=17,
        mouth=20,
        waist=-3,
        flat_three=True,
        narrow_zero=0.9,
    ),
)
"""EU-like (tall, thin, flagged 1), plain sans, narrow and square lettering."""

FACES: tuple[Face, ...] = UK_FACES + FOREIGN_FACES


def width_mm(character: str, *, face: Face) -> float:
    """Return the width of a character in mm at 79 mm height."""
    if character == "1":
        base = 0.16 * face.width if face.based_one else 0.0
        return face.one_width + base + (0.3 * face.width if face.flagged_one else 0.0)
    if character == "I":
        return face.width * 0.8 if face.serif_i else face.one_width
    if character == "0":
        return face.width * face.narrow_zero
    if character in "MW":
        return face.width * face.wide
    return face.width
