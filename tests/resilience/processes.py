"""Starting our own programs for real, and looking for what they leave behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

__all__ = ["anpr", "living", "outlived", "start_anpr"]

RUN = "ANPR_TEST_RUN"


def start_anpr(*arguments: str, run: str, **options) -> subprocess.Popen:
    """Start `anpr` in a process group of its own; every process of it carries the name `run`."""
    return subprocess.Popen(
        [sys.executable, "-m", "anpr_tui.cli", *arguments],
        start_new_session=True,
        env={**os.environ, RUN: run},
        stdin=subprocess.DEVNULL,
        **options,
    )


def anpr(*arguments: str, run: str) -> subprocess.CompletedProcess:
    """Run `anpr` to its end."""
    process = start_anpr(
        *arguments, run=run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        out, err = process.communicate(timeout=300)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def living(run: str) -> dict[int, str]:
    """Processes that carry the name of a run and are not zombies: id and command."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            marked = f"{RUN}={run}\0".encode() in (folder / "environ").read_bytes()
            if marked and "\nState:\tZ" not in (folder / "status").read_text():
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                found[int(folder.name)] = command[:200]
        except OSError:
            continue
    return found


def outlived(run: str, *, within_s: float) -> list[str]:
    """Commands of a run that are still alive after a while; waits no longer than it must."""
    until_s = time.monotonic() + within_s
    while (left := living(run)) and time.monotonic() < until_s:
        time.sleep(0.1)
    return list(left.values())
