"""The courses: repeatable to the bit by steps, and what they ship says what it is."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import torch
from torch import nn

from recognition.models import open_model
from recognition.training.budget import Budget
from recognition.training.checker import course as checker
from recognition.training.lessons import Plan
from recognition.training.outliner import course as outliner
from recognition.training.reader import course as reader

Train = Callable[[Plan], nn.Module]

# The finder goes the same way (`Lessons`, `ship`); its card alone takes 60 scenes of every light.
COURSES = [
    pytest.param("plate_ocr", reader.train, id="reader"),
    pytest.param(
        "plate_check", partial(checker.train, roads=2, pictures=0, exam_roads=1), id="checker"
    ),
    pytest.param("plate_outline", partial(outliner.train, exam_plates=8), id="outliner"),
]


@pytest.mark.parametrize(("task", "train"), COURSES)
def test_training_by_steps_gives_the_same_weights_again(
    tmp_path: Path, task: str, train: Train
) -> None:
    budget = Budget(minutes=0, steps=2, peak_rate=1e-3)
    said: list[str] = []
    plans = [
        Plan(
            data=None,
            out=tmp_path / name,
            budget=budget,
            seed=7,
            version="test",
            say=said.append,
        )
        for name in ("a", "b")
    ]
    states = [train(plan).state_dict() for plan in plans]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    files = [(plan.out / f"{task}.onnx").read_bytes() for plan in plans]
    assert files[0] == files[1]

    manifest = open_model(task, pack_dir=plans[0].out).manifest
    shipped = open_model(task).manifest
    assert (manifest.version, manifest.input, manifest.decode, manifest.alphabet) == (
        "test",
        shipped.input,
        shipped.decode,
        shipped.alphabet,
    )
    card = (plans[0].out / f"{task}.md").read_text(encoding="utf-8")
    figures = [line for line in card.splitlines() if line.startswith("| ")][1:]
    assert figures
    assert all(line.strip("| ").replace(" | ", ": ") in said for line in figures)
