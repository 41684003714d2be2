"""The object store of the archive's tests: one server for all of them, started when one asks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.archive.bucket.carrying import lent
from tests.store.archive.bucket.server import BUCKET, Server, served


@pytest.fixture(scope="session")
def s3() -> Iterator[Server]:
    """A server that runs, with one bucket in it."""
    with served() as server:
        yield server


@pytest.fixture
def bucket(s3: Server, tmp_path: Path) -> Iterator[Server]:
    """The server with an empty bucket, and its keys where the hub looks for them."""
    s3.empty(BUCKET)
    with lent(s3, tmp_path / "credentials"):
        yield s3
