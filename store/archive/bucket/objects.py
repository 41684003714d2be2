"""The objects of a bucket, through boto3, with every trouble said in our own words.

The server's words are never passed on: what it says of a refused key may quote the key's id.
"""

import hashlib
import importlib
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from store.archive.bucket.address import Address
from store.archive.bucket.keys import KEYS, BucketKeys, forget_keys
from store.errors import BucketUnavailableError, UnavailableError

__all__ = ["Objects"]

_CONNECT_S = 3
_ANSWER_S = 10
_TRIES = 2
_PART_BYTES = 64 << 20
"""Ten thousand parts are the most an object may have: a day of 2 million pictures fits in one."""

_PIECE_BYTES = 1 << 20
_DIGEST = "sha256"
_REFUSED_KEYS = {
    *("AccessDenied", "AllAccessDisabled", "ExpiredToken", "InvalidAccessKeyId", "InvalidToken"),
    *("RequestTimeTooSkewed", "SignatureDoesNotMatch", "TokenRefreshRequired", "403"),
}
_NONE_THERE = {"404", "NoSuchKey", "NotFound"}
_NOT_MET = {"412", "PreconditionFailed", "409", "ConditionalRequestConflict"}
_NO_LOCK = {"ObjectLockConfigurationNotFoundError", "NoSuchObjectLockConfiguration"}
_TALKATIVE = ("boto3", "botocore", "s3transfer", "urllib3")
"""At DEBUG they write down what requests are signed with, and tokens that are lent."""

_CODE = re.compile(r"[A-Za-z0-9]{1,64}", re.ASCII)


def _on() -> None:
    return None


class Objects:
    """The objects below one address, named without it; threads may share them."""

    def __init__(self, address: Address, keys: BucketKeys) -> None:
        """Take keys; nothing is asked yet.

        Raises:
            UnavailableError: boto3 is not installed.
        """
        try:
            # here, not above: it takes half a second and is for hubs that have a bucket
            boto3, botocore = (importlib.import_module(name) for name in ("boto3", "botocore"))
            self._transfer = importlib.import_module("boto3.s3.transfer").TransferConfig
        except ImportError:
            raise UnavailableError(
                "Days lie in an object store, and boto3, which moves and removes them, is not "
                "installed. Install the hub with its extra: anpr-hub[bucket]."
            ) from None
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.WARNING)
        self._failures = (botocore.exceptions.BotoCoreError, boto3.exceptions.Boto3Error)
        self._answers = botocore.exceptions.ClientError
        self.address = address
        self._at = {"Bucket": address.bucket}
        self._client = boto3.session.Session().client(
            "s3",
            endpoint_url=keys.endpoint or None,
            region_name=keys.region,
            aws_access_key_id=keys.access_key_id,
            aws_secret_access_key=keys.secret_access_key,
            aws_session_token=keys.session_token or None,
            config=botocore.config.Config(
                connect_timeout=_CONNECT_S,
                read_timeout=_ANSWER_S,
                # a variable or a file of this account must not send days to another server
                ignore_configured_endpoint_urls=True,
                retries={"total_max_attempts": _TRIES},
                s3={"addressing_style": "path" if keys.endpoint else "auto"},
                # what was written is read back and held against our own digest; older servers
                # do not know the newer checksums
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def sizes(self, under: str = "") -> dict[str, int]:
        """List the objects whose name begins with a text, with their bytes."""
        whole = self.address.key("")
        with self._asked():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                **self._at, Prefix=whole + under
            )
            return {
                one["Key"][len(whole) :]: int(one["Size"])
                for page in pages
                for one in page.get("Contents", ())
            }

    def digest_of(self, name: str) -> str | None:
        """Give the SHA-256 that was noted with an object when it was uploaded; None without one."""
        with self._asked():
            try:
                head = self._client.head_object(**self._at, Key=self.address.key(name))
            except self._answers as answer:
                if _code(answer) in _NONE_THERE:
                    return None
                raise
        return str(head["Metadata"].get(_DIGEST, "")) or None

    def upload(
        self, name: str, path: Path, *, digest: str, go_on: Callable[[], None] = _on
    ) -> None:
        """Put a file of any size there, and note its digest with it.

        Args:
            name: Of the object.
            path: The file.
            digest: Its SHA-256.
            go_on: Called after every part; what it raises ends the upload.

        Raises:
            OSError: The file cannot be read.
        """
        with path.open("rb") as file, self._asked():
            self._client.upload_fileobj(
                file,
                **self._at,
                Key=self.address.key(name),
                ExtraArgs={"Metadata": {_DIGEST: digest}},
                Callback=lambda _: go_on(),
                Config=self._transfer(
                    multipart_threshold=_PART_BYTES, multipart_chunksize=_PART_BYTES
                ),
            )

    def pieces(self, name: str) -> Iterator[bytes]:
        """Read an object from its first byte to its last."""
        with self._asked():
            found = self._client.get_object(**self._at, Key=self.address.key(name))
            with closing(found["Body"]) as body:
                while piece := body.read(_PIECE_BYTES):
                    yield piece

    def read_back(self, name: str, *, go_on: Callable[[], None] = _on) -> str:
        """Read every byte of an object and give its SHA-256; `go_on` as for `upload`."""
        digest = hashlib.sha256()
        for piece in self.pieces(name):
            go_on()
            digest.update(piece)
        return digest.hexdigest()

    def read(self, name: str) -> bytes | None:
        """Read a small object; None where there is none."""
        with self._asked():
            try:
                found = self._client.get_object(**self._at, Key=self.address.key(name))
            except self._answers as answer:
                if _code(answer) in _NONE_THERE:
                    return None
                raise
            with closing(found["Body"]) as body:
                return bytes(body.read())

    def create(self, name: str, data: bytes) -> bool:
        """Write a small object where there is none; say whether it was written."""
        with self._asked():
            try:
                self._client.put_object(
                    **self._at, Key=self.address.key(name), Body=data, IfNoneMatch="*"
                )
            except self._answers as answer:
                if _code(answer) in _NOT_MET:
                    return False
                raise
        return True

    def remove(self, under: str) -> int:
        """Remove every object whose name begins with a text, list again, and count what went.

        Parts of uploads that were interrupted go as well: no listing of objects shows them.

        Raises:
            UnavailableError: Some are still there after it.
        """
        self.drop_uploads(under)
        names = self.sizes(under)
        with self._asked():
            for name in names:
                self._client.delete_object(**self._at, Key=self.address.key(name))
        if left := len(self.sizes(under)) + len(self.uploads(under)):
            raise UnavailableError(
                f"{left} objects are still in the bucket after they were deleted. Look at its "
                "policy: the hub's key must be allowed s3:DeleteObject. Then try again."
            )
        return len(names)

    def uploads(self, under: str = "") -> list[tuple[str, str]]:
        """List uploads that were begun and not ended: whole name, and number."""
        with self._asked():
            pages = self._client.get_paginator("list_multipart_uploads").paginate(
                **self._at, Prefix=self.address.key(under)
            )
            return [
                (one["Key"], one["UploadId"]) for page in pages for one in page.get("Uploads", ())
            ]

    def keeps_versions(self) -> str:
        """Say what the bucket says of versions: "", "Enabled" or "Suspended"."""
        with self._asked():
            return str(self._client.get_bucket_versioning(**self._at).get("Status", ""))

    def locks(self) -> bool:
        """Say whether objects of the bucket can be locked against deletion."""
        with self._asked():
            try:
                found = self._client.get_object_lock_configuration(**self._at)
            except self._answers as answer:
                if _code(answer) in _NO_LOCK:
                    return False
                raise
        return bool(found.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled"))

    def drop_uploads(self, under: str) -> None:
        """Forget what was uploaded in part and never ended."""
        for key, number in self.uploads(under):
            with self._asked():
                self._client.abort_multipart_upload(**self._at, Key=key, UploadId=number)

    @contextmanager
    def _asked(self) -> Iterator[None]:
        # "from None": no log of ours is to show the server's own words
        try:
            yield
        except self._answers as answer:
            told = _explained(_code(answer), bucket=self.address.bucket)
            raise BucketUnavailableError(told) from None
        except self._failures as failure:
            raise BucketUnavailableError(
                f"The bucket {self.address.bucket} does not answer ({type(failure).__name__}). "
                "Reads are recorded here meanwhile. Look at the network, and at the server."
            ) from None


def _code(answer: Any) -> str:
    said = str(answer.response.get("Error", {}).get("Code", ""))
    return said if _CODE.fullmatch(said) else "an unknown error"


def _explained(code: str, *, bucket: str) -> str:
    if code in _REFUSED_KEYS:
        forget_keys()
        return (
            f"The bucket {bucket} refuses our keys ({code}). Store working ones as the secret "
            f"{KEYS}, with the right to list, read, write and delete its objects and to read its "
            "versioning and object lock; then start the hub again."
        )
    if code == "NoSuchBucket":
        return f"There is no bucket {bucket} on that server. Make it, or name another."
    return f"The bucket {bucket} answered {code}. Ask whoever runs it; reads are recorded here."
