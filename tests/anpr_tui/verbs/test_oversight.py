"""The auditor's verbs of `anpr audit`, at a keyboard."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from anpr_tui.cli import main
from store.audit.signing import Signer
from store.ledger import audit, staff
from store.ledger.ledger import Ledger
from store.ledger.staff import demonstration
from store.secrets import make_key, secret_file
from store.secrets.sealing import KEY_NAME, Sealing
from store.terms import Officer

AUDITOR, INVESTIGATOR = "NS7002", "NS4107"
NOW = datetime.now(UTC)
LAST_MONTH = NOW.replace(day=1) - timedelta(days=1)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A hub where an investigator searched twelve marks last month, and the chain is signed."""
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    sealing = Sealing(make_key(secret_file(folder, KEY_NAME)))
    ledger = Ledger.open(folder / "ledger" / "ledger.db")
    with ledger.transaction() as tx:
        for staff_id, role in ((AUDITOR, "AUD"), (INVESTIGATOR, "RES")):
            staff.enrol(tx, Officer(staff_id=staff_id, role=role), now=NOW)
            demonstration.give_credentials(tx, staff_id, sealing=sealing, now=NOW)
        for number in range(12):
            about = {
                "act": "search",
                "what": "search",
                "vrm": f"TE{number:02}CAR",
                "since_at": (LAST_MONTH - timedelta(days=7)).isoformat(),
                "ground": {"reference": "NS-2610-02245", "purpose": "wanted_person"},
            }
            audit.append(tx, "asked", by=INVESTIGATOR, now=LAST_MONTH, about=about)
    ledger.close()
    Signer(folder, key=Ed25519PrivateKey.generate()).sign(now=NOW)
    return folder


def acting(state: Path, by: str, *words: str) -> Result:
    ledger = Ledger.open(state / "ledger" / "ledger.db")
    with ledger.transaction() as tx:  # a test does not wait for the next code
        tx.execute("UPDATE staff_factor SET last_step = -1")
    ledger.close()
    code = demonstration.code_of(by, now=datetime.now(UTC))
    command = ["audit", *words, "--state", str(state), "--weak-key", "--as", by]
    return CliRunner().invoke(main, command, input=f"{demonstration.WORDS}\n{code}\n")


def test_a_sample_is_drawn_reviewed_and_answered(state: Path) -> None:
    drawn = acting(state, AUDITOR, "sample")
    assert drawn.exit_code == 0, drawn.output
    assert f"Sample of {LAST_MONTH:%Y-%m}" in drawn.output
    assert "0 of 5 done" in drawn.output
    assert "CAR" not in drawn.output
    seq = drawn.output.splitlines()[-1].split()[0]
    opened = acting(state, AUDITOR, "open", seq)
    assert "CAR" in opened.output
    asked = acting(state, AUDITOR, "review", seq, "asked", "--note", "Who named it?")
    assert asked.exit_code == 0, asked.output
    mine = acting(state, INVESTIGATOR, "mine")
    assert f'Record {seq}, {AUDITOR} asks: "Who named it?"' in mine.output
    told = acting(state, INVESTIGATOR, "answer", seq, "The witness of the burglary")
    assert told.exit_code == 0, told.output
    settled = acting(state, AUDITOR, "review", seq, "fair")
    assert settled.exit_code == 0, settled.output
    assert "1 of 5 done" in acting(state, AUDITOR, "sample").output


def test_flags_name_records_and_no_marks(state: Path) -> None:
    found = acting(state, AUDITOR, "flags")
    assert found.exit_code == 0, found.output
    assert f"{INVESTIGATOR}  one reference: one reference on 12 plates" in found.output
    assert "CAR" not in found.output


def test_figures_hide_small_numbers(state: Path) -> None:
    made = acting(state, AUDITOR, "statistics")
    assert made.exit_code == 0, made.output
    assert "searches by purpose, wanted_person: 12" in made.output
    asked = acting(state, AUDITOR, "review", "999", "fair")
    assert asked.exit_code == 1
    assert "drawn, not chosen" in asked.output


def test_an_investigator_draws_nothing(state: Path) -> None:
    refused = acting(state, INVESTIGATOR, "sample")
    assert refused.exit_code == 1
    assert "Not done" in refused.output


GROUND = (
    *("--purpose", "ongoing investigation", "--class", "other policing"),
    *("--ref", "NS-2611-04417", "--reason", "Asked for by letter of 12 November, case 17"),
)


def records(state: Path) -> list[dict[str, Any]]:
    ledger = Ledger.open(state / "ledger" / "ledger.db")
    with ledger.reading() as db:
        chain = [audit.body_of(one) or {} for one in audit.read(db, first=1, count=1_000)]
    ledger.close()
    return chain


def test_an_export_is_in_the_audit_before_it_is_made_and_when_it_is_whole(
    state: Path, tmp_path: Path
) -> None:
    out = str(tmp_path / "out")
    result = acting(state, AUDITOR, "export", "--for", "controller:SV", "--out", out, *GROUND)
    assert result.exit_code == 0, result.output
    before, newest = records(state)[-2:]
    assert (before["kind"], newest["kind"]) == ("asked", "returned")
    assert before["rule"] == "export_for_controller.AUD"
    assert before["about"]["ground"]["reason"].startswith("Asked for by letter")
    assert newest["about"]["manifest_sha256"] in result.stdout
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["records"] == len(records(state)) - 1


@pytest.mark.parametrize(
    ("by", "reason", "said"),
    [
        (INVESTIGATOR, "Asked for by letter of 12 November", "does not do that"),
        (AUDITOR, "investigation", "cannot be checked"),
    ],
)
def test_an_export_without_the_role_or_a_reason_is_refused_on_record(
    state: Path, tmp_path: Path, by: str, reason: str, said: str
) -> None:
    out = tmp_path / "out"
    given = [*GROUND[:-1], reason]
    result = acting(state, by, "export", "--for", "ico", "--out", str(out), *given)
    assert result.exit_code == 1
    assert said in " ".join(result.output.split())
    assert not out.exists()
    assert records(state)[-1]["kind"] == "refused"


def test_an_export_goes_into_a_folder_of_the_hub_where_none_is_named(state: Path) -> None:
    result = acting(state, AUDITOR, "export", "--for", "ico", *GROUND)
    assert result.exit_code == 0, result.output
    (folder,) = (state / "exports").iterdir()
    assert folder.name.endswith("-ico")
    assert folder.stat().st_mode & 0o077 == 0
