"""What a course ships: a file that answers as the network does, or none at all."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from recognition.models import open_model
from recognition.packs.manifest import PROBABILITY
from recognition.training.budget import Budget
from recognition.training.card import Course
from recognition.training.export import InputContract, Shipment, noise, ship
from recognition.training.lessons import Plan

SHIPMENT = Shipment(
    task="plate_check",
    title="Brightness",
    summary="How bright a picture is.",
    limits=("It knows nothing of plates.",),
    contract=InputContract("image", "uint8", "NCHW", 8, 16, "bgr"),
    outputs=("probability",),
    decode=PROBABILITY,
)


class Brightness(nn.Module):
    """Weighs the mean of a picture."""

    def __init__(self, factor: Callable[[], float]) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))
        self.factor = factor

    def forward(self, image: Tensor) -> Tensor:
        """(n, 3, h, w) of 0-255 to (n, 1)."""
        mean = image.float().mean((1, 2, 3))[:, None] / 255
        return self.weight * mean * self.factor()


def _ship(out: Path, factor: Callable[[], float], *, said: list[str]) -> Path:
    budget = Budget(minutes=0, steps=1, peak_rate=1e-3)
    return ship(
        SHIPMENT,
        net=Brightness(factor),
        example=noise(4, 3, 8, 16),
        sources=("nothing",),
        figures={"pictures": "12 %"},
        course=Course(1, 2, 3.0, "", 4),
        plan=Plan(data=None, out=out, budget=budget, seed=1, version="9.9", say=said.append),
    )


def test_what_is_shipped_opens_as_a_model_and_tells_what_was_measured(tmp_path: Path) -> None:
    said: list[str] = []
    path = _ship(tmp_path, lambda: 1.0, said=said)
    assert said == ["pictures: 12 %"]
    model = open_model("plate_check", pack_dir=tmp_path)
    assert model.manifest.version == "9.9"
    pictures = noise(3, 3, 8, 16)  # another number than the example's
    (answers,) = model.run(pictures)
    assert answers[:, 0] == pytest.approx(pictures.mean((1, 2, 3)) / 255, abs=1e-5)
    card = path.with_suffix(".md").read_text(encoding="utf-8")
    assert "# Brightness 9.9" in card
    assert "- nothing" in card
    assert "1 weights" in card
    assert "| pictures | 12 % |" in card
    assert "- It knows nothing of plates." in card


def test_a_file_that_answers_otherwise_than_its_network_is_refused(tmp_path: Path) -> None:
    """As one does whose answer hangs on what the export cannot see."""
    calls = iter(range(1, 99))
    with pytest.raises(ValueError, match="refused the exported network: its answers differ by"):
        _ship(tmp_path, lambda: float(next(calls)), said=[])
    assert list(tmp_path.iterdir()) == []
