"""A hub in the middle of its day: for everything that a person can do, something waits for it."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from store.access import AccessRequest
from store.archive.search import Archive
from store.audit.signing import Signer
from store.desks import Desks, open_desks
from store.desks.keeping.holds import open_holds_desk
from store.desks.people.vehicles import open_vehicles
from store.ledger import clock, lists
from store.ledger.access import rows
from store.ledger.keeping.holds import HoldOrder
from store.ledger.ledger import Ledger
from store.ledger.lists import Arrival
from store.ledger.oversight.reviews import Outcome
from store.ledger.staff import factors
from store.ledger.staff.changes import ChangeKind, propose
from store.purposes import Category
from store.store import Store
from store.terms import MatchKind, Officer, Scope
from tests.store.archive.weeded import seal
from tests.store.desks.people.test_vehicles import add
from tests.store.desks.settings.test_policies import ADMIN, LEAD, NEW, made_key
from tests.store.desks.settings.test_policies import signed as signed_policy
from tests.store.desks.test_access import GROUND as OLD_GROUND
from tests.store.desks.test_access import INSPECTOR, SCOPE, asked, signed
from tests.store.desks.test_audit import AUDITOR, searched
from tests.store.desks.test_urgent import ordered
from tests.store.examples import an_entry
from tests.store.ledger.access.people import enrol_all, give_factor
from tests.store.ledger.staff.people import SEALING, WORDS
from tests.store.rig import COLLEAGUE, INVESTIGATOR, NOON, OPERATOR, Clock, Rig, read, running

__all__ = [
    "CASE",
    "CASE_OWNER",
    "GRANTED",
    "HELD",
    "LISTED",
    "MANAGER",
    "MONTH",
    "OLD",
    "PAPERS",
    "SEED",
    "SENIOR",
    "SUSPENDED",
    "Hub",
    "build",
    "code_at",
    "opened",
]

MONTH = "2026-10"
IN_MONTH = datetime(2026, 10, 20, 12, tzinfo=UTC)
AFTER_MONTH = datetime(2026, 11, 1, 6, tzinfo=UTC)
MANAGER = Officer("NS3010", "AM")
CASE_OWNER = Officer("NS3011", "AM")
SENIOR = Officer("NS2003", "SUP")
SUSPENDED = Officer("NS4034", "OP")
CASE = replace(OLD_GROUND, category=Category.SERIOUS)
OLD = timedelta(days=190)
HELD, GRANTED, LISTED = "TE57CAR", "UX71ABC", "TX26KLM"
EVER = Scope("", MatchKind.EXACT, NOON - timedelta(days=500), NOON)
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PAPERS = "papers"
"""Folder of the state in which lies what somebody brings to a desk."""


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub as its process and the verbs beside it have it open."""

    store: Store
    desks: Desks

    @property
    def papers(self) -> Path:
        return self.store.state / PAPERS

    @property
    def request(self) -> AccessRequest:
        """The request that waits for its signature."""
        return self._numbered(2)

    @property
    def stopped(self) -> AccessRequest:
        """The urgent use that was not ratified."""
        return self._numbered(3)

    @property
    def urgent(self) -> AccessRequest:
        """The urgent use that is owed its authority."""
        return self._numbered(4)

    @property
    def sampled(self) -> list[int]:
        """Records that are drawn of the month; the first is reviewed."""
        return json.loads((self.papers / "sampled.json").read_text())

    def _numbered(self, number: int) -> AccessRequest:
        with self.store.ledger.reading() as db:
            return rows.demand(db, f"R-{number:04}", not_done="Not tried").request


def opened(state: Path, ledger: Ledger) -> Hub:
    """Set the desks up on a ledger that is open."""
    store = Store(state=state, ledger=ledger, archive=Archive(state / "archive"))
    desks = open_desks(ledger=ledger, archive=store.archive, now=NOON, sealing=lambda: SEALING)
    return Hub(store, desks)


def build(state: Path) -> None:
    """Fill a folder: a month that was searched and drawn, and a day on which everybody is busy."""
    (state / PAPERS).mkdir(parents=True)
    with running(state, clock=Clock(IN_MONTH)) as rig:
        _month(rig)
        rig.clock.now = NOON
        _reads_and_alarms(rig)
        _register(rig)
        _authority(rig)
        _evidence(rig)
        _papers(rig)
    seal(state, *(f"{NOON - age:%Y-%m-%d}" for age in (OLD, timedelta(days=400))))


def code_at(at: datetime) -> str:
    """What the operator's authenticator shows."""
    return pyotp.TOTP(SEED).at(at)


def _month(rig: Rig) -> None:
    """An investigator searched, the month was signed and drawn, and a reviewer asked once."""
    enrol_all(rig.ledger, now=IN_MONTH)
    for officer in (LEAD, ADMIN, CASE_OWNER):
        rig.enrol(officer)
    with rig.ledger.transaction() as tx:
        for officer in (LEAD, ADMIN, CASE_OWNER, COLLEAGUE):
            give_factor(tx, officer.staff_id)
    for number in range(8):
        searched(rig, f"TE{number:02}CAR", at=IN_MONTH + timedelta(minutes=number))
    Signer(rig.state, key=Ed25519PrivateKey.generate()).sign(now=AFTER_MONTH)
    desk, now = rig.desks.audit, NOON - timedelta(hours=1)
    drawn = [row.look.seq for row in desk.sample(AUDITOR, month=MONTH, now=now).rows]
    desk.review(AUDITOR, month=MONTH, seq=drawn[0], outcome=Outcome.ASKED, note="Who?", now=now)
    (rig.state / PAPERS / "sampled.json").write_text(json.dumps(drawn))


def _reads_and_alarms(rig: Rig) -> None:
    """Reads of now, of half a year ago and past their time; one alarm is new, two are taken."""
    rig.writer.record(
        [
            *(read(number, vrm=HELD) for number in (1, 2)),
            *(read(number, vrm=GRANTED, age=OLD) for number in (3, 4)),
            read(5, vrm="JX65RED", age=timedelta(days=400)),
        ]
    )
    rig.raised(read(1, vrm=HELD))
    taken = rig.raised(read(6, vrm="JB51XYZ"))
    rig.desks.alarms.acknowledge(OPERATOR, alarm_id=taken.alarm_id, now=NOON)
    left = rig.raised(read(8, vrm="JC19ABC"))
    rig.enrol(SUSPENDED)
    rig.desks.alarms.acknowledge(SUSPENDED, alarm_id=left.alarm_id, now=NOON)
    rig.enrol(SUSPENDED, "suspended")
    with rig.ledger.transaction() as tx:
        clock.confirm(tx, now=NOON)  # this hub was off since the month ended
        entry = an_entry(vrm=LISTED, weeds_at=NOON.replace(year=2126))
        lists.replace(tx, Arrival("PNC", "a.csv", "0" * 64), entries=[entry], rows=(), now=NOON)


def _register(rig: Rig) -> None:
    """A proposal waits, an operator has credentials, two hold posts, one has a vehicle."""
    credentials = factors.made(
        OPERATOR.staff_id,
        passphrase=WORDS,
        seed=SEED,
        code=code_at(IN_MONTH),
        sealing=SEALING,
        now=IN_MONTH,
    )
    with rig.ledger.transaction() as tx:
        propose(
            tx,
            ChangeKind.CREDENTIALS,
            staff_id=COLLEAGUE.staff_id,
            wanted={},
            by=MANAGER.staff_id,
            now=NOON,
        )
        factors.keep(tx, OPERATOR.staff_id, credentials, by=ADMIN.staff_id, now=NOON)
        for officer, post in ((MANAGER, "anpr_manager"), (CASE_OWNER, "case_owner")):
            tx.execute("INSERT INTO post VALUES (?, ?, 0)", (post, officer.staff_id))
    add(open_vehicles(rig.ledger), OPERATOR, OPERATOR)


def _authority(rig: Rig) -> None:
    """One request waits, one is granted; one urgent use is to be ratified, one was not."""
    signed(rig, asked(rig, scope=replace(SCOPE, vrm=GRANTED)))
    asked(rig)
    stopped = ordered(rig)
    rig.desks.access.refuse(
        INSPECTOR, request_id=stopped.request_id, why="No threat to anybody", now=NOON
    )
    ordered(rig, by=INVESTIGATOR)


def _evidence(rig: Rig) -> None:
    """A hold keeps a read, and two have signed that the investigator may look."""
    desk = open_holds_desk(Store(rig.state, rig.ledger, rig.archive))
    order = HoldOrder(
        CASE.reference, "D/Supt Hale, log 114", NOON + timedelta(days=90), (f"{1:032x}",)
    )
    number = desk.set(MANAGER, order, now=NOON).number
    request = desk.request(INVESTIGATOR, number, EVER, CASE, now=NOON)
    for officer in (MANAGER, CASE_OWNER):
        signed(rig, request, by=officer)


def _papers(rig: Rig) -> None:
    """A policy that is signed, and a file of vehicles."""
    papers = rig.state / PAPERS
    key = made_key(papers / "lead")
    with rig.ledger.transaction() as tx:
        line = key.with_suffix(".pub").read_text()
        factors.hold_key(tx, LEAD.staff_id, key=line, by=ADMIN.staff_id, now=NOON)
    signed_policy(NEW, key)
    row = ["JA19ABC", "FORD", "FIESTA", "BLUE", "STOP", "", "H03 Firearms or weapons", ""]
    row += ["Stop", "NS CITY", "2026-12-01", "", "", "", "", "L-1"]
    (papers / "local.csv").write_text(",".join(row) + "\n")
