"""The course of training of the outlining network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from recognition.packs.manifest import CORNERS
from recognition.training.budget import Apprentice, Budget
from recognition.training.card import Course, write_card
from recognition.training.export import InputContract, write_manifest, write_onnx
from recognition.training.finder.net import normalise
from recognition.training.lessons import Lessons
from recognition.training.outliner.exams import sit
from recognition.training.outliner.net import (
    HEIGHT,
    WIDTH,
    PlateOutliner,
    ShippedOutliner,
    outline_loss,
)
from recognition.training.samples.outlining import OutlineSamples
from recognition.training.samples.photos import load_held_out_frames, photos_and_exam, sources_of
from recognition.training.thaw import take_up

__all__ = ["ship", "train"]

_BATCH = 64
_SHOWN = 12
"""Batches that a network taken up from a file is settled on."""
_FILE = "plate_outline.onnx"
_SUMMARY = (
    "Finds the corners of a plate anew. In: a BGR cut-out, 0-255, of 2 widths and 3.6 heights of"
    " a find's upright box, which is in the middle, resized to 64 x 160 (area to shrink, linear to"
    " enlarge); what lies beyond the picture is grey 114. Out: four corners from the top left"
    " clockwise, x and y as shares of the cut-out. The figures below are of boxes that miss their"
    " plates on purpose: how many overlap with them by so much before and after one look."
)
_LIMITS = (
    "It gives four corners of whatever it is shown: whether that is a plate is for others to say.",
    "Corners of real plates were never marked, their upright boxes were.",
    "Plates narrower than 18 px were not learnt from.",
)

Batch = tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32]]


def ship(
    outliner: PlateOutliner,
    *,
    out: Path,
    sources: tuple[str, ...],
    figures: dict[str, str],
    course: Course,
    version: str,
) -> Path:
    """Export the outliner with its manifest and card; returns the ONNX file."""
    path = out / _FILE
    example = np.random.default_rng(0).integers(0, 256, (4, 3, HEIGHT, WIDTH), np.uint8)
    write_onnx(
        ShippedOutliner(outliner).eval(),
        path=path,
        example=example,
        input_name="image",
        outputs=("corners",),
        dynamic={"image": {0: "n"}, "corners": {0: "n"}},
    )
    write_manifest(
        path,
        task="plate_outline",
        contract=InputContract("image", "uint8", "NCHW", HEIGHT, WIDTH, "bgr"),
        outputs=("corners",),
        decode=CORNERS,
        alphabet="",
        trained_on=sources,
        version=version,
    )
    write_card(
        path,
        title="Plate outline",
        summary=_SUMMARY,
        sources=sources,
        parameters=sum(weights.numel() for weights in outliner.parameters()),
        course=course,
        figures=figures,
        limits=_LIMITS,
        version=version,
    )
    return path


def train(
    *,
    data: Path | None,
    out: Path,
    budget: Budget,
    seed: int,
    start_from: Path | None = None,
    version: str,
    exam_plates: int = 512,
    say: Callable[[str], None] = print,
    checkpoint_every_s: float = 60.0,
) -> PlateOutliner:
    """Train the outliner, writing checkpoints, and export it.

    Args:
        data: Folder of real photos, or None for drawn scenes only.
        out: Folder for checkpoint, ONNX file, manifest and card; a checkpoint there is gone on
            with.
        budget: When to stop and how fast to learn.
        seed: Seed of weights and samples; with a budget in steps the same seed and data give the
            same weights.
        start_from: Exported network or checkpoint of an earlier training to begin with.
        version: Goes into the manifest.
        exam_plates: Plates of each exam.
        say: Takes lines of progress.
        checkpoint_every_s: Pause between checkpoints in seconds.

    Returns:
        The averaged network.
    """
    torch.manual_seed(seed)
    out.mkdir(parents=True, exist_ok=True)
    photos, exam = photos_and_exam(data)
    samples = OutlineSamples(photos, seed=seed, batch=_BATCH)
    net = PlateOutliner()
    if start_from is not None:
        shown = (samples.batch(step)[0] for step in range(_SHOWN))
        take_up(net, start_from, batches=[normalise(torch.from_numpy(x)) for x in shown])
    apprentice = Apprentice(net, PlateOutliner(), budget=budget, clip=5.0)
    outliner = apprentice.average

    def losses(taught: PlateOutliner, batch: Batch) -> dict[str, torch.Tensor]:
        shown, corners, exact = batch
        x = normalise(torch.from_numpy(shown)).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            found = taught(x)
        return {"loss": outline_loss(found, torch.from_numpy(corners), torch.from_numpy(exact))}

    course = Lessons(
        batch=_BATCH,
        seed=seed,
        draw=samples.batch,
        losses=losses,
        weights={},
        exam=lambda outliner: f"drawn {sit(outliner, [], plates=exam_plates)}",
    ).give(
        apprentice,
        checkpoint=out / "plate_outline.pt",
        every_s=checkpoint_every_s,
        start_from=start_from,
        keep=0.0,
        say=say,
    )
    held_out = load_held_out_frames(data) if data is not None else []
    figures = {"drawn scenes of other seeds": str(sit(outliner, [], plates=exam_plates))}
    for name, kept in (("uk_dev", exam), ("frames kept out of training", held_out)):
        if kept:
            figures[f"{name}, some drawn upon"] = str(sit(outliner, kept, plates=exam_plates))
    for measure, result in figures.items():
        say(f"{measure}: {result}")
    sources = sources_of(data)
    ship(outliner, out=out, sources=sources, figures=figures, course=course, version=version)
    return outliner
