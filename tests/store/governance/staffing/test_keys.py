"""Public keys that officers sign on with, as OpenSSH itself makes them."""

import base64
import hashlib
from pathlib import Path
from subprocess import run

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from store.errors import InputError
from store.governance.staffing.keys import key_of


def written(key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    public = key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    return public.decode()


ED25519 = written(ed25519.Ed25519PrivateKey.generate())


@pytest.mark.parametrize(
    "line", [ED25519, written(ec.generate_private_key(ec.SECP256R1()))], ids=["ed25519", "ecdsa"]
)
def test_a_key_keeps_its_kind_and_loses_its_comment(line: str) -> None:
    kept, fingerprint = key_of(f"{line} reed@desk-4\n")
    assert kept == line
    assert fingerprint.startswith("SHA256:")


def test_the_fingerprint_is_the_one_that_ssh_keygen_gives(tmp_path: Path) -> None:
    (tmp_path / "key.pub").write_text(ED25519)
    try:
        done = run(
            ["ssh-keygen", "-lf", tmp_path / "key.pub"], capture_output=True, text=True, check=True
        )
    except FileNotFoundError:
        pytest.skip("this machine has no ssh-keygen")
    assert key_of(ED25519)[1] == done.stdout.split()[1]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        "ssh-ed25519 not-base64!",
        written(rsa.generate_private_key(65537, 2048)),
        f'command="sh" {ED25519}',
        f"{ED25519}\n{ED25519}",
        ED25519.replace("ssh-ed25519", "ecdsa-sha2-nistp256"),
        "ssh-ed25519 " + base64.b64encode(b"\0" * 51).decode(),
        ED25519 + " x" * 2_000,
    ],
)
def test_what_is_no_key_of_a_kind_that_is_taken_is_refused(line: str) -> None:
    with pytest.raises(InputError, match=r"\.pub"):
        key_of(line)


def test_a_refused_key_is_told_what_is_taken_and_how_to_make_it() -> None:
    with pytest.raises(InputError) as no:
        key_of("ssh-rsa AAAA")
    assert str(no.value) == (
        "The key was not taken: it is no public key of OpenSSH of a kind that the hub takes "
        "(ssh-ed25519, sk-ssh-ed25519@openssh.com, ecdsa-sha2-nistp256, "
        "sk-ecdsa-sha2-nistp256@openssh.com), in one line. Give the .pub file; "
        "ssh-keygen -t ed25519 makes one."
    )


def made(kind: str, *, key_bytes: int, inside: str = "", first: int = 0) -> str:
    name = (inside or kind).encode()
    key = bytes([first, *bytes(key_bytes - 1)])
    blob = len(name).to_bytes(4, "big") + name + (32).to_bytes(4, "big") + key
    return f"{kind} {base64.b64encode(blob).decode()}"


def test_a_key_is_no_shorter_than_the_shortest_of_its_kind() -> None:
    kept, fingerprint = key_of(made("ssh-ed25519", key_bytes=32))
    assert kept == made("ssh-ed25519", key_bytes=32)
    blob = base64.b64decode(kept.split()[1])
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    assert fingerprint == f"SHA256:{digest}"
    with pytest.raises(InputError):
        key_of(made("ssh-ed25519", key_bytes=31))


def test_a_key_of_another_kind_inside_is_refused() -> None:
    with pytest.raises(InputError):
        key_of(made("ssh-ed25519", key_bytes=60, inside="ssh-ed25518"))


def test_a_line_of_two_thousand_characters_is_taken_and_a_longer_one_is_not() -> None:
    line = made("ssh-ed25519", key_bytes=32)
    assert key_of(line + " " * (2_000 - len(line)))[0] == line
    with pytest.raises(InputError):
        key_of(line + " " * (2_001 - len(line)))


def test_a_fingerprint_keeps_its_last_letter_whichever_it_is() -> None:
    for first in range(256):
        line, fingerprint = key_of(made("ssh-ed25519", key_bytes=32, first=first))
        digest = hashlib.sha256(base64.b64decode(line.split()[1])).digest()
        assert base64.b64decode(fingerprint.removeprefix("SHA256:") + "=") == digest


@pytest.mark.parametrize("junk", ["!", "-", "\N{NO-BREAK SPACE}"])
def test_what_stands_between_the_letters_of_a_key_is_not_passed_over(junk: str) -> None:
    line = made("ssh-ed25519", key_bytes=32)
    with pytest.raises(InputError):
        key_of(line[:40] + junk + line[40:])
