"""Thousands of broken and odd pictures: read or refused, within bounds, and nothing else."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.recognition.conftest import ROOT
from tests.recognition.mutants import mutants

MEMORY_MB = 1_500  # the largest picture that is taken is 150 MB as pixels, and 400 MB in 16 bits


def read_within_limits(*, seed: int, count: int, seconds: int) -> dict[str, Any]:
    """What became of seeded mutants in a process that the kernel holds to its limits."""
    command = [sys.executable, "-m", "tests.recognition.mutants"]
    numbers = (seed, count, MEMORY_MB, seconds)
    done = subprocess.run(
        [*command, *map(str, numbers)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"ended with {done.returncode}: {done.stderr[-2000:]}"
    assert done.stderr == "", "a decoder wrote to the terminal"
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_three_hundred_mutated_pictures_are_read_or_refused_and_nothing_else() -> None:
    told = read_within_limits(seed=1, count=300, seconds=120)
    assert told["strangers"] == []
    assert sum(told["outcomes"].values()) == 303
    assert min(told["outcomes"].values()) > 30, "both happen: else the mutants test nothing"


@pytest.mark.slow
def test_two_thousand_mutated_pictures_are_read_or_refused_and_nothing_else() -> None:
    told = read_within_limits(seed=2, count=2_000, seconds=600)
    assert told["strangers"] == []
    assert sum(told["outcomes"].values()) == 2_020


def test_the_same_seed_makes_the_same_mutants() -> None:
    assert list(mutants(seed=5, count=40)) == list(mutants(seed=5, count=40))
