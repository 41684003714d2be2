"""`anpr weed` removes, certifies and proves, and its exit code tells a script."""

import json
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from anpr_tui.cli import main
from store.archive.keeping.daily import DailyWeeding
from store.desks import open_desks
from store.ledger import clock, staff
from store.server import HubServer
from store.store import open_store
from store.terms import Officer
from tests.store.archive.weeded import PAST, PAST_PLATES, build


@pytest.fixture
def state(tmp_path: Path) -> Path:
    build(tmp_path / "state")
    last_sign_of_life(tmp_path / "state", at=datetime.now(UTC))
    return tmp_path / "state"


def last_sign_of_life(state: Path, *, at: datetime) -> None:
    store = open_store(state)
    with store.ledger.transaction() as tx:
        clock.confirm(tx, now=at)
    store.close()


def anpr(*words: str, state: Path) -> Result:
    return CliRunner().invoke(main, ["weed", *words, "--state", str(state)])


def test_a_dry_run_names_the_days_and_removes_none(state: Path) -> None:
    result = anpr("--dry-run", state=state)
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()][: len(PAST)] == list(PAST)
    assert all((state / "archive" / day).is_dir() for day in PAST)


def test_weeding_and_then_proving_finds_nothing_and_shows_no_plate(state: Path) -> None:
    weeded = anpr(state=state)
    assert weeded.exit_code == 0
    assert "2025-11-19  8 reads, 8 pictures removed" in weeded.stdout
    proven = anpr("--verify", state=state)
    assert proven.exit_code == 0
    assert "nothing from before" in proven.stdout
    assert not any(plate in weeded.output + proven.output for plate in PAST_PLATES)


def test_what_came_back_fails_the_proof(state: Path) -> None:
    day = next(iter(PAST))
    shutil.copytree(state / "archive" / day, state.parent / day)
    anpr(state=state)
    shutil.move(state.parent / day, state / "archive" / day)
    result = anpr("--verify", "--json", state=state)
    assert result.exit_code == 1
    (finding,) = json.loads(result.stdout)["findings"]
    assert finding == {"place": f"archive/{day}", "what": "the day is still there"}


def test_a_running_recorder_is_named_with_what_to_do(state: Path) -> None:
    store = open_store(state)
    intake = store.intake()
    result = anpr(state=state)
    intake.close()
    store.close()
    assert result.exit_code == 1
    assert "Stop it, weed or erase" in result.output


def test_a_running_hub_weeds_when_an_administrator_says_so(state: Path) -> None:
    admin, manager = Officer("NS5001", "ADM"), Officer("NS4900", "AM")
    with tempfile.TemporaryDirectory(prefix="weed-") as short:
        moved = Path(shutil.move(state, Path(short) / "state"))
        store = open_store(moved)
        with store.ledger.transaction() as tx:
            for officer in (admin, manager):
                staff.enrol(tx, officer, now=datetime.now(UTC))
        intake = store.intake()
        desks = open_desks(ledger=store.ledger, archive=store.archive, now=datetime.now(UTC))
        with HubServer(desks, moved / "hub.sock"):
            refused = anpr("--by", manager.staff_id, state=moved)
            # as if nothing had been due at its start
            daily = DailyWeeding(store, intake, at=time(3), look_s=0.01, clock=_the_day_before())
            done = anpr("--by", admin.staff_id, state=moved)
            daily.close()
        again = anpr("--by", admin.staff_id, state=moved)
        intake.close()
        store.close()
        assert refused.exit_code == 1
        assert "your role" in refused.output
        assert done.exit_code == 0, done.output
        assert "days with" in done.stdout
        assert not any((moved / "archive" / day).exists() for day in PAST)
        assert again.exit_code == 1
        assert "no hub answers" in again.output


def _the_day_before() -> Callable[[], datetime]:
    """A clock that says a day long past when it is asked first, and the time from then on."""
    asked = iter([datetime(2025, 1, 1, tzinfo=UTC)] * 2)
    return lambda: next(asked, datetime.now(UTC))


def test_an_order_goes_with_no_other_option(state: Path) -> None:
    assert anpr("--by", "NS5001", "--verify", state=state).exit_code == 2


def test_a_folder_that_is_no_hub_is_left_as_it_is(tmp_path: Path) -> None:
    result = anpr(state=tmp_path / "typo")
    assert result.exit_code == 1
    assert "holds no hub" in result.output
    assert not (tmp_path / "typo").exists()


def test_a_dry_run_that_is_to_verify_is_refused(state: Path) -> None:
    assert anpr("--dry-run", "--verify", state=state).exit_code == 2


def test_a_clock_that_jumped_is_named_by_the_dry_run_and_weeds_only_when_the_day_is_told(
    state: Path,
) -> None:
    last_sign_of_life(state, at=datetime(2026, 1, 1, tzinfo=UTC))
    for words in ([], ["--dry-run"], ["--today", "2026-01-02"]):
        refused = anpr(*words, state=state)
        assert refused.exit_code == 1
        assert "Set the clock right" in refused.output
    assert all((state / "archive" / day).is_dir() for day in PAST)
    assert anpr("--today", f"{datetime.now(UTC):%Y-%m-%d}", state=state).exit_code == 0
    assert not any((state / "archive" / day).exists() for day in PAST)
