"""What a case holds outlives its day, is found for it alone, and goes when it is released."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.archive import absence
from store.archive.days.folders import day_folders
from store.archive.keeping.holds import evidence, secure, shelf
from store.archive.weeding import weed
from store.archive.writer import ArchiveWriter
from store.desks.keeping.holds import HoldsDesk, open_holds_desk
from store.errors import InputError, RefusedError
from store.ledger import audit, staff
from store.ledger.keeping import holds
from store.ledger.keeping.holds import HoldOrder, Vehicle
from store.purposes import Category
from store.store import Store, open_store
from store.terms import Ground, MatchKind, Officer, Purpose, Read, Scope
from tests.store import policies
from tests.store.archive.reads import a_read
from tests.store.archive.weeded import (
    KEPT,
    KEPT_PLATES,
    NOW,
    PAST,
    PAST_PLATES,
    UNFILED,
    build,
    files_with,
    plates_of,
)
from tests.store.dying import killed_by_itself
from tests.store.rig import INVESTIGATOR, OPERATOR

CASE = "NS-2611-04417"
MANAGER = Officer(staff_id="NS4900", role="AM", name="Hale")
GROUND = Ground(
    purpose=Purpose.ONGOING_INVESTIGATION,
    category=Category.SERIOUS,
    reference=CASE,
    reason="Disclosure schedule for the trial over the Moor Lane burglary",
)
EVER = Scope(
    "", MatchKind.EXACT, datetime(2020, 1, 1, tzinfo=UTC), NOW + timedelta(days=1), (), 500
)
HELD_DAY = PAST["2025-11-20"]
HELD_VRM = plates_of(HELD_DAY)[2]
LATE_VRM = plates_of(UNFILED)[0]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("built") / "state"
    build(state)
    store = open_store(state)
    with store.ledger.transaction() as tx:
        for officer in (MANAGER, INVESTIGATOR, OPERATOR):
            staff.enrol(tx, officer, now=NOW)
    policies.in_force(store.ledger, *policies.HOLDS_BY_ROLE, now=NOW)
    store.close()
    return state


@pytest.fixture
def desk(store: Store) -> HoldsDesk:
    return open_holds_desk(store)


def an_order(*vrms: str, read_ids: tuple[str, ...] = ()) -> HoldOrder:
    everything = (EVER.since_at, EVER.until_at)
    return HoldOrder(
        case=CASE,
        authority="D/Supt Hale, policy log 114",
        review_at=NOW + timedelta(days=180),
        read_ids=read_ids,
        vehicles=tuple(Vehicle(vrm, *everything) for vrm in vrms),
    )


def marks(reads: tuple[Read, ...]) -> list[str]:
    return sorted(read.vrm for read in reads)


def kinds(store: Store) -> list[str]:
    with store.ledger.reading() as db:
        told = [audit.body_of(record) for record in audit.tail(db, count=50)]
    return [body["kind"] for body in reversed(told) if body]


def test_a_held_read_outlives_its_day_with_its_pictures_and_nothing_else_does(
    store: Store, desk: HoldsDesk
) -> None:
    ((stored,), _) = store.archive.search(replace(EVER, vrm=HELD_VRM))
    made = desk.set(MANAGER, an_order(read_ids=(stored.read.read_id, "0" * 32)), now=NOW)
    assert (made.reads, made.missing) == (1, 1)
    (certificate,) = weed(store, now=NOW)
    assert certificate.held == 1
    assert store.archive.read(stored.read.read_id) is None
    found = desk.search(MANAGER, made.number, EVER, GROUND, now=NOW)
    assert found.reads == (stored.read,)
    pictures = desk.pictures(
        MANAGER, made.number, read_id=stored.read.read_id, ground=GROUND, now=NOW
    )
    assert pictures == (b"plate", f"picture of {HELD_VRM}".encode())
    assert absence.prove(store).findings == ()
    for plate in set(PAST_PLATES) - {HELD_VRM}:
        assert files_with(store.state, plate) == []
    assert all(name.startswith("holds/") for name in files_with(store.state, f"of {HELD_VRM}"))


def test_a_named_vehicle_is_secured_as_well_where_its_read_is_filed_only_now(
    store: Store, desk: HoldsDesk
) -> None:
    # the spool still has the day of one; the other lies within its time and stays in its day too
    order = an_order(LATE_VRM, KEPT_PLATES[0])
    made = desk.set(MANAGER, order, now=NOW)
    assert made.reads == 1
    weed(store, now=NOW)
    found = desk.search(MANAGER, made.number, EVER, GROUND, now=NOW)
    assert marks(found.reads) == sorted([LATE_VRM, KEPT_PLATES[0]])
    assert store.archive.search(replace(EVER, vrm=KEPT_PLATES[0]))[0]
    assert absence.prove(store).findings == ()


def test_a_span_holds_what_was_captured_in_it_and_no_more(store: Store, desk: HoldsDesk) -> None:
    day = PAST["2025-11-19"]
    at = [day + timedelta(microseconds=number) for number in range(3)]
    vehicles = [Vehicle(vrm, at[1], at[2]) for vrm in plates_of(day)[:3]]
    made = desk.set(MANAGER, replace(an_order(), vehicles=tuple(vehicles)), now=NOW)
    found = desk.search(MANAGER, made.number, EVER, GROUND, now=NOW)
    assert marks(found.reads) == [plates_of(day)[1]]


def test_filling_a_shelf_again_adds_nothing_and_records_nothing(
    store: Store, desk: HoldsDesk
) -> None:
    desk.set(MANAGER, an_order(HELD_VRM), now=NOW)
    before = kinds(store)
    assert secure(store.state, store.ledger, now=NOW) == 0
    assert kinds(store) == before


def test_a_released_hold_leaves_nothing_of_what_is_past_and_its_record_stays(
    store: Store, desk: HoldsDesk
) -> None:
    made = desk.set(MANAGER, an_order(HELD_VRM, KEPT_PLATES[0]), now=NOW)
    weed(store, now=NOW)
    desk.release(MANAGER, made.number, why="Conviction quashed, CPS letter of 20 Nov", now=NOW)
    assert not shelf(store.state, made.number).exists()
    assert files_with(store.state, f"of {HELD_VRM}") == []
    with store.ledger.reading() as db:
        (hold,) = holds.every(db)
        assert (hold.released_at, hold.reads) == (NOW, 0)
        assert holds.names(db, made.number) == holds.Names((), ())
        assert db.execute("SELECT count(*) FROM held_read").fetchone()[0] == 0
        assert audit.verify(db).broken_at is None
    assert store.archive.search(replace(EVER, vrm=KEPT_PLATES[0]))[0]  # in time: stays in its day
    assert absence.prove(store).findings == ()
    assert kinds(store)[-2:] == ["evidential hold released", "evidential hold removed"]
    with pytest.raises(InputError, match="No hold"):
        desk.search(MANAGER, made.number, EVER, GROUND, now=NOW)


def test_a_release_that_was_interrupted_ends_at_the_next_weeding(
    store: Store, desk: HoldsDesk
) -> None:
    made = desk.set(MANAGER, an_order(HELD_VRM), now=NOW)
    with store.ledger.transaction() as tx:
        holds.release(tx, made.number, why="The case is closed", by=MANAGER.staff_id, now=NOW)
    half = shelf(store.state, made.number)
    half.rename(half.with_name(f".leaving-{half.name}"))
    weed(store, now=NOW)
    assert files_with(store.state, f"of {HELD_VRM}") == []
    assert absence.prove(store).findings == ()


@pytest.mark.slow
def test_a_weeding_killed_while_it_secures_evidence_is_taken_up(
    store: Store, desk: HoldsDesk
) -> None:
    made = desk.set(MANAGER, an_order(LATE_VRM), now=NOW)
    step = "store.ledger.keeping.holds:secured"
    killed_by_itself("tests.store.archive.weeded", store.state, step)
    weed(store, now=NOW)
    assert marks(desk.search(MANAGER, made.number, EVER, GROUND, now=NOW).reads) == [LATE_VRM]
    assert absence.prove(store).findings == ()


def test_only_the_case_of_a_hold_opens_it_and_only_an_anpr_manager(
    store: Store, desk: HoldsDesk
) -> None:
    made = desk.set(MANAGER, an_order(HELD_VRM), now=NOW)
    other = replace(GROUND, reference="NS-2611-04418")
    with pytest.raises(RefusedError, match="another case"):
        desk.search(MANAGER, made.number, EVER, other, now=NOW)
    for officer in (INVESTIGATOR, OPERATOR):
        with pytest.raises(RefusedError, match="your role does not do that"):
            desk.search(officer, made.number, EVER, GROUND, now=NOW)
        with pytest.raises(RefusedError, match="your role "):
            desk.set(officer, an_order(HELD_VRM), now=NOW)
        with pytest.raises(RefusedError, match="your role "):
            desk.release(officer, made.number, why="because I want it", now=NOW)
    assert kinds(store).count("refused") == 7
    assert desk.search(MANAGER, made.number, EVER, GROUND, now=NOW).reads


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"case": "4417"}, "in no form"),
        ({"authority": "  "}, "no authority"),
        ({"authority": "x" * 201}, "no authority"),
        ({"review_at": NOW}, "review"),
        ({"review_at": NOW + timedelta(days=400)}, "review"),
        ({"vehicles": ()}, "no read and no vehicle"),
        ({"read_ids": ("F" * 32,)}, "32 hexadecimal"),
        ({"vehicles": (Vehicle("TX26KLM", NOW, NOW),)}, "ends before it begins"),
    ],
)
def test_an_order_that_is_not_whole_is_refused_with_its_reason(
    store: Store, desk: HoldsDesk, change: dict[str, object], why: str
) -> None:
    with pytest.raises(InputError, match=why):
        desk.set(MANAGER, replace(an_order(HELD_VRM), **change), now=NOW)
    with store.ledger.reading() as db:
        assert holds.every(db) == ()


def test_a_review_is_put_off_and_written_down(store: Store, desk: HoldsDesk) -> None:
    made = desk.set(MANAGER, an_order(HELD_VRM), now=NOW)
    later = NOW + timedelta(days=300)
    desk.put_off(MANAGER, made.number, review_at=later, now=NOW)
    (hold,) = desk.every(MANAGER, now=NOW)
    assert hold.review_at == later
    assert "evidential hold reviewed" in kinds(store)


def _a_held_read_that_is_gone(store: Store, number: int) -> None:
    (day,) = day_folders(shelf(store.state, number))
    shutil.rmtree(day)


def _a_read_that_nobody_secured(store: Store, number: int) -> None:
    writer = ArchiveWriter(shelf(store.state, number))
    writer.record([a_read(7, captured_at=KEPT["2025-11-22"])])
    writer.close()


def _a_shelf_of_no_hold(store: Store, number: int) -> None:
    shutil.copytree(shelf(store.state, number), shelf(store.state, 77))


@pytest.mark.parametrize(
    ("plant", "finding"),
    [
        (_a_held_read_that_is_gone, "1 held reads are missing"),
        (_a_read_that_nobody_secured, "1 reads lie here that no hold has secured"),
        (_a_shelf_of_no_hold, "is of no hold in force"),
    ],
)
def test_a_shelf_that_is_not_what_the_ledger_says_is_found(
    store: Store, desk: HoldsDesk, plant: Callable[[Store, int], None], finding: str
) -> None:
    made = desk.set(MANAGER, an_order(HELD_VRM), now=NOW)
    weed(store, now=NOW)
    plant(store, made.number)
    assert [one.what for one in absence.prove(store).findings] == [finding]


def test_a_shelf_is_searched_like_the_archive(store: Store, desk: HoldsDesk) -> None:
    made = desk.set(MANAGER, an_order(*PAST_PLATES[:10]), now=NOW)
    weed(store, now=NOW)
    lying = evidence(store.state, made.number)
    pattern = replace(EVER, vrm=f"{HELD_VRM[:3]}*", kind=MatchKind.WILDCARD)
    rows, _ = lying.search(pattern)
    assert {row.read.vrm for row in rows} == {
        plate for plate in PAST_PLATES[:10] if plate.startswith(HELD_VRM[:3])
    }
