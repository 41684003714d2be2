"""`anpr lists` says what became of every row, and its exit code tells a script."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from anpr_tui.cli import main
from store.ledger import audit, lists, staff
from store.ledger.ledger import Ledger
from store.terms import Officer

DATA = Path(__file__).parents[2] / "data" / "lists"
GOOD = (
    "TX26KLM,FORD,FOCUS,BLUE,STOP,,H02 Missing person high risk,,Stop,NS COAST,2099-12-05,"
    "26/000001T,OFFICIAL-SENSITIVE,NS-20261117-0001,,PNC-000001\n"
)


GROUND = (
    *("--by", "NS3010", "--purpose", "wanted person", "--class", "serious crime"),
    *("--ref", "NS-20261117-0001", "--reason", "Named by two witnesses of the robbery at the Quay"),
)
"""Who answers for a local list, and why."""


def enrolled(state: Path, *, role: str = "AM") -> Path:
    """A hub with one person who may load local lists."""
    ledger = Ledger.open(state / "ledger" / "ledger.db")
    with ledger.transaction() as tx:
        staff.enrol(tx, Officer("NS3010", role), now=datetime.now(UTC))
    ledger.close()
    return state


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.csv"
    path.write_text(GOOD)
    return path


def in_force(state: Path) -> list[str]:
    ledger = Ledger.open(state / "ledger" / "ledger.db")
    with ledger.reading() as db:
        marks = [entry.vrm for entry in lists.active(db, now=datetime.now(UTC))]
    ledger.close()
    return marks


def test_check_prints_each_row_and_a_count_last_and_loads_nothing() -> None:
    result = CliRunner().invoke(main, ["lists", "check", str(DATA / "voi_bad.csv")])
    lines = result.stdout.splitlines()
    assert result.exit_code == 1
    assert len(lines) == 28
    assert lines[0].split()[:4] == ["row", "1", "reject_row", "columns"]
    assert lines[-1].startswith("27 rows: ")


def test_check_prints_one_json_object_on_request() -> None:
    arguments = ["lists", "check", str(DATA / "voi_bad.csv"), "--json", "--on", "2026-11-17"]
    result = CliRunner().invoke(main, arguments)
    told = json.loads(result.stdout)
    assert result.exit_code == 1
    assert len(told["rows"]) == 27
    assert told["rows"][16] == {
        "row": 17,
        "error": "weed_date_far",
        "outcome": "warn",
        "meaning": "weed date more than 365 days ahead: kept, reported",
    }
    assert sum(told["outcomes"].values()) == 27


def test_a_file_is_judged_by_the_day_it_came() -> None:
    sample = str(DATA / "voi_sample.csv")
    then = CliRunner().invoke(main, ["lists", "check", sample, "--on", "2026-11-17"])
    assert then.exit_code == 0
    assert then.stdout.splitlines()[-1] == (
        "200 rows: 200 load, 0 load with a warning, 0 rejected. "
        "200 entries: 20 High, 78 Medium, 102 Low."
    )
    years_later = CliRunner().invoke(main, ["lists", "check", sample, "--on", "2036-11-17"])
    assert years_later.exit_code == 1


def test_a_file_without_fault_loads_with_exit_code_0(good: Path, tmp_path: Path) -> None:
    state = enrolled(tmp_path / "state")
    result = CliRunner().invoke(main, ["lists", "load", str(good), *GROUND, "--state", str(state)])
    # A weed date of 2099 is reported, and is no fault.
    assert result.exit_code == 0, result.output
    assert "List local is now version 1, 1 entries." in result.stdout
    assert "1 High" in result.stdout
    assert in_force(tmp_path / "state") == ["TX26KLM"]


def test_good_rows_are_loaded_beside_rejected_ones_with_exit_code_1(
    good: Path, tmp_path: Path
) -> None:
    good.write_text(GOOD + "only,three,columns\n")
    state = enrolled(tmp_path / "state")
    arguments = ["lists", "load", str(good), "--list", "ours", *GROUND, "--state", str(state)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert "row 2 " in result.stdout
    assert in_force(tmp_path / "state") == ["TX26KLM"]


def newest(state: Path) -> dict[str, Any]:
    ledger = Ledger.open(state / "ledger" / "ledger.db")
    with ledger.reading() as db:
        (record,) = audit.tail(db, count=1)
    ledger.close()
    return audit.body_of(record) or {}


def test_a_local_list_is_on_record_with_its_ground_and_its_review(
    good: Path, tmp_path: Path
) -> None:
    state = enrolled(tmp_path / "state")
    CliRunner().invoke(main, ["lists", "load", str(good), *GROUND, "--state", str(state)])
    record = newest(state)
    assert (record["kind"], record["by"]) == ("list loaded", "NS3010")
    assert record["rule"] == "create_voi_response.AM"
    assert record["about"]["ground"]["reference"] == "NS-20261117-0001"
    assert record["about"]["ground"]["purpose"] == "wanted_person"
    assert record["about"]["review_at"] > datetime.now(UTC).isoformat()


@pytest.mark.parametrize(
    ("at", "instead", "said"),
    [
        (9, "investigation", "cannot be checked"),
        (9, "seen", "too short"),
        (7, "as agreed", "in no form"),
        (1, "NS9999", "not on the register"),
    ],
)
def test_a_local_list_without_a_ground_that_can_be_checked_is_not_loaded(
    good: Path, tmp_path: Path, at: int, instead: str, said: str
) -> None:
    state = enrolled(tmp_path / "state")
    given = [*GROUND]
    given[at] = instead
    result = CliRunner().invoke(main, ["lists", "load", str(good), *given, "--state", str(state)])
    assert result.exit_code == 1
    assert said in result.stderr
    assert in_force(state) == []
    assert newest(state)["kind"] == "refused"


@pytest.mark.parametrize("role", ["OP", "RES", "SL"])
def test_a_role_that_brings_no_lists_into_force_is_refused(
    good: Path, tmp_path: Path, role: str
) -> None:
    state = enrolled(tmp_path / "state", role=role)
    result = CliRunner().invoke(main, ["lists", "load", str(good), *GROUND, "--state", str(state)])
    assert result.exit_code == 1
    assert in_force(state) == []


def test_a_duty_officers_list_lives_for_a_day(good: Path, tmp_path: Path) -> None:
    state = enrolled(tmp_path / "state", role="FDO")
    arguments = ["lists", "load", str(good), *GROUND, "--state", str(state)]
    assert "24 hours at most" in CliRunner().invoke(main, arguments).stderr


def test_nobody_loads_a_local_list_without_saying_who_and_why(good: Path, tmp_path: Path) -> None:
    state = enrolled(tmp_path / "state")
    result = CliRunner().invoke(main, ["lists", "load", str(good), "--state", str(state)])
    assert result.exit_code == 1
    assert "Give --by, --purpose, --class, --ref and --reason" in result.stderr
    late = ["lists", "load", str(good), *GROUND, "--review", "2099-01-01", "--state", str(state)]
    assert "at the latest" in " ".join(CliRunner().invoke(main, late).stderr.split())


def test_a_refused_extract_is_one_line_and_on_record(tmp_path: Path) -> None:
    state = tmp_path / "state"
    arguments = ["lists", "load", str(DATA / "pnc_extract_3_truncated.csv"), "--state", str(state)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("Error: Not loaded: the extract was cut")
    assert len(result.stderr.splitlines()) == 1
    ledger = Ledger.open(state / "ledger" / "ledger.db")
    with ledger.reading() as db:
        (told,) = lists.deliveries(db, count=5)
        assert audit.verify(db).records == 1
    ledger.close()
    assert (told.outcome, told.arrival.list_name) == ("refuse:truncated", "PNC")


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["lists", "check", str(tmp_path / "none.csv")])
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: Not loaded: none.csv cannot be read")


def test_no_plate_of_the_file_is_printed() -> None:
    result = CliRunner().invoke(main, ["lists", "check", str(DATA / "voi_bad.csv")])
    marks = {line.split(",")[0] for line in (DATA / "voi_bad.csv").read_text().splitlines()} - {""}
    assert not [mark for mark in marks if mark in result.output]
