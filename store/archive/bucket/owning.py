"""May days be put into this bucket? Only where what is deleted is gone, and where we alone write.

One hub on one machine owns an address. Its mark there is written with a condition ("where there is
none"), so that of two hubs one wins, and no clock decides: a lease that runs out while its holder
sleeps would let two delete each other's days. A copy of the state folder on another machine has the
same number and another machine, and is refused as well.
"""

import hashlib
import socket
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from store.archive.bucket.address import Address, Assigned
from store.archive.bucket.keys import find_keys
from store.archive.bucket.objects import Objects
from store.errors import BusyError, RefusedError

__all__ = ["OWNER", "demand_erasable", "demand_ours", "open_bucket", "own_bucket"]

OWNER = ".writer"
"""Name of the owner's mark."""

_MACHINE_ID = Path("/etc/machine-id")


class _Owner(msgspec.Struct, frozen=True):
    hub: str
    machine: str
    host: str
    since: str


def open_bucket(archive: Path, address: Address) -> Objects:
    """Open the objects of an address; nothing is asked yet.

    Args:
        archive: Folder of the days; its parent is the state folder.
        address: Where.

    Raises:
        RefusedError: The keys are kept badly.
        UnavailableError: There are no keys, or boto3 is not installed.
    """
    return Objects(address, find_keys(archive.absolute().parent))


def own_bucket(archive: Path, told: Assigned) -> Objects:
    """Open a bucket for writing and deleting.

    Raises:
        BusyError: It belongs to another hub, or to a copy of this one.
        RefusedError: It keeps what is deleted, or knows no conditions.
        UnavailableError: It does not answer, or there are no keys.
    """
    objects = open_bucket(archive, told.address)
    demand_erasable(objects)
    mark = msgspec.json.encode(
        _Owner(told.hub, _machine(told.hub), socket.gethostname(), datetime.now(UTC).isoformat())
    )
    if objects.read(OWNER) is None:
        objects.create(OWNER, mark)
    demand_ours(objects, told)
    if objects.create(OWNER, mark):
        raise RefusedError(
            f"The bucket {told.address.bucket} was refused: its server overwrites an object where "
            "it was told not to (If-None-Match), so that it cannot keep two hubs apart. Use a "
            "server that knows conditional writes.",
            reason="bucket_unconditional",
        )
    return objects


def demand_ours(objects: Objects, told: Assigned) -> None:
    """Refuse an address that does not belong to this hub on this machine; nothing is written.

    Raises:
        BusyError: It belongs to another.
    """
    found = objects.read(OWNER)
    try:
        owner = msgspec.json.decode(found or b"", type=_Owner)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        owner = _Owner("", "", "a program we do not know", "a time we do not know")
    if (owner.hub, owner.machine) != (told.hub, _machine(told.hub)):
        raise BusyError(
            f"{told.address} belongs to another hub, or to a copy of this one "
            f"({owner.host[:64]}, since {owner.since[:10]}). Give this hub another folder of the "
            f"bucket. If that one is gone for good, delete the object {OWNER} there by hand."
        )


def demand_erasable(objects: Objects) -> None:
    """Refuse a bucket in which what is deleted lives on.

    Raises:
        RefusedError: It keeps versions, did so once, or locks objects.
        BucketUnavailableError: It does not answer.
    """
    bucket = objects.address.bucket
    if versions := objects.keeps_versions():
        raise RefusedError(
            f"The bucket {bucket} was refused: its versioning is {versions.lower()}, and older "
            "versions of what is weeded would stay there. It cannot be undone for a bucket: make "
            "a new one without versioning and name that.",
            reason="bucket_versioned",
        )
    if objects.locks():
        raise RefusedError(
            f"The bucket {bucket} was refused: it has object lock, which keeps what the law has "
            "weeded. Make a new bucket without it and name that.",
            reason="bucket_locked",
        )


def _machine(hub: str) -> str:
    """Tell machines apart without saying which one this is."""
    told = b""
    with suppress(OSError):
        told = _MACHINE_ID.read_bytes().strip()
    return hashlib.blake2b(told, key=hub.encode(), digest_size=16).hexdigest()
