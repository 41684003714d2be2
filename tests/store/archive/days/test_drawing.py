"""Drawing commits together: the same rows in the same order, in few files, and old ones go."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import lancedb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.archive import writer as writer_module
from store.archive.days.drawing import OldVersions, draw_newest_together
from store.archive.days.folders import day_folder, new_session, open_tables
from store.archive.search import Archive
from store.archive.writer import ArchiveWriter
from store.disk import sync_all
from tests.store.archive.reads import MIDNIGHT, a_read

SCHEMA = pa.schema([("read_id", pa.int64()), ("jpeg", pa.binary())])
PICTURES = Path("pictures.lance")
AFTER_S = 120.0


def a_table(folder: Path) -> Any:
    day = lancedb.connect(
        str(folder),
        session=new_session(cache_bytes=1 << 18),
        read_consistency_interval=timedelta(0),
    )
    return day.create_table("pictures", schema=SCHEMA)


def pictures_of(folder: Path) -> Any:
    return open_tables(folder, session=new_session(cache_bytes=1 << 18))["pictures"]


def add(table: Any, *, first: int, rows: int) -> None:
    ids = range(first, first + rows)
    table.add(pa.table({"read_id": ids, "jpeg": [b"%d" % one * 50 for one in ids]}, schema=SCHEMA))


def fragments(table: Any) -> int:
    return int(table.stats()["fragment_stats"]["num_fragments"])


def names(folder: Path, part: str) -> set[str]:
    found = (folder / PICTURES / part).iterdir()
    return {path.name for path in found if path.suffix != ".json"}


@given(commits=st.lists(st.lists(st.integers(1, 300), max_size=4), max_size=4))
def test_whatever_is_committed_between_two_drawings_stays_as_it_is(
    tmp_path_factory: pytest.TempPathFactory, commits: list[list[int]]
) -> None:
    table = a_table(tmp_path_factory.mktemp("day"))
    drawn = rows = 0
    for some in commits:
        for count in some:
            add(table, first=rows, rows=count)
            rows += count
        drawn = draw_newest_together(table, first=drawn)
        assert drawn == rows
    held = table.to_arrow()
    assert held["read_id"].to_pylist() == list(range(rows))
    assert held["jpeg"].to_pylist() == [b"%d" % one * 50 for one in range(rows)]
    assert fragments(table) == sum(bool(some) for some in commits)


def test_drawing_leaves_what_was_drawn_before_in_its_own_files(tmp_path: Path) -> None:
    table = a_table(tmp_path)
    add(table, first=0, rows=5)
    drawn = draw_newest_together(table, first=0)
    before = names(tmp_path, "data")
    for at in range(5, 20, 5):
        add(table, first=at, rows=5)
    draw_newest_together(table, first=drawn)
    # three commits and the one that took their place; the first was not written again
    assert len(names(tmp_path, "data") - before) == 4
    assert fragments(table) == 2
    assert not (tmp_path / PICTURES / "_deletions").exists()


def test_old_versions_go_when_no_reader_can_want_them_and_their_files_with_them(
    tmp_path: Path,
) -> None:
    table = a_table(tmp_path)
    old = OldVersions(tmp_path / PICTURES)
    for at in range(10):
        add(table, first=at, rows=1)
    held = lancedb.connect(str(tmp_path)).open_table("pictures")
    held.checkout(table.version)
    draw_newest_together(table, first=0)
    old.remove(after_s=AFTER_S, now_s=1000.0)
    old.remove(after_s=AFTER_S, now_s=1000.0 + AFTER_S - 1)
    assert held.to_arrow()["read_id"].to_pylist() == list(range(10))
    assert len(names(tmp_path, "data")) == 11
    old.remove(after_s=AFTER_S, now_s=1000.0 + AFTER_S)
    assert [len(names(tmp_path, part)) for part in ("data", "_versions", "_transactions")] == [
        1,
        1,
        1,
    ]
    again = lancedb.connect(str(tmp_path)).open_table("pictures")
    assert again.to_arrow()["read_id"].to_pylist() == list(range(10))
    assert again.version == table.version


def test_every_version_that_is_left_can_be_read_whole(tmp_path: Path) -> None:
    table, rows, drawn = a_table(tmp_path), 0, 0
    old = OldVersions(tmp_path / PICTURES)
    for minute in range(6):
        for _ in range(4):
            add(table, first=rows, rows=2)
            rows += 2
        drawn = draw_newest_together(table, first=drawn)
        old.remove(after_s=AFTER_S, now_s=60.0 * minute)
        versions = [one["version"] for one in table.list_versions()]
        for version in versions:
            table.checkout(version)
            ids = table.to_arrow()["read_id"].to_pylist()
            assert sorted(set(ids)) == list(range(len(set(ids))))
        table.checkout_latest()
        # four commits and two acts of a drawing a minute
        assert len(versions) <= 6 * 3
    assert len(names(tmp_path, "data")) <= 6 + 3 * 5


def test_a_table_that_never_had_a_row_is_left_as_it_is(tmp_path: Path) -> None:
    table = a_table(tmp_path)
    assert draw_newest_together(table, first=0) == 0
    OldVersions(tmp_path / PICTURES).remove(after_s=0.0, now_s=5.0)
    assert table.count_rows() == 0


def test_a_day_of_many_commits_keeps_few_files_and_every_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "_COMMITS_BEFORE_COMPACTION", 5)
    monkeypatch.setattr(writer_module, "_INDEXED_FROM", 20)
    monkeypatch.setattr(writer_module, "_KEEP_VERSIONS", timedelta(milliseconds=1))
    reads = [a_read(number, plate_jpeg=b"plate %d" % number) for number in range(60)]
    writer = ArchiveWriter(tmp_path)
    for read in reads:
        writer.record([read])
        writer.compact()
    folder = day_folder(tmp_path, MIDNIGHT)
    # twelve drawings of five commits; what the last one superseded may still be read
    assert len(names(folder, "data")) == 12 + 5
    # the one before, five commits, two of the drawing and the index
    assert len(names(folder, "_versions")) == 1 + 5 + 2 + 1
    # the index of all there are, and the one that it superseded
    assert len(names(folder, "_indices")) == 2
    (index,) = pictures_of(folder).list_indices()
    assert pictures_of(folder).index_stats(index.name).num_unindexed_rows == 0
    archive = Archive(tmp_path)
    assert [archive.pictures(read.read_id) for read in reads] == [
        (read.plate_jpeg, read.vehicle_jpeg) for read in reads
    ]
    # a writer that was killed finds all of it on the disk
    writer.close()
    ArchiveWriter(tmp_path).close()
    assert archive.pictures(reads[-1].read_id) == (b"plate 59", b"vehicle")


def test_a_day_that_is_killed_in_the_middle_of_a_drawing_has_each_picture_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = ArchiveWriter(tmp_path)
    reads = [a_read(number) for number in range(8)]
    for read in reads:
        writer.record([read])
    writer.close()
    folder = day_folder(tmp_path, MIDNIGHT)
    table = pictures_of(folder)
    monkeypatch.setattr(type(table), "delete", lambda *_: None)
    draw_newest_together(table, first=0)
    assert table.count_rows() == 16
    sync_all([folder])
    ArchiveWriter(tmp_path).close()
    assert pictures_of(folder).count_rows() == 8
