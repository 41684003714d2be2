"""How plates move from frame to frame: where one is expected, which way it goes, about how fast.

A plate is its own yardstick: 520 mm across, 285 mm where it has two lines (SI 2001/561 Schedule 2
and common sizes of two-line plates). Its width in pixels gives its distance up to the focal length
of the lens, and with that its place in metres before the camera.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recognition.looks.plates import Box

__all__ = ["Seen", "direction_of", "expected", "likeness", "nearness", "pace", "speed_class"]

_TOWARDS, _AWAY = 1.15, 1 / 1.15
_NEAR_WIDTHS = 1.5
_ONE_LINE_M, _TWO_LINES_M = 0.52, 0.285
_TWO_LINES_SQUARE = 2.2
_SLOW_M_S, _FAST_M_S = 4.5, 20.0
"""10 and 45 mph: walking pace and queues below, faster roads than a town's above."""
_FEWEST, _SHORTEST_S = 4, 0.3


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a plate was in one frame.

    Attributes:
        at_s: Time of the frame.
        box: Upright box of the plate, px.
    """

    at_s: float
    box: Box


def direction_of(track: Sequence[Seen]) -> str:
    """A plate that grows comes "towards" the camera, else "away" or "unknown".

    The ends are means of up to three frames.
    """
    if len(track) < 2:
        return "unknown"
    widths = [seen.box[2] for seen in track]
    ends = min(3, len(widths) // 2)
    growth = float(np.mean(widths[-ends:]) / np.mean(widths[:ends]))
    if growth >= _TOWARDS:
        return "towards"
    return "away" if growth <= _AWAY else "unknown"


def speed_class(
    track: Sequence[Seen], *, size_px: tuple[int, int], focal_widths: float | None
) -> str:
    """About how fast a vehicle went: a hint for an officer, no measurement of speed.

    A straight line is laid through the plate's places in metres. What the focal length is wrong
    by, the part along the road is wrong by too, and a plate turned by 30 degrees looks 15 %
    farther off than it is.

    Args:
        track: Where the plate was, in order of time.
        size_px: Width and height of the frames.
        focal_widths: Focal length in widths of the picture: 1.2 for a lens that sees 45 degrees;
            None where nobody said.

    Returns:
        "slow" below 10 mph, "town" to 45 mph, "fast" above; "unknown" for fewer than four frames,
        less than 0.3 s, or an unknown lens.
    """
    if focal_widths is None or len(track) < _FEWEST:
        return "unknown"
    if track[-1].at_s - track[0].at_s < _SHORTEST_S:
        return "unknown"
    times = np.array([seen.at_s for seen in track])
    places = np.array(
        [_metres(seen.box, size_px=size_px, focal_px=focal_widths * size_px[0]) for seen in track]
    )
    speed = float(np.hypot.reduce(np.polyfit(times - times[0], places, 1)[0]))
    if speed < _SLOW_M_S:
        return "slow"
    return "town" if speed < _FAST_M_S else "fast"


def _metres(box: Box, *, size_px: tuple[int, int], focal_px: float) -> tuple[float, float, float]:
    """Where a plate is before the camera: to the right, down, and away."""
    wide_m = _ONE_LINE_M if box[2] > _TWO_LINES_SQUARE * box[3] else _TWO_LINES_M
    scale = wide_m / max(box[2], 1.0)
    x, y = _middle(box)
    return (x - size_px[0] / 2) * scale, (y - size_px[1] / 2) * scale, focal_px * scale


def pace(before: Seen, now: Seen) -> tuple[float, float]:
    """Pixels a second of the middle of a plate between two frames."""
    for_s = max(now.at_s - before.at_s, 1e-3)
    (was_x, was_y), (x, y) = _middle(before.box), _middle(now.box)
    return (x - was_x) / for_s, (y - was_y) / for_s


def expected(last: Seen, *, pace_px_s: tuple[float, float], at_s: float) -> Box:
    """Where a plate should be at a time if it goes on as it did."""
    x, y, width, height = last.box
    for_s = at_s - last.at_s
    return x + pace_px_s[0] * for_s, y + pace_px_s[1] * for_s, width, height


def nearness(first: Box, second: Box) -> float:
    """1 in the same place, 0 from one and a half plate widths away."""
    (x, y), (other_x, other_y) = _middle(first), _middle(second)
    away = float(np.hypot(x - other_x, y - other_y)) / max(first[2], second[2])
    return max(0.0, 1 - away / _NEAR_WIDTHS)


def _middle(box: Box) -> tuple[float, float]:
    return box[0] + box[2] / 2, box[1] + box[3] / 2


def likeness(first: str, second: str) -> float:
    """1 less the share of characters to change, add or leave out (Levenshtein, 1966)."""
    row = list(range(len(second) + 1))
    for done, character in enumerate(first, start=1):
        corner, row[0] = row[0], done
        for place, other in enumerate(second, start=1):
            corner, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, corner + (character != other)),
            )
    return 1 - row[-1] / max(len(first), len(second), 1)
