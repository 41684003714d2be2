"""Files come into force whole or not at all, in the order the acceptance table delivers them."""

import csv
import hashlib
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import ListError
from store.governance.rulebook.loading import carried
from store.ledger import audit, lists
from store.ledger.ledger import Ledger
from store.lists import delivery, voi
from store.lists.extract import read_extract
from store.lists.gathering import gather
from store.lists.rows import RowRules
from store.terms import VehicleOfInterest

DATA = Path(__file__).parents[2] / "data" / "lists"
NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
FIGURES = carried().figures.lists
RULES = RowRules(list_name="PNC", now=NOW, figures=FIGURES, national=True)
EXTRACT = (DATA / "pnc_extract_1.csv").read_bytes()


@pytest.fixture
def ledger(tmp_path: Path):
    opened = Ledger.open(tmp_path / "ledger.db")
    yield opened
    opened.close()


def active(ledger: Ledger) -> dict[str, VehicleOfInterest]:
    with ledger.reading() as db:
        return {entry.entry_id: entry for entry in lists.active(db, now=NOW)}


def sealed(rows: bytes, *, sequence: int = 1, announced: int | None = None) -> bytes:
    count = rows.count(b"\n") if announced is None else announced
    digest = hashlib.sha256(rows).hexdigest()
    header = f"H,PNCX,{sequence},2026-11-17T00:00:00Z,FULL,{count}\n"
    return header.encode() + rows + f"T,{count},{digest}\n".encode()


def code_of(data: bytes) -> str:
    with pytest.raises(ListError) as refusal:
        read_extract(data, rules=RULES)
    return refusal.value.code


def test_deliveries_end_as_the_acceptance_table_says(ledger: Ledger) -> None:
    with (DATA / "pnc_files_expected.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    assert len(table) == 5
    for want in table:
        done = delivery.load(ledger, DATA / want["file"], now=NOW).delivery
        assert done.outcome == want["outcome"], want
        assert done.version == int(want["list_version_after"]), want
        assert done.entries == int(want["entries_after"]) == len(active(ledger)), want
    with ledger.reading() as db:
        told = lists.deliveries(db, count=10)
    assert [one.outcome for one in reversed(told)] == [want["outcome"] for want in table]
    assert "Latin-1" in told[3].note


def test_changes_between_extracts_are_those_of_the_acceptance_table(ledger: Ledger) -> None:
    with (DATA / "pnc_expected.csv").open(newline="") as file:
        want = {
            (row["extract"], row["change"], row["pnc_id"], row["vrm"])
            for row in csv.DictReader(file)
        }
    found = set()
    delivery.load(ledger, DATA / "pnc_extract_1.csv", now=NOW)
    for number in ("2", "3"):
        before = active(ledger)
        delivery.load(ledger, DATA / f"pnc_extract_{number}.csv", now=NOW)
        after = active(ledger)
        for change, ids, side in (
            ("removed", before.keys() - after.keys(), before),
            ("added", after.keys() - before.keys(), after),
            ("changed", {k for k in before.keys() & after.keys() if before[k] != after[k]}, after),
        ):
            found |= {(number, change, key, side[key].vrm) for key in ids}
    assert found == want


def test_latin_1_text_is_read_letter_for_letter(ledger: Ledger) -> None:
    delivery.load(ledger, DATA / "pnc_extract_2.csv", now=NOW)
    texts = {entry.instructions for entry in active(ledger).values()}
    assert {"Café car park", "Niño seat in rear", "£5,000 cash seen"} <= texts


def test_a_cut_extract_leaves_the_version_before_and_is_on_record(ledger: Ledger) -> None:
    delivery.load(ledger, DATA / "pnc_extract_1.csv", now=NOW)
    before = active(ledger)
    done = delivery.load(ledger, DATA / "pnc_extract_3_truncated.csv", now=NOW)
    assert done.refused
    assert done.entries == ()
    assert active(ledger) == before
    with ledger.reading() as db:
        body = audit.body_of(audit.tail(db, count=1)[0])
    assert body is not None
    assert (body["kind"], body["about"]["outcome"]) == ("list refused", "refuse:truncated")


@given(st.integers(min_value=0, max_value=len(EXTRACT) - 2))
def test_an_extract_cut_anywhere_is_refused(end: int) -> None:
    assert code_of(EXTRACT[:end]) in {"header", "truncated"}


@given(st.integers(min_value=0, max_value=len(EXTRACT) - 1), st.integers(1, 255))
def test_an_extract_changed_in_any_byte_that_counts_is_refused(place: int, change: int) -> None:
    changed = bytearray(EXTRACT)
    changed[place] ^= change
    try:
        extract = read_extract(bytes(changed), rules=RULES)
    except ListError:
        return
    # What the digest does not cover: sequence and time in the header, a digit's case in the
    # trailer, and line ends, which a transfer may change.
    rows = [line.rstrip(b"\r") for line in EXTRACT.split(b"\n")][1:-2]
    kept = [line.rstrip(b"\r") for line in bytes(changed).split(b"\n") if line[:2] == b"D,"]
    assert kept == rows
    assert len(extract.gathered.entries) == 300


@given(st.binary(max_size=200))
def test_any_bytes_after_the_first_letters_are_an_extract_or_refused(data: bytes) -> None:
    try:
        read_extract(b"H,PNCX," + data, rules=RULES)
    except ListError:
        return
    pytest.fail("random bytes passed for an extract")


def test_an_extract_that_announces_another_number_is_refused() -> None:
    rows = b"\n".join(EXTRACT.split(b"\n")[1:4]) + b"\n"
    assert len(read_extract(sealed(rows), rules=RULES).gathered.entries) == 3
    assert code_of(sealed(rows, announced=4)) == "count"
    assert code_of(sealed(rows).replace(b"T,3,", b"T,3,0", 1)) == "truncated"
    assert code_of(sealed(rows + b"X,1\n", announced=3)) == "framing"


def test_a_bad_row_in_a_whole_extract_costs_that_row_only(ledger: Ledger, tmp_path: Path) -> None:
    lines = EXTRACT.split(b"\n")
    rows = lines[1] + b"\n" + lines[2].replace(b",STOP,", b",ARREST,") + b"\n"
    path = tmp_path / "extract.csv"
    path.write_bytes(sealed(rows))
    done = delivery.load(ledger, path, now=NOW)
    assert (done.delivery.outcome, done.delivery.entries) == ("load", 1)
    with ledger.reading() as db:
        (told,) = lists.rows_of(db, done.delivery.delivery_no)
    assert (told.row, told.error, told.outcome) == (2, "action", "reject_row")


def test_a_plain_list_comes_into_force_beside_the_extract(ledger: Ledger) -> None:
    delivery.load(ledger, DATA / "pnc_extract_1.csv", now=NOW)
    done = delivery.load(ledger, DATA / "voi_sample.csv", now=NOW)
    assert done.delivery.arrival.list_name == "local"
    assert (
        done.delivery.arrival.sha256
        == hashlib.sha256((DATA / "voi_sample.csv").read_bytes()).hexdigest()
    )
    with ledger.reading() as db:
        assert len(lists.active(db, now=NOW)) == 500
        newest = lists.in_force(db, "local")
    assert newest is not None
    assert (newest.version, newest.sequence, newest.loaded_at) == (1, None, NOW)


def test_a_plain_list_does_not_take_an_extracts_place(ledger: Ledger) -> None:
    delivery.load(ledger, DATA / "pnc_extract_1.csv", now=NOW)
    done = delivery.load(ledger, DATA / "voi_sample.csv", list_name="PNC", now=NOW)
    assert done.delivery.outcome == "refuse:other_kind"
    assert len(active(ledger)) == 300


@pytest.mark.parametrize("data", [b"", b"\n\n", b"hello\n", EXTRACT[20:]])
def test_a_file_without_one_good_row_leaves_the_version_before(
    ledger: Ledger, tmp_path: Path, data: bytes
) -> None:
    delivery.load(ledger, DATA / "voi_sample.csv", now=NOW)
    path = tmp_path / "wrong.csv"
    path.write_bytes(data)
    done = delivery.load(ledger, path, now=NOW)
    assert done.delivery.outcome == "refuse:no_rows"
    assert (done.delivery.version, done.delivery.entries) == (1, 200)


def test_a_file_that_is_not_there_is_refused_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(ListError, match="cannot be read") as refusal:
        delivery.check(tmp_path / "none.csv", figures=FIGURES, now=NOW)
    assert refusal.value.code == "unreadable"


def test_weeded_entries_are_no_longer_active(ledger: Ledger) -> None:
    delivery.load(ledger, DATA / "voi_sample.csv", now=NOW)
    entries = gather(
        voi.records(io.BytesIO((DATA / "voi_sample.csv").read_bytes())),
        rules=RowRules(list_name="local", now=NOW, figures=FIGURES),
    ).entries
    last = min(entry.weeds_at for entry in entries)
    with ledger.reading() as db:
        kept = {entry.entry_id for entry in lists.active(db, now=last)}
    assert kept == {entry.entry_id for entry in entries if entry.weeds_at > last}
    assert len(kept) < len(entries)


def test_a_reload_tells_followers_that_something_came(ledger: Ledger) -> None:
    with ledger.reading() as db:
        assert lists.generation(db) == 0
    delivery.load(ledger, DATA / "voi_sample.csv", now=NOW)
    with ledger.reading() as db:
        assert lists.generation(db) == 1
