"""The urgent desk: told to who ordered it, ratified or not, stopped and lifted, all on record."""

from dataclasses import replace
from datetime import timedelta

import pytest

from store.access import Reasons, RequestState
from store.errors import RefusedError
from store.ledger.access import rows
from store.terms import Officer
from tests.store.desks.test_access import OPERATOR, proof
from tests.store.ledger.access.people import JUST, WHY, give_factor
from tests.store.rig import GROUND, NOON, Rig, scope

DUTY = Officer("NS3300", "FDO")
INSPECTOR = Officer("NS2050", "INS")
SUPER = Officer("NS2003", "SUP")
THREAT = replace(GROUND, category="threat to life")


@pytest.fixture
def desks(rig: Rig) -> Rig:
    for officer in (DUTY, INSPECTOR, SUPER):
        rig.enrol(officer)
    with rig.ledger.transaction() as tx:
        for officer in (OPERATOR, DUTY, INSPECTOR, SUPER):
            give_factor(tx, officer.staff_id)
    return rig


def ordered(rig: Rig, *, by: Officer = OPERATOR, also: tuple[str, ...] = (), now=NOON):
    return rig.desks.urgent.order(
        by,
        scope(),
        THREAT,
        urgent_ground="kidnap",
        ordered_by=DUTY.staff_id,
        log_ref="NS-20261122-0931",
        proof=replace(proof(by), at=now),
        also=also,
        now=now,
    )


def test_up_to_three_plates_are_one_order_and_each_may_be_searched(desks: Rig) -> None:
    request = ordered(desks, also=("jx65 red", "TE57CAR"))
    assert request.scope.vrms == ("JX65RED", "TE57CAR")
    for vrm in request.scope.vrms:
        desks.desks.searches.search(OPERATOR, scope(vrm), THREAT, now=NOON)
        assert desks.records()[-1]["grant"] == "G-0001"
    with pytest.raises(RefusedError) as refused:
        ordered(desks, also=("TA1AAA", "TB1AAA", "TC1AAA"))
    assert refused.value.reason == "urgent_too_many_vrms"


def test_it_is_told_to_who_ordered_it_and_asked_of_who_may_ratify_it(desks: Rig) -> None:
    ordered(desks)
    (news,) = desks.desks.access.news_standing(NOON)
    assert news.told == {DUTY.staff_id}
    assert news.signers == {INSPECTOR.staff_id, SUPER.staff_id}


def test_what_stops_an_officer_is_lifted_on_record_and_they_hear_of_it(desks: Rig) -> None:
    request = ordered(desks)
    desks.desks.access.refuse(
        INSPECTOR, request_id=request.request_id, why="No threat to anybody", now=NOON
    )
    assert "was not ratified" in desks.desks.urgent.terms(OPERATOR, now=NOON).refused
    with pytest.raises(RefusedError) as refused:
        ordered(desks)
    assert refused.value.reason == "urgent_stopped_unratified"
    assert desks.desks.urgent.stopped(INSPECTOR, now=NOON) == ()
    (stopped,) = desks.desks.urgent.stopped(SUPER, now=NOON)
    with desks.ledger.reading() as db:
        before = rows.newest_seq(db)
    lifted = desks.desks.urgent.lift(
        SUPER,
        request_id=stopped.request_id,
        reasons=Reasons(WHY, JUST),
        proof=proof(SUPER),
        now=NOON,
    )
    assert (lifted.state, lifted.lifted_by) == (RequestState.NOT_RATIFIED, SUPER.staff_id)
    record = desks.records()[-1]
    assert (record["kind"], record["by"]) == ("urgent use lifted", SUPER.staff_id)
    assert record["about"]["justified"] == JUST
    assert record["about"]["officer"] == OPERATOR.staff_id
    (news,) = desks.desks.access.news_since(before, 10, NOON)
    assert (news.request.requester, news.request.lifted_by) == (OPERATOR.staff_id, SUPER.staff_id)
    assert ordered(desks, now=NOON + timedelta(minutes=1)).state is RequestState.URGENT


def test_a_lift_that_is_refused_is_on_record(desks: Rig) -> None:
    request = ordered(desks)
    with pytest.raises(RefusedError):
        desks.desks.urgent.lift(
            SUPER,
            request_id=request.request_id,
            reasons=Reasons(WHY, JUST),
            proof=proof(SUPER),
            now=NOON,
        )
    record = desks.records()[-1]
    assert (record["kind"], record["about"]["why"]) == ("refused", "nothing_stopped")


def test_a_role_that_does_not_take_orders_is_told_so(desks: Rig) -> None:
    assert desks.desks.urgent.terms(OPERATOR, now=NOON).refused == ""
    assert "authorises this" in desks.desks.urgent.terms(INSPECTOR, now=NOON).refused
    nobody = desks.desks.urgent.terms(Officer("NS9999", ""), now=NOON)
    assert "not on the register" in nobody.refused
