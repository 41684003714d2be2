"""Figures for publication: counts, and nothing that points at a person or a place."""

from datetime import UTC, datetime

import pytest

from store.governance.oversight.looks import Look
from store.governance.oversight.publication import figures, shown

NOW = datetime(2026, 10, 15, 12, 0, tzinfo=UTC)


def test_a_month_is_counted_by_purpose_age_and_outcome() -> None:
    looks = [
        Look(1, "NS4107", NOW, "search", purpose="wanted_person", reach_s=3_600),
        Look(2, "NS4107", NOW, "place", purpose="wanted_person", reach_s=100 * 86_400, urgent=True),
        Look(3, "NS7002", NOW, "export"),
        Look(4, "NS4021", NOW, "deployment", purpose="wanted_person", alarm_id="A-1"),
    ]
    bodies = [
        {"kind": "access authorised"},
        {"kind": "access refused"},
        {"kind": "access prompt shown"},
        {"kind": "alarm decided", "about": {"decision": "deployed"}},
        {"kind": "alarm decided", "about": {"decision": "deployed"}},
        {"kind": "reviewed", "about": {"outcome": "fair"}},
        {"kind": "reviewed", "about": {"outcome": "fair"}},
        {"kind": "asked", "about": {}},
    ]
    made = figures(looks, bodies=bodies)
    assert (made.searches, made.exports, made.urgent) == (2, 1, 1)
    assert made.by_purpose == {"wanted_person": 2}
    assert made.by_age == {"up to 24 hours": 1, "up to 12 months": 1}
    assert made.requests == {"authorised": 1, "refused": 1}
    assert (made.alarms, made.reviewed) == ({"deployed": 2}, {"fair": 2})


@pytest.mark.parametrize(
    ("count", "word"), [(0, "0"), (1, "fewer than 5"), (4, "fewer than 5"), (5, "5"), (79, "79")]
)
def test_small_numbers_are_not_published(count: int, word: str) -> None:
    assert shown(count) == word


@pytest.mark.parametrize(
    ("reach_s", "word"),
    [
        (0, "up to 24 hours"),
        (86_400, "up to 24 hours"),
        (86_401, "up to 90 days"),
        (90 * 86_400, "up to 90 days"),
        (90 * 86_400 + 1, "up to 12 months"),
        (365 * 86_400, "up to 12 months"),
        (365 * 86_400 + 1, "over 12 months"),
    ],
)
def test_an_age_is_published_in_the_tiers_of_the_standard(reach_s: int, word: str) -> None:
    look = Look(1, "NS4107", NOW, "search", reach_s=reach_s)
    assert figures([look], bodies=[]).by_age == {word: 1}


@pytest.mark.parametrize("end", ["requested", "authorised", "refused", "withdrawn", "lapsed"])
def test_requests_are_counted_by_how_they_ended(end: str) -> None:
    made = figures([], bodies=[{"kind": f"access {end}"}, {"kind": f"access {end}"}])
    assert made.requests == {end: 2}


def test_a_record_that_lacks_a_part_is_counted_without_it() -> None:
    made = figures([], bodies=[{}, {"kind": "alarm decided"}, {"kind": "reviewed", "about": {}}])
    assert (made.requests, made.alarms, made.reviewed) == ({}, {"": 1}, {"": 1})
