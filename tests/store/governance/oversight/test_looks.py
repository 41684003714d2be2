"""What of the chain counts as a search."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from store.governance.oversight.looks import Look, look_in
from store.vrm import fold

NOW = datetime(2026, 10, 15, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def body(**about: Any) -> dict[str, Any]:
    return {
        "kind": "asked",
        "by": "NS4107",
        "at": NOW.isoformat(),
        "rule": "search_l1.RES",
        "about": {
            "act": "search",
            "what": "search",
            "vrm": "TE57CAR",
            "since_at": (NOW - 7 * DAY).isoformat(),
            "cameras": [],
            "before": "",
            "ground": {"purpose": "ongoing_investigation", "reference": "NS-2610-02245"},
            **about,
        },
    }


def test_a_search_is_a_look_with_its_ground_and_reach() -> None:
    look = look_in(7, body())
    assert look is not None
    assert (look.seq, look.by, look.what, look.at) == (7, "NS4107", "search", NOW)
    assert (look.reference, look.purpose) == ("NS-2610-02245", "ongoing_investigation")
    assert look.reach_s == 7 * 86_400


def test_look_alikes_of_a_mark_count_as_one() -> None:
    one, other = look_in(1, body(vrm="TEO7CAR")), look_in(2, body(vrm="te07 car"))
    assert one is not None
    assert other is not None
    assert one.fold == other.fold


def test_a_search_that_was_cut_reaches_no_further_than_the_cut() -> None:
    look = look_in(
        1, body(since_at=(NOW - 400 * DAY).isoformat(), cut_at=(NOW - 90 * DAY).isoformat())
    )
    assert look is not None
    assert look.reach_s == 90 * 86_400


def test_a_further_page_is_the_same_search() -> None:
    assert look_in(1, body(before="key of a row")) is None


@pytest.mark.parametrize("kind", ["returned", "refused", "failed", "alarm acknowledged"])
def test_only_what_was_asked_and_let_through_counts(kind: str) -> None:
    assert look_in(1, {**body(), "kind": kind}) is None


def test_a_search_of_what_a_case_holds_is_a_search() -> None:
    held = look_in(1, body(what="held reads"))
    assert held is not None
    assert held.what == "search"


def test_other_looks_are_none() -> None:
    assert look_in(1, body(what="cameras")) is None
    assert look_in(1, body(what="read")) is None


def test_a_search_by_place_an_urgent_one_and_an_export_say_so() -> None:
    place = look_in(1, body(vrm="", cameras=["NS-C01", "NS-C02"]))
    assert place is not None
    assert (place.what, place.fold, place.cameras) == ("place", "", 2)
    urgent = look_in(1, body(act="threat_to_life_override"))
    assert urgent is not None
    assert urgent.urgent
    export = look_in(1, body(act="evidence_pack", what="pack"))
    assert export is not None
    assert export.what == "export"


def test_a_look_says_all_that_the_record_tells() -> None:
    told = body(
        cameras=["NS-C01"],
        ground={
            "purpose": "wanted_person",
            "category": "serious",
            "reference": "NS-2610-02245",
            "reason": "Named by a witness",
        },
        vehicles_of=["own", "colleague"],
    )
    look = look_in(9, {**told, "grant": "G-0301", "rule": "search_evidential_hold.RES"})
    assert look == Look(
        seq=9,
        by="NS4107",
        at=NOW,
        what="search",
        fold=fold("TE57CAR"),
        reference="NS-2610-02245",
        purpose="wanted_person",
        category="serious",
        reason="Named by a witness",
        reach_s=7 * 86_400,
        cameras=1,
        urgent=False,
        held=True,
        grant="G-0301",
        vehicles_of=frozenset({"own", "colleague"}),
    )


def test_a_record_that_lacks_its_circumstances_is_a_look_without_them() -> None:
    bare = {"kind": "asked", "by": "NS4107", "at": NOW.isoformat(), "about": {"what": "search"}}
    assert look_in(9, bare) == Look(seq=9, by="NS4107", at=NOW, what="place")
    assert look_in(9, {"kind": "asked", "by": "NS4107", "at": NOW.isoformat()}) is None


@pytest.mark.parametrize("act", ["export_for_controller", "evidence_pack"])
def test_each_kind_of_export_counts_as_one(act: str) -> None:
    export = look_in(1, body(act=act, what="pack"))
    assert export is not None
    assert (export.what, export.urgent, export.held) == ("export", False, False)


def decided(decision: str, **about: Any) -> dict[str, Any]:
    return {
        "kind": "alarm decided",
        "by": "NS4021",
        "at": NOW.isoformat(),
        "rule": "acknowledge_alarm.OP",
        "about": {"alarm_id": "A-17", "decision": decision, **about},
    }


@pytest.mark.parametrize("decision", ["deployed", "passed to force"])
def test_a_unit_that_was_sent_is_a_deployment_with_its_ground(decision: str) -> None:
    ground = {
        "purpose": "wanted_person",
        "category": "operational_response",
        "reference": "NS-20261015-0931",
        "reason": "Alarm on PNC entry 26/1: H03 Armed robbery",
    }
    assert look_in(3, decided(decision, ground=ground, vehicles_of=["household"])) == Look(
        seq=3,
        by="NS4021",
        at=NOW,
        what="deployment",
        **ground,
        vehicles_of=frozenset({"household"}),
        alarm_id="A-17",
    )


def test_one_that_was_sent_before_deployments_had_a_ground_counts_without_it() -> None:
    look = look_in(3, decided("deployed"))
    assert look is not None
    assert (look.what, look.reference, look.purpose) == ("deployment", "", "")


@pytest.mark.parametrize(
    "decision", ["not deployed", "not this vehicle: misread", "not this vehicle: clone", ""]
)
def test_an_answer_that_sends_nobody_is_no_deployment(decision: str) -> None:
    assert look_in(3, decided(decision)) is None


def test_nobody_is_sent_by_a_record_of_another_kind() -> None:
    assert look_in(3, {**decided("deployed"), "kind": "refused"}) is None


def test_an_order_and_a_hold_are_known_by_act_or_by_rule() -> None:
    for name, urgent, held in (
        ("threat_to_life_override", True, False),
        ("search_evidential_hold", False, True),
    ):
        for look in (look_in(1, body(act=name)), look_in(1, {**body(), "rule": f"{name}.RES"})):
            assert look is not None
            assert (look.urgent, look.held) == (urgent, held)
    by_act = body(act="search_evidential_hold")
    del by_act["rule"]
    look = look_in(1, by_act)
    assert look is not None
    assert look.held


def test_what_was_asked_of_the_time_to_come_reaches_nowhere() -> None:
    look = look_in(1, body(since_at=(NOW + DAY).isoformat()))
    assert look is not None
    assert look.reach_s == 0


def test_a_record_without_a_beginning_reaches_nowhere() -> None:
    for since_at in (None, ""):
        look = look_in(1, body(since_at=since_at))
        assert look is not None
        assert look.reach_s == 0
