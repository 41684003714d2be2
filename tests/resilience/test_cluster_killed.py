"""The running cluster: actors killed with -9, and signals to the whole of it."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.resilience.processes import anpr, living, outlived, start_anpr

pytestmark = pytest.mark.slow

START_S = 180.0
END_S = 10.0


def line_of(process: subprocess.Popen, words: str) -> str:
    """The first line the process prints that holds these words."""
    until_s = time.monotonic() + START_S
    said = []
    while time.monotonic() < until_s and (line := process.stdout.readline()):
        said.append(line)
        if words in line:
            return line
    raise AssertionError(f"never said {words!r}: {said}")


def kill_actor(run: str, *, kind: str) -> None:
    """kill -9 of one actor process of a kind."""
    for pid, command in living(run).items():
        if command.startswith(f"ray::{kind}"):
            os.kill(pid, signal.SIGKILL)
            return
    raise AssertionError(f"no {kind} lives")


def test_killed_actors_lose_nothing_and_double_nothing(tmp_path: Path):
    state, report = tmp_path / "state", tmp_path / "report.json"
    demo = start_anpr(
        *("demo", "--headless", "--for", "25", "--json", str(report), "--state", str(state)),
        run="chaos",
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        line_of(demo, "ALARM")
        for kind in ("RecogniserActor", "RecorderActor", "CameraActor", "RecogniserActor"):
            kill_actor("chaos", kind=kind)
            time.sleep(3)
        said, _ = demo.communicate(timeout=300)
    finally:
        if demo.poll() is None:
            os.killpg(demo.pid, signal.SIGKILL)
    assert demo.returncode == 0, said
    summary = json.loads(report.read_text())
    assert (summary["lost"], summary["duplicates"]) == (0, 0)
    assert summary["alarms"] >= 3
    assert summary["read_accuracy"] >= 0.9
    assert not state.exists()
    assert outlived("chaos", within_s=END_S) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_hub_that_is_told_to_stop_leaves_nothing_running(tmp_path: Path, number: int):
    state, run = tmp_path / "state", f"stop-{number}"
    hub = start_anpr("hub", "--state", str(state), run=run, stdout=subprocess.PIPE, text=True)
    try:
        line_of(hub, "The hub runs")
        assert (state / "hub.sock").is_socket()
        assert (state / "hub.sock").stat().st_mode & 0o777 == 0o600
        if number == signal.SIGTERM:
            second = anpr("hub", "--state", str(state), run="second")
            assert second.returncode == 1
            assert second.stderr.count("\n") == 1
            assert "is at work in" in second.stderr
        hub.send_signal(number)
        assert hub.wait(timeout=60) == 128 + number
    finally:
        if hub.poll() is None:
            os.killpg(hub.pid, signal.SIGKILL)
        hub.stdout.close()
    assert outlived(run, within_s=END_S) == []
    assert not (state / "hub.sock").exists()
    assert not (state / "ray.folders").exists()


def test_after_kill_9_of_everything_the_next_start_is_as_good_as_the_first(tmp_path: Path):
    state = tmp_path / "state"
    folders: set[Path] = set()
    for number in (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM):
        arguments = ("hub", "--state", str(state))
        hub = start_anpr(*arguments, run="nine", stdout=subprocess.PIPE, text=True)
        try:
            line_of(hub, "The hub runs")
            folders |= set(map(Path, (state / "ray.folders").read_text().split()))
        finally:
            os.killpg(hub.pid, number)
            hub.wait(timeout=60)
            hub.stdout.close()
    assert outlived("nine", within_s=END_S) == []
    assert len(folders) == 3
    assert [folder for folder in folders if folder.exists()] == []
