"""A question to a day that is still written to: key files say which marks, tables the rest."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from store.archive.days.folders import open_tables, refuse_foreign
from store.archive.days.keys import PLATES, READ_IDS, KeyShelf
from store.archive.days.lines import day_start_us, is_sealed, packed_lines
from store.archive.days.rows import id_keys, ids_of
from store.archive.finding.drawn import NOTHING, Drawn
from store.archive.finding.question import Question
from store.archive.plates import Keys, present

__all__ = ["OpenDay"]

_FEW = 10
"""The rows of so many plates are fetched whole at once; one query takes half the time of two."""

_LISTED_MAX = 500
"""So many plates are named in the query; more are sifted out of the rows of the window."""

_SHOWN = [
    *("read_id", "captured_us", "plate", "glyphs", "camera_id"),
    *("controller", "confidence", "repaired", "direction"),
]


@dataclass(frozen=True, slots=True)
class Brought:
    """The newest reads that answer a question.

    Attributes:
        reads: They.
        near: True: they are here already.
    """

    reads: Drawn
    near: ClassVar[bool] = True

    @property
    def sure(self) -> int:
        """How many they are."""
        return len(self.reads.lines)

    @property
    def found(self) -> bool:
        """Whether there are any."""
        return self.sure > 0

    def draw(self) -> Drawn:
        """Give them."""
        return self.reads


class OpenDay:
    """A day as a reader holds it: key files at once, tables when they are needed."""

    def __init__(self, folder: Path, *, session: Any) -> None:
        """Look at a day.

        Raises:
            CorruptError: The day has another format.
        """
        refuse_foreign(folder)
        self._folder = folder
        self._inode = folder.stat().st_ino
        self._session = session
        self._start_us = day_start_us(folder)
        self._plates = KeyShelf(folder, PLATES)
        self._ids = KeyShelf(folder, READ_IDS)

    def current(self) -> bool:
        """Say whether the day is still open, and the one that was looked at.

        Raises:
            FileNotFoundError: It is gone.
        """
        return not is_sealed(self._folder) and self._folder.stat().st_ino == self._inode

    def find(self, question: Question, *, most: int) -> Brought:
        """Bring the newest reads that answer a question, at most so many."""
        plates = self._candidates(question)
        if plates is not None and not len(plates):
            return Brought(NOTHING)
        oldest_us = None
        if plates is None or len(plates) > _FEW:
            # the times alone first: most of what matches is not on this page
            matching = self._matching(question, plates, columns=["captured_us"])
            times = matching["captured_us"].to_numpy()
            if not len(times):
                return Brought(NOTHING)
            first = max(0, len(times) - most)
            oldest_us = int(np.partition(times, first)[first])
        rows = self._matching(question, plates, columns=_SHOWN, since_us=oldest_us)
        rows = rows.sort_by([("captured_us", "descending"), ("read_id", "descending")])
        return Brought(self._drawn(rows.slice(0, most)))

    def plates(self, question: Question) -> Keys:
        """Give the packed plate of every read that answers a question."""
        plates = self._candidates(question)
        if plates is not None and not len(plates):
            return plates
        return self._matching(question, plates, columns=["plate"])["plate"].to_numpy()

    def by_id(self, read_id: str, *, table: str) -> list[dict[str, Any]]:
        """Give the rows of a table that carry a read id."""
        (key,) = id_keys([read_id]).tolist()
        if not any(present(keys, key=key) for keys in self._ids.held()):
            return []
        found = self._tables[table].search().where(f"read_id = X'{read_id}'").to_arrow()
        rows: list[dict[str, Any]] = found.to_pylist()
        return rows

    @cached_property
    def _tables(self) -> dict[str, Any]:
        return open_tables(self._folder, session=self._session)

    def _drawn(self, rows: pa.Table) -> Drawn:
        controllers: list[Any] = rows["controller"].to_pylist()
        cameras: list[Any] = rows["camera_id"].to_pylist()
        return Drawn(
            self._start_us,
            packed_lines(rows, start_us=self._start_us),
            rows["plate"].to_numpy(),
            ids_of(rows["read_id"]),
            list(zip(cameras, controllers, strict=True)),
        )

    def _candidates(self, question: Question) -> Keys | None:
        """Give the day's plates that fit; None where any plate does."""
        found = []
        for keys in self._plates.held():
            places = question.marks.among(keys)
            if places is None:
                return None
            found.append(keys[places])
        return np.unique(np.concatenate(found))

    def _matching(
        self,
        question: Question,
        plates: Keys | None,
        *,
        columns: list[str],
        since_us: int | None = None,
    ) -> pa.Table:
        where = _where(question)
        if since_us is not None:
            where += f" AND captured_us >= {since_us}"
        named = plates is not None and len(plates) <= _LISTED_MAX
        if plates is not None and named:
            where += f" AND plate IN ({', '.join(map(str, plates.tolist()))})"
        query = self._tables["reads"].search().where(where).select(sorted({*columns, "plate"}))
        rows: pa.Table = query.to_arrow()
        if plates is not None and not named:
            rows = rows.filter(pa.array(np.isin(rows["plate"].to_numpy(), plates)))
        return rows


def _where(question: Question) -> str:
    """Write time, page, cameras and filters as a filter of the reads table."""
    filters = question.filters
    where = [f"captured_us >= {question.since_us}", f"captured_us < {question.until_us}"]
    if question.before is not None:
        before_us, before_id = question.before
        where.append(f"captured_us <= {before_us}")
        where.append(f"(captured_us < {before_us} OR read_id < X'{before_id.hex()}')")
    for column, texts in (
        ("camera_id", question.cameras or ()),
        ("controller", filters.controllers),
        ("direction", filters.directions),
        ("colour", filters.colours),
        ("body", filters.bodies),
    ):
        if texts:
            where.append(f"{column} IN ({_listed(texts)})")
    if filters.confidence_least:
        where.append(f"confidence >= {question.confidence_steps}")
    return " AND ".join(where)


def _listed(texts: Iterable[str]) -> str:
    return ", ".join("'" + text.replace("'", "''") + "'" for text in sorted(texts))
