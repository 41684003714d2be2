"""The auditor's desk: a sample that nobody steers, reviews, flags, and everybody's own record."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from store.audit.signing import Signer
from store.desks.audit import AuditDesk, open_audit
from store.errors import InputError, RefusedError, UnavailableError
from store.ledger import staff
from store.ledger.keeping import weeding
from store.ledger.oversight.reviews import Outcome
from store.ledger.rules import vehicles
from store.terms import Officer
from tests.store.rig import (
    COLLEAGUE,
    GROUND,
    INCIDENT,
    INVESTIGATOR,
    NOON,
    OPERATOR,
    Rig,
    answered,
    read,
    scope,
)

MONTH = "2026-11"
AUDITOR = Officer(staff_id="NS7002", role="AUD", name="Vale")
OTHER_AUDITOR = Officer(staff_id="NS7003", role="AUD")
DECEMBER = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def desk(rig: Rig) -> AuditDesk:
    """A desk at a hub where an investigator has searched 40 times in November."""
    rig.enrol(AUDITOR)
    rig.enrol(OTHER_AUDITOR)
    for number in range(40):
        searched(rig, f"TE{number:02}CAR", at=NOON + timedelta(minutes=number))
    return open_audit(rig.ledger)


def searched(rig: Rig, vrm: str, *, at: datetime, by: Officer = INVESTIGATOR) -> int:
    week = replace(scope(vrm), since_at=at - timedelta(days=7), until_at=at)
    return rig.desks.searches.search(by, week, GROUND, now=at).asked_seq


def signed(rig: Rig, *, at: datetime = DECEMBER) -> None:
    Signer(rig.state, key=Ed25519PrivateKey.generate()).sign(now=at)


def test_the_sample_is_drawn_from_the_first_checkpoint_after_the_month(
    rig: Rig, desk: AuditDesk
) -> None:
    key = Ed25519PrivateKey.generate()
    Signer(rig.state, key=key).sign(now=NOON + timedelta(days=1))
    searched(rig, "TX24DEM", at=NOON + timedelta(days=2))
    first = Signer(rig.state, key=key).sign(now=DECEMBER)
    assert first is not None
    sample = desk.sample(AUDITOR, month=MONTH, now=DECEMBER)
    searched(rig, "TX24DEM", at=DECEMBER)
    Signer(rig.state, key=key).sign(now=DECEMBER + timedelta(days=1))
    again = desk.sample(OTHER_AUDITOR, month=MONTH, now=DECEMBER + timedelta(days=9))
    assert sample.checkpoint == first.tip.hex() == again.checkpoint
    assert sample.rows == again.rows
    assert sample.drawn_at == DECEMBER
    assert len(sample.rows) >= 5, "five of each officer a month, and 5 % of all"
    assert {row.look.by for row in sample.rows} == {INVESTIGATOR.staff_id}
    assert {row.found for row in sample.rows} == {0}


def test_no_mark_is_in_the_sample_before_its_search_is_opened(rig: Rig, desk: AuditDesk) -> None:
    signed(rig)
    sample = desk.sample(AUDITOR, month=MONTH, now=DECEMBER)
    assert "CAR" not in repr(sample)
    opened = desk.open(AUDITOR, month=MONTH, seq=sample.rows[0].look.seq, now=DECEMBER)
    assert opened.vrm.endswith("CAR")
    newest = rig.records()[-1]
    assert (newest["by"], newest["kind"], newest["seq"]) == (
        AUDITOR.staff_id,
        "returned",
        opened.audit_seq,
    )


def test_what_was_not_drawn_is_neither_opened_nor_reviewed(rig: Rig, desk: AuditDesk) -> None:
    signed(rig)
    drawn = {row.look.seq for row in desk.sample(AUDITOR, month=MONTH, now=DECEMBER).rows}
    other = next(
        record["seq"]
        for record in rig.records()
        if record["kind"] == "asked" and record["seq"] not in drawn
    )
    with pytest.raises(RefusedError, match="drawn, not chosen"):
        desk.open(AUDITOR, month=MONTH, seq=other, now=DECEMBER)
    with pytest.raises(RefusedError, match="drawn, not chosen"):
        desk.review(AUDITOR, month=MONTH, seq=other, outcome=Outcome.FAIR, now=DECEMBER)


def test_a_month_that_has_not_ended_or_was_never_signed_is_not_drawn(
    rig: Rig, desk: AuditDesk
) -> None:
    with pytest.raises(RefusedError, match="not ended"):
        desk.sample(AUDITOR, month=MONTH, now=NOON)
    signed(rig, at=NOON)
    with pytest.raises(UnavailableError, match="anpr audit checkpoint"):
        desk.sample(AUDITOR, month=MONTH, now=DECEMBER)


@pytest.mark.parametrize("month", ["", "2026", "2026-13", "11-2026", "2026-11-01", "1999-01"])
def test_what_is_no_month_is_refused(desk: AuditDesk, month: str) -> None:
    with pytest.raises(InputError):
        desk.sample(AUDITOR, month=month, now=DECEMBER)


@pytest.mark.parametrize("role", ["OP", "RES", "AM", "INS", "SUP", "ADM", "SL", "DPO"])
def test_nobody_but_the_auditor_reviews(rig: Rig, desk: AuditDesk, role: str) -> None:
    signed(rig)
    officer = Officer(staff_id="NS9001", role=role)
    rig.enrol(officer)
    (seq, *_) = [row.look.seq for row in desk.sample(AUDITOR, month=MONTH, now=DECEMBER).rows]
    with pytest.raises(RefusedError):
        desk.review(officer, month=MONTH, seq=seq, outcome=Outcome.FAIR, now=DECEMBER)
    if role not in {"SL", "DPO"}:
        with pytest.raises(RefusedError):
            desk.sample(officer, month=MONTH, now=DECEMBER)


def test_a_review_stands_in_the_sample_and_in_the_chain(rig: Rig, desk: AuditDesk) -> None:
    signed(rig)
    first, second, *_ = desk.sample(AUDITOR, month=MONTH, now=DECEMBER).rows
    desk.review(AUDITOR, month=MONTH, seq=first.look.seq, outcome=Outcome.FAIR, now=DECEMBER)
    desk.review(
        AUDITOR,
        month=MONTH,
        seq=second.look.seq,
        outcome=Outcome.ASKED,
        note="Who named the vehicle?",
        now=DECEMBER,
    )
    sample = desk.sample(AUDITOR, month=MONTH, now=DECEMBER)
    assert sample.done == 1
    by_seq = {row.look.seq: row.review for row in sample.rows}
    assert [one.outcome for one in by_seq.values() if one] == [Outcome.FAIR, Outcome.ASKED]
    own = desk.own(INVESTIGATOR, now=DECEMBER)
    assert [one.seq for one in own.questions] == [second.look.seq]
    desk.answer(INVESTIGATOR, seq=second.look.seq, words="The witness of 19 Nov", now=DECEMBER)
    assert desk.own(INVESTIGATOR, now=DECEMBER).questions == ()


def test_everybody_finds_their_own_record_and_nobody_elses(rig: Rig, desk: AuditDesk) -> None:
    own = desk.own(INVESTIGATOR, now=DECEMBER)
    assert own.records
    assert {body["by"] for _, body in own.records} == {INVESTIGATOR.staff_id}
    theirs = desk.own(OPERATOR, now=DECEMBER)
    assert {body["by"] for _, body in theirs.records} == {OPERATOR.staff_id}
    older = desk.own(INVESTIGATOR, before=own.records[-1][0], now=DECEMBER)
    assert all(seq < own.records[-1][0] for seq, _ in older.records)


def test_forty_marks_on_one_reference_are_flagged_without_naming_them(
    rig: Rig, desk: AuditDesk
) -> None:
    (flag,) = desk.flags(AUDITOR, month=MONTH, now=DECEMBER)
    assert (flag.kind, flag.by, flag.count) == ("one reference", INVESTIGATOR.staff_id, 40)
    assert "CAR" not in repr(flag)
    signed(rig)
    sample = desk.sample(AUDITOR, month=MONTH, now=DECEMBER)
    assert all(row.flags == ("one reference",) for row in sample.rows)


def sent(rig: Rig, number: int, *, vrm: str) -> str:
    """A colleague sends a unit to an alarm; gives the number of the alarm."""
    alarm_id = rig.raised(read(number, vrm=vrm)).alarm_id
    answered(rig.desks, alarm_id, by=COLLEAGUE)
    return alarm_id


def test_deployments_are_drawn_opened_with_their_mark_and_reviewed(
    rig: Rig, desk: AuditDesk
) -> None:
    alarm_id = sent(rig, 1, vrm="TX24DEM")
    signed(rig)
    sample = desk.sample(AUDITOR, month=MONTH, now=DECEMBER)
    (row,) = [row for row in sample.rows if row.look.by == COLLEAGUE.staff_id]
    assert (row.look.what, row.look.alarm_id, row.why) == ("deployment", alarm_id, "deployment")
    assert (row.look.reference, row.look.reason) == (INCIDENT.reference, INCIDENT.reason)
    assert "TX24DEM" not in repr(sample)
    assert desk.open(AUDITOR, month=MONTH, seq=row.look.seq, now=DECEMBER).vrm == "TX24DEM"
    desk.review(AUDITOR, month=MONTH, seq=row.look.seq, outcome=Outcome.FAIR, now=DECEMBER)
    assert desk.sample(AUDITOR, month=MONTH, now=DECEMBER).done == 1


def test_an_alarm_that_lost_its_vehicle_is_opened_without_a_mark(rig: Rig, desk: AuditDesk) -> None:
    sent(rig, 1, vrm="TX24DEM")
    with rig.ledger.transaction() as tx:
        weeding.weed(tx, before=NOON.date() + timedelta(days=1))
    signed(rig)
    sample = desk.sample(AUDITOR, month=MONTH, now=DECEMBER)
    (seq,) = [row.look.seq for row in sample.rows if row.look.what == "deployment"]
    assert desk.open(AUDITOR, month=MONTH, seq=seq, now=DECEMBER).vrm == ""


def test_one_reference_for_units_to_many_vehicles_is_flagged(rig: Rig, desk: AuditDesk) -> None:
    for number in range(11):
        sent(rig, number, vrm=f"AB{number:02}CDE")
    by_officer = {flag.by: flag for flag in desk.flags(AUDITOR, month=MONTH, now=DECEMBER)}
    flag = by_officer[COLLEAGUE.staff_id]
    assert (flag.kind, flag.count, len(flag.seqs)) == ("one reference", 11, 11)


def test_a_unit_sent_to_a_colleagues_vehicle_is_flagged(rig: Rig, desk: AuditDesk) -> None:
    with rig.ledger.transaction() as tx:
        vehicles.keep(tx, OPERATOR.staff_id, "TX24DEM", relation="own", by="NS0001", now=NOON)
    sent(rig, 1, vrm="TX24DEM")
    kinds = [one.kind for one in desk.flags(AUDITOR, month=MONTH, now=DECEMBER)]
    assert kinds == ["colleague's vehicle", "one reference"]


def test_figures_count_the_month(rig: Rig, desk: AuditDesk) -> None:
    made = desk.figures(AUDITOR, month=MONTH, now=DECEMBER)
    assert (made.searches, made.exports) == (40, 0)
    assert sum(made.by_purpose.values()) == 40
    assert made.by_age == {"up to 90 days": 40}


def test_the_audits_are_audited(rig: Rig, desk: AuditDesk) -> None:
    signed(rig)
    before = len(rig.records())
    desk.sample(AUDITOR, month=MONTH, now=DECEMBER)
    desk.flags(AUDITOR, month=MONTH, now=DECEMBER)
    acts = [record["about"]["what"] for record in rig.records()[before:]]
    assert acts == ["sample", "sample", "flags", "flags"]


def test_an_auditor_who_is_also_an_operator_audits_nothing(rig: Rig, desk: AuditDesk) -> None:
    with rig.ledger.transaction() as tx:
        staff.enrol(tx, AUDITOR, now=NOON, also_holds="OP")
    with pytest.raises(RefusedError) as refused:
        desk.flags(AUDITOR, month=MONTH, now=DECEMBER)
    assert refused.value.reason == "separation_of_duties"
