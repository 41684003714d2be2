"""Where sealed days go: an address in an object store, written down beside the days.

`<archive>/.bucket` says it to every program that opens the archive: the hub, weeding, the doctor.
It holds no key. The hub's number in it is drawn once; the owner's mark up there carries it.
"""

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import msgspec

from store.disk import replace_durably
from store.errors import CorruptError, InputError

__all__ = ["ASSIGNED", "Address", "Assigned", "assign", "assigned"]

ASSIGNED = ".bucket"
"""Name of the file among the days."""

_ADDRESS = re.compile(
    r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?P<prefix>(/[A-Za-z0-9][A-Za-z0-9._-]*)*)/?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Address:
    """A place in an object store.

    Attributes:
        bucket: Its bucket.
        prefix: What the name of every object of ours begins with, without slashes at its ends;
            empty for the whole bucket.
    """

    bucket: str
    prefix: str = ""

    @classmethod
    def of(cls, text: str) -> "Address":
        """Take an address as it stands in the settings.

        Raises:
            InputError: It is none.
        """
        found = _ADDRESS.fullmatch(text)
        if not found:
            raise InputError(
                "That is no address of an archive. Write s3://BUCKET or s3://BUCKET/FOLDER: a "
                "bucket has 3 to 63 of a-z, 0-9, dot and hyphen. Keys do not belong in it."
            )
        return cls(found["bucket"], found["prefix"].strip("/"))

    def __str__(self) -> str:
        """Give it as it is written."""
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    def key(self, name: str) -> str:
        """Give the whole name of an object of ours."""
        return f"{self.prefix}/{name}" if self.prefix else name


@dataclass(frozen=True, slots=True)
class Assigned:
    """What an archive was told of its bucket.

    Attributes:
        address: Where days go.
        hub: Number of this hub, 32 hexadecimal characters.
        days_here: So many of the newest days of capture stay on the hub's disk.
        moving: Whether more days go there; those that lie there stay searched either way.
    """

    address: Address
    hub: str
    days_here: int
    moving: bool


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    address: str
    hub: str
    days_here: int
    moving: bool


def assigned(archive: Path) -> Assigned | None:
    """Give what an archive was told of its bucket; None where it never had one.

    Raises:
        CorruptError: The file is not as we wrote it.
    """
    try:
        told = msgspec.json.decode((archive / ASSIGNED).read_bytes(), type=_Written)
        return Assigned(Address.of(told.address), told.hub, told.days_here, told.moving)
    except FileNotFoundError:
        return None
    except (msgspec.MsgspecError, UnicodeDecodeError, InputError):
        raise CorruptError(
            f"{archive / ASSIGNED} is not as we wrote it. Move it away and start the hub with its "
            "settings: the file is written anew."
        ) from None


def assign(archive: Path, text: str, *, days_here: int, lying: Collection[Address]) -> None:
    """Write down where sealed days go.

    Args:
        archive: Folder of the days.
        text: The address; empty where days stay here from now on.
        days_here: So many of the newest days stay on the hub's disk.
        lying: Where days of this archive lie already.

    Raises:
        InputError: It is no address, or days lie at another one.
        CorruptError: What stands there is not as we wrote it.
    """
    before = assigned(archive)
    if not text and before is None:
        return
    address = Address.of(text) if text else None
    elsewhere = sorted({str(one) for one in lying if address and one != address})
    if elsewhere:
        raise InputError(
            f"Days of this archive lie in {elsewhere[0]}, and the settings name {address}. "
            "Name the old one again, or copy its objects to the new one and restore from there."
        )
    told = _Written(
        address=str(address or (before and before.address)),
        hub=before.hub if before else secrets.token_hex(16),
        days_here=days_here,
        moving=bool(text),
    )
    if before != Assigned(Address.of(told.address), told.hub, told.days_here, told.moving):
        replace_durably(archive / ASSIGNED, msgspec.json.encode(told))
