"""No setting of a clock makes a grant live longer, and one set back is said on record."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from store.access import Reasons
from store.errors import RefusedError
from store.ledger.access import uptime
from store.terms import MatchKind, Scope
from tests.store.desks.test_access import GROUND, INSPECTOR, proof
from tests.store.rig import INVESTIGATOR, NOON, Rig

LIFE = timedelta(days=7)
SCOPE = Scope("TE57CAR", MatchKind.EXACT, NOON - timedelta(days=200), NOON - timedelta(days=180))


class TwoClocks:
    """The wall clock, which somebody may set, and the machine's own, which nobody can."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.passed = self.set_by = timedelta(0)
        patch.setattr(uptime.time, "clock_gettime", lambda _: 50 + self.passed.total_seconds())

    @property
    def now(self) -> datetime:
        return NOON + self.passed + self.set_by


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> TwoClocks:
    return TwoClocks(monkeypatch)


@pytest.fixture
def granted(rig: Rig, clocks: TwoClocks) -> Rig:
    rig.enrol(INSPECTOR)
    desk = rig.desks.access
    request = desk.request(INVESTIGATOR, SCOPE, GROUND, tools=(), now=clocks.now)
    desk.authorise(
        INSPECTOR,
        request_id=request.request_id,
        scope_digest=request.digest,
        code=request.code,
        reasons=Reasons("One vehicle, three weeks", "No other way to place it"),
        proof=proof(INSPECTOR),
        now=clocks.now,
    )
    return rig


def search(rig: Rig, now: datetime) -> str:
    try:
        rig.desks.searches.search(INVESTIGATOR, SCOPE, GROUND, now=now)
    except RefusedError as refused:
        return refused.reason
    return "rows"


def back_a_day(clocks: TwoClocks) -> None:
    clocks.set_by -= timedelta(days=1)


def forward_a_day(clocks: TwoClocks) -> None:
    clocks.set_by += timedelta(days=1)


def both(clocks: TwoClocks) -> None:
    clocks.set_by += timedelta(days=1)
    clocks.set_by -= timedelta(days=1)


SETTINGS: list[Callable[[TwoClocks], None]] = [back_a_day, forward_a_day, both]


@pytest.mark.parametrize("change", SETTINGS)
def test_whatever_the_clock_is_set_to_a_grant_is_over_after_its_life(
    granted: Rig, clocks: TwoClocks, change: Callable[[TwoClocks], None]
) -> None:
    assert search(granted, clocks.now) == "rows"
    change(clocks)
    clocks.passed = LIFE
    assert search(granted, clocks.now) != "rows"
    granted.desks.access.sweep(clocks.now)
    clocks.set_by -= timedelta(days=3)
    assert search(granted, clocks.now) != "rows"


def test_a_clock_set_back_stops_grants_at_once_and_is_on_record_once(
    granted: Rig, clocks: TwoClocks
) -> None:
    back_a_day(clocks)
    for _ in range(3):
        assert search(granted, clocks.now) == "clock_behind_audit"
    kinds = [record["kind"] for record in granted.records()]
    assert kinds.count("clock behind audit") == 1
    clocks.set_by = timedelta(0)
    clocks.passed = timedelta(minutes=5)
    assert search(granted, clocks.now) == "rows"


def test_summer_time_is_the_same_moment(granted: Rig, clocks: TwoClocks) -> None:
    there = ZoneInfo("Europe/London")
    assert search(granted, clocks.now.astimezone(there)) == "rows"
    clocks.passed = LIFE - timedelta(seconds=1)
    assert search(granted, clocks.now.astimezone(there)) == "rows"
    clocks.passed = LIFE
    assert search(granted, clocks.now.astimezone(UTC)) != "rows"
