"""The pipeline: frame -> plates -> patches -> lattices -> marks, and a gate that says why not."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.frame import Frame, Image
from recognition.grammar.lattice import Lattice
from recognition.grammar.syntax import Grammar, Reading
from recognition.ocr import PlateReader, patch_of, straight_patch_of
from recognition.plates import Box, Dropped, Found, PlateDetector, box_of

__all__ = ["FrameReading", "Gate", "PlateReading", "Recogniser"]


@dataclass(frozen=True, slots=True)
class Gate:
    """What is reported as a plate: finding and reading have a threshold together and one each.

    Attributes:
        joint: Least geometric mean of the detector's score and the lattice's clarity. At 0.6
            98 % of the plates in dashcam frames pass and 99 % of the legible ones in rendered
            scenes; badges, lamps and lettering in web photos pass once in ten photos. No
            weighting of score, clarity, confidence and length by regression did better.
        short: The same for marks of up to three characters: lamps, wheels and grilles read as
            two or three, and few real marks are that short.
        clarity: Least clarity of the lattice (`Lattice.clarity`).
        confidence: Least confidence of the reading: below it, it is a guess about a lamp.
        characters: Fewest characters.
        clear: A lattice of this clarity needs no second look. Second looks win 2 points of reads
            for a third of the patches (3,000 rendered plates).
        open: Least geometric mean that makes a second look worth while.
    """

    joint: float = 0.6
    short: float = 0.75
    clarity: float = 0.3
    confidence: float = 0.02
    characters: int = 2
    clear: float = 0.95
    open: float = 0.45

    def open_question(self, found: Found, lattice: Lattice) -> bool:
        """Whether a second look may decide what the first left open."""
        return (
            len(lattice.raw) >= self.characters
            and lattice.clarity < self.clear
            and math.sqrt(found.score * lattice.clarity) >= self.open
        )

    def why_not(self, found: Found, lattice: Lattice, reading: Reading | None) -> str:
        """Why this is not reported as a plate; empty where it is."""
        if reading is None or len(lattice.raw) < self.characters:
            return "nothing to read on it"
        if lattice.clarity < self.clarity or reading.confidence < self.confidence:
            return "too unclear to read"
        least = self.joint if len(reading.vrm) > 3 else self.short
        if math.sqrt(found.score * lattice.clarity) < least:
            return "hardly a plate and hardly legible"
        return ""


DEFAULT_GATE = Gate()
_CROP_GATE = Gate(joint=0.0, short=0.0, clarity=0.0, confidence=0.0, characters=1)
"""Who hands over a crop says that it is a plate; only a blank one is not reported."""


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
        stages_ms: Milliseconds by stage: "find", "read", "settle".
    """

    plates: tuple[PlateReading, ...]
    dropped: tuple[Dropped, ...]
    stages_ms: dict[str, float]


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
        grammar: Grammar | None = None,
        gate: Gate = DEFAULT_GATE,
    ) -> None:
        """Put a pipeline together; `open` does so from a model pack."""
        self.detector = detector
        self.reader = reader
        self.grammar = grammar or Grammar()
        self.gate = gate
        self.provider = detector.model.provider

    @classmethod
    def open(cls, pack_dir: Path | None = None, *, threads: int = 1) -> "Recogniser":
        """Open a model pack, None for the one that ships.

        Args:
            pack_dir: Folder of the pack.
            threads: Cores for one frame; more frames at once go to more processes.

        Raises:
            ModelRefusedError: The pack is not what its manifests say.
        """
        cv2.setNumThreads(threads)
        return cls(
            PlateDetector.open(pack_dir, threads=threads),
            PlateReader.open(pack_dir, threads=threads),
        )

    def read(self, frame: Frame) -> FrameReading:
        """Read one frame: find the plates, read their patches, settle their marks, gate them."""
        return self.read_batch([frame])[0]

    def read_crop(self, frame: Frame) -> FrameReading:
        """Read a picture that is one plate already, as another camera's software cut it out."""
        width, height = frame.size_px
        corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
        started = time.perf_counter()
        lattices = self.reader.read([frame.image])
        read_ms = (time.perf_counter() - started) * 1e3
        return self._settle(
            [(Found(corners, 1.0), lattice) for lattice in lattices],
            gate=_CROP_GATE,
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
        lattices = iter(self._look(places))
        read_ms = (time.perf_counter() - started) * 1e3 / max(1, len(frames))
        return tuple(
            self._settle(
                [(plate, next(lattices)) for plate in plates],
                gate=self.gate,
                dropped=dropped,
                stages_ms={"find": find_ms, "read": read_ms},
            )
            for plates, dropped, find_ms in found
        )

    def _look(self, places: Sequence[tuple[Image, Found]]) -> list[Lattice]:
        """Read plates as they stand; pull those straight that are not clear, and look again."""
        lattices = self.reader.read([patch_of(image, found.corners) for image, found in places])
        again = [
            index
            for index, (_, found) in enumerate(places)
            if self.gate.open_question(found, lattices[index])
        ]
        straight = [straight_patch_of(places[at][0], places[at][1].corners) for at in again]
        for index, lattice in zip(again, self.reader.read(straight), strict=True):
            lattices[index] = max(lattices[index], lattice, key=lambda seen: seen.clarity)
        return lattices

    def _find(self, frame: Frame) -> tuple[tuple[Found, ...], tuple[Dropped, ...], float]:
        started = time.perf_counter()
        plates, dropped = self.detector.find(frame.image)
        return plates, dropped, (time.perf_counter() - started) * 1e3

    def _settle(
        self,
        read: Sequence[tuple[Found, Lattice]],
        *,
        gate: Gate,
        dropped: Sequence[Dropped],
        stages_ms: dict[str, float],
    ) -> FrameReading:
        started = time.perf_counter()
        plates: list[PlateReading] = []
        refused = list(dropped)
        for found, lattice in read:
            reading = self.grammar.settle(lattice)
            reason = gate.why_not(found, lattice, reading)
            if reading is None or reason:
                refused.append(Dropped(found.corners, found.score, reason))
            else:
                plates.append(_plate(found, lattice, reading))
        settle_ms = (time.perf_counter() - started) * 1e3
        return FrameReading(tuple(plates), tuple(refused), {**stages_ms, "settle": settle_ms})


def _plate(found: Found, lattice: Lattice, reading: Reading) -> PlateReading:
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
        lattice=lattice,
    )
