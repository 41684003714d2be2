"""What the writer has recorded is there once, whatever broke in between."""

from collections.abc import Callable
from pathlib import Path

import lancedb
import numpy as np
import pytest

from store.archive import writer
from store.archive.days import durable
from store.archive.days.folders import day_folder
from store.archive.days.keys import KeyFile, KeyShelf
from store.archive.search import Archive
from store.archive.writer import ArchiveWriter
from store.errors import BusyError, CorruptError, UnavailableError
from store.terms import Read
from tests.store.archive.reads import (
    MIDNIGHT,
    PulledPlugError,
    a_read,
    a_scope,
    expected_ids,
    found_ids,
    pull_plug,
)

FIRST = [a_read(number) for number in range(5)]
SECOND = [a_read(number, vrm="AB12CDE") for number in range(5, 10)]


def test_reads_again_are_written_once_in_one_batch_and_over_restarts(tmp_path: Path) -> None:
    for _ in range(2):
        opened = ArchiveWriter(tmp_path)
        opened.record([*FIRST, *FIRST])
        opened.record(FIRST[:3] + SECOND[:1])
        opened.close()
    assert found_ids(tmp_path) == expected_ids(*FIRST, SECOND[0])


def test_a_read_whose_id_begins_like_another_is_not_taken_for_it(tmp_path: Path) -> None:
    twin = FIRST[0].read_id[:16] + "0" * 16
    opened = ArchiveWriter(tmp_path)
    opened.record(FIRST)
    opened.record([Read(**{**_fields(FIRST[0]), "read_id": twin})])
    opened.close()
    assert len(found_ids(tmp_path)) == 6


def _fields(read: Read) -> dict[str, object]:
    return {name: getattr(read, name) for name in Read.__slots__}


def test_reads_of_two_days_lie_in_two_folders(tmp_path: Path) -> None:
    before = a_read(11, captured_at=MIDNIGHT.replace(day=17, hour=23))
    opened = ArchiveWriter(tmp_path)
    opened.record([*FIRST, before])
    opened.close()
    assert found_ids(tmp_path) == expected_ids(*FIRST, before)
    assert sorted(path.name for path in tmp_path.glob("2*")) == ["2026-11-17", "2026-11-18"]


def test_the_folder_of_a_day_belongs_to_nobody_else(tmp_path: Path) -> None:
    opened = ArchiveWriter(tmp_path / "archive")
    opened.record(FIRST)
    opened.close()
    for folder in (tmp_path / "archive", day_folder(tmp_path / "archive", MIDNIGHT)):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    opened = ArchiveWriter(tmp_path)
    with pytest.raises(BusyError):
        ArchiveWriter(tmp_path)
    opened.close()
    ArchiveWriter(tmp_path).close()


def test_compaction_changes_no_answer_and_leaves_few_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_COMMITS_BEFORE_COMPACTION", 4)
    opened, reader = ArchiveWriter(tmp_path), Archive(tmp_path)
    reads = [a_read(number, vrm=f"AB{number:02}CDE") for number in range(10)]
    for number, read in enumerate(reads):
        opened.record([read])
        opened.compact()
        known, _ = reader.search(a_scope())
        assert len(known) == number + 1
        assert len(reader.search(a_scope(read.vrm))[0]) == 1
        assert reader.pictures(read.read_id) == (b"plate", b"vehicle")
    opened.close()
    assert found_ids(tmp_path) == expected_ids(*reads)
    day = lancedb.connect(str(day_folder(tmp_path, MIDNIGHT)))
    for table in ("reads", "pictures"):
        assert day.open_table(table).stats()["fragment_stats"]["num_fragments"] <= 4


@pytest.mark.parametrize("failing", ["move", "add"])
def test_after_a_failing_disk_the_same_reads_can_be_given_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    opened = ArchiveWriter(tmp_path)
    opened.record(FIRST)
    where = durable.DurableMark if failing == "move" else KeyFile
    with monkeypatch.context() as broken:
        broken.setattr(where, failing, full)
        with pytest.raises(UnavailableError, match="No space left"):
            opened.record(SECOND)
    assert found_ids(tmp_path) == expected_ids(*FIRST)
    opened.record(SECOND)
    opened.close()
    assert found_ids(tmp_path) == expected_ids(*FIRST, *SECOND)


def _empty_the_newest_manifest(day: Path) -> None:
    for table in ("reads", "pictures"):
        newest = min((day / f"{table}.lance" / "_versions").glob("*.manifest"))
        newest.write_bytes(b"")


def _tear_the_newest_manifest(day: Path) -> None:
    newest = min((day / "reads.lance" / "_versions").glob("*.manifest"))
    newest.write_bytes(newest.read_bytes()[:-7])


def _empty_the_newest_data(day: Path) -> None:
    for table in ("reads", "pictures"):
        files = (day / f"{table}.lance" / "data").iterdir()
        max(files, key=lambda path: path.stat().st_mtime_ns).write_bytes(b"")


def _lose_the_tails(day: Path) -> None:
    for tail in day.glob("*.tail"):
        tail.write_bytes(b"")


def _leave_strays(day: Path) -> None:
    (day / "reads.lance" / "_versions" / ".tmp_9.manifest_0").write_bytes(b"half")
    (day / ".tmp-durable").write_bytes(b"half")
    index = day / "reads.lance" / "_indices" / "5f0a3a44-3f0c-4a55-9a2e-0c6b1f0f7d11"
    index.mkdir(parents=True)
    (index / "page_data.lance").write_bytes(b"marks")
    (day.parent / ".new-2026-11-19" / "reads.lance").mkdir(parents=True)


@pytest.mark.parametrize(
    "lose",
    [
        _empty_the_newest_manifest,
        _tear_the_newest_manifest,
        _empty_the_newest_data,
        _lose_the_tails,
        _leave_strays,
    ],
)
def test_after_a_power_loss_it_opens_by_itself_with_all_that_was_durable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lose: Callable[[Path], None]
) -> None:
    opened = ArchiveWriter(tmp_path)
    opened.record(FIRST)
    with monkeypatch.context() as broken:
        # the tables have the second batch, and the disk may have any part of it
        broken.setattr(durable.DurableMark, "move", pull_plug)
        with pytest.raises(PulledPlugError):
            opened.record(SECOND)
    opened.close()
    lose(day_folder(tmp_path, MIDNIGHT))

    opened = ArchiveWriter(tmp_path)
    assert found_ids(tmp_path) == expected_ids(*FIRST)
    assert not [path for path in tmp_path.rglob("*") if ".tmp" in path.name or ".new" in path.name]
    assert not list(tmp_path.rglob("_indices/*"))
    opened.record(SECOND)
    opened.close()
    assert found_ids(tmp_path) == expected_ids(*FIRST, *SECOND)
    assert len(Archive(tmp_path).search(a_scope("AB12CDE"))[0]) == len(SECOND)


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_version_that_was_durable_and_is_gone_is_said_and_not_papered_over(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    opened = ArchiveWriter(tmp_path)
    opened.record(FIRST)
    opened.record(SECOND)
    opened.close()
    versions = day_folder(tmp_path, MIDNIGHT) / "reads.lance" / "_versions"
    damage(min(versions.glob("*.manifest")))
    (day_folder(tmp_path, MIDNIGHT) / "manifests").unlink()
    with pytest.raises(CorruptError, match="restore"):
        ArchiveWriter(tmp_path)


@pytest.mark.parametrize("table", ["reads", "pictures"])
def test_a_newest_manifest_that_is_emptied_twenty_times_is_put_back_each_time(
    tmp_path: Path, table: str
) -> None:
    written: list[Read] = []
    for number in range(20):
        opened = ArchiveWriter(tmp_path)
        written.append(a_read(100 + number, vrm=f"JA{number:02}XYZ"))
        opened.record(written[-1:])
        if number % 5 == 4:
            opened.seal(MIDNIGHT.date())
        opened.close()
        versions = day_folder(tmp_path, MIDNIGHT) / f"{table}.lance" / "_versions"
        min(versions.glob("*.manifest")).write_bytes(b"")
        ArchiveWriter(tmp_path).close()
        assert found_ids(tmp_path) == expected_ids(*written)
        assert Archive(tmp_path).pictures(written[-1].read_id) == (b"plate", b"vehicle")


def test_a_day_of_another_format_stops_the_writer_and_is_left_alone(tmp_path: Path) -> None:
    opened = ArchiveWriter(tmp_path)
    opened.record(FIRST)
    opened.close()
    day = day_folder(tmp_path, MIDNIGHT)
    (day / "format").write_text("anpr-hub archive day 1\n")
    (day / "durable").write_text('{"reads": 0, "pictures": 0}')
    before = sorted(day.rglob("*"))
    with pytest.raises(CorruptError, match="move the folder out"):
        ArchiveWriter(tmp_path)
    assert sorted(day.rglob("*")) == before


def test_a_day_can_be_searched_from_its_first_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = ArchiveWriter(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(KeyFile, "add", pull_plug)
        with pytest.raises(PulledPlugError):
            opened.record(FIRST)
    opened.close()
    assert Archive(tmp_path).search(a_scope("TX26KLM")) == ([], False)
    assert Archive(tmp_path).read(FIRST[0].read_id) is None


def test_a_day_without_its_mark_keeps_every_whole_version(tmp_path: Path) -> None:
    opened = ArchiveWriter(tmp_path)
    opened.record(FIRST)
    opened.close()
    (day_folder(tmp_path, MIDNIGHT) / "durable").unlink()
    opened = ArchiveWriter(tmp_path)
    opened.record(SECOND)
    opened.close()
    assert found_ids(tmp_path) == expected_ids(*FIRST, *SECOND)


def test_a_reader_of_keys_never_misses_one_over_merges(tmp_path: Path) -> None:
    written, shelf = (
        KeyFile(tmp_path, "plates", keys=np.empty(0, np.uint64)),
        KeyShelf(tmp_path, "plates"),
    )
    for key in range(1, 60):
        written.add(np.array([key, 2**63 + key], np.uint64))
        if key % 7 == 0:
            written.merge()
        ordered, tail = shelf.held()
        held = set(ordered.tolist()) | set(tail.tolist())
        assert held == {one for at in range(1, key + 1) for one in (at, 2**63 + at)}
        assert written.known(np.array([key, 10_000], np.uint64)).tolist() == [key]


def test_part_of_a_key_at_the_end_of_the_tail_is_passed_over_and_written_over(
    tmp_path: Path,
) -> None:
    written = KeyFile(tmp_path, "plates", keys=np.array([5], np.uint64))
    written.add(np.array([6], np.uint64))
    with (tmp_path / "plates.tail").open("ab") as tail:
        tail.write(b"\x01\x02\x03")
    shelf = KeyShelf(tmp_path, "plates")
    assert shelf.held()[1].tolist() == [6]
    written.add(np.array([7], np.uint64))
    assert shelf.held()[1].tolist() == [6, 7]
