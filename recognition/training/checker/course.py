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

from recognition.looks.plates import Looks, PlateDetector
from recognition.models import SHIPPED
from recognition.packs.manifest import INT8, PROBABILITY
from recognition.training.budget import Apprentice, Budget
from recognition.training.card import Course, write_card
from recognition.training.checker.exams import figures_of, probabilities
from recognition.training.checker.net import (
    HEIGHT,
    WIDTH,
    PlateJudge,
    ShippedJudge,
    judge_loss,
    normalise,
)
from recognition.training.export import InputContract, write_manifest, write_onnx
from recognition.training.lessons import Lessons
from recognition.training.samples.candidates import Candidate, drawn, drawn_upon, harvest
from recognition.training.samples.checking import CheckSamples
from recognition.training.samples.photos import (
    Photo,
    load_held_out_frames,
    photos_and_exam,
    sources_of,
)
from recognition.training.samples.stored import load_candidates, save_candidates
from recognition.training.thaw import settle, thaw

__all__ = ["gather", "ship", "train"]

Pictures = NDArray[np.uint8]
Truths = NDArray[np.float32]

_BATCH = 64
_SHOWN = 30
"""Batches that a network taken up from a file is settled on."""
_UNSURE = 0.05
"""Probability of the wrong answer from which a candidate is hard."""
_FILE = "plate_check.onnx"
_THRESHOLD = 0.25
"""The detector's score from which candidates are harvested: below what is reported (0.36), for
more of what it nearly takes for a plate."""
_SUMMARY = (
    "Says how likely a find of the detector is a number plate. In: a BGR cut-out, 0-255, of 1.6"
    " widths and 2.6 heights of its upright box, which is in the middle, resized to 48 x 128 (area"
    " to shrink, linear to enlarge); what lies beyond the picture is grey 114. Out: a probability."
)
_LIMITS = (
    "What it knows of signs, lettering and badges are drawings, and a few hundred photos: on other"
    " things in the road its word is worth less than the figures say.",
    "It was taught with as many plates as other things: its probability is not that of a street.",
    "UK plates were never photographed for it: they are known from drawings.",
    "It leans on what is around a plate: one on bare asphalt, or in a hand, is doubted.",
)


def ship(
    judge: PlateJudge,
    *,
    out: Path,
    sources: tuple[str, ...],
    figures: dict[str, str],
    course: Course,
    version: str,
) -> Path:
    """Export the judge with its manifest and card; returns the ONNX file."""
    path = out / _FILE
    example = np.random.default_rng(0).integers(0, 256, (4, 3, HEIGHT, WIDTH), np.uint8)
    write_onnx(
        ShippedJudge(judge).eval(),
        path=path,
        example=example,
        input_name="image",
        outputs=("probability",),
        dynamic={"image": {0: "n"}, "probability": {0: "n"}},
    )
    write_manifest(
        path,
        task="plate_check",
        contract=InputContract("image", "uint8", "NCHW", HEIGHT, WIDTH, "bgr"),
        outputs=("probability",),
        decode=PROBABILITY,
        alphabet="",
        trained_on=sources,
        version=version,
    )
    write_card(
        path,
        title="Plate check",
        summary=_SUMMARY,
        sources=sources,
        parameters=sum(weights.numel() for weights in judge.parameters()),
        course=course,
        figures=figures,
        limits=_LIMITS,
        version=version,
    )
    return path


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


def train(
    *,
    data: Path | None,
    out: Path,
    budget: Budget,
    seed: int,
    roads: int,
    pictures: int,
    start_from: Path | None = None,
    version: str,
    exam_roads: int = 15,
    say: Callable[[str], None] = print,
    checkpoint_every_s: float = 60.0,
) -> PlateJudge:
    """Train the judge, writing checkpoints, and export it.

    Args:
        data: Folder of real photos, or None for drawn roads only.
        out: Folder for candidates, checkpoint, ONNX file, manifest and card; what is there of an
            earlier run is gone on with.
        budget: When to stop and how fast to learn.
        seed: Seed of weights and samples; with a budget in steps the same seed and data give the
            same weights.
        roads: Roads to draw.
        pictures: Photos to draw upon.
        start_from: Exported network to begin with; what it was unsure of is looked at more often.
        version: Goes into the manifest.
        exam_roads: Roads to draw for the figures of the card.
        say: Takes lines of progress.
        checkpoint_every_s: Pause between checkpoints in seconds.

    Returns:
        The averaged network.
    """
    torch.manual_seed(seed)
    out.mkdir(parents=True, exist_ok=True)
    photos, exam = photos_and_exam(data)
    candidates = gather(photos, out=out, seed=seed, roads=roads, pictures=pictures, say=say)
    net, hard = PlateJudge(), None
    if start_from is not None:
        thaw(net, start_from)
        hard = _unsure(net.eval(), candidates)
        say(f"{hard.sum()} candidates that {start_from.name} is unsure of")
    samples = CheckSamples(candidates, seed=seed, batch=_BATCH, hard=hard)
    if start_from is not None:
        shown = (torch.from_numpy(samples.batch(step)[0]) for step in range(_SHOWN))
        settle(net.train(), map(normalise, shown))
    apprentice = Apprentice(net, PlateJudge(), budget=budget, clip=5.0)
    judge = apprentice.average

    def losses(taught: PlateJudge, batch: tuple[Pictures, Truths]) -> dict[str, torch.Tensor]:
        shown, plates = batch
        x = normalise(torch.from_numpy(shown)).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            judged = taught(x)
        return {"loss": judge_loss(judged, torch.from_numpy(plates))}

    course = Lessons(
        batch=_BATCH,
        seed=seed,
        draw=samples.batch,
        losses=losses,
        weights={},
        exam=lambda judge: "",
    ).give(
        apprentice,
        checkpoint=out / "plate_check.pt",
        every_s=checkpoint_every_s,
        start_from=start_from,
        keep=0.0,
        say=say,
    )
    held_out = load_held_out_frames(data) if data is not None else []
    figures = figures_of(judge, exam=exam, held_out=held_out, roads=exam_roads)
    for measure, result in figures.items():
        say(f"{measure}: {result}")
    ship(judge, out=out, sources=sources_of(data), figures=figures, course=course, version=version)
    return judge


def _unsure(judge: PlateJudge, candidates: Sequence[Candidate]) -> NDArray[np.bool_]:
    judged = np.array(probabilities(judge, candidates))
    plate = np.array([each.plate for each in candidates], bool)
    wrong = np.where(plate, 1 - judged, judged)
    return np.asarray(wrong > _UNSURE, bool)
