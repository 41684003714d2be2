"""The files of the months say of each day what its lines say, and nothing of a day that left."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.archive import writer as writer_module
from store.archive.days.folders import day_folders
from store.archive.days.lines import LINES, Lines, is_sealed
from store.archive.finding.marks import AnyMark, LookAlike, Marks, OneMark, Wildcard
from store.archive.finding.question import Question
from store.archive.finding.selfcheck import check_archive
from store.archive.keeping.rewriting import rewrite_without
from store.archive.months import covering
from store.archive.months.covering import cover, mend_months, uncover
from store.archive.months.expecting import Months
from store.archive.months.month import MONTHS, Month, bit_of, month_file
from store.archive.plates import pack
from store.archive.search import Archive
from store.archive.writer import ArchiveWriter
from store.errors import CorruptError
from store.terms import Read
from tests.store.archive.reads import MIDNIGHT, PulledPlugError, a_read, pull_plug

FIRST = MIDNIGHT - timedelta(days=20)
"""29 October: the days span two months."""

DAYS = 10
EVERY = "EV26RYD"


def _shared(number: int) -> str:
    return f"AB{number % 50:02}CDE"


READS = [
    a_read(
        100 * day + number,
        vrm=EVERY if number == 0 else f"ON{day:02}LYX" if number == 1 else _shared(day * number),
        captured_at=FIRST + timedelta(days=day, minutes=number),
    )
    for day in range(DAYS)
    for number in range(12)
]
LATE = a_read(5000, vrm="LA26TER", captured_at=FIRST + timedelta(days=4, hours=9))


def _question(marks: Marks, *, limit: int = 500, before: str = "") -> Question:
    return Question.about(
        marks,
        since_at=FIRST,
        until_at=FIRST + timedelta(days=DAYS),
        limit=limit,
        before=before,
    )


def _found(archive: Path, marks: Marks) -> list[str]:
    found, more = Archive(archive).search(_question(marks))
    assert not more
    return [one.read.read_id for one in found]


def _expected(*reads: Read, fits: Callable[[str], bool]) -> list[str]:
    there = [read for read in reads if fits(read.vrm)]
    there.sort(key=lambda read: (read.captured_at, read.read_id), reverse=True)
    return [read.read_id for read in there]


def _sound(archive: Path) -> None:
    """Every sealed day stands in its month as it is, and nothing else does."""
    sealed = {folder.name for folder in day_folders(archive) if is_sealed(folder)}
    named: set[str] = set()
    for path in (archive / MONTHS).glob("*"):
        month = Month.open(path)
        assert all(month.agrees_with(archive / day) for day in month.days)
        assert month.of_no_day() == 0
        named |= month.days.keys()
    assert named == sealed
    assert all(not checked.differences for checked in check_archive(archive, sample=3))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = tmp_path_factory.mktemp("built") / "archive"
    writer = ArchiveWriter(archive)
    writer.record(READS)
    for day in range(DAYS):
        assert writer.seal((FIRST + timedelta(days=day)).date())
    writer.close()
    return archive


@pytest.fixture
def archive(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "archive"))


def _day(number: int) -> date:
    return (FIRST + timedelta(days=number)).date()


def test_sealing_takes_a_day_into_the_file_of_its_month(archive: Path) -> None:
    assert {path.name for path in (archive / MONTHS).iterdir()} == {"2026-10", "2026-11"}
    _sound(archive)


@pytest.mark.parametrize("marks", [OneMark.of(EVERY), Wildcard.of("AB?1*"), LookAlike.of(EVERY)])
def test_with_the_months_and_without_them_answers_are_the_same(archive: Path, marks: Marks) -> None:
    with_months = _found(archive, marks)
    assert with_months
    shutil.rmtree(archive / MONTHS)
    assert _found(archive, marks) == with_months


def test_pages_go_on_by_key_where_months_say_whom_to_ask(archive: Path) -> None:
    marks = Wildcard.of("*CDE")
    expected = _expected(*READS, fits=lambda vrm: vrm.endswith("CDE"))
    asked, pages, before = Archive(archive), [], ""
    more = True
    while more:
        found, more = asked.search(_question(marks, limit=7, before=before))
        pages += [one.read.read_id for one in found]
        before = found[-1].key
    assert pages == expected


def test_a_day_without_an_answer_is_not_asked(archive: Path) -> None:
    days = [_day(number).isoformat() for number in range(DAYS)]
    seen_on = {read.captured_at.date() for read in READS if read.vrm == "AB25CDE"}
    expected = Months(archive).expect(_question(OneMark.of("AB25CDE")), days=days)
    asked = {day for day in days if expected.of(day) is not None}
    assert asked == {day.isoformat() for day in seen_on}
    assert 0 < len(asked) < DAYS


def test_a_trawl_asks_every_day(archive: Path) -> None:
    days = [_day(number).isoformat() for number in range(DAYS)]
    expected = Months(archive).expect(_question(AnyMark()), days=days)
    assert all(expected.of(day) is not None for day in days)


def test_a_late_read_takes_its_day_out_until_it_is_sealed_again(archive: Path) -> None:
    reader = Archive(archive)
    assert not reader.search(_question(OneMark.of(LATE.vrm)))[0]
    writer = ArchiveWriter(archive)
    writer.record([LATE])
    assert (
        LATE.captured_at.date().isoformat()
        not in Month.open(month_file(archive, LATE.captured_at.date().isoformat())).days
    )
    found, _ = reader.search(_question(OneMark.of(LATE.vrm)))
    assert [one.read.read_id for one in found] == [LATE.read_id]
    _sound(archive)
    assert writer.seal(LATE.captured_at.date())
    writer.close()
    found, _ = reader.search(_question(OneMark.of(LATE.vrm)))
    assert [one.read.read_id for one in found] == [LATE.read_id]
    _sound(archive)


def test_an_erased_read_leaves_the_month_with_its_day(archive: Path) -> None:
    writer = ArchiveWriter(archive)
    writer.record([LATE])
    assert writer.seal(LATE.captured_at.date())
    writer.close()
    folder = archive / LATE.captured_at.date().isoformat()
    path = month_file(archive, folder.name)
    assert pack(LATE.fold) in Month.open(path).plates
    rewrite_without(folder, read_ids={LATE.read_id})
    assert pack(LATE.fold) not in Month.open(path).plates
    assert pack(LATE.fold).to_bytes(8, "little") not in path.read_bytes()
    _sound(archive)


def test_a_day_that_left_is_in_no_byte_of_the_month(archive: Path) -> None:
    folder = archive / _day(7).isoformat()
    path = month_file(archive, folder.name)
    others = [Lines.open(one).plates for one in day_folders(archive) if one != folder]
    alone = np.setdiff1d(Lines.open(folder).plates, np.concatenate(others))
    assert len(alone)
    assert all(plate.tobytes() in path.read_bytes() for plate in alone)
    uncover([folder])
    assert not any(plate.tobytes() in path.read_bytes() for plate in alone)
    assert folder.name.encode() not in path.read_bytes()


def test_the_file_of_a_month_goes_with_its_last_day(archive: Path) -> None:
    october = [folder for folder in day_folders(archive) if folder.name < "2026-11"]
    assert len(october) == 3
    uncover(october)
    assert {path.name for path in (archive / MONTHS).iterdir()} == {"2026-11"}


def _nothing(archive: Path) -> None:
    shutil.rmtree(archive / MONTHS)


def _empty(archive: Path) -> None:
    (archive / MONTHS / "2026-11").write_bytes(b"")


def _torn(archive: Path) -> None:
    path = archive / MONTHS / "2026-11"
    path.write_bytes(path.read_bytes()[:-9])


def _of_another_form(archive: Path) -> None:
    path = archive / MONTHS / "2026-11"
    path.write_bytes(path.read_bytes().replace(b"month 1", b"month 0", 1))


def _a_day_behind(archive: Path) -> None:
    uncover([archive / _day(5).isoformat()])


def _a_day_that_went(archive: Path) -> None:
    shutil.rmtree(archive / _day(5).isoformat())


def _half_written(archive: Path) -> None:
    (archive / MONTHS / ".tmp-2026-11").write_bytes(b"half of it")


@pytest.mark.parametrize(
    "damage",
    [_nothing, _empty, _torn, _of_another_form, _a_day_behind, _a_day_that_went, _half_written],
)
def test_whatever_befalls_the_months_searches_answer_and_the_next_writer_mends_them(
    archive: Path, damage: Callable[[Path], None]
) -> None:
    damage(archive)
    there = [read for read in READS if (archive / read.captured_at.date().isoformat()).exists()]
    assert _found(archive, OneMark.of(EVERY)) == _expected(*there, fits=lambda vrm: vrm == EVERY)
    ArchiveWriter(archive).close()
    _sound(archive)
    assert not list((archive / MONTHS).glob(".tmp*"))
    assert _found(archive, OneMark.of(EVERY)) == _expected(*there, fits=lambda vrm: vrm == EVERY)


@pytest.mark.parametrize("step", ["cover", "uncover", "unseal"])
def test_a_machine_that_stops_between_month_and_day_opens_with_both_in_step(
    archive: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    writer = ArchiveWriter(archive)
    with monkeypatch.context() as pulled:
        pulled.setattr(writer_module, step, pull_plug)
        with pytest.raises(PulledPlugError):
            writer.record([LATE])
            writer.seal(LATE.captured_at.date())
    writer.close()
    ArchiveWriter(archive).close()
    _sound(archive)


def test_a_month_of_other_reads_than_its_day_is_made_anew(archive: Path) -> None:
    path = month_file(archive, _day(5).isoformat())
    month = Month.open(path)
    replace(month, days={**month.days, _day(5).isoformat(): "0" * 64}).write(path)
    mend_months(archive)
    _sound(archive)


def test_a_torn_month_is_refused_with_what_to_do(archive: Path) -> None:
    _torn(archive)
    with pytest.raises(CorruptError, match="Remove it"):
        Month.open(archive / MONTHS / "2026-11")


@given(
    st.dictionaries(st.integers(1, 30), st.sets(st.integers(1, 40)), max_size=6),
    st.sets(st.integers(1, 30)),
)
def test_a_month_is_the_union_of_its_days_whatever_came_and_went(
    days: dict[int, set[int]], gone: set[int]
) -> None:
    month = Month.empty()
    for day, keys in days.items():
        name = f"2026-11-{day:02}"
        plates = np.array(sorted(keys), np.uint64)
        month = month.joined({name: (f"digest {day}", plates)})
    month = month.without([f"2026-11-{day:02}" for day in gone])
    kept = {day: keys for day, keys in days.items() if day not in gone}
    assert set(month.days) == {f"2026-11-{day:02}" for day in kept}
    assert month.plates.tolist() == sorted(set().union(*kept.values()))
    for day, keys in kept.items():
        assert month.plates_of(f"2026-11-{day:02}").tolist() == sorted(keys)
    assert month.of_no_day() == 0
    assert all(int(word) & bit_of(f"2026-11-{day:02}") == 0 for word in month.words for day in gone)


def test_joining_many_days_a_few_at_a_time_is_joining_them_all(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [folder for folder in day_folders(archive) if folder.name >= "2026-11"]
    before = (archive / MONTHS / "2026-11").read_bytes()
    shutil.rmtree(archive / MONTHS)
    monkeypatch.setattr(covering, "_AT_ONCE", 2)
    cover(folders)
    assert (archive / MONTHS / "2026-11").read_bytes() == before
    assert (folders[0] / LINES).exists()
