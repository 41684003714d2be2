"""The course of training of the reading network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from recognition.packs.manifest import CTC_LATTICE
from recognition.synthetic.lettering.glyphs import ALPHABET
from recognition.training.budget import Apprentice, Budget
from recognition.training.card import Course, write_card
from recognition.training.export import InputContract, write_manifest, write_onnx
from recognition.training.lessons import Lessons
from recognition.training.reader.exams import (
    Exam,
    course_exams,
    of_crops,
    of_photos,
    sit,
    subgroups,
)
from recognition.training.reader.net import (
    HEIGHT,
    WIDTH,
    PlateReader,
    ShippedReader,
    ctc_loss,
    normalise,
)
from recognition.training.samples.photos import (
    Photo,
    PlateCrop,
    kept_out,
    load_held_out_frames,
    load_photos,
    load_training_photos,
    no_word,
    pseudo_labelled,
    without_twins,
)
from recognition.training.samples.reading import OcrSamples
from recognition.training.thaw import take_up

__all__ = ["Materials", "gather", "ship", "train"]

Picture = NDArray[np.uint8]

_BATCH = 64
_SHOWN = 12
"""Batches that a network taken up from a file is settled on."""
_FILE = "plate_ocr.onnx"
_SUMMARY = (
    "Reads one number plate. In: a grey cut-out of the plate, its box widened by 2 % and"
    " heightened by 5 %, resized to 32 x 128 (area to shrink, linear to enlarge). Out: CTC"
    " log-probabilities, 64 steps (two rows of 32) over 0-9, A-Z and blank."
    " The figures below are of its greedy reading, without any grammar."
)
_LIMITS = (
    "I and 1, and O and 0, are the same shape on UK plates: position in the mark decides, so the"
    " grammar has to have its say.",
    "The mixed exam of rendered plates is meant to be hard: part of it no person could read.",
    "One-line plates narrower than 40 pixels are guesswork; see the figures by width.",
    "Few real plates were seen in training, hardly a UK one: UK plates are known from drawings.",
    "Arabic, Cyrillic and other scripts were never shown.",
)


@dataclass(frozen=True, slots=True)
class Materials:
    """What a training learns from and is examined on.

    Attributes:
        backgrounds: Grey photos for surroundings.
        real: Real plates with pseudo labels.
        exams: Checks, never learnt from.
        sources: Names and licences for the manifest and the card.
    """

    backgrounds: list[Picture]
    real: list[PlateCrop]
    exams: list[Exam]
    sources: tuple[str, ...]


def gather(data: Path | None) -> Materials:
    """Collect training material; without a data folder everything is rendered."""
    exams = course_exams()
    if data is None:
        return Materials([], [], exams, ("own rendered plates (Apache-2.0)",))
    checks: list[Photo] = []
    for name in ("uk_dev", "uk_dev_crops"):
        if (data / name).is_dir():
            photos = load_photos(data / name)
            exams.append(of_photos(name, photos))
            checks += photos
    photos = without_twins(load_training_photos(data), of=checks)
    order = np.random.default_rng(1).permutation(len(photos))[:220]
    chosen = [photos[index] for index in order.tolist()]
    backgrounds = [
        np.asarray(cv2.cvtColor(photo.image, cv2.COLOR_BGR2GRAY), np.uint8)
        for photo in chosen
        if min(photo.image.shape[:2]) > 120
    ]
    drives = [photo for photo in photos if photo.partly_labelled]
    transcriber = data / "peers" / "cct_xs_v1_global.onnx"
    real: list[PlateCrop] = []
    if transcriber.is_file():
        cars = [photo for photo in photos if not photo.partly_labelled]
        seen = [crop for crop in pseudo_labelled(cars, reader=transcriber) if no_word(crop.text)]
        real = pseudo_labelled(drives, reader=transcriber)
        real += [crop for crop in seen if not kept_out(crop.text)]
        exams.append(of_crops("mixed cars kept out", [c for c in seen if kept_out(c.text)]))
        ends = pseudo_labelled(load_held_out_frames(data), reader=transcriber)
        exams.append(of_crops("ends of the drives, kept out", ends))
    return Materials(
        backgrounds,
        real,
        exams,
        (
            "own rendered plates (Apache-2.0)",
            "romania_drives: RobertLucian/license-plate-dataset (MIT)",
            "mixed_cars: Kaggle andrewmvd/car-plate-detection (CC0)",
            "marks of both: transcribed by fast-plate-ocr CCT-XS v1 (MIT) where it was sure",
        ),
    )


def ship(
    reader: PlateReader, materials: Materials, *, out: Path, course: Course, version: str
) -> Path:
    """Export the reader with its manifest and card; returns the ONNX file."""
    path = out / _FILE
    write_onnx(
        ShippedReader(reader).eval(),
        path=path,
        example=materials.exams[0].pictures[:8],
        input_name="image",
        outputs=("logp",),
        dynamic={"image": {0: "n"}, "logp": {0: "n"}},
    )
    contract = InputContract("image", "uint8", "NCHW", HEIGHT, WIDTH, "gray")
    write_manifest(
        path,
        task="plate_ocr",
        contract=contract,
        outputs=("logp",),
        decode=CTC_LATTICE,
        alphabet=ALPHABET,
        trained_on=materials.sources,
        version=version,
    )
    write_card(
        path,
        title="Plate reader",
        summary=_SUMMARY,
        sources=materials.sources,
        parameters=sum(weights.numel() for weights in reader.parameters()),
        course=course,
        figures={
            f"{exam.name}: {len(exam.texts)} plates, exact": str(sit(reader, exam))
            for exam in [*materials.exams, *subgroups()]
        },
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
    start_from: Path | None,
    keep: float = 0.0,
    version: str,
    say: Callable[[str], None] = print,
    checkpoint_every_s: float = 90.0,
) -> PlateReader:
    """Train the reader, writing checkpoints, and export it.

    Args:
        data: Folder of real photos, or None for rendered plates only.
        out: Folder for checkpoint, ONNX file and manifest; a checkpoint there is gone on with.
        budget: When to stop and how fast to learn.
        seed: Seed of weights and samples; with a budget in steps the same seed and data give the
            same weights.
        start_from: Exported network or checkpoint of an earlier training to begin with.
        keep: How far the end is moved back to the beginning, see `thaw.lean_back`.
        version: Goes into the manifest.
        say: Takes lines of progress.
        checkpoint_every_s: Pause between checkpoints in seconds.

    Returns:
        The averaged network.
    """
    torch.manual_seed(seed)
    out.mkdir(parents=True, exist_ok=True)
    materials = gather(data)
    say(f"{len(materials.real)} real crops, {len(materials.backgrounds)} backgrounds")
    samples = OcrSamples(
        seed=seed, batch=_BATCH, backgrounds=materials.backgrounds, real=materials.real
    )
    net = PlateReader()
    if start_from is not None:
        shown = (samples.batch(step)[0] for step in range(_SHOWN))
        take_up(net, start_from, batches=[normalise(torch.from_numpy(x)) for x in shown])
    apprentice = Apprentice(net, PlateReader(), budget=budget, clip=5.0)
    reader = apprentice.average

    def losses(taught: PlateReader, batch: tuple[Picture, list[str]]) -> dict[str, torch.Tensor]:
        pictures, texts = batch
        x = normalise(torch.from_numpy(pictures)).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            scores = taught(x)
        return {"loss": ctc_loss(scores, texts)}

    course = Lessons(
        batch=_BATCH,
        seed=seed,
        draw=samples.batch,
        losses=losses,
        weights={},
        exam=lambda reader: ", ".join(f"{one.name} {sit(reader, one)}" for one in materials.exams),
    ).give(
        apprentice,
        checkpoint=out / "plate_ocr.pt",
        every_s=checkpoint_every_s,
        start_from=start_from,
        keep=keep,
        say=say,
    )
    ship(reader, materials, out=out, course=course, version=version)
    return reader
