"""The object store of the archive: whether it answers, is ours, and forgets what is deleted."""

from collections.abc import Iterator
from pathlib import Path

from store.archive.bucket.address import assigned
from store.archive.bucket.moved import lying
from store.archive.bucket.owning import OWNER, demand_erasable, demand_ours, open_bucket
from store.checkup.check import Check
from store.errors import StoreError

__all__ = ["bucket"]


def bucket(state: Path) -> Iterator[Check]:
    """Look at the bucket, beside a hub that moves days; nothing where there is none."""
    archive = state / "archive"
    try:
        told = assigned(archive)
        if told is None:
            return
        objects = open_bucket(archive, told.address)
        demand_erasable(objects)
        if objects.read(OWNER) is None and not lying(archive):
            yield Check("bucket", f"{told.address} answers; nothing was put there yet")
            return
        demand_ours(objects, told)
        days = len({name.partition("/")[0] for name in objects.sizes()} - {OWNER})
    except StoreError as trouble:
        yield Check("bucket", str(trouble), "Do what it says, then run anpr doctor again.")
        return
    said = f"{told.address} is ours and keeps no versions; {days} days lie there"
    yield Check("bucket", said if told.moving else f"{said}, and no more are carried up")
