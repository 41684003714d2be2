"""A grant is good for what it names, for as long as it lives, and so many times."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from store.access import AccessRequest, Grant, GrantState, RequestState
from store.errors import RefusedError
from store.governance.access.grants import (
    WantedScope,
    exhaust,
    expire,
    left_s,
    misses,
    revoke,
    standing,
    use,
)
from store.governance.access.moments import Moment
from store.terms import MatchKind
from tests.store.governance.access.requests import GRANT, NOON, PENDING

BEGAN = Moment(NOON, 50.0, "first")
SECOND = timedelta(seconds=1)


def after(seconds: float, *, ticks_s: float | None = None, boot: str = "first") -> Moment:
    ticked = seconds if ticks_s is None else ticks_s
    return Moment(NOON + timedelta(seconds=seconds), 50.0 + ticked, boot)


WANTED = WantedScope(
    vrms=("TE57CAR",),
    kind=MatchKind.EXACT,
    cameras=(),
    since_at=PENDING.scope.since_at,
    until_at=PENDING.scope.until_at,
    tool="",
    purpose="post_incident_investigation",
    reference="NS-2605-00817",
)


def scoped(**changed: object) -> AccessRequest:
    return replace(PENDING, scope=replace(PENDING.scope, **changed))


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (RequestState.PENDING, "pending"),
        (RequestState.REFUSED, "refused"),
        (RequestState.WITHDRAWN, "withdrawn"),
        (RequestState.LAPSED, "lapsed"),
        (RequestState.AUTHORISED, "none"),
    ],
)
def test_a_request_without_a_grant_stands_as_its_own_state_says(
    state: RequestState, word: str
) -> None:
    assert standing(replace(PENDING, state=state)) == word


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (GrantState.LIVE, "valid"),
        (GrantState.EXPIRED, "expired"),
        (GrantState.REVOKED, "revoked"),
        (GrantState.EXHAUSTED, "exhausted"),
    ],
)
def test_a_grant_stands_as_its_state_says_whatever_became_of_the_request(
    state: GrantState, word: str
) -> None:
    grant = replace(GRANT, state=state)
    for of_request in (RequestState.AUTHORISED, RequestState.RATIFIED, RequestState.URGENT):
        assert standing(replace(PENDING, state=of_request, grant=grant)) == word


def test_what_was_named_misses_nothing() -> None:
    assert misses(PENDING, wanted=WANTED) == ""
    inside = replace(WANTED, since_at=WANTED.since_at + SECOND, until_at=WANTED.until_at - SECOND)
    assert misses(PENDING, wanted=inside) == ""


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"vrms": ("TE57CAT",)}, "other_vrm"),
        ({"vrms": ("TE57CAR", "TE57CAT")}, "other_vrm"),
        ({"vrms": ()}, "other_vrm"),
        ({"kind": MatchKind.WILDCARD}, "other_vrm"),
        ({"since_at": WANTED.since_at - SECOND}, "other_time"),
        ({"until_at": WANTED.until_at + SECOND}, "other_time"),
        ({"tool": "convoy"}, "other_tool"),
        ({"purpose": "wanted_person"}, "other_purpose"),
        ({"reference": "NS-2605-00818"}, "other_case"),
    ],
)
def test_whatever_goes_beyond_what_was_named_is_said(change: dict[str, object], what: str) -> None:
    assert misses(PENDING, wanted=replace(WANTED, **change)) == what


def test_a_tool_that_was_named_may_be_used_or_left() -> None:
    request = scoped(tools=("convoy", "pattern_of_life"))
    assert misses(request, wanted=replace(WANTED, tool="convoy")) == ""
    assert misses(request, wanted=WANTED) == ""
    assert misses(request, wanted=replace(WANTED, tool="area_trawl")) == "other_tool"


@pytest.mark.parametrize(
    ("cameras", "what"),
    [
        (("NS-C01",), ""),
        (("NS-C02", "NS-C01"), ""),
        ((), "other_camera"),
        (("NS-C03",), "other_camera"),
        (("NS-C01", "NS-C03"), "other_camera"),
    ],
)
def test_of_cameras_that_were_named_no_other_is_opened_nor_all(
    cameras: tuple[str, ...], what: str
) -> None:
    request = scoped(cameras=("NS-C01", "NS-C02"))
    assert misses(request, wanted=replace(WANTED, cameras=cameras)) == what


def test_where_no_camera_was_named_any_may_be_asked() -> None:
    assert misses(PENDING, wanted=replace(WANTED, cameras=("NS-C03",))) == ""


@pytest.mark.parametrize(
    ("kind", "vrms", "what"),
    [
        (MatchKind.EXACT, ("TE57CAR",), ""),
        (MatchKind.EXACT, ("TE57CAR", "TE57CAX"), ""),
        (MatchKind.EXACT, ("TE57CAR", "TE58CAR"), "other_vrm"),
        (MatchKind.EXACT, (), "other_vrm"),
        (MatchKind.WILDCARD, ("TE57CA?",), ""),
        (MatchKind.WILDCARD, ("TE57C*",), "other_vrm"),
        (MatchKind.WILDCARD, (), "other_vrm"),
    ],
)
def test_a_pattern_covers_itself_and_the_marks_it_meets(
    kind: MatchKind, vrms: tuple[str, ...], what: str
) -> None:
    request = scoped(kind=MatchKind.WILDCARD, vrms=("TE57CA?",))
    assert misses(request, wanted=replace(WANTED, kind=kind, vrms=vrms)) == what


@pytest.mark.parametrize(
    ("kind", "vrms", "what"),
    [
        (MatchKind.LOOKALIKE, ("TE57CAR",), ""),
        (MatchKind.LOOKALIKE, ("TE58CAR",), "other_vrm"),
        (MatchKind.EXACT, ("TE57CAR",), ""),
        (MatchKind.EXACT, ("TES7CAR",), ""),  # S is read for 5: what was found can be opened
        (MatchKind.EXACT, ("UX71ABC",), "other_vrm"),
        (MatchKind.WILDCARD, ("TE57CA?",), "other_vrm"),
    ],
)
def test_look_alikes_cover_themselves_and_each_of_them(
    kind: MatchKind, vrms: tuple[str, ...], what: str
) -> None:
    request = scoped(kind=MatchKind.LOOKALIKE, vrms=("TE57CAR",))
    assert misses(request, wanted=replace(WANTED, kind=kind, vrms=vrms)) == what


@pytest.mark.parametrize("kind", [MatchKind.EXACT, MatchKind.WILDCARD])
def test_look_alikes_are_covered_where_they_were_asked_for_alone(kind: MatchKind) -> None:
    request = scoped(kind=kind, vrms=("TE57CAR",))
    wanted = replace(WANTED, kind=MatchKind.LOOKALIKE, vrms=("TE57CAR",))
    assert misses(request, wanted=wanted) == "other_vrm"


def test_marks_that_look_alike_are_the_mark_that_was_named() -> None:
    request = scoped(vrms=("TE07CAR",))
    assert misses(request, wanted=replace(WANTED, vrms=("TEO7CAR",))) == ""


@pytest.mark.parametrize(
    ("kind", "vrms", "what"),
    [
        (MatchKind.EXACT, (), ""),
        (MatchKind.EXACT, ("TE57CAR",), ""),
        (MatchKind.WILDCARD, ("TE57*",), "other_vrm"),
    ],
)
def test_a_search_by_place_covers_any_mark_but_no_pattern(
    kind: MatchKind, vrms: tuple[str, ...], what: str
) -> None:
    request = scoped(vrms=(), cameras=("NS-C01",))
    wanted = replace(WANTED, kind=kind, vrms=vrms, cameras=("NS-C01",))
    assert misses(request, wanted=wanted) == what


@pytest.mark.parametrize(
    ("moment", "left"),
    [
        (after(0), 100.0),
        (after(99.5), 0.5),
        (after(100), 0.0),
        (after(1_000), 0.0),
        (after(-86_400, ticks_s=40), 60.0),
        (after(40, ticks_s=10), 60.0),
        (after(10, ticks_s=40), 60.0),
        (after(10, ticks_s=-49, boot="second"), 90.0),
        (after(10, ticks_s=99, boot="second"), 90.0),
    ],
)
def test_a_grant_lives_by_the_clock_that_leaves_it_less(moment: Moment, left: float) -> None:
    assert left_s(GRANT, began=BEGAN, moment=moment) == left


def test_each_use_is_counted_and_the_last_one_exhausts() -> None:
    once = use(GRANT, began=BEGAN, moment=after(1))
    assert once == replace(GRANT, searches_used=1)
    twice = use(once, began=BEGAN, moment=after(2))
    assert (twice.searches_used, twice.state, twice.settled_at) == (2, GrantState.LIVE, None)
    last = use(twice, began=BEGAN, moment=after(3))
    assert (last.searches_used, last.state) == (3, GrantState.EXHAUSTED)
    assert last.settled_at == after(3).now


@pytest.mark.parametrize(
    ("grant", "moment", "reason", "sentence"),
    [
        (
            replace(GRANT, state=GrantState.REVOKED),
            after(1),
            "grant_revoked",
            "Not searched: the authority was revoked. Ask the authoriser why.",
        ),
        (
            replace(GRANT, state=GrantState.EXPIRED),
            after(1),
            "grant_expired",
            "Not searched: the authority has expired. Ask for a new one.",
        ),
        (
            replace(GRANT, state=GrantState.EXHAUSTED),
            after(1),
            "grant_exhausted",
            "Not searched: the authority is used up. Ask for a new one.",
        ),
        (
            GRANT,
            after(100),
            "grant_expired",
            "Not searched: the authority has expired. Ask for a new one.",
        ),
        (
            replace(GRANT, searches_used=3),
            after(1),
            "grant_exhausted",
            "Not searched: the authority is used up. Ask for a new one.",
        ),
    ],
    ids=["revoked", "expired", "used up", "time is over", "no search left"],
)
def test_a_grant_that_is_over_gives_nothing_and_says_why(
    grant: Grant, moment: Moment, reason: str, sentence: str
) -> None:
    with pytest.raises(RefusedError) as no:
        use(grant, began=BEGAN, moment=moment)
    assert (no.value.reason, str(no.value)) == (reason, sentence)


def test_half_a_second_before_its_end_it_still_counts() -> None:
    assert use(GRANT, began=BEGAN, moment=after(99.5)).searches_used == 1


def test_how_it_ended_stands_in_it() -> None:
    assert exhaust(GRANT, now=NOON) == replace(GRANT, state=GrantState.EXHAUSTED, settled_at=NOON)
    assert expire(GRANT, now=NOON) == replace(GRANT, state=GrantState.EXPIRED, settled_at=NOON)
    assert revoke(GRANT, by="NS2050", why=" Case closed ", now=NOON) == replace(
        GRANT, state=GrantState.REVOKED, settled_at=NOON, settled_by="NS2050", why="Case closed"
    )


@pytest.mark.parametrize(
    "end",
    [
        lambda grant: expire(grant, now=NOON),
        lambda grant: revoke(grant, by="NS2050", why="Case closed", now=NOON),
    ],
    ids=["expire", "revoke"],
)
@pytest.mark.parametrize("state", sorted(set(GrantState) - {GrantState.LIVE}))
def test_what_has_ended_ends_no_other_way(end: Callable[[Grant], Grant], state: GrantState) -> None:
    with pytest.raises(RefusedError) as no:
        end(replace(GRANT, state=state))
    assert no.value.reason == "request_ended"
    assert str(no.value) == (f"Not done: G-0301 is {state} already. What has ended stays so.")


@pytest.mark.parametrize("why", ["", "  \n"])
def test_a_grant_is_revoked_with_a_reason(why: str) -> None:
    with pytest.raises(RefusedError) as no:
        revoke(GRANT, by="NS2050", why=why, now=NOON)
    assert no.value.reason == "reason_missing"
    assert str(no.value) == "Not revoked: it goes back to its holder with a reason. Say why."


@pytest.mark.parametrize(
    ("of_scope", "wanted", "what"),
    [
        ({"hold": 7, "vrms": ()}, {"hold": 7}, ""),
        ({"hold": 7, "vrms": ()}, {"hold": 7, "vrms": (), "kind": MatchKind.WILDCARD}, ""),
        ({"hold": 7, "vrms": ()}, {"hold": 8}, "other_vrm"),
        ({"hold": 7, "vrms": ()}, {}, "other_vrm"),
        ({"hold": 7}, {"hold": 7}, ""),
        ({"hold": 7}, {"hold": 7, "vrms": ("TE57CAT",)}, "other_vrm"),
        ({}, {"hold": 7}, "other_vrm"),
    ],
)
def test_a_grant_opens_the_hold_it_names_and_no_other_and_not_the_archive(
    of_scope: dict[str, object], wanted: dict[str, object], what: str
) -> None:
    # std D (L4): the named case only
    assert misses(scoped(**of_scope), wanted=replace(WANTED, **wanted)) == what
