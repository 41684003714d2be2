"""Every row of the table that the owner signs is what the rule book does."""

import csv
from pathlib import Path

import pytest

from store.errors import PolicyError
from store.governance.rulebook.decide import decide
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


def test_a_row_that_agrees_stands_beside_what_the_rule_book_says() -> None:
    compared = compare(ROWS[0], book=carried())
    assert (compared.row, compared.outcome, compared.why) == (ROWS[0], Outcome.SAME, "")
    assert compared.told == ROWS[0].told


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
    assert compared.row is row
    assert compared.told.code == decide(row.asked, book=carried()).code != "because"
    assert compared.why == ""


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"context": "moon=full"}, "line 2 has the context key 'moon', which no rule knows"),
        (
            {"policy_variant": "retain_99m"},
            "line 2 names a variant of the policy that is not known",
        ),
        ({"age_s": "old"}, "line 2 has an age that is no number of seconds"),
        ({"age_s": "-"}, "line 2 has an age that is no number of seconds"),
    ],
)
def test_a_refused_row_says_line_fault_and_what_to_do(
    tmp_path: Path, fields: dict[str, str], sentence: str
) -> None:
    with pytest.raises(PolicyError) as no:
        list(rows(altered(tmp_path, **fields), book=carried()))
    assert str(no.value) == f"table not checked: {sentence}; correct it and check again"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"id,role\n1,OP\n", "it has no column action; add it and check again"),
        (b"\xff\xfe\x00", "it is no CSV in UTF-8; save it as such and check again"),
        (
            TABLE.read_bytes().splitlines()[0] + b"\nD1,OP\n",
            "line 2 has not as many fields as the header; correct it and check again",
        ),
        (
            TABLE.read_bytes().splitlines()[0] + b'\n"D1"x,OP\n',
            "it is no CSV in UTF-8; save it as such and check again",
        ),
        (
            b"\n".join([*TABLE.read_bytes().splitlines()[:2], b",".join([b"x"] * 30)]),
            "line 3 has not as many fields as the header; correct it and check again",
        ),
    ],
)
def test_a_refused_file_says_its_fault_and_what_to_do(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(PolicyError) as no:
        list(rows(path, book=carried()))
    assert str(no.value) == f"table not checked: {sentence}"


def test_a_row_is_read_field_by_field(tmp_path: Path) -> None:
    (row,) = rows(
        altered(
            tmp_path,
            id="X1",
            role="INS",
            capability="search_l2",
            action="sign",
            age_s="-5",
            tool="convoy",
            purpose="wanted_person",
            category="major",
            training="expired",
            role_state="changed_unreviewed",
            staff_state="left",
            grant_state="expired",
            policy_variant="retain_24m",
            context="own=no;consent=yes;reads_months=13;life_h=-5;reason=-12;reference=7;grant_age_ceiling_s=60;;vrms=yes;on_register",
            expected="refuse",
            reason_code="staff_left",
            view="masked",
        ),
        book=carried(),
    )
    asked, facts = row.asked, row.asked.facts
    assert (row.name, row.reads_s) == ("X1", 730 * 86_400)
    assert (row.told.expected, row.told.code, row.told.view) == ("refuse", "staff_left", "masked")
    assert (asked.role, asked.capability, asked.action, asked.age_s) == (
        "INS", "search_l2", "sign", -5,
    )  # fmt: skip
    assert (asked.tool, asked.purpose, asked.category) == ("convoy", "wanted_person", "major")
    assert (asked.training, asked.role_state) == ("expired", "changed_unreviewed")
    assert (asked.staff_state, asked.grant_state) == ("left", "expired")
    assert facts["own"] is False
    assert facts["reads_months"] == 13
    assert facts["reason"] == "-12"  # reasons are words, whatever they look like
    assert facts["reference"] == "7"
    assert facts["age_ceiling_s"] == 60
    assert facts["vrms"] == 1  # yes stands for any that is valid
    assert facts["vrms"] is not True
    assert facts["consent"] is True
    assert facts["life_h"] == -5
    assert facts["on_register"] == ""
    assert facts["rank"] == "inspector"
    assert facts["other_signer"] == "none"
    assert facts["until_s"] == 3_600  # well, because it is not named


def test_without_an_age_the_age_plays_no_part(tmp_path: Path) -> None:
    (row,) = rows(altered(tmp_path, age_s="", role="AM"), book=carried())
    assert row.asked.age_s is None
    assert row.asked.facts["other_signer"] == "SUP"
    assert row.asked.facts["rank"] == ""
