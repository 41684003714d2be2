"""The course of training of the finding network, and mining of what nobody marked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from torch import Tensor

from recognition.packs.manifest import HEATMAP_CORNERS
from recognition.training.blocks import normalise
from recognition.training.export import InputContract, Shipment, noise, ship
from recognition.training.finder.exams import figures_of
from recognition.training.finder.finding import FRAME_H, FRAME_W, mine, sit
from recognition.training.finder.net import PlateFinder, ShippedFinder, Targets, finder_loss
from recognition.training.lessons import Lessons, Plan
from recognition.training.samples.finding import Mined, PlateSamples
from recognition.training.samples.photos import (
    Photo,
    load_held_out_frames,
    photos_and_exam,
    sources_of,
)
from recognition.training.thaw import take_up

__all__ = ["train"]

_BATCH = 16
_OUTPUTS = "score", "peak", "corners"
_SHIPMENT = Shipment(
    task="plate_detector",
    title="Plate detector",
    summary="Finds number plates. In: a BGR picture, 0-255, both sides multiples of 32. Out, on a"
    " grid of 8 pixels: score, its 3 x 3 maximum, and the offsets of four corners from the cell's"
    " centre in units of 8 pixels, from the top left clockwise. Meant for a threshold of 0.3.",
    limits=(
        "Finds that are no plate (lamps, badges, signs) are the known weakness: gate them by what"
        " the reader makes of them. Part of those counted above are real plates nobody marked.",
        "Plates narrower than 13 pixels at the network's input are not looked for; a 1080p camera"
        " wants tiles for its far plates.",
        "Real corners were never marked: they are learnt from rendered plates, boxes from photos.",
    ),
    contract=InputContract("image", "uint8", "NHWC", None, None, "bgr"),
    outputs=_OUTPUTS,
    decode=HEATMAP_CORNERS,
    varying={"image": {1: "h", 2: "w"}} | {name: {2: "rows", 3: "columns"} for name in _OUTPUTS},
)


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


def _losses(answers: tuple[Tensor, Tensor], batch: tuple[Tensor, Targets]) -> dict[str, Tensor]:
    return dict(zip(("heat", "corners"), finder_loss(*answers, batch[1]), strict=True))


def train(plan: Plan, *, mine_with: Path | None, scene_share: float) -> PlateFinder:
    """Train the finder, writing checkpoints, and export it.

    Args:
        plan: What every course is asked.
        mine_with: Another such file, whose finds in unmarked places are ignored
            or learnt as mistakes.
        scene_share: Share of samples from rendered road scenes.

    Returns:
        The averaged network.
    """
    photos, exam = photos_and_exam(plan.data)
    mined = _mined(mine_with, photos, say=plan.say)
    samples = PlateSamples(
        seed=plan.seed, batch=_BATCH, photos=photos, mined=mined, scene_share=scene_share
    )
    finder, course = Lessons(
        task=_SHIPMENT.task,
        net=PlateFinder,
        normalise=normalise,
        batch=_BATCH,
        draw=samples.batch,
        losses=_losses,
        weights={"corners": 2.0},
        clip=10.0,
        exam=lambda finder: f"uk_dev {sit(finder, exam)}" if exam else "",
        settled_on=30,
        every_s=120.0,
    ).give(plan)
    ship(
        _SHIPMENT,
        net=ShippedFinder(finder),
        example=noise(1, FRAME_H, FRAME_W, 3),
        sources=sources_of(plan.data),
        figures=figures_of(finder, exam=exam, held_out=load_held_out_frames(plan.data)),
        course=course,
        plan=plan,
    )
    return finder
