"""The dip sample: shares hold, and neither officer nor reviewer can steer it."""

import hashlib
import math
import secrets
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.governance.oversight.drawing import Month, draw, lot
from store.governance.oversight.looks import Look

NOW = datetime(2026, 10, 15, 12, 0, tzinfo=UTC)
DAY_S = 86_400
SAMPLING = {
    "urgent": 1.0,
    "exports": 1.0,
    "over_12_months": 1.0,
    "evidential_hold": 1.0,
    "over_90_days": 0.1,
    "rest": 0.05,
    "per_officer_month_min": 5.0,
}
CHECKPOINTS = st.binary(min_size=32, max_size=32)
LOOKS = st.lists(
    st.builds(
        Look,
        seq=st.integers(1, 2**40),
        by=st.sampled_from(["NS4021", "NS4033", "NS4107", "NS4115"]),
        at=st.just(NOW),
        what=st.sampled_from(["search", "place", "export", "deployment"]),
        reach_s=st.integers(0, 800 * DAY_S),
        urgent=st.booleans(),
        held=st.booleans(),
    ),
    max_size=120,
    unique_by=lambda look: look.seq,
)


def a_look(seq: int, *, by: str = "NS4021", age_d: int = 1) -> Look:
    return Look(seq=seq, by=by, at=NOW, what="search", reach_s=age_d * DAY_S)


@given(looks=LOOKS, checkpoint=CHECKPOINTS)
def test_every_share_of_the_policy_holds(looks: list[Look], checkpoint: bytes) -> None:
    drawn = {one.look.seq for one in draw(looks, checkpoint=checkpoint, sampling=SAMPLING)}
    for look in looks:
        whole = look.urgent or look.what == "export" or look.held or look.reach_s > 365 * DAY_S
        assert look.seq in drawn or not whole
    older = [
        look
        for look in looks
        if 90 * DAY_S < look.reach_s <= 365 * DAY_S
        and not (look.urgent or look.held or look.what == "export")
    ]
    assert sum(look.seq in drawn for look in older) >= math.ceil(0.1 * len(older))
    made = Counter(look.by for look in looks)
    reviewed = Counter(look.by for look in looks if look.seq in drawn)
    for by, count in made.items():
        assert reviewed[by] >= min(5, count)


@given(looks=LOOKS, checkpoint=CHECKPOINTS, seed=st.randoms(use_true_random=False))
def test_who_repeats_the_draw_gets_the_same_whatever_the_order(
    looks: list[Look], checkpoint: bytes, seed: "st.randoms"
) -> None:
    shuffled = list(looks)
    seed.shuffle(shuffled)
    again = draw(shuffled, checkpoint=checkpoint, sampling=SAMPLING)
    assert again == draw(looks, checkpoint=checkpoint, sampling=SAMPLING)
    assert [one.look.seq for one in again] == sorted(one.look.seq for one in again)


@given(checkpoint=CHECKPOINTS, words=st.text(max_size=40), reference=st.text(max_size=20))
def test_nothing_that_an_officer_writes_changes_whether_a_search_is_drawn(
    checkpoint: bytes, words: str, reference: str
) -> None:
    looks = [a_look(seq) for seq in range(1, 200)]
    plain = draw(looks, checkpoint=checkpoint, sampling=SAMPLING)
    written = [replace(look, reason=words, reference=reference, purpose=words) for look in looks]
    drawn = draw(written, checkpoint=checkpoint, sampling=SAMPLING)
    assert [one.look.seq for one in drawn] == [one.look.seq for one in plain]


def test_over_many_checkpoints_every_search_is_drawn_as_often_as_every_other() -> None:
    looks = [a_look(seq) for seq in range(1, 201)]
    rounds = 600
    times = Counter(
        one.look.seq
        for _ in range(rounds)
        for one in draw(looks, checkpoint=secrets.token_bytes(32), sampling=SAMPLING)
    )
    # 10 of 200 a round: 30 expected of each; six deviations of the binomial either way
    assert set(times) == set(range(1, 201))
    assert min(times.values()) > 30 - 6 * 5.4
    assert max(times.values()) < 30 + 6 * 5.4


def test_the_lot_of_a_search_is_known_only_with_the_checkpoint() -> None:
    assert lot(1, checkpoint=b"a" * 32) != lot(1, checkpoint=b"b" * 32)
    assert lot(1, checkpoint=b"a" * 32) != lot(2, checkpoint=b"a" * 32)


def test_a_quiet_officer_is_drawn_too() -> None:
    busy = [a_look(seq, by="NS4021") for seq in range(1, 401)]
    quiet = [a_look(500 + seq, by="NS4033") for seq in range(2)]
    drawn = draw(busy + quiet, checkpoint=b"c" * 32, sampling=SAMPLING)
    assert sum(one.look.by == "NS4033" for one in drawn) == 2


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"urgent": True, "what": "export"}, "urgent"),
        ({"what": "export"}, "export"),
        ({"what": "deployment"}, "deployment"),
        ({"held": True}, "evidential hold"),
        ({"reach_s": 366 * DAY_S}, "over 12 months"),
        ({"reach_s": 91 * DAY_S}, "over 90 days"),
        ({"reach_s": 90 * DAY_S}, "share"),
    ],
)
def test_each_says_the_first_reason_why_it_was_drawn(change: dict[str, object], why: str) -> None:
    look = replace(a_look(1), **change)
    (drawn,) = draw([look], checkpoint=b"c" * 32, sampling=SAMPLING)
    assert drawn.why == why


def test_a_month_ends_where_the_next_begins() -> None:
    december = Month(2026, 12)
    assert december.ends_at == Month(2027, 1).begins_at
    assert december.holds(december.begins_at)
    assert not december.holds(december.ends_at)
    assert december.holds(december.ends_at - timedelta(microseconds=1))


def test_a_lot_is_a_hash_that_everybody_can_repeat() -> None:
    assert (
        lot(258, checkpoint=b"c" * 32)
        == hashlib.sha256(b"anpr-hub dip sample 1\0" + b"c" * 32 + b"\0\0\0\0\0\0\1\2").digest()
    )


def test_the_lowest_lots_are_drawn_and_so_many_as_the_share_says_rounded_up() -> None:
    looks = [a_look(seq) for seq in range(1, 122)]
    sampling = {**SAMPLING, "per_officer_month_min": 0.0}
    drawn = draw(looks, checkpoint=b"c" * 32, sampling=sampling)
    lots = sorted(range(1, 122), key=lambda seq: lot(seq, checkpoint=b"c" * 32))
    assert [one.look.seq for one in drawn] == sorted(lots[:7])  # 5 % of 121


def test_many_searches_do_not_keep_deployments_out_of_the_sample() -> None:
    searches = [a_look(seq) for seq in range(1, 401)]
    sent = [replace(a_look(500 + at), what="deployment", reach_s=0) for at in range(21)]
    sampling = {**SAMPLING, "per_officer_month_min": 0.0}
    drawn = draw(searches + sent, checkpoint=b"c" * 32, sampling=sampling)
    assert Counter(one.why for one in drawn) == {
        "share": 20,
        "deployment": 2,
    }  # 5 % of each, rounded up


def test_what_is_missing_to_an_officer_s_least_is_drawn_by_lot_too() -> None:
    looks = [a_look(seq) for seq in range(1, 21)]
    drawn = draw(looks, checkpoint=b"c" * 32, sampling=SAMPLING)
    lots = sorted(range(1, 21), key=lambda seq: lot(seq, checkpoint=b"c" * 32))
    assert [one.look.seq for one in drawn] == sorted(lots[:5])
    assert sorted(one.why for one in drawn) == ["officer's minimum"] * 4 + ["share"]


@pytest.mark.parametrize(
    ("age_d", "extra_s", "why"),
    [
        (90, 0, "share"),
        (90, 1, "over 90 days"),
        (365, 0, "over 90 days"),
        (365, 1, "over 12 months"),
    ],
)
def test_the_classes_of_age_end_with_their_last_second(age_d: int, extra_s: int, why: str) -> None:
    look = replace(a_look(1), reach_s=age_d * DAY_S + extra_s)
    (drawn,) = draw([look], checkpoint=b"c" * 32, sampling=SAMPLING)
    assert drawn.why == why


def test_a_month_begins_on_its_first_and_ends_on_the_first_of_the_next() -> None:
    assert Month(2026, 11).begins_at == datetime(2026, 11, 1, tzinfo=UTC)
    assert Month(2026, 11).ends_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert Month(2026, 12).ends_at == datetime(2027, 1, 1, tzinfo=UTC)
