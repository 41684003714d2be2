"""Where a sealed day's read ids lie, and what they come to."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from store.archive.days import sealing
from store.archive.days.folders import day_folder, new_session, open_tables
from store.archive.days.identities import Identities, ascending, digest_of, runs_of
from store.archive.days.lines import Lines
from store.archive.days.rows import ids_of
from store.archive.plates import Keys
from store.archive.search import Archive
from store.archive.writer import ArchiveWriter
from tests.store.archive.reads import MIDNIGHT, a_read, a_scope

DAY = MIDNIGHT.date()
READS = [
    a_read(number, vrm=f"AB{number % 40:02}CDE", captured_at=MIDNIGHT + timedelta(minutes=number))
    for number in range(300)
]


def _sealed(archive: Path) -> Path:
    writer = ArchiveWriter(archive)
    writer.record(READS)
    assert writer.seal(DAY)
    writer.close()
    return day_folder(archive, MIDNIGHT)


def _table_ids(day: Path) -> list[bytes]:
    reads = open_tables(day, session=new_session(cache_bytes=1 << 20))["reads"]
    found: list[bytes] = reads.to_arrow()["read_id"].to_pylist()
    return found


def _spelled(halves: Keys) -> list[bytes]:
    return [pair.tobytes() for pair in halves.astype(">u8")]


def test_the_ids_of_a_sealed_day_are_taken_from_where_they_lie(tmp_path: Path) -> None:
    day = _sealed(tmp_path)
    runs = Lines.open(day).runs
    assert runs
    rows = np.array([299, 0, 7, 123])
    found = Identities(day, runs).of(rows)
    table = _table_ids(day)
    assert _spelled(found) == [table[row] for row in rows]
    assert _spelled(Identities(day, runs).of(np.arange(300))) == table
    (run,) = runs
    halved = (run, replace(run, first=100, at=run.at + 16 * 100))
    assert _spelled(Identities(day, halved).of(rows)) == [table[row] for row in rows]


def test_ids_that_do_not_lie_flat_are_asked_of_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flat = Archive(_sealed(tmp_path / "flat").parent).search(a_scope(limit=500))
    monkeypatch.setattr(sealing, "runs_of", lambda *_: ())
    day = _sealed(tmp_path / "other")
    assert not Lines.open(day).runs
    assert Archive(day.parent).search(a_scope(limit=500)) == flat
    assert len(flat[0]) == len(READS)


def test_ids_in_another_order_are_not_found(tmp_path: Path) -> None:
    day = _sealed(tmp_path)
    ids = ids_of(
        open_tables(day, session=new_session(cache_bytes=1 << 20))["reads"].to_arrow()["read_id"]
    )
    assert runs_of(day, ids) == Lines.open(day).runs
    backwards = np.ascontiguousarray(ids[::-1])
    assert runs_of(day, backwards) == ()
    stranger = np.concatenate([ids, np.array([[1, 2]], np.uint64)])
    assert runs_of(day, stranger) == ()


def test_the_digest_is_of_the_ids_in_ascending_order() -> None:
    ids = np.array([[2, 9], [1, 7], [1, 3], [0, 8]], np.uint64)
    order = ascending(ids)
    assert order.tolist() == [3, 2, 1, 0]
    joined = b"".join(
        first.to_bytes(8, "big") + second.to_bytes(8, "big")
        for first, second in [(0, 8), (1, 3), (1, 7), (2, 9)]
    )
    assert digest_of(ids[order]) == hashlib.sha256(joined).hexdigest()


def test_the_sum_of_a_sealed_day_is_what_its_tables_come_to(tmp_path: Path) -> None:
    day = _sealed(tmp_path)
    found = Lines.open(day).sum
    assert found.pictures == len(READS)
    joined = b"".join(sorted(bytes.fromhex(read.read_id) for read in READS))
    assert found.digest == hashlib.sha256(joined).hexdigest()
