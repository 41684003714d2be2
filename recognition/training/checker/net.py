"""The checking network: a cut-out with its surroundings to how likely it is a plate."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as torch_f

from recognition.training.blocks import Residual, block, normalise

__all__ = ["HEIGHT", "WIDTH", "PlateJudge", "ShippedJudge", "judge_loss"]

HEIGHT = 48
WIDTH = 128


class PlateJudge(nn.Module):
    """BGR cut-out to one number: above 0 it is rather a plate.

    The mean over the whole cut-out comes last: what gives a sign away (its post, its frame, the
    sky around it) may be anywhere, while the plate is always in the middle.
    """

    def __init__(self, widths: tuple[int, int, int, int] = (16, 32, 48, 64)) -> None:
        """Build with the given channel counts at strides 2, 4, 8 and 16."""
        super().__init__()
        a, b, c, d = widths
        self.body = nn.Sequential(
            block(3, a, stride=2),
            block(a, b, stride=2),
            Residual(b),
            block(b, c, stride=2),
            Residual(c),
            block(c, d, stride=2),
        )
        self.drop = nn.Dropout(0.1)
        self.last = nn.Conv2d(d, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Map normalised pictures (n, 3, 48, 128) to (n, 1)."""
        seen = torch_f.adaptive_avg_pool2d(self.body(x), 1)
        judged: Tensor = self.last(self.drop(seen)).float().flatten(1)
        return judged


class ShippedJudge(nn.Module):
    """What is exported: 0-255 pictures in, probabilities out."""

    def __init__(self, judge: PlateJudge) -> None:
        """Wrap a trained judge."""
        super().__init__()
        self.judge = judge

    def forward(self, image: Tensor) -> Tensor:
        """Map (n, 3, 48, 128) BGR to (n, 1) in [0, 1]."""
        return torch.sigmoid(self.judge(normalise(image)))


def judge_loss(judged: Tensor, plates: Tensor) -> Tensor:
    """Return the mean cross entropy of (n, 1) against (n,) of 0 and 1."""
    return torch_f.binary_cross_entropy_with_logits(judged[:, 0], plates)
