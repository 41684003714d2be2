"""What became of every picture: a small file of its own, and the only one that grows with frames.

It is filled from the spool, and a segment is dropped only when its pictures are in here: together
they know every acknowledged picture. Of its identity a digest is kept.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from store.errors import CorruptError, UnavailableError
from store.terms import Account, Outcome

__all__ = ["Accounted", "FrameBook", "Picture"]

_VERSION = 1
_TABLES = """
BEGIN;
CREATE TABLE frame (
    digest      BLOB PRIMARY KEY,   -- of camera and picture
    camera_id   TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    reason      TEXT NOT NULL,
    reads       INTEGER NOT NULL,
    day         INTEGER NOT NULL    -- of receipt, since 1970: weeding goes by it
) STRICT, WITHOUT ROWID;
CREATE TABLE tally (
    camera_id   TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    frames      INTEGER NOT NULL,
    PRIMARY KEY (camera_id, outcome)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER counted AFTER INSERT ON frame BEGIN
    INSERT INTO tally VALUES (new.camera_id, new.outcome, 1)
        ON CONFLICT DO UPDATE SET frames = frames + 1;
END;
PRAGMA user_version = 1;
COMMIT;
"""
_ASKED_AT_ONCE = 500
_CACHE_KB = 512
"""Digests come in no order: of a book of months no cache of a few MB has the page that is next."""
_STATEMENTS = 8
"""Python keeps the last 128, and one that asks for 80 pictures holds some 25 KB: a different one
for each number of pictures."""
_DAY_S = 86_400
_FIRST_DAY = date(1970, 1, 1)

Picture = tuple[str, str]
"""Camera, and the picture's identity at that camera."""


@dataclass(frozen=True, slots=True)
class Accounted:
    """What became of a picture.

    Attributes:
        outcome: Read, no plate, or refused.
        reason: Why it was refused; empty otherwise.
        reads: How many reads it gave.
    """

    outcome: Outcome
    reason: str
    reads: int

    @classmethod
    def of(cls, account: Account) -> "Accounted":
        """Keep of an account what a camera asks for when it starts again."""
        return cls(account.outcome, account.reason, len(account.reads))


class FrameBook:
    """The pictures that are filed. One thread enters; another may ask meanwhile."""

    def __init__(self, path: Path) -> None:
        """Open the book, making it where there is none.

        Args:
            path: The file; its folder exists. Nobody else has it open.

        Raises:
            CorruptError: The file is damaged, or another version wrote it.
            UnavailableError: The disk does not give it.
        """
        self._path = path
        with self._translated(), ExitStack() as undo:
            self._writer = undo.enter_context(closing(_connect(path)))
            self._writer.execute("PRAGMA journal_mode = WAL")
            self._writer.execute("PRAGMA synchronous = FULL")
            version = self._writer.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, _VERSION):
                raise CorruptError(
                    f"{path} is of version {version}, and this program knows {_VERSION}. "
                    "Start the version that wrote it; nothing was changed."
                )
            if not version:
                self._writer.executescript(_TABLES)
            # a second connection, so that nobody who asks waits for the disk of one who enters;
            # it never writes, and so never meets SQLite's WAL-reset bug
            self._reader = undo.enter_context(closing(_connect(path)))
            self._reader.execute("PRAGMA query_only = ON")
            undo.pop_all()

    def enter(self, accounts: Iterable[Account]) -> None:
        """File pictures; on return they are on disk. One that is there already stays as it is.

        Raises:
            UnavailableError: The disk did not take them; nothing was filed.
        """
        rows = [
            (
                _digest(account.camera_id, account.frame_id),
                account.camera_id,
                account.outcome.value,
                account.reason,
                len(account.reads),
                int(account.received_at.timestamp()) // _DAY_S,
            )
            for account in accounts
        ]
        with self._translated(), self._writer:
            self._writer.execute("BEGIN IMMEDIATE")
            self._writer.executemany("INSERT OR IGNORE INTO frame VALUES (?, ?, ?, ?, ?, ?)", rows)

    def find(self, pictures: Iterable[Picture]) -> dict[Picture, Accounted]:
        """Say what became of pictures; those that are not filed are left out."""
        asked = {_digest(*picture): picture for picture in pictures}
        digests, found = list(asked), {}
        with self._translated():
            # many cameras in one question: one each was a third of what accepting cost
            for at in range(0, len(digests), _ASKED_AT_ONCE):
                some = digests[at : at + _ASKED_AT_ONCE]
                marks = ",".join("?" * len(some))
                rows = self._reader.execute(
                    f"SELECT digest, outcome, reason, reads FROM frame WHERE digest IN ({marks})",  # noqa: S608 - question marks only
                    some,
                )
                for digest, outcome, reason, reads in rows:
                    found[asked[digest]] = Accounted(Outcome(outcome), reason, reads)
        return found

    def tally(self, camera_id: str) -> dict[Outcome, int]:
        """Count a camera's filed pictures by what became of them."""
        with self._translated():
            rows = self._reader.execute(
                "SELECT outcome, frames FROM tally WHERE camera_id = ?", (camera_id,)
            )
            return {Outcome(outcome): frames for outcome, frames in rows}

    def past(self, *, before: date) -> int:
        """Count the pictures that were received before a day."""
        with self._translated():
            (frames,) = self._reader.execute(
                "SELECT count(*) FROM frame WHERE day < ?", (_day_number(before),)
            ).fetchone()
        return int(frames)

    def weed(self, *, before: date) -> None:
        """Forget the pictures that were received before a day; the tallies go back with them.

        On return neither the file nor its log holds anything of them.

        Raises:
            UnavailableError: The disk has no room for a second copy, or somebody reads on; what
                was forgotten stays so, and the next weeding goes on.
        """
        old = (_day_number(before),)
        with self._translated():
            with self._writer:
                self._writer.execute("BEGIN IMMEDIATE")
                gone = self._writer.execute(
                    "SELECT count(*), camera_id, outcome FROM frame WHERE day < ? "
                    "GROUP BY camera_id, outcome",
                    old,
                ).fetchall()
                self._writer.executemany(
                    "UPDATE tally SET frames = frames - ? WHERE camera_id = ? AND outcome = ?", gone
                )
                self._writer.execute("DELETE FROM frame WHERE day < ?", old)
            self._writer.execute("VACUUM")
            (busy, *_) = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise UnavailableError(
                f"The log of {self._path} could not be emptied: another process reads it. "
                "Close it and try again."
            )

    def close(self) -> None:
        """Close the file."""
        self._reader.close()
        self._writer.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as trouble:
            raise UnavailableError(
                f"The book of pictures cannot be used ({trouble}). Check the disk of {self._path}."
            ) from trouble
        except sqlite3.DatabaseError as trouble:
            raise CorruptError(
                f"{self._path} is damaged ({trouble}). Stop the recorder and restore it; "
                "pictures accepted since wait in the spool."
            ) from trouble


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, cached_statements=_STATEMENTS
    )
    db.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
    db.execute("PRAGMA secure_delete = ON")
    return db


def _day_number(day: date) -> int:
    return (day - _FIRST_DAY).days


def _digest(camera_id: str, frame_id: str) -> bytes:
    name = f"{camera_id}\0{frame_id}".encode(errors="surrogatepass")
    return hashlib.blake2b(name, digest_size=16).digest()
