"""A terminal that the console does not know is refused, and not repeated."""

import pytest

from anpr_tui.terminal.known import KNOWN, LINES_ONLY, demand_known
from store.errors import InputError


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_known_terminals_are_taken(name: str) -> None:
    demand_known({"TERM": name})


def test_a_terminal_that_takes_lines_only_is_taken_for_lines() -> None:
    demand_known({"TERM": LINES_ONLY})


@pytest.mark.parametrize(
    "environment",
    [{}, {"TERM": ""}, {"TERM": "Dumb"}, {"TERM": "vt52"}, {"TERM": "xterm\x1b]0;owned\x07"}],
)
def test_any_other_is_refused_with_what_to_do(environment: dict[str, str]) -> None:
    with pytest.raises(InputError, match="TERM=xterm-256color") as refused:
        demand_known(environment)
    assert "owned" not in str(refused.value)
    assert "vt52" not in str(refused.value)
