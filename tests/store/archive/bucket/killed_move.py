"""A process that carries a day up, or brings it down, and dies on the way.

python -m tests.store.archive.bucket.killed_move ARCHIVE up|down STEP
"""

import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from store.archive.writer import ArchiveWriter
from store.terms import Read
from tests.store.archive.bucket.carrying import carried
from tests.store.archive.reads import MIDNIGHT, a_read
from tests.store.dying import die_at_call

__all__ = ["DAY", "LATE", "READS", "build"]

DAY = MIDNIGHT.date()

READS = [
    a_read(
        number,
        vrm=f"TX{number % 40:02}KLM",
        camera_id=f"NS-C0{number % 3}",
        captured_at=MIDNIGHT + timedelta(minutes=number),
        plate_jpeg=f"plate {number}".encode(),
        vehicle_jpeg=f"vehicle {number}".encode(),
    )
    for number in range(300)
]
"""One day, with so many pictures that they are indexed."""

LATE: Read = a_read(1000, vrm="JB51XYZ", captured_at=MIDNIGHT + timedelta(hours=23))
"""Comes when the day is over."""


def build(archive: Path) -> None:
    """Record and seal the day."""
    with closing(ArchiveWriter(archive)) as writer:
        writer.record(READS)
        assert writer.seal(DAY)


def main(archive: str, way: str, die_at: str) -> None:
    """Move the day, and die on the way."""
    with closing(ArchiveWriter(Path(archive))) as writer:
        die_at_call(die_at)
        if way == "up":
            carried(Path(archive))
        else:
            writer.record([LATE])
    print("it did not die")


if __name__ == "__main__":
    main(*sys.argv[1:])
