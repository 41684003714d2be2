"""The ledger: its file, its chain, its clock, and what of holds, weeding and erasure is due."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from store.archive.days.folders import day_folders
from store.audit.verifying import verify
from store.checkup.check import Check
from store.errors import StoreError
from store.governance.clocks import believed
from store.governance.retention import first_day_kept
from store.ledger import clock, heartbeat, schema
from store.ledger.keeping import erasing, holds, weeding
from store.ledger.rules import policies

__all__ = ["records"]

_STALE = timedelta(minutes=1)


def records(state: Path, *, now: datetime) -> Iterator[Check]:
    """Look at the ledger, beside whoever writes to it."""
    path = state / "ledger" / "ledger.db"
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
            db.row_factory = sqlite3.Row
            yield _file(db)
            if db.execute("PRAGMA user_version").fetchone()[0] == schema.VERSION:
                yield from _due(db, archive=state / "archive", now=now)
    except sqlite3.Error as trouble:
        yield Check(
            "ledger",
            f"cannot be read ({trouble})",
            "Stop the hub and restore ledger/ledger.db from the last backup; reads wait in the "
            "spool meanwhile.",
        )
        return
    yield _chain(state)


def _file(db: sqlite3.Connection) -> Check:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version != schema.VERSION:
        return Check(
            "ledger",
            f"is of version {version}, and this program knows {schema.VERSION}",
            "Start this version of the hub once, or the version that wrote it.",
        )
    (found,) = db.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        return Check(
            "ledger",
            "its pages do not hold together",
            "Stop the hub and restore ledger/ledger.db from the last backup.",
        )
    return Check("ledger", f"whole, version {version}")


def _chain(state: Path) -> Check:
    try:
        verdict = verify(state, witness=None, key=None)
    except StoreError as trouble:
        return Check("audit", f"cannot be verified: {trouble}", "Ring the auditor.")
    if not verdict.holds:
        return Check(
            "audit", verdict.findings[0].why, "Ring the auditor: anpr audit verify says where."
        )
    return Check("audit", "the chain holds")


def _due(db: sqlite3.Connection, *, archive: Path, now: datetime) -> Iterator[Check]:
    yield _beat(db, now=now)
    seen_at = clock.seen_at(db)
    if believed(now, seen_at=seen_at, policy=policies.in_force(db).figures):
        yield Check("clock", f"says {now:%Y-%m-%d %H:%M} UTC, which is believed")
    else:
        yield Check(
            "clock",
            f"says {now:%Y-%m-%d}, and the last sign of life is of {seen_at:%Y-%m-%d}",
            "Set it right, or say that it is: anpr weed --today. Until then nothing is weeded.",
        )
    in_force = [hold for hold in holds.every(db) if hold.released_at is None]
    overdue = [str(hold.number) for hold in in_force if hold.review_at <= now]
    yield Check(
        "holds",
        f"{len(in_force)} in force, {len(overdue)} to be looked at again",
        f"Look at hold {', '.join(overdue)}: anpr hold review or release." if overdue else "",
    )
    if erasing.erasing(db):
        yield Check("erasure", "was begun and not finished", "Start the hub, which finishes it.")
    yield _weeding(db, archive=archive, now=now)


def _weeding(db: sqlite3.Connection, *, archive: Path, now: datetime) -> Check:
    """Say what is due; a hub weeds it within a day, and finishes at its start what was begun."""
    newest = weeding.newest(db)
    if newest and newest.kind == weeding.BEGUN:
        return Check(
            "weeding",
            "was begun and not finished",
            "Start the hub, which finishes it, or stop it and run anpr weed.",
        )
    before = first_day_kept(now, reads_s=policies.in_force(db).reads_s)
    past = [day.name for day in day_folders(archive, newest=before - timedelta(days=1))]
    said = f"{len(past)} days before {before} are due"
    if newest:
        said += f"; certificate {newest.seq} kept everything from {newest.about['bound']} on"
    overdue = [day for day in past if day < (before - timedelta(days=1)).isoformat()]
    if not overdue or heartbeat.health(db, now=now) is None:
        return Check("weeding", said)
    do = "Start the hub, which weeds them, or have it do so now: anpr weed --by STAFF."
    return Check("weeding", said, do)


def _beat(db: sqlite3.Connection, *, now: datetime) -> Check:
    found = heartbeat.health(db, now=now)
    if found is None:
        return Check("hub", "has never run")
    age_s = (now - found.beat_at).total_seconds()
    if now - found.beat_at > _STALE:
        return Check("hub", f"does not run: its last beat was {age_s:.0f} s ago")
    if found.cluster != "ok":
        return Check("hub", found.cluster, "Do what it says; the log has more.")
    return Check("hub", f"runs, {found.cameras_up} of {found.cameras} cameras are up")
