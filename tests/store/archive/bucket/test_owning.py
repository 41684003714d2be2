"""A bucket that keeps what is deleted is refused, and of two hubs one owns an address."""

import logging
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from store.archive.bucket import owning
from store.archive.bucket.address import Address, Assigned, assign, assigned
from store.archive.bucket.owning import OWNER, own_bucket
from store.errors import BucketUnavailableError, BusyError, InputError, RefusedError
from tests.store.archive.bucket.carrying import lent
from tests.store.archive.bucket.server import ADDRESS, BUCKET, Server


def _told(archive: Path, address: str = ADDRESS) -> Assigned:
    archive.mkdir(exist_ok=True, parents=True)
    assign(archive, address, days_here=7, lying=())
    told = assigned(archive)
    assert told
    return told


def _versioned(server: Server, status: str) -> str:
    name = f"versioned-{status.lower()}"
    server.make(name)
    client = server.client()
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": status})
    return name


@pytest.mark.parametrize("status", ["Enabled", "Suspended"])
def test_a_bucket_that_keeps_versions_or_once_did_is_refused(
    bucket: Server, tmp_path: Path, status: str
) -> None:
    told = _told(tmp_path / "archive", f"s3://{_versioned(bucket, status)}")
    with pytest.raises(RefusedError, match=f"versioning is {status.lower()}.* make a new one"):
        own_bucket(tmp_path / "archive", told)


def test_a_bucket_with_object_lock_is_refused(
    bucket: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.make("locked", ObjectLockEnabledForBucket=True)
    told = _told(tmp_path / "archive", "s3://locked/hub-1")
    with pytest.raises(RefusedError):
        own_bucket(tmp_path / "archive", told)
    # a lock goes with versions on Amazon's servers; others may tell of the lock alone
    monkeypatch.setattr(owning.Objects, "keeps_versions", lambda _: "")
    with pytest.raises(RefusedError, match=r"has object lock.* new bucket without it"):
        own_bucket(tmp_path / "archive", told)


def test_an_address_belongs_to_the_hub_that_came_first(bucket: Server, tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    own_bucket(first, _told(first))
    own_bucket(first, _told(first))
    with pytest.raises(BusyError, match=f"{ADDRESS} belongs to another hub.*another folder"):
        own_bucket(second, _told(second))
    own_bucket(second, _told(tmp_path / "3", f"s3://{BUCKET}/hub-2"))
    assert sorted(bucket.names()) == [f"hub-1/{OWNER}", f"hub-2/{OWNER}"]


def test_of_many_hubs_at_once_one_wins(bucket: Server, tmp_path: Path) -> None:
    told = [_told(tmp_path / str(number)) for number in range(6)]

    def taken(number: int) -> bool:
        try:
            own_bucket(tmp_path / str(number), told[number])
        except BusyError:
            return False
        return True

    with ThreadPoolExecutor(6) as together:
        assert sum(together.map(taken, range(6))) == 1


def test_a_copy_of_the_state_folder_on_another_machine_is_refused(
    bucket: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "archive"
    own_bucket(archive, _told(archive))
    shutil.copytree(archive, tmp_path / "copy")
    (tmp_path / "machine-id").write_text("of another machine\n")
    monkeypatch.setattr(owning, "_MACHINE_ID", tmp_path / "machine-id")
    with pytest.raises(BusyError, match="or to a copy of this one"):
        own_bucket(tmp_path / "copy", _told(tmp_path / "copy"))


def test_a_server_that_overwrites_where_it_was_told_not_to_is_refused(
    bucket: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = _told(tmp_path / "archive")

    def careless(self: owning.Objects, name: str, data: bytes) -> bool:
        bucket.client().put_object(Bucket=BUCKET, Key=f"hub-1/{name}", Body=data)
        return True

    monkeypatch.setattr(owning.Objects, "create", careless)
    with pytest.raises(RefusedError, match="cannot keep two hubs apart"):
        own_bucket(tmp_path / "archive", told)


@pytest.fixture(params=["secret_access_key", "access_key_id"])
def wrong(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    yield {request.param: "WRONGKEYTHATMUSTNOTBESEEN"}


def test_wrong_keys_are_refused_with_what_to_do_and_not_shown(
    bucket: Server, tmp_path: Path, wrong: dict[str, str]
) -> None:
    told = _told(tmp_path / "archive")
    with (
        lent(bucket, tmp_path / "wrong", **wrong),
        pytest.raises(BucketUnavailableError, match=r"refuses our keys .*Store working ones") as no,
    ):
        own_bucket(tmp_path / "archive", told)
    assert no.value.__cause__ is None and no.value.__suppress_context__
    shown = str(no.value)
    assert not any(key in shown for key in (*wrong.values(), bucket.key, bucket.secret))


def test_nothing_of_the_keys_is_logged_even_where_everything_is(
    bucket: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told = _told(tmp_path / "archive")
    caplog.set_level(logging.DEBUG)
    own_bucket(tmp_path / "archive", told)
    lent_key = {"session_token": "LENTANDNOTTOBESEEN"}
    with lent(bucket, tmp_path / "lent", **lent_key), suppress(BucketUnavailableError):
        own_bucket(tmp_path / "archive", told)
    assert not any(key in caplog.text for key in (bucket.key, bucket.secret, "LENTAND"))


def test_no_variable_of_the_account_sends_days_to_another_server(
    bucket: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of-somebody-else")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-somebody-else")
    own_bucket(tmp_path / "archive", _told(tmp_path / "archive"))
    assert bucket.names() == [f"hub-1/{OWNER}"]


def test_a_bucket_that_is_not_there_is_said(bucket: Server, tmp_path: Path) -> None:
    told = _told(tmp_path / "archive", "s3://no-such-bucket")
    with pytest.raises(BucketUnavailableError, match="There is no bucket no-such-bucket"):
        own_bucket(tmp_path / "archive", told)


def test_a_server_that_does_not_answer_is_said(bucket: Server, tmp_path: Path) -> None:
    told = _told(tmp_path / "archive")
    bucket.down()
    try:
        with pytest.raises(BucketUnavailableError, match="does not answer"):
            own_bucket(tmp_path / "archive", told)
    finally:
        bucket.up()
    own_bucket(tmp_path / "archive", told)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "reads",
            "s3:/reads",
            "s3://",
            "s3://Reads",
            "s3://a",
            "s3://reads/../x",
            "s3://reads//x",
        ),
        *("s3://key:secret@reads", "s3://reads/a b", "s3://reads?versionId=1", "https://reads/x"),
    ],
)
def test_what_is_no_address_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no address of an archive"):
        assign(tmp_path, text, days_here=7, lying=())
    assert assigned(tmp_path) is None


def test_an_address_is_kept_as_it_was_written(tmp_path: Path) -> None:
    assert str(Address.of("s3://reads/hub-1/")) == "s3://reads/hub-1"
    assert Address.of("s3://reads").key("2026-11-18/lines") == "2026-11-18/lines"
    assert Address.of("s3://reads/a/b").key("2026-11-18/lines") == "a/b/2026-11-18/lines"


def test_settings_may_change_but_not_away_from_where_days_lie(tmp_path: Path) -> None:
    first = _told(tmp_path, "s3://reads/old")
    assign(tmp_path, "s3://reads/new", days_here=3, lying=())
    moved = assigned(tmp_path)
    assert moved == Assigned(Address.of("s3://reads/new"), first.hub, 3, moving=True)
    with pytest.raises(InputError, match="lie in s3://reads/old, and the settings name s3://reads"):
        assign(tmp_path, "s3://reads/new", days_here=3, lying=[Address.of("s3://reads/old")])
    assign(tmp_path, "", days_here=3, lying=[Address.of("s3://reads/old")])
    ended = assigned(tmp_path)
    assert ended is not None and not ended.moving
