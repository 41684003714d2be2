"""What all networks are built of: convolution with normalisation, and the residual pair."""

from torch import Tensor, nn
from torch.nn import functional as torch_f

__all__ = ["Residual", "block", "normalise"]


def normalise(pictures: Tensor) -> Tensor:
    """Map 0-255 to about [-2, 2]."""
    return (pictures.float() - 127.0) / 64.0


def block(
    inputs: int, outputs: int, *, stride: int | tuple[int, int] = 1, size: int = 3
) -> nn.Sequential:
    """Convolution, normalisation, rectifier; `size` is the kernel's edge in pixels."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class Residual(nn.Module):
    """Two convolutions whose sum with their input goes on, `width` channels in and out."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = block(width, width)
        self.second = nn.Sequential(
            nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width)
        )

    def forward(self, x: Tensor) -> Tensor:
        """(n, width, h, w) to the same shape."""
        return torch_f.relu(x + self.second(self.first(x)))
