from math import prod

import pytest

from recognition.grammar.europe import shapes


def chance(mark: str) -> float:
    """How likely a European mark is just this one."""
    return sum(
        share / prod(map(len, places))
        for places, share in shapes().items()
        if len(places) == len(mark)
        and all(a in place for a, place in zip(mark, places, strict=True))
    )


def test_shares_of_all_shapes_add_to_one() -> None:
    assert sum(shapes().values()) == pytest.approx(1)


@pytest.mark.parametrize("county", ["IF", "TR", "CJ", "VL"])
def test_letters_of_a_romanian_county_are_far_likelier_than_others(county: str) -> None:
    assert chance(f"{county}10KAX") > 20 * chance("IK10KAX")


def test_the_consonants_of_a_spanish_mark_hold_no_vowel() -> None:
    assert chance("1234BCD") > 0
    assert chance("1234AEI") == 0
