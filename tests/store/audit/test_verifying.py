"""The independent look: weeded records pass, damage is named, signatures are checked."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from store.audit import checkpoints
from store.audit.verifying import verify
from store.errors import CorruptError, UnavailableError
from tests.store.audit.conftest import RECORDS, Grown, write
from tests.store.examples import NOW

LEDGER = Path("ledger") / "ledger.db"


@pytest.fixture
def copy(grown: Grown, tmp_path: Path) -> Path:
    return Path(shutil.copytree(grown.state, tmp_path / "copy"))


def execute(state: Path, statement: str) -> None:
    with closing(sqlite3.connect(state / LEDGER)) as db, db:
        db.execute(statement)


def test_the_auditor_loads_nothing_of_the_writer() -> None:
    code = "import sys, store.audit.verifying, store.audit.exporting; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "store.audit.walking" in loaded
    assert [name for name in loaded if name.startswith(("store.ledger", "store.governance"))] == []


def test_weeded_bodies_are_counted_and_the_chain_holds(copy: Path, grown: Grown) -> None:
    execute(copy, "UPDATE audit SET body = NULL WHERE seq < 11")
    verdict = verify(copy, witness=grown.witness)
    assert verdict.holds
    assert verdict.walked.weeded == 10


def test_the_span_is_read_from_the_records_that_still_have_a_body(copy: Path) -> None:
    execute(copy, "UPDATE audit SET body = NULL WHERE seq = 1")
    walked = verify(copy).walked
    assert (walked.began_at, walked.ended_at) == (NOW.isoformat(), NOW.isoformat())
    execute(copy, "UPDATE audit SET body = NULL")
    assert verify(copy).walked.began_at is None


def test_an_empty_ledger_holds(tmp_path: Path) -> None:
    write(tmp_path)
    verdict = verify(tmp_path)
    assert verdict.holds
    assert (verdict.walked.last, verdict.key) == (0, None)


@pytest.mark.parametrize(
    ("statement", "at"),
    [
        ("UPDATE audit_tip SET seq = 59", 59),
        ("UPDATE audit_tip SET hash = zeroblob(32)", 60),
        ("UPDATE audit_tip SET seq = 70", 61),
        ("DELETE FROM audit_tip", 61),
        ("DELETE FROM audit", 1),
        ("UPDATE audit SET seq = 0 WHERE seq = 1", 1),
        ("UPDATE audit SET digest = x'00' WHERE seq = 4", 4),
    ],
)
def test_a_ledger_that_contradicts_itself_is_found(copy: Path, statement: str, at: int) -> None:
    checkpoints.checkpoints_of(copy).unlink()  # so that nothing but the ledger speaks
    execute(copy, statement)
    (found,) = verify(copy).findings
    assert found.first == found.last == at


def test_a_reader_that_cannot_write_beside_the_file_reads_it_all_the_same(copy: Path) -> None:
    for name in ("-wal", "-shm"):
        (copy / "ledger" / f"ledger.db{name}").unlink(missing_ok=True)
    before = sorted(path.name for path in (copy / "ledger").iterdir())
    (copy / "ledger").chmod(0o500)
    try:
        assert verify(copy).walked.last == RECORDS
    finally:
        (copy / "ledger").chmod(0o700)
    assert set(before) <= {path.name for path in (copy / "ledger").iterdir()}


def test_a_running_writer_is_read_beside(tmp_path: Path) -> None:
    write(tmp_path, "one")
    with closing(sqlite3.connect(tmp_path / LEDGER, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM audit")
        assert verify(tmp_path).walked.last == 1
        writer.execute("ROLLBACK")


def test_no_ledger_and_no_witness_are_said_in_so_many_words(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="no ledger"):
        verify(tmp_path / "nowhere")
    with pytest.raises(UnavailableError, match="no witness"):
        verify(copy, witness=tmp_path / "nowhere")


def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    (tmp_path / LEDGER).write_bytes(b"not a database" * 100)
    with pytest.raises(CorruptError, match="auditor"):
        verify(tmp_path)


def test_a_view_in_place_of_the_table_is_refused(copy: Path) -> None:
    execute(copy, "ALTER TABLE audit RENAME TO hidden")
    execute(copy, "CREATE VIEW audit AS SELECT * FROM hidden")
    with pytest.raises(CorruptError, match="no table"):
        verify(copy)


@pytest.mark.parametrize("at", range(0, 24, 3))
def test_a_schema_that_is_no_text_any_more_is_our_error(copy: Path, at: int) -> None:
    path = copy / LEDGER
    whole = bytearray(path.read_bytes())
    start = whole.index(b"CREATE TABLE audit")
    whole[start + at : start + at + 3] = b"\xff\xfe\xff"
    path.write_bytes(whole)
    with pytest.raises(CorruptError, match="auditor"):
        verify(copy)


@pytest.mark.parametrize("at", range(16, 100))
def test_any_damaged_byte_of_the_header_is_our_error_or_harmless(copy: Path, at: int) -> None:
    path = copy / LEDGER
    whole = bytearray(path.read_bytes())
    for change in (0x01, 0x80, 0xFF):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ change]) + whole[at + 1 :])
        try:
            verdict = verify(copy)
        except CorruptError:
            continue
        assert not verdict.holds or verdict.walked.last == RECORDS


@given(st.data())
def test_any_damage_to_the_file_is_our_error_or_a_finding_or_harmless(
    grown: Grown, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = (grown.state / LEDGER).read_bytes()
    changed = bytearray(whole)
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=50)):
        changed[at] ^= data.draw(st.integers(1, 255))
    state = tmp_path_factory.mktemp("damaged")
    (state / "ledger").mkdir()
    (state / LEDGER).write_bytes(changed)
    try:
        verdict = verify(state, witness=grown.witness)
    except CorruptError:
        return
    # Harmless are the bytes of other tables and of free room: then every record is the one signed.
    assert not verdict.holds or verdict.walked.last == RECORDS


def test_a_checkpoint_that_somebody_changed_proves_nothing(copy: Path, grown: Grown) -> None:
    path = checkpoints.checkpoints_of(copy)
    path.write_text(path.read_text().replace('"size":20', '"size":21'))
    (found,) = verify(copy, witness=grown.witness).findings
    assert str(found) == ("checkpoints of the state folder, line 2: its signature is not the key's")


def test_checkpoints_of_another_key_are_refused_where_the_key_is_named(copy: Path) -> None:
    other = checkpoints.public_key(Ed25519PrivateKey.generate())
    verdict = verify(copy, key=other)
    assert (verdict.checkpoints, len(verdict.findings)) == (0, 6)


def test_a_line_torn_by_a_power_cut_does_not_count_against_the_chain(
    copy: Path, grown: Grown
) -> None:
    path = checkpoints.checkpoints_of(copy)
    last = checkpoints.last_of(path)
    assert last is not None
    with path.open("a") as file:
        file.write(last.line()[:100])
    checkpoints.append(path, last)
    verdict = verify(copy, witness=grown.witness)
    assert verdict.holds
    assert verdict.checkpoints == 7


@given(st.text(max_size=60) | st.sampled_from(["{}", "[1]", '{"size":"1"}', "[" * 5000]))
def test_a_line_that_is_no_checkpoint_is_none(line: str) -> None:
    assert checkpoints.parsed(line) is None


@given(st.integers(1, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_survives_its_line_and_no_other_size_is_signed(size: int, tip: bytes) -> None:
    key = Ed25519PrivateKey.generate()
    made = checkpoints.signed(size, tip=tip, now=NOW, key=key)
    read = checkpoints.parsed(made.line())
    assert read == made
    assert checkpoints.valid(made, key=checkpoints.public_key(key))
    other = checkpoints.parsed(made.line().replace(f'"size":{size}', f'"size":{size ^ 1 or 2}'))
    assert other is not None
    assert not checkpoints.valid(other, key=checkpoints.public_key(key))
