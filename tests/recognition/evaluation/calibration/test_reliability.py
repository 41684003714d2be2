"""Confidence against truth: sums done by hand, and a temperature that finds back its own."""

import json
from pathlib import Path

import numpy as np
import pytest

from recognition.evaluation.calibration.command import main
from recognition.evaluation.calibration.crops import draw_crop
from recognition.evaluation.calibration.reliability import (
    Told,
    bands_of,
    fitted,
    miscalibration,
    told_at,
)
from recognition.grammar.lattice import ALPHABET, NOTHING, Lattice


def test_reads_fall_in_bands_by_what_they_said() -> None:
    told = [Told(0.92, True)] * 9 + [Told(0.92, False), Told(1.0, True), Told(0.3, False)]
    bands = bands_of(told)
    assert [(band.low, band.right.of) for band in bands] == [(0.0, 1), (0.9, 10), (0.99, 1)]
    assert bands[1].right.value == 0.9
    assert bands[1].said == pytest.approx(0.92)


def test_how_far_off_is_weighed_by_reads() -> None:
    told = [Told(0.92, True)] * 9 + [Told(0.92, False)] + [Told(0.6, False)] * 10
    assert miscalibration(told) == pytest.approx((0.02 * 10 + 0.6 * 10) / 20)
    assert miscalibration([]) == 0


def _shown(rng: np.random.Generator, *, sharpness: float) -> tuple[Lattice, str]:
    """A current mark whose last letter is open, drawn with the chances that it says, sharpened."""
    chances = rng.dirichlet((1.0, 1.0))
    letters = ("B", "D")
    text = "AB12CD" + letters[int(rng.random() < chances[1])]
    slots = np.full((7, NOTHING + 1), 1e-6)
    for row, character in enumerate("AB12CD"):
        slots[row, ALPHABET.index(character)] = 1
    for letter, chance in zip(letters, chances, strict=True):
        slots[6, ALPHABET.index(letter)] = chance**sharpness
    return Lattice(slots / slots.sum(axis=1, keepdims=True)), text


@pytest.mark.parametrize(("sharpness", "temperature"), [(1.0, 1.0), (2.0, 2.0), (0.5, 0.5)])
def test_the_temperature_takes_back_what_was_sharpened(
    sharpness: float, temperature: float
) -> None:
    rng = np.random.default_rng(1)
    shown = [_shown(rng, sharpness=sharpness) for _ in range(1500)]
    lattices, texts = [one for one, _ in shown], [text for _, text in shown]
    best = fitted(lattices=lattices, texts=texts)
    assert best == pytest.approx(temperature, rel=0.2)
    off = miscalibration(told_at(best, lattices=lattices, texts=texts))
    assert off < 0.05


def test_crops_are_seeded_and_differ() -> None:
    first, again, other = (draw_crop(np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert first[1] == again[1]
    assert np.array_equal(first[0], again[0])
    assert first[1] != other[1]


def test_the_command_tells_used_and_fitted_and_draws(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--n", "60", "--json", "--svg", str(tmp_path / "r.svg")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"used", "fitted"}
    assert sum(band["right"]["of"] for band in told["used"]["bands"]) == told["used"]["reads"] <= 30
    assert (tmp_path / "r.svg").read_text().startswith("<svg")
