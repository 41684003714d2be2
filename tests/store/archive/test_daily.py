"""A hub weeds by itself: at its start, once a day and when it is ordered, while reads come in."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path

import pytest

from store.archive import absence
from store.archive.days.folders import day_names
from store.archive.finding.progress import Progress, Watch
from store.archive.keeping.daily import DailyWeeding, next_at
from store.archive.weeding import weed
from store.client import HubClient
from store.errors import BusyError, StoreError
from store.ledger import audit, staff
from store.ledger.keeping import weeding
from store.ledger.ledger import Ledger
from store.store import Store, open_store
from store.terms import MatchKind, Officer, Outcome, Scope
from tests.store.archive.reads import every_row
from tests.store.archive.weeded import KEPT, KEPT_PLATES, NOW, PAST, build
from tests.store.archive.weeding_hub import an_account
from tests.store.dying import ROOT
from tests.store.rig import GROUND, INVESTIGATOR, Clock

PATIENCE_S = 120.0
ADMIN = Officer("NS5001", "ADM", "Okoro")
EVER = Scope("", MatchKind.EXACT, NOW - timedelta(days=800), NOW + timedelta(days=1), (), 500)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("built") / "state"
    build(state)
    ledger = Ledger.open(state / "ledger" / "ledger.db")
    with ledger.transaction() as tx:
        staff.enrol(tx, ADMIN, now=NOW)
        staff.enrol(tx, INVESTIGATOR, now=NOW)
    ledger.close()
    return state


@pytest.fixture
def state(built: Path) -> Iterator[Path]:
    # not tmp_path: the path of a Unix socket has 107 bytes, and pytest's are longer
    with tempfile.TemporaryDirectory(prefix="weeding-") as folder:
        yield Path(shutil.copytree(built, Path(folder) / "state"))


@contextmanager
def weeding_daily(store: Store, *, clock: Clock) -> Iterator[None]:
    intake = store.intake()
    daily = DailyWeeding(store, intake, at=clock_time(3), look_s=0.01, clock=clock)
    try:
        yield
        assert daily.trouble == ""
    finally:
        daily.close(wait_s=PATIENCE_S)
        intake.close()


def days(state: Path) -> set[str]:
    return set(day_names(state / "archive"))


def until(said: str, so: object) -> None:
    """Wait until something is so; the test fails by its own patience alone."""
    ends_s = time.monotonic() + PATIENCE_S
    while not so():
        assert time.monotonic() < ends_s, said
        time.sleep(0.02)


def certified(store: Store) -> int:
    with store.ledger.reading() as db:
        newest = weeding.newest(db)
    return newest.seq if newest and newest.kind == weeding.CERTIFICATE else 0


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (datetime(2026, 11, 22, 2, 59, tzinfo=UTC), datetime(2026, 11, 22, 3, tzinfo=UTC)),
        (datetime(2026, 11, 22, 3, tzinfo=UTC), datetime(2026, 11, 23, 3, tzinfo=UTC)),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), datetime(2027, 1, 1, 3, tzinfo=UTC)),
    ],
)
def test_the_next_weeding_is_at_its_hour_of_today_or_tomorrow(
    now: datetime, then: datetime
) -> None:
    assert next_at(now, at=clock_time(3)) == then


def test_a_start_weeds_what_is_due_and_the_next_day_the_next(store: Store) -> None:
    clock = Clock(datetime(2026, 11, 21, 23, 0, tzinfo=UTC))
    with weeding_daily(store, clock=clock):
        until("weeded at its start", lambda: certified(store))
        assert days(store.state) == {"2025-11-21", *KEPT}
        first = certified(store)
        clock.now = datetime(2026, 11, 22, 3, 0, 1, tzinfo=UTC)
        until("weeded the next day", lambda: certified(store) > first)
        assert days(store.state) == set(KEPT)
    assert absence.prove(store).findings == ()


def test_an_order_weeds_before_the_hour_and_where_nothing_is_due_no_record_is_made(
    store: Store,
) -> None:
    clock = Clock(datetime(2026, 11, 21, 23, 0, tzinfo=UTC))
    with weeding_daily(store, clock=clock):
        until("weeded at its start", lambda: certified(store))
        first = certified(store)
        clock.now = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
        time.sleep(0.2)
        assert certified(store) == first
        with store.ledger.transaction() as tx:
            weeding.order(tx, by=ADMIN.staff_id, now=clock())
        until("weeded on order", lambda: certified(store) > first)
        assert days(store.state) == set(KEPT)


def test_an_account_comes_in_while_days_go_and_one_of_a_gone_day_is_refused(store: Store) -> None:
    intake = store.intake()
    past = an_account(2)
    past_at = PAST["2025-11-21"]
    late = type(past)("late", past.camera_id, past_at, past_at, past.outcome)
    bound = datetime.fromisoformat(next(iter(KEPT))).date()
    with intake.standing_aside(before=bound):
        intake.accept([an_account(1), late])
        assert list((store.state / "spool").glob("*.spool"))
    assert intake.known(["late"], camera_id=late.camera_id)["late"].outcome is Outcome.REFUSED
    intake.close()
    assert "2025-11-18" in days(store.state)  # what waited was filed before
    assert an_account(1).reads[0].read_id in {
        row.read.read_id for row in store.archive.search(EVER)[0]
    }


def test_a_search_under_way_ends_well_with_what_is_kept(store: Store) -> None:
    intake = store.intake()
    weeded = threading.Event()

    def told(progress: Progress) -> None:
        if progress.done == 1:  # newest first: the past days are not asked yet
            weed(store, now=NOW, place=lambda day: intake.standing_aside(before=day))
            weeded.set()

    rows, more = store.archive.search(EVER, watch=Watch(told=told))
    assert weeded.is_set()
    assert sorted(row.read.vrm for row in rows) == sorted(KEPT_PLATES)
    assert not more
    intake.close()


def test_open_readers_let_go_of_the_days_that_went(store: Store) -> None:
    intake = store.intake()
    assert len(store.archive.search(EVER)[0]) > len(KEPT_PLATES)
    weed(store, now=NOW, place=lambda day: intake.standing_aside(before=day))
    assert "(deleted)" in mapped_of(store.state)
    store.archive.let_go()
    assert "(deleted)" not in mapped_of(store.state)
    intake.close()


def mapped_of(state: Path) -> str:
    maps = Path("/proc/self/maps").read_text().splitlines()
    return "\n".join(line for line in maps if str(state) in line)


def test_beside_a_hub_that_records_absence_is_proven_and_what_is_left_is_found(
    state: Path, built: Path
) -> None:
    with hub(state) as running:
        try:
            assert running.stdout.readline()
            store = open_store(state)
            until("weeded at its start", lambda: certified(store))
            with pytest.raises(BusyError):
                store.intake()
            assert absence.prove(store).findings == ()
            back = next(iter(PAST))
            shutil.copytree(built / "archive" / back, state / "archive" / back)
            found = {finding.place for finding in absence.prove(store).findings}
            assert f"archive/{back}" in found
            store.close()
        finally:
            running.kill()


@pytest.mark.slow
@pytest.mark.parametrize(
    "die_at",
    [
        "store.archive.weeding:_remove_days",
        "shutil:rmtree#2",  # the first makes room for a day that the spool had
        "store.spool.frames:FrameBook.weed",
        "store.ledger.ledger:Ledger.rewrite",
        "store.ledger.keeping.weeding:record#2",
    ],
)
def test_a_hub_killed_while_it_weeds_goes_on_at_its_start_and_loses_nothing(
    state: Path, die_at: str
) -> None:
    with hub(state, die_at) as first:
        accepted = accepted_by(first)
    assert first.returncode == -9
    with hub(state) as second:
        assert second.stdout.readline()
        try:
            stood, found = asyncio.run(asked_over_the_socket(state))
        finally:
            second.kill()
        accepted += accepted_by(second)
    assert (stood.due_days, stood.under_way) == (0, False)
    assert found
    store = open_store(state)
    store.intake().close()
    assert days(state) == set(KEPT)
    weed(store, now=NOW)  # the second kill may have met the weeding after the one that was resumed
    assert absence.prove(store).findings == ()
    there = [row.read.read_id for row in all_rows(store)]
    assert len(there) == len(set(there))
    assert {an_account(number).reads[0].read_id for number in accepted} <= set(there)
    with store.ledger.reading() as db:
        assert audit.verify(db).broken_at is None
        records = [audit.body_of(one) for one in audit.read(db, first=1, count=10_000)]
    gone = [one["about"]["days"] for one in records if one["kind"] == weeding.CERTIFICATE]
    assert [len(some) for some in gone if some] == [len(PAST) + 1]
    store.close()


def hub(state: Path, *die_at: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.store.archive.weeding_hub", str(state), *die_at]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def accepted_by(process: "subprocess.Popen[str]") -> list[int]:
    """Numbers of the accounts that a hub said it has, to its end."""
    return [int(line.split()[1]) for line in process.stdout if line.endswith("\n")]


async def asked_over_the_socket(state: Path):
    """What a console sees once the hub has finished: how weeding stands, and a search."""
    admin = await connected(state, ADMIN)
    async with asyncio.timeout(PATIENCE_S):
        while not (stood := await admin.weeding()).certificate or stood.under_way:
            await asyncio.sleep(0.05)
    officer = await connected(state, INVESTIGATOR)
    kept = KEPT_PLATES[-1]
    scope = Scope(kept, MatchKind.EXACT, NOW - timedelta(days=1), NOW + timedelta(hours=1))
    found = await officer.search(scope, GROUND)
    await officer.close()
    await admin.close()
    return stood, found.rows


async def connected(state: Path, officer: Officer) -> HubClient:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                return await HubClient.connect(state / "hub.sock", staff_id=officer.staff_id)
            except StoreError:
                await asyncio.sleep(0.05)


def all_rows(store: Store):
    scope = Scope("", MatchKind.EXACT, NOW - timedelta(hours=2), NOW + timedelta(days=1), (), 500)
    return every_row(store.archive, scope)
