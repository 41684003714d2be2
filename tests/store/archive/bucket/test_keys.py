"""Keys open the bucket, and are seen nowhere; reads never cross a network in the clear."""

import json
from pathlib import Path

import pytest

from store.archive.bucket.keys import BucketKeys, find_keys
from store.errors import RefusedError, UnavailableError

SIGNED_WITH = "wJalrXUtnFEMI-a-secret-that-must-not-be-seen"
WHOLE = {"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": SIGNED_WITH}
LENT = "FwoGZXIvYXdzE-a-token-that-must-not-be-seen"


def _text(**other: object) -> bytes:
    return json.dumps({**WHOLE, **other}).encode()


def test_keys_open_the_server_they_name_and_print_no_key() -> None:
    keys = BucketKeys.of(
        _text(endpoint="https://s3.example.org/", region="eu-west-2", session_token=LENT)
    )
    assert (
        keys.storage_options().items()
        >= {
            "aws_access_key_id": WHOLE["access_key_id"],
            "aws_secret_access_key": SIGNED_WITH,
            "aws_session_token": LENT,
            "aws_endpoint": "https://s3.example.org",
            "aws_region": "eu-west-2",
        }.items()
    )
    assert "allow_http" not in keys.storage_options()
    for shown in (repr(keys), str(keys), f"{keys!r:.500}"):
        assert "s3.example.org" in shown
        assert not any(part in shown for part in (SIGNED_WITH, LENT, WHOLE["access_key_id"]))


@pytest.mark.parametrize("host", ["127.0.0.1:9000", "localhost", "[::1]:9000", "127.8.8.8"])
def test_a_server_on_this_machine_may_be_spoken_to_in_the_clear(host: str) -> None:
    keys = BucketKeys.of(_text(endpoint=f"http://{host}"))
    assert keys.storage_options()["allow_http"] == "true"


@pytest.mark.parametrize(
    "endpoint",
    [
        *("http://s3.example.org", "http://10.0.0.7:9000", "http://0.0.0.0:9000"),
        *("http://127.0.0.1.example.org", "http://localhost.example.org", "HTTP://s3.example.org"),
        *("ftp://127.0.0.1", "s3.example.org", "https://", "https://[::1", "//s3.example.org"),
        *(
            f"https://key:{SIGNED_WITH}@s3.example.org",
            f"https://s3.example.org/?key={SIGNED_WITH}",
        ),
    ],
)
def test_an_endpoint_that_others_could_listen_to_or_that_is_none_is_refused(endpoint: str) -> None:
    with pytest.raises(RefusedError, match=r"endpoint is .*(Store it anew|Use https)") as refused:
        BucketKeys.of(_text(endpoint=endpoint))
    assert SIGNED_WITH not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"{", b"\xff\xfe", SIGNED_WITH.encode(), b"[]", b'{"access_key_id": "AKIA"}'),
        *(
            _text(secret_access_key=7),
            _text(access_key_id=""),
            _text(**{SIGNED_WITH: "its name"}),
        ),
    ],
)
def test_a_secret_that_is_not_as_described_is_refused_without_quoting_it(text: bytes) -> None:
    with pytest.raises(RefusedError, match="archive-bucket was refused: it is no JSON") as refused:
        BucketKeys.of(text)
    assert SIGNED_WITH not in str(refused.value)
    assert refused.value.__cause__ is None and refused.value.__context__ is None


def test_keys_come_from_systemd_credentials_and_never_from_the_state_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "state"
    (state / "secrets").mkdir(parents=True)
    (state / "secrets" / "archive-bucket").write_bytes(_text())
    (state / "secrets" / "archive-bucket").chmod(0o600)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "none"))
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    with pytest.raises(UnavailableError, match="LoadCredentialEncrypted=archive-bucket"):
        find_keys(state)
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "archive-bucket").write_bytes(_text())
    (credentials / "archive-bucket").chmod(0o600)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    assert find_keys(state).secret_access_key == SIGNED_WITH
