"""Labelled photos: a folder of images and a labels.csv of file, x, y, w, h, text."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from recognition.frame import Frame, decode
from recognition.looks.plates import Box

__all__ = ["Label", "Photo", "are_crops", "is_transcribed", "photos_of"]


@dataclass(frozen=True, slots=True)
class Label:
    """One plate of a photo.

    Attributes:
        box: Upright box (x, y, width, height) in pixels.
        text: The mark without spaces, or empty where nobody wrote it down.
    """

    box: Box
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """One photo with its labelled plates."""

    name: str
    frame: Frame
    labels: tuple[Label, ...]


def photos_of(folder: Path) -> list[Photo]:
    """Load a folder of labelled photos, in the order of their names.

    Raises:
        PictureRefusedError: A photo cannot be decoded.
        OSError: labels.csv or a photo is not there.
    """
    labels: dict[str, list[Label]] = defaultdict(list)
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            x, y, width, height = (float(row[side]) for side in "xywh")
            labels[row["file"]].append(Label((x, y, width, height), row["text"].strip()))
    return [
        Photo(name, decode((folder / "images" / name).read_bytes()), tuple(labels[name]))
        for name in sorted(labels)
    ]


def is_transcribed(labels: Path) -> bool:
    """Whether a labels.csv gives the text of any plate; others can only train."""
    with labels.open(newline="", encoding="utf-8") as file:
        return any((row.get("text") or "").strip() for row in csv.DictReader(file))


def are_crops(photos: list[Photo]) -> bool:
    """Whether every photo is one plate and nothing else."""
    return all(
        len(photo.labels) == 1 and _fills(photo.labels[0].box, photo.frame.size_px)
        for photo in photos
    )


def _fills(box: Box, size_px: tuple[int, int]) -> bool:
    return box[2] * box[3] >= 0.9 * size_px[0] * size_px[1]
