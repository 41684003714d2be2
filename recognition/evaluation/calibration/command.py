"""The command line of `scripts/bench_calibration`."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from recognition.errors import RecognitionError
from recognition.evaluation.calibration.crops import draw_crop
from recognition.evaluation.calibration.reliability import (
    Band,
    bands_of,
    fitted,
    miscalibration,
    told_at,
)
from recognition.evaluation.plots import reliability_svg
from recognition.grammar.syntax import Grammar
from recognition.looks.ocr import PlateReader

__all__ = ["main"]

_SEED = 2026_11_24
_AT_ONCE = 64


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, fit, print, and return 0, or 1 where a model pack is refused."""
    options = _options(arguments)
    try:
        reader = PlateReader.open(options.models, threads=options.threads)
    except RecognitionError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    crops = [draw_crop(np.random.default_rng((_SEED, number))) for number in range(options.n)]
    texts = [text for _, text in crops]
    lattices = [
        lattice
        for start in range(0, len(crops), _AT_ONCE)
        for lattice in reader.read([patch for patch, _ in crops[start : start + _AT_ONCE]])
    ]
    used = Grammar().temperature if options.temperature is None else options.temperature
    half = len(texts) // 2
    best = fitted(lattices=lattices[:half], texts=texts[:half])
    figures = {
        name: _figures(told_at(at, lattices=lattices[half:], texts=texts[half:]), temperature=at)
        for name, at in (("used", used), ("fitted", best))
    }
    if options.svg:
        options.svg.write_text(reliability_svg(figures["used"]["bands"]), encoding="utf-8")
    print(json.dumps(figures) if options.json else _said(figures))
    return 0


def _figures(told: Sequence[Any], *, temperature: float) -> dict[str, Any]:
    return {
        "temperature": temperature,
        "reads": len(told),
        "right": round(sum(each.right for each in told) / max(len(told), 1), 4),
        "off_by": round(miscalibration(told), 4),
        "bands": [_band(band) for band in bands_of(told)],
    }


def _band(band: Band) -> dict[str, Any]:
    return {
        "low": band.low,
        "high": round(band.high, 4),
        "said": round(band.said, 4),
        "right": {name: round(value, 4) for name, value in asdict(band.right).items()},
    }


def _said(figures: dict[str, Any]) -> str:
    lines = []
    for name, half in figures.items():
        lines.append(
            f"{name}: temperature {half['temperature']}, {half['reads']} reads,"
            f" {half['right'] * 100:.1f} % right, off by {half['off_by'] * 100:.1f} points"
        )
        for band in half["bands"]:
            right = band["right"]
            lines.append(
                f"  {band['low']:.2f}-{band['high']:.2f}  said {band['said'] * 100:5.1f} %"
                f"  right {right['value'] * 100:5.1f} %"
                f"  ({right['low'] * 100:.1f} to {right['high'] * 100:.1f}, {right['of']} reads)"
            )
    return "\n".join(lines)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench_calibration",
        description="Confidence of reads held against truth on rendered plates; a temperature "
        "is fitted on one half and both are measured on the other.",
    )
    parser.add_argument("--n", type=int, default=4000, help="plates, half of them to fit on")
    parser.add_argument("--temperature", type=float, help="measure this one; default: the shipped")
    parser.add_argument("--svg", type=Path, help="write the reliability diagram here")
    parser.add_argument("--models", type=Path, help="folder of another model pack")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    return parser.parse_args(arguments)
