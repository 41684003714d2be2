"""The newest moment known moves with every record, in steps that can be believed."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

from store.governance.rulebook.loading import carried
from store.ledger import audit, clock, heartbeat
from store.ledger.alarms import board, dispositions, raising
from store.ledger.ledger import Ledger
from store.terms import Certainty, Decision, Disposition
from tests.store.examples import NOW, a_read, an_entry
from tests.store.rig import INCIDENT

STEP = timedelta(seconds=carried().figures.clocks.ahead_max_s)


def note(ledger: Ledger, now: datetime) -> datetime | None:
    with ledger.transaction() as tx:
        audit.append(tx, "noted", by=audit.HUB, now=now, about={})
        return clock.seen_at(tx)


def test_records_and_beats_move_it_and_a_step_back_does_not(ledger: Ledger) -> None:
    assert note(ledger, NOW) == NOW
    assert note(ledger, NOW - STEP) == NOW
    with ledger.transaction() as tx:
        heartbeat.beat(tx, now=NOW + STEP, cluster="ok", cameras_up=0, reads=0, last_read_at=None)
        assert clock.seen_at(tx) == NOW + STEP


def test_a_clock_that_jumped_is_not_believed_by_asking_often(ledger: Ledger) -> None:
    note(ledger, NOW)
    for minute in range(5):
        assert note(ledger, NOW + STEP + timedelta(minutes=1 + minute)) == NOW
    with ledger.transaction() as tx:
        clock.confirm(tx, now=NOW + 2 * STEP)
    assert note(ledger, NOW + 3 * STEP) == NOW + 3 * STEP


def test_a_ledger_of_the_version_before_is_brought_up_to_date_with_its_last_beat(
    ledger: Ledger,
) -> None:
    beat_at = datetime(2026, 11, 1, tzinfo=UTC)
    with ledger.transaction() as tx:
        heartbeat.beat(tx, now=beat_at, cluster="ok", cameras_up=0, reads=0, last_read_at=None)
        alarm_id = raising.raise_or_repeat(
            tx, a_read("r1"), entry=an_entry(), certainty=Certainty.EXACT, now=beat_at
        ).alarm_id
        sent = Disposition(Decision.DEPLOYED, "ARV07", "", "", "NS4021", beat_at, INCIDENT)
        dispositions.decide(tx, alarm_id, disposition=sent)
    ledger.close()
    with closing(sqlite3.connect(ledger.path)) as db:
        of_access = ("access_grant", "access_signature", "access_request", "access_seq")
        of_holds = ("held_read", "hold_name", "hold", "erasing", "erased", "clock", "review")
        for table in (*of_access, *of_holds, "policy", "staff_vehicle", "urgent_lifted"):
            db.execute(f"DROP TABLE {table}")
        for index in ("alarm_taken", "alarm_decided"):
            db.execute(f"DROP INDEX {index}")
        for table in ("alarm", "list"):
            db.execute(f"ALTER TABLE {table} DROP COLUMN ground")
        db.execute("PRAGMA user_version = 2")
        db.commit()
    again = Ledger.open(ledger.path)
    with again.reading() as db:
        assert clock.seen_at(db) == beat_at
        assert db.execute("SELECT count(*) FROM hold").fetchone()[0] == 0
        answered = board.by_id(db, alarm_id)
    again.close()
    assert answered is not None
    assert answered.disposition is not None
    assert answered.disposition.ground is None  # sent before a ground was asked for
