"""`anpr audit` proves, signs and exports, says what it did, and never says a secret."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from anpr_tui.cli import main
from anpr_tui.verbs.audit import checkpoints_signed
from store.audit.checkpoints import checkpoints_of
from store.ledger import audit
from store.ledger.ledger import Ledger
from store.secrets import secret_file


@pytest.fixture(autouse=True)
def no_secret_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CREDENTIALS_DIRECTORY", "PYTHON_KEYRING_BACKEND"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    state = tmp_path / "state"
    write(state, *"abcdefgh")
    return state


def write(state: Path, *notes: str) -> None:
    ledger = Ledger.open(state / "ledger" / "ledger.db")
    with ledger.transaction() as tx:
        for note in notes:
            audit.append(tx, "noted", by="NS4021", now=datetime.now(UTC), about={"note": note})
    ledger.close()


def run(state: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["audit", *arguments, "--state", str(state)])


def test_a_chain_that_holds_is_exit_code_0_with_records_span_and_verdict(state: Path) -> None:
    result = run(state, "verify")
    assert result.exit_code == 0, result.output
    assert "8 hold" in result.stdout
    assert str(datetime.now(UTC).year) in result.stdout
    assert result.stdout.splitlines()[-1] == "verdict     the chain holds"


def test_one_byte_of_the_file_flipped_names_the_record_and_is_exit_code_1(state: Path) -> None:
    path = state / "ledger" / "ledger.db"
    data = bytearray(path.read_bytes())
    data[data.index(b'"note":"e"') + 8] ^= 1
    path.write_bytes(data)
    result = run(state, "verify")
    assert result.exit_code == 1
    assert "BAD         record 5: its body is not what was written" in result.stdout
    assert "DOES NOT HOLD" in result.stdout


def test_a_key_is_made_signs_and_is_verified_by_its_public_half(
    state: Path, tmp_path: Path
) -> None:
    made = run(state, "new-key", "--weak-key")
    public = made.stdout.split()[-1]
    secret = secret_file(state, "audit-signing-key").read_text().strip()
    witness = tmp_path / "witness"
    signed = run(state, "checkpoint", "--weak-key", "--witness", str(witness))
    assert signed.exit_code == 0, signed.output
    again = run(state, "checkpoint", "--weak-key", "--witness", str(witness))
    assert "since the last checkpoint" in again.stdout
    told = run(state, "verify", "--witness", str(witness), "--public-key", public)
    assert told.exit_code == 0, told.output
    assert "records 1 to 8" in told.stdout
    assert all(secret not in one.output for one in (made, signed, again, told))
    other = run(state, "verify", "--public-key", "00" * 32)
    assert other.exit_code == 1


def test_a_key_in_the_state_folder_is_not_taken_unasked(state: Path) -> None:
    run(state, "new-key", "--weak-key")
    result = run(state, "checkpoint")
    assert result.exit_code == 1
    assert "LoadCredentialEncrypted" in result.output


def test_a_key_is_never_written_over(state: Path, tmp_path: Path) -> None:
    path = tmp_path / "key"
    assert run(state, "new-key", "--out", str(path)).exit_code == 0
    kept = path.read_bytes()
    assert os.stat(path).st_mode & 0o077 == 0
    assert run(state, "new-key", "--out", str(path)).exit_code == 1
    assert path.read_bytes() == kept
    assert run(state, "new-key").exit_code == 2


def test_a_key_that_is_none_is_refused_without_being_told(state: Path) -> None:
    path = secret_file(state, "audit-signing-key")
    path.parent.mkdir(mode=0o700)
    path.write_text("c4n4ry")
    path.chmod(0o600)
    result = run(state, "checkpoint", "--weak-key")
    assert result.exit_code == 1
    assert "64 hexadecimal digits" in result.output
    assert "c4n4ry" not in result.output


@pytest.mark.parametrize("text", ["", "xyz", "00" * 31])
def test_a_public_key_that_is_none_is_refused(state: Path, text: str) -> None:
    result = run(state, "verify", "--public-key", text)
    assert result.exit_code == 1
    assert "64 hexadecimal digits" in result.output


def test_a_hub_without_a_key_runs_and_says_that_nothing_is_signed(state: Path) -> None:
    with checkpoints_signed(state, witness=None, weak_key=False) as said:
        assert "NOT signed" in said
    assert not checkpoints_of(state).exists()


def test_a_hub_with_a_key_signs_until_it_ends(state: Path, tmp_path: Path) -> None:
    run(state, "new-key", "--weak-key")
    with checkpoints_signed(state, witness=tmp_path / "witness", weak_key=True) as said:
        assert "is signed" in said
    assert "records 1 to 8" in run(state, "verify", "--witness", str(tmp_path / "witness")).stdout
