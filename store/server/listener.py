"""The socket itself: claimed by one hub, open to one or two accounts, gone when the hub is.

The kernel says who knocks (SO_PEERCRED), so no password crosses the socket. The claim is a lock on
the folder: it ends with the process, however that ends, and leaves no file behind.
"""

import fcntl
import grp
import os
import pwd
import socket
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from store.errors import BusyError, InputError, RefusedError

__all__ = ["ConsoleAccount", "claimed_socket", "may_knock", "refuse_stranger"]

LONGEST_PATH_BYTES: Final = 107
"""Linux keeps 108 bytes for the path of a Unix socket, the last of them zero."""

_PEER: Final = struct.Struct("3i")


@dataclass(frozen=True, slots=True)
class ConsoleAccount:
    """The operating-system account that consoles run under, where it is not the hub's own.

    Attributes:
        uid: Its user id.
        gid: Its group; the hub's account is a member, so that it can hand the socket over.
    """

    uid: int
    gid: int

    @classmethod
    def named(cls, name: str) -> "ConsoleAccount":
        """Looks an account up; InputError where this machine has none of that name."""
        try:
            entry = pwd.getpwnam(name)
            return cls(uid=entry.pw_uid, gid=grp.getgrgid(entry.pw_gid).gr_gid)
        except KeyError as absent:
            raise InputError(
                f"Not started: this machine has no account {name!r} for consoles. Create it, or "
                "name another."
            ) from absent


@contextmanager
def claimed_socket(path: Path, *, console: ConsoleAccount | None) -> Iterator[socket.socket]:
    """Holds the hub's socket, bound but not yet listening, and removes it at the end.

    Args:
        path: Where; its folder is made with mode 0700 if it is not there.
        console: The account of the consoles, or None where they run under the hub's own.

    Yields:
        The socket: mode 0600, or 0660 for the group of the console account.

    Raises:
        BusyError: A hub listens there already.
        InputError: The path is too long, or its folder is open to others.
        RefusedError: Something that is not a socket stands there.
    """
    if len(os.fsencode(path)) > LONGEST_PATH_BYTES:
        raise InputError(
            f"Not started: the socket's path is longer than {LONGEST_PATH_BYTES} bytes, which the "
            "kernel does not take. Choose a shorter state folder."
        )
    with _claimed_folder(path.parent, console=console):
        _clear(path)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as bound:
            bound.bind(os.fspath(path))
            try:
                # Nobody can connect before listen(), so the wider mode of bind() is never in use.
                if console is None:
                    path.chmod(0o600)
                else:
                    os.chown(path, -1, console.gid)
                    path.chmod(0o660)
                yield bound
            finally:
                with suppress(FileNotFoundError):
                    path.unlink()


def may_knock(peer: socket.socket, *, console: ConsoleAccount | None) -> bool:
    """Says whether the process at the other end runs under an account that may connect."""
    credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    _, uid, _ = _PEER.unpack(credentials)
    return uid == os.geteuid() or (console is not None and uid == console.uid)


def refuse_stranger() -> RefusedError:
    """What a process of any other account is told."""
    return RefusedError(
        "Not connected: this account may not speak to the hub. Open the console by ssh, under the "
        "console account.",
        reason="account",
    )


@contextmanager
def _claimed_folder(folder: Path, *, console: ConsoleAccount | None) -> Iterator[None]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        others = 0o077 if console is None else 0o067
        status = os.fstat(handle)
        if status.st_uid != os.geteuid() or status.st_mode & others:
            raise InputError(
                f"Not started: the folder {folder} is open to other accounts. It must be the hub's "
                f"own, with mode {'0700' if console is None else '0710'}."
            )
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise _live(folder) from held
        yield
    finally:
        os.close(handle)


def _clear(path: Path) -> None:
    """Removes the socket of a hub that died; refuses a live one and whatever is no socket."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(status.st_mode):
        raise RefusedError(
            f"Not started: {path} stands where the socket goes, and is none. Move it away.",
            reason="no_socket",
        )
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(os.fspath(path))
        except ConnectionRefusedError:
            path.unlink()
        else:
            raise _live(path.parent)


def _live(folder: Path) -> BusyError:
    return BusyError(f"Not started: a hub already listens in {folder}. Use it, or stop it first.")
