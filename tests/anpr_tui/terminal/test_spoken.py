"""What a screen reader is given holds words, and nothing that a screen is drawn with."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr_tui.terminal.spoken import spoken

DRAWN = re.compile(r"[─-▟•\x00-\x1f]")


@given(st.text(st.characters(exclude_categories=[]) | st.sampled_from("─│█▌▐░╔▟• >")))
def test_a_line_loses_all_that_is_drawn_and_every_blank_too_many(text: str) -> None:
    said = spoken(text)
    assert not DRAWN.search(said)
    assert "  " not in said
    assert said == said.strip()


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        ("── Alarms ── 3 High ── shelved 1 ──────", "Alarms 3 High shelved 1"),
        (" █HIGH█  PNC armed robbery", "HIGH PNC armed robbery"),
        ("> ▌Med ▐ TX24 DEM", "Med TX24 DEM"),
        ("AB1░ ░░░ 22 Nov", "AB1 hidden 22 Nov"),
        ("░░░░ ░░░", "hidden"),
        ("Plate ░░░░ ░░░: Enter opens", "Plate hidden: Enter opens"),
        (" feed <2s │ cameras 141/143 │ cluster ok", "feed <2s cameras 141/143 cluster ok"),
        ("five > four", "five > four"),
    ],
)
def test_a_line_is_said_as_an_officer_would_read_it_out(drawn: str, said: str) -> None:
    assert spoken(drawn) == said
