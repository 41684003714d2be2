"""What the ledger knows of erasures: what is being erased, and how a read that came back is known.

Of an erased read a salted digest of its id stays, so that a proof can look for it. The id itself is
a digest of camera and passage; from what stays neither it nor the vehicle can be told.
"""

import hashlib
import os
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store.errors import CorruptError
from store.ledger import audit
from store.ledger.alarms.raising import next_seq
from store.ledger.instants import from_us
from store.ledger.keeping import weeding
from store.ledger.ledger import Transaction

__all__ = [
    "BEGUN",
    "CERTIFICATE",
    "Erased",
    "begin",
    "begun",
    "certify",
    "erased",
    "erasing",
    "held",
    "remove",
    "sighted",
]

BEGUN = "erasure begun"
"""Kind of the audit record that says what is about to go."""

CERTIFICATE = "erasure certificate"
"""Kind of the audit record that says that it is gone."""

_NOBODY = "0" * 32
"""The id of no read, where an alarm named one that is erased."""

_SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Erased:
    """The reads that were erased from one day.

    Attributes:
        salts: The salts of the erasures.
        digests: SHA-256 over a salt and the 16 bytes of a read id.
    """

    salts: frozenset[bytes]
    digests: frozenset[bytes]

    def among(self, read_ids: Iterable[bytes]) -> int:
        """Count the reads, given by their 16 bytes, that were erased."""
        return sum(
            any(_digest(salt, read_id) in self.digests for salt in self.salts)
            for read_id in read_ids
        )


def begin(
    tx: Transaction,
    *,
    days: Mapping[str, Collection[str]],
    about: Mapping[str, object],
    by: str,
    now: datetime,
) -> None:
    """Write down what is to be erased: from here it is, however often it is interrupted.

    Args:
        tx: A transaction.
        days: Day of capture, such as "2026-11-22", to ids of reads.
        about: What the audit is to say of it.
        by: Staff number.
        now: When.
    """
    tx.executemany(
        "INSERT OR IGNORE INTO erasing VALUES (?, ?)",
        [(read_id, day) for day, read_ids in days.items() for read_id in read_ids],
    )
    audit.append(tx, BEGUN, by=by, now=now, about=about)


def erasing(db: sqlite3.Connection) -> dict[str, frozenset[str]]:
    """Give what an erasure has begun to remove: day of capture to ids of reads."""
    days: defaultdict[str, set[str]] = defaultdict(set)
    for read_id, day in db.execute("SELECT read_id, day FROM erasing"):
        days[day].add(read_id)
    return {day: frozenset(read_ids) for day, read_ids in days.items()}


def begun(db: sqlite3.Connection) -> tuple[str, Mapping[str, Any]]:
    """Give who began the newest erasure, and what its record says.

    Raises:
        CorruptError: The record of an erasure that was begun is not there.
    """
    told = weeding.told(db, kinds=(BEGUN,))
    if told is None:
        raise CorruptError(
            "An erasure was begun and its audit record is gone. Ring the auditor: the chain is to "
            "be verified before anything else is erased."
        )
    return told.by, told.about


def sighted(db: sqlite3.Connection, read_id: str) -> set[str]:
    """Give the days of capture on which the ledger has sights of a read."""
    rows = db.execute("SELECT captured_us FROM sight WHERE read_id = ?", (read_id,))
    return {from_us(captured_us).date().isoformat() for (captured_us,) in rows}


def held(db: sqlite3.Connection, read_ids: Collection[str]) -> int:
    """Count those of some reads that lie on the shelves of holds."""
    lying = {row[0] for row in db.execute("SELECT DISTINCT read_id FROM held_read")}
    return len(lying & set(read_ids))


def remove(tx: Transaction, *, read_ids: Collection[str]) -> None:
    """Take reads out of the alarms: their sights go, and an alarm that has no other its vehicle.

    Pages of the file hold copies until `Ledger.rewrite` has run.
    """
    tx.execute("CREATE TEMP TABLE IF NOT EXISTS gone (read_id TEXT PRIMARY KEY)")
    tx.execute("DELETE FROM temp.gone")
    tx.executemany("INSERT INTO temp.gone VALUES (?)", [(read_id,) for read_id in read_ids])
    lost = tx.execute(
        "SELECT alarm_no, count(*) FROM sight WHERE read_id IN temp.gone GROUP BY alarm_no"
    ).fetchall()
    named = tx.execute("SELECT alarm_no FROM alarm WHERE read_id IN temp.gone").fetchall()
    tx.execute("DELETE FROM sight WHERE read_id IN temp.gone")
    for number, sights in lost:
        tx.execute(
            "UPDATE alarm SET sights = max(1, sights - ?), seq = ? WHERE alarm_no = ?",
            (sights, next_seq(tx), number),
        )
    for (number,) in named:
        _point_elsewhere(tx, number)
    tx.execute("DROP TABLE temp.gone")


def certify(
    tx: Transaction,
    *,
    days: Mapping[str, Collection[str]],
    about: Mapping[str, object],
    by: str,
    now: datetime,
) -> int:
    """Write down that reads are gone, and by what they would be known if they came back.

    Returns:
        Number of the audit record.
    """
    salt = os.urandom(_SALT_BYTES)
    tx.executemany(
        "INSERT OR IGNORE INTO erased VALUES (?, ?, ?)",
        [
            (day, salt, _digest(salt, bytes.fromhex(read_id)))
            for day, read_ids in days.items()
            for read_id in read_ids
        ],
    )
    tx.execute("DELETE FROM erasing")
    return audit.append(tx, CERTIFICATE, by=by, now=now, about=about)


def erased(db: sqlite3.Connection) -> dict[str, Erased]:
    """Give what was erased, by day of capture."""
    salts: defaultdict[str, set[bytes]] = defaultdict(set)
    digests: defaultdict[str, set[bytes]] = defaultdict(set)
    for day, salt, digest in db.execute("SELECT day, salt, digest FROM erased"):
        salts[day].add(salt)
        digests[day].add(digest)
    return {day: Erased(frozenset(salts[day]), frozenset(digests[day])) for day in salts}


def _point_elsewhere(tx: Transaction, number: int) -> None:
    """Let an alarm stand for the newest sight it has left, or for no vehicle."""
    newest = tx.execute(
        "SELECT read_id, camera_id, captured_us, vrm, certainty, confidence FROM sight "
        "WHERE alarm_no = ? ORDER BY captured_us DESC LIMIT 1",
        (number,),
    ).fetchone()
    if newest is None:
        weeding.blank(tx, number)
        tx.execute("UPDATE alarm SET read_id = ? WHERE alarm_no = ?", (_NOBODY, number))
        return
    tx.execute(
        "UPDATE alarm SET read_id = ?, camera_id = ?, captured_us = ?, vrm = ?, certainty = ?, "
        "confidence = ?, seq = ? WHERE alarm_no = ?",
        (*newest, next_seq(tx), number),
    )


def _digest(salt: bytes, read_id: bytes) -> bytes:
    return hashlib.sha256(salt + read_id).digest()
