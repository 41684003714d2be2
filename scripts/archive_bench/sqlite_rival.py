"""SQLite with indices on (mark, time) and (camera, time): the rival that looks up rows."""

import sqlite3
from pathlib import Path

import pyarrow as pa

from scripts.archive_bench.questions import PAGE, SHOWN, Question, line_of
from store.archive.finding.found import ReadLine
from store.vrm import fold

__all__ = ["Sqlite"]

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Sqlite:
    """The rival's one file, loaded day by day and then asked."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        """Make the file in a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "reads.db"
        self._db = sqlite3.connect(self._path)
        self._db.execute("PRAGMA journal_mode = OFF")  # loading alone: no rival is held up by it
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("PRAGMA cache_size = -524288")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS reads (fold TEXT, captured_us INTEGER, camera_id TEXT, "
            "read_id BLOB, vrm TEXT, vrm_raw TEXT, confidence REAL, repaired INTEGER, "
            "direction TEXT)"
        )

    def load(self, rows: pa.Table, *, day: int) -> None:
        """Write a day in one transaction."""
        columns = [
            rows[name].to_pylist()
            for name in (
                "fold",
                "captured_us",
                "camera_id",
                "read_id",
                "vrm",
                "vrm_raw",
                "confidence",
                "repaired",
                "direction",
            )
        ]
        with self._db:
            self._db.executemany(
                "INSERT INTO reads VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", zip(*columns, strict=True)
            )

    def index(self) -> None:
        """Build both indices."""
        self._db.execute("CREATE INDEX by_fold ON reads (fold, captured_us)")
        self._db.execute("CREATE INDEX by_camera ON reads (camera_id, captured_us)")
        self._db.execute("ANALYZE")

    def ready(self) -> None:
        """Do nothing: the file is open."""

    def answer(self, question: Question) -> list[ReadLine]:
        """Give the newest page of reads, as lines that an officer sees."""
        where = ["captured_us >= ?", "captured_us < ?"]
        given: list[object] = [question.since_us, question.until_us]
        match question.kind:
            case "exact":
                where.append("fold = ?")
                given.append(fold(question.marks[0]))
            case "wildcard":
                where.append("fold GLOB ?")
                given.append(fold(question.marks[0]))
            case "look-alike":
                near = sorted(_near(fold(question.marks[0])))
                where.append(f"fold IN ({', '.join('?' * len(near))})")
                given += near
            case "listed":
                where.append(f"fold IN ({', '.join('?' * len(question.marks))})")
                given += [fold(mark) for mark in question.marks]
        if question.cameras:
            where.append(f"camera_id IN ({', '.join('?' * len(question.cameras))})")
            given += question.cameras
        found = self._db.execute(
            f"SELECT {SHOWN} FROM reads WHERE {' AND '.join(where)} "
            f"ORDER BY captured_us DESC, read_id DESC LIMIT {PAGE}",
            given,
        )
        return [line_of(row) for row in found.fetchall()]

    def size_bytes(self) -> int:
        """Give the size on disk."""
        return self._path.stat().st_size


def _near(mark: str) -> set[str]:
    """Give every text that is one letter away from a mark: another one, one less, one more."""
    near = {mark}
    for at in range(len(mark) + 1):
        near |= {mark[:at] + letter + mark[at:] for letter in ALPHABET}
        if at < len(mark):
            near |= {mark[:at] + letter + mark[at + 1 :] for letter in ALPHABET}
            near.add(mark[:at] + mark[at + 1 :])
    return near
