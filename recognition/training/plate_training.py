"""The course of training of the finding network, and mining of what nobody marked."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from recognition.packs.manifest import HEATMAP_CORNERS
from recognition.training.budget import Apprentice, Budget
from recognition.training.card import Course, write_card
from recognition.training.export import InputContract, write_manifest, write_onnx
from recognition.training.plate_net import (
    STRIDE,
    PlateFinder,
    ShippedFinder,
    finder_loss,
    normalise,
)
from recognition.training.samples.photos import (
    Photo,
    load_photos,
    load_training_photos,
    without_twins,
)
from recognition.training.samples.plate_samples import Box, Mined, PlateSamples
from recognition.training.thaw import begun_from, take_up

__all__ = ["Find", "Marks", "find", "mine", "overlap", "ship", "sit", "train"]

Picture = NDArray[np.uint8]
Corners = NDArray[np.float32]

_BATCH = 16
_SHOWN = 30
"""Batches that a network taken up from a file is settled on."""
_FILE = "plate_detector.onnx"
_FRAME_W, _FRAME_H = 640, 384
_THRESHOLD = 0.3
_SUMMARY = (
    "Finds number plates. In: a BGR picture, 0-255, both sides multiples of 32. Out, on a grid of"
    " 8 pixels: score, its 3 x 3 maximum, and the offsets of four corners from the cell's centre"
    " in units of 8 pixels, from the top left clockwise. Meant for a threshold of 0.3."
)
_LIMITS = (
    "Finds that are no plate (lamps, badges, signs) are the known weakness: gate them by what the"
    " reader makes of them. Part of those counted above are real plates nobody marked.",
    "Plates narrower than 13 pixels at the network's input are not looked for; a 1080p camera wants"
    " tiles for its far plates.",
    "Real corners were never marked: they are learnt from rendered plates, boxes from photos.",
)


@dataclass(frozen=True, slots=True)
class Find:
    """A plate a finder sees: corners (4, 2) px from the top left clockwise, score in [0, 1]."""

    corners: Corners
    score: float

    @property
    def box(self) -> Box:
        """The upright box: x, y, width, height in px."""
        low, high = self.corners.min(0), self.corners.max(0)
        return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])


@dataclass(frozen=True, slots=True)
class Marks:
    """How a finder did: recall by overlap (half or more) and by centre, false finds a photo."""

    overlap: float
    centre: float
    false_finds: float


def overlap(a: Box, b: Box) -> float:
    """Return intersection over union of two boxes."""
    across = max(0.0, min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0]))
    down = max(0.0, min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1]))
    both = across * down
    return both / (a[2] * a[3] + b[2] * b[3] - both + 1e-9)


def _holds_centre(outer: Box, inner: Box) -> bool:
    x, y = inner[0] + inner[2] / 2, inner[1] + inner[3] / 2
    return outer[0] <= x <= outer[0] + outer[2] and outer[1] <= y <= outer[1] + outer[3]


def find(finder: PlateFinder, image: Picture, *, least: float = _THRESHOLD) -> list[Find]:
    """Find plates in one picture, scaled to fit 640 x 384, overlapping finds dropped."""
    height, width = image.shape[:2]
    scale = min(_FRAME_W / width, _FRAME_H / height, 2.0)
    frame = np.full((_FRAME_H, _FRAME_W, 3), 114, np.uint8)
    size = (round(width * scale), round(height * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    frame[: size[1], : size[0]] = cv2.resize(image, size, interpolation=way)
    tensor = torch.from_numpy(np.ascontiguousarray(frame.transpose(2, 0, 1)[None]))
    with torch.no_grad():
        score, peak, offsets = (part[0].numpy() for part in ShippedFinder(finder)(tensor))
    rows, columns = np.nonzero((score[0] >= least) & (score[0] >= peak[0] - 1e-6))
    finds = []
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        centre = np.array([column + 0.5, row + 0.5], np.float32)
        corners = (offsets[:, row, column].reshape(4, 2) + centre) * np.float32(STRIDE / scale)
        finds.append(Find(corners, float(score[0, row, column])))
    kept: list[Find] = []
    for one in sorted(finds, key=lambda found: -found.score):
        if all(overlap(one.box, other.box) < 0.3 for other in kept):
            kept.append(one)
    return kept


def sit(finder: PlateFinder, photos: list[Photo]) -> Marks:
    """Let a finder search check photos whose plates are all marked."""
    good = near = total = false_finds = 0
    for photo in photos:
        finds = [found.box for found in find(finder, photo.image)]
        boxes: list[Box] = [(x, y, w, h) for x, y, w, h in photo.boxes.tolist()]
        total += len(boxes)
        good += sum(any(overlap(box, found) >= 0.5 for found in finds) for box in boxes)
        near += sum(any(_holds_centre(found, box) for found in finds) for box in boxes)
        false_finds += sum(not any(_holds_centre(found, box) for box in boxes) for found in finds)
    return Marks(good / total, near / total, false_finds / len(photos))


def mine(finder: PlateFinder, photos: list[Photo], *, least: float = 0.2) -> dict[str, Mined]:
    """Search training photos for what nobody marked.

    Partly labelled frames hold about 600 real plates without a mark, so there a score of 0.42 is
    enough to leave a find alone; elsewhere it takes 0.6. The rest, if small, are hard negatives.
    """
    mined = {}
    for photo in photos:
        marked: list[Box] = [(x, y, w, h) for x, y, w, h in photo.boxes.tolist()]
        finds = find(finder, photo.image, least=least)
        if photo.partly_labelled:  # far plates show at full size only
            for x in (0, 320, 640):
                shift = np.array([x, 180], np.float32)
                tile = np.ascontiguousarray(photo.image[180:564, x : x + 640])
                finds += [Find(f.corners + shift, f.score) for f in find(finder, tile, least=least)]
        unmarked = [
            found
            for found in finds
            if all(
                overlap(found.box, box) < 0.15 and not _holds_centre(box, found.box)
                for box in marked
            )
        ]
        sure = 0.42 if photo.partly_labelled else 0.6
        mined[photo.name] = Mined(
            tuple(found.box for found in unmarked if found.score >= sure),
            tuple(found.box for found in unmarked if found.score < sure and found.box[2] < 500),
        )
    return mined


def ship(
    finder: PlateFinder,
    *,
    out: Path,
    sources: tuple[str, ...],
    exam: list[Photo],
    course: Course,
    version: str,
) -> Path:
    """Export the finder with its manifest and card; returns the ONNX file."""
    path = out / _FILE
    outputs = ("score", "peak", "corners")
    axes = {2: "rows", 3: "columns"}
    example = np.random.default_rng(0).integers(0, 256, (1, 3, _FRAME_H, _FRAME_W), np.uint8)
    write_onnx(
        ShippedFinder(finder).eval(),
        path=path,
        example=example,
        input_name="image",
        outputs=outputs,
        dynamic={"image": {0: "n", 2: "h", 3: "w"}} | {name: {0: "n"} | axes for name in outputs},
    )
    contract = InputContract("image", "uint8", "NCHW", None, None, "bgr")
    write_manifest(
        path,
        task="plate_detector",
        contract=contract,
        outputs=outputs,
        decode=HEATMAP_CORNERS,
        alphabet="",
        trained_on=sources,
        version=version,
    )
    figures = {}
    if exam:
        marks = sit(finder, exam)
        plates = sum(len(photo.boxes) for photo in exam)
        figures = {
            f"uk_dev, {plates} plates, found (overlap of one half)": f"{100 * marks.overlap:.1f} %",
            "uk_dev, finds that are no marked plate, a photo": f"{marks.false_finds:.2f}",
        }
    write_card(
        path,
        title="Plate detector",
        summary=_SUMMARY,
        sources=sources,
        parameters=sum(weights.numel() for weights in finder.parameters()),
        course=course,
        figures=figures,
        limits=_LIMITS,
        version=version,
    )
    return path


def _sources(data: Path | None) -> tuple[str, ...]:
    own = ("own rendered plates and road scenes (Apache-2.0)",)
    if data is None:
        return own
    return (
        *own,
        "romania_drives: RobertLucian/license-plate-dataset (MIT)",
        "mixed_cars: Kaggle andrewmvd/car-plate-detection (CC0)",
    )


def train(
    *,
    data: Path | None,
    out: Path,
    budget: Budget,
    seed: int,
    start_from: Path | None,
    mine_with: Path | None,
    scene_share: float,
    version: str,
    say: Callable[[str], None] = print,
    checkpoint_every_s: float = 120.0,
) -> PlateFinder:
    """Train the finder, writing checkpoints, and export it.

    Args:
        data: Folder of real photos, or None for rendered scenes only.
        out: Folder for checkpoint, ONNX file and manifest; a checkpoint there is gone on with.
        budget: When to stop and how fast to learn.
        seed: Seed of weights and samples; with a budget in steps the same seed and data give the
            same weights.
        start_from: Exported network or checkpoint of an earlier training to begin with.
        mine_with: Another such file, whose finds in unmarked places are ignored
            or learnt as mistakes.
        scene_share: Share of samples from rendered road scenes.
        version: Goes into the manifest.
        say: Takes lines of progress.
        checkpoint_every_s: Pause between checkpoints in seconds.

    Returns:
        The averaged network.
    """
    torch.manual_seed(seed)
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = out / "plate_detector.pt"
    exam: list[Photo] = []
    photos: list[Photo] = []
    if data is not None:
        exam = load_photos(data / "uk_dev") if (data / "uk_dev").is_dir() else []
        photos = without_twins(load_training_photos(data), of=exam)
    mined: dict[str, Mined] = {}
    if mine_with is not None:
        earlier = PlateFinder()
        take_up(earlier, mine_with)
        mined = mine(earlier.eval(), photos)
        left_alone = sum(len(found.plates) for found in mined.values())
        mistakes = sum(len(found.mistakes) for found in mined.values())
        say(f"mined: {left_alone} left alone, {mistakes} taken for mistakes")
    samples = PlateSamples(
        seed=seed, batch=_BATCH, photos=photos, mined=mined, scene_share=scene_share
    )
    net = PlateFinder()
    if start_from is not None and not checkpoint.exists():
        shown = (samples.batch(step)[0] for step in range(_SHOWN))
        take_up(net, start_from, batches=[normalise(x) for x in shown])
    apprentice = Apprentice(net, PlateFinder(), budget=budget, clip=10.0)
    if checkpoint.exists():
        apprentice.resume(checkpoint)
    smooth, drawing_s, started_s = np.zeros(2), 0.0, time.monotonic()
    saved_s, first = started_s, apprentice.step
    finder = apprentice.average
    while apprentice.running():
        before_s = time.monotonic()
        pictures, targets = samples.batch(apprentice.step)
        drawing_s += time.monotonic() - before_s
        x = normalise(pictures).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            heat, corners = apprentice.net(x)
        losses = finder_loss(heat, corners, targets)
        apprentice.learn(losses[0] + 2 * losses[1])
        values = np.array([float(loss.detach()) for loss in losses])
        smooth = smooth * 0.97 + values * 0.03 if smooth.any() else values
        now_s = time.monotonic()
        if now_s - saved_s > checkpoint_every_s:
            saved_s = now_s
            apprentice.save(checkpoint)
            done = (apprentice.step - first) * _BATCH
            say(
                f"{apprentice.spent_s / 60:.1f} min step {apprentice.step}"
                f" heat {smooth[0]:.3f} corners {smooth[1]:.3f}"
                + (f" {sit(finder, exam)}" if exam else "")
                + f" {done / (now_s - started_s):.0f}/s, {1000 * drawing_s / done:.1f} ms to draw"
            )
    apprentice.save(checkpoint)
    if exam:
        say(f"uk_dev: {sit(finder, exam)}")
    course = Course(
        seed=seed,
        steps=apprentice.step,
        minutes=apprentice.spent_s / 60,
        begun_from=begun_from(start_from),
        samples=apprentice.step * _BATCH,
    )
    ship(finder, out=out, sources=_sources(data), exam=exam, course=course, version=version)
    return finder
