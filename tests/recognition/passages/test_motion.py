"""Where plates go: the classes hold against a pinhole camera worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.passages.motion import (
    Seen,
    direction_of,
    expected,
    likeness,
    nearness,
    pace,
    speed_class,
)

SIZE = (1280, 720)
FOCAL = 1.2
MPH = 0.44704


def approach(
    mph: float, *, frames: int = 8, fps: float = 10, far_m: float = 40.0, two_lines: bool = False
) -> list[Seen]:
    """A plate 1.5 m to the right and 3 m below a camera that looks along the road."""
    wide_m, high_m = (0.285, 0.203) if two_lines else (0.52, 0.111)
    track = []
    for frame in range(frames):
        away_m = far_m - mph * MPH * frame / fps
        px = FOCAL * SIZE[0] / away_m
        x, y = SIZE[0] / 2 + 1.5 * px, SIZE[1] / 2 + 3 * px
        box = (x - wide_m * px / 2, y - high_m * px / 2, wide_m * px, high_m * px)
        track.append(Seen(frame / fps, box))
    return track


@pytest.mark.parametrize(("mph", "named"), [(3, "slow"), (30, "town"), (40, "town"), (70, "fast")])
@pytest.mark.parametrize("two_lines", [False, True])
def test_speeds_fall_in_their_class(mph: float, named: str, two_lines: bool) -> None:
    track = approach(mph, two_lines=two_lines)
    assert speed_class(track, size_px=SIZE, focal_widths=FOCAL) == named
    away = [Seen(seen.at_s, box.box) for seen, box in zip(track, track[::-1], strict=True)]
    assert speed_class(away, size_px=SIZE, focal_widths=FOCAL) == named


def test_one_unsteady_box_does_not_make_a_queue_fast() -> None:
    track = approach(3, frames=12)
    x, y, width, height = track[5].box
    track[5] = Seen(track[5].at_s, (x - 3, y, width + 3, height))
    assert speed_class(track, size_px=SIZE, focal_widths=FOCAL) == "slow"


def test_too_little_to_go_by_is_unknown() -> None:
    assert speed_class(approach(30), size_px=SIZE, focal_widths=None) == "unknown"
    assert speed_class(approach(30, frames=3), size_px=SIZE, focal_widths=FOCAL) == "unknown"
    assert speed_class(approach(30, fps=60), size_px=SIZE, focal_widths=FOCAL) == "unknown"
    assert speed_class([], size_px=SIZE, focal_widths=FOCAL) == "unknown"


def test_growing_is_towards_and_shrinking_is_away() -> None:
    track = approach(30)
    assert direction_of(track) == "towards"
    assert direction_of(track[::-1]) == "away"
    assert direction_of(track[:1]) == "unknown"
    assert direction_of(approach(0)) == "unknown"


def test_a_plate_is_expected_where_its_pace_takes_it() -> None:
    before, now = Seen(0.0, (100, 100, 80, 20)), Seen(0.5, (150, 110, 80, 20))
    moving = pace(before, now)
    assert moving == pytest.approx((100, 20))
    assert expected(now, pace_px_s=moving, at_s=1.0) == pytest.approx((200, 120, 80, 20))


boxes = st.tuples(st.floats(0, 1000), st.floats(0, 700), st.floats(10, 300), st.floats(5, 100))


@given(boxes, boxes)
def test_nearness_is_a_share_and_full_only_in_the_same_place(
    first: tuple[float, float, float, float], second: tuple[float, float, float, float]
) -> None:
    assert 0 <= nearness(first, second) <= 1
    assert nearness(first, first) == 1


@given(st.text("ABC123", max_size=8), st.text("ABC123", max_size=8))
def test_likeness_is_symmetric_and_one_only_for_the_same(first: str, second: str) -> None:
    assert likeness(first, second) == pytest.approx(likeness(second, first))
    assert (likeness(first, second) == 1) is (first == second)
    assert 0 <= likeness(first, second) <= 1


def test_a_standing_vehicle_is_slow() -> None:
    still = [Seen(frame / 5, (600.0, 400.0, 100.0, 22.0)) for frame in range(10)]
    assert speed_class(still, size_px=SIZE, focal_widths=FOCAL) == "slow"
    assert np.isfinite(nearness(still[0].box, still[1].box))
