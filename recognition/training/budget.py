"""How long a training runs, how fast it learns meanwhile, and how it survives being stopped."""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import torch
from torch import nn

__all__ = ["Apprentice", "Budget"]

Net = TypeVar("Net", bound=nn.Module)


@dataclass(frozen=True, slots=True)
class Budget:
    """The end of a training: a number of steps (repeatable to the bit) or of minutes.

    Attributes:
        minutes: Length in minutes; used where `steps` is None.
        steps: Length in steps.
        peak_rate: Highest learning rate.
        warm_up: Steps until the peak is reached.
        cool: Step from which the course is brought to an early end, and over how many steps: the
            rate falls in a line from where it was. None lets the course run as planned.
    """

    minutes: float
    steps: int | None
    peak_rate: float
    warm_up: int = 200
    cool: tuple[int, int] | None = None

    def progress(self, *, step: int, spent_s: float) -> float:
        """Return the share of the training that is done; 1 or more when it is over."""
        if self.cool is not None and step >= sum(self.cool):
            return 1.0
        return spent_s / (60 * self.minutes) if self.steps is None else step / self.steps

    def rate(self, *, step: int, progress: float) -> float:
        """Return the learning rate: warm-up, then half a cosine down; or a line where it cools."""
        if self.cool is not None and step > self.cool[0] and self.steps:
            start, over = self.cool
            left = max(0.0, 1 - (step - start) / over)
            return (self.rate(step=start, progress=start / self.steps) - 1e-5) * left + 1e-5
        rise = min(1.0, step / self.warm_up + 0.02)
        return self.peak_rate * rise * (0.5 + 0.5 * math.cos(math.pi * min(progress, 1.0))) + 1e-5


class Apprentice(Generic[Net]):
    """A network in training with its optimiser, its running average and its checkpoint file."""

    def __init__(self, net: Net, average: Net, *, budget: Budget, clip: float) -> None:
        """Start at step 0; `average` must be built like `net` and takes over its weights."""
        self.net = net.to(memory_format=torch.channels_last)
        self.average = average
        self.average.load_state_dict(self.net.state_dict())
        self.average.eval()
        self.budget = budget
        self.clip = clip
        self.optimiser = torch.optim.AdamW(
            self.net.parameters(), budget.peak_rate, weight_decay=0.01
        )
        self.step = 0
        self.spent_s = 0.0
        self._last_at_s = time.monotonic()

    def running(self) -> bool:
        """Advance the clock, set the learning rate, and say whether a step is left to do."""
        now_s = time.monotonic()
        self.spent_s += now_s - self._last_at_s
        self._last_at_s = now_s
        progress = self.budget.progress(step=self.step, spent_s=self.spent_s)
        rate = self.budget.rate(step=self.step, progress=progress)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        return progress < 1

    def learn(self, loss: torch.Tensor) -> None:
        """Take one optimiser step and move the running average."""
        self.optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), self.clip)
        self.optimiser.step()
        self.step += 1
        keep = min(0.999, self.step / (self.step + 20))
        with torch.no_grad():
            pairs = zip(
                self.average.state_dict().values(), self.net.state_dict().values(), strict=True
            )
            for mean, value in pairs:
                if mean.dtype.is_floating_point:
                    mean.lerp_(value, 1 - keep)
                else:
                    mean.copy_(value)

    def save(self, path: Path) -> None:
        """Write a checkpoint; a stop while writing leaves the last one whole."""
        state = {
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "spent_s": self.spent_s,
        }
        part = path.with_suffix(".part")
        torch.save(state, part)
        os.replace(part, path)

    def resume(self, path: Path) -> None:
        """Go on where a checkpoint stopped."""
        state = torch.load(path, weights_only=True)
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.spent_s = state["step"], state["spent_s"]
        self._last_at_s = time.monotonic()
