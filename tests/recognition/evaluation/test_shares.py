"""Intervals: they hold the value, narrow with cases, and admit what few cases cannot show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.evaluation.shares import bootstrap, error_ratio, share


@given(st.integers(1, 2000), st.data())
def test_an_interval_holds_its_value_and_stays_a_share(of: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, of))
    seen = share(part, of)
    assert 0 <= seen.low <= seen.value <= seen.high <= 1


def test_no_mistake_in_few_cases_proves_little() -> None:
    assert share(0, 20).high > 0.15
    assert share(0, 5000).high < 0.002


def test_the_interval_is_wilsons() -> None:
    """Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263 is 0.2553 to 0.3662."""
    seen = share(81, 263)
    assert (seen.low, seen.high) == pytest.approx((0.2553, 0.3662), abs=2e-4)


def test_resampled_cases_scatter_about_as_a_binomial_does() -> None:
    seen = bootstrap([True] * 80 + [False] * 20)
    assert seen.value == 0.8
    assert (seen.low, seen.high) == pytest.approx((0.72, 0.88), abs=0.02)


def test_a_third_fewer_errors_is_a_ratio_of_two_thirds() -> None:
    ours, theirs = [False] * 20 + [True] * 80, [False] * 30 + [True] * 70
    seen = error_ratio(ours, theirs)
    assert seen.value == pytest.approx(2 / 3)
    assert seen.low < 2 / 3 < seen.high


def test_equal_readers_have_a_ratio_of_one_without_doubt() -> None:
    """Cases are resampled together, so what both get wrong alike moves nothing."""
    same = [True, False, True, True] * 30
    seen = error_ratio(same, same)
    assert (seen.value, seen.low, seen.high) == (1.0, 1.0, 1.0)


def test_nothing_measured_claims_nothing() -> None:
    assert (share(0, 0).low, share(0, 0).high) == (0.0, 1.0)
    assert bootstrap([]).high == 1.0
    assert error_ratio([], []).high == float("inf")
