"""The outlining network: a cut-out round a find to where the four corners of its plate are."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as torch_f

from recognition.training.blocks import Residual, block, normalise

__all__ = ["HEIGHT", "WIDTH", "PlateOutliner", "ShippedOutliner", "outline_loss"]

HEIGHT = 64
WIDTH = 160
_STRIDE = 4
_BOX_SHARE = 0.15
"""What a corner counts of a plate of which only the upright box is known."""


class PlateOutliner(nn.Module):
    """BGR cut-out to the corners of the plate in its middle.

    Each corner has a map of its own and is the mean of the places, weighed by that map: places
    between the cells come out by themselves, and the whole map learns from each picture.
    """

    def __init__(self, widths: tuple[int, int, int, int] = (16, 32, 48, 64)) -> None:
        """Build with the given channel counts at strides 2, 4, 8 and 16."""
        super().__init__()
        a, b, c, d = widths
        self.at4 = nn.Sequential(block(3, a, stride=2), block(a, b, stride=2), Residual(b))
        self.at8 = nn.Sequential(block(b, c, stride=2), Residual(c))
        self.at16 = nn.Sequential(block(c, d, stride=2), Residual(d), Residual(d))
        self.down16 = block(d, c, size=1)
        self.join8 = block(c, c)
        self.down8 = block(c, b, size=1)
        self.join4 = block(b, b)
        self.maps = nn.Conv2d(b, 4, 3, padding=1)
        rows = (torch.arange(HEIGHT // _STRIDE) + 0.5) * _STRIDE / HEIGHT
        columns = (torch.arange(WIDTH // _STRIDE) + 0.5) * _STRIDE / WIDTH
        down, across = torch.meshgrid(rows, columns, indexing="ij")
        self.register_buffer("places", torch.stack([across.flatten(), down.flatten()], 1))

    def forward(self, x: Tensor) -> Tensor:
        """Map normalised pictures (n, 3, 64, 160) to corners (n, 4, 2).

        Corners go from the top left clockwise, x and y as shares of the cut-out's width and height.
        """
        fine = self.at4(x)
        middle = self.at8(fine)
        coarse = self.at16(middle)
        double = {"scale_factor": 2.0, "mode": "nearest"}
        middle = self.join8(middle + torch_f.interpolate(self.down16(coarse), **double))
        fine = self.join4(fine + torch_f.interpolate(self.down8(middle), **double))
        weights = torch.softmax(self.maps(fine).float().flatten(2), dim=-1)
        corners: Tensor = weights @ self.get_buffer("places")
        return corners


class ShippedOutliner(nn.Module):
    """What is exported: 0-255 pictures in, corners out."""

    def __init__(self, outliner: PlateOutliner) -> None:
        """Wrap a trained outliner."""
        super().__init__()
        self.outliner = outliner

    def forward(self, image: Tensor) -> Tensor:
        """Map (n, 3, 64, 160) BGR to corners (n, 4, 2), as shares of the cut-out."""
        corners: Tensor = self.outliner(normalise(image))
        return corners


def outline_loss(found: Tensor, corners: Tensor, exact: Tensor) -> Tensor:
    """Mean distance between corners, in widths and heights of the plate.

    Args:
        found: (n, 4, 2).
        corners: (n, 4, 2), the truth.
        exact: (n,), 1 where the four corners are known, 0 where only their upright box is.
    """
    size = (corners.amax(1) - corners.amin(1)).clamp(min=0.02)

    def apart(a: Tensor, b: Tensor) -> Tensor:
        return torch_f.smooth_l1_loss(a / scale, b / scale, reduction="none", beta=0.02)

    scale = size[:, None]
    each = apart(found, corners).mean((1, 2))
    scale = size
    box = (apart(found.amin(1), corners.amin(1)) + apart(found.amax(1), corners.amax(1))).mean(1)
    loss = exact * (each + 0.5 * box) + (1 - exact) * (box + _BOX_SHARE * each)
    return loss.mean()
