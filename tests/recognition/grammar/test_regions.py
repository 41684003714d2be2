"""Region tags tip the scales between marks, and never rule one out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.errors import TextRefusedError
from recognition.grammar.formats import templates
from recognition.grammar.lattice import ALPHABET, NOTHING, Lattice
from recognition.grammar.regions import ANYWHERE, Region
from recognition.grammar.syntax import Grammar

LETTERS = "ABCDEFGHJKLMNOPRSTUVWXY"
NORTH = Region.of(["NA-NO", "NP-NY"])
GRAMMARS = {"anywhere": Grammar(), "north": Grammar(region=NORTH)}

tags = st.builds("".join, st.tuples(st.sampled_from("ABCDEFGHKLMNOPRSVWY"), st.sampled_from("AN")))


def lattice_of(*slots: dict[str, float]) -> Lattice:
    rows = np.full((len(slots), NOTHING + 1), 1e-5)
    for row, slot in zip(rows, slots, strict=True):
        for character, chance in slot.items():
            row[ALPHABET.index(character)] = chance
    return Lattice(rows / rows.sum(axis=1, keepdims=True))


def clearly(text: str) -> list[dict[str, float]]:
    return [{character: 0.99} for character in text]


def test_ranges_are_read_as_the_leaflet_lists_them() -> None:
    assert Region.of(["NA-NO"]).tags == {f"N{second}" for second in "ABCDEFGHJKLMNO"}
    assert Region.of(["B*"]).tags == {f"B{second}" for second in LETTERS}
    assert Region.of(["la", " HW "]).tags == {"LA", "HW"}
    assert Region.of([]).tags == frozenset()


@pytest.mark.parametrize("given", ["", "N", "NA-", "NO-NA", "NA-PA", "N1", "QA", "NAB", "*", "NI"])
def test_what_is_no_range_is_refused(given: str) -> None:
    with pytest.raises(TextRefusedError, match="NA-NO"):
        Region.of([given])


@pytest.mark.parametrize("times", [0.5, -1.0, 51.0, float("nan")])
def test_a_weight_that_would_rule_others_out_is_refused(times: float) -> None:
    with pytest.raises(TextRefusedError, match="weight"):
        Region.of(["B*"], times=times)


def test_the_force_s_own_tag_wins_where_the_picture_leaves_it_open() -> None:
    """Half M, half N: nobody can say by the picture."""
    shown = lattice_of({"N": 0.495, "M": 0.505}, *clearly("A12CDE"))
    read = {name: grammar.settle(shown) for name, grammar in GRAMMARS.items()}
    assert read["anywhere"] is not None
    assert read["north"] is not None
    assert read["anywhere"].vrm == "MA12CDE"
    assert read["north"].vrm == "NA12CDE"
    assert "MA12CDE" in dict(read["north"].candidates)


def test_a_tag_is_as_many_times_as_likely_as_told() -> None:
    shown = lattice_of({"N": 0.5, "M": 0.5}, *clearly("A12CDE"))
    # at this temperature confidence is the posterior by which marks are chosen
    reading = Grammar(region=Region.of(["N*"], times=6), temperature=0.6).settle(shown)
    assert reading is not None
    odds = reading.confidence / dict(reading.candidates)["MA12CDE"]
    assert odds == pytest.approx(6, rel=0.02)


@given(st.sampled_from(["AB12CDE", "A123BCD", "ABC123D", "W1", "AIZ123", "B123XYZ9", "151D12345"]))
def test_a_clear_mark_of_elsewhere_is_read_all_the_same(text: str) -> None:
    reading = Grammar(region=Region.of(["N*", "S*"], times=50)).settle(lattice_of(*clearly(text)))
    assert reading is not None
    assert reading.vrm == text
    assert not reading.repaired


@given(st.lists(tags, max_size=12), st.floats(1, 50))
def test_shares_add_to_one_and_leave_every_format_its_share(given: list[str], times: float) -> None:
    region = Region.of(given, times=times)
    weighted, plain = templates(region=region), templates(region=ANYWHERE)
    assert sum(template.share for template in weighted) == pytest.approx(1)
    assert all(template.share >= 0 for template in weighted)
    for name in {template.format for template in plain}:
        shares = [
            sum(template.share for template in both if template.format == name)
            for both in (weighted, plain)
        ]
        assert shares[0] == pytest.approx(shares[1])


@given(st.lists(tags, min_size=1, max_size=4), st.floats(1, 50), tags)
def test_every_tag_stays_possible(given: list[str], times: float, tag: str) -> None:
    reading = Grammar(region=Region.of(given, times=times)).settle(
        lattice_of(*clearly(f"{tag}12CDE"))
    )
    assert reading is not None
    assert reading.vrm == f"{tag}12CDE"
    assert reading.confidence > 0.5
