"""A console process stays light, and what it lacks it cannot leak."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

from store import wire
from store.client import HubClient

ROOT = Path(__file__).parents[2]
HEAVY = {
    "cryptography",
    "keyring",
    "lancedb",
    "numpy",
    "pyarrow",
    "sqlite3",
    "store.archive",
    "store.desks",
    "store.door",
    "store.governance",
    "store.ledger",
    "store.server",
}


def test_a_console_loads_no_engine_no_key_and_no_door() -> None:
    code = "import store.client, sys; print('\\n'.join(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.split()
    assert "store.client" in loaded
    assert HEAVY & set(loaded) == set()


def test_the_client_has_every_act_of_the_wire() -> None:
    source = "".join(map(inspect.getsource, HubClient.__mro__[:-1]))
    for act in wire.Act.__args__:
        # those of the auditor's desk have a module of their own
        assert re.search(rf"\b(wire|reviews)\.{act.__name__}\b", source), act
