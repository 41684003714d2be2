"""The search desk over a real archive: masks, cuts, pages, and what it leaves on record."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from store.errors import InputError, RefusedError
from store.purposes import Category
from store.terms import Certainty, MatchKind
from tests.store.policies import TWO_YEARS, in_force
from tests.store.rig import (
    COLLEAGUE,
    GROUND,
    INCIDENT,
    INVESTIGATOR,
    NOON,
    OPERATOR,
    Rig,
    read,
    scope,
)


@pytest.fixture
def found(rig: Rig) -> Rig:
    """Five reads: three of one vehicle (one as O for 0), two of others; one is 100 days old."""
    rig.writer.record(
        [
            read(1, vrm="TE07CAR", age=timedelta(hours=1)),
            read(2, vrm="TEO7CAR", age=timedelta(days=2), camera_id="NS-C02"),
            read(3, vrm="TE09CAB", age=timedelta(days=3)),
            read(4, vrm="UX71ABC", age=timedelta(days=4)),
            read(5, vrm="TE07CAR", age=timedelta(days=100)),
        ]
    )
    return rig


def test_an_exact_search_finds_the_mark_and_its_glyphs_newest_first(found: Rig) -> None:
    page = found.desks.searches.search(INVESTIGATOR, scope("te07 car"), GROUND, now=NOON)
    assert [(row.vrm, row.certainty, row.camera_name) for row in page.rows] == [
        ("TE07CAR", Certainty.EXACT, "Ring Rd E"),
        ("TEO7CAR", Certainty.GLYPH, "Moor Ln"),
    ]
    assert (page.more, page.vehicles, page.cut_at, page.sentence) == (False, 1, None, "")


def test_a_wildcard_shows_what_was_typed_and_hides_the_rest(found: Rig) -> None:
    wild = scope("TE0*CA*", kind=MatchKind.WILDCARD)
    page = found.desks.searches.search(INVESTIGATOR, wild, GROUND, now=NOON)
    assert [row.vrm for row in page.rows] == ["TE0░CA░"] * 3
    assert page.vehicles == 2


def test_nothing_of_a_masked_row_tells_the_mark(found: Rig) -> None:
    wild = scope("TE0*", kind=MatchKind.WILDCARD)
    page = found.desks.searches.search(INVESTIGATOR, wild, GROUND, now=NOON)
    assert len(page.rows) == 3
    for row in page.rows:
        assert not any(mark in repr(row) for mark in ("TE07CAR", "TEO7CAR", "TE09CAB", "CAR"))


def test_a_search_leaves_what_was_asked_and_what_it_returned(found: Rig) -> None:
    page = found.desks.searches.search(INVESTIGATOR, scope("TE07CAR"), GROUND, now=NOON)
    asked, returned = found.records()[-2:]
    assert (asked["seq"], returned["seq"]) == (page.asked_seq, page.returned_seq)
    assert asked["about"]["vrm"] == "TE07CAR"
    assert asked["about"]["since_at"] == (NOON - timedelta(days=7)).isoformat()
    assert asked["about"]["ground"]["reason"] == GROUND.reason
    assert (returned["kind"], returned["about"]["count"]) == ("returned", 2)


def test_pages_follow_each_other_without_gap_or_double(found: Rig) -> None:
    searches = found.desks.searches
    first = searches.search(INVESTIGATOR, scope("TE07CAR", limit=1), GROUND, now=NOON)
    then = scope("TE07CAR", limit=1, before=first.rows[-1].key)
    second = searches.search(INVESTIGATOR, then, GROUND, now=NOON)
    assert (first.more, second.more) == (True, False)
    assert [row.read_id for row in first.rows + second.rows] == [f"{n:032x}" for n in (1, 2)]


def test_the_age_limit_cuts_an_investigators_search_and_says_so(found: Rig) -> None:
    page = found.desks.searches.search(INVESTIGATOR, scope("TE07CAR", days=120), GROUND, now=NOON)
    assert page.cut_at == NOON - timedelta(days=90)
    assert [row.read_id for row in page.rows] == [f"{n:032x}" for n in (1, 2)]
    assert page.sentence.startswith("Searched back to 24 Aug 2026")


def test_an_operator_reaches_24_hours(found: Rig) -> None:
    page = found.desks.searches.search(OPERATOR, scope("TE07CAR"), INCIDENT, now=NOON)
    assert [row.read_id for row in page.rows] == [f"{1:032x}"]
    assert page.cut_at == NOON - timedelta(days=1)


def test_a_search_that_is_all_past_the_limit_is_refused_with_what_to_do(found: Rig) -> None:
    past = replace(scope(days=120), until_at=NOON - timedelta(days=100))
    with pytest.raises(RefusedError, match="an Inspector") as refused:
        found.desks.searches.search(INVESTIGATOR, past, GROUND, now=NOON)
    assert refused.value.reason == "needs_grant"
    record = found.records()[-1]
    assert (record["kind"], record["by"]) == ("refused", INVESTIGATOR.staff_id)
    assert (record["about"]["authority"], record["about"]["authorisers"]) == ("inspector", 1)


def test_an_operator_who_names_neither_hit_nor_incident_is_told_what_to_name(found: Rig) -> None:
    with pytest.raises(RefusedError, match="log number") as refused:
        found.desks.searches.search(
            OPERATOR, scope("TE07CAR"), replace(INCIDENT, reference="NS-2611-04417"), now=NOON
        )
    assert refused.value.reason == "condition_not_met:open_hit_or_incident"


def test_an_open_alarm_lets_any_operator_look_back_a_day(found: Rig) -> None:
    found.raised(read(1, vrm="TE07CAR", age=timedelta(hours=1)))
    ground = replace(INCIDENT, reference="NS-2611-04417")
    page = found.desks.searches.search(OPERATOR, scope("TEO7CAR"), ground, now=NOON)
    assert page.cut_at == NOON - timedelta(days=1)


def test_an_own_hit_lets_its_operator_look_back_ninety_days_and_no_colleague(found: Rig) -> None:
    alarm = found.raised(read(1, vrm="TE07CAR", age=timedelta(hours=1)))
    found.desks.alarms.acknowledge(OPERATOR, alarm_id=alarm.alarm_id, now=NOON)
    asked = scope("TE07CAR", days=120)
    own = found.desks.searches.search(OPERATOR, asked, GROUND, now=NOON)
    assert own.cut_at == NOON - timedelta(days=90)
    other = found.desks.searches.search(COLLEAGUE, asked, INCIDENT, now=NOON)
    assert other.cut_at == NOON - timedelta(days=1)


def test_a_record_says_by_which_rule_and_whose_data_came_back(found: Rig) -> None:
    found.desks.searches.search(INVESTIGATOR, scope("TE07CAR"), GROUND, now=NOON)
    asked, returned = found.records()[-2:]
    assert {one["rule"] for one in (asked, returned)} == {"search_l1.RES"}
    assert returned["about"]["controllers"] == ["NS"]
    assert asked["about"]["ground"]["purpose"] == "ongoing_investigation"


def test_a_reason_nobody_can_check_is_refused(found: Rig) -> None:
    with pytest.raises(RefusedError) as refused:
        found.desks.searches.search(
            INVESTIGATOR, scope(), replace(GROUND, reason="investigation"), now=NOON
        )
    assert refused.value.reason == "reason_placeholder"


def test_nothing_found_says_where_it_was_looked(found: Rig) -> None:
    page = found.desks.searches.search(INVESTIGATOR, scope("JX65RED"), GROUND, now=NOON)
    assert page.rows == ()
    assert page.sentence == "No read of this plate in 7 days at 2 cameras."


def test_a_search_by_place_shows_where_and_when_and_no_plate(found: Rig) -> None:
    place = scope("", days=1 / 12, cameras=("NS-C01",))
    page = found.desks.searches.search(INVESTIGATOR, place, GROUND, now=NOON)
    assert [(row.vrm, row.camera_name) for row in page.rows] == [("░░░░░░░", "Ring Rd E")]
    assert found.records()[-2]["about"]["tool"] == "area_trawl"


@pytest.mark.parametrize(
    ("cameras", "hours", "code"),
    [
        ((), 2, "scope_empty"),
        (tuple(f"NS-C0{n}" for n in range(5)), 2, ""),
        (tuple(f"NS-C0{n}" for n in range(6)), 2, "needs_grant"),
        (("NS-C01",), 2.001, "needs_grant"),
    ],
)
def test_a_search_by_place_keeps_to_few_cameras_and_a_short_time(
    found: Rig, cameras: tuple[str, ...], hours: float, code: str
) -> None:
    place = scope("", days=hours / 24, cameras=cameras)
    said = ""
    try:
        found.desks.searches.search(INVESTIGATOR, place, GROUND, now=NOON)
    except RefusedError as refused:
        said = refused.reason
    assert said == code


def test_an_operator_searches_plates_and_no_places(found: Rig) -> None:
    place = scope("", days=1 / 12, cameras=("NS-C01",))
    with pytest.raises(RefusedError):
        found.desks.searches.search(OPERATOR, place, INCIDENT, now=NOON)


@pytest.mark.parametrize(
    "wrong",
    [
        scope("TE57-CAR!"),
        scope("*", kind=MatchKind.WILDCARD),
        scope("TE57CAR", limit=0),
        scope("TE57CAR", limit=501),
        scope("TE57CAR", before="nonsense"),
        replace(scope(), since_at=datetime(2026, 11, 20)),  # noqa: DTZ001 - the fault under test
    ],
)
def test_a_malformed_search_is_told_what_is_wrong(found: Rig, wrong: object) -> None:
    with pytest.raises(InputError):
        found.desks.searches.search(INVESTIGATOR, wrong, GROUND, now=NOON)


def test_an_error_never_repeats_the_plate(found: Rig) -> None:
    with pytest.raises(InputError) as told:
        found.desks.searches.search(INVESTIGATOR, scope("TE57CAR!"), GROUND, now=NOON)
    assert "TE57" not in str(told.value)


def test_dates_of_another_zone_are_the_same_moment(found: Rig) -> None:
    east = timezone(timedelta(hours=5))
    moved = replace(
        scope("TE07CAR"),
        since_at=(NOON - timedelta(days=7)).astimezone(east),
        until_at=NOON.astimezone(east),
    )
    page = found.desks.searches.search(INVESTIGATOR, moved, GROUND, now=NOON)
    assert len(page.rows) == 2
    assert page.rows[0].captured_at.tzinfo is UTC


class TestNeeds:
    def test_it_says_nothing_more_and_how_far(self, rig: Rig) -> None:
        needs = rig.desks.searches.needs(INVESTIGATOR, scope(days=7.5), GROUND, now=NOON)
        assert needs.may
        assert needs.oldest_days == 8
        assert needs.sentence == "Nothing more. Oldest part 8 days."

    def test_it_says_whose_authority_the_rest_would_need(self, rig: Rig) -> None:
        needs = rig.desks.searches.needs(INVESTIGATOR, scope(days=120), GROUND, now=NOON)
        assert (needs.may, needs.authority, needs.authorisers) == (True, "inspector", 1)
        assert needs.sentence == (
            "Reaches back to 24 Aug 2026 12:00 UTC only. The part before it needs an Inspector."
        )

    def test_it_says_whose_authority_all_of_it_needs(self, rig: Rig) -> None:
        in_force(rig.ledger, *TWO_YEARS, now=NOON)
        old = replace(scope(days=420), until_at=NOON - timedelta(days=400))
        ground = replace(GROUND, category=Category.MAJOR)
        needs = rig.desks.searches.needs(INVESTIGATOR, old, ground, now=NOON)
        assert (needs.may, needs.authority, needs.authorisers) == (False, "superintendent", 1)
        assert "a Superintendent" in needs.sentence

    def test_it_says_where_the_limit_will_cut(self, rig: Rig) -> None:
        needs = rig.desks.searches.needs(OPERATOR, scope(), INCIDENT, now=NOON)
        assert needs.may
        assert "Reaches back to 21 Nov 2026 12:00 UTC only" in needs.sentence
        assert (needs.authority, needs.authorisers) == ("", 0)

    def test_it_says_what_is_wrong_with_the_ground(self, rig: Rig) -> None:
        needs = rig.desks.searches.needs(
            INVESTIGATOR, scope(), replace(GROUND, reference=""), now=NOON
        )
        assert not needs.may
        assert "reference" in needs.sentence

    def test_it_says_what_is_wrong_with_the_plate(self, rig: Rig) -> None:
        needs = rig.desks.searches.needs(INVESTIGATOR, scope("T!"), GROUND, now=NOON)
        assert (needs.may, "A-Z and 0-9" in needs.sentence) == (False, True)

    def test_it_leaves_no_record(self, rig: Rig) -> None:
        before = rig.records()
        rig.desks.searches.needs(INVESTIGATOR, scope(), GROUND, now=NOON)
        assert rig.records() == before


class TestOpenRead:
    def test_it_shows_the_plate_in_clear_with_its_pictures(self, found: Rig) -> None:
        detail = found.desks.searches.open_read(
            INVESTIGATOR, read_id=f"{3:032x}", ground=GROUND, now=NOON
        )
        assert (detail.vrm, detail.row.vrm, detail.raw) == ("TE09CAB",) * 3
        assert (detail.plate_jpeg, detail.vehicle_jpeg) == (b"plate", b"vehicle")
        assert detail.row.camera_name == "Ring Rd E"

    def test_it_is_an_act_of_its_own_on_record(self, found: Rig) -> None:
        detail = found.desks.searches.open_read(
            INVESTIGATOR, read_id=f"{3:032x}", ground=GROUND, now=NOON
        )
        asked, returned = found.records()[-2:]
        assert (asked["kind"], asked["about"]["act"]) == ("asked", "any_plate_image_voi")
        assert asked["about"]["read_id"] == f"{3:032x}"
        assert (returned["seq"], returned["about"]["count"]) == (detail.audit_seq, 1)

    def test_a_read_past_the_role_s_reach_stays_shut(self, found: Rig) -> None:
        with pytest.raises(RefusedError) as refused:
            found.desks.searches.open_read(OPERATOR, read_id=f"{3:032x}", ground=INCIDENT, now=NOON)
        assert refused.value.reason == "not_own"
        assert found.kinds(by=OPERATOR.staff_id) == ["asked", "refused"]

    def test_it_needs_a_ground(self, found: Rig) -> None:
        with pytest.raises(RefusedError):
            found.desks.searches.open_read(
                INVESTIGATOR,
                read_id=f"{3:032x}",
                ground=replace(GROUND, reason="123"),
                now=NOON,
            )
        assert found.kinds(by=INVESTIGATOR.staff_id) == ["refused"]

    def test_a_read_that_is_gone_is_refused_and_on_record(self, found: Rig) -> None:
        with pytest.raises(RefusedError, match="no such read"):
            found.desks.searches.open_read(
                INVESTIGATOR, read_id=f"{99:032x}", ground=GROUND, now=NOON
            )
        assert found.kinds(by=INVESTIGATOR.staff_id) == ["asked", "refused"]

    def test_what_is_no_read_id_is_told_so(self, found: Rig) -> None:
        with pytest.raises(InputError):
            found.desks.searches.open_read(INVESTIGATOR, read_id="../..", ground=GROUND, now=NOON)
