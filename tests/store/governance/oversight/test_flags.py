"""Flags: each pattern of misuse is found, its neighbour is not, and no mark is named."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from store.governance.oversight.flags import Flag, flags
from store.governance.oversight.looks import Look

NOON = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
LIMITS = {
    "vrms_per_reference": 10,
    "searches_of_vrm": 5,
    "searches_of_vrm_window_s": 30 * 86_400,
    "rate_over_median": 4,
}


def looks(count: int, *, by: str = "NS4107", first: int = 1, **change: object) -> list[Look]:
    return [
        replace(
            Look(seq=first + at, by=by, at=NOON + timedelta(minutes=at), what="search"), **change
        )
        for at in range(count)
    ]


def kinds(found: tuple[Flag, ...]) -> list[str]:
    return [flag.kind for flag in found]


def on_marks(count: int, *, reference: str = "NS-2610-02245") -> list[Look]:
    each = looks(count, reference=reference)
    return [replace(look, fold=f"TE5{at}CAR") for at, look in enumerate(each)]


def test_one_reference_on_eleven_marks_is_flagged_and_on_ten_is_not() -> None:
    assert flags(on_marks(10), limits=LIMITS) == ()
    (flag,) = flags(on_marks(11), limits=LIMITS)
    assert (flag.kind, flag.by, flag.count) == ("one reference", "NS4107", 11)
    assert flag.seqs == tuple(range(1, 12))


def test_the_reference_of_a_colleague_is_not_ones_own() -> None:
    mine, theirs = on_marks(6), on_marks(12)[6:]
    assert flags([*mine, *(replace(one, by="NS4115") for one in theirs)], limits=LIMITS) == ()


def test_the_sixth_search_of_one_mark_in_thirty_days_is_flagged() -> None:
    five = looks(5, fold="TE57CAR")
    assert flags(five, limits=LIMITS) == ()
    sixth = replace(five[0], seq=9, at=NOON + timedelta(days=29))
    (flag,) = flags([*five, sixth], limits=LIMITS)
    assert (flag.kind, flag.count) == ("repeated plate", 6)
    late = replace(sixth, at=NOON + timedelta(days=31))
    assert flags([*five, late], limits=LIMITS) == ()


@pytest.mark.parametrize(
    ("whose", "kind"),
    [
        ("own", "own vehicle"),
        ("household", "household vehicle"),
        ("colleague", "colleague's vehicle"),
    ],
)
def test_vehicles_of_staff_are_flagged_from_the_first_search(whose: str, kind: str) -> None:
    found = flags(looks(1, vehicles_of=frozenset({whose})), limits=LIMITS)
    assert kinds(found) == [kind]


def test_an_hour_in_which_somebody_never_acts_is_flagged_as_inferred() -> None:
    days = [looks(3, first=10 * day, at=NOON + timedelta(days=day)) for day in range(1, 9)]
    known = [look for day in days for look in day]
    assert flags(known, limits=LIMITS) == ()
    night = replace(known[0], seq=999, at=NOON.replace(hour=3) + timedelta(days=9))
    (flag,) = flags([*known, night], limits=LIMITS)
    assert (flag.kind, flag.seqs) == ("off shift", (999,))
    assert "inferred" in flag.sentence


def test_hours_mean_nothing_before_enough_days_are_known() -> None:
    few = [looks(1, first=day, at=NOON + timedelta(days=day))[0] for day in range(1, 4)]
    night = replace(few[0], seq=999, at=NOON.replace(hour=3))
    assert flags([*few, night], limits=LIMITS) == ()


def test_a_rate_of_many_times_the_colleagues_is_flagged() -> None:
    usual = [*looks(10, by="NS4021"), *looks(10, by="NS4033", first=100)]
    many = looks(41, by="NS4107", first=200)
    assert kinds(flags([*usual, *many], limits=LIMITS)) == ["rate"]
    assert flags([*usual, *many[:40]], limits=LIMITS) == ()


def test_no_flag_names_a_mark() -> None:
    every = [*on_marks(12), *looks(8, fold="TE57CAR", first=50)]
    for flag in flags(every, limits=LIMITS):
        assert "TE5" not in flag.sentence
