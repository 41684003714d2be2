"""What is weeded or erased leaves the bucket as well, what is held stays, and that is proven."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from store.archive import absence
from store.archive.bucket.moved import is_moved
from store.archive.days.folders import day_folders
from store.archive.keeping.holds import evidence
from store.archive.weeding import weed
from store.checkup import Check, look_over
from store.desks.keeping.erasures import ErasuresDesk
from store.desks.keeping.holds import open_holds_desk
from store.errors import BucketUnavailableError, RefusedError
from store.ledger import staff
from store.ledger.keeping import weeding
from store.ledger.keeping.holds import HoldOrder, Vehicle
from store.store import Store, open_store
from store.terms import MatchKind, Scope
from tests.store.archive import test_erasing as erased
from tests.store.archive.bucket.carrying import carried, sealed, some_of
from tests.store.archive.bucket.server import BUCKET, Server
from tests.store.archive.weeded import (
    BOUND,
    KEPT,
    KEPT_PLATES,
    NOW,
    PAST,
    PAST_PLATES,
    build,
    plates_of,
)
from tests.store.dying import killed_by_itself

EVER = Scope("", MatchKind.EXACT, erased.DAYS[0] - timedelta(days=3000), NOW, (), 500, "")
TODAY = "2026-11-22"
UP = (*PAST, *(day for day in KEPT if day != TODAY))
"""Days that are sealed and lie in the bucket."""

HELD_DAY = PAST["2025-11-20"]
HELD_VRM = plates_of(HELD_DAY)[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("built") / "state"
    build(state)
    assert sealed(state / "archive", but=[TODAY]) == list(UP)
    store = open_store(state)
    with store.ledger.transaction() as tx:
        staff.enrol(tx, erased.MANAGER, now=NOW)
    store.close()
    return state


@pytest.fixture
def store(built: Path, bucket: Server, tmp_path: Path) -> Iterator[Store]:
    """A hub whose sealed days lie in the bucket."""
    state = Path(shutil.copytree(built, tmp_path / "state"))
    assert carried(state / "archive") == list(UP)
    opened = open_store(state)
    yield opened
    opened.close()


def _marks(store: Store) -> list[str]:
    return sorted(one.read.vrm for one in store.archive.search(EVER)[0])


def _there(server: Server) -> dict[str, bytes]:
    client = server.client()
    return {
        name: client.get_object(Bucket=BUCKET, Key=name)["Body"].read() for name in server.names()
    }


def _days_there(server: Server) -> set[str]:
    return {name.split("/")[1] for name in server.names()} - {".writer"}


def _gone_and_kept(store: Store, server: Server) -> None:
    assert _marks(store) == sorted(KEPT_PLATES)
    assert _days_there(server) == KEPT.keys() - {TODAY}
    there = b"".join(_there(server).values())
    assert not any(f"picture of {plate}".encode() in there for plate in PAST_PLATES)
    proof = absence.prove(store)
    assert proof.findings == ()
    assert (proof.bound, proof.days, proof.reads) == (BOUND, len(KEPT), len(KEPT_PLATES))


def test_the_sentinels_are_there_before_so_that_finding_none_means_something(
    store: Store, bucket: Server
) -> None:
    assert _days_there(bucket) == set(UP)
    there = b"".join(_there(bucket).values())
    for day in UP:
        for plate in plates_of({**PAST, **KEPT}[day]):
            assert f"picture of {plate}".encode() in there
    assert not weeding_begun(store)


def weeding_begun(store: Store) -> bool:
    with store.ledger.reading() as db:
        return weeding.newest(db) is not None


def test_past_days_leave_the_bucket_and_every_object_of_the_others_is_read_back(
    store: Store, bucket: Server
) -> None:
    (one,) = weed(store, now=NOW)
    # one picture a read: a first sight gives its own up when its passage settles
    counted = {day.day: (day.reads, day.pictures) for day in one.days}
    assert {day: counted[day] for day in PAST} == dict.fromkeys(PAST, (8, 8))
    _gone_and_kept(store, bucket)
    assert weed(store, now=NOW)[0].days == ()


def test_the_certificate_is_the_one_of_days_that_lie_here(
    store: Store, built: Path, tmp_path: Path
) -> None:
    here = open_store(Path(shutil.copytree(built, tmp_path / "here")))
    assert weed(store, now=NOW)[0].digest == weed(here, now=NOW)[0].digest
    here.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    "die_at",
    some_of(
        [
            "store.archive.weeding:_remove_days",
            "store.archive.weeding:remove_past",
            "store.archive.bucket.objects:Objects.remove",
            "store.archive.bucket.objects:Objects.remove#2",
            "store.ledger.keeping.weeding:weed",
        ]
    ),
)
def test_a_weeding_killed_at_any_step_leaves_nothing_there_in_the_end(
    store: Store, bucket: Server, die_at: str
) -> None:
    killed_by_itself("tests.store.archive.weeded", store.state, die_at)
    assert len(weed(store, now=NOW + timedelta(hours=1))) == 2
    _gone_and_kept(store, bucket)


def test_nothing_is_weeded_where_somebody_turned_versioning_on(
    store: Store, bucket: Server
) -> None:
    bucket.make("turned")
    enabled = {"Status": "Enabled"}
    bucket.client().put_bucket_versioning(Bucket="turned", VersioningConfiguration=enabled)
    told = store.state / "archive" / ".bucket"
    told.write_text(told.read_text().replace(f"{BUCKET}/hub-1", "turned"))
    with pytest.raises(RefusedError, match="older versions of what is weeded would stay"):
        weed(store, now=NOW)
    assert not weeding_begun(store)
    assert (store.state / "archive" / "2025-11-19").exists()


def test_nothing_is_weeded_while_the_bucket_is_silent_and_then_all_of_it(
    store: Store, bucket: Server
) -> None:
    bucket.down()
    try:
        with pytest.raises(BucketUnavailableError, match="does not answer"):
            weed(store, now=NOW)
        assert not weeding_begun(store)
        assert (store.state / "archive" / "2025-11-19").exists()
    finally:
        bucket.up()
    weed(store, now=NOW)
    _gone_and_kept(store, bucket)


def _a_past_day(server: Server) -> str:
    server.client().put_object(Bucket=BUCKET, Key="hub-1/2025-11-19/lines", Body=b"x")
    return "bucket/2025-11-19"


def _a_stray(server: Server) -> str:
    server.client().put_object(Bucket=BUCKET, Key="hub-1/2026-03-01/other", Body=b"x")
    return "bucket/2026-03-01/other"


def _a_day_that_lies_here(server: Server) -> str:
    server.client().put_object(Bucket=BUCKET, Key=f"hub-1/{TODAY}/lines", Body=b"x")
    return f"bucket/{TODAY}"


def _something_of_nobody(server: Server) -> str:
    server.client().put_object(Bucket=BUCKET, Key="hub-1/notes.txt", Body=b"x")
    return "bucket/notes.txt"


def _an_upload_that_never_ended(server: Server) -> str:
    server.client().create_multipart_upload(Bucket=BUCKET, Key="hub-1/2026-03-01/big")
    return "bucket/hub-1/2026-03-01/big"


def _a_changed_object(server: Server) -> str:
    key = "hub-1/2026-03-01/durable"
    server.client().put_object(Bucket=BUCKET, Key=key, Body=b"{}")
    return "bucket/2026-03-01/durable"


def _a_missing_object(server: Server) -> str:
    server.client().delete_object(Bucket=BUCKET, Key="hub-1/2026-03-01/manifests")
    return "bucket/2026-03-01/manifests"


def _another_owner(server: Server) -> str:
    server.client().put_object(Bucket=BUCKET, Key="hub-1/.writer", Body=b'{"hub": "x"}')
    return "bucket"


@pytest.mark.parametrize(
    "plant",
    [
        *(_a_past_day, _a_stray, _a_day_that_lies_here, _something_of_nobody),
        *(_an_upload_that_never_ended, _a_changed_object, _a_missing_object, _another_owner),
    ],
)
def test_whatever_ought_not_to_be_there_is_found(
    store: Store, bucket: Server, plant: Callable[[Server], str]
) -> None:
    weed(store, now=NOW)
    place = plant(bucket)
    found = [(one.place, one.what) for one in absence.prove(store).findings]
    assert [where for where, _ in found] == [place]


def test_what_a_case_holds_of_a_day_up_there_outlives_it_with_its_pictures(
    store: Store, bucket: Server
) -> None:
    order = HoldOrder(
        case="NS-2611-04417",
        authority="D/Supt Hale, policy log 114",
        review_at=NOW + timedelta(days=90),
        vehicles=(Vehicle(HELD_VRM, HELD_DAY, HELD_DAY + timedelta(days=1)),),
    )
    set_up = open_holds_desk(store).set(erased.MANAGER, order, now=NOW)
    weed(store, now=NOW)
    shelf = evidence(store.state, set_up.number)
    (held,) = shelf.search(EVER)[0]
    assert held.read.vrm == HELD_VRM
    pictures = shelf.pictures(held.read.read_id)
    assert pictures and pictures[1] == f"picture of {HELD_VRM}".encode()
    _gone_and_kept(store, bucket)


@pytest.fixture
def erasable(bucket: Server, tmp_path: Path) -> Iterator[Store]:
    """The hub of the erasure's tests, its sealed days in the bucket."""
    erased.build(tmp_path / "state")
    days = sealed(tmp_path / "state" / "archive")
    assert carried(tmp_path / "state" / "archive") == days
    assert len(days) >= len(erased.DAYS)
    opened = open_store(tmp_path / "state")
    yield opened
    opened.close()


def test_an_erased_vehicle_is_in_no_object_and_its_days_go_up_again(
    erasable: Store, bucket: Server
) -> None:
    before = _marks(erasable)
    done = ErasuresDesk(erasable).erase(erased.MANAGER, erased.ORDER, now=NOW)
    assert done.reads == before.count(erased.GONE) > 0
    assert _marks(erasable) == [mark for mark in before if mark != erased.GONE]
    carried(erasable.state / "archive")
    assert _days_there(bucket) == {day.name for day in day_folders(erasable.state / "archive")}
    weed(erasable, now=NOW)
    assert absence.prove(erasable).findings == ()
    assert _marks(erasable) == [mark for mark in before if mark != erased.GONE]


@pytest.mark.slow
@pytest.mark.parametrize(
    "die_at",
    some_of(
        [
            "store.archive.keeping.rewriting:bring_down",
            "store.archive.keeping.rewriting:_exchange",
            "store.archive.bucket.objects:Objects.remove",
            "store.archive.keeping.erasing:remove_unmarked",
        ]
    ),
)
def test_an_erasure_killed_at_any_step_leaves_nothing_there_in_the_end(
    erasable: Store, bucket: Server, die_at: str
) -> None:
    before = _marks(erasable)
    killed_by_itself("tests.store.archive.erased", erasable.state, die_at)
    weed(erasable, now=NOW)
    assert absence.prove(erasable).findings == ()
    assert _marks(erasable) == [mark for mark in before if mark != erased.GONE]
    carried(erasable.state / "archive")
    assert absence.prove(erasable).findings == ()


def test_the_doctor_says_how_the_bucket_is(store: Store, bucket: Server) -> None:
    def told() -> dict[str, Check]:
        return {one.about: one for one in look_over(store.state, now=NOW)}

    well = told()
    assert well["bucket"].well
    assert well["bucket"].said.endswith("keeps no versions; 5 days lie there")
    assert [one.about for one in well.values() if one.about.startswith("archive/")] == []
    assert well["archive"].said.startswith("6 days are well, 5 of them sealed")
    bucket.down()
    try:
        troubled = told()
        assert not troubled["bucket"].well and "does not answer" in troubled["bucket"].said
        assert troubled["archive"].said.startswith("1 days are well")
    finally:
        bucket.up()
    assert all(is_moved(store.state / "archive" / day) for day in UP)
