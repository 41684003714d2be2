"""What an authority opens at the search desk: its own scope, for its time, as often as it says."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from store.access import AccessRequest, AccessScope
from store.errors import RefusedError
from store.governance.access.moments import Moment
from store.ledger.access import grants, requests, urgent
from store.ledger.access.uptime import moment_at
from store.purposes import Category
from store.terms import Ground, MatchKind, Officer, Scope
from tests.store.ledger.access.people import (
    ASKER,
    FDO,
    GROUND,
    INSPECTOR,
    authorised,
    enrol_all,
    proof,
)
from tests.store.policies import TWO_YEARS, in_force
from tests.store.rig import NOON, Rig, read

RES = Officer(ASKER, "RES")
OLD = timedelta(days=120)


@pytest.fixture
def old(rig: Rig) -> Iterator[Rig]:
    """One vehicle read 100, 120 and 400 days ago, another 120 days ago; 24 months are kept."""
    in_force(rig.ledger, *TWO_YEARS, now=NOON)
    enrol_all(rig.ledger)
    rig.writer.record(
        [
            read(1, vrm="TE07CAR", age=timedelta(days=100)),
            read(2, vrm="TE07CAR", age=OLD),
            read(3, vrm="UX71ABC", age=OLD),
            read(4, vrm="TE07CAR", age=timedelta(days=400)),
        ]
    )
    yield rig


def searched(vrm: str = "TE07CAR", *, days: int = 130, until_days: int = 95) -> Scope:
    since_at, until_at = NOON - timedelta(days=days), NOON - timedelta(days=until_days)
    return Scope(vrm, MatchKind.EXACT, since_at, until_at)


def asked_for(rig: Rig, scope: Scope) -> AccessRequest:
    oldest_s = int((NOON - scope.since_at).total_seconds())
    wanted = AccessScope(
        (scope.vrm,), scope.kind, scope.cameras, scope.since_at, scope.until_at, oldest_s + 604_800
    )
    with rig.ledger.transaction() as tx:
        return requests.ask(
            tx,
            requester=ASKER,
            scope=wanted,
            ground=GROUND,
            capability="search_l2",
            authority="inspector",
            authorisers=1,
            estimate=2,
            moment=now(),
        )


def granted(rig: Rig, scope: Scope, *, by: str = INSPECTOR) -> AccessRequest:
    request = asked_for(rig, scope)
    with rig.ledger.transaction() as tx:
        return authorised(tx, request, by=by, moment=now())


def now() -> Moment:
    return moment_at(NOON)


def refusal(rig: Rig, scope: Scope, ground: Ground = GROUND) -> str:
    with pytest.raises(RefusedError) as refused:
        rig.desks.searches.search(RES, scope, ground, now=NOON)
    return refused.value.reason


def used(rig: Rig) -> int:
    with rig.ledger.reading() as db:
        return int(db.execute("SELECT used FROM access_grant").fetchone()[0])


def test_an_authority_opens_what_the_role_does_not_and_its_use_is_counted(old: Rig) -> None:
    scope = searched()
    assert refusal(old, scope) == "needs_grant"
    request = granted(old, scope)
    page = old.desks.searches.search(RES, scope, GROUND, now=NOON)
    assert [row.read_id[-1] for row in page.rows] == ["1", "2"]
    asked, returned = old.records()[-2:]
    assert request.grant is not None
    assert {asked["grant"], returned["grant"]} == {request.grant.grant_id}
    assert asked["rule"] == "search_l2.RES"
    assert used(old) == 1


def test_what_the_role_reaches_uses_no_authority_up(old: Rig) -> None:
    granted(old, searched())
    old.desks.searches.search(RES, searched(days=5, until_days=0), GROUND, now=NOON)
    assert used(old) == 0
    assert "grant" not in old.records()[-1]


def test_a_waiting_or_refused_request_opens_nothing_and_says_why(old: Rig) -> None:
    asked_for(old, searched())
    assert refusal(old, searched()) == "request_pending"
    assert old.kinds(by=ASKER)[-1] == "refused"


@pytest.mark.parametrize(
    "other",
    [
        searched("UX71ABC"),
        searched(days=131),
        searched(until_days=94),
        replace(searched(), vrm="TE07CA?", kind=MatchKind.WILDCARD),
    ],
    ids=["another mark", "an older day", "a newer day", "a pattern"],
)
def test_an_authority_opens_nothing_beside_its_scope(old: Rig, other: Scope) -> None:
    granted(old, searched())
    assert refusal(old, other) == "grant_scope"
    assert used(old) == 0


def test_an_authority_is_for_its_own_case_and_purpose(old: Rig) -> None:
    granted(old, searched())
    assert refusal(old, searched(), replace(GROUND, reference="NS-2605-00818")) == "grant_scope"


def test_a_revoked_authority_opens_nothing(old: Rig) -> None:
    request = granted(old, searched())
    assert request.grant is not None
    with old.ledger.transaction() as tx:
        grants.revoke(tx, request.grant.grant_id, by=INSPECTOR, why="no need", moment=now())
    assert refusal(old, searched()) == "grant_revoked"


def test_the_last_search_ends_it_and_what_it_found_still_opens(old: Rig) -> None:
    granted(old, searched())
    for _ in range(20):
        page = old.desks.searches.search(RES, searched(), GROUND, now=NOON)
    assert refusal(old, searched()) == "grant_exhausted"
    detail = old.desks.searches.open_read(
        RES, read_id=page.rows[0].read_id, ground=GROUND, now=NOON
    )
    assert detail.vrm == "TE07CAR"
    assert old.records()[-1]["about"]["rule"] == "search_l2.RES"
    assert used(old) == 20


def test_a_read_outside_the_authority_stays_shut(old: Rig) -> None:
    granted(old, searched())
    with pytest.raises(RefusedError):
        old.desks.searches.open_read(RES, read_id=f"{3:032x}", ground=GROUND, now=NOON)
    assert old.kinds(by=ASKER)[-2:] == ["asked", "refused"]


def test_what_is_older_than_a_year_takes_a_superintendent(old: Rig) -> None:
    scope = searched(days=420, until_days=390)
    needs = old.desks.searches.needs(RES, scope, GROUND, now=NOON)
    assert (needs.may, needs.authority) == (False, "superintendent")


def test_with_an_authority_a_search_from_now_on_back_is_not_cut_where_the_role_ends(
    old: Rig,
) -> None:
    scope = searched(days=130, until_days=0)
    assert old.desks.searches.search(RES, scope, GROUND, now=NOON).cut_at is not None
    granted(old, scope)
    page = old.desks.searches.search(RES, scope, GROUND, now=NOON)
    assert (page.cut_at, len(page.rows)) == (None, 2)
    assert used(old) == 1


@pytest.mark.parametrize("back", [timedelta(days=1), timedelta(hours=1), timedelta(seconds=4)])
def test_a_clock_set_back_makes_no_authority_live_longer(old: Rig, back: timedelta) -> None:
    granted(old, searched())
    with pytest.raises(RefusedError) as refused:
        old.desks.searches.search(RES, searched(), GROUND, now=NOON - back)
    assert refused.value.reason == "clock_behind_audit"
    assert [record["kind"] for record in old.records()].count("clock behind audit") == 1
    health = old.desks.cameras.health(now=NOON - back)
    assert health.cluster.startswith("clock behind audit")


def test_a_clock_that_jumped_ahead_ends_an_authority(old: Rig) -> None:
    granted(old, searched())
    with pytest.raises(RefusedError) as refused:
        old.desks.searches.search(RES, searched(), GROUND, now=NOON + timedelta(days=8))
    assert refused.value.reason == "grant_expired"


def test_an_order_of_the_force_duty_officer_opens_what_is_urgent(old: Rig) -> None:
    scope = searched()
    ground = replace(GROUND, category=Category.THREAT_TO_LIFE)
    wanted = AccessScope(("TE07CAR",), scope.kind, (), scope.since_at, scope.until_at, 10**8)
    with old.ledger.transaction() as tx:
        urgent.order(
            tx,
            requester=ASKER,
            scope=wanted,
            ground=ground,
            urgent_ground="kidnap",
            ordered_by=FDO,
            log_ref="NS-20261122-0931",
            proof=proof(ASKER),
            moment=now(),
        )
    page = old.desks.searches.search(RES, scope, ground, now=NOON)
    assert len(page.rows) == 2
    assert old.records()[-1]["rule"] == "threat_to_life_override.RES"
