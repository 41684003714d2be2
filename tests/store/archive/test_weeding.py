"""What is past its time is gone from every file, what is not is all there, and both are proven."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import lancedb
import pytest
from lancedb.index import BTree

from store.archive import absence, weeding
from store.archive.days.lines import Lines, write_lines
from store.archive.days.rows import read_rows
from store.archive.months.covering import cover
from store.archive.months.month import MONTHS, Month
from store.archive.weeding import weed
from store.errors import BusyError, RefusedError, UnavailableError
from store.ledger import audit
from store.ledger.alarms import board
from store.store import Store, open_store
from store.terms import MatchKind, Scope
from tests.store.archive.reads import a_read
from tests.store.archive.weeded import (
    BOUND,
    CAMERA,
    KEPT,
    KEPT_PLATES,
    NOW,
    PAST,
    PAST_PLATES,
    SEALED,
    UNFILED,
    build,
    plates_of,
)
from tests.store.dying import killed_by_itself

YEAR_S = 365 * 86_400
JUST = timedelta(microseconds=1)
GONE = [*PAST.values(), UNFILED]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("built") / "state"
    build(state)
    return state


@pytest.fixture(scope="module")
def clean(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub that was weeded once, without any trouble."""
    state = tmp_path_factory.mktemp("clean") / "state"
    shutil.copytree(built, state)
    store = open_store(state)
    weed(store, now=NOW)
    store.close()
    return state


@pytest.fixture
def weeded(clean: Path, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(Path(shutil.copytree(clean, tmp_path / "weeded")))
    yield opened
    opened.close()


def _holding(state: Path, words: list[str]) -> dict[str, list[str]]:
    """Every file below a folder that holds one of the words, and which."""
    found = {}
    for path in state.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            if held := [word for word in words if word.encode() in data]:
                found[str(path.relative_to(state))] = held
    return found


def _found(store: Store) -> list[str]:
    """Every mark of the archive, decoded."""
    since_at = datetime(2020, 1, 1, tzinfo=UTC)
    scope = Scope("", MatchKind.EXACT, since_at, NOW + timedelta(days=30), (), 500, "")
    return sorted(stored.read.vrm for stored in store.archive.search(scope)[0])


def _gone_and_kept(store: Store) -> None:
    assert _found(store) == sorted(KEPT_PLATES)
    assert _holding(store.state, PAST_PLATES) == {}
    pictures = [f"picture of {plate}" for plate in KEPT_PLATES]
    held = _holding(store.state / "archive", pictures)
    assert sorted(word for words in held.values() for word in set(words)) == sorted(pictures)
    there = {path.name for path in (store.state / "archive").iterdir()}
    assert there == {".writer", MONTHS, *KEPT}
    months = [Month.open(path) for path in (store.state / "archive" / MONTHS).iterdir()]
    assert {day for month in months for day in month.days} <= set(KEPT)
    proof = absence.prove(store)
    assert proof.findings == ()
    assert (proof.bound, proof.days, proof.reads) == (BOUND, len(KEPT), len(KEPT_PLATES))


def test_the_sentinels_are_found_before_so_that_finding_none_means_something(store: Store) -> None:
    intake = store.intake()
    intake.close()
    assert _found(store) == sorted(PAST_PLATES + KEPT_PLATES)
    seen = {word for words in _holding(store.state, PAST_PLATES).values() for word in words}
    assert seen == set(PAST_PLATES)
    assert any(name.startswith("ledger/") for name in _holding(store.state, PAST_PLATES))


def test_past_days_are_gone_from_every_byte_and_the_bound_itself_is_kept(weeded: Store) -> None:
    _gone_and_kept(weeded)
    assert next(iter(KEPT)) == BOUND


def test_nothing_of_them_waits_in_a_log_of_the_databases(store: Store) -> None:
    weed(store, now=NOW)
    # the store is still open: its write-ahead log is there, for closing alone would empty it
    assert (store.state / "ledger" / "ledger.db-wal").exists()
    assert _holding(store.state, PAST_PLATES) == {}


def test_a_day_stays_until_its_last_instant_is_past(store: Store) -> None:
    midnight = datetime(2026, 11, 22, tzinfo=UTC)
    days = [day.day for day in weeding.due(store.state, reads_s=YEAR_S, now=midnight - JUST)]
    assert days == list(PAST)[:-1]
    assert [day.day for day in weeding.due(store.state, reads_s=YEAR_S, now=midnight)] == list(PAST)


def test_an_alarm_keeps_its_number_and_priority_and_loses_its_vehicle(
    store: Store, weeded: Store
) -> None:
    with store.ledger.reading() as db:
        before = {alarm.alarm_id: alarm for alarm in board.board(db)}
    with weeded.ledger.reading() as db:
        after = {alarm.alarm_id: alarm for alarm in board.board(db)}
        sighted = {number: board.sights(db, number) for number in after}
    assert after.keys() == before.keys()
    for number, alarm in after.items():
        was = before[number]
        assert (alarm.priority, alarm.state, alarm.disposition) == (
            was.priority,
            was.state,
            was.disposition,
        )
        if was.captured_at in KEPT.values():
            assert alarm == was
            assert sighted[number]
        else:
            assert (alarm.vrm, alarm.entry.vrm, alarm.entry.fold) == ("", "", "")
            assert alarm.seq > max(one.seq for one in before.values())  # consoles hear of it
            assert sighted[number] == ()
            assert weeded.archive.pictures(alarm.read_id) is None


def test_the_certificate_says_what_went_and_the_chain_holds(weeded: Store) -> None:
    with weeded.ledger.reading() as db:
        told = [audit.body_of(record) for record in audit.tail(db, count=2)]
        assert audit.verify(db).broken_at is None
    certificate, begun = told
    assert certificate is not None
    assert begun is not None
    assert (certificate["kind"], begun["kind"]) == ("weeding certificate", "weeding begun")
    assert certificate["about"] == begun["about"]
    about = certificate["about"]
    assert [(day["day"], day["reads"], day["pictures"]) for day in about["days"]] == [
        (day, 8, 8) for day in ["2025-11-18", *PAST]
    ]
    assert (about["bound"], about["frames"], about["sights"]) == (BOUND, 32, 3)
    assert (about["alarms"], about["cuts"]) == (3, 3)
    assert certificate["policy"]


def test_the_book_forgets_past_pictures_and_counts_the_others(weeded: Store) -> None:
    intake = weeded.intake()
    names = [f"{day.isoformat()} 0" for day in [*GONE, *KEPT.values()]]
    assert intake.seen(names, camera_id=CAMERA) == set(names[len(GONE) :])
    assert sum(intake.tally(CAMERA).values()) == len(KEPT_PLATES)
    intake.close()


def test_only_lines_of_past_days_leave_the_log(weeded: Store) -> None:
    lines = (weeded.state / "log" / "anpr.log").read_text().splitlines()
    assert [line[:10] for line in lines[::2]] == list(KEPT)
    assert set(lines[1::2]) == {"  and what followed it"}


def test_weeding_twice_removes_nothing_more(weeded: Store) -> None:
    (again,) = weed(weeded, now=NOW)
    assert (again.days, again.frames, again.sights, again.alarms, again.cuts) == ((), 0, 0, 0, 0)
    _gone_and_kept(weeded)


def test_a_day_that_came_back_while_it_was_being_removed_goes_as_well(store: Store) -> None:
    day = store.state / "archive" / next(iter(PAST))
    shutil.copytree(day, day.with_name(f".weeding-{day.name}"))
    weed(store, now=NOW)
    _gone_and_kept(store)


def test_beside_a_recorder_nothing_is_weeded_and_what_to_do_is_said(store: Store) -> None:
    intake = store.intake()
    with pytest.raises(BusyError, match="Stop it, weed"):
        weed(store, now=NOW)
    intake.close()
    assert _found(store) == sorted(PAST_PLATES + KEPT_PLATES)


def test_a_clock_a_year_ahead_weeds_nothing_until_a_person_names_the_day(store: Store) -> None:
    jumped = NOW + timedelta(days=366)
    with pytest.raises(RefusedError, match="--today"):
        weed(store, now=jumped)
    with pytest.raises(RefusedError, match="not the day"):
        weeding.confirm_clock(store.ledger, today=NOW.date(), now=jumped)
    assert (store.state / "archive" / BOUND).is_dir()
    weeding.confirm_clock(store.ledger, today=jumped.date(), now=jumped)
    (certificate,) = weed(store, now=jumped)
    assert len(certificate.days) == len(PAST) + len(KEPT) + 1
    with store.ledger.reading() as db:
        told = [audit.body_of(record) for record in audit.tail(db, count=3)]
    assert "clock confirmed" in [one["kind"] for one in told if one]


def test_without_a_certificate_there_is_nothing_to_prove(store: Store) -> None:
    with pytest.raises(UnavailableError, match="Run anpr weed first"):
        absence.prove(store)


@pytest.mark.slow
@pytest.mark.parametrize(
    "die_at",
    [
        "store.ledger.keeping.weeding:record",
        "store.archive.weeding:_remove_days",
        "store.archive.weeding:uncover",
        "pathlib:Path.rename#2",
        "pathlib:Path.rename#3",
        "shutil:rmtree#2",
        "shutil:rmtree#3",
        "store.spool.frames:FrameBook.weed",
        "store.archive.weeding:_remove_cuts",
        "store.archive.weeding:_cut_logs",
        "store.ledger.keeping.weeding:weed",
        "store.ledger.ledger:Ledger.rewrite",
        "store.ledger.keeping.weeding:record#2",
    ],
)
def test_a_weeding_killed_at_any_step_is_taken_up_and_ends_the_same(
    store: Store, clean: Path, die_at: str
) -> None:
    killed_by_itself("tests.store.archive.weeded", store.state, die_at)
    first, *rest = weed(store, now=NOW + timedelta(hours=1))
    assert len(rest) == (die_at != "store.ledger.keeping.weeding:record")
    undisturbed = open_store(clean)
    with undisturbed.ledger.reading() as db:
        told = audit.body_of(audit.tail(db, count=1)[0])
    undisturbed.close()
    assert told is not None
    assert weeding.Certificate.of(told["about"], seq=first.seq) == first
    assert all(one.days == () for one in rest)
    _gone_and_kept(store)


def _a_day_that_came_back(store: Store, built: Path) -> None:
    day = next(iter(PAST))
    shutil.copytree(built / "archive" / day, store.state / "archive" / day)


def _a_removal_half_done(store: Store, built: Path) -> None:
    day = next(iter(PAST))
    shutil.copytree(built / "archive" / day, store.state / "archive" / f".weeding-{day}")


def _an_old_read_in_a_kept_day(store: Store, built: Path) -> None:
    day = lancedb.connect(str(store.state / "archive" / BOUND))
    old = a_read(1, vrm=plates_of(KEPT[BOUND])[0], captured_at=PAST["2025-11-21"])
    table = day.open_table("reads")
    table.add(read_rows([old]))
    table.delete(f"read_id = X'{old.read_id}'")  # an older version still holds it


def _a_plate_of_no_read(store: Store, built: Path) -> None:
    with (store.state / "archive" / BOUND / "plates.tail").open("ab") as tail:
        tail.write(bytes(range(8)))


def _an_index_of_no_version(store: Store, built: Path) -> None:
    reads = store.state / "archive" / BOUND / "reads.lance"
    there = {path: path.read_bytes() for path in (reads / "_versions").iterdir()}
    table = lancedb.connect(str(reads.parent)).open_table("reads")
    table.create_index("plate", config=BTree())
    # the versions that name it go, its pages stay
    for path in (reads / "_versions").iterdir():
        path.unlink()
    for path, data in there.items():
        path.write_bytes(data)


def _a_picture_deleted_where_it_stood(store: Store, built: Path) -> None:
    table = lancedb.connect(str(store.state / "archive" / BOUND)).open_table("pictures")
    gone = table.search().select(["read_id"]).limit(1).to_arrow()["read_id"][0].as_py()
    table.delete(f"read_id = X'{gone.hex()}'")


def _a_month_of_a_day_that_went(store: Store, built: Path) -> None:
    shutil.copy(built / "archive" / MONTHS / "2025-11", store.state / "archive" / MONTHS)


def _a_plate_of_no_day_in_a_month(store: Store, built: Path) -> None:
    path = store.state / "archive" / MONTHS / SEALED[-1][:7]
    month = Month.open(path)
    words = month.words.copy()
    words[0] = 0
    replace(month, words=words).write(path)


def _a_sum_of_other_reads(store: Store, built: Path) -> None:
    folder = store.state / "archive" / SEALED[-1]
    lines = Lines.open(folder)
    write_lines(folder, replace(lines, sum=replace(lines.sum, digest="0" * 64)))
    cover([folder])


def _a_stray(store: Store, built: Path) -> None:
    (store.state / "archive" / BOUND / "reads.lance" / "data" / ".tmp1").write_bytes(b"x")


def _a_segment(store: Store, built: Path) -> None:
    shutil.copy(next((built / "spool").glob("*.spool")), store.state / "spool")


def _a_torn_end(store: Store, built: Path) -> None:
    for cut in (built / "spool").glob("*.cut"):
        shutil.copy2(cut, store.state / "spool")


def _a_picture_in_the_book(store: Store, built: Path) -> None:
    with closing(sqlite3.connect(store.state / "spool" / "frames.db")) as db:
        db.execute("INSERT INTO frame VALUES (x'00', 'NS-C01', 'read', '', 1, 20000)")
        db.commit()


def _a_free_page_that_is_not_blank(store: Store, built: Path) -> None:
    with closing(sqlite3.connect(store.state / "spool" / "frames.db")) as db:
        db.execute("PRAGMA secure_delete = OFF")
        db.execute("CREATE TABLE stray AS SELECT randomblob(20000) AS bytes")
        db.execute("DROP TABLE stray")
        db.commit()


def _an_alarm(store: Store, built: Path) -> None:
    with store.ledger.transaction() as tx:
        tx.execute(
            "UPDATE alarm SET vrm = 'TX26KLM' WHERE alarm_no = (SELECT min(alarm_no) FROM alarm)"
        )


def _a_line_in_a_log(store: Store, built: Path) -> None:
    shutil.copy(built / "log" / "anpr.log", store.state / "log" / "other.log")


@pytest.mark.parametrize(
    ("plant", "place"),
    [
        (_a_day_that_came_back, "archive/2025-11-19"),
        (_a_removal_half_done, "archive/.weeding-2025-11-19"),
        (_an_old_read_in_a_kept_day, f"archive/{BOUND}/reads.lance"),
        (_a_plate_of_no_read, f"archive/{BOUND}/plates"),
        (_an_index_of_no_version, f"archive/{BOUND}/reads.lance/_indices/"),
        (_a_picture_deleted_where_it_stood, f"archive/{BOUND}/pictures.lance/_deletions/"),
        (_a_month_of_a_day_that_went, f"archive/{MONTHS}/2025-11"),
        (_a_plate_of_no_day_in_a_month, f"archive/{MONTHS}/{SEALED[-1][:7]}"),
        (_a_sum_of_other_reads, f"archive/{SEALED[-1]}/lines"),
        (_a_stray, f"archive/{BOUND}/reads.lance/data/.tmp1"),
        (_a_segment, "spool/"),
        (_a_torn_end, "spool/"),
        (_a_picture_in_the_book, "spool/frames.db"),
        (_a_free_page_that_is_not_blank, "spool/frames.db"),
        (_an_alarm, "ledger/ledger.db"),
        (_a_line_in_a_log, "log/other.log"),
    ],
)
def test_whatever_is_left_is_found(
    weeded: Store, built: Path, plant: Callable[[Store, Path], None], place: str
) -> None:
    plant(weeded, built)
    findings = absence.prove(weeded).findings
    assert findings
    assert all(finding.place.startswith(place) for finding in findings)
    told = " ".join(f"{finding.place} {finding.what}" for finding in findings)
    assert not any(plate in told for plate in PAST_PLATES)
