"""A policy that comes into force rules wherever a figure or a name of it is asked for."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anpr_tui.verbs.staff.ceremony import trained_until
from store.archive.weeding import demand_clock
from store.errors import InputError, RefusedError
from store.intake import Intake
from store.ledger import clock
from store.ledger.ledger import Ledger
from store.ledger.rules import policies
from store.ledger.staff import changes, enrol, register, standing
from store.ledger.staff.changes import ChangeKind
from store.lists import delivery
from store.store import Store
from store.terms import Account, Officer, Outcome
from tests.store.ledger.staff.people import LEAD, MANAGER, NOW, found, joined, member
from tests.store.policies import in_force

LISTS = Path(__file__).parents[1] / "data" / "lists"
YEAR = (("training_months = 24 ", "training_months = 12 "),)
SOON = (("staff_months = 12 ", "staff_months = 3 "),)
NO_QAM = 'known_only_here = "a role of this policy"\n'
NEW_ROLE = (('DPO = "Data Protection Officer"', 'DPO = "Data Protection Officer"\n' + NO_QAM),)


@pytest.fixture
def ledger(store: Store) -> Ledger:
    found(store.ledger)
    return store.ledger


def test_training_counts_for_as_long_as_the_policy_in_force_says(ledger: Ledger) -> None:
    joined(ledger, "NS4021", "OP")
    until_at = NOW + timedelta(days=700)
    with ledger.transaction() as tx:
        standing.train(tx, "NS4021", until_at=until_at, by=MANAGER, now=NOW)
    in_force(ledger, *YEAR, now=NOW)
    with ledger.transaction() as tx, pytest.raises(RefusedError, match="12 months at most"):
        standing.train(tx, "NS4021", until_at=until_at, by=MANAGER, now=NOW)
    with ledger.transaction() as tx, pytest.raises(RefusedError, match="12 months at most"):
        wanted = {"role": "OP", "name": "New", "training_until_at": until_at.isoformat()}
        changes.propose(tx, ChangeKind.ENROL, staff_id="NS4033", wanted=wanted, by=MANAGER, now=NOW)
    with ledger.reading() as db:
        until = trained_until("2026-01-01", book=policies.in_force(db))
    assert until == datetime(2027, 1, 1, tzinfo=UTC)


def test_a_line_is_reviewed_again_when_the_policy_in_force_says(ledger: Ledger) -> None:
    in_force(ledger, *SOON, now=NOW)
    joined(ledger, "NS4021", "OP")
    within = timedelta(days=92)
    with ledger.transaction() as tx:
        enrolled = register.by_id(tx, "NS4021")
        later = NOW + timedelta(days=30)
        reviewed = standing.review(tx, "NS4021", by=LEAD, why="looked at", now=later)
    assert enrolled is not None
    assert enrolled.review_due_at is not None
    assert enrolled.review_due_at - NOW < within
    assert reviewed.review_due_at is not None
    assert reviewed.review_due_at - later < within


def test_a_role_is_known_where_the_policy_in_force_knows_it(ledger: Ledger) -> None:
    line = member("NS4021", "known_only_here")
    with ledger.transaction() as tx, pytest.raises(InputError, match="no such role"):
        register.put(tx, line, kind="staff enrolled", by=MANAGER, now=NOW)
    in_force(ledger, *NEW_ROLE, now=NOW)
    with ledger.transaction() as tx:
        register.put(tx, line, kind="staff enrolled", by=MANAGER, now=NOW)


def test_a_demonstration_takes_ranks_from_the_policy_in_force(store: Store) -> None:
    in_force(store.ledger, ('INS = "inspector", SUP', 'INS = "sergeant", SUP'), now=NOW)
    with store.ledger.transaction() as tx:
        assert enrol(tx, Officer("NS2050", "INS"), now=NOW).rank == "sergeant"


def account(captured_at: datetime, number: int) -> Account:
    return Account(
        frame_id=f"f{number}",
        camera_id="NS-C01",
        captured_at=captured_at,
        received_at=NOW,
        outcome=Outcome.NO_PLATE,
    )


def test_a_capture_is_held_against_the_policy_in_force(store: Store) -> None:
    intake = Intake(store.state, ledger=store.ledger, filing_s=None)
    try:
        early = NOW + timedelta(hours=5)
        intake.accept([account(early, 1)])
        in_force(
            store.ledger, ("capture_ahead_max_s = 86400 ", "capture_ahead_max_s = 60 "), now=NOW
        )
        intake.accept([account(early, 2)])
        outcomes = {
            one: told.outcome
            for one, told in intake.known(["f1", "f2"], camera_id="NS-C01").items()
        }
        assert outcomes == {"f1": Outcome.NO_PLATE, "f2": Outcome.REFUSED}
    finally:
        intake.close()


def test_a_clock_is_believed_as_far_as_the_policy_in_force_says(store: Store) -> None:
    seen = datetime.now(UTC)
    in_force(store.ledger, ("ahead_max_s = 604800 ", "ahead_max_s = 3600 "), now=seen)
    with store.ledger.transaction() as tx:
        clock.confirm(tx, now=seen)
        clock.move(tx, now=seen + timedelta(hours=2))
        assert clock.seen_at(tx) == seen
        clock.move(tx, now=seen + timedelta(minutes=30))
        assert clock.seen_at(tx) == seen + timedelta(minutes=30)
        with pytest.raises(RefusedError, match="Nothing was weeded"):
            demand_clock(tx, now=seen + timedelta(hours=2))


def test_a_list_is_checked_by_the_policy_of_its_hub(store: Store) -> None:
    path, now = LISTS / "voi_sample.csv", datetime(2026, 11, 17, 9, tzinfo=UTC)
    changed = ('M01 = "Medium"', 'M01 = "High"')

    def high() -> int:
        figures = policies.of_hub(store.state).figures.lists
        entries = delivery.check(path, figures=figures, now=now).gathered.entries
        return sum(entry.priority == "High" for entry in entries)

    before = high()
    in_force(store.ledger, changed, now=now)
    assert high() > before


def test_without_a_hub_the_policy_is_the_one_carried_and_no_hub_is_made(tmp_path: Path) -> None:
    assert policies.of_hub(tmp_path / "none").version == "2026-11-22"
    assert not (tmp_path / "none").exists()
