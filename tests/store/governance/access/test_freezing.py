"""What is signed is everything that was shown, and the grant never outgrows its signature."""

import hashlib
import json
import time
from dataclasses import fields, replace
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.access import AccessScope, UrgentOrder
from store.errors import InputError
from store.governance.access.freezing import (
    CODE_LETTERS,
    age_ceiling_s,
    capability_for,
    digest_of,
    frozen,
    new_code,
    oldest_s,
)
from store.governance.access.moments import Moment, elapsed_s
from store.governance.rulebook.loading import carried
from store.governance.rulebook.nouns import Rulebook
from store.governance.rulebook.verdicts import Asked
from store.terms import Ground, MatchKind, Purpose, Scope
from tests.store.governance.access.requests import DAY_S, NOON, PENDING

ANOTHER = {
    "request_id": "R-0422",
    "requester": "NS4108",
    "capability": "search_l3",
    "authority": "superintendent",
    "authorisers": 2,
    "life_s": 1,
    "searches": 21,
    "code": "K7WE",
    "asked_at": NOON + timedelta(microseconds=1),
    "order": UrgentOrder("kidnap", "NS3300", "NS-20261122-0931", NOON),
}
ANOTHER_SCOPE = {
    "vrms": ("TE57CAR", "TE57CAT"),
    "kind": MatchKind.WILDCARD,
    "cameras": ("NS-C01",),
    "since_at": NOON - timedelta(days=201),
    "until_at": NOON - timedelta(days=179),
    "age_ceiling_s": 208 * DAY_S,
    "tools": ("convoy",),
    "hold": 7,
}
ANOTHER_GROUND = {
    "purpose": Purpose.WANTED_PERSON,
    "category": "serious crime",
    "reference": "NS-2605-00818",
    "reason": "Seen arriving",
}


def test_every_part_that_is_shown_changes_the_digest() -> None:
    changed = [replace(PENDING, **{name: value}) for name, value in ANOTHER.items()]
    changed += [
        replace(PENDING, scope=replace(PENDING.scope, **{name: value}))
        for name, value in ANOTHER_SCOPE.items()
    ]
    changed += [
        replace(PENDING, ground=replace(PENDING.ground, **{name: value}))
        for name, value in ANOTHER_GROUND.items()
    ]
    assert {field.name for field in fields(AccessScope)} == set(ANOTHER_SCOPE)
    assert {field.name for field in fields(Ground)} == set(ANOTHER_GROUND)
    digests = {digest_of(one) for one in [PENDING, *changed]}
    assert len(digests) == 1 + len(changed)


def test_where_it_stands_is_not_part_of_what_is_signed() -> None:
    settled = replace(PENDING, seq=9, digest="x", why="y", settled_by="NS2003", settled_at=NOON)
    assert digest_of(settled) == digest_of(PENDING)


def test_the_same_moment_in_another_zone_is_the_same_scope() -> None:
    elsewhere = timezone(timedelta(hours=5))
    moved = replace(PENDING, asked_at=NOON.astimezone(elsewhere))
    assert digest_of(moved) == digest_of(PENDING)


def test_codes_have_no_letters_that_look_alike() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) > 450
    assert set("".join(codes)) <= set(CODE_LETTERS)
    assert not set(CODE_LETTERS) & set("O0I1")
    assert {len(code) for code in codes} == {4}


@pytest.mark.parametrize(
    ("age_s", "tools", "row"),
    [
        (90 * DAY_S, (), ""),
        (90 * DAY_S + 1, (), "search_l2"),
        (365 * DAY_S, (), "search_l2"),
        (365 * DAY_S + 1, (), "search_l3"),
        (731 * DAY_S, (), ""),
        (DAY_S, ("convoy",), "sensitive_tools"),
        (400 * DAY_S, ("area_trawl",), "sensitive_tools"),
        (DAY_S, ("area_trawl", "pattern_of_life"), "pattern_of_life"),
    ],
)
def test_a_request_opens_the_row_of_its_tool_or_of_its_age(
    age_s: int, tools: tuple[str, ...], row: str
) -> None:
    assert capability_for(age_s=age_s, tools=tools, book=carried()) == row


@pytest.mark.parametrize(
    ("age_d", "ceiling_d"), [(200, 207), (357, 364), (358, 365), (360, 365), (365, 365), (400, 407)]
)
def test_data_never_grow_older_under_a_grant_than_its_signature_reaches(
    age_d: int, ceiling_d: int
) -> None:
    capability = "search_l2" if age_d <= 365 else "search_l3"
    asked = Asked(role="RES", capability=capability, action="do", facts={}, age_s=age_d * DAY_S)
    assert age_ceiling_s(asked, life_s=7 * DAY_S, book=carried()) == ceiling_d * DAY_S


def test_an_age_is_whole_seconds_rounded_up() -> None:
    assert oldest_s(NOON - timedelta(seconds=1.2), now=NOON) == 2
    assert oldest_s(NOON + timedelta(seconds=5), now=NOON) == 0


@given(wall_s=st.integers(-(10**7), 10**7), ticks_s=st.integers(0, 10**7), same=st.booleans())
def test_of_two_clocks_the_one_that_says_longer_counts(
    wall_s: int, ticks_s: int, same: bool
) -> None:
    since = Moment(NOON, 5.0, "first")
    later = Moment(NOON + timedelta(seconds=wall_s), 5.0 + ticks_s, "first" if same else "second")
    passed_s = elapsed_s(since, moment=later)
    assert passed_s >= wall_s
    assert not same or passed_s >= ticks_s
    assert passed_s in (wall_s, ticks_s)


SCOPE = Scope(
    vrm=" te57 car ",
    kind=MatchKind.EXACT,
    since_at=NOON - timedelta(days=200),
    until_at=NOON - timedelta(days=180),
    cameras=("NS-C02", "NS-C01", "NS-C02"),
    limit=100,
    before="",
)


def test_a_scope_is_frozen_in_one_spelling() -> None:
    assert frozen(SCOPE, tools=("convoy", "area_trawl")) == AccessScope(
        vrms=("TE57CAR",),
        kind=MatchKind.EXACT,
        cameras=("NS-C01", "NS-C02"),
        since_at=SCOPE.since_at,
        until_at=SCOPE.until_at,
        age_ceiling_s=0,
        tools=("area_trawl", "convoy"),
    )


def test_a_pattern_is_frozen_as_a_pattern_and_a_broken_one_is_refused() -> None:
    pattern = replace(SCOPE, vrm="te57 c*", kind=MatchKind.WILDCARD, cameras=())
    made = frozen(pattern, tools=())
    assert (made.vrms, made.kind, made.tools) == (("TE57C*",), MatchKind.WILDCARD, ())
    with pytest.raises(InputError):
        frozen(replace(pattern, vrm="*"), tools=())


def test_a_search_by_place_is_the_trawl_of_an_area() -> None:
    made = frozen(replace(SCOPE, vrm=""), tools=("convoy",))
    assert (made.vrms, made.cameras) == ((), ("NS-C01", "NS-C02"))
    assert made.tools == ("area_trawl", "convoy")
    assert frozen(replace(SCOPE, vrm=""), tools=()).tools == ("area_trawl",)


def test_several_marks_are_frozen_one_by_one_and_looked_for_exactly() -> None:
    several = replace(SCOPE, vrm="te57 car,AB12 CDE,TE57CAR", kind=MatchKind.LISTED, cameras=())
    made = frozen(several, tools=())
    assert (made.vrms, made.kind, made.tools) == (("AB12CDE", "TE57CAR"), MatchKind.EXACT, ())


def test_a_list_by_its_name_is_a_look_by_place() -> None:
    made = frozen(replace(SCOPE, vrm="@local", kind=MatchKind.LISTED), tools=())
    assert (made.vrms, made.kind, made.tools) == ((), MatchKind.EXACT, ("area_trawl",))


def test_a_list_by_its_name_without_cameras_is_refused() -> None:
    with pytest.raises(InputError) as no:
        frozen(replace(SCOPE, vrm="@local", kind=MatchKind.LISTED, cameras=()), tools=())
    assert str(no.value) == "Not asked: a list is looked for at cameras. Name them."


def test_a_mark_without_cameras_is_enough() -> None:
    assert frozen(replace(SCOPE, cameras=()), tools=()).vrms == ("TE57CAR",)


def test_a_search_for_nothing_is_refused_with_what_to_give() -> None:
    with pytest.raises(InputError) as no:
        frozen(replace(SCOPE, vrm="", cameras=()), tools=())
    assert str(no.value) == "Not asked: nothing is named. Give a plate, or the cameras."


@pytest.mark.parametrize("name", ["since_at", "until_at"])
def test_a_date_without_a_zone_is_refused(name: str) -> None:
    naive = getattr(SCOPE, name).replace(tzinfo=None)
    with pytest.raises(InputError) as no:
        frozen(replace(SCOPE, **{name: naive}), tools=())
    assert str(no.value) == "Not asked: the dates have no time zone. Give both in UTC."


BODY = {
    "age_ceiling_s": 17_884_800,
    "asked_at": "2026-11-22T12:00:00+00:00",
    "authorisers": 1,
    "authority": "inspector",
    "cameras": [],
    "capability": "search_l2",
    "category": "major",
    "code": "K7WD",
    "kind": "exact",
    "life_s": 604_800,
    "order": None,
    "purpose": "post_incident_investigation",
    "reason": "Seen leaving",
    "reference": "NS-2605-00817",
    "request": "R-0421",
    "requester": "NS4107",
    "searches": 20,
    "since_at": "2026-05-06T12:00:00+00:00",
    "tools": [],
    "until_at": "2026-05-26T12:00:00+00:00",
    "vrms": ["TE57CAR"],
}


def test_the_digest_is_over_canonical_json_of_all_that_is_signed() -> None:
    text = json.dumps(BODY, sort_keys=True, separators=(",", ":"))
    assert digest_of(PENDING) == hashlib.sha256(text.encode()).hexdigest()
    order = UrgentOrder("kidnap", "NS3300", "NS-20261122-0931", NOON)
    ordered = json.dumps(
        {**BODY, "order": ["kidnap", "NS3300", "NS-20261122-0931"]},
        sort_keys=True,
        separators=(",", ":"),
    )
    assert digest_of(replace(PENDING, order=order)) == hashlib.sha256(ordered.encode()).hexdigest()


def test_a_class_of_offence_that_the_policy_does_not_know_is_signed_as_none() -> None:
    text = json.dumps({**BODY, "category": ""}, sort_keys=True, separators=(",", ":"))
    for category in ("a class of its own", ""):
        odd = replace(PENDING, ground=replace(PENDING.ground, category=category))
        assert digest_of(odd) == hashlib.sha256(text.encode()).hexdigest()


def test_what_is_signed_does_not_depend_on_the_zone_of_the_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = digest_of(PENDING)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert digest_of(PENDING) == before
    finally:
        monkeypatch.undo()
        time.tzset()


def test_further_marks_are_frozen_with_the_first_each_once_in_their_order() -> None:
    made = frozen(SCOPE, tools=(), also=("te57 cat", "AB12CDE", "TE57CAR"))
    assert made.vrms == ("AB12CDE", "TE57CAR", "TE57CAT")


def test_further_marks_go_with_a_mark_alone() -> None:
    pattern = replace(SCOPE, vrm="TE57C*", kind=MatchKind.WILDCARD)
    assert frozen(pattern, tools=(), also=("AB12CDE",)).vrms == ("TE57C*",)
    assert frozen(replace(SCOPE, vrm=""), tools=(), also=("AB12CDE",)).vrms == ()


ALONE = Asked(role="RES", capability="search_l1", action="do", facts={}, age_s=85 * DAY_S)


def ceiling_d(asked: Asked, *, book: Rulebook | None = None) -> float:
    book = book or carried()
    return age_ceiling_s(asked, life_s=7 * DAY_S, book=book) / DAY_S


def test_what_the_same_rank_signs_ends_no_ceiling_and_what_a_higher_one_signs_does() -> None:
    assert ceiling_d(ALONE) == 90  # beyond it an Inspector signs
    convoy = replace(ALONE, capability="sensitive_tools", tool="convoy")
    assert ceiling_d(convoy) == 92  # an Inspector has signed
    assert ceiling_d(replace(ALONE, age_s=None)) == ceiling_d(replace(ALONE, age_s=0)) == 7


@pytest.mark.parametrize(("authority", "days"), [("constable", 90), ("anpr_manager", 92)])
def test_the_lowest_rank_ends_a_ceiling_and_a_post_does_not(authority: str, days: int) -> None:
    tier = replace(carried().tiers["search_l2"], authority=authority)
    book = replace(carried(), tiers={"search_l2": tier})
    assert ceiling_d(ALONE, book=book) == days


def test_where_no_row_goes_by_its_tools_the_age_alone_names_the_row() -> None:
    book = replace(carried(), tools_of={})
    assert capability_for(age_s=100 * DAY_S, tools=("convoy",), book=book) == "search_l2"
