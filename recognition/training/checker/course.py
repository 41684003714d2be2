"""The course of training of the checking network: harvest candidates once, learn from them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recognition.looks.plates import Looks, PlateDetector
from recognition.models import SHIPPED
from recognition.packs.manifest import INT8, PROBABILITY
from recognition.training.blocks import normalise
from recognition.training.checker.exams import figures_of, probabilities
from recognition.training.checker.net import HEIGHT, WIDTH, PlateJudge, ShippedJudge, judge_loss
from recognition.training.export import InputContract, Shipment, noise, ship
from recognition.training.lessons import Lessons, Plan
from recognition.training.samples.candidates import Candidate, drawn, drawn_upon, harvest
from recognition.training.samples.checking import CheckSamples
from recognition.training.samples.photos import (
    Photo,
    load_held_out_frames,
    photos_and_exam,
    sources_of,
)
from recognition.training.samples.stored import load_candidates, save_candidates
from recognition.training.thaw import take_up

__all__ = ["gather", "train"]

Pictures = NDArray[np.uint8]
Truths = NDArray[np.float32]

_BATCH = 64
_UNSURE = 0.05
"""Probability of the wrong answer from which a candidate is hard."""
_THRESHOLD = 0.25
"""The detector's score from which candidates are harvested: below what is reported (0.36), for
more of what it nearly takes for a plate."""
_SHIPMENT = Shipment(
    task="plate_check",
    title="Plate check",
    summary="Says how likely a find of the detector is a number plate. In: a BGR cut-out, 0-255,"
    " of 1.6 widths and 2.6 heights of its upright box, which is in the middle, resized to 48 x"
    " 128 (area to shrink, linear to enlarge); what lies beyond the picture is grey 114. Out: a"
    " probability.",
    limits=(
        "What it knows of signs, lettering and badges are drawings, and a few hundred photos: on"
        " other things in the road its word is worth less than the figures say.",
        "It was taught with as many plates as other things: its probability is not that of a"
        " street.",
        "UK plates were never photographed for it: they are known from drawings.",
        "It leans on what is around a plate: one on bare asphalt, or in a hand, is doubted.",
    ),
    contract=InputContract("image", "uint8", "NCHW", HEIGHT, WIDTH, "bgr"),
    outputs=("probability",),
    decode=PROBABILITY,
)


def gather(
    photos: list[Photo],
    *,
    out: Path,
    seed: int,
    roads: int,
    pictures: int,
    say: Callable[[str], None],
) -> list[Candidate]:
    """Harvest candidates of the shipped detector in eight bits, or take those of last time.

    Args:
        photos: What may be learnt from; none means drawn roads only.
        out: Where they are kept: under a name that says what they were made from.
        seed: Of every picture.
        roads: Roads to draw, four scenes each.
        pictures: Photos to draw upon.
        say: Takes a line.
    """
    detector = PlateDetector.open(looks=Looks(threshold=_THRESHOLD, least=_THRESHOLD), form=INT8)
    digest = hashlib.sha256((SHIPPED / "plate_detector.onnx").read_bytes()).hexdigest()
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"candidates-{seed}-{roads}-{pictures if photos else 0}-{digest[:8]}.npz"
    if path.exists():
        return load_candidates(path)
    started_s = time.monotonic()
    searched: Iterator[Candidate] = harvest(drawn(seed=seed, roads=roads), detector=detector)
    if photos:
        upon = drawn_upon(photos, seed=seed, pictures=pictures)
        searched = chain(searched, harvest(upon, detector=detector))
    candidates = list(searched)
    save_candidates(path, candidates)
    plates = sum(each.plate for each in candidates)
    say(
        f"{len(candidates)} candidates, {plates} of them plates, "
        f"in {(time.monotonic() - started_s) / 60:.1f} min"
    )
    return candidates


def _losses(judged: Tensor, batch: tuple[Pictures, Truths]) -> dict[str, Tensor]:
    return {"loss": judge_loss(judged, torch.from_numpy(batch[1]))}


def train(plan: Plan, *, roads: int, pictures: int, exam_roads: int = 15) -> PlateJudge:
    """Train the judge, writing checkpoints, and export it.

    What the network that it is begun from was unsure of is looked at more often.

    Args:
        plan: What every course is asked; candidates are kept in its folder too.
        roads: Roads to draw.
        pictures: Photos to draw upon.
        exam_roads: Roads to draw for the figures of the card.

    Returns:
        The averaged network.
    """
    photos, exam = photos_and_exam(plan.data)
    candidates = gather(
        photos, out=plan.out, seed=plan.seed, roads=roads, pictures=pictures, say=plan.say
    )
    hard = None
    if plan.start_from is not None:
        hard = _unsure(plan.start_from, candidates)
        plan.say(f"{hard.sum()} candidates that {plan.start_from.name} is unsure of")
    samples = CheckSamples(candidates, seed=plan.seed, batch=_BATCH, hard=hard)
    judge, course = Lessons(
        task=_SHIPMENT.task,
        net=PlateJudge,
        normalise=normalise,
        batch=_BATCH,
        draw=samples.batch,
        losses=_losses,
        settled_on=30,
    ).give(plan)
    held_out = load_held_out_frames(plan.data)
    ship(
        _SHIPMENT,
        net=ShippedJudge(judge),
        example=noise(4, 3, HEIGHT, WIDTH),
        sources=sources_of(plan.data),
        figures=figures_of(judge, exam=exam, held_out=held_out, roads=exam_roads),
        course=course,
        plan=plan,
    )
    return judge


def _unsure(path: Path, candidates: Sequence[Candidate]) -> NDArray[np.bool_]:
    earlier = PlateJudge()
    take_up(earlier, path)
    judged = np.array(probabilities(earlier.eval(), candidates))
    plate = np.array([each.plate for each in candidates], bool)
    wrong = np.where(plate, 1 - judged, judged)
    return np.asarray(wrong > _UNSURE, bool)
