"""The keyring of our own: keyring itself opens it, and nobody without the passphrase does."""

import json
import subprocess
import sys
from pathlib import Path

import keyring.core
import keyring.errors
import pytest

from store import secrets
from store.errors import CorruptError, RefusedError, UnavailableError
from store.secrets.vault import CREDENTIAL, Vault

CANARY = "c4n4ry-5ecret"
NAME = "staff-seed-key"
BACKEND = "store.secrets.vault.Vault"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The keyring's file, named as an administrator names it, with a passphrase from systemd."""
    credentials = tmp_path / "credentials"
    credentials.mkdir(mode=0o700)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    monkeypatch.setenv("KEYRING_PROPERTY_FILE", str(tmp_path / "kept" / "keyring"))
    passphrase(tmp_path, "correct horse battery staple")
    return tmp_path / "kept" / "keyring"


def passphrase(tmp_path: Path, words: str) -> None:
    (tmp_path / "credentials" / CREDENTIAL).write_text(words + "\n")


def opened() -> Vault:
    vault = keyring.core.load_keyring(BACKEND)
    assert isinstance(vault, Vault)
    return vault


def test_keyring_keeps_and_gives_back_by_service_and_user(file: Path) -> None:
    opened().set_password("anpr-hub", NAME, CANARY)
    opened().set_password("anpr-hub", "other", "another")
    opened().set_password("anpr-hub", "other", "newer")
    assert opened().get_password("anpr-hub", NAME) == CANARY
    assert opened().get_password("anpr-hub", "other") == "newer"
    assert opened().get_password("elsewhere", NAME) is None
    opened().delete_password("anpr-hub", NAME)
    assert opened().get_password("anpr-hub", NAME) is None
    with pytest.raises(keyring.errors.PasswordDeleteError):
        opened().delete_password("anpr-hub", NAME)


def test_a_secret_of_the_hub_is_found_in_it(file: Path, tmp_path: Path) -> None:
    opened().set_password(secrets.KEYRING_SERVICE, NAME, CANARY)
    found = secrets.find(NAME, state=tmp_path, environ={"PYTHON_KEYRING_BACKEND": BACKEND})
    assert (found.value, found.source) == (CANARY.encode(), "keyring")


def test_the_file_shows_neither_secret_nor_name_and_is_its_owners_alone(file: Path) -> None:
    opened().set_password("anpr-hub", NAME, CANARY)
    text = file.read_bytes()
    assert CANARY.encode() not in text
    assert NAME.encode() not in text
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_same_content_is_never_sealed_the_same_way_twice(file: Path) -> None:
    opened().set_password("anpr-hub", NAME, CANARY)
    first = file.read_bytes().split(b"\n")[1]
    opened().set_password("anpr-hub", NAME, CANARY)
    assert file.read_bytes().split(b"\n")[1] != first


def test_another_passphrase_opens_nothing_and_changes_nothing(file: Path, tmp_path: Path) -> None:
    opened().set_password("anpr-hub", NAME, CANARY)
    before = file.read_bytes()
    passphrase(tmp_path, "incorrect horse battery")
    with pytest.raises(UnavailableError, match="passphrase is another"):
        opened().get_password("anpr-hub", NAME)
    with pytest.raises(UnavailableError, match="passphrase is another"):
        opened().set_password("anpr-hub", NAME, "overwritten")
    assert file.read_bytes() == before


@pytest.mark.parametrize("place", range(0, 400, 40))
def test_a_flipped_byte_is_found_and_gives_nothing(file: Path, place: int) -> None:
    opened().set_password("anpr-hub", NAME, CANARY)
    text = bytearray(file.read_bytes().strip())
    text[place % len(text)] ^= 1
    file.write_bytes(text)
    with pytest.raises((CorruptError, UnavailableError)):
        opened().get_password("anpr-hub", NAME)


@pytest.mark.parametrize(
    "change",
    [{"memory_kib": 1 << 30}, {"time_cost": 10**9}, {"lanes": 10**6}, {"version": 2}, {"salt": ""}],
)
def test_a_recipe_that_would_fell_the_machine_is_refused(
    file: Path, change: dict[str, object]
) -> None:
    opened().set_password("anpr-hub", NAME, CANARY)
    head, body, _ = file.read_bytes().split(b"\n")
    file.write_bytes(json.dumps({**json.loads(head), **change}).encode() + b"\n" + body)
    with pytest.raises((CorruptError, UnavailableError)):
        opened().get_password("anpr-hub", NAME)


@pytest.mark.parametrize("text", [b"", b"\n", b"{}\n", b"not json\nAAAA", b"\xff\xfe\n\x00"])
def test_a_file_of_something_else_is_refused(file: Path, text: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(text)
    file.chmod(0o600)
    with pytest.raises(CorruptError, match="backup"):
        opened().get_password("anpr-hub", NAME)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620])
def test_a_file_that_others_may_read_is_refused(file: Path, mode: int) -> None:
    opened().set_password("anpr-hub", NAME, CANARY)
    file.chmod(mode)
    with pytest.raises(RefusedError, match="0600"):
        opened().get_password("anpr-hub", NAME)


def test_a_link_in_its_place_is_refused(file: Path, tmp_path: Path) -> None:
    opened().set_password("anpr-hub", NAME, CANARY)
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnavailableError, match="plain file"):
        opened().get_password("anpr-hub", NAME)


@pytest.mark.parametrize("value", ["", " ", "\n"])
def test_an_empty_secret_is_not_kept(file: Path, value: str) -> None:
    with pytest.raises(RefusedError, match="empty"):
        opened().set_password("anpr-hub", NAME, value)
    assert not file.exists()


def test_a_new_keyring_needs_a_passphrase_worth_the_name(file: Path, tmp_path: Path) -> None:
    passphrase(tmp_path, "hunter2")
    with pytest.raises(RefusedError, match="12"):
        opened().set_password("anpr-hub", NAME, CANARY)
    assert not file.exists()


def test_without_a_file_named_it_says_which_setting_names_it(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KEYRING_PROPERTY_FILE")
    with pytest.raises(UnavailableError, match="KEYRING_PROPERTY_FILE"):
        opened().get_password("anpr-hub", NAME)


def test_a_service_without_the_credential_is_refused_and_never_waits_for_an_answer(
    file: Path, tmp_path: Path
) -> None:
    opened().set_password("anpr-hub", NAME, CANARY)
    (tmp_path / "credentials" / CREDENTIAL).unlink()
    asks = (
        "from store.errors import RefusedError\nfrom store.secrets.vault import Vault\n"
        "try:\n    Vault().get_password('anpr-hub', 'staff-seed-key')\n"
        "except RefusedError as refused:\n    print(refused)"
    )
    done = subprocess.run(
        [sys.executable, "-c", asks],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "LoadCredentialEncrypted=keyring-passphrase" in done.stdout


def test_keyring_never_chooses_it_by_itself() -> None:
    # keyring takes by itself only what calls itself recommended, from a priority of one on
    assert 0 < Vault.priority < 1
