"""Does a form read as well as the float weights? Asked before a manifest lists it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from recognition.evaluation.photos import Label, Photo, are_crops
from recognition.grammar.syntax import fold
from recognition.looks.check import PlateCheck
from recognition.looks.ocr import PlateReader
from recognition.looks.plates import Box, PlateDetector
from recognition.packs.manifest import FLOAT, FP16, INT8
from recognition.recogniser import FrameReading, PlateReading, Recogniser

__all__ = ["BOTH", "IN_FORMS", "MOST_LOST", "Compared", "Marks", "compared"]

BOTH = "both networks"

IN_FORMS = ("plate_detector", "plate_ocr")
"""Networks that ship in other forms. The plate check is so small that packing and unpacking bytes
takes longer than they save: 0.17 ms a candidate in float, 0.26 in eight bits."""

MOST_LOST = 0.01
"""Share of plates that a form may lose at most, even where chance alone could explain it."""

_CHANCE = 2.0
"""Standard deviations within which a loss counts as chance (McNemar, 1947)."""


@dataclass(frozen=True, slots=True)
class Marks:
    """How a set of photos was read, plate by plate in the order of the labels.

    Attributes:
        found: The plate was reported.
        read: It was read right, O as 0 and I as 1.
    """

    found: tuple[bool, ...]
    read: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """One form of a network beside its float weights, on one set; the other network is float.

    Attributes:
        task: Which network, or BOTH of them at once.
        form: Which form of it.
        photos: Name of the set.
        before: What the float weights did.
        after: What the form did.
    """

    task: str
    form: str
    photos: str
    before: Marks
    after: Marks

    @property
    def lost(self) -> int:
        """Plates that only the float weights read."""
        return sum(one and not other for one, other in self._pairs())

    @property
    def gained(self) -> int:
        """Plates that only the form read."""
        return sum(other and not one for one, other in self._pairs())

    @property
    def reads_as_well(self) -> bool:
        """Whether what it loses is little, and no more than chance would give and take."""
        loss = self.lost - self.gained
        by_chance = _CHANCE * math.sqrt(self.lost + self.gained)
        return loss <= min(by_chance, MOST_LOST * len(self.before.read))

    def _pairs(self) -> list[tuple[bool, bool]]:
        return list(zip(self.before.read, self.after.read, strict=True))


def compared(pack_dir: Path, photos: Iterable[Photo], *, name: str) -> list[Compared]:
    """Read a set with the float weights, and with each form of each network and of both.

    Args:
        pack_dir: Folder of the pack, whose manifests list the forms.
        photos: Looked at one by one: a thousand frames need not be in memory.
        name: Of the set.

    Raises:
        ModelRefusedError: The pack is not what its manifests say.
    """
    forms = [(BOTH, FLOAT), *product((*IN_FORMS, BOTH), (INT8, FP16))]
    readers = [_with(pack_dir, task=task, form=form) for task, form in forms]
    found: list[list[bool]] = [[] for _ in forms]
    read: list[list[bool]] = [[] for _ in forms]
    for photo in photos:
        for row, reader in enumerate(readers):
            look = reader.read_crop if are_crops([photo]) else reader.read
            reading = look(photo.frame)
            for label in photo.labels:
                plates = _upon(label, reading)
                found[row].append(bool(plates))
                read[row].append(any(fold(label.text) == plate.reading.fold for plate in plates))
    before, *after = map(Marks, map(tuple, found), map(tuple, read))
    return [
        Compared(task, form, name, before, each)
        for (task, form), each in zip(forms[1:], after, strict=True)
    ]


def _with(pack_dir: Path, *, task: str, form: str) -> Recogniser:
    """A recogniser with a network in a form, or both of them."""
    detector, reader = (form if task in (each, BOTH) else FLOAT for each in IN_FORMS)
    return Recogniser(
        PlateDetector.open(pack_dir, form=detector),
        PlateReader.open(pack_dir, form=reader),
        check=PlateCheck.open(pack_dir),
    )


def _upon(label: Label, reading: FrameReading) -> list[PlateReading]:
    """The plates whose middle lies in the box of a label."""
    return [plate for plate in reading.plates if _holds(label.box, plate.box)]


def _holds(box: Box, other: Box) -> bool:
    x, y = other[0] + other[2] / 2, other[1] + other[3] / 2
    return box[0] <= x <= box[0] + box[2] and box[1] <= y <= box[1] + box[3]
