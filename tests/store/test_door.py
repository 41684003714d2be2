"""Nothing leaves the door without both its records."""

from dataclasses import replace
from datetime import timedelta

import pytest

from store.door import SEARCH as DATED
from store.door import SEE, Ask, Door, Shown, cut_at
from store.errors import AuditUnavailableError, CorruptError, RefusedError
from store.governance.rulebook.verdicts import Permit, Refuse
from store.ledger import audit
from store.ledger import ledger as ledger_module
from store.ledger.ledger import Transaction
from store.terms import Officer
from tests.store.rig import GROUND, INVESTIGATOR, NOON, OPERATOR, Rig

SEARCH = Ask(
    by=INVESTIGATOR,
    capability=DATED,
    now=NOON,
    about={"what": "search", "vrm": "TE57CAR"},
    ground=GROUND,
    since_at=NOON - timedelta(days=7),
    until_at=NOON,
)
WATCH = Ask(by=OPERATOR, capability="live_hit_feed", action=SEE, now=NOON, about={"what": "board"})
ANSWER = Ask(
    by=OPERATOR,
    capability="acknowledge_alarm",
    now=NOON,
    about={"alarm_id": "A-1"},
    facts={"disposition": "none", "bulk": False},
)


@pytest.fixture
def door(rig: Rig) -> Door:
    return Door(rig.ledger)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A held ledger is given up after a moment instead of five seconds."""
    monkeypatch.setattr(ledger_module, "LOCK_WAIT_S", 0.05)


def test_asked_is_durable_before_anything_is_looked_at(rig: Rig, door: Door) -> None:
    seen_inside: list[str] = []

    def find(_: Permit) -> Shown[str]:
        with ledger_module.Ledger.open(rig.ledger.path).reading() as db:  # a connection of its own
            record = audit.tail(db, count=1)[0]
        seen_inside.append(str((audit.body_of(record) or {})["kind"]))
        return Shown("rows", ids=("r1",))

    door.look(SEARCH, find=find)
    assert seen_inside == ["asked"]


def test_a_look_leaves_what_was_asked_why_and_what_came_of_it(rig: Rig, door: Door) -> None:
    looked = door.look(SEARCH, find=lambda _: Shown("rows", ids=("r1", "r2")))
    asked, returned = rig.records()[-2:]
    assert looked.result == "rows"
    assert (asked["seq"], returned["seq"]) == (looked.asked_seq, looked.returned_seq)
    assert (asked["kind"], returned["kind"]) == ("asked", "returned")
    assert asked["by"] == INVESTIGATOR.staff_id
    assert asked["about"]["vrm"] == "TE57CAR"
    assert asked["about"]["ground"]["reference"] == "NS-2611-04417"
    assert returned["about"]["asked"] == asked["seq"]
    assert returned["about"]["count"] == 2


def test_the_digest_names_exactly_what_was_shown(rig: Rig, door: Door) -> None:
    digests = set()
    for ids in [(), ("r1",), ("r1", "r2"), ("r2", "r1"), ("r1r2",)]:
        door.look(WATCH, find=lambda _, ids=ids: Shown("rows", ids=ids))
        digests.add(rig.records()[-1]["about"]["digest"])
    assert len(digests) == 5


def test_no_asked_record_no_look(rig: Rig, door: Door, impatient: None) -> None:
    looked: list[str] = []

    def find(_: Permit) -> Shown[str]:
        looked.append("at the archive")
        return Shown("rows", ids=())

    with rig.ledger_held(), pytest.raises(AuditUnavailableError):
        door.look(SEARCH, find=find)
    assert looked == []


def test_no_returned_record_no_rows(rig: Rig, door: Door, impatient: None) -> None:
    held = rig.ledger_held()

    def find(_: Permit) -> Shown[str]:
        held.__enter__()  # from here on nothing can be written down
        return Shown("rows", ids=("r1",))

    try:
        with pytest.raises(AuditUnavailableError):
            door.look(SEARCH, find=find)
    finally:
        held.__exit__(None, None, None)
    assert rig.kinds(by=INVESTIGATOR.staff_id) == ["asked"]


def test_a_full_disk_is_no_rows(rig: Rig, door: Door) -> None:
    with rig.ledger.transaction() as tx:
        tx.execute("PRAGMA max_page_count = 1")  # SQLite keeps to the pages that it has
    wordy = replace(SEARCH, about={"vrm": "X" * 20_000})
    with pytest.raises(AuditUnavailableError):
        door.look(wordy, find=lambda _: Shown("rows", ids=()))


def test_a_refusal_is_on_record_and_nothing_is_looked_at(rig: Rig, door: Door) -> None:
    with pytest.raises(RefusedError) as refused:
        door.look(
            replace(WATCH, by=INVESTIGATOR), find=lambda _: pytest.fail("looked all the same")
        )
    assert refused.value.reason == "not_for_role"
    record = rig.records()[-1]
    assert (record["kind"], record["by"]) == ("refused", INVESTIGATOR.staff_id)
    assert record["about"]["why"] == "not_for_role"
    assert record["about"]["what"] == "board"


def test_a_refusal_that_cannot_be_recorded_is_still_no_rows(
    rig: Rig, door: Door, impatient: None
) -> None:
    with rig.ledger_held(), pytest.raises(AuditUnavailableError):
        door.look(replace(WATCH, by=INVESTIGATOR), find=lambda _: Shown("rows", ids=()))


@pytest.mark.parametrize(
    ("failure", "kind", "why"),
    [
        (CorruptError("A day is not as we wrote it."), "failed", "CorruptError"),
        (RefusedError("No such read.", reason="unknown_read"), "refused", "unknown_read"),
        (ZeroDivisionError(), "failed", "ZeroDivisionError"),
    ],
)
def test_a_look_that_fails_says_so_on_record(
    rig: Rig, door: Door, failure: Exception, kind: str, why: str
) -> None:
    def find(_: Permit) -> Shown[str]:
        raise failure

    with pytest.raises(type(failure)):
        door.look(SEARCH, find=find)
    record = rig.records()[-1]
    assert (record["kind"], record["about"]["why"]) == (kind, why)
    assert record["about"]["asked"] == record["seq"] - 1


def test_standing_is_looked_up_at_every_act(rig: Rig, door: Door) -> None:
    door.look(SEARCH, find=lambda _: Shown("rows", ids=()))
    rig.enrol(INVESTIGATOR, "suspended")
    with pytest.raises(RefusedError) as refused:
        door.look(SEARCH, find=lambda _: Shown("rows", ids=()))
    assert refused.value.reason == "staff_suspended"


def test_the_role_is_the_registers_and_never_the_callers(door: Door) -> None:
    posing = Officer(staff_id=INVESTIGATOR.staff_id, role="AM")
    assert isinstance(door.verdict(replace(WATCH, by=posing)), Refuse)


def test_somebody_unknown_is_refused_and_on_record(rig: Rig, door: Door) -> None:
    stranger = Officer(staff_id="NS9999", role="AM")
    with pytest.raises(RefusedError) as refused:
        door.look(replace(WATCH, by=stranger), find=lambda _: Shown("rows", ids=()))
    assert refused.value.reason == "unknown_staff"
    assert rig.kinds(by="NS9999") == ["refused"]


def test_an_age_limit_cuts_and_the_cut_is_on_record(rig: Rig, door: Door) -> None:
    old = replace(SEARCH, since_at=NOON - timedelta(days=120))
    looked = door.look(old, find=lambda permit: Shown(cut_at(permit, now=NOON), ids=()))
    assert looked.result == NOON - timedelta(days=90)
    assert rig.records()[-2]["about"]["cut_at"] == (NOON - timedelta(days=90)).isoformat()


def test_a_change_and_its_record_are_one(rig: Rig, door: Door) -> None:
    def make(tx: Transaction) -> str:
        tx.execute("UPDATE staff SET name = 'Changed' WHERE staff_id = ?", (OPERATOR.staff_id,))
        audit.append(tx, "name changed", by=OPERATOR.staff_id, now=NOON, about={})
        return "changed"

    changed = door.change(ANSWER, make=make)
    record = rig.records()[-1]
    assert (changed.result, changed.audit_seq) == ("changed", record["seq"])
    assert record["kind"] == "name changed"


def test_a_change_that_fails_changes_nothing_and_is_on_record(rig: Rig, door: Door) -> None:
    def make(tx: Transaction) -> str:
        tx.execute("UPDATE staff SET name = 'Changed' WHERE staff_id = ?", (OPERATOR.staff_id,))
        raise RefusedError("A colleague has it.", reason="already_acknowledged")

    with pytest.raises(RefusedError):
        door.change(ANSWER, make=make)
    with rig.ledger.reading() as db:
        names = [name for (name,) in db.execute("SELECT name FROM staff")]
    assert "Changed" not in names
    record = rig.records()[-1]
    assert (record["kind"], record["about"]["why"]) == ("refused", "already_acknowledged")


def test_a_change_that_is_refused_is_never_begun(rig: Rig, door: Door) -> None:
    with pytest.raises(RefusedError):
        door.change(
            replace(ANSWER, by=INVESTIGATOR), make=lambda _: pytest.fail("changed all the same")
        )
    assert rig.kinds(by=INVESTIGATOR.staff_id) == ["refused"]


def test_a_change_of_nothing_is_on_record_too(rig: Rig, door: Door) -> None:
    changed = door.change(ANSWER, make=lambda _: "as it was")
    assert rig.records()[-1]["kind"] == "changed nothing"
    assert changed.audit_seq == rig.records()[-1]["seq"]


def test_no_record_no_change(rig: Rig, door: Door, impatient: None) -> None:
    with rig.ledger_held(), pytest.raises(AuditUnavailableError):
        door.change(ANSWER, make=lambda _: pytest.fail("changed all the same"))
