"""A keyring for one machine without a desktop: one encrypted file, opened by a passphrase.

    PYTHON_KEYRING_BACKEND=store.secrets.vault.Vault
    KEYRING_PROPERTY_FILE=/var/lib/anpr/keyring

The passphrase comes from the systemd credential `keyring-passphrase`, or from a person at a
terminal; a service without the credential is refused instead of waiting for an answer that nobody
can type. The file is a line of JSON that says how the key is made, and a line with everything that
is kept, sealed as one piece: not even the names are legible, and no entry can be taken out or put
back alone. It is written anew at each change and renamed into its place.
"""

import base64
import getpass
import json
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keyring.backend
import keyring.errors
import msgspec
from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from store.disk import in_turn, replace_durably
from store.errors import CorruptError, RefusedError, UnavailableError

__all__ = ["CREDENTIAL", "PASSPHRASE_MIN_CHARS", "Vault"]

CREDENTIAL = "keyring-passphrase"
"""Name of the systemd credential that opens the file."""

PASSPHRASE_MIN_CHARS = 12
"""For a new file; an old one opens with what it was made with."""

_NONCE_BYTES = 12
_MAX_BYTES = 1 << 20

_Kept = dict[str, dict[str, str]]


class _Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """First line of the file: how the key is made (argon2id; RFC 9106, second choice)."""

    salt: str
    version: int = 1
    time_cost: int = 3
    memory_kib: int = 64 * 1024
    lanes: int = 4


class Vault(keyring.backend.KeyringBackend):
    """Keeps passwords by service and user in one encrypted file.

    Attributes:
        file: The file; keyring sets it from KEYRING_PROPERTY_FILE.
    """

    priority = 0.5  # keyring's word for: never chosen by itself, only where it is named
    file = ""

    def get_password(self, service: str, username: str) -> str | None:
        """Give what is kept, or None.

        Raises:
            RefusedError: Others may read the file, or there is nobody to ask for the passphrase.
            UnavailableError: No file is named, it cannot be read, or the passphrase is another.
            CorruptError: The file is not as we wrote it.
        """
        path = self._path()
        text = _read(path)
        if text is None:
            return None
        return _opened(text, passphrase=_passphrase(path), path=path).get(service, {}).get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a password, in the place of any older one.

        Raises:
            RefusedError: It is empty; or as `get_password`.
        """
        if not password.strip():
            raise RefusedError(
                "Nothing was kept: the secret is empty. Give one.", reason="secret_empty"
            )
        with self._changing() as kept:
            kept.setdefault(service, {})[username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Keep it no longer.

        Raises:
            keyring.errors.PasswordDeleteError: There is none; otherwise as `get_password`.
        """
        with self._changing() as kept:
            if kept.get(service, {}).pop(username, None) is None:
                raise keyring.errors.PasswordDeleteError("There is no such secret.")

    def _path(self) -> Path:
        if not self.file:
            raise UnavailableError(
                "The keyring was not opened: no file is named. Set KEYRING_PROPERTY_FILE to a "
                "file of the hub's account."
            )
        return Path(self.file)

    @contextmanager
    def _changing(self) -> Iterator[_Kept]:
        path = self._path()
        with in_turn(path, not_done="The keyring was not opened"):
            text = _read(path)
            passphrase = _passphrase(path)
            if text is None:
                if len(passphrase) < PASSPHRASE_MIN_CHARS:
                    raise RefusedError(
                        f"No keyring was made: the passphrase is shorter than "
                        f"{PASSPHRASE_MIN_CHARS} characters. Choose a longer one.",
                        reason="passphrase_short",
                    )
                kept: _Kept = {}
            else:
                kept = _opened(text, passphrase=passphrase, path=path)
            yield kept
            _write(path, _sealed(kept, passphrase=passphrase))


def _passphrase(path: Path) -> str:
    """Take the passphrase from systemd, or ask for it; the terminal shows nothing of it."""
    if directory := os.environ.get("CREDENTIALS_DIRECTORY"):
        try:
            found = (Path(directory) / CREDENTIAL).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            found = ""
        except (OSError, UnicodeDecodeError) as unread:
            raise UnavailableError(
                f"The keyring was not opened: the credential {CREDENTIAL} cannot be read. "
                "Look at the unit of the service."
            ) from unread
        if found:
            return found
    try:
        # Without a terminal getpass would read, and show, whatever standard input brings.
        typed = sys.stdin is not None and sys.stdin.isatty()
        asked = getpass.getpass(f"Passphrase of {path}: ") if typed else ""
    except EOFError:
        asked = ""
    if not asked:
        raise RefusedError(
            "The keyring was not opened: nobody is there to type its passphrase. Give the service "
            f"LoadCredentialEncrypted={CREDENTIAL}, or run this at a terminal.",
            reason="keyring_locked",
        )
    return asked


def _key(passphrase: str, recipe: _Recipe) -> bytes:
    return hash_secret_raw(
        passphrase.encode(),
        bytes.fromhex(recipe.salt),
        time_cost=recipe.time_cost,
        memory_cost=recipe.memory_kib,
        parallelism=recipe.lanes,
        hash_len=32,
        type=Type.ID,
    )


def _sealed(kept: _Kept, *, passphrase: str) -> bytes:
    recipe = _Recipe(salt=secrets.token_hex(16))
    head = msgspec.json.encode(recipe)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    body = ChaCha20Poly1305(_key(passphrase, recipe)).encrypt(
        nonce, json.dumps(kept, sort_keys=True).encode(), head
    )
    return head + b"\n" + base64.b64encode(nonce + body) + b"\n"


def _opened(text: bytes, *, passphrase: str, path: Path) -> _Kept:
    head, _, rest = text.partition(b"\n")
    try:
        recipe = msgspec.json.decode(head, type=_Recipe)
        sealed = base64.b64decode(rest.strip(), validate=True)
        key = _key(passphrase, recipe) if _is_bearable(recipe) else None
    except (ValueError, RecursionError, HashingError):
        key = None
    if key is None or len(sealed) < _NONCE_BYTES:
        raise CorruptError(f"The keyring {path} is not as we wrote it. Restore it from a backup.")
    try:
        opened = ChaCha20Poly1305(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], head)
    except InvalidTag:
        raise UnavailableError(
            f"The keyring {path} was not opened: the passphrase is another, or the file was "
            "changed. Try again, or restore it from a backup."
        ) from None
    return msgspec.json.decode(opened, type=_Kept)


def _is_bearable(recipe: _Recipe) -> bool:
    """Whether making the key costs what it should; a changed file must not fell the machine."""
    return (
        recipe.version == 1
        and 1 <= recipe.time_cost <= 16
        and 8 * 1024 <= recipe.memory_kib <= 1024 * 1024
        and 1 <= recipe.lanes <= 16
    )


def _read(path: Path) -> bytes | None:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnavailableError(
            f"The keyring was not opened: {path} ({error.strerror}). It must be a plain file of "
            "the hub's account."
        ) from error
    try:
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode) or found.st_uid not in {0, os.geteuid()}:
            raise RefusedError(
                f"The keyring was refused: {path} is no plain file of this account.",
                reason="secret_no_file",
            )
        if found.st_mode & 0o077:
            raise RefusedError(
                f"The keyring was refused: others may read {path}. Make its mode 0600, and new "
                "secrets where somebody may have copied it.",
                reason="secret_open",
            )
        return os.read(fd, _MAX_BYTES)
    finally:
        os.close(fd)


def _write(path: Path, text: bytes) -> None:
    try:
        replace_durably(path, text)
    except OSError as error:
        raise UnavailableError(
            f"The keyring was not written: {path} ({error.strerror}). Look at its folder."
        ) from error
