"""Fixtures of the store's own tests."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.server import HubServer
from store.store import Store, open_store
from tests.store.rig import Clock, Rig, running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store, open."""
    opened = open_store(tmp_path / "state")
    yield opened
    opened.close()


@pytest.fixture
def rig() -> Iterator[Rig]:
    # not tmp_path: the path of a Unix socket has 107 bytes, and pytest's are longer
    with (
        tempfile.TemporaryDirectory(prefix="hub-") as folder,
        running(Path(folder), clock=Clock()) as rig,
    ):
        yield rig


@pytest.fixture
def socket_path(rig: Rig) -> Iterator[Path]:
    """The socket of a hub that serves the rig."""
    path = rig.state / "hub.sock"
    with HubServer(rig.desks, path, clock=rig.clock):
        yield path
