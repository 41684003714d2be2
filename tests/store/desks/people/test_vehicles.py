"""Everybody keeps their own vehicles; who may keep another's, and who may see them, is few."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from store.desks.people.vehicles import VehiclesDesk, open_vehicles
from store.errors import RefusedError
from store.governance.access.requests import Proof
from store.terms import Officer
from tests.store.rig import INVESTIGATOR, NOON, OPERATOR, Rig

MANAGER = Officer("NS3010", "AM")
AUDITOR = Officer("NS7002", "AUD")
ADMIN = Officer("NS0700", "ADM")


def proof(officer: Officer, *, age_s: float = 0) -> Proof:
    return Proof(officer.staff_id, "key", "factor", NOON - timedelta(seconds=age_s))


@pytest.fixture
def desk(rig: Rig) -> VehiclesDesk:
    for officer in (MANAGER, AUDITOR, ADMIN):
        rig.enrol(officer)
    return open_vehicles(rig.ledger)


def add(desk: VehiclesDesk, by: Officer, whose: Officer, vrm: str = "TE07CAR") -> None:
    desk.add(by, whose.staff_id, vrm, relation="own", proof=proof(by), now=NOON)


def reason(act: Callable[[], object]) -> str:
    with pytest.raises(RefusedError) as refused:
        act()
    return refused.value.reason


@pytest.mark.parametrize("by", [OPERATOR, MANAGER, AUDITOR, ADMIN], ids=lambda one: one.role)
def test_everybody_keeps_sees_and_removes_their_own(rig: Rig, desk: VehiclesDesk, by) -> None:
    add(desk, by, by)
    found = desk.every(by, staff_id=by.staff_id, proof=proof(by), now=NOON)
    assert [(one.fold, one.relation) for one in found] == [("TE07CAR", "own")]
    desk.remove(by, by.staff_id, "TE07CAR", proof=proof(by), now=NOON)
    assert desk.every(by, staff_id=by.staff_id, proof=proof(by), now=NOON) == ()
    assert "TE07CAR" not in str(rig.records())


def test_only_the_manager_keeps_those_of_others(rig: Rig, desk: VehiclesDesk) -> None:
    assert reason(lambda: add(desk, OPERATOR, INVESTIGATOR)) == "not_for_role"
    assert reason(lambda: add(desk, AUDITOR, INVESTIGATOR)) == "read_only"
    add(desk, MANAGER, INVESTIGATOR)
    assert rig.records()[-1]["rule"] == "staff_vehicles.AM"


def test_the_auditor_sees_all_the_manager_counts_and_others_see_their_own(
    desk: VehiclesDesk,
) -> None:
    add(desk, OPERATOR, OPERATOR)
    add(desk, INVESTIGATOR, INVESTIGATOR, "JX65RED")
    seen = desk.every(AUDITOR, proof=proof(AUDITOR), now=NOON)
    assert {one.fold for one in seen} == {"TE07CAR", "JX65RED"}
    counted = desk.every(MANAGER, proof=proof(MANAGER), now=NOON)
    assert [(one.staff_id, one.fold) for one in counted] == [("NS4021", ""), ("NS4107", "")]
    for who in ("", INVESTIGATOR.staff_id):
        with pytest.raises(RefusedError) as refused:
            desk.every(OPERATOR, staff_id=who, proof=proof(OPERATOR), now=NOON)
        assert refused.value.reason == "not_own"


@pytest.mark.parametrize(
    "shown", [proof(OPERATOR, age_s=301), proof(OPERATOR, age_s=-1), proof(MANAGER)]
)
def test_an_old_or_another_persons_proof_opens_nothing(desk: VehiclesDesk, shown: Proof) -> None:
    def act() -> None:
        desk.add(OPERATOR, OPERATOR.staff_id, "TE07CAR", relation="own", proof=shown, now=NOON)

    assert reason(act) == "reauthentication_stale"
