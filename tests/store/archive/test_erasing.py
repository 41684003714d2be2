"""What is erased is in no byte of any file, what is held stays with its case, the rest is there."""

import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import lancedb
import pytest

from store.archive import absence
from store.archive.days.rows import read_rows
from store.archive.keeping.erasing import Erasure, ErasureOrder
from store.archive.keeping.holds import evidence
from store.archive.plates import pack
from store.archive.weeding import weed
from store.desks.keeping.erasures import ErasuresDesk
from store.desks.keeping.holds import open_holds_desk
from store.errors import BusyError, InputError, RefusedError, UnavailableError
from store.ledger import audit, lists, staff
from store.ledger.alarms import board
from store.ledger.keeping.holds import HoldOrder, Vehicle
from store.ledger.lists import Arrival
from store.store import Store, open_store
from store.terms import Account, MatchKind, Officer, Outcome, Scope
from store.vrm import fold
from tests.store.archive.reads import a_read
from tests.store.archive.weeded import files_with, seal
from tests.store.dying import killed_by_itself
from tests.store.examples import an_entry
from tests.store.rig import INVESTIGATOR

MANAGER = Officer(staff_id="NS4900", role="AM", name="Hale")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAYS = [datetime(2026, 11, day, 23, 59, 58, tzinfo=UTC) for day in (17, 18, 19)]
GONE, REPEATED, STAYS = "TX26KLM", "JB51XYZ", "JC19ABC"
EVER = Scope("", MatchKind.EXACT, DAYS[0] - timedelta(days=9), NOW + timedelta(days=1), limit=500)
ORDER = ErasureOrder(
    authority="DPO, decision 12 of 2026",
    why="SAR-26-0031, erasure granted",
    vehicles=(Vehicle(GONE, EVER.since_at, EVER.until_at),),
)


def build(state: Path) -> None:
    """Three days of three vehicles; two are on a list, one is seen across midnight, cuts lie by."""
    store = open_store(state)
    with store.ledger.transaction() as tx:
        staff.enrol(tx, MANAGER, now=NOW)
        staff.enrol(tx, INVESTIGATOR, now=NOW)
        entries = [
            an_entry(entry_id, vrm=vrm, weeds_at=NOW.replace(year=2126))
            for entry_id, vrm in (("26/1", GONE), ("26/2", REPEATED))
        ]
        lists.replace(tx, Arrival("PNC", "a.csv", "0" * 64), entries=entries, rows=(), now=NOW)
    intake = store.intake()
    for number, at in enumerate(DAYS):
        for vehicle, vrm in enumerate((GONE, REPEATED, STAYS)):
            intake.accept([_account(10 * number + vehicle, at=at, vrm=vrm)])
    intake.close()
    with store.ledger.transaction() as tx:
        lists.replace(tx, Arrival("PNC", "b.csv", "1" * 64), entries=(), rows=(), now=NOW)
    store.close()
    seal(state, "2026-11-18", "2026-11-20")
    (state / "spool" / "000000000099.cut").write_bytes(b"torn " + GONE.encode())


def _account(number: int, *, at: datetime, vrm: str) -> Account:
    settled_at = at + timedelta(seconds=4)  # past midnight
    sight = a_read(number, vrm=vrm, captured_at=at, vehicle_jpeg=f"sight of {vrm}".encode())
    read = replace(sight, captured_at=settled_at, vehicle_jpeg=f"picture of {vrm}".encode())
    account = Account(f"f{number}", "NS-C01", at, at, Outcome.READ)
    return replace(account, reads=(read,), sights=(sight,))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("built") / "state"
    build(state)
    return state


def erase(store: Store, order: ErasureOrder = ORDER) -> Erasure:
    return ErasuresDesk(store).erase(MANAGER, order, now=NOW)


def found(store: Store) -> list[str]:
    again = open_store(store.state)  # nobody has the days open from before
    rows, _ = again.archive.search(EVER)
    again.close()
    return sorted(row.read.vrm for row in rows)


def nothing_of_it_is_left(store: Store) -> None:
    assert found(store) == sorted([REPEATED, STAYS] * 3)
    read_ids = [a_read(10 * number).read_id for number in range(len(DAYS))]
    packed = pack(fold(GONE)).to_bytes(8, "little")
    for trace in (GONE.encode(), packed, *map(bytes.fromhex, read_ids)):
        assert files_with(store.state, trace) == []
    for read_id in read_ids:  # the audit chain says which read raised an alarm
        assert set(files_with(store.state, read_id)) <= {"ledger/ledger.db", "ledger/ledger.db-wal"}
    assert files_with(store.state, pack(fold(STAYS)).to_bytes(8, "little"))
    assert len(files_with(store.state, f"picture of {STAYS}")) == 3
    with store.ledger.reading() as db:
        assert audit.verify(db).broken_at is None
        assert db.execute("SELECT count(*) FROM erasing").fetchone()[0] == 0


def proof(store: Store) -> tuple[absence.Finding, ...]:
    weed(store, now=NOW)
    return absence.prove(store).findings


def test_an_erased_vehicle_is_in_no_byte_and_the_others_are_all_there(store: Store) -> None:
    assert files_with(store.state, GONE)
    done = erase(store)
    assert (done.reads, done.held, done.missing) == (3, 0, 0)
    assert done.days == {"2026-11-18": 1, "2026-11-19": 1, "2026-11-20": 1}
    nothing_of_it_is_left(store)
    assert proof(store) == ()


def test_the_certificate_counts_and_names_no_vehicle(store: Store) -> None:
    done = erase(store)
    with store.ledger.reading() as db:
        told = [audit.body_of(record) for record in audit.tail(db, count=2)]
    certificate, begun = told
    assert certificate is not None
    assert begun is not None
    assert (certificate["kind"], begun["kind"]) == ("erasure certificate", "erasure begun")
    assert certificate["by"] == begun["by"] == MANAGER.staff_id
    assert certificate["about"] == begun["about"]
    assert certificate["about"]["digest"] == done.digest
    assert GONE not in str(told)


def test_an_alarm_loses_its_vehicle_and_keeps_its_answer_number_and_priority(store: Store) -> None:
    with store.ledger.reading() as db:
        before = {alarm.entry.entry_id: alarm for alarm in board.board(db)}
    erase(store)
    with store.ledger.reading() as db:
        after = {alarm.alarm_id: alarm for alarm in board.board(db)}
    gone, other = before["26/1"], before["26/2"]
    assert after[other.alarm_id] == other
    blank = after[gone.alarm_id]
    assert (blank.vrm, blank.entry.vrm, blank.priority) == ("", "", gone.priority)
    assert blank.read_id != gone.read_id


def test_an_alarm_whose_newest_sight_is_erased_stands_for_the_one_before(store: Store) -> None:
    with store.ledger.reading() as db:
        (alarm,) = [one for one in board.board(db) if one.entry.entry_id == "26/1"]
    done = erase(store, replace(ORDER, vehicles=(), read_ids=(alarm.read_id,)))
    assert done.reads == 1
    with store.ledger.reading() as db:
        after = board.by_id(db, alarm.alarm_id)
        sights = board.sights(db, alarm.alarm_id)
    assert after is not None
    assert (after.vrm, after.sights) == (GONE, alarm.sights - 1)
    assert after.captured_at < alarm.captured_at
    assert alarm.read_id not in {sight.read_id for sight in sights}
    assert after.read_id in {sight.read_id for sight in sights}


def test_what_a_case_holds_stays_with_it_alone(store: Store) -> None:
    first = a_read(0).read_id
    order = HoldOrder("NS-2611-04417", "D/Supt Hale", NOW + timedelta(days=90), (first,))
    desk = open_holds_desk(store)
    made = desk.set(MANAGER, order, now=NOW)
    assert erase(store).held == 1
    assert found(store) == sorted([REPEATED, STAYS] * 3)
    assert all(name.startswith("holds/") for name in files_with(store.state, f"of {GONE}"))
    assert proof(store) == ()
    desk.release(MANAGER, made.number, why="The case is closed for good", now=NOW)
    assert files_with(store.state, f"of {GONE}") == []


def test_naming_what_is_not_here_is_said_and_erases_nothing(store: Store) -> None:
    unknown = replace(ORDER, vehicles=(), read_ids=("ab" * 16,))
    with pytest.raises(UnavailableError, match="Nothing was erased"):
        erase(store, unknown)
    some = erase(store, replace(ORDER, read_ids=("ab" * 16,)))
    assert (some.reads, some.missing) == (3, 1)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"authority": " "}, "no authority"),
        ({"why": ""}, "no authority or no reason"),
        ({"vehicles": ()}, "no read and no vehicle"),
        ({"read_ids": ("x",)}, "32 hexadecimal"),
    ],
)
def test_an_order_that_is_not_whole_erases_nothing(
    store: Store, change: dict[str, object], why: str
) -> None:
    with pytest.raises(InputError, match=why):
        erase(store, replace(ORDER, **change))
    assert len(found(store)) == 9


def test_only_an_anpr_manager_erases_and_only_beside_no_recorder(store: Store) -> None:
    with pytest.raises(RefusedError, match="your role does not do that"):
        ErasuresDesk(store).erase(INVESTIGATOR, ORDER, now=NOW)
    intake = store.intake()
    with pytest.raises(BusyError, match="Stop it"):
        erase(store)
    intake.close()
    assert len(found(store)) == 9


@pytest.mark.slow
@pytest.mark.parametrize(
    "die_at",
    [
        "store.archive.keeping.rewriting:_build",
        "store.archive.keeping.rewriting:_exchange",
        "store.archive.keeping.rewriting:_exchange#2",
        "shutil:rmtree#2",
        "shutil:rmtree#4",
        "store.archive.keeping.erasing:_remove_cuts",
        "store.ledger.keeping.erasing:remove",
        "store.ledger.keeping.erasing:certify",
        "store.ledger.ledger:Ledger.rewrite",
    ],
)
def test_an_erasure_killed_at_any_step_is_finished_by_the_next_weeding(
    store: Store, die_at: str
) -> None:
    killed_by_itself("tests.store.archive.erased", store.state, die_at)
    weed(store, now=NOW)
    nothing_of_it_is_left(store)
    assert absence.prove(store).findings == ()


def test_a_read_that_came_back_is_found_by_the_proof(store: Store) -> None:
    erase(store)
    weed(store, now=NOW)
    back = replace(a_read(0, vrm=GONE), captured_at=DAYS[0] + timedelta(seconds=4))
    table = lancedb.connect(str(store.state / "archive" / "2026-11-18")).open_table("reads")
    table.add(read_rows([back]))
    assert "1 reads are here that were erased" in {
        one.what for one in absence.prove(store).findings
    }


LONG = bool(os.environ.get("ANPR_LONG_TESTS"))
SENTINELS = 1000 if LONG else 40
SPREAD_DAYS = 365 if LONG else 20


@pytest.mark.parametrize("share", [0.001, 0.05, 0.5, 1.0])
def test_sentinels_held_erased_and_weeded_are_where_they_may_be_and_nowhere_else(
    tmp_path: Path, share: float
) -> None:
    """A third is held, a third erased, over a share of the days; half of the days are past.

    With ANPR_LONG_TESTS=1 a thousand of them over a year; minutes.
    """
    store = open_store(tmp_path / "state")
    with store.ledger.transaction() as tx:
        staff.enrol(tx, MANAGER, now=NOW)
    bound_at = NOW - timedelta(days=365)
    days = [bound_at + timedelta(days=step - SPREAD_DAYS // 2) for step in range(SPREAD_DAYS)]
    chosen = days[:: max(1, round(1 / share))][: max(1, round(share * SPREAD_DAYS))]
    intake = store.intake()
    sentinels = {}
    for number in range(SENTINELS):
        vrm, at = f"S{number:03}JXA", chosen[number % len(chosen)] + timedelta(seconds=number)
        sentinels[vrm] = a_read(number, vrm=vrm, captured_at=at, vehicle_jpeg=f"of {vrm}".encode())
    traffic = [
        a_read(1000 + number, vrm=f"JA{number:02}XYZ", captured_at=at)
        for number, at in enumerate(days)
    ]
    for number, read in enumerate([*sentinels.values(), *traffic]):
        at = read.captured_at
        account = Account(f"f{number}", "NS-C01", at, at, Outcome.READ)
        intake.accept([replace(account, reads=(read,))])
    intake.close()
    held, erased = list(sentinels)[::3], list(sentinels)[1::3]
    both = list(sentinels)[::6]  # held ones that are erased as well
    ids = {vrm: read.read_id for vrm, read in sentinels.items()}
    hold = HoldOrder(
        "NS-2611-04417", "D/Supt Hale", NOW + timedelta(days=9), tuple(ids[vrm] for vrm in held)
    )
    desk = open_holds_desk(store)
    made = desk.set(MANAGER, hold, now=NOW)
    order = replace(ORDER, vehicles=(), read_ids=tuple(ids[vrm] for vrm in [*erased, *both]))
    assert erase(store, order).held == len(both)
    weed(store, now=NOW)
    assert absence.prove(store).findings == ()

    opened = open_store(store.state)
    ever = replace(EVER, since_at=days[0] - timedelta(days=1))
    stays = {
        vrm
        for vrm, read in sentinels.items()
        if read.captured_at.date() >= bound_at.date() and vrm not in {*erased, *both}
    }
    rows, _ = opened.archive.search(ever)
    assert {row.read.vrm for row in rows if row.read.vrm in sentinels} == stays
    lying = opened_evidence(opened, made.number, ever)
    assert lying == set(held)
    places = places_of_pictures(store.state)
    assert places.keys() <= sentinels.keys()
    for vrm in sentinels:
        may_be = (("archive", stays), ("holds", held))
        assert places.get(vrm, set()) == {place for place, vrms in may_be if vrm in vrms}
    opened.close()
    store.close()


def places_of_pictures(state: Path) -> dict[str, set[str]]:
    """Folders of the state in which the picture of a sentinel stands: every file is read once.

    One search of all files for each of a thousand sentinels read ten million files.
    """
    places: dict[str, set[str]] = {}
    for path in state.rglob("*"):
        if path.is_file():
            for vrm in set(re.findall(rb"of (S[0-9]{3}JXA)", path.read_bytes())):
                found = places.setdefault(vrm.decode(), set())
                found.add(path.relative_to(state).parts[0])
    return places


def opened_evidence(store: Store, number: int, scope: Scope) -> set[str]:
    rows, _ = evidence(store.state, number).search(scope)
    return {row.read.vrm for row in rows}
