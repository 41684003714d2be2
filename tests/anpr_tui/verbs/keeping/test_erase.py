"""`anpr erase` removes named reads on an authority, certifies it, and says what stayed and why."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from anpr_tui.cli import main
from store.ledger import clock
from store.store import open_store
from tests.store.archive.reads import a_read
from tests.store.archive.test_erasing import GONE, MANAGER, STAYS, build, found
from tests.store.archive.weeded import files_with
from tests.store.rig import INVESTIGATOR

ON_AUTHORITY = ("--authority", "DPO, decision 12 of 2026", "--why", "SAR-26-0031, granted")
EVER = ("--from", "2026-11-10", "--to", "2026-11-22")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("built") / "state"
    build(state)
    store = open_store(state)
    with store.ledger.transaction() as tx:
        clock.confirm(tx, now=datetime.now(UTC))
    store.close()
    return state


@pytest.fixture
def state(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "state"))


def erase(state: Path, *words: str, by: str = MANAGER.staff_id) -> Result:
    given = ["erase", *ON_AUTHORITY, *words, "--by", by, "--state", str(state)]
    return CliRunner().invoke(main, given)


def marks(state: Path) -> list[str]:
    store = open_store(state)
    try:
        return found(store)
    finally:
        store.close()


def test_a_vehicle_is_erased_for_a_time_and_the_others_stay(state: Path) -> None:
    result = erase(state, "--vrm", GONE, *EVER)
    assert result.exit_code == 0, result.output
    assert "3 reads of 3 days are erased." in result.stdout
    assert GONE not in result.output
    assert GONE not in marks(state)
    assert marks(state).count(STAYS) == 3
    assert files_with(state, f"picture of {GONE}") == []


def test_a_read_is_erased_by_its_id_and_one_that_is_not_here_is_counted(state: Path) -> None:
    result = erase(state, "--read", a_read(0).read_id, "--read", "ab" * 16, "--json")
    assert result.exit_code == 0, result.output
    done = json.loads(result.stdout)
    assert (done["reads"], done["missing"], done["held"]) == (1, 1, 0)
    assert marks(state).count(GONE) == 2


@pytest.mark.parametrize(
    ("words", "by", "status", "said"),
    [
        (("--vrm", GONE), MANAGER.staff_id, 2, "give --from and --to"),
        (("--vrm", GONE, *EVER), INVESTIGATOR.staff_id, 1, "your role"),
        (("--read", "not an id"), MANAGER.staff_id, 1, "32 hexadecimal"),
        ((), MANAGER.staff_id, 1, "names no read and no vehicle"),
    ],
)
def test_what_is_refused_is_said_and_erases_nothing(
    state: Path, words: tuple[str, ...], by: str, status: int, said: str
) -> None:
    result = erase(state, *words, by=by)
    assert (result.exit_code, said in result.output) == (status, True), result.output
    assert len(marks(state)) == 9


def test_beside_a_recorder_it_says_what_to_do(state: Path) -> None:
    store = open_store(state)
    intake = store.intake()
    result = erase(state, "--vrm", GONE, *EVER)
    intake.close()
    store.close()
    assert result.exit_code == 1
    assert "Stop it, weed or erase" in result.output


def test_a_folder_that_is_no_hub_is_left_as_it_is(tmp_path: Path) -> None:
    result = erase(tmp_path / "typo", "--vrm", GONE, *EVER)
    assert result.exit_code == 1
    assert "holds no hub" in result.output
    assert not (tmp_path / "typo").exists()
