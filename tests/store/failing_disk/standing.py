"""What stands in a ledger: the records of its chain, and every table beside the chain."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from store.ledger import audit
from store.ledger.ledger import Ledger, Transaction

__all__ = ["Standing", "Watched", "chance_in", "standing"]

OF_THE_CHAIN = {"audit", "audit_tip", "clock"}
OF_FAILURES = {"refused", "failed"}
"""Records of an act that did not come about."""

Table = dict[str, list[str]]
"""Values by column, in the order of the rows."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A ledger at one moment.

    Attributes:
        kinds: Kinds of the records, oldest first, without those of acts that did not come about.
        tables: Every table but those of the chain.
    """

    kinds: tuple[str, ...]
    tables: dict[str, Table]

    def without(self, chance: set[tuple[str, str]]) -> dict[str, Counter[tuple[str, ...]]]:
        """Give the rows of each table as far as chance does not make them."""
        return {
            name: Counter(
                zip(*(table[one] for one in table if (name, one) not in chance), strict=True)
            )
            for name, table in self.tables.items()
        }


def standing(db: sqlite3.Connection) -> Standing:
    """Look at what stands."""
    names = [
        row[0]
        for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        if row[0] not in OF_THE_CHAIN
    ]
    kinds = [(audit.body_of(one) or {}).get("kind") for one in audit.read(db, first=1, count=999)]
    tables = {name: _table(db.execute(f"SELECT * FROM {name}")) for name in names}  # noqa: S608 (names out of the schema)
    return Standing(tuple(kind for kind in kinds if kind not in OF_FAILURES), tables)


def _table(rows: sqlite3.Cursor) -> Table:
    columns = [column[0] for column in rows.description]
    found = list(rows)
    return {column: [repr(row[at]) for row in found] for at, column in enumerate(columns)}


def chance_in(one: Standing, other: Standing) -> set[tuple[str, str]]:
    """Name the columns that differ between two runs of one act: codes, salts, words."""
    return {
        (name, column)
        for name, table in one.tables.items()
        for column, values in table.items()
        if Counter(values) != Counter(other.tables[name][column])
    }


class Watched(Ledger):
    """A ledger that remembers how it stood after each change of it."""

    stood: list[Standing]

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with super().transaction() as tx:
            yield tx
        self.look()

    def look(self) -> None:
        """Remember how it stands now."""
        with self.reading() as db:
            self.stood.append(standing(db))

    @classmethod
    def open(cls, path: Path) -> Any:
        opened = super().open(path)
        opened.stood = []
        opened.look()
        return opened
