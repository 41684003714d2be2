"""A request is decided once, by others than its requester, and each step is on record."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from store.access import GrantState, Reasons, RequestState
from store.errors import InputError, RefusedError
from store.governance.rulebook import loading
from store.ledger import audit, staff
from store.ledger.access import grants, requests, rows
from store.ledger.access.signing import eligible
from store.ledger.access.sweeping import anything_due, sweep
from store.ledger.ledger import Ledger, Transaction
from store.ledger.rules import policies
from store.terms import Officer
from tests.store.ledger.access.people import (
    ASKER,
    AUDITOR,
    INSPECTOR,
    JUST,
    NOON,
    OPERATOR,
    SUPERS,
    WHY,
    asked,
    at,
    authorised,
    enrol_all,
    give_factor,
    old_scope,
    proof,
)


@pytest.fixture
def tx(ledger: Ledger) -> Iterator[Transaction]:
    enrol_all(ledger)
    with ledger.transaction() as tx:
        yield tx


def kinds(tx: Transaction) -> list[str]:
    return [
        str((audit.body_of(record) or {})["kind"])
        for record in audit.read(tx, first=1, count=1_000)
        if "staff" not in str((audit.body_of(record) or {})["kind"])
    ]


def refusal(tx: Transaction, act) -> str:
    with pytest.raises(RefusedError) as refused:
        act()
    return refused.value.reason


def test_a_request_is_read_back_as_it_was_frozen(tx: Transaction) -> None:
    request = asked(tx)
    kept = rows.by_id(tx, request.request_id)
    assert kept is not None
    assert kept.request == request
    assert (request.request_id, request.state) == ("R-0001", RequestState.PENDING)
    assert (request.life_s, request.searches) == (604_800, 20)
    assert len(request.code) == 4
    assert not set(request.code) & set("O0I1")
    assert request.lapses_at == NOON + timedelta(hours=1)
    assert kinds(tx) == ["access requested"]


def test_a_superintendent_authorises_and_the_grant_lives_seven_days(tx: Transaction) -> None:
    after = authorised(tx, asked(tx), moment=at(600))
    assert after.state is RequestState.AUTHORISED
    assert after.grant is not None
    assert (after.grant.grant_id, after.grant.holder) == ("G-0001", ASKER)
    assert after.grant.expires_at - after.grant.granted_at == timedelta(days=7)
    assert kinds(tx) == ["access requested", "access authorised"]


def test_nobody_authorises_their_own_request(tx: Transaction) -> None:
    staff.enrol(tx, Officer(ASKER, "SUP"), now=NOON)
    request = asked(tx)
    assert refusal(tx, lambda: authorised(tx, request, by=ASKER)) == "self_authorisation"


@pytest.mark.parametrize("mine", ["key_fingerprint", "factor_id"])
def test_another_number_with_the_requesters_key_or_factor_is_the_requester(
    tx: Transaction, mine: str
) -> None:
    request = asked(tx)
    borrowed = replace(proof(SUPERS[0]), **{mine: getattr(proof(ASKER), mine)})
    reason = refusal(tx, lambda: authorised(tx, request, proof=borrowed))
    assert reason == "self_authorisation"


def test_a_signer_without_a_second_factor_is_told_what_to_do(tx: Transaction) -> None:
    request = asked(tx)
    bare = replace(proof(SUPERS[0]), factor_id="")
    assert refusal(tx, lambda: authorised(tx, request, proof=bare)) == "factor_missing"


@pytest.fixture
def two_years_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A force that keeps reads for 24 months, so that there are data over 12 months old."""
    book = replace(loading.carried(), reads_s=730 * 86_400)
    monkeypatch.setattr(policies, "in_force", lambda _: book)


@pytest.mark.usefixtures("two_years_kept")
def test_over_twelve_months_a_superintendent_signs_and_an_inspector_does_not(
    tx: Transaction,
) -> None:
    request = asked(
        tx,
        scope=old_scope(days=430, until_days=410),
        capability="search_l3",
        authority="superintendent",
    )
    assert [one.officer.staff_id for one in eligible(tx, request, now=NOON)] == list(SUPERS)
    assert refusal(tx, lambda: authorised(tx, request, by=INSPECTOR)) == "not_for_role"
    assert authorised(tx, request).state is RequestState.AUTHORISED


def test_nobody_signs_for_what_the_force_no_longer_keeps(tx: Transaction) -> None:
    request = asked(tx, scope=old_scope(days=430, until_days=410), capability="search_l3")
    assert refusal(tx, lambda: authorised(tx, request)) == "beyond_retention"


def test_an_operator_may_not_sign(tx: Transaction) -> None:
    request = asked(tx)
    assert refusal(tx, lambda: authorised(tx, request, by=OPERATOR)) == "not_for_role"


def test_an_inspector_without_the_rank_may_not_sign(tx: Transaction) -> None:
    staff.enrol(tx, Officer("NS2009", "INS"), now=NOON, rank="sergeant")
    give_factor(tx, "NS2009")
    request = asked(tx)
    assert refusal(tx, lambda: authorised(tx, request, by="NS2009")) == "wrong_rank"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"code": "AAAAA"}, "code_differs"),
        ({"code": ""}, "code_differs"),
        ({"digest": "0" * 64}, "scope_digest_differs"),
        ({"reasons": Reasons("  ", JUST)}, "proportionality_missing"),
        ({"reasons": Reasons(WHY, "")}, "interest_of_justice_missing"),
        ({"proof": proof(SUPERS[0], now=NOON - timedelta(seconds=301))}, "reauthentication_stale"),
        ({"proof": proof(SUPERS[0], now=NOON + timedelta(seconds=5))}, "reauthentication_stale"),
        ({"proof": proof(SUPERS[1])}, "reauthentication_stale"),
    ],
)
def test_what_is_missing_or_another_is_refused_and_changes_nothing(
    tx: Transaction, changed: dict[str, object], reason: str
) -> None:
    request = asked(tx)
    assert refusal(tx, lambda: authorised(tx, request, **changed)) == reason
    assert rows.demand(tx, request.request_id, not_done="").request == request
    assert kinds(tx) == ["access requested"]


def test_the_code_may_be_typed_in_small_letters(tx: Transaction) -> None:
    request = asked(tx)
    after = authorised(tx, request, code=f" {request.code.lower()} ")
    assert after.state is RequestState.AUTHORISED


def test_one_who_confirmed_five_minutes_ago_may_still_sign(tx: Transaction) -> None:
    stale = proof(SUPERS[0], now=NOON - timedelta(seconds=300))
    assert authorised(tx, asked(tx), proof=stale).state is RequestState.AUTHORISED


def test_where_two_must_sign_two_different_people_do(tx: Transaction) -> None:
    request = asked(tx, authorisers=2)
    once = authorised(tx, request)
    assert (once.state, once.grant, len(once.signatures)) == (RequestState.PENDING, None, 1)
    assert refusal(tx, lambda: authorised(tx, once)) == "same_signer_twice"
    twice = authorised(tx, once, by=SUPERS[1])
    assert twice.state is RequestState.AUTHORISED
    assert [one.staff_id for one in twice.signatures] == list(SUPERS)


def test_one_refusal_ends_a_request_that_somebody_signed(tx: Transaction) -> None:
    request = authorised(tx, asked(tx, authorisers=2))
    after = requests.refuse(
        tx, request.request_id, by=SUPERS[1], why="Ask for the two nights", moment=at(60)
    )
    assert (after.state, after.why) == (RequestState.REFUSED, "Ask for the two nights")
    assert after.grant is None


@pytest.mark.parametrize("by", [AUDITOR, OPERATOR])
def test_only_who_may_sign_may_refuse(tx: Transaction, by: str) -> None:
    request = asked(tx)
    reason = refusal(
        tx,
        lambda: requests.refuse(tx, request.request_id, by=by, why="No, not this", moment=at()),
    )
    assert reason == "not_for_role"


@pytest.mark.parametrize("why", ["", "   ", "no"])
def test_a_refusal_needs_a_reason_that_can_go_back(tx: Transaction, why: str) -> None:
    request = asked(tx)
    reason = refusal(
        tx,
        lambda: requests.refuse(tx, request.request_id, by=SUPERS[0], why=why, moment=at()),
    )
    assert reason == "reason_missing"


def test_the_requester_withdraws_and_nobody_else_does(tx: Transaction) -> None:
    request = asked(tx)
    number = request.request_id
    by_other = partial(requests.withdraw, tx, number, by=SUPERS[0], moment=at())
    assert refusal(tx, by_other) == "not_own"
    assert requests.withdraw(tx, number, by=ASKER, moment=at()).state is RequestState.WITHDRAWN


@pytest.mark.parametrize("end", ["authorised", "refused", "withdrawn", "lapsed"])
def test_what_has_ended_is_frozen(tx: Transaction, end: str) -> None:
    request = asked(tx)
    number = request.request_id
    match end:
        case "authorised":
            authorised(tx, request)
        case "refused":
            requests.refuse(tx, number, by=SUPERS[0], why="Not needed", moment=at())
        case "withdrawn":
            requests.withdraw(tx, number, by=ASKER, moment=at())
        case "lapsed":
            sweep(tx, moment=at(3_600))
    before = rows.demand(tx, number, not_done="").request
    assert before.state.value == end
    for act in (
        lambda: authorised(tx, request, by=SUPERS[1]),
        lambda: requests.refuse(tx, number, by=SUPERS[1], why="Not needed", moment=at()),
        lambda: requests.withdraw(tx, number, by=ASKER, moment=at()),
    ):
        assert refusal(tx, act) == "request_ended"
    assert rows.demand(tx, number, not_done="").request == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE access_request SET state = 'pending', settled_us = NULL",
        "UPDATE access_request SET why = 'another'",
        "UPDATE access_request SET scope = '{}'",
        "UPDATE access_request SET digest = 'x'",
        "UPDATE access_grant SET expires_us = expires_us + 1",
        "UPDATE access_grant SET searches = searches + 1",
        "UPDATE access_grant SET used = searches + 1",
    ],
)
def test_no_statement_changes_what_is_frozen(tx: Transaction, statement: str) -> None:
    authorised(tx, asked(tx))
    with pytest.raises(sqlite3.IntegrityError):
        tx.execute(statement)


def test_silence_refuses_after_an_hour_by_either_clock(tx: Transaction) -> None:
    request = asked(tx)
    assert not anything_due(tx, moment=at(3_599))
    set_back = at(-86_400, ticks=3_600)
    assert anything_due(tx, moment=set_back)
    assert refusal(tx, lambda: authorised(tx, request, moment=at(3_600))) == "request_lapsed"
    (ended,) = sweep(tx, moment=at(3_600))
    assert ended.state is RequestState.LAPSED
    assert kinds(tx) == ["access requested", "access lapsed"]
    assert sweep(tx, moment=at(9_000)) == ()


def test_a_threshold_of_nobody_is_an_error_and_never_a_permit(tx: Transaction) -> None:
    for changed in ({"authorisers": 0}, {"authority": ""}):
        with pytest.raises(InputError):
            asked(tx, **changed)


def test_nothing_named_is_never_everything(tx: Transaction) -> None:
    nothing = replace(old_scope(), vrms=())
    with pytest.raises(InputError):
        asked(tx, scope=nothing)


def test_prompts_go_to_those_who_may_sign_and_to_nobody_else(tx: Transaction) -> None:
    request = asked(tx)
    names = [one.officer.staff_id for one in eligible(tx, request, now=NOON)]
    assert names == [*SUPERS, INSPECTOR]
    staff.enrol(tx, Officer(SUPERS[1], "SUP"), now=NOON, state=staff.StaffState.SUSPENDED)
    names = [one.officer.staff_id for one in eligible(tx, request, now=NOON)]
    assert names == [SUPERS[0], INSPECTOR]


def test_each_change_has_a_number_of_its_own(tx: Transaction) -> None:
    first, second = asked(tx), asked(tx)
    authorised(tx, first)
    changed = rows.since(tx, first.seq, limit=10)
    assert [one.request.request_id for one in changed] == [second.request_id, first.request_id]
    assert rows.newest_seq(tx) == changed[-1].request.seq


def test_a_request_that_is_not_there_is_refused(tx: Transaction) -> None:
    for number in ("R-9", "", "nonsense", "R-1; DROP TABLE staff"):
        act = partial(requests.withdraw, tx, number, by=ASKER, moment=at())
        assert refusal(tx, act) == "unknown_request"


def test_a_grant_revoked_is_over(tx: Transaction) -> None:
    after = authorised(tx, asked(tx))
    assert after.grant is not None
    revoked = grants.revoke(
        tx, after.grant.grant_id, by=SUPERS[0], why="Case closed", moment=at(60)
    )
    assert revoked.grant is not None
    assert (revoked.grant.state, revoked.grant.why) == (GrantState.REVOKED, "Case closed")
