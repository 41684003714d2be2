"""Look-alikes, several marks at once, and the vehicles of a list: what is shown, and who may."""

from dataclasses import replace
from datetime import timedelta

import pytest

from store.desks.masking import MASK
from store.errors import InputError, RefusedError
from store.governance.access.freezing import frozen
from store.ledger import lists
from store.ledger.lists import Arrival
from store.terms import Certainty, MatchKind
from tests.store.examples import an_entry
from tests.store.rig import GROUND, INCIDENT, INVESTIGATOR, NOON, OPERATOR, Rig, read, scope

LIKE = MatchKind.LOOKALIKE
LISTED = MatchKind.LISTED
HOUR = 1 / 24


@pytest.fixture
def found(rig: Rig) -> Rig:
    """One vehicle, one that reads like it (B for 8), one character short of it, and another."""
    rig.writer.record(
        [
            read(1, vrm="AB18CDE", age=timedelta(minutes=10)),
            read(2, vrm="ABI8CDE", age=timedelta(minutes=20)),
            read(3, vrm="A818CDE", age=timedelta(minutes=30), camera_id="NS-C02"),
            read(4, vrm="AB18CD", age=timedelta(minutes=40)),
            read(5, vrm="UX71ABC", age=timedelta(minutes=50)),
        ]
    )
    with rig.ledger.transaction() as tx:
        entries = [
            an_entry(f"26/{vrm}", vrm=vrm, list_name="Local", weeds_at=NOON + timedelta(days=9))
            for vrm in ("UX71ABC", "AB18CDE", "ZZ99ZZZ")
        ]
        arrival = Arrival("Local", "a.csv", "0" * 64)
        lists.replace(tx, arrival, entries=entries, rows=(), now=NOON)
    return rig


def test_of_look_alikes_the_mark_is_shown_and_the_others_are_masked_with_their_cost(
    found: Rig,
) -> None:
    page = found.desks.searches.search(INVESTIGATOR, scope("ab18 cde", kind=LIKE), GROUND, now=NOON)
    assert [(row.vrm, row.cost, row.certainty) for row in page.rows] == [
        ("AB18CDE", 0, Certainty.EXACT),
        ("ABI8CDE", 0, Certainty.GLYPH),
        (MASK * 7, 1, Certainty.POSSIBLE),
        (MASK * 7, 2, Certainty.POSSIBLE),
    ]
    assert (
        page.sentence == "2 rows are of plates like it, masked until opened: judge by the picture."
    )
    assert not any("A818" in repr(row) or "AB18CD'" in repr(row) for row in page.rows)
    assert found.records()[-2]["about"]["kind"] == "look-alike"


def test_several_marks_are_shown_because_each_was_named(found: Rig) -> None:
    several = scope("ux71abc, AB18 CDE", kind=LISTED)
    page = found.desks.searches.search(INVESTIGATOR, several, GROUND, now=NOON)
    assert [row.vrm for row in page.rows] == ["AB18CDE", "ABI8CDE", "UX71ABC"]
    assert found.records()[-2]["about"]["vrm"] == "AB18CDE,UX71ABC"


def test_the_vehicles_of_a_list_are_masked_and_their_marks_are_not_in_the_record(
    found: Rig,
) -> None:
    of_list = scope("@local", kind=LISTED, days=HOUR, cameras=("NS-C01",))
    page = found.desks.searches.search(INVESTIGATOR, of_list, GROUND, now=NOON)
    assert [row.vrm for row in page.rows] == [MASK * 7] * 3
    record = found.records()[-2]["about"]
    assert (record["vrm"], record["tool"]) == ("@local", "area_trawl")
    opened = found.desks.searches.open_read(
        INVESTIGATOR, read_id=page.rows[2].read_id, ground=GROUND, now=NOON
    )
    assert opened.vrm == "UX71ABC"


@pytest.mark.parametrize(
    "wide", [{"days": 1, "cameras": ("NS-C01",)}, {"days": HOUR, "cameras": tuple("ABCDEF")}]
)
def test_a_list_over_many_cameras_or_hours_takes_an_inspector(found: Rig, wide) -> None:
    with pytest.raises(RefusedError) as refused:
        found.desks.searches.search(
            INVESTIGATOR, scope("@Local", kind=LISTED, **wide), GROUND, now=NOON
        )
    assert refused.value.reason == "needs_grant"


def test_a_list_that_is_not_in_force_is_said(found: Rig) -> None:
    unknown = scope("@Nobody", kind=LISTED, days=HOUR, cameras=("NS-C01",))
    with pytest.raises(InputError, match="no list of that name"):
        found.desks.searches.search(INVESTIGATOR, unknown, GROUND, now=NOON)


@pytest.mark.parametrize(
    ("vrm", "kind"), [("AB", LIKE), ("AB18*", LIKE), ("AB18CDE,", LISTED), ("A?,B", LISTED)]
)
def test_what_is_no_mark_is_refused_before_anything_is_looked_at(
    found: Rig, vrm: str, kind: MatchKind
) -> None:
    with pytest.raises(InputError):
        found.desks.searches.search(INVESTIGATOR, scope(vrm, kind=kind), GROUND, now=NOON)


def test_a_hit_carries_the_search_for_its_vehicle_and_none_beside_it(found: Rig) -> None:
    found.raised(read(1, vrm="AB18CDE"))
    ground = replace(INCIDENT, reference="NS-2611-04417")
    one = scope("AB18CDE", kind=LISTED, days=0.5)
    assert found.desks.searches.search(OPERATOR, one, ground, now=NOON).rows
    for beside in (scope("AB18CDE,UX71ABC", kind=LISTED), scope("AB18CDE", kind=LIKE)):
        with pytest.raises(RefusedError) as refused:
            found.desks.searches.search(OPERATOR, beside, ground, now=NOON)
        assert refused.value.reason == "condition_not_met:open_hit_or_incident"


def test_a_vehicle_of_staff_is_flagged_among_several_and_among_look_alikes(found: Rig) -> None:
    with found.ledger.transaction() as tx:
        tx.execute("INSERT INTO staff_vehicle VALUES (?, 'UX71ABC', 'own')", (OPERATOR.staff_id,))
        tx.execute("INSERT INTO staff_vehicle VALUES (?, 'A818CDE', 'own')", (OPERATOR.staff_id,))
    for asked in (scope("AB18CDE,UX71ABC", kind=LISTED), scope("AB18CDE", kind=LIKE)):
        found.desks.searches.search(INVESTIGATOR, asked, GROUND, now=NOON)
        assert found.records()[-2]["about"]["vehicles_of"], asked.kind


def test_a_request_names_every_mark_or_the_look_alikes_or_the_place_of_a_list() -> None:
    several = frozen(scope("UX71ABC,AB18CDE", kind=LISTED))
    assert (several.vrms, several.kind, several.tools) == (
        ("AB18CDE", "UX71ABC"),
        MatchKind.EXACT,
        (),
    )
    like = frozen(scope("AB18CDE", kind=LIKE))
    assert (like.vrms, like.kind) == (("AB18CDE",), LIKE)
    by_list = frozen(scope("@Local", kind=LISTED, cameras=("NS-C01",)))
    assert (by_list.vrms, by_list.kind, by_list.tools) == ((), MatchKind.EXACT, ("area_trawl",))
    with pytest.raises(InputError, match="Name them"):
        frozen(scope("@Local", kind=LISTED))
