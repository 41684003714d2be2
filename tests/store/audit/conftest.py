"""A ledger of sixty records, signed after every ten, and a copy of it as it was after each."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from store.audit.signing import Signer
from store.ledger import audit
from store.ledger.ledger import Ledger
from tests.store.examples import NOW

RECORDS = 60
SIGNED_EVERY = 10


@dataclass(frozen=True, slots=True)
class Grown:
    """The state folder, the witness, the key, and the state folder as it was after n records."""

    state: Path
    witness: Path
    key: Ed25519PrivateKey
    copies: Path

    def copy(self, records: int) -> Path:
        return self.copies / str(records)


def write(state: Path, *notes: str) -> None:
    """Write records as the hub does, and leave nothing of them outside the one file."""
    ledger = Ledger.open(state / "ledger" / "ledger.db")
    try:
        for note in notes:
            with ledger.transaction() as tx:
                audit.append(tx, "noted", by="NS4021", now=NOW, about={"note": note})
        ledger.checkpoint()
    finally:
        ledger.close()


@pytest.fixture(scope="session")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Grown:
    root = tmp_path_factory.mktemp("grown")
    one = Grown(root / "state", root / "witness", Ed25519PrivateKey.generate(), root / "copies")
    signer = Signer(one.state, key=one.key, witness=one.witness)
    for number in range(1, RECORDS + 1):
        write(one.state, f"note {number}")
        if number % SIGNED_EVERY == 0:
            signer.sign(now=NOW)
        shutil.copytree(one.state, one.copy(number))
    return one
