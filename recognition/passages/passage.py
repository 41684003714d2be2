"""Many frames of one vehicle -> one passage with one reading.

Plates of following frames are joined by what they say and by where they are; their lattices are
fused place by place, so a character that no single frame shows clearly is still read. Nothing here
looks at a clock or draws lots: a replay gives the same passages.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np
from numpy.typing import NDArray

from recognition.frame import Frame, Image
from recognition.grammar.lattice import Fused
from recognition.grammar.syntax import Grammar, Reading
from recognition.looks.plates import Box, overlap
from recognition.passages.evidence import Evidence, evidence_of
from recognition.passages.motion import (
    Seen,
    direction_of,
    expected,
    likeness,
    nearness,
    pace,
    speed_class,
)
from recognition.recogniser import FrameReading, PlateReading

__all__ = ["Following", "PassageNews", "PassageTracker", "Sighting", "stills"]


@dataclass(frozen=True, slots=True)
class Following:
    """How plates of following frames become a passage.

    Attributes:
        gone_s: A vehicle not seen for this long has passed.
        gone_frames: Nor has it before so many frames' time, up to `gone_most_s`: a camera that
            sends a frame every few seconds would tear every passage otherwise.
        gone_most_s: See `gone_frames`.
        settle_s: A vehicle that stays (a queue, a parked car) is settled after this long.
        parked_s: A vehicle that stood and shows again in the same place within this time is the
            same passage still, and is not read again.
        confident: A fused reading of this confidence is reported at once.
        worth: A passage below this confidence is not reported at all.
        likeness: Least likeness of text for two plates far apart to be one vehicle.
        near: Likeness that suffices where the plate is where it was expected.
        sure: Two marks that both reach this confidence, and differ, are two vehicles unless the
            plates are close: convoys carry marks in a row.
        focal_widths: Focal length of the lens in widths of the picture, for the speed class;
            None where nobody said.
    """

    gone_s: float = 2.0
    gone_frames: float = 2.5
    gone_most_s: float = 15.0
    settle_s: float = 10.0
    parked_s: float = 300.0
    confident: float = 0.85
    worth: float = 0.2
    likeness: float = 0.7
    near: float = 0.35
    sure: float = 0.9
    focal_widths: float | None = None


DEFAULT_FOLLOWING = Following()
_SAME_PLACE = 0.3
_SPACINGS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """One reading of one passage, with its evidence.

    Attributes:
        passage_start_s: Time of the first frame; with camera and `index` it names the passage.
        index: 0, 1, ... among the passages that begin in the same frame.
        at_s: Time of the evidence frame.
        vrm: The canonical mark.
        raw: What the network wrote, all frames fused.
        fold: The key that lists join on.
        confidence: Posterior of `vrm`, in [0, 1].
        repaired: The grammar changed a character (see `recognition.grammar.syntax.Reading`).
        candidates: Other marks with their posterior, likeliest first.
        direction: "towards" or "away" from the camera, or "unknown".
        speed: About how fast: "slow", "town" or "fast", mostly "unknown"; a hint and no
            measurement, see `recognition.passages.motion.speed_class`.
        frames: Frames of the passage that showed the plate.
        plate_patch: (h, w, 3) uint8 blue-green-red, the clearest of them.
        vehicle_picture: (h, w, 3) uint8 blue-green-red around that plate.
        corners: (4, 2) float32 pixels of the plate in the evidence frame.
    """

    passage_start_s: float
    index: int
    at_s: float
    vrm: str
    raw: str
    fold: str
    confidence: float
    repaired: bool
    candidates: tuple[tuple[str, float], ...]
    direction: str
    speed: str
    frames: int
    plate_patch: Image
    vehicle_picture: Image
    corners: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PassageNews:
    """What one more frame brought.

    Attributes:
        first: First confident sights of each mark a passage shows: what an alarm may be raised on.
        settled: Passages that are over, or long enough: they confirm or correct the first sight.
    """

    first: tuple[Sighting, ...] = ()
    settled: tuple[Sighting, ...] = ()


@dataclass(slots=True)
class _Passage:
    """A vehicle in view; changes with every frame."""

    started_s: float
    index: int
    seen_s: float
    box: Box
    fused: Fused
    reading: Reading
    evidence: Evidence
    frames: int = 1
    told: str = ""
    settled: bool = False
    pace_px_s: tuple[float, float] = (0.0, 0.0)
    track: list[Seen] = field(default_factory=list)
    first_box: Box = (0.0, 0.0, 0.0, 0.0)
    size_px: tuple[int, int] = (0, 0)

    @property
    def stands(self) -> bool:
        """Whether the vehicle is where it was when it was first seen."""
        return self.frames > 1 and overlap(self.first_box, self.box) > _SAME_PLACE


@dataclass(frozen=True, slots=True)
class _Parked:
    """What stood in view, and may show again when a lorry has passed before it."""

    fold: str
    box: Box
    seen_s: float


class PassageTracker:
    """Follows the plates of one camera.

    Attributes:
        camera_id: The camera.
    """

    def __init__(
        self,
        *,
        camera_id: str,
        grammar: Grammar | None = None,
        following: Following = DEFAULT_FOLLOWING,
    ) -> None:
        """Start with an empty road."""
        self.camera_id = camera_id
        self._grammar = grammar or Grammar()
        self._following = following
        self._open: list[_Passage] = []
        self._parked: list[_Parked] = []
        self._spacings_s: deque[float] = deque(maxlen=_SPACINGS)
        self._last_s: float | None = None

    def follow(self, reading: FrameReading, *, frame: Frame, at_s: float) -> PassageNews:
        """Take in one frame.

        Args:
            reading: What the frame holds.
            frame: The frame itself, for the evidence pictures.
            at_s: Its time in seconds, never before that of the frame before.
        """
        settled = self._pass(at_s=at_s, gone_s=self._gone_s(at_s))
        seen: list[_Passage] = []
        for plate, passage in self._matched(reading.plates, at_s=at_s):
            if passage is not None:
                self._continue(passage, plate, frame=frame, at_s=at_s)
                seen.append(passage)
            elif not self._stood_here(plate, at_s=at_s):
                seen.append(self._begin(plate, frame=frame, at_s=at_s))
        first = []
        for passage in seen:
            # Told again when more frames read another mark: an alarm that waits for the passage to
            # settle is seconds late (4.7 s for a plate misread where it was farthest).
            sure = passage.reading.confidence >= self._following.confident
            if sure and passage.reading.fold != passage.told:
                passage.told = passage.reading.fold
                first.append(_sighting(passage, rules=self._following))
        stays = [
            passage
            for passage in seen
            if not passage.settled and at_s - passage.started_s >= self._following.settle_s
        ]
        return PassageNews(tuple(first), (*settled, *self._settle(stays)))

    def finish(self) -> PassageNews:
        """Settle every passage that is still in view; the road is empty after."""
        left = [passage for passage in self._open if not passage.settled]
        self._open, self._parked = [], []
        return PassageNews(settled=self._settle(left))

    def _gone_s(self, at_s: float) -> float:
        """How long a vehicle stays away before it has passed, at the pace frames come in."""
        if self._last_s is not None:
            self._spacings_s.append(at_s - self._last_s)
        self._last_s = at_s
        rules = self._following
        spacing_s = median(self._spacings_s) if self._spacings_s else 0.0
        return max(rules.gone_s, min(rules.gone_frames * spacing_s, rules.gone_most_s))

    def _pass(self, *, at_s: float, gone_s: float) -> tuple[Sighting, ...]:
        """Settle the vehicles that are gone, and remember where they stood if they did."""
        rules = self._following
        gone = [passage for passage in self._open if at_s - passage.seen_s > gone_s]
        self._open = [passage for passage in self._open if at_s - passage.seen_s <= gone_s]
        stood = [
            _Parked(passage.reading.fold, passage.box, passage.seen_s)
            for passage in gone
            if passage.stands
        ]
        self._parked = [
            parked for parked in (*self._parked, *stood) if at_s - parked.seen_s <= rules.parked_s
        ]
        return self._settle(passage for passage in gone if not passage.settled)

    def _stood_here(self, plate: PlateReading, *, at_s: float) -> bool:
        """Whether a vehicle that stood in this place shows again; then it is seen, not read."""
        for index, parked in enumerate(self._parked):
            if (
                overlap(plate.box, parked.box) > _SAME_PLACE
                and likeness(plate.reading.fold, parked.fold) >= self._following.likeness
            ):
                self._parked[index] = _Parked(parked.fold, plate.box, at_s)
                return True
        return False

    def _settle(self, passages: Iterable[_Passage]) -> tuple[Sighting, ...]:
        news = []
        for passage in passages:
            passage.settled = True
            if passage.told or passage.reading.confidence >= self._following.worth:
                news.append(_sighting(passage, rules=self._following))
        return tuple(news)

    def _matched(
        self, plates: Sequence[PlateReading], *, at_s: float
    ) -> list[tuple[PlateReading, _Passage | None]]:
        """Each plate with its passage, the best pairs first; a passage takes one plate a frame."""
        pairs = sorted(
            (
                (-worth, row, column)
                for row, plate in enumerate(plates)
                for column, passage in enumerate(self._open)
                if (worth := self._worth(plate, passage, at_s=at_s)) > 0
            ),
        )
        chosen: dict[int, _Passage] = {}
        taken: set[int] = set()
        for _, row, column in pairs:
            if row not in chosen and column not in taken:
                chosen[row] = self._open[column]
                taken.add(column)
        return [(plate, chosen.get(row)) for row, plate in enumerate(plates)]

    def _worth(self, plate: PlateReading, passage: _Passage, *, at_s: float) -> float:
        """How well a plate goes on a passage: 0 not at all, up to 2."""
        text = likeness(plate.reading.fold, passage.reading.fold)
        last = Seen(passage.seen_s, passage.box)
        place = nearness(plate.box, expected(last, pace_px_s=passage.pace_px_s, at_s=at_s))
        sure = min(plate.reading.confidence, passage.reading.confidence) >= self._following.sure
        if text < 1 and place == 0 and sure:
            return 0.0
        if text >= self._following.likeness:
            return text + place
        return text + place if place > 0.5 and text >= self._following.near else 0.0

    def _begin(self, plate: PlateReading, *, frame: Frame, at_s: float) -> _Passage:
        passage = _Passage(
            started_s=at_s,
            index=sum(other.started_s == at_s for other in self._open),
            seen_s=at_s,
            box=plate.box,
            fused=Fused.of(plate.lattice),
            reading=plate.reading,
            evidence=evidence_of(frame.image, plate, at_s=at_s),
            track=[Seen(at_s, plate.box)],
            first_box=plate.box,
            size_px=frame.size_px,
        )
        self._open.append(passage)
        return passage

    def _continue(
        self, passage: _Passage, plate: PlateReading, *, frame: Frame, at_s: float
    ) -> None:
        now = Seen(at_s, plate.box)
        passage.pace_px_s = pace(Seen(passage.seen_s, passage.box), now)
        passage.box, passage.seen_s = plate.box, at_s
        passage.frames += 1
        if not passage.settled:
            passage.fused = passage.fused.with_frame(plate.lattice)
            passage.reading = self._grammar.settle(passage.fused.lattice) or passage.reading
            passage.track.append(now)
            shown = evidence_of(frame.image, plate, at_s=at_s)
            if shown.worth > passage.evidence.worth:
                passage.evidence = shown


def stills(reading: FrameReading, *, frame: Frame, at_s: float = 0.0) -> tuple[Sighting, ...]:
    """The plates of one picture that has nothing to do with the next: a passage each."""
    return tuple(
        _sighting(
            _Passage(
                started_s=at_s,
                index=index,
                seen_s=at_s,
                box=plate.box,
                fused=Fused.of(plate.lattice),
                reading=plate.reading,
                evidence=evidence_of(frame.image, plate, at_s=at_s),
            )
        )
        for index, plate in enumerate(reading.plates)
    )


def _sighting(passage: _Passage, *, rules: Following = DEFAULT_FOLLOWING) -> Sighting:
    reading, evidence = passage.reading, passage.evidence
    return Sighting(
        passage_start_s=passage.started_s,
        index=passage.index,
        at_s=evidence.at_s,
        vrm=reading.vrm,
        raw=reading.raw,
        fold=reading.fold,
        confidence=reading.confidence,
        repaired=reading.repaired,
        candidates=reading.candidates,
        direction=direction_of(passage.track),
        speed=speed_class(passage.track, size_px=passage.size_px, focal_widths=rules.focal_widths),
        frames=passage.frames,
        plate_patch=evidence.plate_patch,
        vehicle_picture=evidence.vehicle_picture,
        corners=evidence.corners,
    )
