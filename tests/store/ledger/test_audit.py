"""The audit chain in the ledger: appended with each change, read back, and walked to its tip."""

import sqlite3
from pathlib import Path

import pytest

from store.governance.rulebook.loading import carried
from store.ledger import audit
from store.ledger.ledger import Ledger
from tests.store.examples import NOW


def append(ledger: Ledger, *notes: str) -> None:
    with ledger.transaction() as tx:
        for note in notes:
            audit.append(tx, "noted", by="NS4021", now=NOW, about={"note": note})


def test_a_record_says_who_what_when_and_under_which_policy(ledger: Ledger) -> None:
    append(ledger, "café")
    with ledger.reading() as db:
        (record,) = audit.read(db, first=1, count=10)
    assert audit.body_of(record) == {
        "about": {"note": "café"},
        "at": "2026-11-17T12:00:00+00:00",
        "by": "NS4021",
        "kind": "noted",
        "policy": carried().figures.version,
    }
    assert len(record.salt) == 16


def test_records_are_read_forwards_and_backwards(ledger: Ledger) -> None:
    append(ledger, *"abcde")
    with ledger.reading() as db:
        assert [record.seq for record in audit.read(db, first=2, count=2)] == [2, 3]
        assert [record.seq for record in audit.tail(db, count=2)] == [5, 4]
        assert audit.last_seq(db) == 5


def test_two_records_of_the_same_words_have_different_digests(ledger: Ledger) -> None:
    append(ledger, "same", "same")
    with ledger.reading() as db:
        one, other = audit.read(db, first=1, count=2)
    assert one.body == other.body
    assert one.digest != other.digest


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE audit SET body = replace(body, 'note', 'nope') WHERE seq = 3", 3),
        ("UPDATE audit SET salt = zeroblob(16) WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 5", 5),
        ("DELETE FROM audit", 1),
        ("UPDATE audit_tip SET seq = 4", 5),
        ("UPDATE audit_tip SET hash = zeroblob(32)", 6),
    ],
)
def test_the_walk_names_the_first_bad_record(
    ledger: Ledger, statement: str, broken_at: int
) -> None:
    append(ledger, *"abcde")
    with ledger.reading() as db:
        assert audit.verify(db).broken_at is None
    other = sqlite3.connect(ledger.path)
    with other:
        other.execute(statement)
    other.close()
    with ledger.reading() as db:
        walk = audit.verify(db)
    assert walk.broken_at == broken_at
    assert walk.why


def test_a_weeded_body_still_verifies(ledger: Ledger) -> None:
    append(ledger, *"abc")
    with ledger.transaction() as tx:
        tx.execute("UPDATE audit SET body = NULL WHERE seq = 2")
    with ledger.reading() as db:
        assert audit.verify(db).records == 3
        assert audit.body_of(audit.read(db, first=2, count=1)[0]) is None


def test_a_ledger_of_weeded_records_opens(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db")
    append(ledger, "a")
    with ledger.transaction() as tx:
        tx.execute("UPDATE audit SET body = NULL")
    ledger.close()
    Ledger.open(tmp_path / "ledger.db").close()
