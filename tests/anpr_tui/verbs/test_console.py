"""`anpr console` in a real terminal, at a real hub."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from anpr_tui.cli import main
from tests.store.rig import OPERATOR, Rig, read

PATIENCE_S = 60
START = "from anpr_tui.cli import main; main()"


def _words(written: str) -> str:
    return re.sub(r"\x1b(\[[0-9;?<>=$]*[a-zA-Z]|\][^\x07]*\x07|[=>])", "", written)


class Terminal:
    """A console under a pseudo-terminal of 80x24."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.modes = termios.tcgetattr(theirs)
        self.theirs = theirs
        self.shown = ""
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, "console", *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color", **environment},
        )

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def until(self, text: str) -> None:
        """Read until a text was written; minutes of patience, no judgement on speed."""
        ends_at = time.monotonic() + PATIENCE_S
        while text not in self.words and time.monotonic() < ends_at:
            if self.process.poll() is not None and not self._read():
                break
            self._read()
        assert text in self.words, self.words[-2_000:]

    @property
    def words(self) -> str:
        """What was written, without the control sequences."""
        return _words(self.shown)

    def ended(self) -> int:
        ends_at = time.monotonic() + PATIENCE_S
        while self.process.poll() is None and time.monotonic() < ends_at:
            self._read()
        while self._read():
            pass
        return self.process.wait(timeout=1)

    def _read(self) -> bool:
        if not select.select([self._ours], [], [], 0.1)[0]:
            return False
        self.shown += os.read(self._ours, 65_536).decode(errors="replace")
        return True

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)
        os.close(self.theirs)


@contextmanager
def terminal(*arguments: str, **environment: str) -> Iterator[Terminal]:
    one = Terminal(*arguments, **environment)
    try:
        yield one
    finally:
        one.close()


@pytest.fixture
def sitting(rig: Rig, socket_path: Path) -> Iterator[Terminal]:
    """An operator's console on a hub with one High."""
    rig.raised(read(1))
    with terminal("--state", str(rig.state), "--staff", "ns4021") as one:
        one.until("TE57 CAR")
        yield one


def assert_left_well(one: Terminal) -> None:
    assert one.ended() == 0
    assert "\x1b[?1049l" in one.shown  # back from the alternate screen
    assert termios.tcgetattr(one.theirs)[3] & termios.ECHO == one.modes[3] & termios.ECHO
    assert "Traceback" not in one.words


@pytest.mark.slow
def test_quit_leaves_and_restores_the_terminal(sitting: Terminal) -> None:
    sitting.type(":quit\r")
    assert_left_well(sitting)


@pytest.mark.slow
@pytest.mark.parametrize("ended_by", [signal.SIGHUP, signal.SIGTERM], ids=lambda one: one.name)
def test_a_dropped_line_ends_it_cleanly(sitting: Terminal, ended_by: signal.Signals) -> None:
    sitting.process.send_signal(ended_by)
    assert_left_well(sitting)


@pytest.mark.slow
def test_ctrl_c_says_how_to_leave_and_ctrl_z_does_not_leave_a_shell(sitting: Terminal) -> None:
    sitting.type("\x1a\x1c\x03")
    sitting.until("To leave, type :quit and Enter.")
    assert sitting.process.poll() is None
    sitting.type(":quit\r")
    assert_left_well(sitting)


@pytest.mark.slow
def test_the_window_title_counts_high_and_names_no_plate(sitting: Terminal) -> None:
    sitting.until("HIGH 1 NEW")
    titles = re.findall(r"\x1b\]0;([^\x07]*)\x07", sitting.shown)
    assert "ANPR 1 High" in titles
    assert not any("TE57" in title for title in titles)


@pytest.mark.slow
def test_an_officer_the_hub_does_not_know_is_told_in_one_line(rig: Rig, socket_path: Path) -> None:
    with terminal("--state", str(rig.state), "--staff", "NS0000") as one:
        assert one.ended() == 1
        left = _words(one.shown.rpartition("\x1b[?1049l")[2]).strip()
        assert left.startswith("Error: Not done: your staff number is not on the register")
        assert len(left.splitlines()) == 1


@pytest.mark.slow
def test_variables_that_load_modules_or_write_files_are_ignored(
    rig: Rig, socket_path: Path, tmp_path: Path
) -> None:
    hostile = {
        "TEXTUAL_DRIVER": "os:system",
        "TEXTUAL_LOG": str(tmp_path / "log"),
        "TEXTUAL_SCREENSHOT": "1",
        "TEXTUAL_SCREENSHOT_LOCATION": str(tmp_path),
        "TEXTUAL_PRESS": "colon,q,enter",
    }
    with terminal("--state", str(rig.state), "--staff", "NS4021", **hostile) as one:
        one.until("[1 Alarms]")
        one.type(":quit\r")
        assert_left_well(one)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_staff_number_is_refused_before_anything_opens(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["console", "--state", str(tmp_path), "--staff", "reed"])
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: Not opened: a staff number is two letters and four digits, as NS4021.\n"
    )


def test_a_console_loads_no_decoder_and_nothing_heavy_before_it_is_needed() -> None:
    script = (
        "import sys, anpr_tui.verbs.console, anpr_tui.console\n"
        "heavy = 'PIL numpy cv2 ray lancedb pyarrow onnxruntime sqlite3 cryptography'\n"
        "print(sorted(set(heavy.split()) & {name.split('.')[0] for name in sys.modules}))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


@pytest.mark.slow
@pytest.mark.parametrize("asked", [("--plain", "xterm-256color"), ("", "dumb")])
def test_a_screen_reader_gets_lines_at_a_real_hub(
    rig: Rig, socket_path: Path, asked: tuple[str, str]
) -> None:
    rig.raised(read(1))
    option, term = asked
    arguments = ("--state", str(rig.state), "--staff", "NS4021", *filter(None, [option]))
    with terminal(*arguments, TERM=term) as one:
        one.until("High, TE57 CAR, PNC")
        one.type("d")
        one.until("Decision: none of 5 chosen")
        one.type("\x1b[C\tARV07\tNS-20261122-0931\t\t\r")
        one.until("A-1 recorded: deployed. Audit")
        drawn = one.shown.rpartition("\x1b[2J")[2]
        assert not re.search(r"[─-▟]|\x1b\[\d+;\d+H", drawn)  # nothing drawn, no cursor sent about
        one.type(":quit\r")
        assert_left_well(one)
    (sent,) = rig.desks.alarms.alarms(OPERATOR, limit=9, now=rig.clock()).alarms
    assert sent.disposition is not None
    assert sent.disposition.resource == "ARV07"
