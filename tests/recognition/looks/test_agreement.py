"""Looks at one plate agree on its mark: most spoken for, whole rather than cut short."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.grammar.lattice import Lattice
from recognition.grammar.syntax import Grammar
from recognition.looks.agreement import Look, likeliest
from tests.recognition.grammar.test_syntax import lattice_of

GRAMMAR = Grammar()


def _looks(*told: tuple[str, float]) -> list[Look]:
    lattices = [lattice_of(text, sure=sure) for text, sure in told]
    return [(lattice, GRAMMAR.settle(lattice)) for lattice in lattices]


def _chosen(looks: Sequence[Look]) -> int:
    return likeliest(looks, share_of=GRAMMAR.share_of)


def test_two_looks_that_agree_beat_a_clearer_one_that_does_not() -> None:
    assert _chosen(_looks(("HA73VEZ", 0.97), ("HA73VFZ", 0.95), ("HA73VFZ", 0.96))) == 2


def test_a_part_of_a_mark_does_not_win_by_being_clearer() -> None:
    assert _chosen(_looks(("225BRB", 0.97), ("BRB", 0.999))) == 0
    assert _chosen(_looks(("BRB", 0.999), ("225BRB", 0.97))) == 1


def test_a_whole_that_is_guessed_at_does_not_beat_a_clear_look() -> None:
    assert _chosen(_looks(("AB12CDE", 0.99), ("AB12CDE9", 0.6))) == 0


def test_of_two_marks_as_clear_the_usual_one_wins() -> None:
    military, usual = _looks(("12AB34", 0.98), ("AB12CDE", 0.98))
    assert _chosen([military, usual]) == 1
    assert _chosen([usual, military]) == 0


def test_where_nothing_is_read_the_first_look_stays() -> None:
    blank = lattice_of("")
    assert _chosen([(blank, None), (blank, None)]) == 0
    assert _chosen([(blank, None), *_looks(("AB12CDE", 0.5))]) == 1


@given(
    st.lists(
        st.tuples(
            st.text("AB01", min_size=1, max_size=8),
            st.floats(0.3, 0.999),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_a_look_that_is_chosen_is_the_clearest_of_those_at_its_mark(
    told: list[tuple[str, float]],
) -> None:
    looks = _looks(*told)
    lattice, reading = looks[_chosen(looks)]
    assert reading is not None
    same = [seen for seen, mark in looks if mark is not None and mark.vrm == reading.vrm]
    assert lattice.clarity == pytest.approx(max(map(_clarity, same)))


def _clarity(lattice: Lattice) -> float:
    return lattice.clarity
