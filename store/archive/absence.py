"""Proof that what was weeded is gone: every file is read back and held against the certificate.

A finding names a place and a number, never what stands there.
"""

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import sleep
from typing import Any

import numpy as np

from store.archive.bucket.address import ASSIGNED
from store.archive.bucket.leaving import strays_there
from store.archive.days.durable import indices_of_no_version
from store.archive.days.folders import FORMAT, day_folders, new_session, open_tables
from store.archive.days.keys import KEY_FILES, PLATES, READ_IDS, KeyShelf
from store.archive.days.lines import LINES, Lines, is_sealed
from store.archive.days.rows import id_keys, id_keys_of
from store.archive.keeping.alone import writers_place
from store.archive.keeping.holds import shelf, shelves
from store.archive.months.month import MONTHS, Month
from store.archive.plates import Keys
from store.archive.weeding import stray_cuts
from store.errors import BusyError, StoreError, UnavailableError
from store.ledger.instants import to_us
from store.ledger.keeping import erasing, holds, weeding
from store.ledger.keeping.erasing import Erased
from store.spool.records import FORMAT as SEGMENT_FORMAT
from store.spool.records import whole_records
from store.store import Store

__all__ = ["Finding", "Proof", "prove"]

_CACHE_BYTES = 16 << 20
_OF_A_DAY = re.compile(
    r"format|durable|manifests|lines|bucket|(plates|read_ids)\.(keys|tail)"
    r"|(reads|pictures)\.lance/(data|_versions|_transactions|_indices)/.*",
    re.ASCII,
)
"""No `_deletions`: a row that is deleted where it stands stays in the pages of its indices."""
_OF_THE_SPOOL = re.compile(r"\d{12}\.(spool|cut)|frames\.db(-wal|-shm)?", re.ASCII)
_DATED = re.compile(rb"\d{4}-\d{2}-\d{2}")
_LINK = 4
_AGAIN = 5
_AGAIN_S = 1.0
"""A recorder commits once a second; a day that it writes to is read in a few."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that ought to be gone, or that cannot be shown to be of a day that is kept.

    Attributes:
        place: File or table, below the state folder.
        what: What is wrong with it, without any datum.
    """

    place: str
    what: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What reading everything back showed.

    Attributes:
        bound: First day that the newest certificate kept, such as "2025-11-22".
        certificate: Number of its audit record.
        days: Days of capture that were read back.
        reads: Reads in them.
        findings: What ought to be gone; empty where the absence is proven.
    """

    bound: str
    certificate: int
    days: int
    reads: int
    findings: tuple[Finding, ...]


def prove(store: Store) -> Proof:
    """Read every file back and look for what is older than the newest certificate's bound.

    A hub may record meanwhile. Its files are read in the order in which reads travel, spool before
    days and keys before rows, so that nothing passes by unseen. What it has in hand at that moment
    may look left over: then all is read again, and what was left is there each time.

    Raises:
        UnavailableError: Nothing has been certified yet, or a file cannot be read now.
    """
    try:
        with writers_place(store.state):
            return _read_back(store)
    except BusyError:
        proof = _read_back(store)
    for _ in range(_AGAIN):
        if not proof.findings:
            break
        sleep(_AGAIN_S)
        proof = _read_back(store)
    return proof


def _read_back(store: Store) -> Proof:
    # what waits in the log is read in its place, and the file without its log below
    store.ledger.checkpoint()
    with store.ledger.reading() as db:
        certified = weeding.newest(db, certified=True)
        newest = weeding.newest(db)
        gone = erasing.erased(db)
        half_erased = bool(erasing.erasing(db))
        sighted = id_keys([one for (one,) in db.execute("SELECT read_id FROM sight")])
    if certified is None:
        raise UnavailableError("No weeding has been certified yet. Run anpr weed first.")
    before = date.fromisoformat(certified.about["bound"])
    findings = []
    if newest and newest.seq > certified.seq:
        findings.append(Finding("ledger", "a weeding was begun and not finished"))
    if half_erased:
        findings.append(Finding("ledger", "an erasure was begun and not finished"))
    findings += _strays(store.state)
    findings += _spool(store.state, before=before)
    there = strays_there(store.state / "archive", before=before)
    findings += [Finding(place, what) for place, what in there]
    days, reads = 0, 0
    session = new_session(cache_bytes=_CACHE_BYTES)
    for folder in day_folders(store.state / "archive"):
        if folder.name < before.isoformat():
            findings.append(Finding(f"archive/{folder.name}", "the day is still there"))
            continue
        day = _Day(folder, session=session, sighted=sighted, gone=gone.get(folder.name))
        try:
            findings += day.findings(before=before)
        except (OSError, RuntimeError, ValueError, StoreError) as trouble:
            why = f"cannot be read back ({type(trouble).__name__})"
            findings.append(Finding(f"archive/{folder.name}", why))
        days, reads = days + 1, reads + len(day.read_ids)
    findings += _months(store.state / "archive", place="archive")
    findings += _shelves(store, session=session)
    findings += _databases(store.state, before=before)
    findings += _logs(store.state, before=before)
    return Proof(before.isoformat(), certified.seq, days, reads, tuple(findings))


class _Day:
    """A day that is kept, read back whole: every version of its tables, and its key files."""

    def __init__(
        self,
        folder: Path,
        *,
        session: Any,
        sighted: Keys,
        gone: Erased | None = None,
        place: str = "",
    ) -> None:
        self._folder = folder
        self._session = session
        self._sighted = sighted
        self._gone = gone
        self._place = place or f"archive/{folder.name}"
        self.read_ids: list[bytes] = []

    def findings(self, *, before: date) -> Iterator[Finding]:
        past = f"captured_us < {_start_us(before)}"
        sealed = is_sealed(self._folder)
        # in the order of a recorder, that gives a read its keys first and its row last
        keys = [] if sealed else [(name, self._keys(name)) for name in (PLATES, READ_IDS)]
        tables = open_tables(self._folder, session=self._session)
        pictured, settled = self._sighted, id_keys([])
        for version in _versions(tables["pictures"]):
            yield from self._erased(version, "pictures.lance")
            found = version.search().select(["read_id", "settled"]).to_arrow()
            pictured = np.union1d(pictured, id_keys_of(found["read_id"]))
            # a first sight may stand on the other side of midnight from its read
            own = found.filter(found["settled"])["read_id"]
            settled = np.union1d(settled, id_keys_of(own))
        for version in _versions(tables["reads"]):
            if old := version.count_rows(past):
                yield self._finding("reads.lance", f"{old} reads are past their time")
            yield from self._erased(version, "reads.lance")
        rows = tables["reads"].search().select(["read_id", "plate"]).to_arrow()
        self.read_ids = rows["read_id"].to_pylist()
        read_ids = np.union1d(self._sighted, id_keys_of(rows["read_id"]))
        if alone := len(np.setdiff1d(settled, read_ids)):
            yield self._finding("pictures.lance", f"pictures of {alone} reads that are gone")
        plates, pictured = rows["plate"].to_numpy(), np.union1d(pictured, read_ids)
        if sealed:
            yield from self._of_lines(plates, pictured)
        for (name, held), known in zip(keys, (plates, pictured), strict=False):
            if alone := len(np.setdiff1d(held, known)):
                yield self._finding(name, f"{alone} keys of no read")

    def _keys(self, name: str) -> Keys:
        return np.concatenate(KeyShelf(self._folder, name).held())

    def _erased(self, version: Any, name: str) -> Iterator[Finding]:
        if self._gone is None:
            return
        read_ids = version.search().select(["read_id"]).to_arrow()["read_id"].to_pylist()
        if back := self._gone.among(read_ids):
            yield self._finding(name, f"{back} reads are here that were erased")

    def _of_lines(self, plates: Keys, pictured: Keys) -> Iterator[Finding]:
        lines = Lines.open(self._folder)
        if alone := len(np.setdiff1d(lines.plates, plates)):
            yield self._finding(LINES, f"{alone} plates of no read")
        heads = pictured >> np.uint64(32)
        if alone := len(np.setdiff1d(lines.heads, heads)):
            yield self._finding(LINES, f"{alone} identities of no read")
        if len(lines.lines) != len(self.read_ids):
            yield self._finding(LINES, f"{len(lines.lines)} lines of {len(self.read_ids)} reads")
        if lines.sum.digest != hashlib.sha256(b"".join(sorted(self.read_ids))).hexdigest():
            yield self._finding(LINES, "their digest is not that of the reads")

    def _finding(self, name: str, what: str) -> Finding:
        return Finding(f"{self._place}/{name}", what)


def _shelves(store: Store, *, session: Any) -> Iterator[Finding]:
    """Hold every shelf of evidence against the ledger: what it must have, and nothing else."""
    with store.ledger.reading() as db:
        in_force = {
            shelf(store.state, hold.number): holds.held(db, hold.number)
            for hold in holds.every(db)
            if hold.released_at is None
        }
    for path in shelves(store.state):
        if path not in in_force:
            yield Finding(f"holds/{path.name}", "is of no hold in force")
    for path, held in in_force.items():
        lying: set[str] = set()
        for folder in day_folders(path):
            place = f"holds/{path.name}/{folder.name}"
            day = _Day(folder, session=session, sighted=id_keys([]), place=place)
            try:
                yield from day.findings(before=date.min)
                lying |= {read_id.hex() for read_id in day.read_ids}
            except (OSError, RuntimeError, ValueError, StoreError) as trouble:
                yield Finding(place, f"cannot be read back ({type(trouble).__name__})")
        yield from _months(path, place=f"holds/{path.name}")
        if missing := len(held.keys() - lying):
            yield Finding(f"holds/{path.name}", f"{missing} held reads are missing")
        if more := len(lying - held.keys()):
            yield Finding(f"holds/{path.name}", f"{more} reads lie here that no hold has secured")


def _months(archive: Path, *, place: str) -> Iterator[Finding]:
    """Hold the files of the months against the lines of the days that they name."""
    for path in sorted((archive / MONTHS).glob("*")):
        where = f"{place}/{MONTHS}/{path.name}"
        try:
            month = Month.open(path)
            different = [day for day in month.days if not month.agrees_with(archive / day)]
        except (OSError, StoreError) as trouble:
            yield Finding(where, f"cannot be read back ({type(trouble).__name__})")
            continue
        if different:
            yield Finding(where, f"{len(different)} days are not there, or have other plates")
        if alone := month.of_no_day():
            yield Finding(where, f"{alone} plates of no day")


def _versions(table: Any) -> Iterator[Any]:
    """Give a table at each version there is of it, oldest first."""
    for version in sorted(entry["version"] for entry in table.list_versions()):
        table.checkout(version)
        yield table
    table.checkout_latest()


def _strays(state: Path) -> Iterator[Finding]:
    """Name what no part of the hub has put where it is, and what a killed one left."""
    archive, spool = state / "archive", state / "spool"
    for folder in (archive, *(path for path in shelves(state) if path.is_dir())):
        days, name = day_folders(folder), folder.relative_to(state).as_posix()
        for path in sorted(folder.iterdir()):
            if path not in days and path.name not in {".writer", ASSIGNED, MONTHS}:
                yield Finding(f"{name}/{path.name}", "is no day of the archive")
        for day in days:
            yield from _strays_of_day(day, place=f"{name}/{day.name}")
    for path in sorted(spool.iterdir()):
        if not _OF_THE_SPOOL.fullmatch(path.name):
            yield Finding(f"spool/{path.name}", "is no file of the spool")


def _strays_of_day(day: Path, *, place: str) -> Iterator[Finding]:
    for path in sorted(day.rglob("*")):
        name = path.relative_to(day).as_posix()
        if path.is_file() and (".tmp" in path.name or not _OF_A_DAY.fullmatch(name)):
            yield Finding(f"{place}/{name}", "is no file of a day")
        if name in KEY_FILES and is_sealed(day):
            yield Finding(f"{place}/{name}", "is no file of a sealed day")
    for index in indices_of_no_version(day):
        yield Finding(f"{place}/{index.relative_to(day).as_posix()}", "is an index of no version")
    if (day / "format").exists() and (day / "format").read_text() != FORMAT:
        yield Finding(place, "is of another format")


def _spool(state: Path, *, before: date) -> Iterator[Finding]:
    for segment in sorted((state / "spool").glob("*.spool")):
        try:
            data = segment.read_bytes()
        except FileNotFoundError:
            continue  # filed meanwhile: its reads are met in their days
        accounts, end = whole_records(data)
        if end < len(data) or not data.startswith(SEGMENT_FORMAT):
            yield Finding(f"spool/{segment.name}", "does not end in a whole record")
        seen = [one for account in accounts for one in (*account.reads, *account.sights)]
        old = sum(read.captured_at.astimezone(UTC).date() < before for read in seen)
        if old:
            yield Finding(f"spool/{segment.name}", f"{old} reads are past their time")
    for cut in stray_cuts(state, before=before):
        yield Finding(f"spool/{cut.name}", "was put aside before the bound")


def _databases(state: Path, *, before: date) -> Iterator[Finding]:
    """Read both files with their logs and without, and the pages that no table uses."""
    for path, count in (
        (state / "spool" / "frames.db", _old_frames),
        (state / "ledger" / "ledger.db", _old_sights),
    ):
        place = path.relative_to(state).as_posix()
        # "immutable" leaves the log aside: the file as it stands
        for mode in ("mode=ro", "mode=ro&immutable=1"):
            try:
                with closing(sqlite3.connect(f"{path.as_uri()}?{mode}", uri=True)) as db:
                    old = count(db, before=before)
            except sqlite3.Error as trouble:
                yield Finding(place, f"cannot be read back ({type(trouble).__name__})")
                continue
            if old:
                yield Finding(place, f"{old} rows are past their time")
        if dirty := _dirty_free_pages(path.read_bytes()):
            yield Finding(place, f"{dirty} pages that are free still hold something")


def _old_frames(db: sqlite3.Connection, *, before: date) -> int:
    number = (before - date(1970, 1, 1)) // timedelta(days=1)
    (frames,) = db.execute("SELECT count(*) FROM frame WHERE day < ?", (number,)).fetchone()
    return int(frames)


def _old_sights(db: sqlite3.Connection, *, before: date) -> int:
    past = weeding.past(db, before=before)
    return past.sights + past.alarms


def _dirty_free_pages(data: bytes) -> int:
    """Count the free pages of an SQLite file that are not blank (its file format, 1.5)."""
    size = int.from_bytes(data[16:18], "big")
    size = 65_536 if size == 1 else size
    dirty, trunk = 0, _number(data, 32)
    while trunk:
        page = data[(trunk - 1) * size : trunk * size]
        leaves = _number(page, _LINK)
        dirty += any(page[(2 + leaves) * _LINK :])
        for at in range(leaves):
            leaf = _number(page, (2 + at) * _LINK)
            dirty += any(data[(leaf - 1) * size : leaf * size])
        trunk = _number(page, 0)
    return dirty


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + _LINK], "big")


def _logs(state: Path, *, before: date) -> Iterator[Finding]:
    bound = before.isoformat().encode()
    for path in sorted((state / "log").glob("*.log")):
        with path.open("rb") as log:
            old = sum(bool(_DATED.match(line)) and line[:10] < bound for line in log)
        if old:
            yield Finding(f"log/{path.name}", f"{old} lines are older than the bound")


def _start_us(day: date) -> int:
    return to_us(datetime.combine(day, time(), UTC))
