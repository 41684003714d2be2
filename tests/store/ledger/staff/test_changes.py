"""One proposes, another signs: no way round it, whatever one person does and in what order."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.errors import InputError, RefusedError, StoreError
from store.ledger import audit, staff
from store.ledger.ledger import Ledger, Transaction
from store.ledger.staff import changes, factors, standing
from store.ledger.staff.changes import ChangeKind, propose, refuse, sign
from store.ledger.staff.register import Member, RoleState, StaffState
from tests.store.ledger.staff.people import (
    LEAD,
    MANAGER,
    NOW,
    found,
    joined,
    public_key,
    quick,
)

OPERATOR = "NS4021"
WANTED: dict[ChangeKind, dict[str, Any]] = {
    ChangeKind.ENROL: {"role": "OP", "name": "Reed"},
    ChangeKind.ROLE: {"role": "RES", "rank": "sergeant"},
    ChangeKind.REINSTATE: {},
    ChangeKind.CREDENTIALS: {},
    ChangeKind.POST: {"post": "force_duty_officer", "held": True},
    ChangeKind.FOUND: {},
}


@pytest.fixture
def founded(ledger: Ledger) -> Ledger:
    found(ledger)
    return ledger


def line(ledger: Ledger, staff_id: str) -> Member:
    with ledger.reading() as db:
        member = staff.by_id(db, staff_id)
    assert member is not None
    return member


def proposed(ledger: Ledger, kind: ChangeKind, staff_id: str, *, by: str = MANAGER) -> int:
    with ledger.transaction() as tx:
        wanted = WANTED[kind]
        return propose(tx, kind, staff_id=staff_id, wanted=wanted, by=by, now=NOW).change_no


def signed(ledger: Ledger, change_no: int, *, by: str = LEAD) -> str:
    with ledger.transaction() as tx:
        return sign(tx, change_no, by=by, why="needed on shift B", now=NOW)


def test_nobody_is_on_the_register_before_the_signature(founded: Ledger) -> None:
    number = proposed(founded, ChangeKind.ENROL, OPERATOR)
    with founded.reading() as db:
        assert staff.by_id(db, OPERATOR) is None
        assert [one.staff_id for one in changes.pending(db)] == [OPERATOR]
    word = signed(founded, number)
    assert line(founded, OPERATOR).officer.role == "OP"
    assert len(word) == 19
    with founded.reading() as db:
        assert changes.pending(db) == ()
        assert changes.change(db, number).settled_by == LEAD


def test_the_word_makes_credentials_once_for_its_person_within_a_week(founded: Ledger) -> None:
    word = signed(founded, proposed(founded, ChangeKind.ENROL, OPERATOR))
    other = signed(founded, proposed(founded, ChangeKind.ENROL, "NS4022"))

    def take(given_word: str, *, days: int = 0) -> None:
        with founded.transaction() as tx:
            factors.credentials_for(
                tx,
                OPERATOR,
                word=given_word,
                credentials=quick(OPERATOR),
                key=public_key(),
                now=NOW + timedelta(days=days),
            )

    for wrong, days in (("", 0), ("AAAA-AAAA-AAAA-AAAA", 0), (other, 0), (word, 8), (word, -1)):
        with pytest.raises(RefusedError, match="word"):
            take(wrong, days=days)
    take(word.lower().replace("-", " "))
    assert line(founded, OPERATOR).second_factor
    with pytest.raises(RefusedError, match="used"):
        take(word)


def test_no_word_lies_legible_in_the_ledger(founded: Ledger) -> None:
    word = signed(founded, proposed(founded, ChangeKind.ENROL, OPERATOR))
    founded.checkpoint()
    assert word.encode() not in founded.path.read_bytes()


def test_a_change_of_role_suspends_until_another_has_signed_it(founded: Ledger) -> None:
    joined(founded, OPERATOR, "OP")
    number = proposed(founded, ChangeKind.ROLE, OPERATOR)
    waiting = line(founded, OPERATOR)
    assert (waiting.officer.role, waiting.role_state) == ("OP", RoleState.CHANGED_UNREVIEWED)
    signed(founded, number)
    moved = line(founded, OPERATOR)
    assert (moved.officer.role, moved.rank) == ("RES", "sergeant")
    assert moved.role_state is RoleState.REVIEWED


def test_a_change_of_role_that_is_refused_leaves_the_old_one_reviewed(founded: Ledger) -> None:
    joined(founded, OPERATOR, "OP")
    number = proposed(founded, ChangeKind.ROLE, OPERATOR)
    with founded.transaction() as tx:
        refuse(tx, number, by=LEAD, why="no post is free", now=NOW)
    kept = line(founded, OPERATOR)
    assert (kept.officer.role, kept.role_state) == ("OP", RoleState.REVIEWED)
    with pytest.raises(RefusedError, match="already"):
        signed(founded, number)


def test_a_suspended_person_comes_back_with_two_signatures_only(founded: Ledger) -> None:
    joined(founded, OPERATOR, "OP")
    with founded.transaction() as tx:
        standing.set_state(tx, OPERATOR, StaffState.SUSPENDED, by=MANAGER, why="x", now=NOW)
    assert line(founded, OPERATOR).state is StaffState.SUSPENDED
    number = proposed(founded, ChangeKind.REINSTATE, OPERATOR)
    with pytest.raises(RefusedError, match="themselves"):
        signed(founded, number, by=MANAGER)
    signed(founded, number)
    assert line(founded, OPERATOR).state is StaffState.ACTIVE


def test_who_left_has_neither_key_nor_factor_nor_post_and_may_be_enrolled_again(
    founded: Ledger,
) -> None:
    joined(founded, OPERATOR, "FDO")
    signed(founded, proposed(founded, ChangeKind.POST, OPERATOR))
    assert line(founded, OPERATOR).posts == {"force_duty_officer"}
    with founded.transaction() as tx:
        standing.set_state(tx, OPERATOR, StaffState.LEFT, by=MANAGER, why="retired", now=NOW)
    gone = line(founded, OPERATOR)
    assert (gone.key_fingerprint, gone.second_factor, gone.posts) == ("", "", frozenset())
    signed(founded, proposed(founded, ChangeKind.ENROL, OPERATOR))
    assert line(founded, OPERATOR).state is StaffState.ACTIVE


def test_the_last_who_proposes_and_the_last_who_signs_stay(founded: Ledger) -> None:
    for staff_id, by in ((MANAGER, LEAD), (LEAD, MANAGER)):
        with pytest.raises(RefusedError, match="last"), founded.transaction() as tx:
            standing.set_state(tx, staff_id, StaffState.SUSPENDED, by=by, why="x", now=NOW)
        with pytest.raises(RefusedError, match="last"):
            proposed(founded, ChangeKind.ROLE, staff_id, by=by)
    joined(founded, "NS2002", "SL")
    with founded.transaction() as tx:
        standing.set_state(tx, LEAD, StaffState.SUSPENDED, by=MANAGER, why="x", now=NOW)
    assert line(founded, LEAD).state is StaffState.SUSPENDED


@pytest.mark.parametrize(
    ("kind", "staff_id", "wanted"),
    [
        (ChangeKind.ENROL, OPERATOR, {"role": "KING"}),
        (ChangeKind.ENROL, OPERATOR, {"role": ""}),
        (ChangeKind.ENROL, "4021", {"role": "OP"}),
        (ChangeKind.ENROL, OPERATOR, {"role": "OP", "rank": "admiral"}),
        (ChangeKind.ENROL, OPERATOR, {"role": "OP", "also_holds": "KING"}),
        (ChangeKind.ENROL, OPERATOR, {"role": "OP", "training_until_at": "tomorrow"}),
        (ChangeKind.ENROL, OPERATOR, {"role": "OP", "training_until_at": "2027-01-01"}),
        (ChangeKind.ENROL, MANAGER, {"role": "OP"}),
        (ChangeKind.ROLE, OPERATOR, {"role": "RES"}),
        (ChangeKind.POST, LEAD, {"post": "Chief; DROP", "held": True}),
        (ChangeKind.FOUND, OPERATOR, {}),
    ],
)
def test_what_makes_no_line_is_not_proposed(
    founded: Ledger, kind: ChangeKind, staff_id: str, wanted: dict[str, Any]
) -> None:
    with pytest.raises((InputError, RefusedError)), founded.transaction() as tx:
        propose(tx, kind, staff_id=staff_id, wanted=wanted, by="NS3002", now=NOW)
    with founded.reading() as db:
        assert changes.pending(db) == ()


def test_the_same_is_proposed_once_at_a_time(founded: Ledger) -> None:
    proposed(founded, ChangeKind.ENROL, OPERATOR)
    with pytest.raises(RefusedError, match="waits"):
        proposed(founded, ChangeKind.ENROL, OPERATOR)


def test_training_is_recorded_by_another_and_no_longer_than_a_course_counts(
    founded: Ledger,
) -> None:
    joined(founded, OPERATOR, "OP")
    until_at = NOW + timedelta(days=700)
    with founded.transaction() as tx:
        standing.train(tx, OPERATOR, until_at=until_at, by=MANAGER, now=NOW)
    assert line(founded, OPERATOR).training_until_at == until_at
    with founded.transaction() as tx:
        with pytest.raises(RefusedError, match="themselves"):
            standing.train(tx, MANAGER, until_at=until_at, by=MANAGER, now=NOW)
        with pytest.raises(RefusedError, match="24 months"):
            standing.train(tx, OPERATOR, until_at=NOW + timedelta(days=800), by=MANAGER, now=NOW)


def test_reviews_and_training_that_end_soon_are_said(founded: Ledger) -> None:
    with founded.reading() as db:
        assert standing.due(db, now=NOW) == ()
        ended = standing.due(db, now=NOW + timedelta(days=340))
    assert f"{MANAGER}: training ended on 18 Sep 2027" in ended
    assert f"{LEAD}: review ends on 22 Nov 2027" in ended
    with founded.transaction() as tx:
        standing.review(tx, LEAD, by=MANAGER, why="x", now=NOW + timedelta(days=340))
        with pytest.raises(RefusedError, match="themselves"):
            standing.review(tx, LEAD, by=LEAD, why="x", now=NOW)
    assert line(founded, LEAD).review_due_at == NOW + timedelta(days=705)


TARGETS = st.sampled_from([MANAGER, LEAD, OPERATOR, "NS4022", "NS9999"])
ACTS = st.one_of(
    st.tuples(st.just("propose"), st.sampled_from(list(ChangeKind)), TARGETS),
    st.tuples(st.just("sign"), st.integers(1, 12), TARGETS),
    st.tuples(st.just("refuse"), st.integers(1, 12), TARGETS),
    st.tuples(st.just("suspend"), st.sampled_from(list(StaffState)), TARGETS),
    st.tuples(st.just("train"), st.none(), TARGETS),
    st.tuples(st.just("review"), st.none(), TARGETS),
    st.tuples(st.just("unlock"), st.none(), TARGETS),
    st.tuples(st.just("credentials"), st.text(max_size=20), TARGETS),
)


def done_by(tx: Transaction, act: tuple[str, Any, str], *, by: str) -> None:
    name, detail, staff_id = act
    match name:
        case "propose":
            propose(tx, detail, staff_id=staff_id, wanted=WANTED[detail], by=by, now=NOW)
        case "sign":
            sign(tx, detail, by=by, why="why not", now=NOW)
        case "refuse":
            refuse(tx, detail, by=by, why="why not", now=NOW)
        case "suspend":
            standing.set_state(tx, staff_id, detail, by=by, why="why not", now=NOW)
        case "train":
            until_at = NOW + timedelta(days=400)
            standing.train(tx, staff_id, until_at=until_at, by=by, now=NOW)
        case "review":
            standing.review(tx, staff_id, by=by, why="why not", now=NOW)
        case "unlock":
            factors.unlock(tx, staff_id, by=by, now=NOW)
        case "credentials":
            credentials, key = quick(staff_id), public_key()
            factors.credentials_for(
                tx, staff_id, word=detail, credentials=credentials, key=key, now=NOW
            )


def powers(ledger: Ledger) -> dict[str, Member]:
    """Who may act at all, and as what; dates of training and review are no powers."""
    with ledger.reading() as db:
        return {
            one.officer.staff_id: replace(one, training_until_at=None, review_due_at=None)
            for one in staff.every(db)
            if one.state is StaffState.ACTIVE and one.role_state is RoleState.REVIEWED
        }


@given(by=st.sampled_from([MANAGER, LEAD, OPERATOR]), acts=st.lists(ACTS, max_size=40))
@settings(max_examples=60, deadline=None)
def test_whatever_one_person_does_nobody_gains_by_it_and_least_themselves(
    by: str, acts: list[tuple[str, Any, str]]
) -> None:
    with TemporaryDirectory() as folder:
        ledger = Ledger.open(Path(folder) / "ledger.db")
        found(ledger)
        joined(ledger, OPERATOR, "OP")
        with ledger.reading() as db:
            own = staff.by_id(db, by)
        before = powers(ledger)
        for act in acts:
            try:
                with ledger.transaction() as tx:
                    done_by(tx, act, by=by)
            except StoreError:
                continue
        after = powers(ledger)
        assert all(before.get(staff_id) == line for staff_id, line in after.items())
        with ledger.reading() as db:
            assert staff.by_id(db, by) == own
        ledger.close()


@given(acts=st.lists(st.tuples(st.sampled_from([MANAGER, LEAD, "NS2002"]), ACTS), max_size=60))
@settings(max_examples=60, deadline=None)
def test_whoever_acts_in_whatever_order_two_stand_behind_every_change_and_neither_is_its_subject(
    acts: list[tuple[str, tuple[str, Any, str]]],
) -> None:
    with TemporaryDirectory() as folder:
        ledger = Ledger.open(Path(folder) / "ledger.db")
        found(ledger)
        joined(ledger, "NS2002", "SL")
        for by, act in acts:
            try:
                with ledger.transaction() as tx:
                    done_by(tx, act, by=by)
            except StoreError:
                continue
        with ledger.reading() as db:
            chain = [audit.body_of(one) or {} for one in audit.read(db, first=1, count=10_000)]
            names = {one.officer.staff_id for one in staff.every(db)}
        ledger.close()
    founders = {one["about"]["staff_id"] for one in chain if one["kind"] == "staff founded"}
    behind = [one for one in chain if one["kind"] == "staff change signed"]
    for one in behind:
        about = one["about"]
        assert len({one["by"], about["proposed_by"], about["staff_id"]}) == 3
    enrolled = {one["about"]["staff_id"] for one in behind if one["about"]["kind"] == "enrol"}
    assert names == founders | enrolled
