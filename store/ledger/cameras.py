"""The register of cameras (NRDs): which there are, where, and whose (S-16)."""

import re
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import astuple
from datetime import datetime

from store.errors import InputError
from store.ledger import audit
from store.ledger.ledger import Transaction
from store.terms import Camera

__all__ = ["by_id", "controllers", "every", "register"]

_CAMERA_ID = re.compile(r"[A-Z0-9-]{1,32}", re.ASCII)


def register(
    tx: Transaction, cameras: Sequence[Camera], *, now: datetime, by: str = audit.HUB
) -> None:
    """Put cameras on the register, or change their lines; what is as it was is not audited.

    Raises:
        InputError: A camera id is not A-Z, 0-9 and "-" in at most 32 characters.
    """
    known = {camera.camera_id: camera for camera in every(tx)}
    changed = [camera for camera in cameras if known.get(camera.camera_id) != camera]
    for camera in changed:
        if not _CAMERA_ID.fullmatch(camera.camera_id):
            raise InputError(
                "Not registered: a camera id is A-Z, 0-9 and hyphens, at most 32 characters."
            )
        tx.execute(
            "INSERT OR REPLACE INTO camera VALUES (?, ?, ?, ?, ?, ?)",
            astuple(camera),
        )
    if changed:
        about = {"cameras": [camera.camera_id for camera in changed]}
        audit.append(tx, "cameras registered", by=by, now=now, about=about)


def every(db: sqlite3.Connection) -> tuple[Camera, ...]:
    """Give all cameras, by their id."""
    rows = db.execute("SELECT * FROM camera ORDER BY camera_id")
    return tuple(Camera(*row) for row in rows)


def by_id(db: sqlite3.Connection, camera_id: str) -> Camera | None:
    """Find one camera."""
    row = db.execute("SELECT * FROM camera WHERE camera_id = ?", (camera_id,)).fetchone()
    return None if row is None else Camera(*row)


def controllers(db: sqlite3.Connection, camera_ids: Collection[str]) -> frozenset[str]:
    """Say which forces answer for what these cameras saw; of one not on the register nothing."""
    return frozenset(one.controller for one in every(db) if one.camera_id in camera_ids)
