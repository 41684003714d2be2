"""A small real hub for tests: ledger, archive, desks and server in a folder of its own."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from store.answers import Acted
from store.archive.search import Archive
from store.archive.writer import ArchiveWriter
from store.desks import Desks, open_desks
from store.ledger import audit, cameras, staff
from store.ledger.alarms.raising import raise_or_repeat
from store.ledger.ledger import Ledger
from store.purposes import Category
from store.terms import (
    Alarm,
    Camera,
    Certainty,
    Decision,
    Ground,
    MatchKind,
    Officer,
    Priority,
    Purpose,
    Read,
    Scope,
    VehicleOfInterest,
)
from store.vrm import fold
from tests.store.examples import an_entry

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OPERATOR = Officer(staff_id="NS4021", role="OP", name="Reed")
COLLEAGUE = Officer(staff_id="NS4033", role="OP", name="Shaw")
INVESTIGATOR = Officer(staff_id="NS4107", role="RES", name="Lowe")
GROUND = Ground(
    purpose=Purpose.ONGOING_INVESTIGATION,
    category=Category.PRIORITY_VOLUME,
    reference="NS-2611-04417",
    reason="Named by a witness at the burglary in Moor Lane on 19 Nov",
)
INCIDENT = Ground(
    purpose=Purpose.PREVENT_DETECT,
    category=Category.OPERATIONAL_RESPONSE,
    reference="NS-20261122-0931",
    reason="Seen leaving the robbery at the Quay by two passers-by",
)
"""What an operator searches on: a log of command and control."""


@dataclass
class Clock:
    """The hub's clock, moved by hand."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Rig:
    """What a test holds of the hub behind the socket."""

    state: Path
    clock: Clock
    ledger: Ledger
    writer: ArchiveWriter
    archive: Archive
    desks: Desks

    def enrol(self, officer: Officer, state: str = "active") -> None:
        with self.ledger.transaction() as tx:
            staff.enrol(tx, officer, now=self.clock(), state=staff.StaffState(state))

    def raised(self, seen: Read, *, priority: Priority = Priority.HIGH) -> Alarm:
        with self.ledger.transaction() as tx:
            return raise_or_repeat(
                tx,
                seen,
                entry=entry(seen.vrm, priority=priority),
                certainty=Certainty.EXACT,
                now=self.clock(),
            )

    def records(self) -> list[dict[str, Any]]:
        """Bodies of the audit chain, oldest first, each with its number as "seq"."""
        with self.ledger.reading() as db:
            chain = audit.read(db, first=1, count=10_000)
        return [{**(audit.body_of(record) or {}), "seq": record.seq} for record in chain]

    def kinds(self, *, by: str) -> list[str]:
        return [record["kind"] for record in self.records() if record["by"] == by]

    @contextmanager
    def ledger_held(self) -> Iterator[None]:
        """Holds the ledger's lock as another process would: nothing can be written meanwhile."""
        held = os.open(self.state / "ledger" / "ledger.db.lock", os.O_RDWR)
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield
        finally:
            os.close(held)


@contextmanager
def running(state: Path, *, clock: Clock) -> Iterator[Rig]:
    """A hub in a folder, with three officers and two cameras."""
    with (
        closing(Ledger.open(state / "ledger" / "ledger.db")) as ledger,
        closing(ArchiveWriter(state / "archive")) as writer,
    ):
        archive = Archive(state / "archive")
        desks = open_desks(ledger=ledger, archive=archive, now=clock())
        rig = Rig(state, clock, ledger, writer, archive, desks)
        for officer in (OPERATOR, COLLEAGUE, INVESTIGATOR):
            rig.enrol(officer)
        with ledger.transaction() as tx:
            known = [
                Camera("NS-C01", "Ring Rd E", "NS", 51.5, -0.1),
                Camera("NS-C02", "Moor Ln", "NS"),
            ]
            cameras.register(tx, known, now=clock())
        yield rig


def answered(
    desks: Desks,
    alarm_id: str,
    *,
    by: Officer = OPERATOR,
    decision: Decision = Decision.DEPLOYED,
    resource: str = "ARV07",
    ground: Ground | None = INCIDENT,
) -> Acted:
    """Answer an alarm as the log of command and control has it."""
    return desks.alarms.decide(
        by,
        alarm_id=alarm_id,
        decision=decision,
        resource=resource,
        log_ref=INCIDENT.reference,
        why="",
        ground=ground,
        now=NOON,
    )


def read(
    number: int,
    *,
    vrm: str = "TE57CAR",
    age: timedelta = timedelta(minutes=5),
    camera_id: str = "NS-C01",
    plate_jpeg: bytes = b"plate",
    vehicle_jpeg: bytes = b"vehicle",
) -> Read:
    return Read(
        read_id=f"{number:032x}",
        camera_id=camera_id,
        controller="NS",
        captured_at=NOON - age,
        vrm_raw=vrm,
        vrm=vrm,
        fold=fold(vrm),
        confidence=0.98,
        candidates=((vrm, 0.98),),
        direction="towards",
        frames=7,
        plate_jpeg=plate_jpeg,
        vehicle_jpeg=vehicle_jpeg,
    )


def entry(vrm: str, *, priority: Priority = Priority.HIGH) -> VehicleOfInterest:
    known = an_entry(f"26/{vrm}", vrm=vrm, priority=priority, weeds_at=NOON + timedelta(days=30))
    return replace(
        known,
        reason="H03 Armed robbery, Eastmoor",
        markers="FI;VI",
        model="FIESTA",
        instructions="Stop, armed response only",
        force_area="NS",
    )


def scope(
    vrm: str = "TE57CAR",
    *,
    days: float = 7,
    kind: MatchKind = MatchKind.EXACT,
    cameras: tuple[str, ...] = (),
    limit: int = 100,
    before: str = "",
) -> Scope:
    return Scope(
        vrm=vrm,
        kind=kind,
        since_at=NOON - timedelta(days=days),
        until_at=NOON,
        cameras=cameras,
        limit=limit,
        before=before,
    )
