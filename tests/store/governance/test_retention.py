"""Which days are past their time: whole days, bounds inclusive."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.governance.retention import CEILING_S, first_day_kept
from store.governance.rulebook.loading import carried

MICROSECOND = timedelta(microseconds=1)
FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
TIMES = st.datetimes(
    min_value=FIRST.replace(tzinfo=None),  # hypothesis adds the zone itself
    max_value=LAST.replace(tzinfo=None),
    timezones=st.just(UTC),
)


@given(TIMES, st.integers(0, CEILING_S))
def test_every_read_within_its_time_is_of_a_day_that_is_kept(now: datetime, reads_s: int) -> None:
    oldest_at = now - timedelta(seconds=reads_s)
    assert oldest_at.date() >= first_day_kept(now, reads_s=reads_s)


@given(TIMES, st.integers(0, CEILING_S))
def test_a_day_goes_only_when_its_last_instant_is_past_its_time(
    now: datetime, reads_s: int
) -> None:
    kept_from = datetime.combine(first_day_kept(now, reads_s=reads_s), time(), UTC)
    assert now - (kept_from - MICROSECOND) > timedelta(seconds=reads_s)
    assert now - (kept_from + timedelta(days=1) - MICROSECOND) <= timedelta(seconds=reads_s)


def test_a_day_stays_to_its_last_second_and_goes_with_the_next() -> None:
    year = carried().figures.reads_s
    midnight = datetime(2026, 11, 22, tzinfo=UTC)
    assert first_day_kept(midnight - MICROSECOND, reads_s=year) == date(2025, 11, 21)
    assert first_day_kept(midnight, reads_s=year) == date(2025, 11, 22)


@given(TIMES, st.integers(CEILING_S, 10 * CEILING_S))
def test_no_policy_keeps_anything_beyond_24_months(now: datetime, reads_s: int) -> None:
    assert first_day_kept(now, reads_s=reads_s) == first_day_kept(now, reads_s=CEILING_S)


@given(TIMES, st.integers(-12, 14))
def test_the_zone_of_the_clock_makes_no_difference(now: datetime, hours: int) -> None:
    there = now.astimezone(timezone(timedelta(hours=hours)))
    assert first_day_kept(there, reads_s=86_400) == first_day_kept(now, reads_s=86_400)


@pytest.mark.usefixtures("elsewhere")
def test_the_zone_of_the_machine_makes_no_difference() -> None:
    for hour in (0, 11, 12, 23):
        now = datetime(2026, 11, 22, hour, tzinfo=UTC)
        assert first_day_kept(now, reads_s=86_400) == date(2026, 11, 21)
