"""Weeding: what is past its time leaves the hub whole, and a certificate says so (S-74, S-79).

    holds         what a hold names and the days still have is put on its shelf
    begun         what is about to go, counted, stands in the audit chain
    months        the days leave the files of their months
    archive       the day's folder is renamed away and removed, and its objects leave the bucket
    spool         torn ends of segments, and the pictures of the days in the book
    ledger        sights go, alarms lose their vehicle, every page is written anew
    log           lines of those days
    certificate   what went stands in the audit chain

Each step may be done twice. A weeding that was interrupted is taken up where it was begun, with the
figures counted then, before another one begins. Nothing is filed for a day while that day goes: it
takes the recorder's place where none works, and asks one that works to stand aside.
"""

import hashlib
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from store.archive.bucket.leaving import demand_bucket, remove_past
from store.archive.bucket.moved import hushed
from store.archive.days.folders import day_folders, new_session, open_tables
from store.archive.days.identities import ascending, digest_of, files_of
from store.archive.days.lines import Lines
from store.archive.days.rows import ids_of
from store.archive.keeping.alone import filed_and_alone
from store.archive.keeping.erasing import finish_erasing
from store.archive.keeping.holds import clear_released, secure
from store.archive.months.covering import uncover
from store.disk import replace_durably, sync_all
from store.errors import CorruptError, RefusedError, UnavailableError
from store.governance.chain import canonical
from store.governance.clocks import believed
from store.governance.retention import first_day_kept
from store.ledger import audit, clock
from store.ledger.keeping import erasing, weeding
from store.ledger.ledger import Ledger
from store.ledger.rules import policies
from store.spool.frames import FrameBook
from store.store import Store

__all__ = [
    "Certificate",
    "PastDay",
    "Place",
    "confirm_clock",
    "demand_clock",
    "due",
    "is_due",
    "stray_cuts",
    "weed",
]

_CACHE_BYTES = 16 << 20
_LEAVING = ".weeding-"

Place = Callable[[date], AbstractContextManager[None]]
"""Makes room for a weeding that keeps everything from a day on."""

_DATED = re.compile(rb"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class PastDay:
    """A day of capture that is past its time.

    Attributes:
        day: Such as "2025-11-21" (UTC).
        reads: How many reads it holds.
        pictures: How many rows of pictures.
        digest: SHA-256 of its read ids in ascending order, 16 bytes each, as hexadecimal.
    """

    day: str
    reads: int
    pictures: int
    digest: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """What one weeding removed.

    Attributes:
        seq: Number of its audit record.
        bound: First day that was kept; everything before it is gone.
        days: The days that went.
        frames: Pictures forgotten by the book.
        cuts: Torn ends of spool segments.
        sights: Sights that left the ledger.
        alarms: Alarms that lost their vehicle.
        why: The rule.
        digest: SHA-256 over all of this but `seq`, in canonical JSON, as hexadecimal.
        held: Reads from before the bound that lie on the shelves of evidential holds (S-75).
    """

    seq: int
    bound: str
    days: tuple[PastDay, ...]
    frames: int
    cuts: int
    sights: int
    alarms: int
    why: str
    digest: str
    held: int = 0

    @classmethod
    def of(cls, about: Any, *, seq: int) -> "Certificate":
        """Read what an audit record of weeding is about."""
        days = tuple(PastDay(**day) for day in about["days"])
        return cls(**{**about, "seq": seq, "days": days})


def due(state: Path, *, reads_s: int, now: datetime) -> tuple[PastDay, ...]:
    """Count the days that are past their time, oldest first; nothing is changed.

    A recorder may work meanwhile; what it has not filed yet is not counted.

    Args:
        state: The state folder.
        reads_s: How long the policy in force keeps reads, in seconds.
        now: When.

    Raises:
        CorruptError: A day is of another format.
        UnavailableError: A day cannot be read.
    """
    last = first_day_kept(now, reads_s=reads_s) - timedelta(days=1)
    session = new_session(cache_bytes=_CACHE_BYTES)
    folders = day_folders(state / "archive", newest=last)
    return tuple(_counted(folder, session=session) for folder in reversed(folders))


def weed(store: Store, *, now: datetime, place: Place | None = None) -> list[Certificate]:
    """Remove every day that is past its time, and certify it; first finish what was interrupted.

    Args:
        store: The store.
        now: When; it stands in the certificate.
        place: Takes the first day that stays, and keeps everything from being filed for a day while
            it lasts; None where nobody has the intake.

    Returns:
        The certificates written: the last one is of the policy as it is now.

    Raises:
        BusyError: A hub records; nothing was changed.
        RefusedError: The clock lies further ahead than is believed; nothing was changed.
        CorruptError: A file is not as we wrote it; nothing was changed.
        UnavailableError: The disk or the ledger refuses; weed again, it goes on from there.
    """
    with store.ledger.reading() as db:
        demand_clock(db, now=now)
        reads_s = policies.in_force(db).reads_s
    demand_bucket(store.state / "archive")
    bound = first_day_kept(now, reads_s=reads_s)
    certificates = []
    with filed_and_alone(store, now=now) if place is None else place(bound):
        finish_erasing(store, now=now)
        with store.ledger.reading() as db:
            newest = weeding.newest(db)
        clear_released(store.state, store.ledger, now=now)
        if newest and newest.kind == weeding.BEGUN:
            certificates.append(_carry_out(store, newest.about, now=now))
        _secure(store, before=bound, now=now)
        about = _planned(store, reads_s=reads_s, now=now)
        with store.ledger.transaction() as tx:
            weeding.record(tx, weeding.BEGUN, now=now, about=about)
        certificates.append(_carry_out(store, about, now=now))
    return certificates


def is_due(store: Store, *, now: datetime) -> bool:
    """Say whether a weeding would have anything to do; where in doubt it would.

    Something interrupted, a day past its time, or a bound that moved since the newest certificate:
    the ledger, the book and the logs have days as well.
    """
    with store.ledger.reading() as db:
        newest = weeding.newest(db)
        if (newest and newest.kind == weeding.BEGUN) or erasing.erasing(db):
            return True
        before = first_day_kept(now, reads_s=policies.in_force(db).reads_s)
    if day_folders(store.state / "archive", newest=before - timedelta(days=1)):
        return True
    return newest is not None and str(newest.about["bound"]) < before.isoformat()


def demand_clock(db: sqlite3.Connection, *, now: datetime) -> None:
    """Refuse to weed by a clock that jumped ahead: it would take what is not past its time.

    Raises:
        RefusedError: It lies further past the newest moment known than the policy believes.
    """
    seen_at = clock.seen_at(db)
    if not believed(now, seen_at=seen_at, policy=policies.in_force(db).figures):
        raise RefusedError(
            f"Nothing was weeded: the clock says {now:%d %b %Y}, and the last sign of life of this "
            f"hub is of {seen_at:%d %b %Y}. Set the clock right. If it is right and the hub was "
            "off meanwhile, say so with anpr weed --today YEAR-MONTH-DAY, from your own calendar.",
            reason="clock_ahead",
        )


def confirm_clock(ledger: Ledger, *, today: date, now: datetime) -> None:
    """Believe the clock because a person names the same day; it is written down.

    Raises:
        RefusedError: They name another day.
    """
    if today != now.astimezone(UTC).date():
        raise RefusedError(
            f"Nothing was weeded: the clock says {now:%Y-%m-%d} (UTC), which is not the day you "
            "named. Set the clock right, then weed again.",
            reason="clock_ahead",
        )
    with ledger.transaction() as tx:
        seen_at = clock.seen_at(tx)
        clock.confirm(tx, now=now)
        about = {"seen_at": seen_at.isoformat() if seen_at else None}
        audit.append(tx, "clock confirmed", by=audit.HUB, now=now, about=about)


def stray_cuts(state: Path, *, before: date) -> list[Path]:
    """Name the torn ends of segments that were put aside before a day.

    Nothing in them is whole, so that only the file's own time tells how old it is at the least.
    """
    return [
        cut
        for cut in sorted((state / "spool").glob("*.cut"))
        if datetime.fromtimestamp(cut.stat().st_mtime, UTC).date() < before
    ]


def _planned(store: Store, *, reads_s: int, now: datetime) -> dict[str, Any]:
    """Say what is to go, as the audit records it."""
    before = first_day_kept(now, reads_s=reads_s)
    days = due(store.state, reads_s=reads_s, now=now)
    with closing(_book(store.state)) as book:
        frames = book.past(before=before)
    with store.ledger.reading() as db:
        past = weeding.past(db, before=before)
        held = weeding.held(db, before=before)
    about: dict[str, Any] = {
        "bound": before.isoformat(),
        "days": [asdict(day) for day in days],
        "frames": frames,
        "cuts": len(stray_cuts(store.state, before=before)),
        "sights": past.sights,
        "alarms": past.alarms,
        "held": held,
        "why": f"reads are kept for {reads_s // 86_400} days (S-74)",
    }
    return {**about, "digest": hashlib.sha256(canonical(about).encode()).hexdigest()}


def _carry_out(store: Store, about: Any, *, now: datetime) -> Certificate:
    """Remove what a record says is about to go, as far as it is there, and certify it."""
    before = date.fromisoformat(about["bound"])
    _secure(store, before=before, now=now)
    try:
        _remove_days(store.state / "archive", before=before)
        remove_past(store.state / "archive", before=before)
        with closing(_book(store.state)) as book:
            book.weed(before=before)
        _remove_cuts(store.state, before=before)
        _cut_logs(store.state / "log", before=before)
    except OSError as trouble:
        raise UnavailableError(
            f"The weeding stopped half way ({trouble.strerror}). Check the disk of {store.state} "
            "and weed again; it goes on from there."
        ) from trouble
    _weed_ledger(store.ledger, before=before)
    with store.ledger.transaction() as tx:
        seq = weeding.record(tx, weeding.CERTIFICATE, now=now, about=about)
    return Certificate.of(about, seq=seq)


def _secure(store: Store, *, before: date, now: datetime) -> None:
    days = day_folders(store.state / "archive", newest=before - timedelta(days=1))
    secure(store.state, store.ledger, now=now, days=days)


def _remove_days(archive: Path, *, before: date) -> None:
    past = day_folders(archive, newest=before - timedelta(days=1))
    uncover(past)
    for folder in past:
        leaving = archive / f"{_LEAVING}{folder.name}"
        if leaving.exists():
            # a late read brought the day back after a weeding that was interrupted here
            shutil.rmtree(leaving)
        # one step for whoever looks: a day is there whole or not at all
        folder.rename(leaving)
    sync_all([archive])
    for leaving in archive.glob(f"{_LEAVING}*"):
        shutil.rmtree(leaving)
    sync_all([archive])


def _remove_cuts(state: Path, *, before: date) -> None:
    for cut in stray_cuts(state, before=before):
        cut.unlink()
    sync_all([state / "spool"])


def _cut_logs(logs: Path, *, before: date) -> None:
    """Cut the lines of past days off the logs; a line without a date belongs to the one above."""
    bound = before.isoformat().encode()
    for path in logs.glob("*.log"):
        with path.open("rb") as log:
            lines = log.read().splitlines(keepends=True)
            dates = ((at, line[:10]) for at, line in enumerate(lines) if _DATED.match(line))
            kept = next((at for at, day in dates if day >= bound), len(lines))
            if any(_DATED.match(line) and line[:10] < bound for line in lines[:kept]):
                replace_durably(path, b"".join(lines[kept:]))
                # what a running hub wrote meanwhile stands in the old file
                with path.open("ab") as new:
                    new.write(log.read())


def _weed_ledger(ledger: Ledger, *, before: date) -> None:
    with ledger.transaction() as tx:
        weeding.weed(tx, before=before)
    ledger.rewrite()


def _book(state: Path) -> FrameBook:
    return FrameBook(state / "spool" / "frames.db")


def _counted(folder: Path, *, session: Any) -> PastDay:
    """Count a day; one that was sealed was counted then, and its files are those of then."""
    with suppress(FileNotFoundError, CorruptError):
        lines = Lines.open(folder)
        if lines.sum.files == files_of(folder):
            sealed = lines.sum
            return PastDay(folder.name, len(lines.lines), sealed.pictures, sealed.digest)
    try:
        tables = open_tables(folder, session=session)
        found = ids_of(tables["reads"].search().select(["read_id"]).to_arrow()["read_id"])
        pictures = tables["pictures"].count_rows()
    except (OSError, RuntimeError, ValueError) as trouble:
        raise UnavailableError(
            f"The day {folder.name} of the archive cannot be read ({type(trouble).__name__}). "
            "Check the disk, then weed again."
        ) from hushed(folder, trouble)
    return PastDay(folder.name, len(found), pictures, digest_of(found[ascending(found)]))
