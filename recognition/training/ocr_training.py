"""The course of training of the reading network."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from recognition.packs.manifest import CTC_LATTICE
from recognition.synthetic.camera import degrade
from recognition.synthetic.formats import random_vrm
from recognition.synthetic.lettering.glyphs import ALPHABET
from recognition.synthetic.plate import Ground, Layout, random_style, render_plate
from recognition.training.budget import Apprentice, Budget
from recognition.training.card import Course, write_card
from recognition.training.export import InputContract, write_manifest, write_onnx
from recognition.training.ocr_net import (
    HEIGHT,
    WIDTH,
    PlateReader,
    ShippedReader,
    ctc_loss,
    greedy,
    normalise,
)
from recognition.training.samples.ocr_samples import OcrSamples, to_input
from recognition.training.samples.photos import (
    Photo,
    PlateCrop,
    load_photos,
    load_training_photos,
    pseudo_labelled,
    without_twins,
)
from recognition.training.thaw import begun_from, take_up

__all__ = ["Materials", "gather", "ship", "sit", "train"]

Picture = NDArray[np.uint8]
Exam = tuple[str, Picture, list[str]]
"""A name, pictures (n, 1, 32, 128) and what they say."""

_BATCH = 64
_EXAM_SEED = 990
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


def _exam_of_photos(name: str, photos: list[Photo]) -> Exam:
    pictures, texts = [], []
    for photo in photos:
        grey = np.asarray(cv2.cvtColor(photo.image, cv2.COLOR_BGR2GRAY), np.uint8)
        for (x, y, width, height), text in zip(photo.boxes, photo.texts, strict=True):
            if text:
                across, down = width * 0.01, height * 0.025
                columns = [max(0, round(x - across)), round(x + width + across)]
                rows = [max(0, round(y - down)), round(y + height + down)]
                pictures.append(to_input(grey[rows[0] : rows[1], columns[0] : columns[1]]))
                texts.append(text)
    return name, np.stack(pictures)[:, None], texts


def _rendered_exam() -> Exam:
    samples = OcrSamples(seed=_EXAM_SEED, batch=100, backgrounds=[], real=[])
    drawn = [samples.batch(step) for step in range(6)]
    pictures = np.concatenate([pictures for pictures, _ in drawn])
    return "rendered", pictures, [text for _, texts in drawn for text in texts]


def _lettered_exam() -> Exam:
    samples = OcrSamples(seed=_EXAM_SEED, batch=1, backgrounds=[], real=[])
    rng = np.random.default_rng(_EXAM_SEED)
    pictures = np.stack([samples.lettered(rng) for _ in range(300)])[:, None]
    return "signs, badges, lettering: nothing read", pictures, [""] * len(pictures)


def _exam_by_width(layout: Layout, *, width_px: int, poor: bool, count: int = 200) -> Exam:
    """Draw current-style UK plates as wide as a camera sees them, through a good or poor one."""
    rng = np.random.default_rng(_EXAM_SEED)
    pictures, texts = [], []
    for _ in range(count):
        style = random_style(rng, format_id="gb_2001")
        style = replace(style, layout=layout, ground=Ground.WHITE, holder=False)
        vrm, _, _ = random_vrm(rng, format_id="gb_2001")
        plate = render_plate(rng, vrm=vrm, style=style)
        grey = cv2.cvtColor(plate.image, cv2.COLOR_BGR2GRAY)
        size = (width_px, max(6, round(width_px * grey.shape[0] / grey.shape[1])))
        seen = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
        pictures.append(to_input(degrade(rng, seen) if poor else seen))
        texts.append(vrm)
    lines = "one line" if layout is Layout.ONE_LINE else "two lines"
    name = f"rendered UK, {lines}, {width_px} px wide, {'poor' if poor else 'clean'}"
    return name, np.stack(pictures)[:, None], texts


def _width_exams() -> list[Exam]:
    return [
        _exam_by_width(layout, width_px=width_px, poor=poor)
        for layout in (Layout.ONE_LINE, Layout.TWO_LINES)
        for width_px in (30, 40, 60, 120)
        for poor in (False, True)
    ]


def gather(data: Path | None) -> Materials:
    """Collect training material; without a data folder everything is rendered."""
    exams = [_rendered_exam(), _lettered_exam()]
    if data is None:
        return Materials([], [], exams, ("own rendered plates (Apache-2.0)",))
    checks: list[Photo] = []
    for name in ("uk_dev", "uk_dev_crops"):
        if (data / name).is_dir():
            photos = load_photos(data / name)
            exams.append(_exam_of_photos(name, photos))
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
    # The mixed cars are not transcribed: many wear vanity plates, and the transcriber is often
    # wrong about those (CRAIG became CRA1G).
    real = pseudo_labelled(drives, reader=transcriber) if transcriber.is_file() else []
    return Materials(
        backgrounds,
        real,
        exams,
        (
            "own rendered plates (Apache-2.0)",
            "romania_drives: RobertLucian/license-plate-dataset (MIT)",
            "romania_drives marks: transcribed by fast-plate-ocr CCT-XS v1 (MIT) where it was sure",
            "mixed_cars: Kaggle andrewmvd/car-plate-detection (CC0), as surroundings only",
        ),
    )


def sit(reader: PlateReader, exam: Exam) -> float:
    """Return the share of an exam read without a mistake, greedily and without grammar."""
    _, pictures, texts = exam
    read: list[str] = []
    with torch.no_grad():
        for start in range(0, len(texts), 64):
            batch = torch.from_numpy(pictures[start : start + 64])
            read += greedy(reader(normalise(batch)))
    return sum(a == b for a, b in zip(read, texts, strict=True)) / len(texts)


def ship(
    reader: PlateReader, materials: Materials, *, out: Path, course: Course, version: str
) -> Path:
    """Export the reader with its manifest and card; returns the ONNX file."""
    path = out / _FILE
    write_onnx(
        ShippedReader(reader).eval(),
        path=path,
        example=materials.exams[0][1][:8],
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
            f"{exam[0]}: {len(exam[2])} plates, exact": f"{100 * sit(reader, exam):.1f} %"
            for exam in [*materials.exams, *_width_exams()]
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
        version: Goes into the manifest.
        say: Takes lines of progress.
        checkpoint_every_s: Pause between checkpoints in seconds.

    Returns:
        The averaged network.
    """
    torch.manual_seed(seed)
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = out / "plate_ocr.pt"
    materials = gather(data)
    say(f"{len(materials.real)} real crops, {len(materials.backgrounds)} backgrounds")
    samples = OcrSamples(
        seed=seed, batch=_BATCH, backgrounds=materials.backgrounds, real=materials.real
    )
    net = PlateReader()
    if start_from is not None and not checkpoint.exists():
        shown = (samples.batch(step)[0] for step in range(_SHOWN))
        take_up(net, start_from, batches=[normalise(torch.from_numpy(x)) for x in shown])
    apprentice = Apprentice(net, PlateReader(), budget=budget, clip=5.0)
    if checkpoint.exists():
        apprentice.resume(checkpoint)
    smooth, drawing_s, started_s = 0.0, 0.0, time.monotonic()
    saved_s, first = started_s, apprentice.step
    reader = apprentice.average
    while apprentice.running():
        before_s = time.monotonic()
        pictures, texts = samples.batch(apprentice.step)
        drawing_s += time.monotonic() - before_s
        torch.manual_seed(seed * 1_000_003 + apprentice.step)  # dropout, also after a resume
        x = normalise(torch.from_numpy(pictures)).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            scores = apprentice.net(x)
        loss = ctc_loss(scores, texts)
        apprentice.learn(loss)
        value = float(loss.detach())
        smooth = smooth * 0.98 + value * 0.02 if smooth else value
        now_s = time.monotonic()
        if now_s - saved_s > checkpoint_every_s:
            saved_s = now_s
            apprentice.save(checkpoint)
            marks = " ".join(f"{exam[0]} {sit(reader, exam):.3f}" for exam in materials.exams)
            done = (apprentice.step - first) * _BATCH
            say(
                f"{apprentice.spent_s / 60:.1f} min step {apprentice.step} loss {smooth:.3f}"
                f" {marks} {done / (now_s - started_s):.0f}/s,"
                f" {1000 * drawing_s / done:.2f} ms to draw one"
            )
    apprentice.save(checkpoint)
    for exam in materials.exams:
        say(f"{exam[0]}: {sit(reader, exam):.3f} exact without grammar")
    course = Course(
        seed=seed,
        steps=apprentice.step,
        minutes=apprentice.spent_s / 60,
        begun_from=begun_from(start_from),
        samples=apprentice.step * _BATCH,
    )
    ship(reader, materials, out=out, course=course, version=version)
    return reader
