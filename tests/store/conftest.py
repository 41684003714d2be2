"""Fixtures of the store's own tests."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.archive.search import Archive
from store.archive.writer import ArchiveWriter
from store.desks import open_desks
from store.ledger import cameras
from store.ledger.ledger import Ledger
from store.server import HubServer
from store.terms import Camera
from tests.store.rig import COLLEAGUE, INVESTIGATOR, OPERATOR, Clock, Rig


@pytest.fixture
def rig() -> Iterator[Rig]:
    # not tmp_path: the path of a Unix socket has 107 bytes, and pytest's are longer
    with tempfile.TemporaryDirectory(prefix="hub-") as folder:
        state, clock = Path(folder), Clock()
        ledger = Ledger.open(state / "ledger" / "ledger.db")
        writer = ArchiveWriter(state / "archive")
        archive = Archive(state / "archive")
        desks = open_desks(ledger=ledger, archive=archive, now=clock())
        rig = Rig(state, clock, ledger, writer, archive, desks)
        for officer in (OPERATOR, COLLEAGUE, INVESTIGATOR):
            rig.enrol(officer)
        with ledger.transaction() as tx:
            known = [
                Camera("NS-C01", "Ring Rd E", "NS", 51.5, -0.1),
                Camera("NS-C02", "Moor Ln", "NS"),
            ]
            cameras.register(tx, known, now=clock())
        yield rig
        writer.close()
        ledger.close()


@pytest.fixture
def socket_path(rig: Rig) -> Iterator[Path]:
    """The socket of a hub that serves the rig."""
    path = rig.state / "hub.sock"
    with HubServer(rig.desks, path, clock=rig.clock):
        yield path
