"""Times as officers write them."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr_tui.times import (
    TimeNotReadError,
    age,
    clock,
    day_and_clock,
    list_age,
    parse_when,
    whole_minutes,
)

NOW = datetime(2026, 11, 22, 14, 32, 35, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("now", NOW),
        ("now, 14:32", NOW),
        ("22 Nov 14:30", datetime(2026, 11, 22, 14, 30, tzinfo=UTC)),
        ("22 nov 14:3", datetime(2026, 11, 22, 14, 30, tzinfo=UTC)),
        ("15 Nov 2026 00:00", datetime(2026, 11, 15, tzinfo=UTC)),
        ("15 November 2026", datetime(2026, 11, 15, tzinfo=UTC)),
        ("15 Nov", datetime(2026, 11, 15, tzinfo=UTC)),
        ("08:15", datetime(2026, 11, 22, 8, 15, tzinfo=UTC)),
        ("08:15:30", datetime(2026, 11, 22, 8, 15, 30, tzinfo=UTC)),
    ],
)
def test_each_form_of_a_time_is_read(typed, at):
    assert parse_when(typed, now=NOW) == at


def test_a_date_without_a_year_is_the_latest_that_is_not_ahead():
    assert parse_when("24 Dec", now=NOW) == datetime(2025, 12, 24, tzinfo=UTC)


def test_summer_time_is_the_clock_of_the_force():
    assert parse_when("1 Jul 2026 10:00", now=NOW) == datetime(2026, 7, 1, 9, tzinfo=UTC)
    assert clock(datetime(2026, 7, 1, 9, tzinfo=UTC)) == "10:00:00"


@given(st.integers(1, 9_999), st.sampled_from("mhd"))
def test_a_time_back_from_now_is_never_older_than_asked_and_at_most_65_s_younger(number, unit):
    span = number * {"m": 60, "h": 3_600, "d": 86_400}[unit]
    age_s = (NOW - parse_when(f"-{number}{unit}", now=NOW)).total_seconds()
    assert span - 65 <= age_s <= span - 5


@pytest.mark.parametrize(
    "typed", ["", "yesterday", "31 Feb 2026", "25:00", "22 Nov 25:00", "22 Xyz", "2026-11-22", "-5"]
)
def test_what_is_no_time_is_refused_with_the_forms_that_are(typed):
    with pytest.raises(TimeNotReadError, match="Not a time: write 22 Nov 14:30"):
        parse_when(typed, now=NOW)


@given(st.text())
def test_any_text_is_a_time_or_our_own_error(text):
    with contextlib.suppress(TimeNotReadError):
        assert parse_when(text, now=NOW).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0:00"), (40, "0:40"), (3_599, "59:59"), (3_600, "1 h"), (172_800, "2 d")],
)
def test_an_age_is_as_short_as_it_may_be(seconds, said):
    assert age(seconds) == said


def test_the_age_of_a_list_counts_hours_and_minutes():
    assert list_age(30 * 60) == "0:30"
    assert list_age(8 * 3_600 + 52 * 60) == "8:52"
    assert list_age(3 * 86_400) == "3 d"


def test_a_day_is_written_as_officers_write_it():
    assert day_and_clock(NOW) == "22 Nov 14:32:35"
    assert day_and_clock(NOW, year=True, seconds=False) == "22 Nov 2026 14:32"


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda at: at.year < 9_000))
def test_whole_minutes_cover_what_was_given_and_no_minute_more(at: datetime) -> None:
    since_at, until_at = whole_minutes(at, at)
    assert since_at <= at <= until_at
    assert until_at - since_at < timedelta(minutes=1, seconds=1)
    assert (since_at.second, until_at.second) == (0, 0)
