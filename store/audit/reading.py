"""Open a ledger only to read it, and give its audit rows as they lie in the file."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from store.errors import CorruptError, UnavailableError

__all__ = ["controllers_of_cameras", "ledger_of", "opened", "rows", "tip"]

_WAIT_S = 5.0
_LEAST = -(2**63)  # of all numbers a record can have in SQLite
_NO_ROOM = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
# What may pass by itself; any other complaint is about the file, such as a format SQLite never had.
_PASSING = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM}


def ledger_of(state: Path) -> Path:
    """Where the ledger lies in a state folder."""
    return state / "ledger" / "ledger.db"


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Read one consistent state of a ledger; nothing is written and no writer is held up.

    Text comes as the bytes that lie in the file, so that what is hashed is what is stored.

    Raises:
        UnavailableError: There is no ledger, or it may not be read.
        CorruptError: The file is no ledger, or too damaged to be opened as one.
    """
    if not path.is_file():
        raise UnavailableError(
            f"Nothing was read: there is no ledger at {path}. Name the state folder of the hub."
        )
    db = _connected(path)
    try:
        yield db
    except sqlite3.DatabaseError as error:
        raise CorruptError(_damaged(error)) from error
    finally:
        db.close()


def rows(db: sqlite3.Connection, *, first: int = 1) -> Iterator[tuple[object, ...]]:
    """Give (seq, salt, body, digest, hash) of every record from a number on, in their order.

    Raises:
        sqlite3.DatabaseError: The file is damaged from here on.
    """
    # A record before number 1 is one that nobody wrote; a walk from the start must see it.
    least = first if first > 1 else _LEAST
    yield from db.execute(
        "SELECT seq, salt, body, digest, hash FROM audit WHERE seq >= ? ORDER BY seq", (least,)
    )


def tip(db: sqlite3.Connection) -> tuple[object, object]:
    """Give (seq, hash) of what the ledger says is its newest record.

    Raises:
        CorruptError: It does not say.
    """
    try:
        found = db.execute("SELECT seq, hash FROM audit_tip").fetchall()
    except sqlite3.DatabaseError as error:
        raise CorruptError(_damaged(error)) from error
    if len(found) != 1:
        raise CorruptError(_damaged("it names no newest record, or several"))
    return found[0][0], found[0][1]


def controllers_of_cameras(db: sqlite3.Connection) -> dict[str, str]:
    """Give the controller (force code) of every camera on the register, by camera id."""
    try:
        found = db.execute("SELECT camera_id, controller FROM camera").fetchall()
    except sqlite3.DatabaseError as error:
        raise CorruptError(_damaged(error)) from error
    return {camera.decode(): controller.decode() for camera, controller in found}


def _connected(path: Path) -> sqlite3.Connection:
    uri = path.absolute().as_uri()
    try:
        return _begun(f"{uri}?mode=ro")
    except sqlite3.OperationalError as error:
        code = error.sqlite_errorcode & 0xFF
        if code in _PASSING:
            raise UnavailableError(
                f"Nothing was read: {path} cannot be opened ({error}). Try again."
            ) from error
        if code not in _NO_ROOM:
            raise CorruptError(_damaged(error)) from error
        log = path.with_name(path.name + "-wal")
        if log.exists() and log.stat().st_size:
            raise UnavailableError(
                f"Nothing was read: {path} cannot be opened ({error}). Copy it together with "
                f"{log.name} into a folder that you may write to, and name that."
            ) from error
    except sqlite3.DatabaseError as error:
        raise CorruptError(_damaged(error)) from error
    # A copy on a medium that cannot be written has no room for SQLite's shared memory; with no
    # write-ahead log beside it, the file alone is the whole ledger.
    try:
        return _begun(f"{uri}?immutable=1")
    except sqlite3.DatabaseError as error:
        raise CorruptError(_damaged(error)) from error


def _begun(uri: str) -> sqlite3.Connection:
    db = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_WAIT_S)
    try:
        db.text_factory = bytes
        for setting in ("query_only = ON", "trusted_schema = OFF", "mmap_size = 0"):
            db.execute(f"PRAGMA {setting}")
        db.execute("BEGIN")
        found = dict(db.execute("SELECT name, type FROM sqlite_schema"))
        if any(found.get(name) != b"table" for name in (b"audit", b"audit_tip")):
            # A view of that name could show a chain that is not the one on the disk.
            raise sqlite3.DatabaseError("it has no table of audit records")
    except UnicodeDecodeError as error:
        # SQLite quotes a damaged name in its complaint, and Python cannot decode that complaint.
        db.close()
        raise sqlite3.DatabaseError("the names of its tables are not text") from error
    except BaseException:
        db.close()
        raise
    return db


def _damaged(what: object) -> str:
    return (
        f"The ledger cannot be read as one ({what}). Keep the file as it is, for the auditor, and "
        "compare it with the last backup and the witness."
    )
