"""Act at a desk while the disk fails, and say what came out: run by test_failing_disk."""

import sys
from datetime import timedelta
from pathlib import Path

from store.desks import open_desks
from store.errors import StoreError
from store.store import open_store
from store.terms import Decision
from tests.store.rig import GROUND, INCIDENT, INVESTIGATOR, NOON, OPERATOR, scope


def main(state: Path, act: str) -> None:
    """Do one act; print "rows N" for what was shown, "done" for a change, or the error's name."""
    try:
        store = open_store(state)
        desks = open_desks(ledger=store.ledger, archive=store.archive, now=NOON)
        match act:
            case "search":
                page = desks.searches.search(INVESTIGATOR, scope("TE07CAR"), GROUND, now=NOON)
                print(f"rows {page.asked_seq} {page.returned_seq}")
            case "open":
                detail = desks.searches.open_read(
                    INVESTIGATOR, read_id=f"{1:032x}", ground=GROUND, now=NOON
                )
                print(f"rows {detail.audit_seq - 1} {detail.audit_seq}")
            case "alarm":
                opened = desks.alarms.alarm(OPERATOR, alarm_id="A-1", now=NOON)
                print(f"rows {opened.audit_seq - 1} {opened.audit_seq}")
            case "acknowledge":
                acted = desks.alarms.acknowledge(OPERATOR, alarm_id="A-1", now=NOON)
                print(f"done {acted.audit_seq}")
            case "decide":
                acted = desks.alarms.decide(
                    OPERATOR,
                    alarm_id="A-1",
                    decision=Decision.DEPLOYED,
                    resource="ARV07",
                    log_ref="NS-20261122-0931",
                    why="",
                    ground=INCIDENT,
                    now=NOON + timedelta(seconds=1),
                )
                print(f"done {acted.audit_seq}")
    except StoreError as refused:
        print(type(refused).__name__)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
