"""Labelled photos for training: loading, pseudo labels, and what may not be learnt from.

A folder of photos holds `images/` and `labels.csv` with columns file, x, y, w, h, text (plate box
in pixels; text may be empty).
"""

from __future__ import annotations

import csv
import zlib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from recognition.synthetic.lettering.glyphs import ALPHABET

__all__ = [
    "Photo",
    "PlateCrop",
    "cut_out",
    "kept_out",
    "load_held_out_frames",
    "load_photos",
    "load_training_photos",
    "missing_photos",
    "no_word",
    "photos_and_exam",
    "pseudo_labelled",
    "sources_of",
    "without_twins",
]

Picture = NDArray[np.uint8]
Boxes = NDArray[np.float32]

_DRIVES, _CARS = "romania_drives", "mixed_cars"

_HELD_OUT_FROM_S = {"dayride": 1150, "nightride": 150}
"""Frames of a drive from this second on are never learnt from: other streets, other vehicles."""


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo and the plates somebody marked in it.

    Attributes:
        name: Folder and file name.
        image: (h, w, 3) uint8 BGR.
        boxes: (n, 4) float32 px: x, y, width, height.
        texts: n marks, empty where nobody wrote them down.
        partly_labelled: Other plates may be visible, so unmarked finds are no mistakes.
    """

    name: str
    image: Picture
    boxes: Boxes
    texts: tuple[str, ...]
    partly_labelled: bool = False


@dataclass(frozen=True, slots=True)
class PlateCrop:
    """A grey cut-out round one plate.

    Attributes:
        grey: (h, w) uint8.
        box: Plate box in it, px: x, y, width, height.
        text: What it says.
    """

    grey: Picture
    box: tuple[float, float, float, float]
    text: str


def load_photos(folder: Path, *, partly_labelled: bool = False) -> list[Photo]:
    """Load a folder of labelled photos; files that do not decode are left out."""
    rows: dict[str, list[dict[str, str]]] = {}
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["file"], []).append(row)
    photos = []
    for name, marked in rows.items():
        image = cv2.imread(str(folder / "images" / name))
        if image is None:
            continue
        boxes = np.array([[float(row[key]) for key in "xywh"] for row in marked], np.float32)
        texts = tuple(row["text"] for row in marked)
        photos.append(
            Photo(
                f"{folder.name}/{name}", np.asarray(image, np.uint8), boxes, texts, partly_labelled
            )
        )
    return photos


def missing_photos(data: Path) -> list[str]:
    """Return which label files of the training photos are not there."""
    wanted = [f"{folder}/labels.csv" for folder in (_DRIVES, _CARS)]
    return [name for name in wanted if not (data / name).is_file()]


def _held_out(photo: Photo) -> bool:
    drive, _, second = Path(photo.name).stem.rpartition("_t")
    return int(second) >= _HELD_OUT_FROM_S[drive.split("_")[0]]


def load_training_photos(data: Path) -> list[Photo]:
    """Load what may be trained on: the dash-camera frames (partly labelled) and the mixed cars.

    The end of each drive is left out, see `load_held_out_frames`.
    """
    drives = load_photos(data / _DRIVES, partly_labelled=True)
    return [frame for frame in drives if not _held_out(frame)] + load_photos(data / _CARS)


def load_held_out_frames(data: Path | None) -> list[Photo]:
    """Load the frames at the end of each drive, which nothing was learnt from; none without any."""
    if data is None:
        return []
    return [
        frame for frame in load_photos(data / _DRIVES, partly_labelled=True) if _held_out(frame)
    ]


def _thumbnail(image: Picture) -> NDArray[np.float32]:
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (16, 12), interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
    small -= small.mean()
    return small / np.float32(np.linalg.norm(small) + 1e-6)


def without_twins(photos: list[Photo], *, of: list[Photo], alike: float = 0.985) -> list[Photo]:
    """Leave out photos that are near-duplicates of check photos, so checks stay honest."""
    if not of:
        return photos
    checks = np.stack([_thumbnail(photo.image) for photo in of])
    return [photo for photo in photos if (checks @ _thumbnail(photo.image)).max() < alike]


def photos_and_exam(data: Path | None) -> tuple[list[Photo], list[Photo]]:
    """Load the photos to learn from and those of `uk_dev` to be asked about, which have no twins.

    Args:
        data: Folder of real photos, or None where drawn ones must do.

    Returns:
        Photos to learn from and the exam's; either may be empty.
    """
    if data is None:
        return [], []
    exam = load_photos(data / "uk_dev") if (data / "uk_dev").is_dir() else []
    return without_twins(load_training_photos(data), of=exam), exam


def sources_of(data: Path | None) -> tuple[str, ...]:
    """Name what is learnt from, with licences, where drawings and these photos are all there is."""
    own = ("own rendered plates and road scenes (Apache-2.0)",)
    if data is None:
        return own
    return (
        *own,
        "romania_drives: RobertLucian/license-plate-dataset (MIT)",
        "mixed_cars: Kaggle andrewmvd/car-plate-detection (CC0)",
    )


def cut_out(photo: Photo, index: int) -> PlateCrop:
    """Cut a plate out with a margin of a third of its width and four fifths of its height."""
    x, y, width, height = (float(value) for value in photo.boxes[index])
    side, above = int(width * 0.35) + 1, int(height * 0.8) + 1
    grey = cv2.cvtColor(photo.image, cv2.COLOR_BGR2GRAY)
    grey = cv2.copyMakeBorder(grey, above, above, side, side, cv2.BORDER_REPLICATE)
    left, top = int(x), int(y)
    cut = grey[top : top + int(height) + 2 * above, left : left + int(width) + 2 * side]
    box = (side + x - left, above + y - top, width, height)
    return PlateCrop(np.ascontiguousarray(cut, np.uint8), box, photo.texts[index])


def kept_out(mark: str) -> bool:
    """Whether crops with this mark are for checks alone: one mark in five, wherever it is seen.

    By mark and not by file, since the web photos hold the same vehicle more than once.
    """
    return zlib.crc32(mark.encode()) % 5 == 0


def no_word(mark: str) -> bool:
    """Whether a mark has a digit that is no letter in disguise.

    CCT-XS writes vanity plates as it likes (CRAIG became CRA1G, GOOGLE G00GLE, BATMAN BAIMAN); of
    the marks with a digit from 2 to 9 that it is sure of, we found one in forty wrong.
    """
    return any(digit in mark for digit in "23456789")


def pseudo_labelled(
    photos: list[Photo], *, reader: Path, least: float = 0.75, most_alike: int = 4
) -> list[PlateCrop]:
    """Let another reader transcribe plates nobody wrote down, keeping what it is sure of.

    Args:
        photos: Where to look.
        reader: CCT-XS ONNX file (MIT licence): 64x128 RGB in, nine slots over 0-9A-Z_ out.
        least: Least probability of the worst character.
        most_alike: Most crops kept of one mark.

    Returns:
        The crops with their texts, five to eight characters: it drops some of longer ones.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(reader), options, ["CPUExecutionProvider"])
    input_name = session.get_inputs()[0].name
    letters = ALPHABET + "_"
    seen: dict[str, int] = {}
    crops = []
    for photo in photos:
        for index, (x, y, width, height) in enumerate(photo.boxes):
            cut = photo.image[
                max(0, int(y)) : int(y + height) + 1, max(0, int(x)) : int(x + width) + 1
            ]
            rgb = cv2.resize(cv2.cvtColor(cut, cv2.COLOR_BGR2RGB), (128, 64))
            slots = session.run(None, {input_name: rgb[None].astype(np.uint8)})[0][0]
            text = "".join(letters[slot] for slot in slots.argmax(-1)).rstrip("_")
            if "_" in text or not 5 <= len(text) <= 8 or slots.max(-1).min() < least:
                continue
            seen[text] = seen.get(text, 0) + 1
            if seen[text] <= most_alike:
                crop = cut_out(photo, index)
                crops.append(PlateCrop(crop.grey, crop.box, text))
    return crops
