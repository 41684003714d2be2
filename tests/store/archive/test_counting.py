"""What the certificate of a weeding says of a day, counted when it was sealed or when it goes."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from store.archive.days.folders import day_folder, new_session, open_tables
from store.archive.days.identities import files_of
from store.archive.days.lines import Lines, write_lines
from store.archive.days.rows import picture_rows, read_rows
from store.archive.weeding import PastDay, due
from store.archive.writer import ArchiveWriter
from store.terms import Read
from tests.store.archive.reads import MIDNIGHT, a_read

YEAR_S = 365 * 86_400
NOW = MIDNIGHT + timedelta(days=400)
READS = [a_read(number, captured_at=MIDNIGHT + timedelta(minutes=number)) for number in range(50)]
LATE = a_read(99, captured_at=MIDNIGHT + timedelta(hours=9))


def _expected(*reads: Read) -> PastDay:
    joined = b"".join(sorted(bytes.fromhex(read.read_id) for read in reads))
    digest = hashlib.sha256(joined).hexdigest()
    return PastDay(MIDNIGHT.date().isoformat(), len(reads), len(reads), digest)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    writer = ArchiveWriter(tmp_path / "archive")
    writer.record(READS)
    writer.close()
    return tmp_path


def _seal(state: Path) -> Path:
    writer = ArchiveWriter(state / "archive")
    assert writer.seal(MIDNIGHT.date())
    writer.close()
    return day_folder(state / "archive", MIDNIGHT)


def test_a_sealed_day_comes_to_what_it_came_to_while_it_was_open(state: Path) -> None:
    assert due(state, reads_s=YEAR_S, now=NOW) == (_expected(*READS),)
    _seal(state)
    assert due(state, reads_s=YEAR_S, now=NOW) == (_expected(*READS),)


def test_a_late_read_is_counted_whether_its_day_is_sealed_again_or_not(state: Path) -> None:
    _seal(state)
    writer = ArchiveWriter(state / "archive")
    writer.record([LATE])
    writer.close()
    assert due(state, reads_s=YEAR_S, now=NOW) == (_expected(*READS, LATE),)
    _seal(state)
    assert due(state, reads_s=YEAR_S, now=NOW) == (_expected(*READS, LATE),)


def test_a_table_that_was_changed_behind_our_back_is_counted_anew(state: Path) -> None:
    folder = _seal(state)
    tables = open_tables(folder, session=new_session(cache_bytes=1 << 20))
    tables["reads"].add(read_rows([LATE]))
    tables["pictures"].add(picture_rows([LATE], settled=True))
    assert Lines.open(folder).sum.files != files_of(folder)
    assert due(state, reads_s=YEAR_S, now=NOW) == (_expected(*READS, LATE),)


def test_lines_that_are_torn_do_not_keep_a_day_from_being_counted(state: Path) -> None:
    folder = _seal(state)
    (folder / "lines").write_bytes(b"")
    assert due(state, reads_s=YEAR_S, now=NOW) == (_expected(*READS),)


def test_what_was_counted_at_the_sealing_is_not_counted_again(state: Path) -> None:
    folder = _seal(state)
    lines = Lines.open(folder)
    write_lines(folder, replace(lines, sum=replace(lines.sum, pictures=7)))
    (day,) = due(state, reads_s=YEAR_S, now=NOW)
    assert day.pictures == 7
