"""Folders, their owner and rights, the room on the disk, and what waits in the spool."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from store.checkup.check import Check
from store.spool.records import FORMAT, whole_records

__all__ = ["disk", "rights", "spool"]

_CLOSED = ("archive", "audit", "holds", "ledger", "log", "secrets", "spool")
_ROOM_BYTES = 2 << 30
_ROOM_SHARE = 0.05
_WAITING_BYTES = 256 << 20
"""Some eight segments: filing takes them in a second each, so that many wait for a reason."""


def rights(state: Path) -> Check:
    """Look whether anybody but the hub's account may look into the state folder."""
    folders = [path for path in (state, *(state / name for name in _CLOSED)) if path.is_dir()]
    foreign = [path.name for path in folders if path.stat().st_uid not in {0, os.geteuid()}]
    if foreign:
        return Check(
            "rights",
            f"{', '.join(foreign)} belong to another account than this one",
            "Run anpr doctor as the hub's account; if you did, give it the folders (chown -R).",
        )
    if stat.S_IMODE(state.stat().st_mode) & 0o077:
        return Check("rights", f"others may look into {state}", f"chmod -R go-rwx {state}")
    return Check("rights", f"{len(folders)} folders, closed to other accounts")


def disk(state: Path) -> Check:
    """Look whether the disk has room: intake goes on into the spool until it is full as well."""
    usage = shutil.disk_usage(state)
    said = f"{usage.free / 1e9:.1f} GB of {usage.total / 1e9:.1f} GB free"
    if usage.free < max(_ROOM_SHARE * usage.total, _ROOM_BYTES):
        return Check("disk", said, "Make room, or shorten retention: a full disk takes no reads.")
    return Check("disk", said)


def spool(state: Path) -> Iterator[Check]:
    """Look at what was acknowledged and is not filed yet."""
    segments = sorted((state / "spool").glob("*.spool"))
    accounts = waiting = 0
    for segment in segments:
        try:
            data = segment.read_bytes()
        except FileNotFoundError:
            continue  # filed meanwhile
        found, end = whole_records(data)
        accounts, waiting = accounts + len(found), waiting + len(data)
        if data and not data.startswith(FORMAT):
            yield Check(
                "spool",
                f"{segment.name} is of another format",
                "Start the version of the hub that wrote it, or move the file away.",
            )
        elif end < len(data) and segment != segments[-1]:
            yield Check(
                "spool",
                f"{segment.name} does not end in a whole record",
                "Start the hub: it cuts the torn end off and keeps it beside. Check the disk.",
            )
    said = f"{accounts} accounts wait in {waiting / 1e6:.1f} MB"
    do = "Look at the log: the archive or the ledger does not take them. Check the disk."
    yield Check("spool", said, do if waiting > _WAITING_BYTES else "")
    if cuts := len(list((state / "spool").glob("*.cut"))):
        yield Check("spool", f"{cuts} torn ends of segments are kept; they go with their days")
