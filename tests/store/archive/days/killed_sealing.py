"""A process that records late reads and seals their day, over and over, until it is killed.

    python -m tests.store.archive.days.killed_sealing ARCHIVE FIRST

It says "recorded N" when read N is acknowledged, "sealing N" and "sealed N".
"""

import sys
from datetime import timedelta
from pathlib import Path

from store.archive.writer import ArchiveWriter
from store.terms import Read
from tests.store.archive.reads import MIDNIGHT, a_read


def the_read(number: int) -> Read:
    """Give read N: at another minute, of one of 700 marks."""
    minute = timedelta(minutes=number % 1440, microseconds=number)
    return a_read(number, vrm=f"T{number % 700:03}ABC", captured_at=MIDNIGHT + minute)


def main(archive: str, first: str) -> None:
    """Record and seal until killed."""
    writer = ArchiveWriter(Path(archive))
    for number in range(int(first), int(first) + 10_000):
        writer.record([the_read(number)])
        print(f"recorded {number}", flush=True)
        print(f"sealing {number}", flush=True)
        writer.seal(MIDNIGHT.date())
        print(f"sealed {number}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
