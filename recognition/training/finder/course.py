"""The course of training of the finding network, and mining of what nobody marked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from recognition.packs.manifest import HEATMAP_CORNERS
from recognition.training.budget import Apprentice, Budget
from recognition.training.card import Course, write_card
from recognition.training.export import InputContract, write_manifest, write_onnx
from recognition.training.finder.exams import figures_of
from recognition.training.finder.finding import FRAME_H, FRAME_W, mine, sit
from recognition.training.finder.net import (
    PlateFinder,
    ShippedFinder,
    Targets,
    finder_loss,
    normalise,
)
from recognition.training.lessons import Lessons
from recognition.training.samples.finding import Mined, PlateSamples
from recognition.training.samples.photos import (
    Photo,
    load_held_out_frames,
    photos_and_exam,
    sources_of,
)
from recognition.training.thaw import take_up

__all__ = ["ship", "train"]

_BATCH = 16
_SHOWN = 30
"""Batches that a network taken up from a file is settled on."""
_FILE = "plate_detector.onnx"
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


def ship(
    finder: PlateFinder,
    *,
    out: Path,
    sources: tuple[str, ...],
    exam: list[Photo],
    held_out: list[Photo],
    course: Course,
    version: str,
) -> Path:
    """Export the finder with its manifest and card; returns the ONNX file."""
    path = out / _FILE
    outputs = ("score", "peak", "corners")
    axes = {2: "rows", 3: "columns"}
    example = np.random.default_rng(0).integers(0, 256, (1, FRAME_H, FRAME_W, 3), np.uint8)
    write_onnx(
        ShippedFinder(finder).eval(),
        path=path,
        example=example,
        input_name="image",
        outputs=outputs,
        dynamic={"image": {0: "n", 1: "h", 2: "w"}} | {name: {0: "n"} | axes for name in outputs},
    )
    contract = InputContract("image", "uint8", "NHWC", None, None, "bgr")
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
    write_card(
        path,
        title="Plate detector",
        summary=_SUMMARY,
        sources=sources,
        parameters=sum(weights.numel() for weights in finder.parameters()),
        course=course,
        figures=figures_of(finder, exam=exam, held_out=held_out),
        limits=_LIMITS,
        version=version,
    )
    return path


def _mined(
    path: Path | None, photos: list[Photo], *, say: Callable[[str], None]
) -> dict[str, Mined]:
    """What an earlier finder sees where nobody marked anything; nothing without one."""
    if path is None:
        return {}
    earlier = PlateFinder()
    take_up(earlier, path)
    mined = mine(earlier.eval(), photos)
    left_alone = sum(len(found.plates) for found in mined.values())
    mistakes = sum(len(found.mistakes) for found in mined.values())
    say(f"mined: {left_alone} left alone, {mistakes} taken for mistakes")
    return mined


def train(
    *,
    data: Path | None,
    out: Path,
    budget: Budget,
    seed: int,
    start_from: Path | None,
    keep: float = 0.0,
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
        keep: How far the end is moved back to the beginning, see `thaw.lean_back`.
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
    photos, exam = photos_and_exam(data)
    mined = _mined(mine_with, photos, say=say)
    samples = PlateSamples(
        seed=seed, batch=_BATCH, photos=photos, mined=mined, scene_share=scene_share
    )
    net = PlateFinder()
    if start_from is not None:
        shown = (samples.batch(step)[0] for step in range(_SHOWN))
        take_up(net, start_from, batches=[normalise(x) for x in shown])
    apprentice = Apprentice(net, PlateFinder(), budget=budget, clip=10.0)
    finder = apprentice.average

    def losses(taught: PlateFinder, batch: tuple[torch.Tensor, Targets]) -> dict[str, torch.Tensor]:
        pictures, targets = batch
        x = normalise(pictures).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            heat, corners = taught(x)
        return dict(zip(("heat", "corners"), finder_loss(heat, corners, targets), strict=True))

    course = Lessons(
        batch=_BATCH,
        seed=seed,
        draw=samples.batch,
        losses=losses,
        weights={"corners": 2.0},
        exam=lambda finder: f"uk_dev {sit(finder, exam)}" if exam else "",
    ).give(
        apprentice,
        checkpoint=out / "plate_detector.pt",
        every_s=checkpoint_every_s,
        start_from=start_from,
        keep=keep,
        say=say,
    )
    ship(
        finder,
        out=out,
        sources=sources_of(data),
        exam=exam,
        held_out=load_held_out_frames(data) if data is not None else [],
        course=course,
        version=version,
    )
    return finder
