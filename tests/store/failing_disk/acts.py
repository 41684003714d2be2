"""What people and machines do at the hub of `hub`: each act succeeds while the disk works.

An act is called by its desk and method; what follows a space tells one use of it from another.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from store.archive.keeping.erasing import ErasureOrder
from store.archive.weeding import weed
from store.desks.keeping.erasures import ErasuresDesk
from store.desks.keeping.holds import HoldsDesk, open_holds_desk
from store.desks.lists import open_lists
from store.desks.people.vehicles import open_vehicles
from store.desks.settings.policies import open_policies_desk
from store.intake import Intake
from store.ledger.keeping.holds import HoldOrder, Vehicle
from store.ledger.oversight.reviews import Outcome
from store.ledger.staff.changes import ChangeKind
from store.ledger.staff.register import StaffState
from store.terms import Account
from store.terms import Outcome as Became
from tests.store.desks.people.test_vehicles import add
from tests.store.desks.settings.test_policies import ADMIN, LEAD
from tests.store.desks.test_access import GROUND as OLD_GROUND
from tests.store.desks.test_access import INSPECTOR, REASONS, SCOPE, asked, proof, signed
from tests.store.desks.test_audit import AUDITOR
from tests.store.desks.test_urgent import ordered
from tests.store.examples import a_camera
from tests.store.failing_disk.hub import (
    CASE,
    EVER,
    GRANTED,
    HELD,
    LISTED,
    MANAGER,
    MONTH,
    SENIOR,
    SUSPENDED,
    Hub,
    code_at,
)
from tests.store.ledger.staff.people import WORDS
from tests.store.rig import COLLEAGUE, GROUND, INVESTIGATOR, NOON, OPERATOR, answered, read, scope

__all__ = ["OF_MACHINES", "OF_PEOPLE", "OF_THE_HUB", "TAKEN_UP"]

Act = Callable[[Hub], object]
LATER = NOON + timedelta(days=60)
OLD_SCOPE = replace(SCOPE, vrm=GRANTED)
WHY = "needed on shift B"


def _holds(hub: Hub) -> HoldsDesk:
    return open_holds_desk(hub.store)


def _intake(hub: Hub) -> Intake:
    """The way in for machines; it is left open, because closing it files, an act of its own."""
    return hub.store.intake(filing_s=None)


ALARMS: dict[str, Act] = {
    "AlarmsDesk.alarms": lambda hub: hub.desks.alarms.alarms(OPERATOR, limit=10, now=NOON),
    "AlarmsDesk.follow": lambda hub: hub.desks.alarms.follow(OPERATOR, now=NOON),
    "AlarmsDesk.alarm": lambda hub: hub.desks.alarms.alarm(OPERATOR, alarm_id="A-1", now=NOON),
    "AlarmsDesk.acknowledge": lambda hub: hub.desks.alarms.acknowledge(
        OPERATOR, alarm_id="A-1", now=NOON
    ),
    "AlarmsDesk.unacknowledge": lambda hub: hub.desks.alarms.unacknowledge(
        OPERATOR, alarm_id="A-2", now=NOON
    ),
    "AlarmsDesk.decide": lambda hub: answered(hub.desks, "A-1"),
}

LOOKS: dict[str, Act] = {
    "StaffDesk.sign_on": lambda hub: hub.desks.staff.sign_on(OPERATOR.staff_id, now=NOON),
    "StaffDesk.sign_off": lambda hub: hub.desks.staff.sign_off(OPERATOR, now=NOON),
    "StaffDesk.standing": lambda hub: hub.desks.staff.standing(OPERATOR, now=NOON),
    "StaffDesk.pass_on": lambda hub: hub.desks.staff.pass_on(SUSPENDED, now=NOON),
    "StaffDesk.may_see": lambda hub: hub.desks.staff.may_see(OPERATOR, "live_hit_feed", now=NOON),
    "SearchesDesk.needs": lambda hub: hub.desks.searches.needs(
        INVESTIGATOR, scope(), GROUND, now=NOON
    ),
    "SearchesDesk.search": lambda hub: hub.desks.searches.search(
        INVESTIGATOR, scope(), GROUND, now=NOON
    ),
    "SearchesDesk.search on a grant": lambda hub: hub.desks.searches.search(
        INVESTIGATOR, OLD_SCOPE, OLD_GROUND, now=NOON
    ),
    "SearchesDesk.open_read": lambda hub: hub.desks.searches.open_read(
        INVESTIGATOR, read_id=f"{1:032x}", ground=GROUND, now=NOON
    ),
    "SearchesDesk.open_read on a grant": lambda hub: hub.desks.searches.open_read(
        INVESTIGATOR, read_id=f"{3:032x}", ground=OLD_GROUND, now=NOON
    ),
    "CamerasDesk.cameras": lambda hub: hub.desks.cameras.cameras(OPERATOR, now=NOON),
}

REGISTER: dict[str, Act] = {
    "RegisterDesk.roll": lambda hub: hub.desks.register.roll(
        MANAGER, proof=proof(MANAGER), now=NOON
    ),
    "RegisterDesk.propose": lambda hub: hub.desks.register.propose(
        MANAGER,
        ChangeKind.ROLE,
        staff_id=OPERATOR.staff_id,
        wanted={"role": "RES", "rank": "sergeant"},
        proof=proof(MANAGER),
        now=NOON,
    ),
    "RegisterDesk.sign": lambda hub: hub.desks.register.sign(
        LEAD, 1, why=WHY, proof=proof(LEAD), now=NOON
    ),
    "RegisterDesk.refuse": lambda hub: hub.desks.register.refuse(
        LEAD, 1, why=WHY, proof=proof(LEAD), now=NOON
    ),
    "RegisterDesk.set_state": lambda hub: hub.desks.register.set_state(
        MANAGER, OPERATOR.staff_id, StaffState.SUSPENDED, why=WHY, proof=proof(MANAGER), now=NOON
    ),
    "RegisterDesk.train": lambda hub: hub.desks.register.train(
        MANAGER, OPERATOR.staff_id, until_at=LATER, proof=proof(MANAGER), now=NOON
    ),
    "RegisterDesk.review": lambda hub: hub.desks.register.review(
        LEAD, OPERATOR.staff_id, why=WHY, proof=proof(LEAD), now=NOON
    ),
    "RegisterDesk.unlock": lambda hub: hub.desks.register.unlock(
        MANAGER, OPERATOR.staff_id, proof=proof(MANAGER), now=NOON
    ),
    "Identity.sealing": lambda hub: hub.desks.identity.sealing(),
    "Identity.reauthenticate": lambda hub: hub.desks.identity.reauthenticate(
        OPERATOR.staff_id, passphrase=WORDS, code=code_at(NOON), now=NOON
    ),
    "VehiclesDesk.add": lambda hub: add(
        open_vehicles(hub.store.ledger), INVESTIGATOR, INVESTIGATOR
    ),
    "VehiclesDesk.remove": lambda hub: open_vehicles(hub.store.ledger).remove(
        OPERATOR, OPERATOR.staff_id, "TE07CAR", proof=proof(OPERATOR), now=NOON
    ),
    "VehiclesDesk.every": lambda hub: open_vehicles(hub.store.ledger).every(
        AUDITOR, proof=proof(AUDITOR), now=NOON
    ),
}

AUDIT: dict[str, Act] = {
    "AuditDesk.sample": lambda hub: hub.desks.audit.sample(AUDITOR, month=MONTH, now=NOON),
    "AuditDesk.open": lambda hub: hub.desks.audit.open(
        AUDITOR, month=MONTH, seq=hub.sampled[1], now=NOON
    ),
    "AuditDesk.review": lambda hub: hub.desks.audit.review(
        AUDITOR, month=MONTH, seq=hub.sampled[1], outcome=Outcome.FAIR, now=NOON
    ),
    "AuditDesk.flags": lambda hub: hub.desks.audit.flags(AUDITOR, month=MONTH, now=NOON),
    "AuditDesk.figures": lambda hub: hub.desks.audit.figures(AUDITOR, month=MONTH, now=NOON),
    "AuditDesk.chain": lambda hub: hub.desks.audit.chain(AUDITOR, now=NOON),
    "AuditDesk.own": lambda hub: hub.desks.audit.own(INVESTIGATOR, now=NOON),
    "AuditDesk.answer": lambda hub: hub.desks.audit.answer(
        INVESTIGATOR, seq=hub.sampled[0], words="The witness of 19 Oct", now=NOON
    ),
    "ExportsDesk.export": lambda hub: hub.desks.exports.export(
        AUDITOR, "ico", GROUND, proof=proof(AUDITOR), now=NOON
    ),
}

AUTHORITY: dict[str, Act] = {
    "AccessDesk.request": lambda hub: asked(hub, scope=replace(SCOPE, vrm="JB51XYZ")),
    "AccessDesk.waiting": lambda hub: hub.desks.access.waiting(INSPECTOR, now=NOON),
    "AccessDesk.mine": lambda hub: hub.desks.access.mine(INVESTIGATOR, now=NOON),
    "AccessDesk.open": lambda hub: hub.desks.access.open(
        INSPECTOR, request_id=hub.request.request_id, now=NOON
    ),
    "AccessDesk.authorise": lambda hub: signed(hub, hub.request),
    "AccessDesk.refuse": lambda hub: hub.desks.access.refuse(
        INSPECTOR, request_id=hub.request.request_id, why="Ask for two nights", now=NOON
    ),
    "AccessDesk.refuse an urgent use": lambda hub: hub.desks.access.refuse(
        INSPECTOR, request_id=hub.urgent.request_id, why="No threat to anybody", now=NOON
    ),
    "AccessDesk.withdraw": lambda hub: hub.desks.access.withdraw(
        INVESTIGATOR, request_id=hub.request.request_id, now=NOON
    ),
    "AccessDesk.revoke": lambda hub: hub.desks.access.revoke(
        INSPECTOR, grant_id="G-0001", why="Case closed", now=NOON
    ),
    "UrgentDesk.terms": lambda hub: hub.desks.urgent.terms(COLLEAGUE, now=NOON),
    "UrgentDesk.order": lambda hub: ordered(hub, by=COLLEAGUE),
    "UrgentDesk.ratify": lambda hub: hub.desks.urgent.ratify(
        INSPECTOR,
        request_id=hub.urgent.request_id,
        scope_digest=hub.urgent.digest,
        reasons=REASONS,
        proof=proof(INSPECTOR),
        now=NOON,
    ),
    "UrgentDesk.stopped": lambda hub: hub.desks.urgent.stopped(SENIOR, now=NOON),
    "UrgentDesk.lift": lambda hub: hub.desks.urgent.lift(
        SENIOR,
        request_id=hub.stopped.request_id,
        reasons=REASONS,
        proof=proof(SENIOR),
        now=NOON,
    ),
}

KEEPING: dict[str, Act] = {
    "WeedingDesk.order": lambda hub: hub.desks.weeding.order(ADMIN, now=NOON),
    "WeedingDesk.stand": lambda hub: hub.desks.weeding.stand(ADMIN, now=NOON),
    "HoldsDesk.every": lambda hub: _holds(hub).every(MANAGER, now=NOON),
    "HoldsDesk.set": lambda hub: _holds(hub).set(
        MANAGER, HoldOrder(CASE.reference, "D/Supt Hale", LATER, (f"{3:032x}",)), now=NOON
    ),
    "HoldsDesk.put_off": lambda hub: _holds(hub).put_off(MANAGER, 1, review_at=LATER, now=NOON),
    "HoldsDesk.release": lambda hub: _holds(hub).release(MANAGER, 1, why="Closed", now=NOON),
    "HoldsDesk.search": lambda hub: _holds(hub).search(INVESTIGATOR, 1, EVER, CASE, now=NOON),
    "HoldsDesk.request": lambda hub: _holds(hub).request(
        MANAGER, 1, replace(EVER, vrm=HELD), CASE, now=NOON
    ),
    "HoldsDesk.pictures": lambda hub: _holds(hub).pictures(
        INVESTIGATOR, 1, read_id=f"{1:032x}", ground=CASE, now=NOON
    ),
    "ErasuresDesk.erase": lambda hub: ErasuresDesk(hub.store).erase(
        MANAGER,
        ErasureOrder(
            authority="DPO, decision 12 of 2026",
            why="SAR-26-0031, erasure granted",
            vehicles=(Vehicle(GRANTED, EVER.since_at, EVER.until_at),),
        ),
        now=NOON,
    ),
    "ListsDesk.load": lambda hub: open_lists(hub.store.ledger).load(
        MANAGER, hub.papers / "local.csv", ground=GROUND, now=NOON
    ),
    "PoliciesDesk.in_force": lambda hub: open_policies_desk(hub.store.ledger).in_force(),
    "PoliciesDesk.load": lambda hub: open_policies_desk(hub.store.ledger).load(
        ADMIN,
        text=(hub.papers / "policy.toml").read_bytes(),
        signature=(hub.papers / "policy.toml.sig").read_text(),
        why="longer reasons",
        now=NOON,
    ),
}

OF_PEOPLE: dict[str, Act] = ALARMS | LOOKS | REGISTER | AUDIT | AUTHORITY | KEEPING

OF_THE_HUB: dict[str, Act] = {
    "AccessDesk.prompted": lambda hub: hub.desks.access.prompted(
        hub.request.request_id, (INSPECTOR.staff_id,), NOON
    ),
    "AccessDesk.sweep": lambda hub: hub.desks.access.sweep(NOON + timedelta(hours=1)),
}
"""What the hub writes by itself, beside what a person does."""


def _accept(hub: Hub) -> None:
    """A camera sees a vehicle of a list: on disk, and the alarm raised, when this returns."""
    seen = read(7, vrm=LISTED)
    account = Account("frame 7", seen.camera_id, seen.captured_at, NOON, Became.READ, reads=(seen,))
    _intake(hub).accept([account])


def _heartbeat(hub: Hub) -> None:
    _intake(hub).heartbeat(NOON, cluster="ok", cameras_up=2)


def _register_camera(hub: Hub) -> None:
    _intake(hub).register([a_camera("NS-C09")])


def _load_list(hub: Hub) -> None:
    _intake(hub).load_list(hub.papers / "local.csv", now=NOON)


OF_MACHINES: dict[str, Act] = {
    "Intake.accept": _accept,
    "Intake.heartbeat": _heartbeat,
    "Intake.register": _register_camera,
    "Intake.load_list": _load_list,
}
"""What is taken in at the other way; an alarm that the ledger did not take is raised later."""

TAKEN_UP: dict[str, Act] = {
    "HoldsDesk.release": lambda hub: weed(hub.store, now=NOON),
}
"""What finishes an act of which a part stands, where it is not the same act again."""
