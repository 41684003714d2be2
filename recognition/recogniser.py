"""The pipeline: frame -> plates -> patches -> lattices -> marks, and a gate that says why not."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.check import PlateCheck
from recognition.frame import Frame, Image
from recognition.gate import CROP_GATE, DEFAULT_GATE, Gate
from recognition.grammar.lattice import Lattice
from recognition.grammar.syntax import Grammar, Reading
from recognition.models import Model
from recognition.ocr import PlateReader, patch_of, straight_patch_of
from recognition.plates import Box, Dropped, Found, PlateDetector, box_of

__all__ = ["FrameReading", "PlateReading", "Recogniser"]

_FURTHER_LOOKS = ((0.10, 0.10), (0.18, 0.15))
"""How much wider and taller than the box: boxes cut the first or last character now and then.

On 548 legible plates of the open hard set, these two looks won 3.7 points of exact reads over one
look pulled straight, which won none over no second look at all.
"""

_CROP_EDGE, _CROP_CLOSER = (0.03, 0.06), (-0.04, -0.08)
"""Shares of a picture's width and height that further looks at it add, if it is one plate.

Its edge may cut into a character, or show something else. On 1,200 rendered crops of all qualities
the two looks won 1.7 points of exact reads over one.
"""

_USUAL = 0.25
"""Weight of how usual a format is against how clear a look was, where looks are compared."""

_SLANTED = 0.12
"""Rise over run from which a plate is pulled straight before it is looked at again: 7 degrees."""


@dataclass(frozen=True, slots=True, eq=False)
class PlateReading:
    """One plate of one frame, read.

    Attributes:
        vrm: The canonical mark.
        raw: What the network wrote.
        fold: The key that lists join on.
        confidence: Posterior of `vrm`, in [0, 1].
        repaired: The grammar changed a character (see `recognition.grammar.syntax.Reading`).
        candidates: Other marks with their posterior, likeliest first.
        format: Name of the format.
        corners: (4, 2) float32 pixels: top left, top right, bottom right, bottom left.
        detection: Score of the detector, in [0, 1].
        lattice: What may stand at each place, for fusing the frames of a passage.
        check: Probability of the plate check, in [0, 1]; None where it was not asked.
    """

    vrm: str
    raw: str
    fold: str
    confidence: float
    repaired: bool
    candidates: tuple[tuple[str, float], ...]
    format: str
    corners: NDArray[np.float32]
    detection: float
    lattice: Lattice
    check: float | None = None

    @property
    def box(self) -> Box:
        """Upright box (x, y, width, height) in pixels."""
        return box_of(self.corners)


@dataclass(frozen=True, slots=True, eq=False)
class FrameReading:
    """What one frame holds.

    Attributes:
        plates: Plates that were read, best detection first.
        dropped: Candidates that were not reported, each with its reason.
        stages_ms: Milliseconds by stage: "find", "read" (with the plate check), "settle".
    """

    plates: tuple[PlateReading, ...]
    dropped: tuple[Dropped, ...]
    stages_ms: dict[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What one look at a plate gave, and the plate check's word where it was asked."""

    lattice: Lattice
    reading: Reading | None
    check: float | None = None


class Recogniser:
    """Reads the plates of frames.

    Attributes:
        provider: What runs the networks, such as "CPUExecutionProvider".
    """

    def __init__(
        self,
        detector: PlateDetector,
        reader: PlateReader,
        *,
        check: PlateCheck | None = None,
        grammar: Grammar | None = None,
        gate: Gate = DEFAULT_GATE,
    ) -> None:
        """Put a pipeline together; `open` does so from a model pack."""
        self.detector = detector
        self.reader = reader
        self.check = check
        self.grammar = grammar or Grammar()
        self.gate = gate
        self.provider = detector.model.provider

    @classmethod
    def open(
        cls,
        pack_dir: Path | None = None,
        *,
        threads: int = 1,
        form: str | None = None,
        grammar: Grammar | None = None,
    ) -> "Recogniser":
        """Open a model pack, None for the one that ships.

        Args:
            pack_dir: Folder of the pack.
            threads: Cores for one frame; more frames at once go to more processes.
            form: "float", "int8" or "fp16" of detector and reader; None for what runs best here.
            grammar: Which marks are usual; None where nothing is known of the place.

        Raises:
            ModelRefusedError: The pack is not what its manifests say.
        """
        cv2.setNumThreads(threads)
        return cls(
            PlateDetector.open(pack_dir, threads=threads, form=form),
            PlateReader.open(pack_dir, threads=threads, form=form),
            check=PlateCheck.open(pack_dir, threads=threads),
            grammar=grammar,
        )

    @property
    def models(self) -> tuple[Model, ...]:
        """The networks: detector, reader, and the plate check where there is one."""
        parts = (self.detector, self.reader, self.check)
        return tuple(part.model for part in parts if part is not None)

    @property
    def runs(self) -> str:
        """Which form of each network runs where and why, in one line."""
        return "; ".join(model.runs for model in self.models)

    def read(self, frame: Frame) -> FrameReading:
        """Read one frame: find the plates, read their patches, settle their marks, gate them."""
        return self.read_batch([frame])[0]

    def read_crop(self, frame: Frame) -> FrameReading:
        """Read a picture that is one plate already, as another camera's software cut it out."""
        width, height = frame.size_px
        corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
        started = time.perf_counter()
        (lattice,) = self.reader.read([frame.image])
        seen = _Seen(lattice, self.grammar.settle(lattice))
        if seen.reading is None or not self.gate.plain(lattice, seen.reading):
            seen = self._clearest(seen, self.reader.read(_crop_patches(frame.image, corners)))
        read_ms = (time.perf_counter() - started) * 1e3
        return self._settle(
            [(Found(corners, 1.0), seen)],
            gate=CROP_GATE,
            dropped=(),
            stages_ms={"find": 0.0, "read": read_ms},
        )

    def read_batch(self, frames: Sequence[Frame]) -> tuple[FrameReading, ...]:
        """Read frames, the patches of all of them in one run of the network.

        Stage times of "read" are shared out evenly over the frames.
        """
        found = [self._find(frame) for frame in frames]
        started = time.perf_counter()
        places = [
            (frame.image, plate)
            for frame, (plates, _, _) in zip(frames, found, strict=True)
            for plate in plates
        ]
        seen = iter(self._look(places))
        read_ms = (time.perf_counter() - started) * 1e3 / max(1, len(frames))
        return tuple(
            self._settle(
                [(plate, next(seen)) for plate in plates],
                gate=self.gate,
                dropped=dropped,
                stages_ms={"find": find_ms, "read": read_ms},
            )
            for plates, dropped, find_ms in found
        )

    def _look(self, places: Sequence[tuple[Image, Found]]) -> list[_Seen]:
        """Read plates as they stand; look again, more widely, at those that leave a question."""
        first = self.reader.read([patch_of(image, found.corners) for image, found in places])
        seen = [_Seen(lattice, self.grammar.settle(lattice)) for lattice in first]
        asked = [
            index
            for index, (_, found) in enumerate(places)
            if self.gate.worth_a_look(found, seen[index].lattice, seen[index].reading)
        ]
        if self.check is not None:
            words = self.check.judge([(places[at][0], places[at][1].corners) for at in asked])
            for index, told in zip(asked, words, strict=True):
                seen[index] = replace(seen[index], check=told)
        again = [
            index
            for index in asked
            if self.gate.open_question(
                places[index][1],
                seen[index].lattice,
                seen[index].reading,
                check=seen[index].check,
            )
        ]
        patches = [patch for index in again for patch in _wider_patches(*places[index])]
        looks = iter(self.reader.read(patches))
        for index in again:
            seen[index] = self._clearest(seen[index], [next(looks) for _ in _FURTHER_LOOKS])
        return seen

    def _clearest(self, first: _Seen, further: Sequence[Lattice]) -> _Seen:
        """The likeliest mark of a first look and further ones at the same place."""
        others = [_Seen(seen, self.grammar.settle(seen), first.check) for seen in further]
        return max([first, *others], key=self._worth)

    def _worth(self, seen: _Seen) -> float:
        """How likely such a mark is so clearly seen: log of its slots, and a little of its format.

        A mark cut short is as clear as the whole one, but of a rarer format. That counts a quarter:
        in full it gave foreign marks, clearly seen, for a blurred look that would pass for ours.
        """
        if seen.reading is None:
            return -math.inf
        share = self.grammar.share_of(seen.reading.format)
        return _USUAL * math.log(share) + len(seen.lattice.slots) * math.log(seen.lattice.clarity)

    def _find(self, frame: Frame) -> tuple[tuple[Found, ...], tuple[Dropped, ...], float]:
        started = time.perf_counter()
        plates, dropped = self.detector.find(frame.image)
        return plates, dropped, (time.perf_counter() - started) * 1e3

    def _settle(
        self,
        read: Sequence[tuple[Found, _Seen]],
        *,
        gate: Gate,
        dropped: Sequence[Dropped],
        stages_ms: dict[str, float],
    ) -> FrameReading:
        started = time.perf_counter()
        plates: list[PlateReading] = []
        refused = list(dropped)
        for found, seen in read:
            reason = gate.why_not(found, seen.lattice, seen.reading, check=seen.check)
            if seen.reading is None or reason:
                refused.append(Dropped(found.corners, found.score, reason))
            else:
                plates.append(_plate(found, seen, seen.reading))
        settle_ms = (time.perf_counter() - started) * 1e3
        return FrameReading(tuple(plates), tuple(refused), {**stages_ms, "settle": settle_ms})


def _wider_patches(image: Image, found: Found) -> list[Image]:
    """The plate with more around it, pulled straight if it stands at a slant."""
    right = found.corners[1] - found.corners[0] + found.corners[2] - found.corners[3]
    slanted = abs(float(right[1])) > _SLANTED * abs(float(right[0]))
    cut = straight_patch_of if slanted else patch_of
    return [
        cut(image, found.corners, wider=wider, taller=taller) for wider, taller in _FURTHER_LOOKS
    ]


def _crop_patches(image: Image, corners: NDArray[np.float32]) -> list[Image]:
    """A picture that is a plate: with more of its own edge around it, and from a little closer."""
    height, width = image.shape[:2]
    side, above = (
        round(share * size) for share, size in zip(_CROP_EDGE, (width, height), strict=True)
    )
    wider = cv2.copyMakeBorder(image, above, above, side, side, cv2.BORDER_REPLICATE)
    closer = patch_of(image, corners, wider=_CROP_CLOSER[0], taller=_CROP_CLOSER[1])
    return [np.asarray(wider, np.uint8), closer]


def _plate(found: Found, seen: _Seen, reading: Reading) -> PlateReading:
    return PlateReading(
        vrm=reading.vrm,
        raw=reading.raw,
        fold=reading.fold,
        confidence=reading.confidence,
        repaired=reading.repaired,
        candidates=reading.candidates,
        format=reading.format,
        corners=found.corners,
        detection=found.score,
        lattice=seen.lattice,
        check=seen.check,
    )
