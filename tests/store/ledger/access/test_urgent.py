"""The urgent way: rows at once on the Force Duty Officer's order, written authority within 24 h."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from store.access import AccessRequest, Reasons, RequestState
from store.errors import RefusedError
from store.ledger import staff
from store.ledger.access import grants, lifting, urgent
from store.ledger.access.sweeping import sweep
from store.ledger.ledger import Ledger, Transaction
from store.terms import Officer
from tests.store.ledger.access.people import (
    FDO,
    GROUND,
    INSPECTOR,
    JUST,
    NOON,
    OPERATOR,
    WHY,
    at,
    enrol_all,
    old_scope,
    proof,
    wanted,
)

THREAT = replace(GROUND, category="threat to life")


@pytest.fixture
def tx(ledger: Ledger) -> Iterator[Transaction]:
    enrol_all(ledger)
    with ledger.transaction() as tx:
        yield tx


def ordered(tx: Transaction, *, by: str = OPERATOR, **changed: Any) -> AccessRequest:
    given: dict[str, Any] = {
        "requester": by,
        "scope": old_scope(),
        "ground": THREAT,
        "urgent_ground": "kidnap",
        "ordered_by": FDO,
        "log_ref": "NS-20261122-0931",
        "proof": proof(by),
        "moment": at(),
        **changed,
    }
    return urgent.order(tx, **given)


def ratified(
    tx: Transaction, request: AccessRequest, *, by: str = INSPECTOR, after_s: float = 600
) -> AccessRequest:
    moment = at(after_s)
    return urgent.ratify(
        tx,
        request.request_id,
        signer=by,
        digest=request.digest,
        reasons=Reasons(WHY, JUST),
        proof=proof(by, now=moment.now),
        moment=moment,
    )


def refused(act) -> str:
    with pytest.raises(RefusedError) as told:
        act()
    return told.value.reason


def test_an_order_gives_an_hour_at_once(tx: Transaction) -> None:
    request = ordered(tx)
    assert request.state is RequestState.URGENT
    assert request.grant is not None
    assert request.grant.expires_at - request.grant.granted_at == timedelta(hours=1)
    for after_s, state in ((3_599, "valid"), (3_600, "expired")):
        hand = grants.at_hand(tx, staff_id=OPERATOR, wanted=wanted(), moment=at(after_s))
        assert hand is not None
        assert (hand.state, hand.urgent, hand.ordered_by) == (state, True, FDO)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"ordered_by": OPERATOR}, "self_authorisation"),
        ({"ordered_by": INSPECTOR}, "needs_fdo_order"),
        ({"ordered_by": "NS9999"}, "needs_fdo_order"),
        ({"urgent_ground": "curiosity"}, "urgent_ground_unknown"),
        ({"scope": old_scope("TA1AAA", "TB1AAA", "TC1AAA", "TD1AAA")}, "urgent_too_many_vrms"),
        ({"scope": replace(old_scope(cameras=("NS-C01",)), vrms=())}, "scope_empty"),
        ({"ground": GROUND}, "category_not_for_tier"),
        ({"proof": proof(OPERATOR, now=NOON - timedelta(seconds=301))}, "reauthentication_stale"),
        ({"proof": proof(INSPECTOR)}, "unknown_staff"),
    ],
)
def test_without_what_the_urgent_way_needs_nothing_is_given(
    tx: Transaction, changed: dict[str, object], reason: str
) -> None:
    assert refused(lambda: ordered(tx, **changed)) == reason
    assert grants.at_hand(tx, staff_id=OPERATOR, wanted=wanted(), moment=at()) is None


def test_an_inspector_ratifies_within_a_day(tx: Transaction) -> None:
    request = ordered(tx)
    assert lifting.owes(tx, OPERATOR) == "owed"
    after = ratified(tx, request, after_s=86_400)
    assert (after.state, after.settled_by) == (RequestState.RATIFIED, INSPECTOR)
    assert lifting.owes(tx, OPERATOR) == "none"


def test_who_ordered_it_does_not_ratify_it(tx: Transaction) -> None:
    request = ordered(tx)
    assert refused(lambda: ratified(tx, request, by=FDO)) == "self_authorisation"
    staff.enrol(tx, Officer(FDO, "INS"), now=NOON)  # promoted meanwhile
    assert refused(lambda: ratified(tx, request, by=FDO)) == "self_authorisation"


def test_who_used_it_does_not_ratify_it(tx: Transaction) -> None:
    request = ordered(tx)
    staff.enrol(tx, Officer(OPERATOR, "INS"), now=NOON)
    assert refused(lambda: ratified(tx, request, by=OPERATOR)) == "self_authorisation"


def test_after_a_day_it_is_too_late_and_the_officers_urgent_use_stops(tx: Transaction) -> None:
    request = ordered(tx)
    assert refused(lambda: ratified(tx, request, after_s=86_401)) == "ratification_late"
    ended = sweep(tx, moment=at(86_401))
    assert [one.state for one in ended] == [RequestState.NOT_RATIFIED] * 2  # itself and its grant
    later = at(86_500)
    reason = refused(lambda: ordered(tx, moment=later, proof=proof(OPERATOR, now=later.now)))
    assert reason == "urgent_stopped_unratified"
    assert ordered(tx, by="NS4107", moment=later, proof=proof("NS4107", now=later.now))


def test_an_order_of_one_who_is_no_duty_officer_any_more_counts_for_nothing(
    tx: Transaction,
) -> None:
    ordered(tx)
    staff.enrol(tx, Officer(FDO, "FDO"), now=NOON, state=staff.StaffState.SUSPENDED)
    hand = grants.at_hand(tx, staff_id=OPERATOR, wanted=wanted(), moment=at(60))
    assert hand is not None
    assert hand.state == "signer_not_on_register"


def stopped_use(tx: Transaction) -> AccessRequest:
    request = ordered(tx)
    sweep(tx, moment=at(86_401))
    return request


def lifted(
    tx: Transaction, request: AccessRequest, *, by: str = "NS2003", **changed: Any
) -> AccessRequest:
    moment = at(90_000)
    given: dict[str, Any] = {
        "by": by,
        "reasons": Reasons(WHY, JUST),
        "proof": proof(by, now=moment.now),
        "moment": moment,
        **changed,
    }
    return lifting.lift(tx, request.request_id, **given)


def test_a_superintendent_lifts_the_stop_and_what_was_not_ratified_stays_so(
    tx: Transaction,
) -> None:
    request = stopped_use(tx)
    later = at(90_100)
    again = {"moment": later, "proof": proof(OPERATOR, now=later.now)}
    assert refused(lambda: ordered(tx, **again)) == "urgent_stopped_unratified"
    (stopped,) = lifting.stopped_for(tx, "NS2003", now=later.now)
    assert stopped.request_id == request.request_id
    after = lifted(tx, request)
    assert (after.state, after.lifted_by) == (RequestState.NOT_RATIFIED, "NS2003")
    assert lifting.stopped_for(tx, "NS2003", now=later.now) == ()
    assert ordered(tx, **again).state is RequestState.URGENT


@pytest.mark.parametrize(
    ("by", "changed", "reason"),
    [
        (INSPECTOR, {}, "not_for_role"),
        (FDO, {}, "not_for_role"),
        ("NS2003", {"reasons": Reasons(WHY, " ")}, "interest_of_justice_missing"),
        ("NS2003", {"reasons": Reasons("", JUST)}, "proportionality_missing"),
        ("NS2003", {"proof": proof("NS2003")}, "reauthentication_stale"),
        ("NS2003", {"proof": proof("NS2007", now=at(90_000).now)}, "reauthentication_stale"),
        ("NS9999", {}, "unknown_staff"),
    ],
)
def test_nobody_lifts_a_stop_who_may_not_or_does_not_say_why(
    tx: Transaction, by: str, changed: dict[str, object], reason: str
) -> None:
    request = stopped_use(tx)
    assert refused(lambda: lifted(tx, request, by=by, **changed)) == reason
    assert lifting.owes(tx, OPERATOR) == "not_ratified"


@pytest.mark.parametrize("who", [FDO, OPERATOR], ids=["ordered it", "used it"])
def test_who_had_a_part_in_it_lifts_no_stop_even_as_a_superintendent(
    tx: Transaction, who: str
) -> None:
    request = stopped_use(tx)
    staff.enrol(tx, Officer(who, "SUP"), now=NOON)
    assert refused(lambda: lifted(tx, request, by=who)) == "self_authorisation"
    assert lifting.stopped_for(tx, who, now=NOON) == ()


def test_what_stops_nobody_is_not_lifted(tx: Transaction) -> None:
    owed = ordered(tx)
    assert refused(lambda: lifted(tx, owed)) == "nothing_stopped"
    sweep(tx, moment=at(86_401))
    lifted(tx, owed)
    assert refused(lambda: lifted(tx, owed)) == "nothing_stopped"


def test_the_duty_officer_who_ordered_it_may_end_it(tx: Transaction) -> None:
    request = ordered(tx)
    assert request.grant is not None
    after = grants.revoke(
        tx, request.grant.grant_id, by=FDO, why="The child is found", moment=at(60)
    )
    assert after.grant is not None
    assert after.grant.state == "revoked"
    assert after.state is RequestState.URGENT  # what was looked at is still owed its authority


def test_the_terms_are_those_of_the_policy_and_say_who_may_not(tx: Transaction) -> None:
    terms = urgent.terms_for(tx, OPERATOR)
    assert terms.grounds == ("kidnap", "missing_person_at_risk", "threat_to_life")
    assert (terms.vrms_max, terms.life_s, terms.ratify_s, terms.refused) == (3, 3_600, 86_400, "")
    assert "authorises this" in urgent.terms_for(tx, INSPECTOR).refused
    stopped_use(tx)
    assert "Ask a Superintendent" in urgent.terms_for(tx, OPERATOR).refused
