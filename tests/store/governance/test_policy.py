"""The policy file is whole, every figure names its source, and a broken one stops the start."""

import re
from importlib import resources

import pytest

from store.errors import PolicyError
from store.governance.rulebook.loading import carried, load

POLICY = carried().figures

TEXT = resources.files("store.governance").joinpath("policy.toml").read_text("utf-8")


def test_the_figures_carry_the_version_of_the_rule_book_they_stand_in() -> None:
    assert (POLICY.version, POLICY.reads_s) == (carried().version, 365 * 86_400)


def test_every_figure_names_its_source() -> None:
    for line in TEXT.splitlines():
        if re.match(r"\w+ = -?\d", line):
            assert re.search(r"#.*\b(S-\d+|std [VMD]|D|methods\.md A\d+|security\.md)\b", line), (
                line
            )


@pytest.mark.parametrize(
    "figure",
    ["version", "reads_s", "repeat_hits_raise", "ahead_max_s", "review_max_s", "field_max_chars"],
)
def test_a_missing_figure_stops_the_start(figure: str) -> None:
    broken = "\n".join(line for line in TEXT.splitlines() if not line.startswith(figure))
    with pytest.raises(PolicyError, match=f"{figure} .*is missing"):
        load(broken)


@pytest.mark.parametrize(
    ("good", "bad", "why"),
    [
        ('H01 = "High"', 'H01 = "Urgent"', "'Urgent', which is none"),
        ("repeat_hits_raise = 3", "repeat_hits_raise = 1", "must be 2 or more"),
        ("unacknowledge_s = 10", "unacknowledge_s = 0", "must be 1 or more"),
        ("field_max_chars = 2000", 'field_max_chars = "long"', "must be int"),
        ("national_names = [", "national_names = []\nothers = [", "must be a list of words"),
    ],
)
def test_a_figure_that_makes_no_sense_stops_the_start(good: str, bad: str, why: str) -> None:
    assert good in TEXT
    with pytest.raises(PolicyError, match=why):
        load(TEXT.replace(good, bad))


def test_a_list_without_reasons_stops_the_start() -> None:
    broken = re.sub(r"(?m)^[HMLI]0\d = .*\n", "", TEXT)
    with pytest.raises(PolicyError, match=r"reasons .* is empty"):
        load(broken)
