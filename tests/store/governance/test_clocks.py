"""A clock is believed in small steps, and a capture within its bounds."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.governance.clocks import believed, misdated
from store.governance.rulebook.loading import carried

POLICY = carried().figures

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
STEP = timedelta(seconds=POLICY.clocks.ahead_max_s)
AHEAD = timedelta(seconds=POLICY.clocks.capture_ahead_max_s)
KEPT = timedelta(seconds=POLICY.reads_s)
TICK = timedelta(microseconds=1)


@given(st.timedeltas(timedelta(days=-3000), timedelta(days=3000)))
def test_a_clock_is_believed_up_to_the_bound_and_no_further(step: timedelta) -> None:
    assert believed(NOW + step, seen_at=NOW, policy=POLICY) == (step <= STEP)


def test_a_new_hub_has_nothing_to_doubt_its_clock_by() -> None:
    assert believed(NOW, seen_at=None, policy=POLICY)


@pytest.mark.parametrize(
    ("captured_at", "why"),
    [
        (NOW, ""),
        (NOW + AHEAD, ""),
        (NOW + AHEAD + TICK, "in the future"),
        (NOW - KEPT, ""),
        ((NOW - KEPT).replace(hour=0), ""),
        ((NOW - KEPT).replace(hour=0) - TICK, "past retention"),
    ],
)
def test_a_capture_is_refused_beyond_its_bounds_and_not_on_them(
    captured_at: datetime, why: str
) -> None:
    said = misdated(captured_at, received_at=NOW, policy=POLICY)
    assert why in said
    assert bool(said) == bool(why)


def test_a_capture_is_refused_with_the_bound_and_what_to_do() -> None:
    late = NOW - timedelta(days=400)
    assert misdated(NOW + timedelta(hours=25), received_at=NOW, policy=POLICY) == (
        "captured more than 24 h in the future: set the camera's clock"
    )
    assert misdated(late, received_at=NOW, policy=POLICY) == (
        "captured more than 365 days ago, which is past retention: set the camera's clock"
    )


def test_a_day_is_the_day_of_utc_in_whatever_zone_the_times_are_told() -> None:
    ahead, behind = timezone(timedelta(hours=5)), timezone(-timedelta(hours=5))
    first = (NOW - KEPT).replace(hour=0)
    for zone in (ahead, behind):
        for other in (ahead, behind):
            received = NOW.astimezone(other)
            assert misdated(first.astimezone(zone), received_at=received, policy=POLICY) == ""
            assert (
                misdated((first - TICK).astimezone(zone), received_at=received, policy=POLICY) != ""
            )


def test_a_clock_at_the_bound_is_believed_and_a_tick_later_is_not() -> None:
    assert believed(NOW + STEP, seen_at=NOW, policy=POLICY)
    assert not believed(NOW + STEP + TICK, seen_at=NOW, policy=POLICY)


@pytest.mark.usefixtures("elsewhere")
def test_a_day_is_the_day_of_utc_whatever_zone_the_machine_is_in() -> None:
    first = (NOW - KEPT).replace(hour=0)
    for hour in (0, 12, 23):
        received = NOW.replace(hour=hour)
        assert misdated(first, received_at=received, policy=POLICY) == ""
        assert misdated(first - TICK, received_at=received, policy=POLICY) != ""
