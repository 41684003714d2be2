"""A sealed day goes up and comes down whole, whatever dies on the way; searches see one day."""

import logging
import os
import shutil
from collections.abc import Callable
from contextlib import closing, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from store.archive.bucket import objects
from store.archive.bucket.address import assign, assigned
from store.archive.bucket.moved import is_moved, moved
from store.archive.bucket.mover import move_up
from store.archive.bucket.moving import carry_up, settle
from store.archive.bucket.objects import Objects
from store.archive.bucket.owning import own_bucket
from store.archive.finding.selfcheck import check_archive
from store.archive.search import Archive
from store.archive.writer import ArchiveWriter
from store.errors import (
    BucketUnavailableError,
    CalledOffError,
    CorruptError,
    StoreError,
    UnavailableError,
)
from store.terms import Read
from tests.store.archive.bucket.carrying import carried, lent, some_of
from tests.store.archive.bucket.killed_move import DAY, LATE, READS, build
from tests.store.archive.bucket.server import ADDRESS, BUCKET, Server
from tests.store.archive.reads import MIDNIGHT, a_read, a_scope
from tests.store.dying import killed_by_itself

KILLED_MOVE = "tests.store.archive.bucket.killed_move"
THERE = f"hub-1/{DAY}/"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = tmp_path_factory.mktemp("built") / "archive"
    build(archive)
    return archive


@pytest.fixture
def archive(built: Path, bucket: Server, tmp_path: Path) -> Path:
    """One sealed day, and an empty bucket."""
    return Path(shutil.copytree(built, tmp_path / "state" / "archive"))


def _objects(server: Server) -> dict[str, bytes]:
    """What lies there of the day, by the names of its files."""
    client = server.client()
    return {
        name.removeprefix(THERE): client.get_object(Bucket=BUCKET, Key=name)["Body"].read()
        for name in server.names()
        if name.startswith(THERE)
    }


def _files(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _all_there(archive: Path, reads: list[Read]) -> None:
    """Every read once, as it was, with its pictures; and every short cut says what a scan says."""
    found = Archive(archive)
    lines, more = found.search(a_scope(limit=500))
    assert sorted(one.read.read_id for one in lines) == sorted(read.read_id for read in reads)
    assert not more
    for read in (reads[0], reads[-1]):
        assert found.pictures(read.read_id) == (read.plate_jpeg, read.vehicle_jpeg)
        whole = found.read(read.read_id)
        assert whole is not None and whole.captured_at == read.captured_at
    for checked in check_archive(archive, sample=3):
        assert checked.differences == ()
        assert checked.reads == len(reads)


def test_a_day_up_there_is_every_file_it_was_and_leaves_its_tables_there_alone(
    archive: Path, bucket: Server
) -> None:
    before = _files(archive / DAY.isoformat())
    assert carried(archive) == [DAY.isoformat()]
    assert _objects(bucket) == before
    here = _files(archive / DAY.isoformat())
    assert set(here) == {name for name in before if ".lance/" not in name} | {"bucket"}
    assert all(here[name] == before[name] for name in here.keys() - {"bucket"})
    _all_there(archive, READS)
    assert carried(archive) == []


def test_no_key_lies_among_the_days_nor_in_the_log(
    archive: Path, bucket: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="store")
    carried(archive)
    with closing(ArchiveWriter(archive)) as writer:
        writer.record([LATE])
    lying = b"".join([*_files(archive).values(), *_objects(bucket).values()])
    assert bucket.key.encode() not in lying and bucket.secret.encode() not in lying
    assert "lies in the bucket now" in caplog.text
    assert bucket.key not in caplog.text and bucket.secret not in caplog.text


def test_a_late_read_brings_the_day_down_and_leaves_nothing_of_it_there(
    archive: Path, bucket: Server
) -> None:
    carried(archive)
    reader = Archive(archive)
    assert len(reader.search(a_scope(limit=500))[0]) == len(READS)
    with closing(ArchiveWriter(archive)) as writer:
        writer.record([LATE, READS[7]])
        assert _objects(bucket) == {}
        # whoever had it open before finds the newcomer as well, and nobody twice
        assert len(reader.search(a_scope(limit=500))[0]) == len(READS) + 1
        _all_there(archive, [*READS, LATE])
        assert writer.seal(DAY)
    carried(archive)
    assert len(reader.search(a_scope(limit=500))[0]) == len(READS) + 1
    _all_there(archive, [*READS, LATE])


@pytest.mark.slow
@pytest.mark.parametrize(
    "die_at",
    some_of(
        [
            "store.archive.bucket.objects:Objects.create",
            "store.archive.bucket.objects:Objects.upload",
            "store.archive.bucket.objects:Objects.upload#5",
            "store.archive.bucket.objects:Objects.read_back",
            "store.archive.bucket.moving:mark_moved",
            "store.archive.bucket.moving:finish_move",
            "os:rmdir",
            "os:rmdir#5",
        ]
    ),
)
def test_a_move_up_killed_at_any_step_goes_on_and_ends_the_same(
    archive: Path, bucket: Server, die_at: str
) -> None:
    before = _files(archive / DAY.isoformat())
    killed_by_itself(KILLED_MOVE, archive, "up", die_at)
    _all_there(archive, READS)
    ArchiveWriter(archive).close()
    _all_there(archive, READS)
    carried(archive)
    assert _objects(bucket) == before
    assert not list((archive / DAY.isoformat()).glob("*.lance"))
    _all_there(archive, READS)


@pytest.mark.slow
@pytest.mark.parametrize(
    "die_at",
    some_of(
        [
            "store.archive.bucket.moving:_fetch",
            "store.archive.bucket.moving:_fetch#4",
            "store.archive.bucket.moving:finish_move",
            "pathlib:Path.rename",
            "pathlib:Path.rename#2",
            "store.archive.bucket.moving:mark_moved",
            "store.archive.bucket.objects:Objects.remove",
            "store.archive.writer:unseal",
        ]
    ),
)
def test_a_move_down_killed_at_any_step_loses_no_read(
    archive: Path, bucket: Server, die_at: str
) -> None:
    carried(archive)
    killed_by_itself(KILLED_MOVE, archive, "down", die_at)
    with closing(ArchiveWriter(archive)) as writer:
        _all_there(archive, READS)
        writer.record([LATE])
        _all_there(archive, [*READS, LATE])
        assert writer.seal(DAY)
    carried(archive)
    assert sorted(path.name for path in archive.glob(".*")) == [".bucket", ".writer"]
    mark = moved(archive / DAY.isoformat())
    assert mark and set(_objects(bucket)) == set(mark.objects)
    _all_there(archive, [*READS, LATE])


def test_what_is_there_already_is_not_sent_again_and_what_differs_is(
    archive: Path, bucket: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = archive / DAY.isoformat()
    assign(archive, ADDRESS, days_here=1, lying=())
    told = assigned(archive)
    assert told
    carry_up(folder, own_bucket(archive, told))
    client = bucket.client()
    client.put_object(Bucket=BUCKET, Key=f"{THERE}lines", Body=b"something else")
    client.put_object(Bucket=BUCKET, Key=f"{THERE}stray", Body=b"of nobody")
    sent: list[str] = []
    upload = Objects.upload

    def noting(self: Objects, name: str, path: Path, **rest: Any) -> None:
        sent.append(name)
        upload(self, name, path, **rest)

    monkeypatch.setattr(Objects, "upload", noting)
    carried(archive)
    assert sent == [f"{DAY}/lines"]
    mark = moved(folder)
    assert mark and set(_objects(bucket)) == set(mark.objects)


def test_a_day_that_changed_while_it_was_carried_up_stays_here(
    archive: Path, bucket: Server
) -> None:
    folder = archive / DAY.isoformat()
    assign(archive, ADDRESS, days_here=1, lying=())
    told = assigned(archive)
    assert told
    up = carry_up(folder, own_bucket(archive, told))
    assert up
    with closing(ArchiveWriter(archive)) as writer:
        writer.record([LATE])
        assert not settle(folder, up)
        writer.seal(DAY)
        assert not settle(folder, up)
    assert not is_moved(folder)
    _all_there(archive, [*READS, LATE])


def test_a_move_that_is_called_off_leaves_the_day_as_it_was(archive: Path, bucket: Server) -> None:
    assign(archive, ADDRESS, days_here=1, lying=())
    asked = 0

    def called_off() -> bool:
        nonlocal asked
        asked += 1
        return asked > 5

    with pytest.raises(CalledOffError):
        move_up(archive, archive / DAY.isoformat(), alone=nullcontext(), called_off=called_off)
    assert not is_moved(archive / DAY.isoformat())
    carried(archive)
    _all_there(archive, READS)


def test_a_bucket_that_gives_back_something_else_gets_no_day(
    archive: Path, bucket: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = Objects.upload

    def forgetful(self: Objects, name: str, path: Path, **rest: Any) -> None:
        upload(self, name, path, **rest)
        bucket.client().put_object(Bucket=BUCKET, Key=f"hub-1/{name}", Body=b"")

    monkeypatch.setattr(Objects, "upload", forgetful)
    with pytest.raises(UnavailableError, match=r"does not give back .*stays on this disk"):
        carried(archive)
    assert not is_moved(archive / DAY.isoformat())
    _all_there(archive, READS)


def test_an_object_that_was_changed_there_is_not_brought_down(
    archive: Path, bucket: Server
) -> None:
    carried(archive)
    name = next(name for name in bucket.names() if "pictures.lance/data" in name)
    bucket.client().put_object(Bucket=BUCKET, Key=name, Body=b"of somebody else")
    with (
        closing(ArchiveWriter(archive)) as writer,
        pytest.raises(CorruptError, match="is not the one that"),
    ):
        writer.record([LATE])
    assert is_moved(archive / DAY.isoformat())


def test_a_file_of_many_parts_goes_up_whole_and_parts_that_were_left_are_dropped(
    bucket: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # no server takes smaller parts, but for the last one
    monkeypatch.setattr(objects, "_PART_BYTES", 5 << 20)
    noise = os.urandom(6 << 20)
    reads = [
        a_read(number, vrm="JC19ABC", captured_at=MIDNIGHT, vehicle_jpeg=noise[number:])
        for number in range(2)
    ]
    archive = tmp_path / "archive"
    with closing(ArchiveWriter(archive)) as writer:
        writer.record(reads)
        assert writer.seal(DAY)
    before = _files(archive / DAY.isoformat())
    big = max(before, key=lambda name: len(before[name]))
    client = bucket.client()
    client.create_multipart_upload(Bucket=BUCKET, Key=THERE + big)
    carried(archive)
    assert client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []) == []
    assert client.head_object(Bucket=BUCKET, Key=THERE + big)["ETag"].endswith('-3"')
    assert _objects(bucket) == before
    for read in reads:
        assert Archive(archive).pictures(read.read_id) == (read.plate_jpeg, read.vehicle_jpeg)


def _down(server: Server) -> Callable[[], None]:
    server.down()
    return server.up


def test_what_needs_a_silent_bucket_says_which_days_and_the_rest_is_answered(
    archive: Path, bucket: Server
) -> None:
    days = [MIDNIGHT - timedelta(days=2), MIDNIGHT - timedelta(days=1)]
    with closing(ArchiveWriter(archive)) as writer:
        for number, day in enumerate(days):
            writer.record([a_read(2000 + number, vrm="JC19ABC", captured_at=day)])
        assert writer.seal(days[0].date())
    carried(archive)
    found = Archive(archive)
    up_again = _down(bucket)
    try:
        with pytest.raises(BucketUnavailableError) as no:
            found.search(a_scope(hours=48))
        # the open day is here, and is not named
        assert f"lies in the object store on {DAY}, and it does not answer" in str(no.value)
        ever = a_scope("JC19ABC")
        with pytest.raises(BucketUnavailableError, match=f"on {days[0].date()}, and"):
            found.search(type(ever)("JC19ABC", ever.kind, days[0], MIDNIGHT, (), 100, ""))
        # which days hold a mark, and how often, is known here
        assert found.search(a_scope("ZZ99ZZZ")) == ([], False)
        assert found.count(a_scope()).reads == len(READS) + 1
        assert len(found.search(a_scope(hours=24))[0]) == 1
        with pytest.raises(BucketUnavailableError):
            found.pictures(READS[0].read_id)
    finally:
        up_again()
    assert len(found.search(a_scope(limit=500))[0]) == len(READS) + 1


def test_wrong_keys_are_said_to_whoever_searches_and_nothing_of_them_is_shown(
    archive: Path, bucket: Server, tmp_path: Path
) -> None:
    carried(archive)
    wrong = {"secret_access_key": "WRONGKEYTHATMUSTNOTBESEEN"}
    with lent(bucket, tmp_path / "wrong", **wrong):
        with pytest.raises(BucketUnavailableError, match="refuses our keys") as no:
            Archive(archive).search(a_scope())
        shown: list[BaseException | None] = [no.value]
        while shown[-1] is not None:
            one = shown[-1]
            shown.append(one.__cause__ or (None if one.__suppress_context__ else one.__context__))
        told = " ".join(f"{one!r} {one}" for one in shown)
        assert "WRONGKEY" not in told and bucket.key not in told


def test_a_full_disk_leaves_the_day_up_there(
    archive: Path, bucket: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried(archive)
    write = Path.open

    def full(self: Path, *args: Any, **rest: Any) -> object:
        if ".bringing-" in str(self):
            raise OSError(28, "No space left on device")
        return write(self, *args, **rest)

    with closing(ArchiveWriter(archive)) as writer:
        monkeypatch.setattr(Path, "open", full)
        with pytest.raises(StoreError, match=r"No space left on device.*waits in the spool"):
            writer.record([LATE])
        monkeypatch.undo()
        assert is_moved(archive / DAY.isoformat())
    _all_there(archive, READS)
