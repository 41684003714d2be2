"""kill -9 while days are sealed and unsealed: nothing acknowledged is lost or doubled."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from store.archive.finding.selfcheck import check_archive
from store.archive.search import Archive
from store.archive.writer import ArchiveWriter
from tests.store.archive.days.killed_sealing import the_read
from tests.store.archive.reads import MIDNIGHT, a_scope

KILLS = 8
BASE = 5_000


@pytest.mark.slow
def test_a_day_opens_with_every_read_after_kill_9_at_any_moment_of_sealing(tmp_path: Path) -> None:
    dice = random.Random()  # another moment at every run; the moments are printed
    writer = ArchiveWriter(tmp_path)
    writer.record([the_read(number) for number in range(BASE)])
    assert writer.seal(MIDNIGHT.date())
    writer.close()
    first = BASE
    for _ in range(KILLS):
        acknowledged = _killed_after(tmp_path, first, dice.uniform(0.0, 1.5))
        began_s = time.monotonic()
        ArchiveWriter(tmp_path).close()
        print(f"opened after {time.monotonic() - began_s:.2f} s, {acknowledged - first + 1} reads")
        counted = Archive(tmp_path).count(a_scope()).reads
        # the one being recorded may be there already, unacknowledged
        assert counted - (acknowledged + 1) in (0, 1)
        for number in (0, BASE - 1, first, acknowledged):
            read = the_read(number)
            found = Archive(tmp_path).read(read.read_id)
            assert number > acknowledged or found is not None
        for checked in check_archive(tmp_path, sample=5):
            assert checked.differences == ()
        first = counted


def _killed_after(archive: Path, first: int, delay_s: float) -> int:
    """Let it record and seal for a while, kill it, and give the last read it acknowledged."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.store.archive.days.killed_sealing", archive, str(first)],
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        said = [process.stdout.readline()]
        time.sleep(delay_s)
        process.kill()
        said += process.stdout.readlines()
    print(f"killed {delay_s:.3f} s after the first read, at: {said[-1].strip()}")
    return max(
        (int(line.split()[1]) for line in said if line.startswith("recorded")), default=first - 1
    )
