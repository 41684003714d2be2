"""A grant is good for exactly its scope, its time and its number of searches."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from store.access import AccessRequest, GrantState
from store.errors import RefusedError
from store.governance.access.moments import Moment
from store.ledger import audit, staff
from store.ledger.access import grants, requests, rows
from store.ledger.access.sweeping import sweep
from store.ledger.ledger import Ledger, Transaction
from store.terms import MatchKind, Officer
from tests.store.ledger.access.people import (
    ASKER,
    AUDITOR,
    INSPECTOR,
    NOON,
    OPERATOR,
    SUPERS,
    asked,
    at,
    authorised,
    enrol_all,
    old_scope,
    wanted,
)

LIFE_S = 604_800


@pytest.fixture
def tx(ledger: Ledger) -> Iterator[Transaction]:
    enrol_all(ledger)
    with ledger.transaction() as tx:
        yield tx


@pytest.fixture
def granted(tx: Transaction) -> AccessRequest:
    return authorised(tx, asked(tx))


def state(tx: Transaction, moment: Moment | None = None, **changed: object) -> str:
    hand = grants.at_hand(tx, staff_id=ASKER, wanted=wanted(**changed), moment=moment or at(60))
    return "none" if hand is None else hand.state


def test_without_a_request_there_is_nothing_at_hand(tx: Transaction) -> None:
    assert grants.at_hand(tx, staff_id=ASKER, wanted=wanted(), moment=at()) is None


def test_a_grant_says_what_is_left_of_it(tx: Transaction, granted: AccessRequest) -> None:
    hand = grants.at_hand(tx, staff_id=ASKER, wanted=wanted(), moment=at(60))
    assert hand is not None
    assert (hand.state, hand.grant_id, hand.request_id) == ("valid", "G-0001", "R-0001")
    assert (hand.expires_in_s, hand.searches_left) == (LIFE_S - 60, 20)
    assert (hand.age_ceiling_s, hand.clock_behind_audit_s) == (207 * 86_400, 0)
    assert not hand.urgent


def test_only_its_holder_has_it(tx: Transaction, granted: AccessRequest) -> None:
    assert grants.at_hand(tx, staff_id="NS3010", wanted=wanted(), moment=at(60)) is None


@pytest.mark.parametrize(
    ("changed", "missed"),
    [
        ({"vrms": ("TE57CAT",)}, "other_vrm"),
        ({"vrms": ()}, "other_vrm"),
        ({"vrms": ("TE57*",), "kind": MatchKind.WILDCARD}, "other_vrm"),
        ({"since_at": NOON - timedelta(days=200, seconds=1)}, "other_time"),
        ({"until_at": NOON - timedelta(days=180) + timedelta(seconds=1)}, "other_time"),
        ({"tool": "convoy"}, "other_tool"),
        ({"purpose": "wanted_person"}, "other_purpose"),
        ({"reference": "NS-2605-00818"}, "other_case"),
    ],
)
def test_what_the_scope_does_not_cover_is_not_allowed(
    tx: Transaction, granted: AccessRequest, changed: dict[str, object], missed: str
) -> None:
    assert state(tx, **changed) == missed


@pytest.mark.parametrize(
    ("cameras", "found"),
    [(("NS-C01",), "valid"), (("NS-C01", "NS-C03"), "other_camera"), ((), "other_camera")],
)
def test_a_grant_for_some_cameras_is_not_one_for_others_or_all(
    tx: Transaction, cameras: tuple[str, ...], found: str
) -> None:
    authorised(tx, asked(tx, scope=old_scope(cameras=("NS-C01", "NS-C02"))))
    assert state(tx, cameras=cameras) == found


def test_a_grant_for_a_pattern_covers_the_marks_that_fit_it(tx: Transaction) -> None:
    scope = replace(old_scope("TE5*"), kind=MatchKind.WILDCARD)
    authorised(tx, asked(tx, scope=scope))
    assert state(tx, vrms=("TE57CAR",)) == "valid"
    assert state(tx, vrms=("TE5*",), kind=MatchKind.WILDCARD) == "valid"
    assert state(tx, vrms=("TX57CAR",)) == "other_vrm"
    assert state(tx, vrms=("T*5",), kind=MatchKind.WILDCARD) == "other_vrm"


def test_a_grant_for_a_place_covers_whatever_mark_is_opened_there(tx: Transaction) -> None:
    place = replace(old_scope(cameras=("NS-C01",)), vrms=())
    authorised(tx, asked(tx, scope=place))
    assert state(tx, vrms=("JB14JSW",), cameras=("NS-C01",)) == "valid"
    assert state(tx, vrms=(), cameras=("NS-C01",)) == "valid"
    assert state(tx, vrms=("JB1*",), kind=MatchKind.WILDCARD, cameras=("NS-C01",)) == "other_vrm"


def test_the_last_search_exhausts_it(tx: Transaction, granted: AccessRequest) -> None:
    for number in range(20):
        assert state(tx) == "valid", number
        grants.use(tx, "G-0001", moment=at(60 + number))
    assert state(tx) == "exhausted"
    with pytest.raises(RefusedError) as refused:
        grants.use(tx, "G-0001", moment=at(90))
    assert refused.value.reason == "grant_exhausted"
    kinds = [(audit.body_of(one) or {})["kind"] for one in audit.tail(tx, count=1)]
    assert kinds == ["grant exhausted"]


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        (at(LIFE_S - 1), "valid"),
        (at(LIFE_S), "expired"),
        (at(LIFE_S, ticks=10), "expired"),  # the wall clock was set forward
        (at(10, ticks=LIFE_S), "expired"),  # the wall clock was set back
        (at(-86_400, ticks=LIFE_S), "expired"),
        (at(LIFE_S - 1, ticks=0, boot="second"), "valid"),  # after a restart the wall clock tells
        (at(LIFE_S, ticks=0, boot="second"), "expired"),
    ],
)
def test_a_grant_ends_by_the_stricter_of_two_clocks(
    tx: Transaction, granted: AccessRequest, moment: Moment, found: str
) -> None:
    assert state(tx, moment) == found
    if found == "expired":
        with pytest.raises(RefusedError):
            grants.use(tx, "G-0001", moment=moment)


def test_a_clock_behind_the_records_counts_no_search(
    tx: Transaction, granted: AccessRequest
) -> None:
    """Nor after records were written under it, which bear its own time."""
    back = at(-86_400, ticks=60)
    for _ in range(2):
        hand = grants.at_hand(tx, staff_id=ASKER, wanted=wanted(), moment=back)
        assert hand is not None
        assert hand.clock_behind_audit_s == 86_400
        with pytest.raises(RefusedError) as refused:
            grants.use(tx, "G-0001", moment=back)
        assert refused.value.reason == "clock_behind_audit"
        audit.append(tx, "something", by=audit.HUB, now=back.now, about={})


def test_summer_time_makes_no_grant_longer(tx: Transaction) -> None:
    """The hour that comes twice on 25 Oct 2026 is counted twice."""
    summer, winter = timezone(timedelta(hours=1)), UTC
    began = Moment(datetime(2026, 10, 25, 1, 59, tzinfo=summer), 0.0, "first")
    authorised(tx, asked(tx, moment=began), moment=began)
    an_hour_on = Moment(datetime(2026, 10, 25, 1, 59, tzinfo=winter), 3_600.0, "first")
    hand = grants.at_hand(tx, staff_id=ASKER, wanted=wanted(), moment=an_hour_on)
    assert hand is not None
    assert hand.expires_in_s == LIFE_S - 3_600


def test_an_expired_grant_stays_so_when_the_clock_goes_back(
    tx: Transaction, granted: AccessRequest
) -> None:
    (ended,) = sweep(tx, moment=at(LIFE_S, ticks=60))
    assert ended.grant is not None
    assert ended.grant.state is GrantState.EXPIRED
    assert state(tx, at(120)) == "expired"
    assert sweep(tx, moment=at(120)) == ()


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"role": "SUP", "state": staff.StaffState.SUSPENDED}, "signer_not_on_register"),
        ({"role": "SUP", "role_state": staff.RoleState.CHANGED_UNREVIEWED}, "signer_role_changed"),
        ({"role": "OP"}, "signer_role_changed"),
        ({"role": "SUP", "rank": "sergeant"}, "signed_by_wrong_rank"),
    ],
)
def test_rank_and_role_of_who_signed_are_looked_at_again_at_each_use(
    tx: Transaction, granted: AccessRequest, changed: dict[str, Any], found: str
) -> None:
    role = changed.pop("role")
    staff.enrol(tx, Officer(SUPERS[0], role), now=NOON, **changed)
    assert state(tx) == found


def test_a_scope_changed_in_the_file_counts_for_nothing(
    tx: Transaction, granted: AccessRequest
) -> None:
    tx.execute("DROP TRIGGER access_scope_frozen")
    tx.execute("DROP TRIGGER access_request_frozen")
    tx.execute("UPDATE access_request SET reason = 'another reason than was signed'")
    assert state(tx) == "scope_changed_after_signing"


def test_a_signature_taken_out_of_the_file_counts_for_nothing(
    tx: Transaction, granted: AccessRequest
) -> None:
    tx.execute("DELETE FROM access_signature")
    assert state(tx) == "one_of_two"


def test_a_request_that_waits_or_was_refused_says_so(tx: Transaction) -> None:
    request = asked(tx)
    assert state(tx) == "pending"
    requests.refuse(tx, request.request_id, by=SUPERS[0], why="Not needed", moment=at())
    assert state(tx) == "refused"


def test_a_valid_grant_counts_before_a_refused_request(
    tx: Transaction, granted: AccessRequest
) -> None:
    again = asked(tx)
    requests.refuse(tx, again.request_id, by=SUPERS[0], why="Not needed", moment=at())
    assert state(tx) == "valid"


@pytest.mark.parametrize("by", [ASKER, SUPERS[0], SUPERS[1], INSPECTOR, AUDITOR])
def test_holder_signers_and_auditor_end_a_grant(
    tx: Transaction, granted: AccessRequest, by: str
) -> None:
    after = grants.revoke(tx, "G-0001", by=by, why="Case closed", moment=at(60))
    assert after.grant is not None
    assert after.grant.settled_by == by
    assert state(tx) == "revoked"


def test_nobody_else_ends_a_grant_and_an_ended_one_stays(
    tx: Transaction, granted: AccessRequest
) -> None:
    with pytest.raises(RefusedError):
        grants.revoke(tx, "G-0001", by=OPERATOR, why="Case closed", moment=at(60))
    with pytest.raises(RefusedError):
        grants.revoke(tx, "G-0001", by=SUPERS[0], why=" ", moment=at(60))
    grants.revoke(tx, "G-0001", by=SUPERS[0], why="Case closed", moment=at(60))
    with pytest.raises(RefusedError):
        grants.revoke(tx, "G-0001", by=SUPERS[1], why="Again", moment=at(61))
    kept = rows.by_grant(tx, "G-0001")
    assert kept is not None
    assert kept.request.grant is not None
    assert kept.request.grant.settled_by == SUPERS[0]


def test_a_grant_that_is_not_there_cannot_be_used_or_ended(tx: Transaction) -> None:
    for act in (
        lambda: grants.use(tx, "G-0009", moment=at()),
        lambda: grants.revoke(tx, "nonsense", by=AUDITOR, why="x", moment=at()),
    ):
        with pytest.raises(RefusedError):
            act()
