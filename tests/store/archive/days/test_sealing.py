"""A sealed day answers as before, and opens whatever broke while it was being sealed."""

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from store.archive import writer as writer_module
from store.archive.days import durable, sealing
from store.archive.days.durable import DurableMark
from store.archive.days.folders import day_folder
from store.archive.days.keys import KEY_FILES
from store.archive.days.known import may_hold, plates_in
from store.archive.days.lines import LINES, Lines, is_sealed
from store.archive.days.rows import id_keys
from store.archive.finding.selfcheck import check_archive
from store.archive.plates import pack
from store.archive.search import Archive
from store.archive.writer import ArchiveWriter
from store.errors import CorruptError, UnavailableError
from tests.store.archive.reads import (
    MIDNIGHT,
    PulledPlugError,
    a_read,
    a_scope,
    answers,
    expected_ids,
    found_ids,
    pull_plug,
)

DAY = MIDNIGHT.date()
READS = [
    a_read(number, vrm=f"AB{number % 40:02}CDE", captured_at=MIDNIGHT + timedelta(minutes=number))
    for number in range(300)
]
LATE = a_read(1000, vrm="LA26TER", captured_at=MIDNIGHT + timedelta(hours=23))


def _sound(archive: Path) -> None:
    for checked in check_archive(archive, sample=10):
        assert checked.differences == ()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive with one day that is over and not sealed: in part indexed, in part not."""
    opened = ArchiveWriter(tmp_path)
    with monkeypatch.context() as soon:
        soon.setattr(writer_module, "_COMMITS_BEFORE_COMPACTION", 2)
        soon.setattr(writer_module, "_INDEXED_FROM", 100)
        for start in range(0, len(READS) - 1, 50):
            opened.record(READS[start : min(start + 50, len(READS) - 1)])
            opened.compact()
    opened.record(READS[-1:])
    opened.close()
    return tmp_path


def test_an_open_day_with_indices_answers_as_a_scan_does(folder: Path) -> None:
    assert list((day_folder(folder, MIDNIGHT) / "reads.lance").glob("_indices/*/*"))
    _sound(folder)
    assert found_ids(folder) == expected_ids(*READS)


def test_an_index_is_on_disk_before_the_mark_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: set[Path] = set()

    def note(paths: Iterable[Path | str]) -> None:
        synced.update(map(Path, paths))

    monkeypatch.setattr(writer_module, "_COMMITS_BEFORE_COMPACTION", 1)
    monkeypatch.setattr(writer_module, "_INDEXED_FROM", 100)
    opened = ArchiveWriter(tmp_path)
    opened.record(READS[:150])
    monkeypatch.setattr(durable, "sync_all", note)
    opened.compact()
    opened.close()
    indices = list((day_folder(tmp_path, MIDNIGHT) / "reads.lance").glob("_indices/**/*"))
    assert len(indices) > 2
    assert set(indices) <= synced


def _seal(archive: Path) -> None:
    opened = ArchiveWriter(archive)
    assert opened.seal(DAY)
    opened.close()


def test_sealing_changes_no_answer_and_leaves_no_key_files_and_one_version(folder: Path) -> None:
    before = {read.read_id: Archive(folder).read(read.read_id) for read in READS[:20]}
    _seal(folder)
    day = day_folder(folder, MIDNIGHT)
    assert is_sealed(day)
    assert found_ids(folder) == expected_ids(*READS)
    archive = Archive(folder)
    for read in READS[:20]:
        assert archive.read(read.read_id) == before[read.read_id]
        assert archive.pictures(read.read_id) == (b"plate", b"vehicle")
    assert not [name for name in KEY_FILES if (day / name).exists()]
    for table in ("reads", "pictures"):
        assert len(list((day / f"{table}.lance" / "_versions").glob("*.manifest"))) <= 2
        assert len(list((day / f"{table}.lance" / "data").iterdir())) == 1
    assert not list((day / "reads.lance").glob("_indices/*/*"))
    _sound(folder)


def test_sealing_again_does_nothing(folder: Path) -> None:
    _seal(folder)
    stamp = (day_folder(folder, MIDNIGHT) / LINES).stat().st_mtime_ns
    opened = ArchiveWriter(folder)
    assert not opened.seal(DAY)
    assert not opened.seal(DAY - timedelta(days=3))
    opened.close()
    assert (day_folder(folder, MIDNIGHT) / LINES).stat().st_mtime_ns == stamp


def test_late_reads_open_a_sealed_day_and_it_is_sealed_again(folder: Path) -> None:
    _seal(folder)
    watching = Archive(folder)
    assert len(watching.search(a_scope(limit=500))[0]) == len(READS)
    opened = ArchiveWriter(folder)
    opened.record([LATE, *READS[:30]])
    assert not is_sealed(day_folder(folder, MIDNIGHT))
    assert [one.read.read_id for one in watching.search(a_scope("LA26TER"))[0]] == [LATE.read_id]
    assert opened.seal(DAY)
    assert [one.read.read_id for one in watching.search(a_scope("LA26TER"))[0]] == [LATE.read_id]
    opened.close()
    assert found_ids(folder) == expected_ids(*READS, LATE)
    _sound(folder)


def test_only_days_that_are_over_and_quiet_are_sealed_by_themselves(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = ArchiveWriter(folder)
    night = MIDNIGHT + timedelta(days=1)
    assert opened.seal_ended(now=night - timedelta(seconds=1)) is None
    assert opened.seal_ended(now=night + timedelta(minutes=59)) is None
    opened.record([LATE])
    assert opened.seal_ended(now=night + timedelta(hours=2)) is None
    monkeypatch.setattr(writer_module, "_QUIET_S", 0.0)
    assert opened.seal_ended(now=night + timedelta(hours=2)) == date(2026, 11, 18)
    assert opened.seal_ended(now=night + timedelta(hours=2)) is None
    opened.close()
    assert is_sealed(day_folder(folder, MIDNIGHT))
    assert found_ids(folder) == expected_ids(*READS, LATE)


def _plug_after(found: Callable[..., object]) -> Callable[..., object]:
    def stand_in(*args: object, **kwargs: object) -> None:
        found(*args, **kwargs)
        raise PulledPlugError

    return stand_in


STEPS = {
    "before the rows are in order": (sealing, "in_order", False),
    "before the mark moves": (DurableMark, "move", False),
    "after the mark has moved": (DurableMark, "move", True),
    "before the lines are made": (sealing, "lines_of", False),
    "before the lines are written": (sealing, "write_lines", False),
    "after the lines are written": (sealing, "write_lines", True),
    "before the key files go": (sealing, "_drop_keys", False),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_sealing_that_is_killed_leaves_a_day_that_opens_with_every_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    where, name, after = STEPS[step]
    opened = ArchiveWriter(folder)
    with monkeypatch.context() as broken:
        broken.setattr(where, name, _plug_after(getattr(where, name)) if after else pull_plug)
        with pytest.raises(PulledPlugError):
            opened.seal(DAY)
    assert found_ids(folder) == expected_ids(*READS)  # searches go on before the hub is up again
    opened.close()
    opened = ArchiveWriter(folder)
    assert found_ids(folder) == expected_ids(*READS)
    _sound(folder)
    opened.record([*READS[:10], LATE])
    assert found_ids(folder) == expected_ids(*READS, LATE)
    assert opened.seal(DAY)
    opened.close()
    assert found_ids(folder) == expected_ids(*READS, LATE)
    _sound(folder)


@pytest.mark.parametrize("step", ["key_files", "unseal"])
def test_an_unsealing_that_is_killed_loses_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    _seal(folder)
    opened = ArchiveWriter(folder)
    with monkeypatch.context() as broken:
        broken.setattr(writer_module, step, _plug_after(getattr(writer_module, step)))
        with pytest.raises(PulledPlugError):
            opened.record([LATE])
    opened.close()
    opened = ArchiveWriter(folder)
    assert found_ids(folder) == expected_ids(*READS)
    opened.record([LATE])
    opened.close()
    assert found_ids(folder) == expected_ids(*READS, LATE)
    _sound(folder)


def test_a_disk_that_is_full_while_sealing_leaves_the_day_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    opened = ArchiveWriter(folder)
    with monkeypatch.context() as broken:
        broken.setattr(durable, "replace_durably", full)
        with pytest.raises(UnavailableError, match="No space left"):
            opened.seal(DAY)
    assert found_ids(folder) == expected_ids(*READS)
    opened.record([LATE])
    assert opened.seal(DAY)
    opened.close()
    assert found_ids(folder) == expected_ids(*READS, LATE)


def _tear(lines: Path) -> None:
    lines.write_bytes(lines.read_bytes()[:100])


def _empty(lines: Path) -> None:
    lines.write_bytes(b"")


def _of_an_older_format(lines: Path) -> None:
    lines.write_bytes(lines.read_bytes().replace(b"lines 2", b"lines 1", 1))


@pytest.mark.parametrize("damage", [_tear, _empty, _of_an_older_format])
def test_lines_that_are_damaged_are_refused_and_made_anew_by_the_next_writer(
    folder: Path, damage: Callable[[Path], None]
) -> None:
    _seal(folder)
    damage(day_folder(folder, MIDNIGHT) / LINES)
    with pytest.raises(CorruptError, match="sealed again"):
        Archive(folder).search(a_scope())
    opened = ArchiveWriter(folder)
    assert found_ids(folder) == expected_ids(*READS)
    assert opened.seal(DAY)
    opened.close()
    assert found_ids(folder) == expected_ids(*READS)
    _sound(folder)


def test_lines_of_another_version_of_the_table_are_not_believed(folder: Path) -> None:
    _seal(folder)
    day = day_folder(folder, MIDNIGHT)
    sealing.write_lines(day, replace(Lines.open(day), version=1))
    opened = ArchiveWriter(folder)
    assert not is_sealed(day)
    opened.close()
    assert found_ids(folder) == expected_ids(*READS)


def test_the_selfcheck_finds_lines_that_say_other_than_their_table(folder: Path) -> None:
    _seal(folder)
    day = day_folder(folder, MIDNIGHT)
    lines = Lines.open(day)
    other = lines.lines.copy()
    other[17] ^= np.uint64(1 << 40)
    sealing.write_lines(day, replace(lines, sections={**lines.sections, "lines": other}))
    (checked,) = check_archive(folder, sample=5)
    assert (checked.sealed, checked.reads) == (True, len(READS))
    assert "lines of the lines" in checked.differences[0].what
    assert not any(read.vrm in one.what for read in READS for one in checked.differences)


def test_the_selfcheck_finds_a_key_that_an_open_day_lacks(folder: Path) -> None:
    day = day_folder(folder, MIDNIGHT)
    held = np.unique(np.concatenate(plates_in(day)))
    held[1:].tofile(day / "plates.keys")
    (day / "plates.tail").write_bytes(b"")
    opened = [one.what for one in check_archive(folder, sample=300)[0].differences]
    assert any("a search brings 0 rows" in what for what in opened)


@pytest.mark.parametrize("sealed", [False, True])
def test_a_day_knows_which_marks_and_identities_it_holds(folder: Path, *, sealed: bool) -> None:
    if sealed:
        _seal(folder)
    day = day_folder(folder, MIDNIGHT)
    plates = np.unique(np.concatenate(plates_in(day)))
    assert plates.tolist() == sorted({pack(read.fold) for read in READS})
    asked = [*(read.read_id for read in READS[:5]), LATE.read_id]
    assert may_hold(day, id_keys=id_keys(asked)).tolist() == [True] * 5 + [False]


def test_pictures_of_a_sight_without_its_read_are_found_in_a_sealed_day(folder: Path) -> None:
    opened = ArchiveWriter(folder)
    opened.record([], sights=[LATE])
    assert opened.seal(DAY)
    opened.close()
    archive = Archive(folder)
    assert archive.read(LATE.read_id) is None
    assert archive.pictures(LATE.read_id) == (LATE.plate_jpeg, LATE.vehicle_jpeg)
    _sound(folder)


def test_a_day_without_reads_can_be_sealed(tmp_path: Path) -> None:
    opened = ArchiveWriter(tmp_path)
    opened.record([], sights=[LATE])
    assert opened.seal(DAY)
    opened.close()
    assert found_ids(tmp_path) == []
    assert Archive(tmp_path).pictures(LATE.read_id) == (LATE.plate_jpeg, LATE.vehicle_jpeg)


def test_many_places_and_a_mark_seen_all_day_are_sealed(tmp_path: Path) -> None:
    dice = random.Random(3)
    reads = [
        a_read(
            number,
            vrm="SAME1" if number % 2 else f"X{number}",
            camera_id=f"NS-C{dice.randrange(700)}",
            captured_at=MIDNIGHT + timedelta(seconds=dice.randrange(86_400)),
        )
        for number in range(2_000)
    ]
    opened = ArchiveWriter(tmp_path)
    opened.record(reads)
    assert opened.seal(DAY)
    opened.close()
    found, more = Archive(tmp_path).search(a_scope("SAME1", limit=300))
    assert more
    expected = answers(reads, a_scope("SAME1"))[:300]
    assert [(one.read.read_id, one.certainty) for one in found] == expected
    _sound(tmp_path)
