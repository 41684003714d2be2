"""Recognisers: a batch is read whole but for what cannot be read, and is sized by time."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from cluster.recogniser import MOST, BatchSize, read_pictures
from cluster.sources import Picture


def test_a_picture_that_cannot_be_decoded_is_refused_and_stops_no_other(recogniser, jpeg_of):
    whole = jpeg_of("JB14JSW")
    batch = [
        Picture(str(number), number, str(number), datetime(2026, 11, 17, tzinfo=UTC), data)
        for number, data in enumerate([b"no picture", whole, whole[:999], whole])
    ]
    answers = read_pictures(recogniser, batch)
    assert [answer.frame_id for answer in answers] == ["0", "1", "2", "3"]
    assert [bool(answer.refusal) for answer in answers] == [True, False, True, False]
    assert [a.reading.plates[0].reading.vrm for a in answers if a.reading] == ["JB14JSW"] * 2


def test_a_batch_of_nothing_but_refusals_is_answered(recogniser):
    (answer,) = read_pictures(
        recogniser, [Picture("f", 0, "f", datetime(2026, 11, 17, tzinfo=UTC), b"none")]
    )
    assert answer.reading is None


def test_a_slow_recogniser_takes_fewer_frames_and_a_fast_one_more():
    slow, fast = BatchSize(50.0), BatchSize(50.0)
    for _ in range(50):
        slow.took(frames=2, ms=200.0)
        fast.took(frames=8, ms=40.0)
    assert slow.frames == 1
    assert fast.frames == 10


@given(st.lists(st.tuples(st.integers(0, 99), st.floats(0, 1e9)), max_size=30))
def test_whatever_was_measured_a_batch_has_one_frame_at_least_and_never_too_many(measured):
    size = BatchSize(50.0)
    for frames, ms in measured:
        size.took(frames=frames, ms=ms)
        assert 1 <= size.frames <= MOST
