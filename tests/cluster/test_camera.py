"""A camera between source, recognisers and recorder, without Ray: threads as it has them."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest

from cluster.accounts import StillAccounts
from cluster.camera import Camera, announced
from cluster.leases import GIVEN_UP, Answer, LentFrames
from cluster.sources import Picture
from recognition.recogniser import FrameReading
from store.spool.frames import Accounted
from store.terms import Outcome
from tests.cluster.test_leases import arrival

NOTHING = FrameReading((), (), {})
WAIT_S = 30.0


def picture(number: int) -> Picture:
    return arrival(number).picture


def camera(*, room: int = 3, live: bool = False) -> Camera:
    return Camera(
        frames=LentFrames(epoch=1, room=room, lease_s=60.0),
        accounts=StillAccounts(camera_id="NS-C01", controller="NS"),
        live=live,
    )


def read_all(at: Camera, *, most: int = 99, wait_s: float = 0.0) -> list[str]:
    lease = at.lend(worker="r", life=1, most=most, wait_s=wait_s)
    answers = tuple(Answer(one.frame_id, NOTHING) for one in lease.pictures)
    at.answer(epoch=lease.epoch, number=lease.number, answers=answers)
    return [one.frame_id for one in lease.pictures]


def test_a_source_that_can_wait_waits_for_room_and_loses_nothing():
    at, done = camera(room=3), []

    def feed() -> None:
        for number in range(20):
            at.take(picture(number), received_s=float(number))
        at.end()

    feeding = threading.Thread(target=feed)
    feeding.start()
    while not at.progress().done:
        assert at.progress().held <= 3
        read_all(at, wait_s=0.01)
        due = at.due(wait_s=0.01)
        at.recorded(due)
        done += [one.picture.number for one, _ in due]
    feeding.join(WAIT_S)
    assert done == list(range(20))
    assert at.progress().outcomes == {Outcome.NO_PLATE: 20}


def test_a_live_camera_keeps_its_newest_and_accounts_for_what_it_gave_up():
    at = camera(room=3, live=True)
    for number in range(10):
        at.take(picture(number), received_s=float(number))
    assert read_all(at) == ["f7", "f8", "f9"]
    accounts = [account for _, account in at.due(wait_s=0.0)]
    assert [account.frame_id for account in accounts] == [f"f{number}" for number in range(10)]
    assert [account.reason for account in accounts] == [GIVEN_UP] * 7 + [""] * 3


def test_frames_are_held_until_they_are_recorded():
    at = camera()
    at.take(picture(0), received_s=0.0)
    at.end()
    read_all(at)
    due = at.due(wait_s=0.0)
    assert not at.progress().done
    at.recorded(due)
    assert at.progress().done


def test_a_recogniser_that_waits_is_woken_by_the_next_frame():
    at = camera()
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(read_all, at, wait_s=WAIT_S)
        at.take(picture(0), received_s=0.0)
        assert waiting.result(WAIT_S) == ["f0"]


def test_nothing_is_lent_where_nothing_comes():
    assert camera().lend(worker="r", life=1, most=1, wait_s=0.01).pictures == ()


def test_progress_counts_what_was_known_before_and_names_what_was_refused():
    at = camera()
    at.skip("a.jpg", Accounted(Outcome.READ, "", 2))
    at.skip("b.jpg", Accounted(Outcome.REFUSED, "the file is empty", 0))
    at.take(replace(picture(0), name="c.jpg", refusal="gone", data=b""), received_s=4.0)
    at.recorded(at.due(wait_s=0.0))
    progress = at.progress()
    assert progress.outcomes == {Outcome.READ: 1, Outcome.REFUSED: 2}
    assert (progress.reads, progress.known, progress.received_s) == (2, 2, 4.0)
    assert progress.refusals == (("b.jpg", "the file is empty"), ("c.jpg", "gone"))
    assert at.progress(after=1).refusals == (("c.jpg", "gone"),)


def test_a_source_that_failed_says_so_and_is_done():
    at = camera()
    at.end(trouble="/srv/c01: no such folder")
    assert at.progress().done
    assert at.progress().trouble == "/srv/c01: no such folder"


@dataclass
class Feed:
    """Pictures without end."""

    live: bool
    asked: int = 0
    paced: bool = False
    stills: bool = False

    def pictures(self, *, after: int = -1) -> Iterator[Picture]:
        number = after
        while True:
            number += 1
            self.asked += 1
            yield picture(number)


@pytest.mark.parametrize("live", [False, True])
def test_the_last_picture_of_a_feed_that_is_stopped_says_that_it_is_the_last(live: bool):
    stopping, feed = threading.Event(), Feed(live)
    pictures = announced(feed, after=4, stopping=stopping)
    assert [next(pictures).number for _ in range(3)] == [5, 6, 7]
    stopping.set()
    (last,) = pictures
    assert last.last
    assert last.number == 8


def test_a_live_picture_is_not_held_back_until_the_next_one_comes():
    feed = Feed(live=True)
    next(announced(feed, after=-1, stopping=threading.Event()))
    assert feed.asked == 1
