"""Find the light field of the plate in its patch, and set it level; a hint for the eye only.

Pure Python on at most 160 x 120 pixels, some milliseconds: the console process has no numpy.
"""

from collections.abc import Sequence

from anpr_tui.widgets.pictures.tones import parting_tone

__all__ = ["Field", "levelled", "plate_field"]

Field = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom exclusive."""

_PLATE_SHARE = 0.45
"""A row or column belongs to the plate where it is this light, of the lightest one."""
_STEEPEST = 0.35
_LEAST_WIDE, _LEAST_HIGH = 0.4, 0.25
"""A field smaller than this part of the patch is no plate: the whole patch is shown."""


def levelled(grey: bytes, *, width: int) -> bytes:
    """The patch, each column moved up or down so that a leaning plate stands level."""
    height = len(grey) // width
    edge = parting_tone(grey)
    middles = []
    for x in range(width):
        light = [y for y in range(height) if grey[y * width + x] > edge]
        if len(light) * 4 >= height:
            middles.append((x, (light[0] + light[-1]) / 2))
    slope = _slope(middles)
    if abs(slope) * width < 2:
        return grey
    columns = []
    for x in range(width):
        shift = round(slope * (x - width / 2))
        column = grey[x::width]
        rows = (min(max(y + shift, 0), height - 1) for y in range(height))
        columns.append(bytes(column[row] for row in rows))
    return bytes(columns[x][y] for y in range(height) for x in range(width))


def plate_field(grey: bytes, *, width: int) -> Field:
    """Where the plate is: the rows and columns that are mostly light, or the whole patch."""
    height = len(grey) // width
    edge = parting_tone(grey)
    rows = [sum(tone > edge for tone in grey[y * width : (y + 1) * width]) for y in range(height)]
    top, bottom = _span(rows)
    columns = [sum(grey[y * width + x] > edge for y in range(top, bottom)) for x in range(width)]
    left, right = _span(columns)
    if right - left < _LEAST_WIDE * width or bottom - top < _LEAST_HIGH * height:
        return 0, 0, width, height
    return left, top, right, bottom


def _span(light: Sequence[int]) -> tuple[int, int]:
    enough = _PLATE_SHARE * max(light, default=0)
    within = [at for at, count in enumerate(light) if count > enough]
    return (within[0], within[-1] + 1) if within else (0, len(light))


def _slope(points: Sequence[tuple[int, float]]) -> float:
    """Rise per column by least squares, 0 where it is too steep to be a plate."""
    count = len(points)
    if count < 2:
        return 0.0
    mean_x = sum(x for x, _ in points) / count
    mean_y = sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    return slope if abs(slope) <= _STEEPEST else 0.0
