"""How fast reads come in, and how long a camera waits, while searches run."""

import gc
import os
import threading
import time
from datetime import timedelta
from pathlib import Path

import numpy as np

from scripts.archive_bench.traffic import Traffic
from store.archive.search import Archive
from store.store import open_store
from store.terms import Account, MatchKind, Outcome, Read, Scope

__all__ = ["measure_intake"]

BATCH = 100
PICTURED_BATCH = 25
"""Reads with pictures that are accepted together, 1 MB: a third of a second at a force's peak."""
PICTURES_BYTES = 43_000
SEARCH_EVERY_S = 0.1


def measure_intake(
    traffic: Traffic, *, folder: Path, reads: int, pictured: int
) -> dict[str, dict[str, float]]:
    """Give reads at once, as fast as they are taken, first without pictures and then with.

    Args:
        traffic: Whose first days come in.
        folder: Where a store of its own is made.
        reads: How many without pictures.
        pictured: How many with pictures of 43 KB.

    Returns:
        For reads without pictures in batches of 100, with pictures in batches of 25, and with
        pictures in batches of 100: reads a second until all are in the archive, milliseconds until
        a batch was acknowledged (p50, p99), milliseconds that this disk takes to make its bytes
        durable, milliseconds that searches took meanwhile (p50, p99).
    """
    jpeg = np.random.default_rng(3).bytes(PICTURES_BYTES)  # does not compress, as pictures do not
    days = [traffic.day(number) for number in range(2)]
    plain = traffic.reads(days[0], first=0, last=reads)
    with_pictures = traffic.reads(days[1], first=0, last=pictured, jpeg=jpeg)
    return {
        "without_pictures": _taken(folder / "plain", plain, batch=BATCH),
        "with_43_kb_pictures": _taken(folder / "few", with_pictures, batch=PICTURED_BATCH),
        "with_43_kb_pictures_100_at_once": _taken(folder / "many", with_pictures, batch=BATCH),
    }


def _taken(state: Path, reads: list[Read], *, batch: int) -> dict[str, float]:
    accounts = [_account(read) for read in reads]
    gc.collect()
    gc.freeze()  # a hub does not hold all it will ever be given: the collector need not walk it
    store = open_store(state)
    intake = store.intake()
    searches = _Searches(store.archive, reads[0])
    bare_ms = _bare_fsyncs(state / "bare", size=batch * _bytes_of(reads[0]))
    waits = []
    began = time.perf_counter()
    for first in range(0, len(accounts), batch):
        asked = time.perf_counter()
        intake.accept(accounts[first : first + batch])
        waits.append(1000 * (time.perf_counter() - asked))
    accepted_s = time.perf_counter() - began
    intake.file()
    filed_s = time.perf_counter() - began
    searches.end()
    intake.close()
    store.close()
    return {
        "accepted_reads_per_s": round(len(reads) / accepted_s),
        "filed_reads_per_s": round(len(reads) / filed_s),
        "acknowledged_p50_ms": round(float(np.percentile(waits, 50)), 2),
        "acknowledged_p99_ms": round(float(np.percentile(waits, 99)), 2),
        "bare_fsync_p50_ms": round(float(np.percentile(bare_ms, 50)), 2),
        "bare_fsync_p99_ms": round(float(np.percentile(bare_ms, 99)), 2),
        "search_p50_ms": round(float(np.percentile(searches.took_ms, 50)), 2),
        "search_p99_ms": round(float(np.percentile(searches.took_ms, 99)), 2),
    }


def _bare_fsyncs(path: Path, *, size: int, times: int = 200) -> list[float]:
    """Say what this disk takes, in milliseconds, to make so many bytes durable: the limit."""
    took_ms, data = [], bytes(size)
    with path.open("wb", buffering=0) as file:
        for _ in range(times):
            began = time.perf_counter()
            file.write(data)
            os.fdatasync(file.fileno())
            took_ms.append(1000 * (time.perf_counter() - began))
    path.unlink()
    return took_ms


def _bytes_of(read: Read) -> int:
    return 250 + len(read.plate_jpeg) + len(read.vehicle_jpeg)


class _Searches:
    """An officer who searches ten times a second."""

    def __init__(self, archive: Archive, read: Read) -> None:
        self.took_ms = [0.0]
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go_on, args=(archive, read))
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    def _go_on(self, archive: Archive, read: Read) -> None:
        day = timedelta(days=1)
        scope = Scope(
            read.vrm, MatchKind.EXACT, read.captured_at - day, read.captured_at + day, (), 100, ""
        )

        while not self._ended.wait(SEARCH_EVERY_S):
            began = time.perf_counter()
            archive.search(scope)
            self.took_ms.append(1000 * (time.perf_counter() - began))


def _account(read: Read) -> Account:
    return Account(
        frame_id=read.read_id,
        camera_id=read.camera_id,
        captured_at=read.captured_at,
        received_at=read.captured_at,
        outcome=Outcome.READ,
        reads=(read,),
    )
