"""Ledgers by the hundred that somebody tampered with: the witness shows every one, and where."""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from store.audit.checkpoints import checkpoints_of
from store.audit.signing import Signer
from store.audit.verifying import verify
from tests.store.audit.conftest import RECORDS, SIGNED_EVERY, Grown
from tests.store.examples import NOW

MUTANTS = int(os.environ.get("ANPR_CHAIN_MUTANTS", "500")) // 10  # of each of the ten kinds
"""The long run is ANPR_CHAIN_MUTANTS=10000."""
Row = list[Any]  # seq, salt, body, digest, hash
COLUMNS = {"salt": 1, "body": 2, "digest": 3, "hash": 4}


def place(number: int, *, most: int = RECORDS) -> int:
    """Spread the mutants over the records, every one of the sixty in turn."""
    return 1 + number * 7 % most


def rows_of(state: Path) -> list[Row]:
    with closing(sqlite3.connect(state / "ledger" / "ledger.db")) as db:
        return [list(row) for row in db.execute("SELECT * FROM audit ORDER BY seq")]


def put(state: Path, rows: list[Row], *, tip: bool = True) -> None:
    with closing(sqlite3.connect(state / "ledger" / "ledger.db")) as db, db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("DELETE FROM audit")
        db.executemany("INSERT INTO audit VALUES (?, ?, ?, ?, ?)", rows)
        if tip:
            db.execute("UPDATE audit_tip SET seq = ?, hash = ?", (rows[-1][0], rows[-1][4]))


def flip(value: bytes, number: int) -> bytes:
    changed = bytearray(value)
    changed[number % len(changed)] ^= 1 << number % 8
    return bytes(changed)


def hashed_anew(rows: list[Row]) -> list[Row]:
    """Do what somebody does who knows the form of the chain and has the file, but not the key."""
    before, made = bytes(32), []
    for seq, (_, salt, body, _, _) in enumerate(rows, start=1):
        digest = hashlib.sha256(salt + body.encode()).digest()
        before = hashlib.sha256(b"\x00" + before + seq.to_bytes(8, "big") + digest).digest()
        made.append([seq, salt, body, digest, before])
    return made


def flipped_bit(state: Path, number: int, _: Grown) -> tuple[int, int]:
    at, rows = place(number), rows_of(state)
    column = list(COLUMNS.values())[number % 4]
    value = rows[at - 1][column]
    if column == COLUMNS["body"]:
        middle = number % len(value)
        value = value[:middle] + chr(ord(value[middle]) ^ 1) + value[middle + 1 :]
    else:
        value = flip(value, number)
    rows[at - 1][column] = value
    put(state, rows, tip=False)
    return at, at


def flipped_byte_of_the_file(state: Path, number: int, _: Grown) -> tuple[int, int]:
    at = place(number)
    path = state / "ledger" / "ledger.db"
    data = bytearray(path.read_bytes())
    _, salt, body, digest, hashed = rows_of(state)[at - 1]
    # The hash of the newest record also stands in the tip; what follows the body is the record's.
    start = data.index(salt + body.encode() + digest + hashed)
    data[start + number * 13 % (len(salt + digest + hashed) + len(body))] ^= 0x20
    path.write_bytes(data)
    return at, at


def deleted(state: Path, number: int, _: Grown) -> tuple[int, int]:
    at, rows = place(number), rows_of(state)
    del rows[at - 1]
    put(state, rows, tip=False)
    return at, at


def deleted_and_closed_up(state: Path, number: int, _: Grown) -> tuple[int, int]:
    at, rows = place(number), rows_of(state)
    del rows[at - 1]
    put(state, [[seq, *row[1:]] for seq, row in enumerate(rows, start=1)])
    return at, at


def swapped(state: Path, number: int, _: Grown) -> tuple[int, int]:
    at, rows = place(number, most=RECORDS - 1), rows_of(state)
    other = at + 1 + number % (RECORDS - at)
    rows[at - 1][1:], rows[other - 1][1:] = rows[other - 1][1:], rows[at - 1][1:]
    put(state, rows, tip=False)
    return at, at


def inserted(state: Path, number: int, _: Grown) -> tuple[int, int]:
    at, rows = place(number), rows_of(state)
    extra = hashed_anew([*rows[: at - 1], [at, b"s" * 16, '{"kind":"never"}', b"", b""]])[-1]
    rows.insert(at - 1, extra)
    put(state, [[seq, *row[1:]] for seq, row in enumerate(rows, start=1)])
    # The one put in follows from the one before it; the next one no longer does.
    return at, at + 1


def cut_short(state: Path, number: int, _: Grown) -> tuple[int, int]:
    at = place(number, most=RECORDS - 1)
    put(state, rows_of(state)[:at])
    return at + 1, at + 1


def old_copy(state: Path, number: int, grown: Grown) -> tuple[int, int]:
    at = place(number, most=RECORDS - 1)
    shutil.rmtree(state)
    shutil.copytree(grown.copy(at), state)
    return at + 1, at + 1


def forked(state: Path, number: int, _: Grown) -> tuple[int, int]:
    at, rows = place(number, most=RECORDS - 1), rows_of(state)
    other = [[0, b"f" * 16, f'{{"fork":{n}}}', b"", b""] for n in range(RECORDS)]
    put(state, hashed_anew([*rows[:at], *other]))
    return at + 1, at + 1


def hashed_anew_without_the_key(state: Path, number: int, _: Grown) -> tuple[int, int]:
    at, rows = place(number), rows_of(state)
    rows[at - 1][2] = rows[at - 1][2].replace("NS4021", "NS4022")
    put(state, hashed_anew(rows))
    checkpoints_of(state).unlink()
    Signer(state, key=Ed25519PrivateKey.generate()).sign(now=NOW)
    return at, at


EXACT: list[Callable[[Path, int, Grown], tuple[int, int]]] = [
    flipped_bit,
    flipped_byte_of_the_file,
    deleted,
    deleted_and_closed_up,
    swapped,
    cut_short,
    old_copy,
]
WITHIN_ONE_CHECKPOINT = [inserted, forked, hashed_anew_without_the_key]


def test_the_ledger_that_nobody_touched_holds(grown: Grown) -> None:
    verdict = verify(grown.state, witness=grown.witness)
    assert verdict.holds, verdict.findings
    assert (verdict.walked.last, verdict.signed) == (RECORDS, RECORDS)
    assert verdict.checkpoints == verdict.witnessed == RECORDS // SIGNED_EVERY


@pytest.mark.parametrize("mutate", EXACT)
def test_the_record_that_was_tampered_with_is_named(
    mutate: Callable[[Path, int, Grown], tuple[int, int]], grown: Grown, tmp_path: Path
) -> None:
    for number in range(MUTANTS):
        state = tmp_path / str(number)
        shutil.copytree(grown.state, state)
        at, _ = mutate(state, number, grown)
        found = verify(state, witness=grown.witness).findings
        assert (found[0].first, found[0].last) == (at, at), (number, found)
        shutil.rmtree(state)


@pytest.mark.parametrize("mutate", WITHIN_ONE_CHECKPOINT)
def test_a_chain_that_was_made_to_fit_is_placed_between_two_checkpoints(
    mutate: Callable[[Path, int, Grown], tuple[int, int]], grown: Grown, tmp_path: Path
) -> None:
    for number in range(MUTANTS):
        state = tmp_path / str(number)
        shutil.copytree(grown.state, state)
        at, latest = mutate(state, number, grown)
        first, *_ = verify(state, witness=grown.witness).findings
        assert first.first <= latest, (number, first)
        assert first.last >= at, (number, first)
        assert first.last - first.first < SIGNED_EVERY, (number, first)
        shutil.rmtree(state)


def test_without_the_witness_an_old_copy_of_everything_passes(grown: Grown) -> None:
    # What a witness is for; docs and `anpr audit verify` say so.
    assert verify(grown.copy(33)).holds
    assert not verify(grown.copy(33), witness=grown.witness).holds


def test_what_came_after_the_last_checkpoint_can_be_cut_off_unseen(
    grown: Grown, tmp_path: Path
) -> None:
    witness = tmp_path / "witness"
    witness.write_text("".join(grown.witness.read_text().splitlines(keepends=True)[:5]))
    verdict = verify(grown.copy(55), witness=witness)
    assert (verdict.holds, verdict.signed) == (True, 50)
    shutil.copytree(grown.copy(55), tmp_path / "cut")
    put(tmp_path / "cut", rows_of(tmp_path / "cut")[:51])
    assert verify(tmp_path / "cut", witness=witness).holds
