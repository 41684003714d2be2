"""Frames between a camera and its recognisers: lent, answered, and taken on in order.

Recognisers pull. A frame is lent under a lease; a lease that is not answered in time, or whose
worker came back as a new process, is lent again. An answer counts only while its lease stands, so
a paused worker that wakes up late cannot answer twice. No clock and no Ray: `now_s` is an argument.
"""

from bisect import bisect_left
from collections import OrderedDict, deque
from dataclasses import dataclass, field, replace

from cluster.sources import Picture
from recognition.recogniser import FrameReading

__all__ = ["Answer", "Arrival", "Lease", "LentFrames"]

ATTEMPTS = 3  # a frame that ended its worker so often is refused: it would end all of them in turn
STOPPED = "reading it stopped the recogniser three times"
GIVEN_UP = "the camera sent more than could be read; newer frames went first"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A picture and the moment its bytes were here (UNIX time, seconds)."""

    picture: Picture
    received_s: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a recogniser made of one frame: a reading, or the reason why there is none.

    Attributes:
        frame_id: The frame.
        reading: All plates of the frame, or None where it was refused.
        refusal: Why it was refused; empty otherwise.
    """

    frame_id: str
    reading: FrameReading | None
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Lease:
    """Frames lent to a worker.

    Attributes:
        epoch: Which life of the camera lent them.
        number: Which lease of that life.
        pictures: What is to be read; empty when nothing waits.
        left: Frames that wait still, so that a recogniser knows where to pull next.
    """

    epoch: int
    number: int
    pictures: tuple[Picture, ...] = ()
    left: int = 0


@dataclass(slots=True)
class _Lent:
    worker: str
    life: int
    until_s: float
    places: tuple[int, ...]


@dataclass(slots=True)
class _Slot:
    arrival: Arrival
    attempts: int = 0
    answer: Answer | None = None


@dataclass(slots=True)
class LentFrames:
    """The frames of one camera that are not accounted for yet, in the order they came.

    Attributes:
        epoch: A number that no earlier life of this camera used.
        room: Frames that may be held at once, whatever they wait for.
        lease_s: How long a lease stands.
    """

    epoch: int
    room: int
    lease_s: float
    _slots: OrderedDict[int, _Slot] = field(default_factory=OrderedDict)
    _waiting: deque[int] = field(default_factory=deque)
    _lent: dict[int, _Lent] = field(default_factory=dict)
    _lives: dict[str, int] = field(default_factory=dict)
    _places: int = 0
    _leases: int = 0

    def __len__(self) -> int:
        """Frames that wait, are lent, or are answered behind one that is not."""
        return len(self._slots)

    @property
    def full(self) -> bool:
        """Whether one more frame would exceed the room."""
        return len(self._slots) >= self.room

    @property
    def waiting(self) -> int:
        """Frames that nobody reads yet."""
        return len(self._waiting)

    @property
    def answered(self) -> bool:
        """Whether `in_order` has something to give."""
        return next((slot.answer is not None for slot in self._slots.values()), False)

    def offer(self, arrival: Arrival) -> None:
        """Take a frame in; one that has no bytes is answered with its own refusal at once."""
        place, self._places = self._places, self._places + 1
        picture = arrival.picture
        slot = self._slots[place] = _Slot(arrival)
        if picture.refusal:
            slot.answer = Answer(picture.frame_id, None, picture.refusal)
        else:
            self._waiting.append(place)

    def give_up_oldest(self) -> None:
        """Refuse the oldest frame that waits, to make room for a newer one (live feeds only)."""
        if self._waiting:
            slot = self._slots[self._waiting.popleft()]
            picture = replace(slot.arrival.picture, data=b"")  # it may wait long for the recorder
            slot.arrival = replace(slot.arrival, picture=picture)
            slot.answer = Answer(picture.frame_id, None, GIVEN_UP)

    def lend(self, *, worker: str, life: int, most: int, now_s: float) -> Lease:
        """Lend the oldest frames that wait.

        Args:
            worker: Name of the recogniser, the same after a restart.
            life: Rises with each restart of it; what an earlier life holds is lent again now.
            most: Frames it can take, at least 1.
            now_s: Seconds on a clock that never goes back.
        """
        self._take_back(worker=worker, life=life, now_s=now_s)
        if life < self._lives.get(worker, life):
            return Lease(self.epoch, -1)  # a process that its own successor outlived
        self._lives[worker] = life
        places = tuple(self._waiting.popleft() for _ in range(min(most, len(self._waiting))))
        if not places:
            return Lease(self.epoch, -1)
        number, self._leases = self._leases, self._leases + 1
        self._lent[number] = _Lent(worker, life, now_s + self.lease_s, places)
        for place in places:
            self._slots[place].attempts += 1
        pictures = tuple(self._slots[place].arrival.picture for place in places)
        return Lease(self.epoch, number, pictures, left=len(self._waiting))

    def answer(self, *, epoch: int, number: int, answers: tuple[Answer, ...]) -> bool:
        """Take the answers to a lease; False where it no longer stands and they were ignored.

        A frame of the lease that has no answer among them is lent again.
        """
        lent = self._lent.pop(number, None) if epoch == self.epoch else None
        if lent is None:
            return False
        by_frame = {answer.frame_id: answer for answer in answers}
        for place in reversed(lent.places):
            slot = self._slots[place]
            slot.answer = by_frame.get(slot.arrival.picture.frame_id)
            if slot.answer is None:
                self._wait_again(place)
        return True

    def in_order(self) -> list[tuple[Arrival, Answer]]:
        """Remove and return what is answered, up to the first frame that is not."""
        done: list[tuple[Arrival, Answer]] = []
        while self._slots:
            place, slot = next(iter(self._slots.items()))
            if slot.answer is None:
                break
            done.append((slot.arrival, slot.answer))
            del self._slots[place]
        return done

    def _take_back(self, *, worker: str, life: int, now_s: float) -> None:
        overdue = [
            number
            for number, lent in self._lent.items()
            if lent.until_s <= now_s or (lent.worker == worker and lent.life < life)
        ]
        for place in sorted((p for n in overdue for p in self._lent.pop(n).places), reverse=True):
            self._wait_again(place)

    def _wait_again(self, place: int) -> None:
        """Back to its place in the order, which waits for it."""
        slot = self._slots[place]
        if slot.attempts >= ATTEMPTS:
            slot.answer = Answer(slot.arrival.picture.frame_id, None, STOPPED)
            return
        self._waiting.insert(bisect_left(self._waiting, place), place)
