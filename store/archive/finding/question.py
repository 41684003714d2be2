"""One question to one day: which plates can answer it, and which rows do."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from store.archive.days.folders import open_tables, refuse_foreign
from store.archive.days.keys import PLATES, READ_IDS, KeyShelf
from store.archive.days.rows import StoredRead, cursor, id_keys, page_key, read_of
from store.archive.plates import Keys, fitting, present
from store.ledger.instants import to_us
from store.terms import Certainty, MatchKind, Read, Scope
from store.vrm import Pattern, fold, mark, normalise

__all__ = ["DayView", "Question"]

_FEW = 10
"""The rows of so many plates are fetched whole at once; one question takes half the time of two."""

_LISTED_MAX = 500
"""So many plates are named in the query; more are sifted out of the rows of the window."""


@dataclass(frozen=True, slots=True)
class Question:
    """A scope, ready to be put to any day.

    Attributes:
        where: Time, cameras and page as a filter of the reads table.
        pattern: What the folded marks must look like, `?` and `*` being wild; empty for any.
        typed: The mark as it was asked for, not folded, as an expression.
    """

    where: str
    pattern: str
    typed: re.Pattern[str]

    @classmethod
    def of(cls, scope: Scope) -> "Question":
        """Check a scope and make it a question.

        Raises:
            InputError: The mark, the pattern or the page is malformed.
        """
        since_us, until_us = to_us(scope.since_at), to_us(scope.until_at)
        where = [f"captured_us >= {since_us}", f"captured_us < {until_us}"]
        if scope.cameras:
            where.append(f"camera_id IN ({', '.join(map(_quoted, scope.cameras))})")
        if scope.before:
            before_us, before_id = cursor(scope.before)
            where.append(f"captured_us <= {before_us}")
            where.append(f"(captured_us < {before_us} OR read_id < X'{before_id.hex()}')")
        typed = normalise(scope.vrm)
        if not typed:
            pattern = ""
        elif scope.kind is MatchKind.WILDCARD:
            pattern = Pattern.compile(typed).text
        else:
            pattern = fold(mark(typed))
        expression = typed.replace("?", ".").replace("*", ".*")
        return cls(" AND ".join(where), pattern, re.compile(expression or ".*"))

    def certainty(self, read: Read) -> Certainty:
        """Say how a read that answers this question met what was typed."""
        if read.repaired:
            return Certainty.POSSIBLE
        return Certainty.EXACT if self.typed.fullmatch(read.vrm) else Certainty.GLYPH


class DayView:
    """A day as a reader holds it: key files at once, tables when they are needed."""

    def __init__(self, folder: Path, *, session: Any) -> None:
        """Look at a day.

        Raises:
            CorruptError: The day has another format.
        """
        refuse_foreign(folder)
        self._folder = folder
        self._session = session
        self._plates = KeyShelf(folder, PLATES)
        self._ids = KeyShelf(folder, READ_IDS)

    @cached_property
    def _tables(self) -> dict[str, Any]:
        return open_tables(self._folder, session=self._session)

    def newest(self, *, question: Question, most: int) -> list[StoredRead]:
        """Give the newest reads that answer a question, newest first, at most so many."""
        plates = self._candidates(question)
        if plates is not None and not len(plates):
            return []
        oldest_us = None
        if plates is None or len(plates) > _FEW:
            # the times alone first: most of what matches is not on this page
            matching = self._matching(question, plates, columns=["captured_us"])
            times = matching["captured_us"].to_numpy()
            if not len(times):
                return []
            first = max(0, len(times) - most)
            oldest_us = int(np.partition(times, first)[first])
        rows = self._matching(question, plates, since_us=oldest_us)
        rows = rows.sort_by([("captured_us", "descending"), ("read_id", "descending")])
        return [_stored(row, question=question) for row in rows.slice(0, most).to_pylist()]

    def plates(self, *, question: Question) -> Keys:
        """Give the packed plate of every read that answers a question."""
        plates = self._candidates(question)
        if plates is not None and not len(plates):
            return plates
        return self._matching(question, plates, columns=["plate"])["plate"].to_numpy()

    def by_id(self, *, read_id: str, table: str) -> list[dict[str, Any]]:
        """Give the rows of a table that carry a read id."""
        (key,) = id_keys([read_id]).tolist()
        if not any(present(keys, key=key) for keys in self._ids.held()):
            return []
        found = self._tables[table].search().where(f"read_id = X'{read_id}'").to_arrow()
        rows: list[dict[str, Any]] = found.to_pylist()
        return rows

    def _candidates(self, question: Question) -> Keys | None:
        """Give the day's plates that fit; None where any plate does."""
        if not question.pattern:
            return None
        return np.unique(
            np.concatenate(
                [fitting(keys, pattern=question.pattern) for keys in self._plates.held()]
            )
        )

    def _matching(
        self,
        question: Question,
        plates: Keys | None,
        *,
        columns: list[str] | None = None,
        since_us: int | None = None,
    ) -> pa.Table:
        where = question.where
        if since_us is not None:
            where += f" AND captured_us >= {since_us}"
        named = plates is not None and len(plates) <= _LISTED_MAX
        if plates is not None and named:
            where += f" AND plate IN ({', '.join(map(str, plates.tolist()))})"
        query = self._tables["reads"].search().where(where)
        if columns:
            query = query.select(sorted({*columns, "plate"}))
        rows: pa.Table = query.to_arrow()
        if plates is not None and not named:
            rows = rows.filter(pa.array(np.isin(rows["plate"].to_numpy(), plates)))
        return rows


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _stored(row: dict[str, Any], *, question: Question) -> StoredRead:
    read = read_of(row)
    return StoredRead(
        read=read,
        certainty=question.certainty(read),
        key=page_key(row["captured_us"], row["read_id"]),
    )
