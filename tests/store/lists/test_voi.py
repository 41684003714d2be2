"""Plain lists: every row ends as the acceptance table says, and no bytes stop a file."""

import csv
import io
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.governance.rulebook.loading import carried
from store.lists import voi
from store.lists.gathering import Gathered, gather
from store.lists.rows import RowRules
from store.terms import Action, Priority

DATA = Path(__file__).parents[2] / "data" / "lists"
LOADED_AT = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
RULES = RowRules(list_name="local", now=LOADED_AT, figures=carried().figures.lists)
GOOD = (
    "TX26KLM,FORD,FOCUS,BLUE,STOP,,M01 Wanted person,,Stop and check,NS COAST,2026-12-05,"
    "26/000001T,OFFICIAL-SENSITIVE,NS-20261117-0001,,PNC-000001\n"
)


def gathered(data: bytes | str) -> Gathered:
    raw = data.encode() if isinstance(data, str) else data
    return gather(voi.records(io.BytesIO(raw)), rules=RULES)


def told(data: bytes | str) -> list[tuple[int, str, str]]:
    return [(row.row, row.error, row.outcome) for row in gathered(data).rows]


def with_field(column: int, value: str) -> str:
    fields = GOOD.rstrip("\n").split(",")
    fields[column - 1] = value
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(fields)
    return out.getvalue()


def test_the_sample_loads_whole() -> None:
    sample = gathered((DATA / "voi_sample.csv").read_bytes())
    assert Counter(row.outcome for row in sample.rows) == {"load": 200}
    priorities = Counter(entry.priority for entry in sample.entries)
    assert priorities == {Priority.HIGH: 20, Priority.MEDIUM: 78, Priority.LOW: 102}


def test_marks_in_lower_case_or_with_blanks_are_normalised() -> None:
    raw = (DATA / "voi_sample.csv").read_text().splitlines()
    odd = [line.split(",")[0] for line in raw if not line.split(",")[0].isalnum() or line[0] > "Z"]
    marks = {entry.vrm for entry in gathered((DATA / "voi_sample.csv").read_bytes()).entries}
    assert odd, "the sample holds such marks"
    for mark in odd:
        assert mark.replace(" ", "").upper() in marks


def test_every_bad_row_ends_as_expected() -> None:
    with (DATA / "expected_errors.csv").open(newline="", encoding="utf-8") as file:
        want = [(int(row["row"]), row["error"], row["outcome"]) for row in csv.DictReader(file)]
    assert told((DATA / "voi_bad.csv").read_bytes()) == want


def test_of_two_contradicting_rows_the_stop_stays_whichever_comes_first() -> None:
    silent = GOOD.replace(",STOP,", ",SILENT,")
    for pair in (GOOD + silent, silent + GOOD):
        both = gathered(pair)
        assert [entry.action for entry in both.entries] == [Action.STOP]
        assert both.rows[1].error == "conflict"


def test_rows_of_one_mark_that_differ_in_details_are_reported() -> None:
    both = gathered(GOOD + GOOD.replace(",BLUE,", ",RED,"))
    assert [entry.colour for entry in both.entries] == ["BLUE"]
    assert both.rows[1].error == "conflict"


def test_a_row_with_two_oddities_reports_both() -> None:
    odd = GOOD.replace("2026-12-05", "2031-12-05").replace("Stop and check", "=1+1")
    assert told(odd) == [(1, "weed_date_far;formula", "warn")]


@pytest.mark.parametrize(
    ("weed_date", "outcome"),
    [
        ("2026-11-16", [(1, "weed_date_past", "reject_row")]),
        ("2026-11-17", [(1, "", "load")]),
        ("2027-11-17", [(1, "", "load")]),
        ("2027-11-18", [(1, "weed_date_far", "warn")]),
        ("20261205", [(1, "weed_date", "reject_row")]),
        ("2026-W49-6", [(1, "weed_date", "reject_row")]),
        ("9999-12-31", [(1, "weed_date", "reject_row")]),
    ],
)
def test_the_weed_date_is_good_to_the_end_of_its_day(
    weed_date: str, outcome: list[tuple[int, str, str]]
) -> None:
    assert told(with_field(11, weed_date)) == outcome


def test_an_entry_is_in_force_to_the_end_of_its_weed_date() -> None:
    (entry,) = gathered(GOOD).entries
    assert entry.weeds_at == datetime(2026, 12, 6, tzinfo=UTC)


@pytest.mark.parametrize("force", ["ALL", "all leas", "ALL  FORCES", "National"])
def test_a_local_list_is_never_circulated_nationally(force: str) -> None:
    assert told(with_field(10, force)) == [(1, "national_circulation", "reject_row")]


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\u202e", "\u2028"])
def test_characters_that_steer_a_terminal_are_refused(character: str) -> None:
    assert told(with_field(9, f"go{character}ne"))[0][1] == "control_character"


def test_an_entry_without_any_reference_keeps_its_identity_between_deliveries() -> None:
    bare = GOOD.replace("26/000001T", "").replace("PNC-000001", "")
    (one,) = gathered(bare).entries
    (other,) = gathered(GOOD + bare.replace("FOCUS", "FIESTA")).entries[1:]
    assert one.entry_id == other.entry_id
    assert one.vrm not in one.entry_id


def test_a_quote_that_is_never_closed_costs_its_own_line_only() -> None:
    torn = GOOD.replace("Stop and check", '"Stop and check')
    assert told(torn + GOOD) == [(1, "quote_open", "reject_row"), (2, "", "load")]
    many = torn + GOOD * 3 + torn + GOOD
    assert [outcome for _, _, outcome in told(many)].count("reject_row") == 2


def test_a_quoted_line_break_is_one_record_and_refused_as_one() -> None:
    broken = GOOD.replace("Stop and check", '"Stop\nand check"')
    assert told(broken + GOOD) == [(1, "control_character", "reject_row"), (2, "", "load")]


def test_quotes_and_commas_inside_a_field_are_kept() -> None:
    (entry,) = gathered(with_field(9, 'Contact "control room", then wait')).entries
    assert entry.instructions == 'Contact "control room", then wait'


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.rstrip("\n").encode(),
        ("\n\n" + GOOD + "\n").encode(),
    ],
    ids=["byte order mark", "CRLF", "no end of line", "blank lines"],
)
def test_harmless_forms_of_a_file_are_read(data: bytes) -> None:
    assert told(data) == [(1, "", "load")]


def test_a_line_that_is_not_utf_8_is_rejected_and_the_next_is_read() -> None:
    data = GOOD.encode().replace(b"FOCUS", b"FOCUS\xe9") + GOOD.encode()
    assert told(data) == [(1, "encoding", "reject_row"), (2, "", "load")]


def test_a_line_without_end_is_rejected_without_being_held_in_memory() -> None:
    endless = b"A" * (3 * voi.LINE_MAX_BYTES) + b"\n"
    assert told(endless + GOOD.encode()) == [(1, "field_too_long", "reject_row"), (2, "", "load")]


@given(st.binary(max_size=400))
def test_any_bytes_end_as_rows_and_never_as_an_exception(data: bytes) -> None:
    rows = gathered(data).rows
    assert all(row.outcome in {"load", "warn", "reject_row"} for row in rows)
    assert [row.row for row in rows] == list(range(1, len(rows) + 1))


@given(
    st.lists(st.sampled_from([GOOD, '"', ",", "\n", "\r", "\x00", "é", "STOP", "="]), max_size=30)
)
def test_pieces_of_rows_never_stop_a_file(pieces: list[str]) -> None:
    rows = gathered("".join(pieces)).rows
    assert len(rows) <= len(pieces) + 1


@given(st.text(max_size=12))
def test_no_meaning_repeats_the_mark(mark: str) -> None:
    (row, *_) = gathered(with_field(1, mark or "?")).rows
    if len(mark.strip()) > 3:
        assert mark not in row.meaning
