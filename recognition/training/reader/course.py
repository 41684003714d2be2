"""The course of training of the reading network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from recognition.packs.manifest import CTC_LATTICE
from recognition.synthetic.lettering.glyphs import ALPHABET
from recognition.training.export import InputContract, Shipment, ship
from recognition.training.lessons import Lessons, Plan
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

__all__ = ["Materials", "gather", "train"]

Picture = NDArray[np.uint8]

_BATCH = 64
_SHIPMENT = Shipment(
    task="plate_ocr",
    title="Plate reader",
    summary="Reads one number plate. In: a grey cut-out of the plate, its box widened by 2 % and"
    " heightened by 5 %, resized to 32 x 128 (area to shrink, linear to enlarge). Out: CTC"
    " log-probabilities, 64 steps (two rows of 32) over 0-9, A-Z and blank."
    " The figures below are of its greedy reading, without any grammar.",
    limits=(
        "I and 1, and O and 0, are the same shape on UK plates: position in the mark decides, so"
        " the grammar has to have its say.",
        "The mixed exam of rendered plates is meant to be hard: part of it no person could read.",
        "One-line plates narrower than 40 pixels are guesswork; see the figures by width.",
        "Few real plates were seen in training, hardly a UK one: UK plates are known from"
        " drawings.",
        "Arabic, Cyrillic and other scripts were never shown.",
    ),
    contract=InputContract("image", "uint8", "NCHW", HEIGHT, WIDTH, "gray"),
    outputs=("logp",),
    decode=CTC_LATTICE,
    alphabet=ALPHABET,
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


def _losses(scores: Tensor, batch: tuple[Picture, list[str]]) -> dict[str, Tensor]:
    return {"loss": ctc_loss(scores, batch[1])}


def train(plan: Plan) -> PlateReader:
    """Train the reader as every course is asked, writing checkpoints, and export it.

    Returns:
        The averaged network.
    """
    materials = gather(plan.data)
    plan.say(f"{len(materials.real)} real crops, {len(materials.backgrounds)} backgrounds")
    samples = OcrSamples(
        seed=plan.seed, batch=_BATCH, backgrounds=materials.backgrounds, real=materials.real
    )
    reader, course = Lessons(
        task=_SHIPMENT.task,
        net=PlateReader,
        normalise=normalise,
        batch=_BATCH,
        draw=samples.batch,
        losses=_losses,
        exam=lambda reader: ", ".join(f"{one.name} {sit(reader, one)}" for one in materials.exams),
        settled_on=12,
        every_s=90.0,
    ).give(plan)
    ship(
        _SHIPMENT,
        net=ShippedReader(reader),
        example=materials.exams[0].pictures[:8],
        sources=materials.sources,
        figures={
            f"{exam.name}: {len(exam.texts)} plates, exact": str(sit(reader, exam))
            for exam in [*materials.exams, *subgroups()]
        },
        course=course,
        plan=plan,
    )
    return reader
