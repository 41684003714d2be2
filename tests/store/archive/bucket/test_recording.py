"""A hub carries its days up by itself, and a silent bucket stops no recording."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.archive.bucket import mover
from store.archive.bucket.moved import is_moved
from store.archive.writer import ArchiveWriter
from store.errors import BucketUnavailableError, InputError
from store.intake import Intake
from store.ledger import heartbeat
from store.store import Bucket, Store, open_store
from store.terms import Account, MatchKind, Outcome, Read, Scope
from tests.store.archive.bucket.carrying import carried, sealed
from tests.store.archive.bucket.server import ADDRESS, Server
from tests.store.archive.reads import a_read

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OLD = NOW - timedelta(days=5)
OLDER = OLD - timedelta(days=1)
HERE = Bucket(ADDRESS, days_here=2)
PATIENCE_S = 60.0


@pytest.fixture
def store(bucket: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A hub with two sealed days of last week and one of today; nothing was carried up yet."""
    monkeypatch.setattr(mover, "_LOOKS_S", 0.1)
    monkeypatch.setattr(mover, "_AGAIN_S", 0.1)
    opened = open_store(tmp_path / "state", bucket=HERE)
    _record(opened, 1, at=OLDER)
    _record(opened, 2, at=OLD)
    _record(opened, 3, at=NOW)
    assert len(sealed(opened.state / "archive")) == 3
    yield opened
    opened.close()


def _intake(store: Store) -> Intake:
    """An intake that files, and moves days, only when it is told to."""
    return store.intake(filing_s=None, clock=lambda: NOW)


def _record(store: Store, number: int, *, at: datetime) -> None:
    with closing(_intake(store)) as intake:
        intake.accept([_account(number, at=at)])


def _account(number: int, *, at: datetime) -> Account:
    return Account(f"frame {number}", "NS-C01", at, at, Outcome.READ, reads=(_read(number, at=at),))


def _read(number: int, *, at: datetime) -> Read:
    return a_read(number, vrm=f"TX{number:02}KLM", captured_at=at)


def _marks(store: Store) -> list[str]:
    scope = Scope("", MatchKind.EXACT, OLDER - timedelta(days=2), NOW + timedelta(days=1), (), 100)
    return sorted(one.read.vrm for one in store.archive.search(scope)[0])


def _day(store: Store, at: datetime) -> Path:
    return store.state / "archive" / at.date().isoformat()


def _until(happened: Callable[[], bool]) -> None:
    began_s = time.monotonic()
    while not happened():
        assert time.monotonic() - began_s < PATIENCE_S, "it never happened"
        time.sleep(0.05)


def test_a_hub_that_records_carries_up_what_is_old_enough_and_keeps_the_newest_days(
    store: Store, bucket: Server
) -> None:
    with closing(store.intake(clock=lambda: NOW)) as intake:
        _until(lambda: is_moved(_day(store, OLD)))
        intake.accept([_account(4, at=NOW)])
    assert is_moved(_day(store, OLDER)) and not is_moved(_day(store, NOW))
    assert _marks(store) == ["TX01KLM", "TX02KLM", "TX03KLM", "TX04KLM"]


def test_why_no_day_goes_up_is_on_the_health_line_and_it_goes_on_when_it_can(
    store: Store, bucket: Server
) -> None:
    def health() -> str:
        with store.ledger.reading() as db:
            found = heartbeat.health(db, now=NOW)
        return found.cluster if found else ""

    def beaten(intake: Intake) -> str:
        intake.heartbeat(NOW, cluster="ok", cameras_up=1)
        return health()

    bucket.down()
    with closing(store.intake(clock=lambda: NOW)) as intake:
        _until(lambda: "does not answer" in beaten(intake))
        intake.accept([_account(4, at=NOW)])
        intake.file()
        bucket.up()
        _until(lambda: is_moved(_day(store, OLD)))
        _until(lambda: beaten(intake) == "ok")
    assert _marks(store) == ["TX01KLM", "TX02KLM", "TX03KLM", "TX04KLM"]


def test_late_reads_of_a_silent_bucket_wait_in_the_spool_and_all_others_are_filed(
    store: Store, bucket: Server
) -> None:
    with closing(ArchiveWriter(store.state / "archive")) as writer:
        # today is written to
        writer.record([_read(4, at=NOW)])
    assert len(carried(store.state / "archive")) == 2
    bucket.down()
    with closing(_intake(store)) as intake:
        intake.accept([_account(5, at=OLD), _account(6, at=NOW)])
        with pytest.raises(BucketUnavailableError, match=r"1 parts of the spool wait.*not answer"):
            intake.file()
        intake.accept([_account(7, at=NOW)])
        with pytest.raises(BucketUnavailableError, match="1 parts of the spool wait"):
            intake.file()
        # neither what shares its segment with the late read waits, nor what came after it
        assert store.archive.read(_read(6, at=NOW).read_id)
        assert store.archive.read(_read(7, at=NOW).read_id)
        assert len(list((store.state / "spool").glob("*.spool"))) == 1
        bucket.up()
    # the next start tries at once
    with closing(_intake(store)) as intake:
        intake.file()
    assert not list((store.state / "spool").glob("*.spool"))
    assert _marks(store) == [f"TX{number:02}KLM" for number in range(1, 8)]
    assert not is_moved(_day(store, OLD)) and is_moved(_day(store, OLDER))


def test_a_hub_whose_days_lie_elsewhere_is_told_so(store: Store, bucket: Server) -> None:
    carried(store.state / "archive")
    with pytest.raises(InputError, match=f"lie in {ADDRESS}, and the settings name s3://other"):
        open_store(store.state, bucket=Bucket("s3://other-bucket", 2))
    with closing(open_store(store.state, bucket=Bucket("", 2))) as ended:
        assert _marks(ended) == ["TX01KLM", "TX02KLM", "TX03KLM"]
