"""A search finds what a plain filter over all reads finds, in the same order."""

import random
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.archive import writer as writer_module
from store.archive.search import Archive
from store.archive.writer import ArchiveWriter
from store.errors import CorruptError, InputError, UnavailableError
from store.ledger.instants import to_us
from store.terms import Certainty, MatchKind, Read, Scope
from tests.store.archive.bucket.carrying import carried, lent
from tests.store.archive.bucket.server import BUCKET, Server
from tests.store.archive.reads import MIDNIGHT, a_read, a_scope, answers, every_row

CAMERAS = ("NS-C01", "NS-C02", "NS-C03")
EVERYTHING = a_scope()


def _traffic(count: int) -> list[Read]:
    """Few marks and few moments, so that searches meet many and times are often the same."""
    dice = random.Random(20261118)
    marks = ["".join(dice.choice("AB8O0I1") for _ in range(dice.randint(3, 5))) for _ in range(60)]
    reads = [
        a_read(
            number,
            vrm=(vrm := dice.choice(marks)),
            camera_id=dice.choice(CAMERAS),
            captured_at=MIDNIGHT + timedelta(minutes=20 * dice.randint(-72, 71)),
            raw=dice.choice([vrm, vrm, vrm, "ZZZ"]),
        )
        for number in range(count)
    ]
    return [
        replace(
            read,
            controller=dice.choice(["NS", "NS", "EB"]),
            direction=dice.choice(["towards", "away", "unknown"]),
            confidence=dice.choice([0.07, 0.5, 0.57, 0.9999, 1.0]),
            candidates=dice.choice([(), ((f"{read.vrm}X", 0.25),), (("A.", 0.5), (read.vrm, 0.1))]),
            colour=dice.choice(["", "", "red", "blue"]),
            body=dice.choice(["", "van"]),
        )
        for read in reads
    ]


@pytest.fixture(scope="module")
def traffic() -> list[Read]:
    return _traffic(900)


@pytest.fixture(scope="module", params=["open", "one sealed", "sealed", "late reads", "bucket"])
def archive(
    traffic: list[Read], tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("archive")
    writer = ArchiveWriter(folder)
    ends = ExitStack()
    late = 90 if request.param == "late reads" else 0
    for start in range(late, len(traffic), 90):
        writer.record(traffic[start : start + 90])
    if request.param != "open":
        assert writer.seal((MIDNIGHT - timedelta(days=1)).date())
    if request.param in ("sealed", "late reads"):
        assert writer.seal(MIDNIGHT.date())
    if request.param == "bucket":
        server: Server = request.getfixturevalue("s3")
        ends.enter_context(lent(server, tmp_path_factory.mktemp("keys")))
        assert len(carried(folder, f"s3://{BUCKET}/searched")) == 1
    found = Archive(folder)
    if late:
        # the reader has seen the days sealed before the last reads come
        assert found.count(EVERYTHING).reads == len(traffic) - late
        writer.record(traffic[:late])
    with ends:
        yield found
    writer.close()


def _all_pages(archive: Archive, scope: Scope) -> list[tuple[str, Certainty]]:
    return [(row.read.read_id, row.certainty) for row in every_row(archive, scope)]


@settings(max_examples=60, deadline=None)
@given(
    vrm=st.one_of(st.just(""), st.text(alphabet="ABO0I1", min_size=3, max_size=5)),
    hours=st.integers(min_value=0, max_value=49),
    start=st.integers(min_value=-25, max_value=25),
    cameras=st.sets(st.sampled_from(CAMERAS)),
    limit=st.sampled_from([1, 7, 100, 500]),
)
def test_an_exact_search_or_a_trawl_equals_a_plain_filter(
    archive: Archive,
    traffic: list[Read],
    *,
    vrm: str,
    hours: int,
    start: int,
    cameras: set[str],
    limit: int,
) -> None:
    since_at = MIDNIGHT + timedelta(hours=start)
    until_at = since_at + timedelta(hours=hours)
    scope = Scope(vrm, MatchKind.EXACT, since_at, until_at, tuple(cameras), max(limit, 7))
    expected = answers(traffic, scope)
    assert _all_pages(archive, scope) == expected
    counted = archive.count(scope)
    assert counted.reads == len(expected)
    ids = {read_id for read_id, _ in expected}
    assert counted.vehicles == len({read.fold for read in traffic if read.read_id in ids})


@settings(max_examples=40, deadline=None)
@given(vrm=st.text(alphabet="ABO01??", min_size=4, max_size=5))
def test_a_wildcard_search_equals_a_plain_filter(
    archive: Archive, traffic: list[Read], vrm: str
) -> None:
    scope = a_scope(vrm, kind=MatchKind.WILDCARD, limit=23)
    try:
        expected = answers(traffic, scope)
    except InputError:
        with pytest.raises(InputError):
            archive.search(scope)
        return
    assert _all_pages(archive, scope) == expected


def test_a_star_finds_marks_of_every_length(archive: Archive, traffic: list[Read]) -> None:
    scope = a_scope("A*B*0", kind=MatchKind.WILDCARD, limit=500)
    found = _all_pages(archive, scope)
    assert [read_id for read_id, _ in found] == [read_id for read_id, _ in answers(traffic, scope)]
    assert found


def test_a_read_comes_back_as_it_was_without_its_pictures(
    archive: Archive, traffic: list[Read]
) -> None:
    read = traffic[17]
    assert archive.read(read.read_id) == replace(read, plate_jpeg=b"", vehicle_jpeg=b"")
    assert archive.pictures(read.read_id) == (read.plate_jpeg, read.vehicle_jpeg)


def test_an_unknown_read_has_no_row_and_no_pictures(archive: Archive) -> None:
    assert archive.read("0" * 32) is None
    assert archive.pictures("0" * 32) is None


@pytest.mark.parametrize(
    "read_id", ["", "0", "g" * 32, "0" * 31, "0" * 34, "' OR true --", "A" * 32]
)
def test_what_is_no_read_id_is_refused(archive: Archive, read_id: str) -> None:
    with pytest.raises(InputError):
        archive.read(read_id)


@pytest.mark.parametrize("before", ["x", "0" * 48 + "0", "' OR true", "-" + "0" * 47, "0" * 47])
def test_what_is_no_paging_key_is_refused(archive: Archive, before: str) -> None:
    with pytest.raises(InputError):
        archive.search(replace(EVERYTHING, before=before))


@pytest.mark.parametrize("limit", [0, -1, 501])
def test_a_page_of_no_or_too_many_rows_is_refused(archive: Archive, limit: int) -> None:
    with pytest.raises(InputError):
        archive.search(replace(EVERYTHING, limit=limit))


def test_a_camera_id_that_is_a_piece_of_sql_finds_nothing(archive: Archive) -> None:
    assert archive.search(a_scope(cameras=("' OR '1'='1",))) == ([], False)


def test_a_folder_that_is_not_there_yet_has_no_reads(tmp_path: Path) -> None:
    assert Archive(tmp_path / "none").search(EVERYTHING) == ([], False)


def test_a_reader_that_is_open_sees_what_is_written_after(tmp_path: Path) -> None:
    archive, writer = Archive(tmp_path), ArchiveWriter(tmp_path)
    for number in range(3):
        writer.record([a_read(number, vrm=f"TX26KL{number}")])
        assert len(archive.search(EVERYTHING)[0]) == number + 1
        assert len(archive.search(a_scope(f"TX26KL{number}"))[0]) == 1
    writer.close()


def test_searches_go_on_while_another_writes_and_compacts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "_COMMITS_BEFORE_COMPACTION", 5)
    reads = [a_read(number, vrm=f"AB{number:02}CDE") for number in range(40)]
    writer, archive = ArchiveWriter(tmp_path), Archive(tmp_path)
    writer.record(reads[:1])
    done = threading.Event()

    def write() -> None:
        for read in reads[1:]:
            writer.record([read])
            writer.compact()
        done.set()

    thread = threading.Thread(target=write)
    thread.start()
    seen = 1
    while not done.is_set():
        now_seen = archive.count(EVERYTHING).reads
        assert now_seen >= seen
        assert len(archive.search(a_scope("AB00CDE"))[0]) == 1
        seen = now_seen
    thread.join()
    writer.close()
    assert archive.count(EVERYTHING).reads == len(reads)


def test_a_day_that_cannot_be_read_now_is_said_without_a_plate(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path)
    writer.record([a_read(1)])
    writer.close()
    versions = tmp_path / MIDNIGHT.date().isoformat() / "reads.lance" / "_versions"
    min(versions.glob("*.manifest")).write_bytes(b"")
    with pytest.raises(UnavailableError, match="cannot be read now") as refusal:
        Archive(tmp_path).search(a_scope("TX26KLM"))
    assert "TX26KLM" not in str(refusal.value)
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize("written", [b"anpr-hub archive day 1\n", b"", b"\xff\x00"])
def test_a_day_of_another_format_is_refused_with_what_to_do(tmp_path: Path, written: bytes) -> None:
    writer = ArchiveWriter(tmp_path)
    writer.record([a_read(1)])
    (tmp_path / MIDNIGHT.date().isoformat() / "format").write_bytes(written)
    with pytest.raises(CorruptError, match="move the folder out"):
        Archive(tmp_path).search(EVERYTHING)
    writer.close()


def test_microseconds_are_kept(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path)
    captured_at = MIDNIGHT + timedelta(microseconds=1)
    writer.record([a_read(1, captured_at=captured_at)])
    (stored,), _ = Archive(tmp_path).search(EVERYTHING)
    assert to_us(stored.read.captured_at) == to_us(captured_at)
    writer.close()
