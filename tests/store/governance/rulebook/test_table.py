"""Every row of the table that the owner signs is what the rule book does."""

import csv
from pathlib import Path

import pytest

from store.errors import PolicyError
from store.governance.rulebook.loading import carried
from store.governance.rulebook.table import DISPUTED, Outcome, compare, rows

TABLE = Path(__file__).parents[3] / "data" / "policy" / "decisions.csv"
ROWS = list(rows(TABLE, book=carried()))

# Rows that contradict other rows of the table in reason code or view; DISPUTED has the sources.
CONTRADICTED = {
    ("QAM", "filter_low_medium", "sign"),
    ("OP", "threat_to_life_override", "do"),
    ("RES", "threat_to_life_override", "do"),
    ("AM", "threat_to_life_override", "do"),
}


def test_the_whole_table_is_read() -> None:
    with TABLE.open(newline="", encoding="utf-8") as file:
        assert len(ROWS) == sum(1 for _ in csv.DictReader(file)) == 4044


CAPABILITIES = sorted({row.asked.capability for row in ROWS})


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_every_row_gets_its_decision_reason_and_view(capability: str) -> None:
    for row in ROWS:
        if row.asked.capability == capability:
            compared = compare(row, book=carried())
            assert compared.told.expected == row.told.expected, row.name
            if compared.outcome is not Outcome.DISPUTED:
                assert compared.told == row.told, row.name


def test_only_four_rows_are_disputed_and_each_has_a_source() -> None:
    disputed = [
        compared
        for row in ROWS
        if (compared := compare(row, book=carried())).outcome is Outcome.DISPUTED
    ]
    asked = [compared.row.asked for compared in disputed]
    assert len(disputed) == 4
    assert {(one.role, one.capability, one.action) for one in asked} == CONTRADICTED
    assert all(compared.why for compared in disputed)


def test_no_decision_can_be_disputed() -> None:
    assert all(dispute.table.expected == dispute.ours.expected for dispute in DISPUTED)


def altered(tmp_path: Path, **fields: str) -> Path:
    """The first search of the table with some fields changed."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        table = csv.DictReader(file)
        row = next(row for row in table if row["capability"] == "search_l1")
        path = tmp_path / "altered.csv"
        with path.open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, table.fieldnames or ())
            writer.writeheader()
            writer.writerow({**row, **fields})
    return path


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"context": "moon=full"}, "line 2 has the context key 'moon'"),
        ({"policy_variant": "retain_99m"}, "line 2 names a variant"),
        ({"age_s": "old"}, "line 2 has an age"),
    ],
)
def test_a_row_that_tells_of_something_unknown_is_refused(
    tmp_path: Path, fields: dict[str, str], why: str
) -> None:
    with pytest.raises(PolicyError, match=why):
        list(rows(altered(tmp_path, **fields), book=carried()))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no column"),
        (b"id,role\n1,OP\n", "no column"),
        (b"\xff\xfe\x00", "no CSV"),
        (TABLE.read_bytes().splitlines()[0] + b"\nD1,OP\n", "line 2 has not as many fields"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(PolicyError, match=why):
        list(rows(path, book=carried()))


def test_a_row_that_differs_says_what_the_rule_book_says(tmp_path: Path) -> None:
    (row,) = rows(altered(tmp_path, expected="permit", reason_code="because"), book=carried())
    compared = compare(row, book=carried())
    assert compared.outcome is Outcome.DIFFERS
    assert compared.told != row.told
    assert compared.why == ""
