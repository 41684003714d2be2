"""The officer's words."""

import pytest

from anpr_tui.widgets.forms.ground_form import DEMONSTRATION_GROUND
from anpr_tui.widgets.forms.plate_hint import said_of
from anpr_tui.words import do_line, markers, percent, phonetic, spaced, why_listed
from store.governance.rulebook.grounds import unfounded
from store.governance.rulebook.loading import carried
from store.governance.rulebook.verdicts import Asked
from store.purposes import kept
from tests.anpr_tui.scripted_hub import alarm


@pytest.mark.parametrize(
    ("vrm", "written"),
    [
        ("TE57CAR", "TE57 CAR"),
        ("AB1░░░░", "AB1░ ░░░"),
        ("░░░░░░░", "░░░░ ░░░"),
        ("T123ABC", "T123 ABC"),
        ("TAB123X", "TAB 123X"),
        ("JIA1234", "JIA 1234"),
        ("1234J", "1234 J"),
        ("12D34567", "12D34567"),
        ("", ""),
    ],
)
def test_a_mark_has_its_blank_where_the_plate_has_it(vrm, written):
    assert spaced(vrm) == written


def test_the_phonetic_line_can_be_spoken_into_a_radio():
    assert phonetic("TE57CAR") == "Tango Echo Five Seven Charlie Alpha Romeo"
    assert phonetic("X1░") == "X-ray One"


def test_markers_are_words_and_an_unknown_one_is_never_left_out():
    assert markers("FI;WE") == "firearms, weapons"
    assert markers("FI;ZZ; ") == "firearms, ZZ"
    assert markers("") == ""


def test_a_hundred_per_cent_is_only_said_where_it_is_certain():
    assert [percent(one) for one in (0.0, 0.974, 0.999, 1.0)] == [0, 97, 99, 100]


def test_list_reason_and_instruction_are_said_without_the_code():
    listed = alarm(1, "TE57CAR", reason="H02 Missing person, high risk")
    assert why_listed(listed) == "PNC missing person, high risk"
    assert do_line(listed) == "STOP. Armed response only"
    assert do_line(alarm(1, "TE57CAR", instructions="")) == "STOP."


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("TE57 CAR", "current style; 57 is Sep 2007 to Feb 2008; never issued (T first)"),
        ("AB12CDE", "current style; 12 is Mar to Aug 2012"),
        ("AB50CDE", "current style; 50 was never an age identifier"),
        ("A123BCD", "prefix style, 1983 to 2001"),
        ("ABC123D", "suffix style, 1963 to 1983"),
        ("1234AB", "dateless or Northern Ireland"),
        ("B12345678", "no UK style"),
        ("AB1*", "pattern: letters you type are shown, the others masked until opened"),
    ],
)
def test_a_plate_is_described_while_it_is_typed(typed, said):
    assert said_of(typed) == said


def test_the_ground_of_the_demonstration_satisfies_the_policy():
    book, ground = carried(), kept(DEMONSTRATION_GROUND)
    asked = Asked(role="OP", capability="search_l0", action="do", facts=ground)
    assert list(unfounded(asked, rules=book.grounds)) == []
    assert ground["purpose"] in book.purposes
    assert ground["category"] in book.tiers["search_l0"].categories
    assert book.grounds.references["incident"].fullmatch(ground["reference"])
