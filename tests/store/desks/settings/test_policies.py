"""A policy comes into force signed by one and loaded by another, and decides the next act."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from store.desks.settings.policies import PoliciesDesk
from store.door import Door
from store.errors import PolicyError, RefusedError
from store.ledger.staff import enrol
from store.ledger.staff.factors import hold_key
from store.terms import Officer
from tests.store.policies import CARRIED
from tests.store.rig import GROUND, INVESTIGATOR, NOON, Rig, scope

LEAD = Officer("NS0001", "SL")
ADMIN = Officer("NS0700", "ADM")
NEW = CARRIED.replace('version = "2026-11-22"', 'version = "2027-01-01"').replace(
    "reason_min_chars = 15 ", "reason_min_chars = 90 "
)


@pytest.fixture
def desk(rig: Rig) -> PoliciesDesk:
    return PoliciesDesk(door=Door(rig.ledger), ledger=rig.ledger)


@pytest.fixture
def key(rig: Rig, tmp_path: Path) -> Path:
    """The Strategic Lead's own key, held by the register."""
    path = made_key(tmp_path / "lead")
    with rig.ledger.transaction() as tx:
        for officer in (LEAD, ADMIN):
            enrol(tx, officer, now=NOON)
        line = path.with_suffix(".pub").read_text()
        hold_key(tx, LEAD.staff_id, key=line, by=ADMIN.staff_id, now=NOON)
    return path


def made_key(path: Path) -> Path:
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", str(path)]
    subprocess.run(command, check=True, timeout=60)
    return path


def signed(text: str, key: Path, *, namespace: str = "anpr-policy") -> str:
    path = key.with_name("policy.toml")
    path.write_text(text)
    path.with_suffix(".toml.sig").unlink(missing_ok=True)
    command = ["ssh-keygen", "-Y", "sign", "-q", "-n", namespace, "-f", str(key), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return path.with_suffix(".toml.sig").read_text()


def refusal(rig: Rig, desk: PoliciesDesk, signature: str, *, by: Officer = ADMIN) -> str:
    with pytest.raises(RefusedError) as refused:
        desk.load(by, text=NEW.encode(), signature=signature, why="longer reasons", now=NOON)
    assert desk.in_force().version == "2026-11-22"
    assert rig.records()[-1]["kind"] == "refused"
    return refused.value.reason


def test_a_signed_policy_decides_the_next_act_and_stands_in_every_record(
    rig: Rig, desk: PoliciesDesk, key: Path
) -> None:
    rig.desks.searches.search(INVESTIGATOR, scope(), GROUND, now=NOON)
    signature = signed(NEW, key)
    book = desk.load(ADMIN, text=NEW.encode(), signature=signature, why="longer reasons", now=NOON)
    loaded = rig.records()[-1]
    assert (loaded["kind"], loaded["rule"]) == (
        "policy loaded",
        "retention_policy_settings.ADM",
    )
    assert (loaded["about"]["signed_by"], loaded["about"]["before"]) == ("NS0001", "2026-11-22")
    with pytest.raises(RefusedError) as refused:
        rig.desks.searches.search(INVESTIGATOR, scope(), GROUND, now=NOON)
    assert refused.value.reason == "reason_too_short"
    assert rig.records()[-1]["policy"] == book.version == "2027-01-01"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("A", "B", 1),
        lambda text: text.replace("BEGIN", "BEGINNING"),
        lambda _: "",
        lambda text: text[: len(text) // 2],
    ],
    ids=["flipped", "no armour", "empty", "cut off"],
)
def test_a_spoiled_signature_changes_nothing(
    rig: Rig, desk: PoliciesDesk, key: Path, spoil: Callable[[str], str]
) -> None:
    spoiled = spoil(signed(NEW, key))
    assert refusal(rig, desk, spoiled) == "condition_not_met:signed_by_strategic_lead"


def test_the_signature_of_another_text_or_purpose_changes_nothing(
    rig: Rig, desk: PoliciesDesk, key: Path
) -> None:
    for signature in (signed(CARRIED, key), signed(NEW, key, namespace="file")):
        assert refusal(rig, desk, signature) == "condition_not_met:signed_by_strategic_lead"


def test_a_key_of_nobody_changes_nothing(
    rig: Rig, desk: PoliciesDesk, key: Path, tmp_path: Path
) -> None:
    signature = signed(NEW, made_key(tmp_path / "stranger"))
    assert refusal(rig, desk, signature) == "condition_not_met:signed_by_strategic_lead"


def test_a_strategic_lead_who_is_suspended_signs_nothing(
    rig: Rig, desk: PoliciesDesk, key: Path
) -> None:
    signature = signed(NEW, key)
    with rig.ledger.transaction() as tx:
        tx.execute("UPDATE staff SET state = 'suspended' WHERE staff_id = ?", (LEAD.staff_id,))
    assert refusal(rig, desk, signature) == "condition_not_met:signed_by_strategic_lead"


def test_nobody_but_an_administrator_loads_it_and_not_who_signed_it(
    rig: Rig, desk: PoliciesDesk, key: Path
) -> None:
    signature = signed(NEW, key)
    assert refusal(rig, desk, signature, by=INVESTIGATOR) == "not_for_role"
    assert refusal(rig, desk, signature, by=LEAD) == "sign_only"


def test_a_version_names_one_text_for_ever(rig: Rig, desk: PoliciesDesk, key: Path) -> None:
    for text in (CARRIED, NEW, NEW):
        signature = signed(text, key)
        if text is NEW and desk.in_force().version == "2026-11-22":
            desk.load(ADMIN, text=text.encode(), signature=signature, why="new", now=NOON)
            continue
        with pytest.raises(PolicyError, match="was in force here before"):
            desk.load(ADMIN, text=text.encode(), signature=signature, why="old", now=NOON)


def test_a_signed_file_that_is_no_policy_is_refused_on_record(
    rig: Rig, desk: PoliciesDesk, key: Path
) -> None:
    broken = NEW.replace("[words]", "[wards]")
    with pytest.raises(PolicyError):
        desk.load(ADMIN, text=broken.encode(), signature=signed(broken, key), why="x", now=NOON)
    assert desk.in_force().version == "2026-11-22"
    assert rig.records()[-1]["kind"] == "refused"
