"""The ledger opens only what is its own, writes whole or not at all, and lets readers be."""

import fcntl
import os
import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from store.errors import AuditUnavailableError, CorruptError, UnavailableError
from store.ledger import audit, cameras, lists, schema
from store.ledger import ledger as ledger_module
from store.ledger.ledger import Ledger
from store.ledger.lists import Arrival
from tests.store.examples import NOW, a_camera, an_entry


def write(ledger: Ledger, note: str = "") -> int:
    with ledger.transaction() as tx:
        return audit.append(tx, "noted", by="NS4021", now=NOW, about={"note": note})


def records(ledger: Ledger) -> int:
    with ledger.reading() as db:
        walk = audit.verify(db)
    assert walk.broken_at is None, walk
    return walk.records


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed ledger of three records."""
    place = tmp_path / "closed" / "ledger.db"
    ledger = Ledger.open(place)
    for n in range(3):
        write(ledger, str(n))
    ledger.close()
    return place


def tamper(path: Path, *statements: str) -> None:
    db = sqlite3.connect(path)
    with db:
        for statement in statements:
            db.execute(statement)
    db.close()


def test_what_was_written_is_there_after_reopening(path: Path) -> None:
    ledger = Ledger.open(path)
    assert records(ledger) == 3
    assert write(ledger) == 4
    ledger.close()


def test_only_its_owner_may_read_the_file(path: Path) -> None:
    ledger = Ledger.open(path)
    write(ledger)
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    ledger.close()


def test_the_settings_that_durability_rests_on_are_in_force(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        (journal,) = tx.execute("PRAGMA journal_mode").fetchone()
        (synchronous,) = tx.execute("PRAGMA synchronous").fetchone()
        (secure_delete,) = tx.execute("PRAGMA secure_delete").fetchone()
        (foreign_keys,) = tx.execute("PRAGMA foreign_keys").fetchone()
    assert (journal, synchronous, secure_delete, foreign_keys) == ("wal", 2, 1, 1)


def test_a_failed_transaction_leaves_nothing_behind(ledger: Ledger) -> None:
    write(ledger)
    with pytest.raises(KeyError), ledger.transaction() as tx:
        cameras.register(tx, [a_camera()], now=NOW)
        raise KeyError
    assert records(ledger) == 1
    with ledger.reading() as db:
        assert cameras.every(db) == ()


def test_a_reader_sees_one_state_while_a_writer_goes_on(ledger: Ledger) -> None:
    write(ledger)
    with ledger.reading() as db:
        before = audit.last_seq(db)
        write(ledger)
        assert audit.last_seq(db) == before == 1
    with ledger.reading() as db:
        assert audit.last_seq(db) == 2


def test_a_reader_cannot_write(ledger: Ledger) -> None:
    with pytest.raises(UnavailableError), ledger.reading() as db:
        db.execute("DELETE FROM audit")


def test_threads_write_one_after_the_other(ledger: Ledger) -> None:
    def work() -> None:
        for _ in range(20):
            write(ledger)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert records(ledger) == 120


def test_a_lock_that_stays_taken_means_no_audit_and_no_change(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_module, "LOCK_WAIT_S", 0.05)
    other = os.open(ledger.path.with_name("ledger.db.lock"), os.O_RDWR)
    fcntl.flock(other, fcntl.LOCK_EX)
    with pytest.raises(AuditUnavailableError, match="not free"):
        write(ledger)
    os.close(other)
    assert write(ledger) == 1


def test_a_full_disk_means_no_audit_and_the_ledger_works_again_after_it(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db")
    write(ledger)
    with ledger.transaction() as tx:
        (pages,) = tx.execute("PRAGMA page_count").fetchone()
        tx.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(AuditUnavailableError, match="full"):
        for _ in range(50):
            write(ledger, "x" * 4000)
    with ledger.transaction() as tx:
        tx.execute("PRAGMA max_page_count = 1000000")
    before = records(ledger)
    write(ledger, "x" * 4000)
    assert records(ledger) == before + 1
    ledger.close()


def test_a_closed_ledger_says_so_and_closing_twice_is_harmless(ledger: Ledger) -> None:
    ledger.close()
    ledger.close()
    with pytest.raises(UnavailableError, match="closed"):
        write(ledger)
    with pytest.raises(UnavailableError, match="closed"), ledger.reading():
        pass


def test_a_reader_may_outlive_the_ledger(ledger: Ledger) -> None:
    write(ledger)
    with ledger.reading() as db:
        ledger.close()
        assert audit.last_seq(db) == 1


def test_a_replaced_list_leaves_no_plate_in_any_file(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db")
    for vrm in ("TX99SNT", "TX26KLM"):
        with ledger.transaction() as tx:
            lists.replace(
                tx,
                Arrival("local", "f.csv", "0" * 64),
                entries=[an_entry(vrm=vrm)],
                rows=(),
                now=NOW,
            )
    ledger.checkpoint()
    for file in tmp_path.iterdir():
        assert b"TX99SNT" not in file.read_bytes(), file.name
    ledger.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 2",
        "DELETE FROM audit",
        "UPDATE audit SET body = replace(body, 'NS4021', 'NS4022') WHERE seq = 3",
        "UPDATE audit SET hash = zeroblob(32) WHERE seq = 3",
        "UPDATE audit SET hash = zeroblob(32) WHERE seq = 2",
        "INSERT INTO audit SELECT 4, salt, body, digest, hash FROM audit WHERE seq = 3",
        "UPDATE audit_tip SET seq = 2",
        "UPDATE audit_tip SET hash = zeroblob(32)",
        "UPDATE audit_tip SET seq = 0, hash = zeroblob(32)",
    ],
)
def test_a_chain_that_does_not_end_as_it_must_keeps_the_ledger_shut(
    path: Path, statement: str
) -> None:
    tamper(path, statement)
    with pytest.raises(AuditUnavailableError, match="audit chain"):
        Ledger.open(path)


def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    tamper(path, "CREATE TABLE recipe (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(CorruptError, match="another program"):
        Ledger.open(path)
    db = sqlite3.connect(path)
    assert db.execute("SELECT name FROM sqlite_schema").fetchall() == [("recipe",)]
    db.close()
    assert len(path.read_bytes()) == len(before)


def test_a_newer_ledger_is_refused_with_what_to_do(path: Path) -> None:
    tamper(path, f"PRAGMA user_version = {schema.VERSION + 1}")
    with pytest.raises(UnavailableError, match="version of the hub that wrote it"):
        Ledger.open(path)


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to look" * 40])
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(content)
    with pytest.raises(CorruptError):
        Ledger.open(path)


def test_a_place_that_cannot_be_made_is_refused_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UnavailableError, match="not opened"):
        Ledger.open(tmp_path / "file" / "ledger.db")


@pytest.mark.parametrize("kind", ["nfs4", "nfs", "cifs", "fuse.sshfs"])
def test_a_network_file_system_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"disk / ext4 rw 0 0\nserver:/x {tmp_path}/far {kind} rw 0 0\n")
    monkeypatch.setattr(ledger_module, "_MOUNTS", mounts)
    with pytest.raises(UnavailableError, match=kind):
        Ledger.open(tmp_path / "far" / "ledger.db")
    Ledger.open(tmp_path / "near" / "ledger.db").close()
