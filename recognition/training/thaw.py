"""Taking up a network that was shipped: out of its ONNX file, ready to learn on.

An exported network has its normalisations folded into the convolutions. Thawing gives them back:
the answers stay the same, and each normalisation again knows the mean and spread of what it gets.
So a course can begin from a released file, which anyone has, instead of a checkpoint nobody kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn

__all__ = ["begun_from", "lean_back", "settle", "take_up", "thaw"]

_LENGTH = 2.0
"""Length of a filter, about that of trained ones (1.2 to 3 measured)."""


def _pairs(net: nn.Module) -> list[tuple[nn.Conv2d, nn.BatchNorm2d | None]]:
    """Each convolution with the normalisation right behind it, in the order they are run."""
    layers = [layer for layer in net.modules() if isinstance(layer, nn.Conv2d | nn.BatchNorm2d)]
    return [
        (layer, after if isinstance(after, nn.BatchNorm2d) else None)
        for layer, after in pairwise([*layers, None])
        if isinstance(layer, nn.Conv2d)
    ]


def thaw(net: nn.Module, path: Path) -> None:
    """Load the weights of an exported network into one of the same shape, in place.

    In evaluation mode `net` then answers as the file does. Before it learns, `settle` it.

    Raises:
        ValueError: The file holds a network of another shape; nothing was changed.
    """
    graph = onnx.load(str(path)).graph
    kept = {item.name: onnx.numpy_helper.to_array(item) for item in graph.initializer}
    frozen = [
        [kept[name] for name in node.input[1:]] for node in graph.node if node.op_type == "Conv"
    ]
    pairs = _pairs(net)
    shapes = [tuple(conv.weight.shape) for conv, _ in pairs]
    if [tuple(weights[0].shape) for weights in frozen] != shapes:
        raise ValueError(
            f"refused {path.name} to begin with: expected {len(shapes)} convolutions of our shapes,"
            f" found {len(frozen)} of others; name a file of this network"
        )
    with torch.no_grad():
        for (conv, norm), (weight, *bias) in zip(pairs, frozen, strict=True):
            conv.weight.copy_(torch.from_numpy(weight.copy()))
            shift = torch.from_numpy(bias[0].copy() if bias else np.zeros(len(weight), np.float32))
            if norm is None:
                if conv.bias is not None:
                    conv.bias.copy_(shift)
                continue
            norm.running_mean.zero_()
            norm.running_var.fill_(1 - norm.eps)
            norm.weight.fill_(1)
            norm.bias.copy_(shift)


def settle(net: nn.Module, batches: Iterable[Tensor]) -> None:
    """Show a thawed network pictures so that its normalisations know what they get, in place.

    The answers stay the same; filters are brought to one length, as normalisation makes their
    length meaningless but not how fast they learn.

    Args:
        net: A network after `thaw`.
        batches: Normalised pictures (n, channels, height, width), a few hundred in all.
    """
    sums: dict[nn.Module, list[Tensor]] = {}

    def note(norm: nn.Module, given: tuple[Tensor, ...]) -> None:
        x = given[0].double()
        count = torch.tensor(x.numel() / x.shape[1], dtype=torch.float64)
        parts = [count, x.sum((0, 2, 3)), (x**2).sum((0, 2, 3))]
        known = sums.get(norm)
        sums[norm] = [a + b for a, b in zip(known, parts, strict=True)] if known else parts

    pairs = [(conv, norm) for conv, norm in _pairs(net) if norm is not None]
    hooks = [norm.register_forward_pre_hook(note) for _, norm in pairs]
    was_training = net.training
    net.eval()
    with torch.no_grad():
        for batch in batches:
            net(batch)
        for hook in hooks:
            hook.remove()
        for conv, norm in pairs:
            count, total, squares = sums[norm]
            mean = (total / count).float()
            spread = (squares / count - (total / count) ** 2).float().clamp(min=1e-8)
            factor = _LENGTH / conv.weight.flatten(1).norm(dim=1).clamp(min=1e-6)
            conv.weight.mul_(factor[:, None, None, None])
            norm.running_mean.copy_(mean * factor)
            norm.running_var.copy_(spread * factor**2)
            norm.weight.copy_((norm.running_var + norm.eps).sqrt() / factor)
            norm.bias.add_(mean)
    net.train(was_training)


def take_up(net: nn.Module, path: Path, *, batches: Iterable[Tensor] = ()) -> None:
    """Go on with an earlier network, in place: an exported file, or a checkpoint's average.

    Args:
        net: A network of the same shape.
        path: `.onnx` or `.pt` file.
        batches: As in `settle`; without any an exported network answers but should not learn.
    """
    if path.suffix != ".onnx":
        net.load_state_dict(torch.load(path, weights_only=True)["average"])
        return
    thaw(net, path)
    shown = list(batches)
    if shown:
        settle(net, shown)


def lean_back(net: nn.Module, *, beginning: Mapping[str, Tensor], share: float) -> None:
    """Move a network some of the way back to where its course began, in place.

    Between the two ends lie networks that know what was learnt and forgot less of what was known:
    weights of one course may be averaged (Wortsman et al., Robust fine-tuning of zero-shot models,
    2022). Figures by share are in docs/training.md.

    Args:
        net: At the end of its course.
        beginning: Its weights at the beginning.
        share: How far back, in [0, 1]: 0 stays at the end.
    """
    end = net.state_dict()
    net.load_state_dict(
        {
            name: torch.lerp(value, beginning[name], share)
            if value.dtype.is_floating_point
            else value
            for name, value in end.items()
        }
    )


def begun_from(path: Path | None, *, keep: float = 0.0) -> str:
    """What a course went on from, in words for its card; empty for random weights."""
    if path is None:
        return ""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    kept = f", {100 * keep:g} % of the way back to it" if keep else ""
    return f"the network with SHA-256 {digest}{kept}"
