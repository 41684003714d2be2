"""`anpr doctor` finds what is wrong beside a hub that runs, says what to do, and writes nothing."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from anpr_tui.cli import main
from store.archive.writer import ArchiveWriter
from store.ledger import clock, heartbeat
from store.ledger.keeping import holds
from store.ledger.keeping.holds import HoldOrder
from store.store import open_store
from tests.store.archive.reads import a_read
from tests.store.archive.weeded import KEPT, build

DAY, SEALED_DAY = list(KEPT)[:2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("built") / "state"
    build(state)
    store = open_store(state)
    intake = store.intake()
    intake.close()
    with store.ledger.transaction() as tx:
        clock.confirm(tx, now=datetime.now(UTC))
    store.close()
    with closing(ArchiveWriter(state / "archive")) as writer:
        writer.record([a_read(7, captured_at=KEPT[DAY] + timedelta(hours=1))])  # late: open again
        writer.seal(date.fromisoformat(SEALED_DAY))
    for folder in (state, *state.iterdir()):
        folder.chmod(0o700)
    return state


@pytest.fixture
def state(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "state"))


def doctor(state: Path) -> tuple[Result, dict[str, dict[str, object]]]:
    result = CliRunner().invoke(main, ["doctor", "--json", "--state", str(state)])
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    return result, {line["about"]: line for line in lines}


def files(state: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for path in state.rglob("*")
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


def test_a_hub_that_is_well_is_said_to_be_so_and_nothing_is_written(state: Path) -> None:
    before = files(state)
    result, checks = doctor(state)
    assert (result.exit_code, [one for one in checks.values() if not one["well"]]) == (0, [])
    looked_at = {
        "rights",
        "disk",
        "spool",
        "ledger",
        "audit",
        "clock",
        "holds",
        "search",
        "archive",
        "weeding",
    }
    assert looked_at <= set(checks)
    assert files(state) == before


def test_days_that_a_hub_ought_to_have_weeded_are_counted_with_what_to_do(state: Path) -> None:
    store = open_store(state)
    with store.ledger.transaction() as tx:
        now = datetime.now(UTC)
        heartbeat.beat(tx, now=now, cluster="ok", cameras_up=0, reads=0, last_read_at=None)
    store.close()
    result, checks = doctor(state)
    assert result.exit_code == 1
    assert str(checks["weeding"]["said"])[0] in "456789"  # three of the past, one of the spool
    assert "anpr weed --by STAFF" in str(checks["weeding"]["do"])


def test_it_works_beside_a_recorder(state: Path) -> None:
    store = open_store(state)
    intake = store.intake()
    result, _ = doctor(state)
    intake.close()
    store.close()
    assert result.exit_code == 0


def test_lines_for_people_say_what_to_do(state: Path) -> None:
    state.chmod(0o755)
    result = CliRunner().invoke(main, ["doctor", "--state", str(state)])
    assert result.exit_code == 1
    assert "TROUBLE  rights: others may look into" in result.stdout
    assert f"chmod -R go-rwx {state}" in result.stdout
    assert result.stdout.endswith("1 troubles.\n")


def _another_format(state: Path) -> None:
    (state / "archive" / DAY / "format").write_text("anpr-hub archive day 99\n")


def _a_plate_file_without_its_plates(state: Path) -> None:
    for end in ("keys", "tail"):
        (state / "archive" / DAY / f"plates.{end}").write_bytes(b"")


def _identities_that_are_gone(state: Path) -> None:
    for end in ("keys", "tail"):
        (state / "archive" / DAY / f"read_ids.{end}").write_bytes(b"")


def _lines_that_are_torn(state: Path) -> None:
    lines = state / "archive" / SEALED_DAY / "lines"
    lines.write_bytes(lines.read_bytes()[:20])


def _a_table_that_lost_its_newest_version(state: Path) -> None:
    newest, *_ = sorted((state / "archive" / DAY / "reads.lance" / "_versions").glob("*.manifest"))
    newest.unlink()


def _a_data_file_that_is_gone(state: Path) -> None:
    for path in (state / "archive" / DAY / "reads.lance" / "data").iterdir():
        path.write_bytes(b"")


def _a_ledger_that_is_none(state: Path) -> None:
    path = state / "ledger" / "ledger.db"
    data = bytearray(path.read_bytes())
    data[: 16 << 10] = bytes(16 << 10)
    path.write_bytes(bytes(data))


def _a_record_that_was_changed(state: Path) -> None:
    with closing(sqlite3.connect(state / "ledger" / "ledger.db")) as db:
        db.execute("UPDATE audit SET body = replace(body, 'hub', 'hob') WHERE seq = 1")
        db.commit()


def _a_clock_that_jumped(state: Path) -> None:
    store = open_store(state)
    with store.ledger.transaction() as tx:
        clock.confirm(tx, now=datetime(2025, 1, 1, tzinfo=UTC))
    store.close()


def _a_hold_that_is_overdue(state: Path) -> None:
    then = datetime.now(UTC) - timedelta(days=20)
    order = HoldOrder("NS-2611-04417", "D/Supt Hale", then + timedelta(days=9), ("ab" * 16,))
    store = open_store(state)
    with store.ledger.transaction() as tx:
        holds.set_hold(tx, order, by="NS4900", now=then)
    store.close()


def test_a_deep_look_holds_every_sealed_day_against_a_scan(state: Path) -> None:
    lines = state / "archive" / SEALED_DAY / "lines"
    other = state / "archive" / "2025-11-20" / "lines"
    result = CliRunner().invoke(main, ["doctor", "--deep", "--state", str(state)])
    assert result.exit_code == 0
    lines.write_bytes(other.read_bytes())  # whole, and of another day
    result = CliRunner().invoke(main, ["doctor", "--deep", "--state", str(state)])
    assert result.exit_code == 1
    assert f"archive/{SEALED_DAY}: searches and a scan differ" in result.stdout


@pytest.mark.parametrize(
    ("plant", "about"),
    [
        (_another_format, f"archive/{DAY}"),
        (_a_plate_file_without_its_plates, f"archive/{DAY}"),
        (_identities_that_are_gone, f"archive/{DAY}"),
        (_lines_that_are_torn, f"archive/{SEALED_DAY}"),
        (_a_table_that_lost_its_newest_version, f"archive/{DAY}"),
        (_a_data_file_that_is_gone, f"archive/{DAY}"),
        (_a_ledger_that_is_none, "ledger"),
        (_a_record_that_was_changed, "audit"),
        (_a_clock_that_jumped, "clock"),
        (_a_hold_that_is_overdue, "holds"),
    ],
)
def test_each_trouble_is_named_where_it_is(
    state: Path, plant: Callable[[Path], None], about: str
) -> None:
    plant(state)
    result, checks = doctor(state)
    assert result.exit_code == 1, result.output
    assert [name for name, one in checks.items() if not one["well"]] == [about]
    assert checks[about]["do"]
