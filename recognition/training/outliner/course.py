"""The course of training of the outlining network."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recognition.packs.manifest import CORNERS
from recognition.training.blocks import normalise
from recognition.training.export import InputContract, Shipment, noise, ship
from recognition.training.lessons import Lessons, Plan
from recognition.training.outliner.exams import figures_of, sit
from recognition.training.outliner.net import (
    HEIGHT,
    WIDTH,
    PlateOutliner,
    ShippedOutliner,
    outline_loss,
)
from recognition.training.samples.outlining import OutlineSamples
from recognition.training.samples.photos import load_held_out_frames, photos_and_exam, sources_of

__all__ = ["train"]

_BATCH = 64
_SHIPMENT = Shipment(
    task="plate_outline",
    title="Plate outline",
    summary="Finds the corners of a plate anew. In: a BGR cut-out, 0-255, of 2 widths and 3.6"
    " heights of a find's upright box, which is in the middle, resized to 64 x 160 (area to"
    " shrink, linear to enlarge); what lies beyond the picture is grey 114. Out: four corners from"
    " the top left clockwise, x and y as shares of the cut-out. The figures below are of boxes"
    " that miss their plates on purpose: how many overlap with them by so much before and after"
    " one look.",
    limits=(
        "It gives four corners of whatever it is shown: whether that is a plate is for others to"
        " say.",
        "Corners of real plates were never marked, their upright boxes were.",
        "Plates narrower than 18 px were not learnt from.",
    ),
    contract=InputContract("image", "uint8", "NCHW", HEIGHT, WIDTH, "bgr"),
    outputs=("corners",),
    decode=CORNERS,
)

Batch = tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32]]


def _losses(found: Tensor, batch: Batch) -> dict[str, Tensor]:
    corners, exact = map(torch.from_numpy, batch[1:])
    return {"loss": outline_loss(found, corners, exact)}


def train(plan: Plan, *, exam_plates: int = 512) -> PlateOutliner:
    """Train the outliner, writing checkpoints, and export it.

    Args:
        plan: What every course is asked.
        exam_plates: Plates of each exam.

    Returns:
        The averaged network.
    """
    photos, exam = photos_and_exam(plan.data)
    samples = OutlineSamples(photos, seed=plan.seed, batch=_BATCH)
    outliner, course = Lessons(
        task=_SHIPMENT.task,
        net=PlateOutliner,
        normalise=normalise,
        batch=_BATCH,
        draw=samples.batch,
        losses=_losses,
        exam=lambda outliner: f"drawn {sit(outliner, [], plates=exam_plates)}",
        settled_on=12,
    ).give(plan)
    held_out = load_held_out_frames(plan.data)
    ship(
        _SHIPMENT,
        net=ShippedOutliner(outliner),
        example=noise(4, 3, HEIGHT, WIDTH),
        sources=sources_of(plan.data),
        figures=figures_of(outliner, exam=exam, held_out=held_out, plates=exam_plates),
        course=course,
        plan=plan,
    )
    return outliner
