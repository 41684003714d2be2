"""What every course does step by step: draw, answer, learn, and now and then save and tell."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import torch
from torch import nn

from recognition.training.budget import Apprentice
from recognition.training.card import Course
from recognition.training.thaw import begun_from, lean_back

__all__ = ["Lessons"]

Net = TypeVar("Net", bound=nn.Module)
Batch = TypeVar("Batch")

_SMOOTHED = 0.98


@dataclass(frozen=True, slots=True)
class Lessons(Generic[Net, Batch]):
    """How one kind of network is taught.

    Attributes:
        batch: Samples a step.
        seed: Of what the network draws itself (dropout), so that a stopped course goes on alike.
        draw: The batch of a step, a function of the step alone.
        losses: What a network's answers to a batch cost, by name.
        weights: How much each of them counts; 1 where none is named.
        exam: What the averaged network reached, in words; empty where there is nothing to sit.
    """

    batch: int
    seed: int
    draw: Callable[[int], Batch]
    losses: Callable[[Net, Batch], Mapping[str, torch.Tensor]]
    exam: Callable[[Net], str]
    weights: Mapping[str, float]

    def give(
        self,
        apprentice: Apprentice[Net],
        *,
        checkpoint: Path,
        every_s: float,
        start_from: Path | None,
        keep: float,
        say: Callable[[str], None],
    ) -> Course:
        """Teach until the budget is spent, going on with a checkpoint that is there.

        Args:
            apprentice: Whom; its average is the result.
            checkpoint: File to save to.
            every_s: Pause between checkpoints in seconds.
            start_from: What the network was begun with, None for random weights.
            keep: How far the end is moved back to the beginning, see `thaw.lean_back`.
            say: Takes lines of progress.

        Returns:
            The course, as the card tells it.
        """
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
            torch.manual_seed(self.seed * 1_000_003 + apprentice.step)
            losses = self.losses(apprentice.net, batch)
            counted = [self.weights.get(name, 1.0) * loss for name, loss in losses.items()]
            apprentice.learn(torch.stack(counted).sum())
            for name, loss in losses.items():
                value = float(loss.detach())
                smooth[name] = smooth.get(name, value) * _SMOOTHED + value * (1 - _SMOOTHED)
            now_s = time.monotonic()
            if now_s - saved_s > every_s:
                saved_s = now_s
                apprentice.save(checkpoint)
                done = (apprentice.step - first) * self.batch
                parts = [f"{name} {value:.3f}" for name, value in smooth.items()]
                say(
                    f"{apprentice.spent_s / 60:.1f} min step {apprentice.step} {' '.join(parts)}"
                    f" {self.exam(apprentice.average)} {done / (now_s - started_s):.0f}/s,"
                    f" {1000 * drawing_s / done:.2f} ms to draw one"
                )
        apprentice.save(checkpoint)
        lean_back(apprentice.average, beginning=beginning, share=keep)
        say(f"at the end: {self.exam(apprentice.average)}")
        return Course(
            seed=self.seed,
            steps=apprentice.step,
            minutes=apprentice.spent_s / 60,
            begun_from=begun_from(start_from, keep=keep),
            samples=apprentice.step * self.batch,
        )
