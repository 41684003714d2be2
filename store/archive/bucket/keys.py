"""What opens the bucket: one secret, from systemd credentials or a pinned keyring, never a file.

The secret `archive-bucket` is one JSON object:

    {"endpoint": "https://s3.example.org", "region": "eu-west-2",
     "access_key_id": "...", "secret_access_key": "...", "session_token": "..."}

Without an endpoint it is Amazon's of the region; the token may be left out. It is looked up once a
process and kept in memory; a refused key is looked up again.
"""

import ipaddress
import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from store.errors import RefusedError
from store.secrets import find

__all__ = ["KEYS", "BucketKeys", "find_keys", "forget_keys"]

KEYS = "archive-bucket"
"""Name of the secret."""

_PLACES = ("CREDENTIALS_DIRECTORY", "PYTHON_KEYRING_BACKEND", "KEYRING_PROPERTY_FILE")
_CONNECT_S = 3
_ANSWER_S = 6
_AGAIN_S = 5


class _Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    access_key_id: str
    secret_access_key: str
    session_token: str = ""
    region: str = "us-east-1"
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class BucketKeys:
    """What opens a bucket; no key of it prints itself.

    Attributes:
        endpoint: Address of the server, or "" for Amazon's of the region.
        region: Its region.
        access_key_id: Who asks.
        secret_access_key: What requests are signed with.
        session_token: Of keys that are lent for a time; empty for others.
    """

    endpoint: str
    region: str
    access_key_id: str = field(repr=False)
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False, default="")

    @classmethod
    def of(cls, text: bytes) -> "BucketKeys":
        """Take the secret apart.

        Raises:
            RefusedError: It is not as described, or would send readings in the clear.
        """
        try:
            told = msgspec.json.decode(text, type=_Told)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            told = None  # what the decoder says could quote what it holds
        if told is None or not told.access_key_id or not told.secret_access_key:
            raise RefusedError(
                f"The secret {KEYS} was refused: it is no JSON object with access_key_id and "
                "secret_access_key, and at most endpoint, region and session_token beside them. "
                "Store it anew.",
                reason="bucket_secret_malformed",
            )
        _demand_closed(told.endpoint)
        return cls(
            endpoint=told.endpoint.rstrip("/"),
            region=told.region,
            access_key_id=told.access_key_id,
            secret_access_key=told.secret_access_key,
            session_token=told.session_token,
        )

    def storage_options(self) -> dict[str, str]:
        """Give them as LanceDB takes them, with an end to its patience: a search waits."""
        options = {
            "aws_access_key_id": self.access_key_id,
            "aws_secret_access_key": self.secret_access_key,
            "aws_session_token": self.session_token,
            "aws_region": self.region,
            "aws_endpoint": self.endpoint,
            "allow_http": "true" if self.endpoint.startswith("http://") else "",
            "connect_timeout": f"{_CONNECT_S}s",
            "timeout": f"{_ANSWER_S}s",
            "client_max_retries": "1",
            "client_retry_timeout": str(_AGAIN_S),
            "download_retry_count": "0",
        }
        return {name: value for name, value in options.items() if value}


def find_keys(state: Path) -> BucketKeys:
    """Find what opens the bucket.

    Args:
        state: The state folder; no file of it may hold the keys.

    Raises:
        RefusedError: A place holds it badly, or it is malformed.
        UnavailableError: No place has it.
    """
    return _found(state, *(os.environ.get(name) for name in _PLACES))


def forget_keys() -> None:
    """Look the keys up anew the next time: these were refused."""
    _found.cache_clear()


@lru_cache(maxsize=4)
def _found(state: Path, *_places: str | None) -> BucketKeys:
    return BucketKeys.of(find(KEYS, state=state).value)


def _demand_closed(endpoint: str) -> None:
    """Refuse an endpoint that is none, or that others could listen to on the way."""
    try:
        parts = urlsplit(endpoint)
        sound = not endpoint or (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and not (parts.username or parts.password or parts.query or parts.fragment)
        )
    except ValueError:
        sound = False
    if not sound:
        raise RefusedError(
            f"The secret {KEYS} was refused: its endpoint is no address such as "
            "https://s3.example.org, without keys in it. Store it anew.",
            reason="bucket_endpoint_malformed",
        )
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        raise RefusedError(
            f"The secret {KEYS} was refused: its endpoint is http://, so that reads would cross "
            "the network in the clear. Use https://; http:// is for a server on this machine.",
            reason="bucket_in_the_clear",
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
