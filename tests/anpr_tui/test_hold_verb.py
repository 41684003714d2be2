"""`anpr hold` sets, shows, opens and releases what a case keeps, and says who did."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from anpr_tui.cli import main
from store.ledger import audit, staff
from store.store import open_store
from store.terms import Officer
from tests.store import policies
from tests.store.archive.weeded import KEPT, KEPT_PLATES, build

CASE = ["--case", "NS-2611-04417"]
REASON = [
    "--class",
    "serious crime",
    "--reason",
    "Disclosure schedule for the trial over Moor Lane",
]
REVIEW = f"{datetime.now(UTC) + timedelta(days=100):%Y-%m-%d}"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    build(tmp_path / "state")
    store = open_store(tmp_path / "state")
    with store.ledger.transaction() as tx:
        staff.enrol(tx, Officer("NS4900", "AM", "Hale"), now=datetime.now(UTC))
    policies.in_force(store.ledger, *policies.HOLDS_BY_ROLE, now=datetime.now(UTC))
    store.close()
    return tmp_path / "state"


def anpr(*words: str, state: Path, by: str = "NS4900") -> Result:
    return CliRunner().invoke(main, ["hold", *words, "--by", by, "--state", str(state)])


def set_one(state: Path, *, by: str = "NS4900") -> Result:
    order = ["--authority", "D/Supt Hale, log 114", "--review", REVIEW]
    vehicle = ["--vrm", KEPT_PLATES[0], "--from", next(iter(KEPT)), "--to", next(iter(KEPT))]
    return anpr("set", *CASE, *order, *vehicle, state=state, by=by)


def test_a_hold_is_set_shown_opened_and_released(state: Path, tmp_path: Path) -> None:
    made = set_one(state)
    assert (made.exit_code, made.stdout) == (0, "Hold 1: 1 reads are secured.\n")
    assert "NS-2611-04417  1 reads" in anpr("list", state=state).stdout
    found = anpr(
        "search", "1", *CASE, *REASON, "--json", "--pictures", str(tmp_path / "out"), state=state
    )
    (row,) = json.loads(found.stdout)["reads"]
    assert row["vrm"] == KEPT_PLATES[0]
    picture = tmp_path / "out" / f"{row['read_id']}-vehicle.jpg"
    assert picture.read_text() == f"picture of {KEPT_PLATES[0]}"
    assert anpr("review", "1", "--until", REVIEW, state=state).exit_code == 0
    assert anpr("release", "1", "--why", "Conviction stands", state=state).exit_code == 0
    assert "0 holds are in force" in anpr("list", state=state).stdout
    store = open_store(state)
    with store.ledger.reading() as db:
        told = [audit.body_of(record) for record in audit.tail(db, count=20)]
    store.close()
    done = {body["kind"] for body in told if body and body["by"] == "NS4900"}
    assert {"evidential hold set", "evidential hold reviewed", "returned"} <= done
    assert "evidential hold released" in done


def test_another_case_and_an_unknown_number_are_refused_in_one_line(state: Path) -> None:
    set_one(state)
    other = anpr("search", "1", "--case", "NS-2611-04418", *REASON, state=state)
    assert (other.exit_code, KEPT_PLATES[0] in other.output) == (1, False)
    assert "another case" in other.output
    unknown = set_one(state, by="NS9999")
    assert unknown.exit_code == 1
    assert "not on the register" in unknown.output


def test_two_must_sign_before_what_is_held_is_searched(tmp_path: Path) -> None:
    build(tmp_path / "state")
    store = open_store(tmp_path / "state")
    with store.ledger.transaction() as tx:
        staff.enrol(tx, Officer("NS4900", "AM", "Hale"), now=datetime.now(UTC))
    store.close()
    set_one(tmp_path / "state")
    refused = anpr("search", "1", *CASE, *REASON, state=tmp_path / "state")
    assert (refused.exit_code, KEPT_PLATES[0] in refused.output) == (1, False)
    assert "the ANPR Manager and the case owner" in refused.output


def test_a_vehicle_without_dates_is_a_slip_of_the_keyboard(state: Path) -> None:
    order = ["--authority", "D/Supt Hale, log 114", "--review", REVIEW]
    assert anpr("set", *CASE, *order, "--vrm", "TX26KLM", state=state).exit_code == 2
