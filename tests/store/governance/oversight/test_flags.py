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
    newcomer = looks(1, by="NS4021")
    (flag,) = flags([*newcomer, *known, night], limits=LIMITS)
    assert (flag.kind, flag.by, flag.count, flag.seqs) == ("off shift", "NS4107", 1, (999,))
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


def test_units_sent_are_held_against_units_that_colleagues_send() -> None:
    sent = {"what": "deployment"}
    usual = [*looks(2, by="NS4021", **sent), *looks(2, by="NS4033", first=100, **sent)]
    searched = looks(30, by="NS4021", first=500)
    many = looks(9, by="NS4107", first=200, **sent)
    (flag,) = flags([*usual, *searched, *many], limits=LIMITS)
    assert flag == Flag(
        "rate", "NS4107", 9, tuple(range(200, 209)), "9 deployments, where colleagues make 2"
    )
    assert flags([*usual, *searched, *many[:8]], limits=LIMITS) == ()
    alone = looks(1, by="NS4115", first=0)
    assert flags([*alone, *usual, *many], limits=LIMITS) == (flag,), "who searches has no peers"


def test_a_search_and_a_deployment_make_a_pattern_together() -> None:
    searched = on_marks(8)
    sent = [
        replace(look, seq=20 + look.seq, what="deployment", fold=f"AB1{look.seq}CDE")
        for look in searched[:3]
    ]
    (flag,) = flags([*searched, *sent], limits=LIMITS)
    assert (flag.kind, flag.count) == ("one reference", 11)


@pytest.mark.parametrize(
    ("sent", "done"),
    [(0, "searched for"), (2, "searched for or sent to"), (6, "sent to")],
)
def test_a_flag_says_whether_a_vehicle_was_searched_for_or_sent_to(sent: int, done: str) -> None:
    own = {"fold": "TE57CAR", "vehicles_of": frozenset({"own"})}
    every = [*looks(sent, what="deployment", **own), *looks(6 - sent, first=50, **own)]
    assert [flag.sentence for flag in flags(every, limits=LIMITS)] == [
        f"{done}: own vehicle",
        f"one plate {done} 6 times in 30 days",
    ]


def test_no_flag_names_a_mark() -> None:
    every = [*on_marks(12), *looks(8, fold="TE57CAR", first=50)]
    for flag in flags(every, limits=LIMITS):
        assert "TE5" not in flag.sentence


def test_each_flag_says_what_was_seen() -> None:
    every = [
        *on_marks(11),
        *looks(6, fold="AB12CDE", first=100),
        *looks(1, first=200, by="NS4021", vehicles_of=frozenset({"own"})),
        *looks(1, first=201, by="NS4033"),
    ]
    found = {flag.kind: flag for flag in flags(every, limits=LIMITS)}
    assert found == {
        "one reference": Flag(
            "one reference", "NS4107", 11, tuple(range(1, 12)), "one reference on 11 plates"
        ),
        "repeated plate": Flag(
            "repeated plate",
            "NS4107",
            6,
            tuple(range(100, 106)),
            "one plate searched for 6 times in 30 days",
        ),
        "own vehicle": Flag("own vehicle", "NS4021", 1, (200,), "searched for: own vehicle"),
        "rate": Flag(
            "rate",
            "NS4107",
            17,
            (*range(1, 12), *range(100, 106)),
            "17 searches, where colleagues make 1",
        ),
    }


def test_flags_come_by_kind_officer_and_record() -> None:
    own = frozenset({"own"})
    every = [
        *looks(1, first=9, by="NS4107", vehicles_of=own),
        *looks(1, first=2, by="NS4021", vehicles_of=own),
        *looks(1, first=5, by="NS4033", vehicles_of=frozenset({"colleague"})),
    ]
    told = [(flag.kind, flag.by, flag.seqs) for flag in flags(every, limits=LIMITS)]
    assert told == [
        ("colleague's vehicle", "NS4033", (5,)),
        ("own vehicle", "NS4021", (2,)),
        ("own vehicle", "NS4107", (9,)),
    ]


def test_searches_without_a_mark_or_a_reference_make_no_pattern_of_them() -> None:
    assert flags(on_marks(20, reference=""), limits=LIMITS) == ()
    assert flags(looks(20, reference="NS-2610-02245"), limits=LIMITS) == ()


def test_the_widest_run_of_one_mark_is_told_wherever_it_lies() -> None:
    early = looks(2, fold="TE57CAR")
    run = looks(7, fold="TE57CAR", first=10)
    run = [replace(look, at=look.at + timedelta(days=40)) for look in run]
    late = [
        replace(look, seq=30, at=NOON + timedelta(days=90)) for look in looks(1, fold="TE57CAR")
    ]
    (flag,) = flags([*late, *run, *early], limits=LIMITS)
    assert (flag.count, flag.seqs) == (7, tuple(range(10, 17)))


def test_a_mark_on_the_thirtieth_day_to_the_second_still_counts() -> None:
    five = looks(5, fold="TE57CAR", at=NOON)
    sixth = replace(five[0], seq=9, at=NOON + timedelta(days=30))
    assert kinds(flags([*five, sixth], limits=LIMITS)) == ["repeated plate"]
    over = replace(sixth, at=sixth.at + timedelta(microseconds=1))
    assert flags([*five, over], limits=LIMITS) == ()


@pytest.mark.parametrize(
    ("hour", "odd"), [(9, True), (10, False), (12, False), (14, False), (15, True), (0, True)]
)
def test_hours_count_as_known_two_either_way(hour: int, odd: bool) -> None:
    known = [looks(1, first=day, at=NOON + timedelta(days=day))[0] for day in range(1, 8)]
    other = replace(known[0], seq=99, at=NOON.replace(hour=hour) + timedelta(days=9))
    assert kinds(flags([*known, other], limits=LIMITS)) == (["off shift"] if odd else [])


def test_hours_go_round_midnight() -> None:
    late = NOON.replace(hour=23)
    known = [looks(1, first=day, at=late + timedelta(days=day))[0] for day in range(1, 8)]
    for hour, odd in ((1, False), (2, True)):
        other = replace(known[0], seq=99, at=NOON.replace(hour=hour) + timedelta(days=12))
        assert kinds(flags([*known, other], limits=LIMITS)) == (["off shift"] if odd else [])


def test_four_days_say_nothing_and_five_do() -> None:
    for days, kind in ((3, []), (4, ["off shift"])):
        known = [looks(1, first=day, at=NOON + timedelta(days=day))[0] for day in range(days)]
        night = replace(known[0], seq=99, at=NOON.replace(hour=3) + timedelta(days=20))
        assert kinds(flags([*known, night], limits=LIMITS)) == kind


def test_two_officers_have_no_usual_rate() -> None:
    two = [*looks(1, by="NS4021"), *looks(41, by="NS4107", first=200)]
    assert flags(two, limits=LIMITS) == ()
