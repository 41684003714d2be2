"""The finding network: a heat map of plate centres and four corner offsets a cell."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as torch_f

from recognition.training.blocks import Residual, block, normalise

__all__ = ["STRIDE", "PlateFinder", "ShippedFinder", "Targets", "finder_loss"]

STRIDE = 8


class PlateFinder(nn.Module):
    """BGR picture to a plate heat map and corner offsets at stride 8.

    Dense convolutions on three scales joined top-down; depthwise ones train slower on a CPU than
    they save (10 against 4 ms a step measured).
    """

    def __init__(self, widths: tuple[int, int, int, int] = (24, 40, 56, 80)) -> None:
        """Build with the given channel counts at strides 4, 8, 16 and 32."""
        super().__init__()
        a, b, c, d = widths
        self.stem = nn.Sequential(
            nn.Conv2d(3, a, 6, 4, 1, bias=False), nn.BatchNorm2d(a), nn.ReLU(inplace=True)
        )
        self.at8 = nn.Sequential(block(a, b, stride=2), Residual(b))
        self.at16 = nn.Sequential(block(b, c, stride=2), Residual(c), Residual(c))
        self.at32 = nn.Sequential(block(c, d, stride=2), Residual(d))
        self.down32 = block(d, c, size=1)
        self.join16 = block(c, c)
        self.down16 = block(c, b, size=1)
        self.join8 = block(b, b)
        self.neck = block(b, b)
        self.heat = nn.Conv2d(b, 1, 1)
        self.shape = nn.Conv2d(b, 10, 1)
        nn.init.constant_(self.heat.bias, -3.5)  # plates are rare: start from "hardly any"
        nn.init.normal_(self.shape.weight, std=0.01)
        box = [-0.5, -0.5, 0.5, -0.5, 0.5, 0.5, -0.5, 0.5, 1.6, 0.3]  # a middling upright plate
        self.shape.bias.data = torch.tensor(box)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Map normalised pictures (n, 3, h, w) to heat (n, 1, h/8, w/8) and corners (n, 8, ...).

        Corners are x and y of each corner from the top left clockwise, in stride units from the
        centre of the cell: unit offsets times exp(width) and exp(height).
        """
        fine = self.at8(self.stem(x))
        middle = self.at16(fine)
        coarse = self.at32(middle)
        double = {"scale_factor": 2.0, "mode": "nearest"}
        middle = self.join16(middle + torch_f.interpolate(self.down32(coarse), **double))
        fine = self.neck(self.join8(fine + torch_f.interpolate(self.down16(middle), **double)))
        heat: Tensor = self.heat(fine).float()
        shape = self.shape(fine).float()
        across = torch.exp(shape[:, 8:9].clamp(-3, 5))
        down = torch.exp(shape[:, 9:10].clamp(-3, 5))
        size = torch.cat([across, down], 1).repeat(1, 4, 1, 1)
        return heat, shape[:, :8] * size


class ShippedFinder(nn.Module):
    """What is exported: 0-255 pictures in; score, score after 3x3 maximum, and corners out."""

    def __init__(self, finder: PlateFinder) -> None:
        """Wrap a trained finder."""
        super().__init__()
        self.finder = finder

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Map (n, h, w, 3) BGR to score, peak (n, 1, h/8, w/8) and corners (n, 8, h/8, w/8).

        Channels come last, as pictures lie in memory: nothing is copied on the way in.
        """
        heat, corners = self.finder(normalise(image.permute(0, 3, 1, 2)))
        score = torch.sigmoid(heat)
        return score, torch_f.max_pool2d(score, 3, 1, 1), corners


@dataclass(frozen=True, slots=True)
class Targets:
    """What a batch should give; every array (n, gh, gw) but `corners` (n, 8, gh, gw).

    Attributes:
        heat: 1 at plate centres, falling off round them.
        counts: 0 where nothing is learnt about the heat (plates nobody marked).
        corners: Corner offsets in stride units.
        corner_weight: Weight of a cell's corners.
        exact: 1 where the four corners are known, 0 where only their upright box is.
    """

    heat: Tensor
    counts: Tensor
    corners: Tensor
    corner_weight: Tensor
    exact: Tensor


def _heat_loss(heat: Tensor, targets: Targets) -> Tensor:
    score = torch.sigmoid(heat[:, 0]).clamp(1e-4, 1 - 1e-4)
    centre = (targets.heat >= 0.999).float()
    hit = centre * (1 - score) ** 2 * score.log()
    miss = (1 - centre) * targets.counts * (1 - targets.heat) ** 4 * score**2 * (1 - score).log()
    return -(hit + miss).sum() / centre.sum().clamp(min=1.0)


def _corner_loss(found: Tensor, targets: Targets) -> Tensor:
    x, y = targets.corners[:, 0::2], targets.corners[:, 1::2]
    found_x, found_y = found[:, 0::2], found[:, 1::2]
    width = (x.amax(1) - x.amin(1)).clamp(min=1.0)
    height = (y.amax(1) - y.amin(1)).clamp(min=0.6)

    def apart(a: Tensor, b: Tensor) -> Tensor:
        return torch_f.smooth_l1_loss(a, b, reduction="none", beta=0.2)

    each = apart(found_x, x).mean(1) / width + apart(found_y, y).mean(1) / height
    left, right = found_x.amin(1), found_x.amax(1)
    top, bottom = found_y.amin(1), found_y.amax(1)
    true_left, true_right, true_top, true_bottom = x.amin(1), x.amax(1), y.amin(1), y.amax(1)
    box = (apart(left, true_left) + apart(right, true_right)) / 2 / width
    box = box + (apart(top, true_top) + apart(bottom, true_bottom)) / 2 / height
    across = (torch.minimum(right, true_right) - torch.maximum(left, true_left)).clamp(min=0)
    down = (torch.minimum(bottom, true_bottom) - torch.maximum(top, true_top)).clamp(min=0)
    both = across * down
    either = (right - left) * (bottom - top) + (true_right - true_left) * (true_bottom - true_top)
    overlap = both / (either - both + 1e-4)
    # A box alone says little about the corners: keep them near it, but lightly.
    loss = targets.exact * (each + 0.3 * box) + (1 - targets.exact) * (box + 0.15 * each)
    loss = (loss + 0.7 * (1 - overlap)) * targets.corner_weight
    return loss.sum() / targets.corner_weight.sum().clamp(min=1.0)


def finder_loss(heat: Tensor, corners: Tensor, targets: Targets) -> tuple[Tensor, Tensor]:
    """Return the loss of the heat map (focal) and of the corners (smooth L1 and overlap)."""
    return _heat_loss(heat, targets), _corner_loss(corners, targets)
