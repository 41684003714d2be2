"""The n-th write or fsync of any act fails, for every n: never rows or changes without records.

Real library calls fail in a real process (LD_PRELOAD of `failing_disk.c`), from the n-th below the
state folder on, as a full disk (ENOSPC) or a broken one (EIO) does. What left must have its
records, the chain must hold, what did not come about must have left no row, and afterwards the same
act must go through. ANPR_DISK_FAILURES=all (`scripts/chaos disk`) tries every n of every act with
both; scripts/test the first, the last and two between.
"""

import errno
import inspect
import json
import os
import pkgutil
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import store.desks
from store.desks.people.identity import Identity
from tests.store.desks.test_no_way_round import FOR_THE_FEED
from tests.store.failing_disk.acts import OF_MACHINES, OF_PEOPLE
from tests.store.failing_disk.hub import build
from tests.store.failing_disk.trying import ACTS
from tests.store.memory import MEMORY

ROOT = Path(__file__).parents[3]
HOW = "every" if os.environ.get("ANPR_DISK_FAILURES") == "all" else "some"
CODES = (errno.ENOSPC, errno.EIO)
NO_RECORD = {
    "Identity.reauthenticate": ["staff_factor"],  # an attempt counts before it is looked at
    "Intake.heartbeat": ["heartbeat"],  # nobody's act, and about nobody
}
"""Tables that an act alters before, or without, a record."""


class Tries:
    """The process that tries acts, loaded once."""

    def __init__(self, running: subprocess.Popen[str], *, said: Path) -> None:
        self._running = running
        self._said = said

    def tried(self, name: str) -> dict[str, Any]:
        assert self._running.stdin is not None
        assert self._running.stdout is not None
        self._running.stdin.write(f"{name}:{HOW}\n")
        self._running.stdin.flush()
        line = self._running.stdout.readline()
        assert line, self._said.read_text()
        told: dict[str, Any] = json.loads(line)
        return told


@pytest.fixture(scope="module")
def tries() -> Iterator[Tries]:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("NO C COMPILER: that a failing disk shows no rows was NOT tested here")
    with ExitStack() as undo:
        # in memory where there is any: the disk fails by its shim, and each case is a new folder
        place = tempfile.TemporaryDirectory(dir=MEMORY)
        folder = Path(undo.enter_context(place))
        shim, source = folder / "failing_disk.so", Path(__file__).with_name("failing_disk.c")
        command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(shim), str(source), "-ldl"]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        build(folder / "hub")
        said = folder / "said"
        command = [sys.executable, "-m", "tests.store.failing_disk.trying"]
        command += [str(folder / "hub"), str(folder), ",".join(map(str, CODES))]
        running = undo.enter_context(
            subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=undo.enter_context(said.open("w")),
                text=True,
                cwd=ROOT,
                env=os.environ | {"LD_PRELOAD": str(shim)},
            )
        )
        undo.callback(running.kill)
        yield Tries(running, said=said)


def desk_methods() -> Iterator[str]:
    """Everything that a person can have a desk do, by desk and method."""
    for found in pkgutil.walk_packages(store.desks.__path__, "store.desks."):
        module = import_module(found.name)
        for name, desk in inspect.getmembers(module, inspect.isclass):
            if desk.__module__ != module.__name__:
                continue
            if not name.endswith("Desk") and desk is not Identity:
                continue
            for method, _ in inspect.getmembers(desk, inspect.isfunction):
                if not method.startswith("_") and method not in FOR_THE_FEED:
                    yield f"{name}.{method}"


def test_every_method_of_every_desk_is_tried() -> None:
    methods = set(desk_methods())
    assert {"SearchesDesk.search", "HoldsDesk.set", "PoliciesDesk.load"} <= methods
    assert {act.split()[0] for act in OF_PEOPLE} == methods


@pytest.mark.slow
@pytest.mark.parametrize("act", ACTS)
def test_nothing_comes_or_stands_without_its_records_whichever_write_fails(
    tries: Tries, act: str
) -> None:
    told = tries.tried(act)
    print(f"{act}: {json.dumps(told)}")
    assert "broken" not in told, told["broken"]
    assert told["wrong"] == []
    assert told["silent"] == NO_RECORD.get(act, [])
    if told["records"] and act not in OF_MACHINES:
        assert told["calls"] > 3  # the shim saw the writes of the ledger
        assert "AuditUnavailableError" in told["outs"]
