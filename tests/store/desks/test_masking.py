"""A mark nobody named stays masked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.desks.masking import MASK, named_part
from store.terms import MatchKind
from tests.store.rig import scope

MARKS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=4, max_size=8)


@pytest.mark.parametrize(
    ("typed", "vrm", "shown"),
    [
        ("TE5*", "TE57CAR", "TE5░░░░"),
        ("*CAR", "TE57CAR", "░░░░CAR"),
        ("TE5? CAR", "TE57CAR", "TE5░CAR"),
        ("te*car", "TE57CAR", "TE░░CAR"),
        ("TE57CAR*", "TE57CAR", "TE57CAR"),
        ("T*A*A?", "TE57CARAB", "T░░░░A░A░"),
        ("TEO*", "TE07CAR", "TEO░░░░"),
    ],
)
def test_a_wildcard_shows_the_letters_typed_and_masks_the_rest(
    typed: str, vrm: str, shown: str
) -> None:
    assert named_part(vrm, scope(typed, kind=MatchKind.WILDCARD)) == shown


def test_a_whole_mark_is_shown_as_it_was_read() -> None:
    assert named_part("TE57CAR", scope("TE57CAR")) == "TE57CAR"


@pytest.mark.parametrize("vrm", ["A1", "TE57CAR", "Q123ABCDE"])
def test_a_search_by_place_shows_neither_letters_nor_length(vrm: str) -> None:
    assert named_part(vrm, scope("")) == MASK * 7


def test_a_mark_that_does_not_fit_the_pattern_is_masked_whole() -> None:
    assert named_part("XX99XXX", scope("TE5*", kind=MatchKind.WILDCARD)) == MASK * 7


@given(MARKS, st.data())
def test_a_row_shows_nothing_beyond_what_was_typed(vrm: str, data: st.DataObject) -> None:
    places = data.draw(st.sets(st.integers(0, len(vrm) - 1), min_size=3))
    hidden = data.draw(st.sampled_from("?*"))
    typed = "".join(one if at in places else hidden for at, one in enumerate(vrm))
    shown = named_part(vrm, scope(typed, kind=MatchKind.WILDCARD))
    assert len(shown) == len(vrm)
    # letters come out in the order they were typed, and no others do
    assert shown.replace(MASK, "") == typed.replace("?", "").replace("*", "")


@given(MARKS, st.data())
def test_two_vehicles_that_differ_where_nothing_was_typed_look_the_same(
    vrm: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(vrm) - 1))
    other = vrm[:place] + data.draw(st.sampled_from("AB7")) + vrm[place + 1 :]
    asked = scope(vrm[:place] + "?" + vrm[place + 1 :], kind=MatchKind.WILDCARD)
    assert named_part(vrm, asked) == named_part(other, asked)
