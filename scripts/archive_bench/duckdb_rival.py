"""DuckDB over one Parquet file a day: the rival that reads columns."""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from scripts.archive_bench.questions import PAGE, SHOWN, Question, line_of
from store.archive.finding.found import ReadLine
from store.vrm import fold

__all__ = ["DuckDb"]


class DuckDb:
    """The rival's folder, loaded day by day and then asked."""

    name = "duckdb"

    def __init__(self, folder: Path, *, threads: int) -> None:
        """Work in a folder with so many threads."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._db: Any = duckdb.connect(config={"threads": threads})

    def load(self, rows: pa.Table, *, day: int) -> None:
        """Write a day sorted by mark and time, as suits it best, in groups of 122,880 rows."""
        rows = rows.sort_by([("fold", "ascending"), ("captured_us", "ascending")])
        pq.write_table(
            rows, self._folder / f"{day:03}.parquet", compression="zstd", row_group_size=122_880
        )

    def index(self) -> None:
        """Do nothing: each file is in order."""

    def ready(self) -> None:
        """Say where the days are; its own view over all of them."""
        self._db.execute(
            f"CREATE VIEW reads AS SELECT * FROM read_parquet('{self._folder}/*.parquet')"
        )

    def answer(self, question: Question) -> list[ReadLine]:
        """Give the newest page of reads, as lines that an officer sees."""
        where = [f"captured_us >= {question.since_us}", f"captured_us < {question.until_us}"]
        given: list[object] = []
        match question.kind:
            case "exact":
                where.append("fold = ?")
                given = [fold(question.marks[0])]
            case "wildcard":
                where.append("fold LIKE ?")
                given = [fold(question.marks[0]).replace("?", "_").replace("*", "%")]
            case "look-alike":
                where.append("damerau_levenshtein(fold, ?) <= 1")
                given = [fold(question.marks[0])]
            case "listed":
                where.append("fold IN (SELECT unnest(?))")
                given = [[fold(mark) for mark in question.marks]]
        if question.cameras:
            where.append("camera_id IN (SELECT unnest(?))")
            given.append(list(question.cameras))
        found = self._db.execute(
            f"SELECT {SHOWN} FROM reads WHERE {' AND '.join(where)} "
            f"ORDER BY captured_us DESC, read_id DESC LIMIT {PAGE}",
            given,
        )
        return [line_of(row) for row in found.fetchall()]

    def size_bytes(self) -> int:
        """Give the size on disk."""
        return sum(path.stat().st_size for path in self._folder.iterdir())
