from collections.abc import Iterator
from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.frame import Frame
from recognition.grammar.lattice import ALPHABET, NOTHING, Lattice
from recognition.grammar.syntax import Grammar
from recognition.passages.passage import Following, PassageNews, PassageTracker, Sighting, stills
from recognition.recogniser import FrameReading, PlateReading

GRAMMAR = Grammar()
ROAD = np.random.default_rng(3).integers(0, 256, (360, 640, 3), dtype=np.uint8)
FRAME = Frame(cv2.GaussianBlur(ROAD, (0, 0), 2))


def lattice_of(text: str, *, sure: float = 0.99) -> Lattice:
    slots = np.full((len(text), NOTHING + 1), (1 - sure) / NOTHING)
    for row, character in enumerate(text):
        slots[row, ALPHABET.index(character)] = sure
    return Lattice(slots)


def plate(
    text: str, *, x: float = 300, y: float = 200, width: float = 80, lattice: Lattice | None = None
) -> PlateReading:
    shown = lattice or lattice_of(text)
    reading = GRAMMAR.settle(shown)
    assert reading is not None
    low, high = y + width / 4, x + width
    return PlateReading(
        reading=reading,
        corners=np.array([(x, y), (high, y), (high, low), (x, low)], np.float32),
        detection=0.9,
        lattice=shown,
    )


def holds(*plates: PlateReading) -> FrameReading:
    return FrameReading(plates, (), {})


def drive(
    frames: list[tuple[float, FrameReading]], *, tracker: PassageTracker | None = None
) -> PassageNews:
    """All news of a film, its end included."""
    tracker = tracker or PassageTracker(camera_id="NS-C01")
    news = [tracker.follow(reading, frame=FRAME, at_s=at_s) for at_s, reading in frames]
    news.append(tracker.finish())
    return PassageNews(
        tuple(sight for item in news for sight in item.first),
        tuple(sight for item in news for sight in item.settled),
    )


def approach(text: str, *, start_s: float = 0.0) -> Iterator[tuple[float, FrameReading]]:
    for step in range(8):
        width = 40 * 1.15**step
        yield start_s + step * 0.2, holds(plate(text, x=300 - width / 2, y=100, width=width))


def test_one_vehicle_in_many_frames_is_one_passage_that_comes_closer() -> None:
    news = drive(list(approach("AB12CDE")))
    assert [sight.vrm for sight in news.first] == ["AB12CDE"]
    (settled,) = news.settled
    assert (settled.vrm, settled.frames, settled.direction) == ("AB12CDE", 8, "towards")
    assert settled.passage_start_s == 0.0
    assert news.first[0].passage_start_s == settled.passage_start_s


def test_a_vehicle_that_grows_smaller_drives_away() -> None:
    frames = [reading for _, reading in approach("AB12CDE")][::-1]
    news = drive([(step * 0.2, reading) for step, reading in enumerate(frames)])
    assert [sight.direction for sight in news.settled] == ["away"]


def test_a_confident_first_sight_is_told_with_its_very_frame() -> None:
    tracker = PassageTracker(camera_id="NS-C01")
    news = tracker.follow(holds(plate("AB12CDE")), frame=FRAME, at_s=5.0)
    assert [(sight.vrm, sight.at_s, sight.frames) for sight in news.first] == [("AB12CDE", 5.0, 1)]
    assert news.settled == ()


def test_a_mark_that_more_frames_correct_is_told_again_before_it_settles() -> None:
    far = [(0.0, holds(plate("LB17MDN")))]
    near = [(0.2 + step * 0.2, holds(plate("LB17MDM"))) for step in range(6)]
    news = drive(far + near)
    assert [sight.vrm for sight in news.first] == ["LB17MDN", "LB17MDM"]
    assert [sight.vrm for sight in news.settled] == ["LB17MDM"]
    assert {(s.passage_start_s, s.index) for s in (*news.first, *news.settled)} == {(0.0, 0)}
    assert news.first[1].at_s < near[-1][0]


def test_frames_that_each_hide_a_character_are_read_together() -> None:
    """No single frame holds the mark, so no vote of strings could find it."""
    frames = []
    for step in range(6):
        shown = lattice_of("AB12CDE")
        hidden = step % 2 * 5
        shown.slots[hidden] = 1e-4
        shown.slots[hidden, ALPHABET.index("KX"[step % 2])] = 0.6
        shown.slots[hidden, ALPHABET.index("AB12CDE"[hidden])] = 0.35
        frames.append((step * 0.2, holds(plate("", lattice=shown))))
    assert all(reading.plates[0].reading.raw != "AB12CDE" for _, reading in frames)
    (settled,) = drive(frames).settled
    assert settled.vrm == "AB12CDE"
    assert settled.confidence > max(reading.plates[0].reading.confidence for _, reading in frames)


def test_a_character_that_one_frame_imagines_fades() -> None:
    frames = [(step * 0.2, holds(plate("AB12CDE"))) for step in range(5)]
    frames.insert(2, (0.5, holds(plate("1AB12CDE"))))
    (settled,) = drive(sorted(frames, key=lambda frame: frame[0])).settled
    assert settled.vrm == "AB12CDE"


def test_two_vehicles_side_by_side_are_two_passages() -> None:
    frames = [
        (
            step * 0.2,
            holds(plate("AB12CDE", x=100 + 5 * step), plate("XY65ZZZ", x=220 + 5 * step)),
        )
        for step in range(5)
    ]
    news = drive(frames)
    assert sorted((sight.vrm, sight.frames) for sight in news.settled) == [
        ("AB12CDE", 5),
        ("XY65ZZZ", 5),
    ]
    assert {sight.passage_start_s for sight in news.settled} == {0.0}
    assert {sight.index for sight in news.settled} == {0, 1}


def test_vehicles_that_follow_each_other_are_two_passages_in_the_same_place() -> None:
    frames = [(0.0, holds(plate("AB12CDE"))), (0.5, holds(plate("LM59OPQ".replace("Q", "R"))))]
    assert [sight.vrm for sight in drive(frames).settled] == ["AB12CDE", "LM59OPR"]


def test_a_parked_vehicle_is_read_once_however_long_it_stands() -> None:
    frames = [(float(second), holds(plate("AB12CDE"))) for second in range(120)]
    hidden = [frame for frame in frames if not 40 <= frame[0] < 60]
    news = drive(hidden)
    assert [len(news.first), len(news.settled)] == [1, 1]
    assert news.settled[0].passage_start_s == 0.0


def test_another_vehicle_in_the_place_of_a_parked_one_is_a_passage() -> None:
    parked = [(float(second), holds(plate("AB12CDE"))) for second in range(5)]
    after = [(20.0 + step, holds(plate("XY65ZZZ"))) for step in range(3)]
    assert [sight.vrm for sight in drive([*parked, *after]).settled] == ["AB12CDE", "XY65ZZZ"]


def test_a_parked_vehicle_is_forgotten_after_its_time() -> None:
    frames = [(at_s, holds(plate("AB12CDE"))) for at_s in (0.0, 1.0, 2.0, 400.0, 401.0)]
    assert [sight.passage_start_s for sight in drive(frames).settled] == [0.0, 400.0]


def test_a_vehicle_seen_once_and_again_later_is_not_taken_for_parked() -> None:
    frames = [(at_s, holds(plate("AB12CDE"))) for at_s in (0.0, 60.0)]
    assert len(drive(frames).settled) == 2


def test_the_same_vehicle_coming_back_later_is_a_passage_again() -> None:
    news = drive([*approach("AB12CDE"), *approach("AB12CDE", start_s=30.0)])
    assert [sight.passage_start_s for sight in news.settled] == [0.0, 30.0]


def test_a_passage_ends_once_its_vehicle_is_gone() -> None:
    tracker = PassageTracker(camera_id="NS-C01")
    for at_s, reading in approach("AB12CDE"):
        assert tracker.follow(reading, frame=FRAME, at_s=at_s).settled == ()
    assert len(tracker.follow(holds(), frame=FRAME, at_s=9.0).settled) == 1
    assert tracker.finish() == PassageNews()


def test_a_feed_with_a_frame_every_three_seconds_is_not_torn() -> None:
    frames = [(step * 3.0, reading) for step, (_, reading) in enumerate(approach("AB12CDE"))][:4]
    empty = [(3.0 * step, holds()) for step in range(4, 12)]
    news = drive([(-3.0, holds()), *frames, *empty])
    assert [(sight.vrm, sight.frames) for sight in news.settled] == [("AB12CDE", 4)]


def test_a_slow_feed_waits_no_longer_than_it_says() -> None:
    frames = [(at_s, holds(plate("AB12CDE", x=at_s))) for at_s in (0.0, 60.0, 120.0)]
    assert len(drive(frames).settled) == 3


def test_two_vehicles_with_marks_in_a_row_are_two_passages() -> None:
    first = [(step * 0.2, holds(plate("AB12CDE", x=500, width=120))) for step in range(5)]
    second = [
        (1.0 + step * 0.2, holds(plate("AB12CDF", x=20, y=20, width=40))) for step in range(5)
    ]
    news = drive(first + second)
    assert sorted(sight.vrm for sight in news.settled) == ["AB12CDE", "AB12CDF"]


def test_a_passage_tells_about_how_fast_where_the_lens_is_known() -> None:
    def told(following: Following) -> list[str]:
        tracker = PassageTracker(camera_id="NS-C01", following=following)
        return [sight.speed for sight in drive(list(approach("AB12CDE")), tracker=tracker).settled]

    assert told(Following()) == ["unknown"]
    # By hand: 2.4 x 640 px x 0.52 m / 40 px is 20 m, at the end 7.5 m, 1.4 s later: 20 mph.
    assert told(Following(focal_widths=2.4)) == ["town"]


def test_what_nobody_could_read_is_no_passage() -> None:
    murk = Lattice(np.full((7, NOTHING + 1), 1 / (NOTHING + 1)))
    murk.slots[:, 5] += 1e-6
    reading = GRAMMAR.settle(murk)
    assert reading is not None
    assert reading.confidence < 0.2
    assert drive([(0.0, holds(plate("", lattice=murk)))]) == PassageNews()


def test_the_evidence_picture_is_the_sharpest_and_largest_plate() -> None:
    blurred = Frame(cv2.GaussianBlur(FRAME.image, (0, 0), 6))
    tracker = PassageTracker(camera_id="NS-C01")
    for step, frame in enumerate([blurred, FRAME, blurred]):
        tracker.follow(holds(plate("AB12CDE", width=100)), frame=frame, at_s=step * 0.2)
    (settled,) = tracker.finish().settled
    assert settled.at_s == 0.2
    assert settled.vehicle_picture.shape[0] > settled.plate_patch.shape[0]
    assert not np.shares_memory(settled.plate_patch, FRAME.image)


def test_pictures_that_have_nothing_to_do_with_each_other_bypass_the_tracker() -> None:
    first, second = stills(holds(plate("AB12CDE"), plate("XY65ZZZ", x=100)), frame=FRAME)
    assert (first.vrm, second.vrm) == ("AB12CDE", "XY65ZZZ")
    assert (first.frames, first.direction) == (1, "unknown")
    assert (first.index, second.index) == (0, 1)


def _plain(sight: Sighting) -> tuple[object, ...]:
    pictures = (sight.plate_patch.tobytes(), sight.vehicle_picture.tobytes())
    return (sight.passage_start_s, sight.at_s, sight.vrm, sight.confidence, *pictures)


marks = st.sampled_from(["AB12CDE", "AB12CDF", "XY65ZZZ", "A123BCD", "W1"])
films = st.lists(
    st.lists(st.tuples(marks, st.floats(0, 550), st.floats(20, 150)), max_size=3), max_size=12
)


@given(films, st.floats(0.04, 3.0))
def test_a_replay_gives_the_same_passages(
    film: list[list[tuple[str, float, float]]], every_s: float
) -> None:
    frames = [
        (step * every_s, holds(*(plate(text, x=x, width=width) for text, x, width in shown)))
        for step, shown in enumerate(film)
    ]
    once, again = drive(frames), drive(frames)
    assert [_plain(sight) for sight in once.settled] == [_plain(sight) for sight in again.settled]
    assert [_plain(sight) for sight in once.first] == [_plain(sight) for sight in again.first]


@given(films)
def test_every_first_sight_is_settled_in_the_end(
    film: list[list[tuple[str, float, float]]],
) -> None:
    news = drive(
        [
            (step * 0.3, holds(*(plate(text, x=x, width=width) for text, x, width in shown)))
            for step, shown in enumerate(film)
        ]
    )
    told: dict[tuple[float, int], list[str]] = {}
    for sight in news.first:
        told.setdefault((sight.passage_start_s, sight.index), []).append(sight.fold)
    over = [(sight.passage_start_s, sight.index) for sight in news.settled]
    assert all(one != other for folds in told.values() for one, other in pairwise(folds))
    assert len(set(over)) == len(over)
    assert set(told) <= set(over)


@pytest.mark.parametrize("place", [(-30, -20), (600, 340)])
def test_a_plate_at_the_edge_of_the_frame_still_gives_pictures(place: tuple[int, int]) -> None:
    (sight,) = stills(holds(plate("AB12CDE", x=place[0], y=place[1])), frame=FRAME)
    assert sight.plate_patch.size > 0
    assert sight.vehicle_picture.size > 0
