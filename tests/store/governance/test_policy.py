"""The policy file is whole, and a broken one stops the start."""

import re
from importlib import resources

import pytest

from store.governance.decisions import Act
from store.governance.policy import POLICY, Policy

TEXT = resources.files("store.governance").joinpath("policy.toml").read_text("utf-8")


def test_every_act_of_every_role_is_one_the_rules_know() -> None:
    assert {act for role in POLICY.roles.values() for act in role.acts} == set(Act)


def test_no_role_reaches_past_ninety_days_or_retention() -> None:
    assert {role.oldest_s for role in POLICY.roles.values()} == {86_400, 90 * 86_400}
    assert POLICY.reads_s == 365 * 86_400


def test_every_figure_names_its_source() -> None:
    for line in TEXT.splitlines():
        if re.match(r"\w+ = -?\d", line):
            assert re.search(r"#.*\b(S-\d+|std [VMD]|D)\b", line), line


@pytest.mark.parametrize("figure", ["version", "oldest_s = 86400", "reads_s", "repeat_hits_raise"])
def test_a_missing_figure_stops_the_start(figure: str) -> None:
    broken = "\n".join(line for line in TEXT.splitlines() if not line.startswith(figure))
    with pytest.raises(KeyError):
        Policy.parse(broken)


def test_a_priority_that_does_not_exist_stops_the_start() -> None:
    with pytest.raises(ValueError, match="Urgent"):
        Policy.parse(TEXT.replace('H01 = "High"', 'H01 = "Urgent"'))
