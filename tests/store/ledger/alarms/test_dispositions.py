"""Officers answer alarms: one holds it, one answer stands, each is audited."""

from datetime import timedelta

import pytest

from store.errors import RefusedError
from store.ledger import audit
from store.ledger.alarms import board, dispositions, raising
from store.ledger.ledger import Ledger
from store.terms import Alarm, AlarmState, Certainty, Decision, Disposition, Ground
from tests.store.examples import NOW, a_read, an_entry
from tests.store.rig import INCIDENT


@pytest.fixture
def alarm(ledger: Ledger) -> Alarm:
    with ledger.transaction() as tx:
        return raising.raise_or_repeat(
            tx, a_read("r1"), entry=an_entry(), certainty=Certainty.EXACT, now=NOW
        )


def acknowledge(ledger: Ledger, alarm: Alarm, *, staff_id: str = "NS4021") -> Alarm:
    with ledger.transaction() as tx:
        return dispositions.acknowledge(tx, alarm.alarm_id, staff_id=staff_id, now=NOW)


def take_back(
    ledger: Ledger, alarm: Alarm, *, staff_id: str = "NS4021", after_s: float = 1
) -> Alarm:
    with ledger.transaction() as tx:
        return dispositions.unacknowledge(
            tx, alarm.alarm_id, staff_id=staff_id, now=NOW + timedelta(seconds=after_s)
        )


def decide(
    ledger: Ledger,
    alarm: Alarm,
    *,
    decision: Decision = Decision.DEPLOYED,
    why: str = "",
    staff_id: str = "NS4021",
    ground: Ground | None = INCIDENT,
) -> Alarm:
    disposition = Disposition(decision, "ARV07", "NS-20261117-0931", why, staff_id, NOW, ground)
    with ledger.transaction() as tx:
        return dispositions.decide(tx, alarm.alarm_id, disposition=disposition)


def newest_body(ledger: Ledger) -> dict[str, object]:
    with ledger.reading() as db:
        body = audit.body_of(audit.tail(db, count=1)[0])
    assert body is not None
    return body


def test_acknowledging_names_the_officer_and_is_audited(ledger: Ledger, alarm: Alarm) -> None:
    taken = acknowledge(ledger, alarm)
    assert (taken.state, taken.acknowledged_by) == (AlarmState.ACKNOWLEDGED, "NS4021")
    assert taken.acknowledged_at == NOW
    assert taken.seq > alarm.seq
    body = newest_body(ledger)
    assert (body["kind"], body["by"]) == ("alarm acknowledged", "NS4021")
    assert body["about"] == {"alarm_id": alarm.alarm_id}


def test_acknowledging_twice_changes_nothing(ledger: Ledger, alarm: Alarm) -> None:
    assert acknowledge(ledger, alarm) == acknowledge(ledger, alarm)


def test_an_alarm_another_officer_has_is_not_acknowledged(ledger: Ledger, alarm: Alarm) -> None:
    acknowledge(ledger, alarm)
    with pytest.raises(RefusedError) as refusal:
        acknowledge(ledger, alarm, staff_id="NS4033")
    assert refusal.value.reason == "already_acknowledged"
    assert "NS4021" in str(refusal.value)


@pytest.mark.parametrize("after_s", [0, 10])
def test_an_acknowledgement_can_be_taken_back_for_ten_seconds(
    ledger: Ledger, alarm: Alarm, after_s: float
) -> None:
    acknowledge(ledger, alarm)
    back = take_back(ledger, alarm, after_s=after_s)
    assert (back.state, back.acknowledged_by, back.acknowledged_at) == (AlarmState.NEW, "", None)
    assert newest_body(ledger)["kind"] == "acknowledgement taken back"


@pytest.mark.parametrize(
    ("staff_id", "after_s", "reason"),
    [("NS4021", 10.1, "too_late"), ("NS4021", -1, "too_late"), ("NS4033", 1, "not_yours")],
)
def test_it_is_not_taken_back_too_late_or_by_another(
    ledger: Ledger, alarm: Alarm, staff_id: str, after_s: float, reason: str
) -> None:
    acknowledge(ledger, alarm)
    with pytest.raises(RefusedError) as refusal:
        take_back(ledger, alarm, staff_id=staff_id, after_s=after_s)
    assert refusal.value.reason == reason


def test_a_new_alarm_has_no_acknowledgement_to_take_back(ledger: Ledger, alarm: Alarm) -> None:
    with pytest.raises(RefusedError) as refusal:
        take_back(ledger, alarm)
    assert refusal.value.reason == "not_yours"


def test_a_disposition_ends_the_alarm_and_says_everything(ledger: Ledger, alarm: Alarm) -> None:
    ended = decide(ledger, alarm)
    assert ended.state is AlarmState.ACTIONED
    assert ended.disposition == Disposition(
        Decision.DEPLOYED, "ARV07", "NS-20261117-0931", "", "NS4021", NOW, INCIDENT
    )
    body = newest_body(ledger)
    assert (body["kind"], body["by"]) == ("alarm decided", "NS4021")
    assert body["about"] == {
        "alarm_id": alarm.alarm_id,
        "decision": "deployed",
        "resource": "ARV07",
        "log_ref": "NS-20261117-0931",
        "why": "",
        "ground": {
            "purpose": "prevent_detect_crime",
            "category": "operational_response",
            "reference": INCIDENT.reference,
            "reason": INCIDENT.reason,
        },
    }


@pytest.mark.parametrize("decision", [Decision.DEPLOYED, Decision.PASSED_ON])
def test_no_unit_is_sent_on_no_ground(ledger: Ledger, alarm: Alarm, decision: Decision) -> None:
    # S-1: a deployment without a purpose is refused
    with pytest.raises(RefusedError) as refusal:
        decide(ledger, alarm, decision=decision, ground=None)
    assert refusal.value.reason == "ground_missing"
    with ledger.reading() as db:
        assert board.by_id(db, alarm.alarm_id) == alarm
    assert decide(ledger, alarm, decision=decision).state is AlarmState.ACTIONED


@pytest.mark.parametrize(
    "decision", [one for one in Decision if one not in (Decision.DEPLOYED, Decision.PASSED_ON)]
)
def test_an_answer_that_sends_nobody_needs_no_ground(
    ledger: Ledger, alarm: Alarm, decision: Decision
) -> None:
    ended = decide(ledger, alarm, decision=decision, why="No unit within 20 miles", ground=None)
    assert ended.disposition is not None
    assert ended.disposition.ground is None
    assert "ground" not in str(newest_body(ledger))


@pytest.mark.parametrize("why", ["", "   "])
def test_not_deployed_demands_a_reason(ledger: Ledger, alarm: Alarm, why: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        decide(ledger, alarm, decision=Decision.NOT_DEPLOYED, why=why)
    assert refusal.value.reason == "why_missing"
    ended = decide(ledger, alarm, decision=Decision.NOT_DEPLOYED, why="No unit within 20 miles")
    assert ended.state is AlarmState.ACTIONED


def test_an_answer_is_final(ledger: Ledger, alarm: Alarm) -> None:
    ended = decide(ledger, alarm)
    for act in (acknowledge, take_back, decide):
        with pytest.raises(RefusedError) as refusal:
            act(ledger, alarm, staff_id="NS4033")
        assert refusal.value.reason == "already_answered"
    with ledger.reading() as db:
        assert board.by_id(db, alarm.alarm_id) == ended


def test_what_is_refused_leaves_no_trace_in_the_alarm(ledger: Ledger, alarm: Alarm) -> None:
    taken = acknowledge(ledger, alarm)
    with pytest.raises(RefusedError):
        acknowledge(ledger, alarm, staff_id="NS4033")
    with ledger.reading() as db:
        assert board.by_id(db, alarm.alarm_id) == taken


def test_an_alarm_that_is_not_there_cannot_be_answered(ledger: Ledger) -> None:
    with pytest.raises(RefusedError) as refusal, ledger.transaction() as tx:
        dispositions.acknowledge(tx, "A-7", staff_id="NS4021", now=NOW)
    assert refusal.value.reason == "unknown_alarm"
