"""The alarm desk: nothing hides a High, one officer has an alarm, each act is on record."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from store.desks.lists import open_lists
from store.errors import RefusedError
from store.ledger.alarms.raising import raise_or_repeat
from store.ledger.rules import vehicles
from store.purposes import kept
from store.terms import Alarm, AlarmState, Certainty, Decision, Ground, Officer, Priority, Purpose
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
)


def test_the_board_shows_what_stands_and_where_to_follow_from(rig: Rig) -> None:
    rig.raised(read(1))
    newest = rig.raised(read(2, vrm="TX24DEM"), priority=Priority.MEDIUM)
    board = rig.desks.alarms.alarms(OPERATOR, limit=200, now=NOON)
    assert {alarm.vrm for alarm in board.alarms} == {"TE57CAR", "TX24DEM"}
    assert (board.high_new, board.rate_per_10min, board.seq) == (1, 2, newest.seq)


def test_no_limit_hides_an_unanswered_high(rig: Rig) -> None:
    for number, vrm in enumerate(("TE57CAR", "JE26TST", "UX71ABC")):
        rig.raised(read(number, vrm=vrm))
    board = rig.desks.alarms.alarms(OPERATOR, limit=1, now=NOON)
    assert len(board.alarms) == 3


def test_looking_at_the_board_is_on_record_without_any_plate(rig: Rig) -> None:
    rig.raised(read(1))
    rig.desks.alarms.alarms(OPERATOR, limit=200, now=NOON)
    asked, returned = rig.records()[-2:]
    assert [asked["kind"], returned["kind"]] == ["asked", "returned"]
    assert returned["about"]["count"] == 1
    assert "TE57CAR" not in str([asked, returned])


@pytest.mark.parametrize("act", ["alarms", "alarm", "acknowledge", "decide", "follow"])
def test_an_investigator_has_no_live_alarms(rig: Rig, act: str) -> None:
    alarm_id = rig.raised(read(1)).alarm_id
    desk = rig.desks.alarms
    with pytest.raises(RefusedError) as refused:
        match act:
            case "alarms":
                desk.alarms(INVESTIGATOR, limit=200, now=NOON)
            case "alarm":
                desk.alarm(INVESTIGATOR, alarm_id=alarm_id, now=NOON)
            case "acknowledge":
                desk.acknowledge(INVESTIGATOR, alarm_id=alarm_id, now=NOON)
            case "decide":
                desk.decide(
                    INVESTIGATOR,
                    alarm_id=alarm_id,
                    decision=Decision.DEPLOYED,
                    resource="ARV07",
                    log_ref="",
                    why="",
                    now=NOON,
                )
            case "follow":
                desk.follow(INVESTIGATOR, now=NOON)
    assert refused.value.reason == "not_for_role"
    assert rig.kinds(by=INVESTIGATOR.staff_id) == ["refused"]


def test_an_opened_alarm_has_its_pictures_and_sights(rig: Rig) -> None:
    rig.writer.record([read(2)])
    rig.raised(read(1, age=timedelta(minutes=12)))
    alarm_id = rig.raised(read(2)).alarm_id
    detail = rig.desks.alarms.alarm(OPERATOR, alarm_id=alarm_id, now=NOON)
    assert (detail.plate_jpeg, detail.vehicle_jpeg) == (b"plate", b"vehicle")
    assert [sight.read_id for sight in detail.sights] == [f"{n:032x}" for n in (2, 1)]
    assert detail.audit_seq == rig.records()[-1]["seq"]
    assert rig.kinds(by=OPERATOR.staff_id) == ["asked", "returned"]


def test_an_alarm_opens_without_pictures_where_none_were_kept(rig: Rig) -> None:
    alarm_id = rig.raised(read(1)).alarm_id
    detail = rig.desks.alarms.alarm(OPERATOR, alarm_id=alarm_id, now=NOON)
    assert (detail.plate_jpeg, detail.vehicle_jpeg) == (b"", b"")


@pytest.mark.parametrize("alarm_id", ["A-99", "", "A-", "nonsense", "A-1'; DROP TABLE alarm"])
def test_an_alarm_that_is_not_there_is_refused_and_on_record(rig: Rig, alarm_id: str) -> None:
    with pytest.raises(RefusedError) as refused:
        rig.desks.alarms.alarm(OPERATOR, alarm_id=alarm_id, now=NOON)
    assert refused.value.reason == "unknown_alarm"
    assert rig.kinds(by=OPERATOR.staff_id) == ["asked", "refused"]


def test_an_acknowledged_alarm_says_who_has_it(rig: Rig) -> None:
    alarm_id = rig.raised(read(1)).alarm_id
    acted = rig.desks.alarms.acknowledge(OPERATOR, alarm_id=alarm_id, now=NOON)
    assert acted.alarm.state is AlarmState.ACKNOWLEDGED
    assert acted.alarm.acknowledged_by == OPERATOR.staff_id
    record = rig.records()[-1]
    assert (record["kind"], record["seq"]) == ("alarm acknowledged", acted.audit_seq)
    with pytest.raises(RefusedError, match=OPERATOR.staff_id):
        rig.desks.alarms.acknowledge(COLLEAGUE, alarm_id=alarm_id, now=NOON)
    assert rig.kinds(by=COLLEAGUE.staff_id) == ["refused"]


def test_acknowledging_twice_changes_nothing_and_is_on_record(rig: Rig) -> None:
    alarm_id = rig.raised(read(1)).alarm_id
    first = rig.desks.alarms.acknowledge(OPERATOR, alarm_id=alarm_id, now=NOON)
    again = rig.desks.alarms.acknowledge(OPERATOR, alarm_id=alarm_id, now=NOON)
    assert again.alarm == first.alarm
    assert rig.kinds(by=OPERATOR.staff_id) == ["alarm acknowledged", "changed nothing"]


@pytest.mark.parametrize(("after_s", "taken_back"), [(9, True), (11, False)])
def test_an_acknowledgement_can_be_taken_back_for_ten_seconds(
    rig: Rig, after_s: int, taken_back: bool
) -> None:
    alarm_id = rig.raised(read(1)).alarm_id
    rig.desks.alarms.acknowledge(OPERATOR, alarm_id=alarm_id, now=NOON)
    later = NOON + timedelta(seconds=after_s)
    if taken_back:
        acted = rig.desks.alarms.unacknowledge(OPERATOR, alarm_id=alarm_id, now=later)
        assert acted.alarm.state is AlarmState.NEW
    else:
        with pytest.raises(RefusedError) as refused:
            rig.desks.alarms.unacknowledge(OPERATOR, alarm_id=alarm_id, now=later)
        assert refused.value.reason == "too_late"


def test_a_decision_is_kept_with_unit_log_and_officer(rig: Rig) -> None:
    alarm_id = rig.raised(read(1)).alarm_id
    acted = answered(rig.desks, alarm_id, resource=" ARV07 ")
    disposition = acted.alarm.disposition
    assert disposition is not None
    assert (disposition.resource, disposition.staff_id) == ("ARV07", OPERATOR.staff_id)
    assert rig.records()[-1]["seq"] == acted.audit_seq


@pytest.mark.parametrize("why", ["", "   "])
def test_nothing_deployed_needs_its_reason(rig: Rig, why: str) -> None:
    alarm_id = rig.raised(read(1)).alarm_id
    with pytest.raises(RefusedError) as refused:
        rig.desks.alarms.decide(
            OPERATOR,
            alarm_id=alarm_id,
            decision=Decision.NOT_DEPLOYED,
            resource="",
            log_ref="",
            why=why,
            now=NOON,
        )
    assert refused.value.reason == "disposition_reason_missing"
    assert rig.kinds(by=OPERATOR.staff_id) == ["refused"]


def sent(rig: Rig, ground: Ground | None, *, decision: Decision = Decision.DEPLOYED) -> Alarm:
    alarm_id = rig.raised(read(1)).alarm_id
    return answered(rig.desks, alarm_id, ground=ground, decision=decision).alarm


@pytest.mark.parametrize("decision", [Decision.DEPLOYED, Decision.PASSED_ON])
@pytest.mark.parametrize(
    ("ground", "reason"),
    [
        (None, "ground_missing"),
        (replace(INCIDENT, reference=""), "reference_missing"),
        (replace(INCIDENT, reference="4711"), "reference_malformed"),
        (replace(INCIDENT, reason="investigation"), "reason_placeholder"),
        (replace(INCIDENT, reason="seen"), "reason_too_short"),
        (replace(INCIDENT, category="curiosity"), "unknown_category"),
    ],
)
def test_no_unit_is_sent_on_a_ground_that_nobody_could_review(
    rig: Rig, ground: Ground | None, reason: str, decision: Decision
) -> None:
    # S-1, S-62: purpose, reference in a form of the force, and words that say something
    with pytest.raises(RefusedError) as refused:
        sent(rig, ground, decision=decision)
    assert refused.value.reason == reason
    (record,) = [one for one in rig.records() if one["by"] == OPERATOR.staff_id]
    assert (record["kind"], record["about"]["why"]) == ("refused", reason)


def test_a_ground_stands_in_the_alarm_and_in_its_record(rig: Rig) -> None:
    alarm = sent(rig, INCIDENT)
    assert alarm.disposition is not None
    assert alarm.disposition.ground == INCIDENT
    assert rig.records()[-1]["about"]["ground"] == kept(INCIDENT)
    assert rig.records()[-1]["rule"] == "acknowledge_alarm.OP"


def test_an_answer_that_sends_nobody_keeps_no_ground(rig: Rig) -> None:
    alarm = sent(rig, INCIDENT, decision=Decision.MISREAD)
    assert alarm.disposition is not None
    assert alarm.disposition.ground is None
    assert "ground" not in rig.records()[-1]["about"]


@pytest.mark.parametrize(
    ("keeper", "relation", "whose"),
    [
        (OPERATOR, "own", ["own"]),
        (OPERATOR, "household", ["household"]),
        (COLLEAGUE, "own", ["colleague"]),
    ],
)
def test_a_record_of_a_unit_sent_says_whose_vehicle_it_is_where_it_is_one_of_staff(
    rig: Rig, keeper: Officer, relation: str, whose: list[str]
) -> None:
    with rig.ledger.transaction() as tx:
        vehicles.keep(tx, keeper.staff_id, "TE57 CAR", relation=relation, by="NS0001", now=NOON)
    sent(rig, INCIDENT)
    assert rig.records()[-1]["about"]["vehicles_of"] == whose


def test_an_opened_alarm_proposes_what_its_entry_says(rig: Rig) -> None:
    alarm_id = rig.raised(read(1)).alarm_id
    proposed = rig.desks.alarms.alarm(OPERATOR, alarm_id=alarm_id, now=NOON).ground
    assert proposed is not None
    assert proposed.purpose is Purpose.PREVENT_DETECT  # H03, firearms
    assert proposed.reference == ""  # the entry names no incident: the officer does
    assert sent(rig, replace(proposed, reference="NS-20261122-0931")).disposition is not None


def test_an_entry_of_a_local_list_proposes_what_the_list_was_loaded_on(
    rig: Rig, tmp_path: Path
) -> None:
    manager = Officer(staff_id="NS2001", role="AM", name="Hale")
    rig.enrol(manager)
    path = tmp_path / "local.csv"
    row = ["TE57CAR", "FORD", "FIESTA", "BLUE", "STOP", "", "H03 Firearms or weapons", ""]
    row += ["Stop", "NS CITY", "2026-12-01", "", "", "", "", "L-1"]
    path.write_text(",".join(row) + "\n")
    desk = open_lists(rig.ledger)
    entry = desk.load(manager, path, ground=GROUND, now=NOON).entries[0]
    with rig.ledger.transaction() as tx:
        alarm = raise_or_repeat(tx, read(1), entry=entry, certainty=Certainty.EXACT, now=NOON)
    proposed = rig.desks.alarms.alarm(OPERATOR, alarm_id=alarm.alarm_id, now=NOON).ground
    assert proposed is not None
    assert (proposed.purpose, proposed.reference) == (GROUND.purpose, GROUND.reference)
