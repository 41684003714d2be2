"""Secrets: from systemd credentials, from a keyring that was named, or not at all.

    1. `$CREDENTIALS_DIRECTORY/<name>`: what systemd hands to a service (LoadCredentialEncrypted)
    2. the keyring that `PYTHON_KEYRING_BACKEND` names, if its class is one of those allowed
    3. a file of the state folder, only where that was asked for in so many words: the weak case,
       for whoever reads the disk has the secret

A place that holds the secret badly is refused, never passed over for the next: who hides a good
place behind a bad one would choose the secret. keyring's own choice of a backend is never used: it
may fall to one that writes plain text (keyrings.alt) or swallows everything (null).
"""

import os
import re
import stat
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import keyring.backend
import keyring.core
import keyring.errors

from store.errors import RefusedError, UnavailableError

__all__ = ["ALLOWED_KEYRINGS", "KEYRING_SERVICE", "Secret", "find", "secret_file"]

ALLOWED_KEYRINGS = frozenset(
    {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.Windows.WinVaultKeyring",
        "store.secrets.vault.Vault",
    }
)
"""Classes that keep a secret encrypted, and fail where they cannot: under the account's log-in, or
ours under a passphrase. Never one that chooses among others (chainer), that swallows everything
(null, fail) or that writes plain text (keyrings.alt)."""

KEYRING_SERVICE = "anpr-hub"
"""Under which service a keyring holds our secrets."""

_NAME = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)
_MAX_BYTES = 65536


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that does not print itself.

    Attributes:
        name: What it is for.
        source: Where it came from: "credential", "keyring" or "file".
        value: The secret, never empty; left out of the repr.
    """

    name: str
    source: str
    value: bytes = field(repr=False)


def find(
    name: str,
    *,
    state: Path,
    file_allowed: bool = False,
    environ: Mapping[str, str] = os.environ,
    allowed: Collection[str] = ALLOWED_KEYRINGS,
) -> Secret:
    """Find a secret in the first place that has it.

    Args:
        name: a-z, 0-9 and "-", for example "audit-signing-key".
        state: The state folder.
        file_allowed: True where a file of the state folder may hold it: the weak case.
        environ: The environment.
        allowed: Classes of keyrings that may hold it.

    Raises:
        RefusedError: A place holds it in a way that protects nothing; says what to do.
        UnavailableError: No place has it, or one that should cannot be asked.
        ValueError: The name is none.
    """
    if not _NAME.fullmatch(name):
        raise ValueError("the name of a secret is a-z, 0-9 and hyphens")
    if directory := environ.get("CREDENTIALS_DIRECTORY"):
        value = _from_file(Path(directory) / name, by_systemd=True)
        if value is not None:
            return Secret(name, "credential", value)
    if backend := environ.get("PYTHON_KEYRING_BACKEND"):
        value = _from_keyring(name, backend=backend, allowed=allowed)
        if value is not None:
            return Secret(name, "keyring", value)
    path = secret_file(state, name)
    if file_allowed:
        value = _from_file(path, by_systemd=False)
        if value is not None:
            return Secret(name, "file", value)
    raise UnavailableError(
        f"There is no secret {name}. Give it to the service with systemd "
        f"(LoadCredentialEncrypted={name}), or pin a keyring with PYTHON_KEYRING_BACKEND and "
        f"store it there under service {KEYRING_SERVICE}, name {name}."
    )


def secret_file(state: Path, name: str) -> Path:
    """Where the weak case lies in a state folder."""
    return state / "secrets" / name


def _from_file(path: Path, *, by_systemd: bool) -> bytes | None:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnavailableError(
            f"The secret {path.name} was not read: {path} ({error.strerror}). It must be a plain "
            "file, no link, that this account may read."
        ) from error
    try:
        _demand_closed(os.fstat(fd), path=path, by_systemd=by_systemd)
        value = os.read(fd, _MAX_BYTES + 1)
    finally:
        os.close(fd)
    if len(value) > _MAX_BYTES:
        raise RefusedError(
            f"The secret {path.name} was refused: {path} has more than {_MAX_BYTES} bytes. "
            "Put the secret there and nothing else.",
            reason="secret_long",
        )
    return _filled(value, name=path.name, place=str(path))


def _demand_closed(found: os.stat_result, *, path: Path, by_systemd: bool) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise RefusedError(
            f"The secret {path.name} was refused: {path} is no plain file. Put one there.",
            reason="secret_no_file",
        )
    if _open_to_others(found, by_systemd=by_systemd):
        raise RefusedError(
            f"The secret {path.name} was refused: others may read {path}. Make a new secret, "
            "for this one may be known, and keep it with mode 0600 and your own account.",
            reason="secret_open",
        )


def _open_to_others(found: os.stat_result, *, by_systemd: bool) -> bool:
    if found.st_mode & 0o007:
        return True
    if by_systemd and (found.st_uid, found.st_gid) == (0, 0) and not found.st_mode & 0o030:
        # systemd gives the service its credentials by an ACL on root's file, and the mask of an
        # ACL shows as the rights of the group: 0440 is then as closed as it gets.
        return False
    return bool(found.st_mode & 0o070) or found.st_uid not in {0, os.geteuid()}


def _from_keyring(name: str, *, backend: str, allowed: Collection[str]) -> bytes | None:
    if backend not in allowed:
        raise RefusedError(
            f"The keyring {backend} was refused: it is not one of those known to keep a secret "
            f"({', '.join(sorted(allowed))}). Pin one of these with PYTHON_KEYRING_BACKEND, or "
            "use systemd credentials.",
            reason="keyring_refused",
        )
    try:
        opened: keyring.backend.KeyringBackend = keyring.core.load_keyring(backend)
        held = opened.get_password(KEYRING_SERVICE, name)
    except (
        keyring.errors.KeyringError,
        RuntimeError,
        ImportError,
        AttributeError,
        TypeError,
        OSError,
    ) as no:
        raise UnavailableError(
            f"The secret {name} was not read: the keyring {backend} does not answer "
            f"({type(no).__name__}). Unlock it, or use systemd credentials."
        ) from None  # what a backend says could quote what it holds
    if held is None:
        return None
    return _filled(str(held).encode(), name=name, place=f"the keyring {backend}")


def _filled(value: bytes, *, name: str, place: str) -> bytes:
    value = value.strip()
    if not value:
        raise RefusedError(
            f"The secret {name} was refused: {place} holds nothing. Store the secret there, or "
            "take the empty one away.",
            reason="secret_empty",
        )
    return value
