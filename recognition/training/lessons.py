"""What every course is asked, and does step by step: draw, answer, learn, now and then save."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

from recognition.training.budget import Apprentice, Budget
from recognition.training.card import Course
from recognition.training.thaw import begun_from, lean_back, take_up

__all__ = ["Lessons", "Plan"]

Net = TypeVar("Net", bound=nn.Module)
Batch = TypeVar("Batch", bound=tuple[Any, ...])

_SMOOTHED = 0.98


def _nothing_to_sit(_: nn.Module) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What every course is asked.

    Attributes:
        data: Folder of real photos, or None to learn from drawings only.
        out: Folder for checkpoint, ONNX file, manifest and card; what is there of an earlier run
            is gone on with.
        budget: When to stop and how fast to learn.
        seed: Seed of weights and samples; with a budget in steps the same seed and data give the
            same weights.
        version: Goes into the manifest.
        start_from: Exported network or checkpoint of an earlier training to begin with; None for
            random weights.
        keep: How far the end is moved back to the beginning, see `thaw.lean_back`.
        say: Takes lines of progress.
    """

    data: Path | None
    out: Path
    budget: Budget
    seed: int
    version: str
    start_from: Path | None = None
    keep: float = 0.0
    say: Callable[[str], None] = print


@dataclass(frozen=True, slots=True)
class Lessons(Generic[Net, Batch]):
    """How one kind of network is taught.

    Attributes:
        task: What it is for; its checkpoint is called so.
        net: Builds one of random weights.
        normalise: Pictures as they are drawn, to what it takes.
        batch: Samples a step.
        draw: The batch of a step, a function of the step alone; its pictures come first.
        losses: What a network's answers to a batch cost, by name.
        settled_on: Batches that a network taken up from a file is settled on.
        exam: What the averaged network reached, in words; empty where there is nothing to sit.
        weights: How much each loss counts; 1 where none is named.
        clip: Longest gradient that is followed.
        every_s: Pause between checkpoints in seconds.
    """

    task: str
    net: Callable[[], Net]
    normalise: Callable[[Tensor], Tensor]
    batch: int
    draw: Callable[[int], Batch]
    losses: Callable[[Any, Batch], Mapping[str, Tensor]]
    settled_on: int
    exam: Callable[[Net], str] = _nothing_to_sit
    weights: Mapping[str, float] = field(default_factory=dict)
    clip: float = 5.0
    every_s: float = 60.0

    def give(self, plan: Plan) -> tuple[Net, Course]:
        """Teach until the budget is spent, going on with a checkpoint that is there.

        Returns:
            The averaged network, and the course as its card tells it.
        """
        plan.out.mkdir(parents=True, exist_ok=True)
        checkpoint = plan.out / f"{self.task}.pt"
        apprentice = self._begun(plan)
        beginning = {name: value.clone() for name, value in apprentice.net.state_dict().items()}
        if checkpoint.exists():
            apprentice.resume(checkpoint)
        smooth: dict[str, float] = {}
        drawing_s, started_s = 0.0, time.monotonic()
        saved_s, first = started_s, apprentice.step
        while apprentice.running():
            before_s = time.monotonic()
            batch = self.draw(apprentice.step)
            drawing_s += time.monotonic() - before_s
            # What the network draws itself (dropout): so that a stopped course goes on alike.
            torch.manual_seed(plan.seed * 1_000_003 + apprentice.step)
            losses = self.losses(self._answers(apprentice.net, batch), batch)
            counted = [self.weights.get(name, 1.0) * loss for name, loss in losses.items()]
            apprentice.learn(torch.stack(counted).sum())
            for name, loss in losses.items():
                value = float(loss.detach())
                smooth[name] = smooth.get(name, value) * _SMOOTHED + value * (1 - _SMOOTHED)
            now_s = time.monotonic()
            if now_s - saved_s > self.every_s:
                saved_s = now_s
                apprentice.save(checkpoint)
                done = (apprentice.step - first) * self.batch
                parts = [f"{name} {value:.3f}" for name, value in smooth.items()]
                plan.say(
                    f"{apprentice.spent_s / 60:.1f} min step {apprentice.step} {' '.join(parts)}"
                    f" {self.exam(apprentice.average)} {done / (now_s - started_s):.0f}/s,"
                    f" {1000 * drawing_s / done:.2f} ms to draw one"
                )
        apprentice.save(checkpoint)
        lean_back(apprentice.average, beginning=beginning, share=plan.keep)
        plan.say(f"at the end: {self.exam(apprentice.average)}")
        return apprentice.average, Course(
            seed=plan.seed,
            steps=apprentice.step,
            minutes=apprentice.spent_s / 60,
            begun_from=begun_from(plan.start_from, keep=plan.keep),
            samples=apprentice.step * self.batch,
        )

    def _begun(self, plan: Plan) -> Apprentice[Net]:
        """Whom a course begins with: random weights of its seed, or an earlier network's."""
        torch.manual_seed(plan.seed)
        net = self.net()
        if plan.start_from is not None:
            shown = [self._pictures(self.draw(step)) for step in range(self.settled_on)]
            take_up(net, plan.start_from, batches=shown)
        return Apprentice(net, self.net(), budget=plan.budget, clip=self.clip)

    def _pictures(self, batch: Batch) -> Tensor:
        return self.normalise(torch.as_tensor(batch[0]))

    def _answers(self, net: Net, batch: Batch) -> Any:
        pictures = self._pictures(batch).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            return net(pictures)
