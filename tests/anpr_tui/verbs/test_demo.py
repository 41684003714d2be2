"""The demonstration's figures: what is missed, doubled or made up shows."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr_tui.verbs.demo.force import FORCE_CAMERAS, LISTED, TRAFFIC, Footage, write_list
from anpr_tui.verbs.demo.summary import percentile_ms, summary_of
from cluster.sources.footage import FootageSource, Passing
from store.governance.rulebook.loading import carried
from store.lists.delivery import check
from store.terms import Certainty, Outcome, Priority, ReadRow

STARTS_AT = datetime(2026, 11, 17, 9, tzinfo=UTC)
SOURCE = FootageSource(
    camera_id="NS-C01",
    caption="",
    light="day",
    seed=1,
    starts_at=STARTS_AT,
    rate=2.0,
    length=40,
    passings=(
        Passing(4, 6, "JB14JSW", "red", approaching=True),
        Passing(20, 6, "TK22HRM", "red", approaching=True),
    ),
)


def read(vrm: str, *, at_s: float, number: int = 0, camera_id: str = "NS-C01") -> ReadRow:
    at = STARTS_AT + timedelta(seconds=at_s)
    return ReadRow(f"{vrm}-{number}", camera_id, "", at, vrm, Certainty.EXACT, 0.9, "towards", "")


RIGHT = [read("JB14JSW", at_s=3.0), read("TK22HRM", at_s=11.0)]


def summed(reads: list[ReadRow], *, accounted: int = 40):
    tallies = {"NS-C01": {Outcome.READ: 12, Outcome.NO_PLATE: accounted - 12}}
    return summary_of([SOURCE], reads=reads, tallies=tallies, alarms=1, delays_s=[0.1])


def test_all_read_once_and_right_is_the_whole_truth():
    summary = summed(RIGHT)
    assert (summary.read_accuracy, summary.duplicates, summary.lost) == (1.0, 0, 0)
    assert (summary.passages, summary.reads, summary.strays) == (2, 2, 0)
    assert summary.reads_per_s == 0.1


@pytest.mark.parametrize(
    "wrong",
    [
        read("TK22HRN", at_s=11.0),
        read("TK22HRM", at_s=15.0),
        read("TK22HRM", at_s=11.0, camera_id="NS-C02"),
    ],
    ids=["misread", "at another time", "at another camera"],
)
def test_a_wrong_read_and_a_missed_passage_count_as_wrong(wrong: ReadRow):
    assert summed(RIGHT[:1]).read_accuracy == 0.5
    summary = summed([RIGHT[0], wrong])
    assert (summary.read_accuracy, summary.strays) == (0.5, 1)


def test_a_passage_stored_twice_and_an_identity_stored_twice_are_duplicates():
    assert summed([*RIGHT, read("JB14JSW", at_s=3.5, number=1)]).duplicates == 1
    assert summed([*RIGHT, read("XX11XXX", at_s=8.0), read("XX11XXX", at_s=8.0)]).duplicates == 1


def test_frames_that_are_not_accounted_for_are_lost():
    assert summed(RIGHT, accounted=37).lost == 3


@given(st.lists(st.floats(0, 100), min_size=1))
def test_a_percentile_is_a_value_that_was_measured_and_rises_with_its_share(seconds):
    p50, p99 = percentile_ms(seconds, 0.5), percentile_ms(seconds, 0.99)
    assert p50 in {round(value * 1e3, 1) for value in seconds}
    assert p50 <= p99 <= percentile_ms(seconds, 1.0) == round(max(seconds) * 1e3, 1)
    assert percentile_ms([], 0.5) is None


def test_every_passage_that_begins_also_ends_in_the_time_and_the_first_alarms_come_at_once():
    footage = Footage(seconds=60, seed=3)
    sources = [feed.begin(STARTS_AT) for feed in footage.feeds]
    assert footage.sources == sources
    for source in sources:
        ends = [passing.first + passing.frames for passing in source.passings]
        starts = [passing.first for passing in source.passings]
        assert all(end < start for end, start in zip(ends, starts[1:], strict=False))
        assert ends[-1] < source.length
    opening = {s.passings[0].vrm: s.at(s.passings[0].first) for s in sources}
    priority = {one.vrm: one.reason[0] for one in LISTED}
    assert {priority.get(vrm) for vrm in opening} >= {"H", "M", "L"}
    assert max(opening.values()) < STARTS_AT + timedelta(seconds=10)
    assert {place.light for place in FORCE_CAMERAS} >= {"day", "night", "infrared"}


def test_the_list_loads_whole_and_its_marks_are_those_of_no_real_vehicle(tmp_path):
    write_list(tmp_path / "list.csv", now=STARTS_AT)
    gathered = check(tmp_path / "list.csv", figures=carried().figures.lists, now=STARTS_AT).gathered
    assert len(gathered.entries) == len(LISTED)
    assert {entry.priority for entry in gathered.entries} == set(Priority)
    for vehicle in (*LISTED, *TRAFFIC):
        assert vehicle.vrm.startswith(("J", "T", "U", "X", "AB1"))
    assert any(vehicle.vrm.startswith("AB1") for vehicle in TRAFFIC)
