"""Append to the audit chain, read it and verify it.

A body says who did what, when, under which policy, by which rule and on which grant: the audit is
where plates are written down on purpose. It is no log, and it never leaves but through the audit
desk.
"""

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from store.errors import AuditUnavailableError
from store.governance import chain
from store.governance.chain import Record, Walk
from store.ledger import clock
from store.ledger.rules import policies

if TYPE_CHECKING:
    from store.ledger.ledger import Transaction

__all__ = [
    "HUB",
    "append",
    "body_of",
    "check_tip",
    "last_seq",
    "read",
    "resting_on",
    "tail",
    "verify",
]

HUB = "hub"
"""Who acted where no person did."""

_SALT_BYTES = 16
_RESTS_ON: ContextVar[Mapping[str, str]] = ContextVar("rests_on", default=MappingProxyType({}))


def append(
    tx: "Transaction",
    kind: str,
    *,
    by: str,
    now: datetime,
    about: Mapping[str, object],
) -> int:
    """Append one record; it is durable when the transaction ends.

    Args:
        tx: The transaction of the change that it records.
        kind: What was done, for example "asked", "returned" or "alarm acknowledged".
        by: Staff number, or `HUB`.
        now: When.
        about: What it was about: JSON values only.

    Returns:
        The record's number.
    """
    seq, before = tx.execute("SELECT seq, hash FROM audit_tip").fetchone()
    seq += 1
    body = chain.canonical(
        {
            "about": about,
            "at": now.isoformat(),
            "by": by,
            "kind": kind,
            "policy": policies.in_force(tx).version,
            **_RESTS_ON.get(),
        }
    )
    salt = os.urandom(_SALT_BYTES)
    digest = chain.digest_of(salt=salt, body=body)
    hashed = chain.link(before=before, seq=seq, digest=digest)
    tx.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?)", (seq, salt, body, digest, hashed))
    tx.execute("UPDATE audit_tip SET seq = ?, hash = ?", (seq, hashed))
    clock.move(tx, now=now)
    return int(seq)


@contextmanager
def resting_on(rule: str, *, grant: str = "") -> Iterator[None]:
    """Let every record of this thread say meanwhile which rule it rests on, and which grant.

    Args:
        rule: Cell of the matrix, for example "search_l1.RES".
        grant: Number of the grant that was used; empty where the role sufficed.
    """
    named = _RESTS_ON.set({"rule": rule, "grant": grant} if grant else {"rule": rule})
    try:
        yield
    finally:
        _RESTS_ON.reset(named)


def last_seq(db: sqlite3.Connection) -> int:
    """Give the number of the newest record; inside a transaction, the one just appended."""
    return int(db.execute("SELECT seq FROM audit_tip").fetchone()[0])


def read(db: sqlite3.Connection, *, first: int, count: int) -> tuple[Record, ...]:
    """Read records from a number on, oldest first."""
    rows = db.execute("SELECT * FROM audit WHERE seq >= ? ORDER BY seq LIMIT ?", (first, count))
    return tuple(Record(*row) for row in rows)


def tail(db: sqlite3.Connection, *, count: int) -> tuple[Record, ...]:
    """Read the newest records, newest first."""
    rows = db.execute("SELECT * FROM audit ORDER BY seq DESC LIMIT ?", (count,))
    return tuple(Record(*row) for row in rows)


def body_of(record: Record) -> dict[str, Any] | None:
    """Read a record's body, or None where it is weeded."""
    if record.body is None:
        return None
    body: dict[str, Any] = json.loads(record.body)
    return body


def verify(db: sqlite3.Connection) -> Walk:
    """Walk the whole chain and compare its end with the tip; a million records take seconds."""
    walk = chain.walk(_records(db))
    seq, tip = db.execute("SELECT seq, hash FROM audit_tip").fetchone()
    if walk.broken_at is None and (walk.records, walk.tip) != (seq, tip):
        at = min(walk.records, seq) + 1
        return Walk(walk.records, walk.tip, at, "the chain does not end where it must")
    return walk


def check_tip(db: sqlite3.Connection) -> None:
    """Check, at opening, that the newest record is whole and is the one the tip names.

    Raises:
        AuditUnavailableError: It is not.
    """
    seq, tip = db.execute("SELECT seq, hash FROM audit_tip").fetchone()
    before, last = chain.GENESIS, list(read(db, first=max(1, seq - 1), count=3))
    if seq > 1 and last and last[0].seq == seq - 1:
        before = last.pop(0).hash
    walk = chain.walk(last, before=before, first=max(1, seq))
    if walk.broken_at is not None or (walk.records, walk.tip) != (min(seq, 1), tip):
        raise AuditUnavailableError(
            f"The ledger was not opened: its audit chain does not end at record {seq} as it must. "
            "Nothing is shown until the auditor has looked. Recording of reads goes on."
        )


def _records(db: sqlite3.Connection) -> Iterator[Record]:
    for row in db.execute("SELECT * FROM audit ORDER BY seq"):
        yield Record(*row)
