"""Frames that are lent: whatever workers do, each frame is answered once and leaves in order."""

from datetime import UTC, datetime

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cluster.leases import ATTEMPTS, GIVEN_UP, STOPPED, Answer, Arrival, Lease, LentFrames
from cluster.sources import Picture
from recognition.recogniser import FrameReading

NOTHING = FrameReading((), (), {})
LEASE_S = 10.0


def arrival(number: int, *, refusal: str = "") -> Arrival:
    picture = Picture(
        frame_id=f"f{number}",
        number=number,
        name=f"{number}.jpg",
        captured_at=datetime(2026, 11, 17, tzinfo=UTC),
        data=b"" if refusal else b"jpeg",
        refusal=refusal,
    )
    return Arrival(picture, received_s=float(number))


def holding(count: int, *, room: int = 8) -> LentFrames:
    frames = LentFrames(epoch=1, room=room, lease_s=LEASE_S)
    for number in range(count):
        frames.offer(arrival(number))
    return frames


def answers_to(lease: Lease) -> tuple[Answer, ...]:
    return tuple(Answer(picture.frame_id, NOTHING) for picture in lease.pictures)


def give(frames: LentFrames, lease: Lease) -> bool:
    return frames.answer(epoch=lease.epoch, number=lease.number, answers=answers_to(lease))


def ids(lease: Lease) -> list[str]:
    return [picture.frame_id for picture in lease.pictures]


def left(frames: LentFrames) -> list[tuple[str, str]]:
    return [(a.picture.frame_id, answer.refusal) for a, answer in frames.in_order()]


def test_frames_answered_out_of_order_leave_in_order():
    frames = holding(3)
    first = frames.lend(worker="a", life=1, most=1, now_s=0)
    second = frames.lend(worker="b", life=1, most=2, now_s=0)
    assert give(frames, second)
    assert left(frames) == []
    assert give(frames, first)
    assert left(frames) == [("f0", ""), ("f1", ""), ("f2", "")]
    assert len(frames) == 0


def test_an_overdue_lease_is_lent_again_and_its_late_answer_is_ignored():
    frames = holding(2)
    slow = frames.lend(worker="a", life=1, most=2, now_s=0)
    assert frames.lend(worker="b", life=1, most=2, now_s=LEASE_S - 0.1).pictures == ()
    again = frames.lend(worker="b", life=1, most=2, now_s=LEASE_S)
    assert ids(again) == ["f0", "f1"]
    assert not give(frames, slow)
    assert give(frames, again)
    assert not give(frames, again)
    assert left(frames) == [("f0", ""), ("f1", "")]


def test_a_worker_that_came_back_gets_its_frames_at_once():
    frames = holding(2)
    before = frames.lend(worker="a", life=1, most=2, now_s=0)
    after = frames.lend(worker="a", life=2, most=2, now_s=1)
    assert ids(after) == ids(before)
    assert not give(frames, before)
    assert give(frames, after)


def test_a_paused_process_gets_nothing_once_its_successor_lives():
    frames = holding(2)
    frames.lend(worker="a", life=2, most=1, now_s=0)
    assert frames.lend(worker="a", life=1, most=1, now_s=1).pictures == ()


def test_an_answer_for_an_earlier_life_of_the_camera_is_ignored():
    frames = holding(1)
    lease = frames.lend(worker="a", life=1, most=1, now_s=0)
    assert not frames.answer(epoch=0, number=lease.number, answers=answers_to(lease))


def test_a_frame_that_its_answer_leaves_out_is_lent_again():
    frames = holding(2)
    lease = frames.lend(worker="a", life=1, most=2, now_s=0)
    assert frames.answer(epoch=1, number=lease.number, answers=answers_to(lease)[1:])
    assert ids(frames.lend(worker="a", life=1, most=2, now_s=0)) == ["f0"]


def test_a_frame_that_stops_every_recogniser_is_refused_in_the_end():
    frames = holding(1)
    for life in range(ATTEMPTS):
        assert ids(frames.lend(worker="a", life=life, most=1, now_s=0)) == ["f0"]
    assert frames.lend(worker="a", life=ATTEMPTS, most=1, now_s=0).pictures == ()
    assert left(frames) == [("f0", STOPPED)]


def test_a_picture_without_bytes_is_its_own_answer():
    frames = holding(0)
    frames.offer(arrival(0, refusal="the file is empty"))
    assert frames.lend(worker="a", life=1, most=1, now_s=0).pictures == ()
    assert left(frames) == [("f0", "the file is empty")]


def test_making_room_gives_up_the_oldest_that_waits_and_says_so():
    frames = holding(3, room=3)
    lease = frames.lend(worker="a", life=1, most=1, now_s=0)
    assert frames.full
    frames.give_up_oldest()
    frames.offer(arrival(3))
    give(frames, lease)
    assert left(frames) == [("f0", ""), ("f1", GIVEN_UP)]
    assert ids(frames.lend(worker="a", life=1, most=9, now_s=0)) == ["f2", "f3"]


class LentFramesMachine(RuleBasedStateMachine):
    """Workers that take, answer, vanish, come back and wake up late, in any order."""

    @initialize()
    def start(self) -> None:
        self.frames = LentFrames(epoch=7, room=6, lease_s=LEASE_S)
        self.now_s = 0.0
        self.offered = 0
        self.out: list[str] = []
        self.leases: list[Lease] = []
        self.taken: dict[str, int] = {}
        self.lives = {"a": 0, "b": 0}

    @precondition(lambda self: not self.frames.full)
    @rule(refused=st.booleans())
    def offer(self, refused: bool) -> None:
        self.frames.offer(arrival(self.offered, refusal="not a picture" if refused else ""))
        self.offered += 1

    @rule(worker=st.sampled_from("ab"), most=st.integers(1, 4))
    def lend(self, worker: str, most: int) -> None:
        lease = self.frames.lend(
            worker=worker, life=self.lives[worker], most=most, now_s=self.now_s
        )
        assert len(lease.pictures) <= most
        if lease.pictures:
            self.leases.append(lease)

    @precondition(lambda self: self.leases)
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        lease = data.draw(st.sampled_from(self.leases))
        if give(self.frames, lease):
            for frame in ids(lease):
                self.taken[frame] = self.taken.get(frame, 0) + 1

    @rule(worker=st.sampled_from("ab"))
    def come_back(self, worker: str) -> None:
        self.lives[worker] += 1

    @rule(seconds=st.floats(0, 2 * LEASE_S))
    def wait(self, seconds: float) -> None:
        self.now_s += seconds

    @rule()
    def give_up(self) -> None:
        self.frames.give_up_oldest()

    @rule()
    def leave(self) -> None:
        self.out += [frame for frame, _ in left(self.frames)]

    @invariant()
    def no_frame_is_answered_twice(self) -> None:
        assert all(times == 1 for times in self.taken.values())

    @invariant()
    def frames_leave_once_and_in_order(self) -> None:
        assert self.out == [f"f{number}" for number in range(len(self.out))]
        assert len(self.frames) == self.offered - len(self.out)

    def teardown(self) -> None:
        """Whatever happened, one patient worker gets everything done."""
        for _ in range(ATTEMPTS + 1):
            self.now_s += LEASE_S
            lease = self.frames.lend(worker="c", life=1, most=99, now_s=self.now_s)
            give(self.frames, lease)
        self.out += [frame for frame, _ in left(self.frames)]
        assert self.out == [f"f{number}" for number in range(self.offered)]


TestLentFrames = LentFramesMachine.TestCase
