"""The pipeline: frame -> plates -> patches -> lattices -> marks, and a gate that says why not."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.frame import Frame, Image
from recognition.gate import CROP_GATE, DEFAULT_GATE, Gate, agreed
from recognition.grammar.lattice import Lattice
from recognition.grammar.syntax import Grammar, Reading
from recognition.looks.agreement import likeliest
from recognition.looks.check import PlateCheck
from recognition.looks.ocr import PlateReader, patch_of
from recognition.looks.outline import PlateOutline, widened
from recognition.looks.plates import Box, Dropped, Found, PlateDetector, box_of
from recognition.looks.surroundings import Place
from recognition.looks.views import View, crop_views, outlined_views, wider_views
from recognition.models import Model

__all__ = ["FrameReading", "PlateReading", "Recogniser"]


@dataclass(frozen=True, slots=True, eq=False)
class PlateReading:
    """One plate of one frame, read.

    Attributes:
        reading: What it says.
        corners: (4, 2) float32 pixels: top left, top right, bottom right, bottom left.
        detection: Score of the detector, in [0, 1].
        lattice: What may stand at each place, for fusing the frames of a passage.
        check: Probability of the plate check, in [0, 1]; None where it was not asked.
    """

    reading: Reading
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
    """What one look at a plate gave, and what networks that look again said where they were asked.

    Attributes:
        lattice: What may stand at each place.
        reading: Its mark.
        check: Word of the plate check.
        corners: Of the plate as they were found anew; None where it was read as it was found.
    """

    lattice: Lattice
    reading: Reading | None
    check: float | None = None
    corners: NDArray[np.float32] | None = None


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
        outline: PlateOutline | None = None,
        grammar: Grammar | None = None,
        gate: Gate = DEFAULT_GATE,
    ) -> None:
        """Put a pipeline together; `open` does so from a model pack."""
        self.detector = detector
        self.reader = reader
        self.check = check
        self.outline = outline
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
            outline=PlateOutline.open(pack_dir, threads=threads),
            grammar=grammar,
        )

    @property
    def models(self) -> tuple[Model, ...]:
        """The networks: detector, reader, and those that look again where there are any."""
        parts = (self.detector, self.reader, self.check, self.outline)
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
            (seen,) = self._read_again([seen], [crop_views(frame.image, corners)])
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
        looked_at = [(*places[index], seen[index]) for index in again]
        for index, believed in zip(again, self._look_again(looked_at), strict=True):
            seen[index] = believed
        return seen

    def _look_again(self, places: Sequence[tuple[Image, Found, _Seen]]) -> list[_Seen]:
        """Look at the outlines of plates, or more widely where nothing is there that finds them."""
        seen = [first for _, _, first in places]
        if self.outline is None:
            return self._read_again(seen, [wider_views(image, found) for image, found, _ in places])
        boxes = [(image, found.corners) for image, found, _ in places]
        outlines = self.outline.corners(boxes)
        outlined = [(image, corners) for (image, _), corners in zip(boxes, outlines, strict=True)]
        further = self.outline.corners([(image, widened(box)) for image, box in boxes], times=1)
        views = [
            outlined_views(*place, wider=wider)
            for place, wider in zip(outlined, further, strict=True)
        ]
        return self._read_again(self._judged_again(seen, outlined), views)

    def _read_again(self, seen: Sequence[_Seen], views: Sequence[Sequence[View]]) -> list[_Seen]:
        """The look at each plate to believe: the one that was taken, or a further view of it."""
        lattices = iter(self.reader.read([view.patch for of_one in views for view in of_one]))
        return [
            self._likeliest(first, [(next(lattices), view.corners) for view in of_one])
            for first, of_one in zip(seen, views, strict=True)
        ]

    def _judged_again(self, seen: Sequence[_Seen], outlined: Sequence[Place]) -> list[_Seen]:
        """What was seen, with the plate check's word on the outlines weighed in."""
        if self.check is None:
            return list(seen)
        words = self.check.judge(outlined)
        return [
            replace(first, check=agreed(first.check, told))
            for first, told in zip(seen, words, strict=True)
        ]

    def _likeliest(
        self, first: _Seen, further: Sequence[tuple[Lattice, NDArray[np.float32] | None]]
    ) -> _Seen:
        """The look to believe of a first one and further ones, some at corners of their own."""
        looks = [
            first,
            *(
                _Seen(seen, self.grammar.settle(seen), first.check, corners)
                for seen, corners in further
            ),
        ]
        told = [(look.lattice, look.reading) for look in looks]
        return looks[likeliest(told, share_of=self.grammar.share_of)]

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
        for place, seen in read:
            found = place if seen.corners is None else replace(place, corners=seen.corners)
            reason = gate.why_not(found, seen.lattice, seen.reading, check=seen.check)
            if seen.reading is None or reason:
                refused.append(Dropped(found.corners, found.score, reason))
            else:
                plate = PlateReading(
                    reading=seen.reading,
                    corners=found.corners,
                    detection=found.score,
                    lattice=seen.lattice,
                    check=seen.check,
                )
                plates.append(plate)
        settle_ms = (time.perf_counter() - started) * 1e3
        return FrameReading(tuple(plates), tuple(refused), {**stages_ms, "settle": settle_ms})
