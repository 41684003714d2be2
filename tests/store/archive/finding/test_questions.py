"""Look-alikes, lists and filters find what a plain filter over all reads finds."""

import random
import string
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.archive.finding.lookalikes import COST_MAX, confusable
from store.archive.finding.marks import AnyMark, Listed, LookAlike, Marks
from store.archive.finding.progress import Progress, Watch
from store.archive.finding.question import ANY, Filters, Question
from store.archive.search import Archive
from store.archive.writer import ArchiveWriter
from store.errors import CalledOffError, InputError
from store.ledger.instants import to_us
from store.terms import Certainty, Read
from store.vrm import fold
from tests.store.archive.bucket.carrying import carried, lent
from tests.store.archive.bucket.server import BUCKET, Server
from tests.store.archive.reads import MIDNIGHT, a_read

CAMERAS = ("NS-C01", "NS-C02", "NS-C03")
ALPHABET = "AB8O0I14DQ"
"""Letters that are taken for each other, so that look-alikes meet."""

MARKS = st.text(alphabet=ALPHABET, min_size=3, max_size=6)


def _traffic() -> list[Read]:
    dice = random.Random(20261119)
    marks = ["".join(dice.choice(ALPHABET) for _ in range(dice.randint(3, 6))) for _ in range(150)]
    return [
        replace(
            a_read(
                number,
                vrm=dice.choice(marks),
                camera_id=dice.choice(CAMERAS),
                captured_at=MIDNIGHT + timedelta(minutes=10 * dice.randint(-300, 140)),
            ),
            controller=dice.choice(["NS", "EB"]),
            direction=dice.choice(["towards", "away", "unknown"]),
            confidence=dice.choice([0.07, 0.5, 0.57, 0.9999, 1.0]),
            repaired=dice.random() < 0.2,
            colour=dice.choice(["", "red", "blue"]),
            body=dice.choice(["", "van"]),
        )
        for number in range(1200)
    ]


TRAFFIC = _traffic()


@pytest.fixture(scope="module", params=["here", "bucket"])
def archive(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Archive]:
    """Days of every kind: sealed, unsealed by a late read, and open; the sealed ones there too."""
    folder = tmp_path_factory.mktemp("archive")
    writer = ArchiveWriter(folder)
    writer.record(TRAFFIC[100:])
    days = sorted({read.captured_at.date() for read in TRAFFIC})
    assert len(days) >= 4
    for day in days[:-1]:
        assert writer.seal(day)
    found = Archive(folder)
    assert found.count(_question(AnyMark())).reads == len(TRAFFIC) - 100
    late = [read for read in TRAFFIC[:100] if read.captured_at.date() == days[1]]
    writer.record(late)
    writer.record(TRAFFIC[:100])
    for day in days[2:-1]:
        assert writer.seal(day)
    with ExitStack() as ends:
        if request.param == "bucket":
            server: Server = request.getfixturevalue("s3")
            ends.enter_context(lent(server, tmp_path_factory.mktemp("keys")))
            there = carried(folder, f"s3://{BUCKET}/asked")
            assert there == [day.isoformat() for day in days[2:-1]]
        yield found
    writer.close()


def _question(
    marks: Marks,
    *,
    cameras: tuple[str, ...] = (),
    filters: Filters = ANY,
    limit: int = 500,
    hours: float = 200,
) -> Question:
    until_at = MIDNIGHT + timedelta(days=1)
    since_at = until_at - timedelta(hours=hours)
    return Question.about(
        marks, since_at=since_at, until_at=until_at, cameras=cameras, filters=filters, limit=limit
    )


def _pages(archive: Archive, question: Question) -> list[tuple[str, int, Certainty]]:
    found: list[tuple[str, int, Certainty]] = []
    while True:
        page, more = archive.search(question)
        found += [(one.read.read_id, one.cost, one.certainty) for one in page]
        if not more:
            return found
        last = page[-1]
        before = (to_us(last.read.captured_at), bytes.fromhex(last.read.read_id))
        question = replace(question, before=before)


def _newest_first(reads: list[Read]) -> list[str]:
    reads.sort(key=lambda read: (to_us(read.captured_at), read.read_id), reverse=True)
    return [read.read_id for read in reads]


def _within(question: Question) -> list[Read]:
    return [
        read
        for read in TRAFFIC
        if question.since_us <= to_us(read.captured_at) < question.until_us
        and (question.cameras is None or read.camera_id in question.cameras)
    ]


def _cost(asked: str, seen: str) -> int | None:
    """What it costs by the rule, written as the rule stands; None where it is no look-alike."""
    asked, seen = fold(asked), fold(seen)
    costs = [_misread(asked, seen)]
    if len(seen) == len(asked) - 1:
        costs = [
            _added(_misread(asked[:at] + asked[at + 1 :], seen), 1 if asked[at] == "1" else 2)
            for at in range(len(asked))
        ]
    elif len(seen) == len(asked) + 1:
        costs = [
            _added(_misread(asked, seen[:at] + seen[at + 1 :]), 1 if seen[at] == "1" else 2)
            for at in range(len(seen))
        ]
    return min((cost for cost in costs if cost is not None), default=None)


def _misread(asked: str, seen: str) -> int | None:
    if len(asked) != len(seen):
        return None
    differing = [(a, b) for a, b in zip(asked, seen, strict=True) if a != b]
    return len(differing) if all(confusable(a, b) for a, b in differing) else None


def _added(cost: int | None, more: int) -> int | None:
    return None if cost is None else cost + more


@settings(max_examples=60, deadline=None)
@given(
    asked=MARKS,
    cost_max=st.integers(0, COST_MAX),
    cameras=st.sets(st.sampled_from(CAMERAS)),
    limit=st.sampled_from([9, 500]),
)
def test_lookalikes_are_those_that_the_rule_names_with_their_least_cost(
    archive: Archive, *, asked: str, cost_max: int, cameras: set[str], limit: int
) -> None:
    marks = LookAlike.of(asked, cost_max=cost_max)
    question = _question(marks, cameras=tuple(cameras), limit=limit)
    costs = {
        read.read_id: cost
        for read in _within(question)
        if (cost := _cost(asked, read.vrm)) is not None and cost <= cost_max
    }
    expected = _newest_first([read for read in TRAFFIC if read.read_id in costs])
    found = _pages(archive, question)
    assert [read_id for read_id, _, _ in found] == expected
    assert {read_id: cost for read_id, cost, _ in found} == costs
    by_id = {read.read_id: read for read in TRAFFIC}
    for read_id, cost, certainty in found:
        read = by_id[read_id]
        if read.repaired or cost:
            assert certainty is Certainty.POSSIBLE
        else:
            assert certainty is (Certainty.EXACT if read.vrm == asked else Certainty.GLYPH)
    _ranks(archive, question, costs=costs)


def _ranks(archive: Archive, question: Question, *, costs: dict[str, int]) -> None:
    seen: dict[str, list[int]] = {}
    for read in TRAFFIC:
        if read.read_id in costs:
            seen.setdefault(read.fold, []).append(costs[read.read_id])
    ranked = archive.marks(question)
    assert [one.rank for one in ranked] == list(range(1, len(ranked) + 1))
    assert {one.fold: (one.cost, one.reads) for one in ranked} == {
        mark: (cost[0], len(cost)) for mark, cost in seen.items()
    }
    order = [(one.cost, -one.reads) for one in ranked]
    assert order == sorted(order)


@settings(max_examples=40, deadline=None)
@given(
    listed=st.sets(MARKS, min_size=1, max_size=60),
    own=st.sets(st.integers(0, len(TRAFFIC) - 1), max_size=30),
    cameras=st.sets(st.sampled_from(CAMERAS)),
    hours=st.integers(1, 120),
)
def test_a_list_in_an_area_and_a_time_equals_a_plain_filter(
    archive: Archive, *, listed: set[str], own: set[int], cameras: set[str], hours: int
) -> None:
    vrms = listed | {TRAFFIC[number].vrm for number in own}
    question = _question(Listed.of(vrms), cameras=tuple(cameras), hours=hours, limit=50)
    folds = {fold(vrm) for vrm in vrms}
    met = [read for read in _within(question) if read.fold in folds]
    expected = {
        read.read_id: Certainty.POSSIBLE
        if read.repaired
        else (Certainty.EXACT if read.vrm in vrms else Certainty.GLYPH)
        for read in met
    }
    found = _pages(archive, question)
    assert [read_id for read_id, _, _ in found] == _newest_first(met)
    assert {read_id: certainty for read_id, _, certainty in found} == expected


@settings(max_examples=60, deadline=None)
@given(
    filters=st.builds(
        Filters,
        directions=st.frozensets(st.sampled_from(["towards", "away", "unknown"])),
        confidence_least=st.sampled_from([0.0, 0.07, 0.5, 0.5701, 0.9999, 1.0]),
        controllers=st.frozensets(st.sampled_from(["NS", "EB", "XX"])),
        colours=st.frozensets(st.sampled_from(["red", "blue", "green"])),
        bodies=st.frozensets(st.sampled_from(["van", "bus"])),
    ),
    cameras=st.sets(st.sampled_from(CAMERAS)),
    hours=st.integers(0, 120),
)
def test_filters_leave_what_a_plain_filter_leaves(
    archive: Archive, *, filters: Filters, cameras: set[str], hours: int
) -> None:
    question = _question(AnyMark(), cameras=tuple(cameras), filters=filters, hours=hours, limit=80)
    expected = [
        read
        for read in _within(question)
        if (not filters.directions or read.direction in filters.directions)
        and read.confidence >= filters.confidence_least
        and (not filters.controllers or read.controller in filters.controllers)
        and (not filters.colours or read.colour in filters.colours)
        and (not filters.bodies or read.body in filters.bodies)
    ]
    counted = archive.count(question)
    assert (counted.reads, counted.vehicles) == (
        len(expected),
        len({read.fold for read in expected}),
    )
    assert [read_id for read_id, _, _ in _pages(archive, question)] == _newest_first(expected)


def test_every_read_comes_back_whole_by_its_identity(archive: Archive) -> None:
    for read in random.Random(1).sample(TRAFFIC, 60):
        assert archive.read(read.read_id) == replace(read, plate_jpeg=b"", vehicle_jpeg=b"")
        assert archive.pictures(read.read_id) == (read.plate_jpeg, read.vehicle_jpeg)


def test_a_search_tells_how_far_it_is(archive: Archive) -> None:
    told: list[Progress] = []
    archive.count(_question(AnyMark()), watch=Watch(told=told.append))
    assert [one.done for one in told] == list(range(1, len(told) + 1))
    assert told[-1].done == told[-1].days


def test_a_search_that_is_called_off_shows_nothing(archive: Archive) -> None:
    told: list[Progress] = []
    with pytest.raises(CalledOffError):
        archive.search(
            _question(LookAlike.of("ZZZ9ZZZ")),
            watch=Watch(told=told.append, called_off=lambda: bool(told)),
        )
    assert len(told) == 1


@pytest.mark.parametrize("limit", [0, -1, 501])
def test_a_page_of_no_or_too_many_rows_is_refused(limit: int) -> None:
    with pytest.raises(InputError):
        _question(AnyMark(), limit=limit)


@pytest.mark.parametrize(
    "filters",
    [
        Filters(confidence_least=1.01),
        Filters(confidence_least=-0.1),
        Filters(directions=frozenset({"sideways"})),
    ],
)
def test_a_filter_that_cannot_be_is_refused(filters: Filters) -> None:
    with pytest.raises(InputError):
        _question(AnyMark(), filters=filters)


@pytest.mark.parametrize("asked", ["", "A", "AB", "AB12CDEFGHJ", "AB?2"])
def test_what_has_no_lookalikes_is_refused(asked: str) -> None:
    with pytest.raises(InputError):
        LookAlike.of(asked)


def test_a_list_without_marks_or_with_too_many_is_refused() -> None:
    with pytest.raises(InputError):
        Listed.of([])
    letters = string.ascii_uppercase
    with pytest.raises(InputError):
        Listed.of(f"{a}{b}{c}" for a in letters for b in letters for c in letters)


def test_an_archive_that_is_not_there_answers_a_lookalike_with_nothing(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "none")
    assert archive.search(_question(LookAlike.of("AB12CDE"))) == ([], False)
    assert archive.marks(_question(LookAlike.of("AB12CDE"))) == []
