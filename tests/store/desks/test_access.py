"""The access desk: who asks, who signs, who is told, and what stands on record of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from store.access import AccessRequest, GrantState, Reasons, RequestState
from store.errors import InputError, RefusedError
from store.governance.access.requests import Proof
from store.terms import Ground, MatchKind, Officer, Purpose, Scope
from tests.store.rig import INVESTIGATOR, NOON, OPERATOR, Rig, read

INSPECTOR = Officer("NS2050", "INS")
COLLEAGUE = Officer("NS2051", "INS")
GROUND = Ground(
    Purpose.POST_INCIDENT,
    "serious crime",
    "NS-2605-00817",
    "Seen leaving the scene; find its route in May",
)
SCOPE = Scope("TE57CAR", MatchKind.EXACT, NOON - timedelta(days=200), NOON - timedelta(days=180))


@pytest.fixture
def signers(rig: Rig) -> Rig:
    for officer in (INSPECTOR, COLLEAGUE):
        rig.enrol(officer)
    return rig


def proof(officer: Officer) -> Proof:
    return Proof(officer.staff_id, f"key of {officer.staff_id}", officer.staff_id, NOON)


REASONS = Reasons(proportionate="One vehicle, three weeks", justified="No other way to place it")


def asked(rig: Rig, *, scope: Scope = SCOPE, by: Officer = INVESTIGATOR) -> AccessRequest:
    return rig.desks.access.request(by, scope, GROUND, tools=(), now=NOON)


def signed(rig: Rig, request: AccessRequest, *, by: Officer = INSPECTOR) -> AccessRequest:
    return rig.desks.access.authorise(
        by,
        request_id=request.request_id,
        scope_digest=request.digest,
        code=request.code,
        reasons=REASONS,
        proof=proof(by),
        now=NOON,
    )


def test_a_search_that_needs_an_authority_can_be_asked_for(signers: Rig) -> None:
    request = asked(signers)
    assert (request.capability, request.authority, request.authorisers) == (
        "search_l2",
        "inspector",
        1,
    )
    assert request.scope.age_ceiling_s == 207 * 86_400
    record = signers.records()[-1]
    assert (record["kind"], record["by"]) == ("access requested", INVESTIGATOR.staff_id)
    assert record["about"]["digest"] == request.digest


def test_a_search_that_needs_nothing_more_is_not_asked_for(signers: Rig) -> None:
    lately = replace(SCOPE, since_at=NOON - timedelta(days=20), until_at=NOON)
    with pytest.raises(RefusedError) as refused:
        asked(signers, scope=lately)
    assert refused.value.reason == "needs_nothing"
    assert signers.kinds(by=INVESTIGATOR.staff_id)[-1] == "refused"


def test_what_no_authority_would_allow_is_not_asked_for(signers: Rig) -> None:
    with pytest.raises(RefusedError) as refused:
        asked(signers, by=OPERATOR)
    assert refused.value.reason == "not_grantable"


@pytest.mark.parametrize(
    "scope",
    [
        replace(SCOPE, vrm=""),
        replace(SCOPE, vrm="T*", kind=MatchKind.WILDCARD),
        replace(SCOPE, since_at=SCOPE.since_at.replace(tzinfo=None)),
    ],
)
def test_a_malformed_search_is_told_what_it_lacks(signers: Rig, scope: Scope) -> None:
    with pytest.raises(InputError):
        asked(signers, scope=scope)


def test_whoever_may_sign_sees_it_with_an_estimate_and_nobody_else_does(signers: Rig) -> None:
    signers.writer.record([read(n, age=timedelta(days=190, minutes=n)) for n in range(3)])
    request = asked(signers)
    (prompt,) = signers.desks.access.waiting(INSPECTOR, now=NOON)
    assert (prompt.request, prompt.estimate, prompt.earlier) == (request, 3, 0)
    assert (prompt.requester_role, prompt.cameras) == ("RES", 2)
    assert signers.desks.access.waiting(OPERATOR, now=NOON) == ()
    opened = signers.desks.access.open(INSPECTOR, request_id=request.request_id, now=NOON)
    assert opened == prompt
    own = signers.desks.access.open(INVESTIGATOR, request_id=request.request_id, now=NOON)
    assert own.estimate == 0
    with pytest.raises(RefusedError):
        signers.desks.access.open(OPERATOR, request_id=request.request_id, now=NOON)


def test_signing_gives_the_grant_and_both_are_on_record(signers: Rig) -> None:
    after = signed(signers, asked(signers))
    assert after.state is RequestState.AUTHORISED
    assert signers.kinds(by=INSPECTOR.staff_id) == ["access authorised"]
    (mine,) = signers.desks.access.mine(INVESTIGATOR, now=NOON)
    assert mine == after
    assert signers.desks.access.waiting(COLLEAGUE, now=NOON) == ()


def test_a_refusal_by_the_rule_book_is_on_record_and_changes_nothing(signers: Rig) -> None:
    request = asked(signers)
    with pytest.raises(RefusedError):
        signed(signers, request, by=OPERATOR)
    assert signers.kinds(by=OPERATOR.staff_id) == ["refused"]
    assert signers.desks.access.mine(INVESTIGATOR, now=NOON) == (request,)


def test_of_two_decisions_the_first_counts_and_the_other_is_told_whose(signers: Rig) -> None:
    request = asked(signers)
    desk = signers.desks.access
    desk.refuse(INSPECTOR, request_id=request.request_id, why="Ask for two nights", now=NOON)
    with pytest.raises(RefusedError, match=INSPECTOR.staff_id):
        signed(signers, request, by=COLLEAGUE)


def test_withdrawing_and_revoking_are_on_record(signers: Rig) -> None:
    desk = signers.desks.access
    desk.withdraw(INVESTIGATOR, request_id=asked(signers).request_id, now=NOON)
    granted = signed(signers, asked(signers)).grant
    assert granted is not None
    after = desk.revoke(INSPECTOR, grant_id=granted.grant_id, why="Case closed", now=NOON)
    assert after.grant is not None
    assert after.grant.state is GrantState.REVOKED
    assert signers.kinds(by=INSPECTOR.staff_id)[-1] == "grant revoked"
    assert "access withdrawn" in signers.kinds(by=INVESTIGATOR.staff_id)


def test_news_goes_to_signers_while_it_waits_and_to_nobody_after(signers: Rig) -> None:
    desk = signers.desks.access
    request = asked(signers)
    (news,) = desk.news_standing(NOON)
    assert news.signers == {INSPECTOR.staff_id, COLLEAGUE.staff_id}
    signed(signers, request)
    (settled,) = desk.news_since(news.seq, 10, NOON)
    assert (settled.signers, settled.prompt) == (frozenset(), None)
    assert settled.request.state is RequestState.AUTHORISED


def test_what_time_ends_is_ended_by_the_hub(signers: Rig) -> None:
    request = asked(signers)
    signers.desks.access.sweep(NOON + timedelta(seconds=3_599))
    assert signers.desks.access.mine(INVESTIGATOR, now=NOON) == (request,)
    signers.desks.access.sweep(NOON + timedelta(hours=1))
    (after,) = signers.desks.access.mine(INVESTIGATOR, now=NOON)
    assert after.state is RequestState.LAPSED
    assert signers.records()[-3]["by"] == "hub"


def found(rig: Rig, scope: Scope = SCOPE, *, by: Officer = INVESTIGATOR) -> int:
    return len(rig.desks.searches.search(by, scope, GROUND, now=NOON).rows)


def refused_search(rig: Rig, scope: Scope = SCOPE, *, by: Officer = INVESTIGATOR) -> str:
    with pytest.raises(RefusedError) as refused:
        rig.desks.searches.search(by, scope, GROUND, now=NOON)
    return refused.value.reason


def test_a_grant_opens_exactly_what_was_signed_and_each_use_is_on_record(signers: Rig) -> None:
    signers.writer.record([read(n, age=timedelta(days=190, minutes=n)) for n in range(3)])
    assert refused_search(signers) == "needs_grant"
    request = asked(signers)
    assert refused_search(signers) == "request_pending"
    signed(signers, request)
    assert found(signers) == 3
    asked_record, returned = signers.records()[-2:]
    assert [asked_record["kind"], returned["kind"]] == ["asked", "returned"]
    assert {asked_record["grant"], returned["grant"]} == {"G-0001"}
    wider = replace(SCOPE, since_at=SCOPE.since_at - timedelta(days=1))
    assert refused_search(signers, wider) == "grant_scope"
    assert refused_search(signers, replace(SCOPE, vrm="TE57CAT")) == "grant_scope"
    detail = signers.desks.searches.open_read(
        INVESTIGATOR, read_id=f"{1:032x}", ground=GROUND, now=NOON
    )
    assert detail.vrm == "TE57CAR"


def test_a_grant_is_used_up_by_searches_and_not_by_pages_or_openings(signers: Rig) -> None:
    signers.writer.record([read(n, age=timedelta(days=190, minutes=n)) for n in range(3)])
    signed(signers, asked(signers))
    one_a_page = replace(SCOPE, limit=1)
    for _ in range(20):
        page = signers.desks.searches.search(INVESTIGATOR, one_a_page, GROUND, now=NOON)
    after = replace(one_a_page, before=page.rows[-1].key)
    assert found(signers, after) == 1
    signers.desks.searches.open_read(INVESTIGATOR, read_id=f"{1:032x}", ground=GROUND, now=NOON)
    assert refused_search(signers) == "grant_exhausted"


def test_a_search_within_ones_own_limit_uses_no_grant(signers: Rig) -> None:
    signed(signers, asked(signers))
    lately = replace(SCOPE, since_at=NOON - timedelta(days=20), until_at=NOON)
    found(signers, lately)
    assert signers.records()[-1].get("grant", "") == ""
    (mine,) = signers.desks.access.mine(INVESTIGATOR, now=NOON)
    assert mine.grant is not None
    assert mine.grant.searches_used == 0


def test_a_revoked_grant_and_a_suspended_signer_open_nothing(signers: Rig) -> None:
    signed(signers, asked(signers))
    signers.enrol(INSPECTOR, "suspended")
    assert refused_search(signers) == "authoriser_not_on_register"
    signers.enrol(INSPECTOR)
    found(signers)
    signers.desks.access.revoke(COLLEAGUE, grant_id="G-0001", why="Case closed", now=NOON)
    assert refused_search(signers) == "grant_revoked"


def test_an_urgent_order_shows_rows_at_once_and_the_debt_stands(signers: Rig) -> None:
    duty = Officer("NS3300", "FDO")
    signers.enrol(duty)
    signers.writer.record([read(n, age=timedelta(days=190, minutes=n)) for n in range(3)])
    threat = replace(GROUND, category="threat to life")

    def search() -> int:
        rows = signers.desks.searches.search(OPERATOR, SCOPE, threat, now=NOON).rows
        return len(rows)

    with pytest.raises(RefusedError):
        search()
    request = signers.desks.urgent.order(
        OPERATOR,
        SCOPE,
        threat,
        urgent_ground="kidnap",
        ordered_by=duty.staff_id,
        log_ref="NS-20261122-0931",
        proof=proof(OPERATOR),
        now=NOON,
    )
    assert search() == 3
    assert signers.records()[-1]["grant"] == "G-0001"
    (prompt,) = signers.desks.access.waiting(INSPECTOR, now=NOON)
    assert prompt.request.order is not None
    signers.desks.access.refuse(
        INSPECTOR, request_id=request.request_id, why="No threat to anybody", now=NOON
    )
    with pytest.raises(RefusedError):
        search()
