"""The model card: what a shipped network is, learnt from, can do, and where it fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Course", "write_card"]


@dataclass(frozen=True, slots=True)
class Course:
    """How a network was trained.

    Attributes:
        seed: Seed of weights and samples.
        steps: Optimiser steps of the last course.
        minutes: Minutes of the last course on one core.
        begun_from: What the course went on from, in words; empty for random weights.
        samples: Samples seen in the last course.
    """

    seed: int
    steps: int
    minutes: float
    begun_from: str
    samples: int


def write_card(
    path: Path,
    *,
    title: str,
    summary: str,
    sources: tuple[str, ...],
    parameters: int,
    course: Course,
    figures: Mapping[str, str],
    limits: tuple[str, ...],
    version: str,
) -> None:
    """Write the card beside an ONNX file, under the same name with `.md`.

    Args:
        path: The ONNX file.
        title: Name of the model.
        summary: What goes in and what comes out.
        sources: Data with their licences.
        parameters: Number of weights.
        course: How it was trained.
        figures: Measured figures by what was measured.
        limits: Where it is known to fail.
        version: Version of the weights.
    """
    size_mb = path.stat().st_size / 1e6
    begun = f"begun from {course.begun_from or 'random weights'}"
    lines = [
        f"# {title} {version}",
        "",
        summary,
        "",
        f"`{path.name}`: {parameters:,} weights, {size_mb:.1f} MB, float32, ONNX opset 17,"
        " Apache-2.0. The manifest beside it holds its SHA-256 and its input contract.",
        "",
        "## Learnt from",
        "",
        *(f"- {source}" for source in sources),
        "",
        f"Last course: seed {course.seed}, {course.steps:,} steps ({course.samples:,} samples),"
        f" {course.minutes:.0f} minutes on one CPU core, {begun}.",
        "",
        "## Figures",
        "",
        "| measure | result |",
        "|---|---|",
        *(f"| {measure} | {result} |" for measure, result in figures.items()),
        "",
        "The check photos were never learnt from, but weights were chosen while looking at them,"
        " and they are few: take them as plus or minus ten points.",
        "",
        "## Limits",
        "",
        *(f"- {limit}" for limit in limits),
        "",
    ]
    path.with_suffix(".md").write_text("\n".join(lines), encoding="utf-8")
