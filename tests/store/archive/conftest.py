"""The object store of the archive's tests, one for all of them; copies of what a module built."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.store import Store, open_store
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


@pytest.fixture
def state(built: Path, tmp_path: Path) -> Path:
    """A copy of what the module built."""
    return Path(shutil.copytree(built, tmp_path / "state"))


@pytest.fixture
def store(state: Path) -> Iterator[Store]:
    """That copy, open."""
    opened = open_store(state)
    yield opened
    opened.close()
