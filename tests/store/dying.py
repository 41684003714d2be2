"""Processes that kill themselves at a named step, and the test's word that they did so there.

A step is MODULE:[CLASS.]FUNCTION[#CALL]: where that function would be called (the first time, or at
the given call) the process is gone, as if the machine stopped just there.
"""

import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["ROOT", "die_at_call", "killed_by_itself"]

ROOT = Path(__file__).parents[2]


def die_at_call(die_at: str) -> None:
    """Let this process kill itself where a function would be called."""
    die_at, _, call = die_at.partition("#")
    module, _, name = die_at.partition(":")
    holder: object = importlib.import_module(module)
    *outer, name = name.split(".")
    for one in outer:
        holder = getattr(holder, one)
    removing = die_at == "shutil:rmtree"
    setattr(holder, name, _dying(getattr(holder, name), call=int(call or 1), removing=removing))


def _dying(found: Callable[..., Any], *, call: int, removing: bool) -> Callable[..., Any]:
    calls = 0

    def stand_in(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls < call:
            return found(*args, **kwargs)
        if removing:
            found(args[0] / "reads.lance" / "data")
        os.kill(os.getpid(), signal.SIGKILL)

    return stand_in


def killed_by_itself(module: str, *words: str | Path) -> None:
    """Run a program of these tests and see it die at the step it was given."""
    command = [sys.executable, "-m", module, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr
