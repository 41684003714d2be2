"""Who looks for a vehicle of staff is flagged in the record, refused nothing and told nothing."""

import pytest

from store.errors import InputError
from store.ledger.rules import vehicles
from store.terms import MatchKind
from tests.store.rig import COLLEAGUE, GROUND, INVESTIGATOR, NOON, OPERATOR, Rig, scope


@pytest.mark.parametrize(
    ("staff_id", "relation", "flag"),
    [
        (INVESTIGATOR.staff_id, "own", "own"),
        (INVESTIGATOR.staff_id, "household", "household"),
        (COLLEAGUE.staff_id, "own", "colleague"),
        (COLLEAGUE.staff_id, "household", "colleague"),
    ],
)
def test_a_search_for_a_vehicle_of_staff_is_flagged(
    rig: Rig, staff_id: str, relation: str, flag: str
) -> None:
    with rig.ledger.transaction() as tx:
        vehicles.keep(tx, staff_id, "te07 car", relation=relation, by="NS0001", now=NOON)
    page = rig.desks.searches.search(INVESTIGATOR, scope("TEO7CAR"), GROUND, now=NOON)
    asked = rig.records()[-2]
    assert asked["about"]["vehicles_of"] == [flag]
    assert flag not in page.sentence
    rig.desks.searches.search(INVESTIGATOR, scope("UX71ABC"), GROUND, now=NOON)
    assert "flags" not in rig.records()[-2]["about"]


def test_the_record_of_keeping_one_names_no_vehicle(rig: Rig) -> None:
    with rig.ledger.transaction() as tx:
        vehicles.keep(tx, OPERATOR.staff_id, "TE07CAR", relation="own", by="NS0001", now=NOON)
    assert "TE07CAR" not in str(rig.records()[-1])
    assert rig.records()[-1]["about"] == {"staff_id": OPERATOR.staff_id, "relation": "own"}


def test_what_is_forgotten_flags_nobody(rig: Rig) -> None:
    with rig.ledger.transaction() as tx:
        vehicles.keep(tx, INVESTIGATOR.staff_id, "TE07CAR", relation="own", by="NS0001", now=NOON)
        assert vehicles.forget(tx, INVESTIGATOR.staff_id, by="NS0001", now=NOON) == 1
        assert vehicles.flags(tx, ["TE07CAR"], staff_id=INVESTIGATOR.staff_id) == []


@pytest.mark.parametrize(
    ("pattern", "flagged"), [("TE07*", ["own"]), ("?E07CAR", ["own"]), ("TE08*", None)]
)
def test_a_pattern_that_fits_a_vehicle_of_staff_is_flagged(
    rig: Rig, pattern: str, flagged: list[str] | None
) -> None:
    with rig.ledger.transaction() as tx:
        vehicles.keep(tx, INVESTIGATOR.staff_id, "TE07CAR", relation="own", by="NS0001", now=NOON)
        vehicles.keep(tx, COLLEAGUE.staff_id, "JX65RED", relation="own", by="NS0001", now=NOON)
    wanted = scope(pattern, kind=MatchKind.WILDCARD)
    rig.desks.searches.search(INVESTIGATOR, wanted, GROUND, now=NOON)
    assert rig.records()[-2]["about"].get("vehicles_of") == flagged


def test_a_vehicle_that_is_removed_flags_nobody_and_its_record_does_not_name_it(rig: Rig) -> None:
    with rig.ledger.transaction() as tx:
        for vrm in ("TE07CAR", "JX65RED"):
            vehicles.keep(tx, OPERATOR.staff_id, vrm, relation="own", by="NS0001", now=NOON)
        vehicles.remove(tx, OPERATOR.staff_id, "te07 car", by="NS0001", now=NOON)
        assert vehicles.flags(tx, ["TE07CAR"], staff_id=OPERATOR.staff_id) == []
        assert [one.fold for one in vehicles.every(tx, staff_id=OPERATOR.staff_id)] == ["JX65RED"]
        with pytest.raises(InputError, match="not kept under"):
            vehicles.remove(tx, OPERATOR.staff_id, "TE07CAR", by="NS0001", now=NOON)
    assert "TE07CAR" not in str(rig.records())


@pytest.mark.parametrize(
    ("staff_id", "vrm", "relation"),
    [
        ("NS9999", "TE07CAR", "own"),
        (OPERATOR.staff_id, "TE07CAR", "a friend's"),
        (OPERATOR.staff_id, "TE*", "own"),
    ],
)
def test_what_makes_no_sense_is_not_kept(rig: Rig, staff_id: str, vrm: str, relation: str) -> None:
    with pytest.raises(InputError), rig.ledger.transaction() as tx:
        vehicles.keep(tx, staff_id, vrm, relation=relation, by="NS0001", now=NOON)
