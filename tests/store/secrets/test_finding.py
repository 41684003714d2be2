"""A secret comes from a place that keeps it, and says nothing of itself."""

import os
from pathlib import Path
from typing import ClassVar

import keyring.backend
import keyring.errors
import pytest

from store import secrets
from store.errors import RefusedError, StoreError, UnavailableError

CANARY = b"c4n4ry-5ecret"
NAME = "audit-signing-key"


class Keeping(keyring.backend.KeyringBackend):
    """A keyring that is one: it keeps what it was given under service and name."""

    priority = 1
    kept: ClassVar[dict[tuple[str, str], str]] = {}

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))


class Locked(Keeping):
    """A keyring that nobody has unlocked."""

    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked(f"locked around {CANARY.decode()}")


def named(backend: type) -> str:
    return f"{backend.__module__}.{backend.__qualname__}"


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    folder = tmp_path / "credentials"
    folder.mkdir(mode=0o700)
    put(folder / NAME, CANARY + b"\n")
    return folder


def put(path: Path, value: bytes, *, mode: int = 0o600) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_bytes(value)
    path.chmod(mode)


def test_a_credential_of_systemd_is_found_first_and_without_its_line_end(
    credentials: Path, tmp_path: Path
) -> None:
    environ = {"CREDENTIALS_DIRECTORY": str(credentials), "PYTHON_KEYRING_BACKEND": "never.Asked"}
    found = secrets.find(NAME, state=tmp_path, environ=environ)
    assert (found.value, found.source) == (CANARY, "credential")


def test_a_secret_does_not_print_itself(credentials: Path, tmp_path: Path) -> None:
    environ = {"CREDENTIALS_DIRECTORY": str(credentials)}
    found = secrets.find(NAME, state=tmp_path, environ=environ)
    assert CANARY.decode() not in f"{found!r} {found}"


@pytest.mark.parametrize("mode", [0o604, 0o601, 0o620, 0o660, 0o666])
def test_a_credential_that_others_may_read_is_refused(
    credentials: Path, tmp_path: Path, mode: int
) -> None:
    (credentials / NAME).chmod(mode)
    with pytest.raises(RefusedError, match="others may read"):
        secrets.find(NAME, state=tmp_path, environ={"CREDENTIALS_DIRECTORY": str(credentials)})


def test_the_acl_of_systemd_on_a_file_of_root_is_no_open_file(
    credentials: Path, tmp_path: Path
) -> None:
    (credentials / NAME).chmod(0o440)
    environ = {"CREDENTIALS_DIRECTORY": str(credentials)}
    if os.geteuid() == 0:
        assert secrets.find(NAME, state=tmp_path, environ=environ).value == CANARY
    else:
        with pytest.raises(RefusedError, match="others may read"):
            secrets.find(NAME, state=tmp_path, environ=environ)


@pytest.mark.parametrize("value", [b"", b"\n", b"  \n\n"])
def test_an_empty_secret_is_refused(credentials: Path, tmp_path: Path, value: bytes) -> None:
    put(credentials / NAME, value)
    with pytest.raises(RefusedError, match="holds nothing"):
        secrets.find(NAME, state=tmp_path, environ={"CREDENTIALS_DIRECTORY": str(credentials)})


def test_a_link_a_folder_and_a_film_are_no_secret(credentials: Path, tmp_path: Path) -> None:
    environ = {"CREDENTIALS_DIRECTORY": str(credentials)}
    path = credentials / NAME
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnavailableError, match="no link"):
        secrets.find(NAME, state=tmp_path, environ=environ)
    path.unlink()
    path.mkdir(mode=0o700)
    with pytest.raises(RefusedError, match="no plain file"):
        secrets.find(NAME, state=tmp_path, environ=environ)
    path.rmdir()
    put(path, b"x" * 70_000)
    with pytest.raises(RefusedError, match="65536"):
        secrets.find(NAME, state=tmp_path, environ=environ)


def test_a_keyring_that_was_named_and_is_allowed_is_asked(tmp_path: Path) -> None:
    Keeping().set_password(secrets.KEYRING_SERVICE, NAME, CANARY.decode())
    found = secrets.find(
        NAME,
        state=tmp_path,
        environ={"PYTHON_KEYRING_BACKEND": named(Keeping)},
        allowed={named(Keeping)},
    )
    assert (found.value, found.source) == (CANARY, "keyring")


def test_an_empty_entry_of_a_keyring_is_refused(tmp_path: Path) -> None:
    Keeping().set_password(secrets.KEYRING_SERVICE, NAME, "")
    with pytest.raises(RefusedError, match="holds nothing"):
        secrets.find(
            NAME,
            state=tmp_path,
            environ={"PYTHON_KEYRING_BACKEND": named(Keeping)},
            allowed={named(Keeping)},
        )


def test_a_locked_keyring_is_no_empty_one_and_quotes_nothing(tmp_path: Path) -> None:
    put(secrets.secret_file(tmp_path, NAME), b"never taken in its place")
    with pytest.raises(UnavailableError, match="does not answer") as refused:
        secrets.find(
            NAME,
            state=tmp_path,
            file_allowed=True,
            environ={"PYTHON_KEYRING_BACKEND": named(Locked)},
            allowed={named(Locked)},
        )
    assert CANARY.decode() not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    "backend",
    [
        "keyring.backends.fail.Keyring",
        "keyring.backends.null.Keyring",
        "keyring.backends.chainer.ChainerBackend",
        "keyrings.alt.file.PlaintextKeyring",
        "keyrings.alt.file.EncryptedKeyring",
        "keyrings.cryptfile.cryptfile.CryptFileKeyring",
        "os.path",
        "Keyring",
    ],
)
def test_a_keyring_that_keeps_nothing_safe_is_refused_by_its_name(
    tmp_path: Path, backend: str
) -> None:
    with pytest.raises(RefusedError, match="systemd"):
        secrets.find(NAME, state=tmp_path, environ={"PYTHON_KEYRING_BACKEND": backend})


@pytest.mark.parametrize("backend", sorted(secrets.ALLOWED_KEYRINGS))
def test_an_allowed_keyring_that_is_not_there_says_so(tmp_path: Path, backend: str) -> None:
    environ = {"PYTHON_KEYRING_BACKEND": backend}
    with pytest.raises(UnavailableError, match="keyring"):
        secrets.find(NAME, state=tmp_path, environ=environ)


def test_a_file_of_the_state_folder_counts_only_where_it_was_asked_for(tmp_path: Path) -> None:
    put(secrets.secret_file(tmp_path, NAME), CANARY)
    with pytest.raises(UnavailableError, match="LoadCredentialEncrypted"):
        secrets.find(NAME, state=tmp_path, environ={})
    found = secrets.find(NAME, state=tmp_path, file_allowed=True, environ={})
    assert (found.value, found.source) == (CANARY, "file")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_file_of_the_state_folder_is_for_its_owner_alone(tmp_path: Path, mode: int) -> None:
    put(secrets.secret_file(tmp_path, NAME), CANARY, mode=mode)
    with pytest.raises(RefusedError, match="new secret") as refused:
        secrets.find(NAME, state=tmp_path, file_allowed=True, environ={})
    assert CANARY.decode() not in str(refused.value)


@pytest.mark.parametrize("name", ["", "../passwd", "A", "a/b", "a" * 65, "a\n"])
def test_a_name_that_could_lead_elsewhere_is_none(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="hyphens"):
        secrets.find(name, state=tmp_path, environ={})


def test_no_place_at_all_says_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="PYTHON_KEYRING_BACKEND"):
        secrets.find(NAME, state=tmp_path, environ={})
