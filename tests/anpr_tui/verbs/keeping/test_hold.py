"""`anpr hold` sets, shows, opens and releases what a case keeps, and says who did."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from anpr_tui.cli import main
from store.access import RequestState
from store.errors import RefusedError
from store.governance.oversight.looks import look_in
from store.ledger import audit, staff
from store.ledger.access import rows
from store.ledger.access.uptime import moment_at
from store.store import open_store
from store.terms import Officer
from tests.store import policies
from tests.store.archive.weeded import KEPT, KEPT_PLATES, build
from tests.store.ledger.access.people import authorised, give_factor, proof

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


SIGNERS = {"NS3010": "anpr_manager", "NS3011": "case_owner"}


@pytest.fixture
def signed_for(tmp_path: Path) -> Path:
    """A hub under the carried policy, with a hold and those who may sign for it."""
    build(tmp_path / "state")
    store, now = open_store(tmp_path / "state"), datetime.now(UTC)
    with store.ledger.transaction() as tx:
        roles = {"NS4900": "AM", "NS4107": "RES", **dict.fromkeys(SIGNERS, "AM")}
        for staff_id, role in roles.items():
            staff.enrol(tx, Officer(staff_id, role), now=now)
            give_factor(tx, staff_id)
        for staff_id, post in SIGNERS.items():
            tx.execute("INSERT INTO post VALUES (?, ?, 0)", (post, staff_id))
    store.close()
    assert set_one(tmp_path / "state").exit_code == 0
    return tmp_path / "state"


def look(state: Path, *more: str, verb: str = "search") -> Result:
    return anpr(verb, "1", *CASE, *REASON, *more, state=state, by="NS4107")


def authorise(state: Path, *signers: str) -> None:
    store, now = open_store(state), datetime.now(UTC)
    moment = moment_at(now)
    for signer in signers:
        with store.ledger.transaction() as tx:
            (kept,) = rows.of_state(tx, RequestState.PENDING)
            authorised(
                tx,
                kept.request,
                by=signer,
                moment=moment,
                proof=proof(signer, now=now),
            )
    store.close()


def test_two_people_open_a_hold_for_its_case_and_each_look_is_counted(signed_for: Path) -> None:
    refused = look(signed_for)
    assert refused.exit_code == 1
    assert "the ANPR Manager and the case owner" in " ".join(refused.output.split())
    asked = look(signed_for, verb="request")
    assert asked.exit_code == 0, asked.output
    assert asked.stdout.startswith("R-0001 asked: it takes the signature of the ANPR Manager and")
    assert "request waits" in look(signed_for).output
    authorise(signed_for, "NS3010")
    assert look(signed_for).exit_code == 1
    authorise(signed_for, "NS3011")
    found = look(signed_for, "--json")
    assert [row["vrm"] for row in json.loads(found.stdout)["reads"]] == [KEPT_PLATES[0]]
    store = open_store(signed_for)
    with store.ledger.reading() as db:
        told = [audit.body_of(record) or {} for record in audit.tail(db, count=40)]
        kept = rows.by_grant(db, "G-0001")
    store.close()
    assert kept is not None
    assert kept.request.grant is not None
    assert kept.request.grant.searches_used == 1
    assert {one.post for one in kept.request.signatures} == set(SIGNERS.values())
    asked_record = next(one for one in told if one["kind"] == "asked" and "grant" in one)
    assert (asked_record["grant"], asked_record["by"]) == ("G-0001", "NS4107")
    sampled = look_in(1, asked_record)
    assert sampled is not None
    assert sampled.held


def test_the_second_signature_is_the_other_posts(signed_for: Path) -> None:
    look(signed_for, verb="request")
    store = open_store(signed_for)
    with store.ledger.transaction() as tx:
        tx.execute("UPDATE post SET post = 'anpr_manager'")
    store.close()
    authorise(signed_for, "NS3010")
    with pytest.raises(RefusedError):
        authorise(signed_for, "NS3011")
    assert look(signed_for).exit_code == 1


def test_a_grant_for_one_mark_of_a_hold_opens_no_other(signed_for: Path) -> None:
    look(signed_for, "--vrm", KEPT_PLATES[0], verb="request")
    authorise(signed_for, *SIGNERS)
    assert look(signed_for, "--vrm", KEPT_PLATES[0]).exit_code == 0
    for other in ((), ("--vrm", "JX65RED"), ("--vrm", "T*")):
        assert look(signed_for, *other).exit_code == 1


def test_for_another_case_or_an_unknown_hold_nothing_is_asked(signed_for: Path) -> None:
    other = anpr("request", "1", "--case", "NS-2611-04418", *REASON, state=signed_for, by="NS4107")
    assert "another case" in other.output
    none = anpr("request", "7", *CASE, *REASON, state=signed_for, by="NS4107")
    assert "No hold 7 is in force" in none.output
