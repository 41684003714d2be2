"""The reading network: a dense residual net whose last map, row by row, is a CTC sequence."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as torch_f

from recognition.synthetic.lettering.glyphs import ALPHABET
from recognition.training.blocks import Residual, block

__all__ = ["STEPS", "PlateReader", "ShippedReader", "ctc_loss", "greedy", "normalise"]

HEIGHT, WIDTH = 32, 128
STEPS = 64
BLANK = len(ALPHABET)


class PlateReader(nn.Module):
    """Grey plate picture to CTC scores.

    The map before the head has 2 rows x 32 columns; flattened row by row it gives 64 steps, so a
    two-line plate is one sequence and needs nothing special.
    """

    def __init__(self, widths: tuple[int, int, int, int, int] = (24, 48, 64, 96, 128)) -> None:
        """Build with the given channel counts, stem to last map."""
        super().__init__()
        a, b, c, d, e = widths
        self.features = nn.Sequential(
            block(1, a, stride=2),
            block(a, b),
            nn.MaxPool2d(2),
            block(b, c),
            Residual(c),
            block(c, d, stride=(2, 1)),
            Residual(d),
            block(d, e, stride=(2, 1)),
            nn.Dropout2d(0.05),
        )
        self.neighbours = nn.Sequential(
            nn.Conv2d(e, e, (1, 7), 1, (0, 3), groups=e, bias=False),
            nn.BatchNorm2d(e),
            nn.Conv2d(e, e, 1),
            nn.ReLU(),
        )
        self.head = nn.Conv2d(e, BLANK + 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Map normalised pictures (n, 1, 32, 128) to scores (n, 64, 37)."""
        features = self.features(x)
        scores: Tensor = self.head(features + self.neighbours(features))
        return scores.flatten(2).permute(0, 2, 1)


def normalise(pictures: Tensor) -> Tensor:
    """Take each picture's mean and spread out of it: (x - mean) / (std + 8)."""
    x = pictures.float()
    mean = x.mean((1, 2, 3), keepdim=True)
    spread = ((x - mean) ** 2).mean((1, 2, 3), keepdim=True).sqrt()
    return (x - mean) / (spread + 8)


class ShippedReader(nn.Module):
    """What is exported: uint8 pictures in, log-probabilities out."""

    def __init__(self, reader: PlateReader) -> None:
        """Wrap a trained reader."""
        super().__init__()
        self.reader = reader

    def forward(self, image: Tensor) -> Tensor:
        """Map uint8 (n, 1, 32, 128) to float32 log-probabilities (n, 64, 37)."""
        return torch.log_softmax(self.reader(normalise(image)), dim=-1)


def greedy(log_probabilities: Tensor) -> list[str]:
    """Read the best class of each step, repeats and blanks dropped, without any grammar."""
    texts = []
    for row in log_probabilities.argmax(-1).tolist():
        text, last = "", BLANK
        for index in row:
            if index not in (last, BLANK):
                text += ALPHABET[index]
            last = index
        texts.append(text)
    return texts


def ctc_loss(scores: Tensor, texts: list[str]) -> Tensor:
    """Return the CTC loss a character (of a seven-character mark), averaged over the batch."""
    steps = scores.float().log_softmax(-1).permute(1, 0, 2)
    targets = torch.tensor([ALPHABET.index(c) for text in texts for c in text] or [0])
    lengths = torch.tensor([len(text) for text in texts])
    full = torch.full((len(texts),), STEPS, dtype=torch.long)
    loss = torch_f.ctc_loss(
        steps, targets, full, lengths, blank=BLANK, reduction="none", zero_infinity=True
    )
    return loss.mean() / 7
