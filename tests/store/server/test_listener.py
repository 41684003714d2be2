"""The socket: one hub at a time, closed to strangers, gone when the hub is."""

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from store.errors import BusyError, InputError, RefusedError
from store.server import ConsoleAccount, HubServer
from store.server.listener import claimed_socket, may_knock
from tests.store.rig import Rig

NOBODY = 65_534


def test_the_socket_is_the_hubs_own_and_gone_after_it(rig: Rig) -> None:
    path = rig.state / "hub.sock"
    with HubServer(rig.desks, path, clock=rig.clock):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()
    assert {entry.name for entry in rig.state.iterdir()} == {"ledger", "archive"}


def test_its_folder_is_made_closed_to_others(rig: Rig) -> None:
    path = rig.state / "run" / "hub.sock"
    with HubServer(rig.desks, path, clock=rig.clock):
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o750, 0o701, 0o777])
def test_a_folder_open_to_others_is_refused_and_left_as_it_is(rig: Rig, mode: int) -> None:
    folder = rig.state / "run"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(InputError, match="0700"):
        HubServer(rig.desks, folder / "hub.sock", clock=rig.clock).start()
    assert stat.S_IMODE(folder.stat().st_mode) == mode
    assert list(folder.iterdir()) == []


def test_a_second_hub_is_refused_and_the_first_goes_on(rig: Rig) -> None:
    path = rig.state / "hub.sock"
    with HubServer(rig.desks, path, clock=rig.clock):
        with pytest.raises(BusyError, match="already"):
            HubServer(rig.desks, path, clock=rig.clock).start()
        with socket.socket(socket.AF_UNIX) as knock:
            knock.connect(str(path))
    assert not path.exists()


def test_one_hub_is_started_once(rig: Rig) -> None:
    hub = HubServer(rig.desks, rig.state / "hub.sock", clock=rig.clock)
    with hub, pytest.raises(BusyError):
        hub.start()


def test_a_hub_can_be_started_again_after_it_was_closed(rig: Rig) -> None:
    hub = HubServer(rig.desks, rig.state / "hub.sock", clock=rig.clock)
    for _ in range(2):
        with hub:
            assert (rig.state / "hub.sock").exists()
        hub.close()
    assert not (rig.state / "hub.sock").exists()


def test_the_socket_of_a_killed_hub_is_replaced(rig: Rig) -> None:
    path = rig.state / "hub.sock"
    code = (
        "import sys, time; from pathlib import Path; "
        "from store.server.listener import claimed_socket\n"
        "with claimed_socket(Path(sys.argv[1]), console=None) as bound:\n"
        "    bound.listen(); print('listening', flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, path], stdout=subprocess.PIPE, text=True
    ) as dying:
        assert dying.stdout is not None
        assert dying.stdout.readline() == "listening\n"
        dying.send_signal(signal.SIGKILL)
    assert path.exists()
    with HubServer(rig.desks, path, clock=rig.clock), socket.socket(socket.AF_UNIX) as knock:
        knock.connect(str(path))
    assert not path.exists()


def test_a_live_socket_of_another_program_is_refused_and_left_alone(rig: Rig) -> None:
    path = rig.state / "hub.sock"
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))
        other.listen()
        with pytest.raises(BusyError):
            HubServer(rig.desks, path, clock=rig.clock).start()
        assert path.exists()


def test_what_is_no_socket_is_never_removed(rig: Rig) -> None:
    path = rig.state / "hub.sock"
    path.write_text("notes")
    with pytest.raises(RefusedError, match="Move it away"):
        HubServer(rig.desks, path, clock=rig.clock).start()
    assert path.read_text() == "notes"


def test_a_path_the_kernel_would_not_take_is_refused(rig: Rig) -> None:
    with pytest.raises(InputError, match="107 bytes"):
        HubServer(rig.desks, rig.state / ("long" * 30) / "hub.sock", clock=rig.clock).start()


def test_an_account_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="no account"):
        ConsoleAccount.named("nobody-of-that-name")


def test_the_hubs_own_account_may_knock(tmp_path: Path) -> None:
    here, there = socket.socketpair()
    with here, there:
        assert may_knock(here, console=None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another account")
class TestAnotherAccount:
    KNOCK = (
        "import os, socket, sys; os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[2]))\n"
        "with socket.socket(socket.AF_UNIX) as knock:\n"
        "    knock.connect(sys.argv[1]); print(knock.recv(4096))"
    )

    def _knock(self, path: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-S", "-c", self.KNOCK, path, str(NOBODY)],
            capture_output=True,
            text=True,
            check=False,
        )

    def test_it_cannot_even_reach_the_socket(self, rig: Rig) -> None:
        path = rig.state / "hub.sock"
        with HubServer(rig.desks, path, clock=rig.clock):
            assert "PermissionError" in self._knock(path).stderr

    def test_it_is_turned_away_where_the_folder_was_opened_behind_our_back(self, rig: Rig) -> None:
        path = rig.state / "hub.sock"
        with HubServer(rig.desks, path, clock=rig.clock):
            path.parent.chmod(0o711)
            path.chmod(0o666)
            assert "may not speak to the hub" in self._knock(path).stdout

    def test_the_console_account_may_knock_and_others_may_not(self, rig: Rig) -> None:
        folder = rig.state / "run"
        folder.mkdir(mode=0o710)
        os.chown(folder, -1, NOBODY)
        rig.state.chmod(0o711)
        console = ConsoleAccount(uid=NOBODY, gid=NOBODY)
        with claimed_socket(folder / "hub.sock", console=console) as bound:
            assert stat.S_IMODE((folder / "hub.sock").stat().st_mode) == 0o660
            bound.listen()
            knocking = subprocess.Popen(
                [sys.executable, "-S", "-c", self.KNOCK, folder / "hub.sock", str(NOBODY)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            peer, _ = bound.accept()
            with peer:
                assert may_knock(peer, console=console)
                assert not may_knock(peer, console=None)
                assert not may_knock(peer, console=ConsoleAccount(uid=1234, gid=1234))
            knocking.wait()
