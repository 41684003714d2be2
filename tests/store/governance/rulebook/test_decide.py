"""The rule book answers everything, and permits nothing that no rule names."""

import os
import tomllib
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.governance.rulebook.decide import decide, stand
from store.governance.rulebook.loading import carried
from store.governance.rulebook.nouns import Fact
from store.governance.rulebook.table import rows
from store.governance.rulebook.verdicts import Asked, NeedsAuthorisation, Permit, Refuse

CASES = int(os.environ.get("ANPR_POLICY_CASES", "2000"))
"""The long run is ANPR_POLICY_CASES=50000."""
TABLE = Path(__file__).parents[3] / "data" / "policy" / "decisions.csv"
ASKED = [row.asked for row in rows(TABLE, book=carried())]
POLICY = tomllib.loads(resources.files("store.governance").joinpath("policy.toml").read_text())
SEARCH = Asked(
    role="RES",
    capability="search_l1",
    action="do",
    facts={"reference": "NS-20261117-0412", "reason": "stolen van seen by patrol"},
    age_s=30 * 86_400,
    purpose="ongoing_investigation",
    category="serious",
    training="current",
    role_state="reviewed",
    staff_state="active",
)

junk = st.sampled_from(["", "*", "all", "OP,RES", "Valid"])
values: st.SearchStrategy[Fact] = st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=9)


@st.composite
def asks(draw: st.DrawFn) -> Asked:
    """A row of the table with some of its fields exchanged for those of others, or for junk."""
    asked = draw(st.sampled_from(ASKED))
    other = draw(st.sampled_from(ASKED))
    names = draw(st.sets(st.sampled_from([*Asked.__slots__]), max_size=4))
    for name in names - {"facts"}:
        kept = getattr(other, name)
        new = kept if name == "age_s" else draw(st.just(kept) | junk)
        asked = replace(asked, **{name: new})
    facts = dict(asked.facts)
    for name in draw(st.lists(st.sampled_from(sorted(facts)), max_size=3)):
        facts.pop(name, None)
        if draw(st.booleans()):
            facts[name] = draw(values)
    return replace(asked, facts=facts)


FITS = {
    "do": {"do", "own", "grant"},
    "use_grant": {"grant"},
    "read": {"read", "masked", "own"},
    "propose": {"propose"},
    "sign": {"sign"},
}


def cell_of(asked: Asked) -> str:
    """The cell as the file has it, read here by other code than the loader's."""
    row = POLICY["matrix"][asked.capability]
    return next(cell for cell, roles in row.items() if asked.role in roles)


@settings(max_examples=CASES, deadline=None)
@given(asks())
def test_no_permit_without_a_rule_that_names_it(asked: Asked) -> None:
    verdict = decide(asked, book=carried())
    assert isinstance(verdict, (Permit, NeedsAuthorisation, Refuse))
    if not isinstance(verdict, Permit):
        assert verdict.sentence.startswith("Not done: ")
        return
    assert verdict.rule == f"{asked.capability}.{asked.role}"
    by_post = asked.role in POLICY["tiers"].get(asked.capability, {}).get("signed_by", ())
    assert cell_of(asked) in FITS[asked.action] | ({"grant"} if by_post else set())
    assert asked.staff_state == "active"
    assert asked.role_state == "reviewed"
    if cell_of(asked) == "grant" and asked.action != "sign":
        assert asked.grant_state == "valid"


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ASKED), st.text(min_size=1), values)
def test_a_fact_that_no_rule_knows_is_refused(asked: Asked, name: str, value: Fact) -> None:
    if name not in carried().known_facts:
        told = replace(asked, facts={**asked.facts, name: value})
        assert isinstance(decide(told, book=carried()), Refuse)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ASKED))
def test_who_tells_nothing_is_permitted_nothing_that_rests_on_a_fact(asked: Asked) -> None:
    verdict = decide(replace(asked, facts={}), book=carried())
    if isinstance(verdict, Permit):
        assert asked.action in {"do", "read", "propose"}
        assert cell_of(asked) in {"do", "read", "masked", "propose"}
        assert asked.capability not in POLICY["groups"]["searches"]


def test_a_search_within_ninety_days_rests_on_the_role() -> None:
    assert decide(SEARCH, book=carried()) == Permit("search_l1.RES", "role_permits")


def test_a_span_past_ninety_days_is_cut_there() -> None:
    wide = replace(SEARCH, facts={**SEARCH.facts, "span_to_age_s": 120 * 86_400})
    verdict = decide(wide, book=carried())
    assert isinstance(verdict, Permit)
    assert (verdict.code, verdict.cut_at_age_s) == ("cut_at_age_boundary", 90 * 86_400)


def test_a_grant_for_a_minor_class_of_offence_never_reaches_past_a_year() -> None:
    book = replace(carried(), reads_s=2 * 365 * 86_400)
    granted = {
        "span_to_age_s": 500 * 86_400,
        "age_ceiling_s": 600 * 86_400,
        "grant_expires_in_s": 60,
        "searches_left": 1,
        "clock_behind_audit_s": 0,
    }
    old = replace(
        SEARCH,
        capability="search_l2",
        age_s=100 * 86_400,
        grant_state="valid",
        facts={**SEARCH.facts, **granted},
    )
    verdict = decide(old, book=book)
    assert isinstance(verdict, Permit)
    assert verdict.cut_at_age_s == 365 * 86_400


@pytest.mark.parametrize("tool", ["convoy", "crime_series", "reconnaissance"])
def test_a_sensitive_tool_needs_an_inspector_in_whatever_search_it_hides(tool: str) -> None:
    facts = {
        **SEARCH.facts,
        "incidents": 3,
        "crime_series_reference": True,
        "site_owner_need": True,
    }
    verdict = decide(replace(SEARCH, tool=tool, facts=facts), book=carried())
    assert isinstance(verdict, NeedsAuthorisation)
    assert (verdict.authority, verdict.count) == ("inspector", 1)


def test_a_tool_without_its_size_told_is_not_free() -> None:
    facts = {**SEARCH.facts, "cameras": 1}
    verdict = decide(replace(SEARCH, tool="area_trawl", facts=facts), book=carried())
    assert isinstance(verdict, NeedsAuthorisation)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"role": "CHIEF"}, "unknown_role"),
        ({"staff_state": "suspended"}, "staff_suspended"),
        ({"staff_state": "left"}, "staff_left"),
        ({"staff_state": ""}, "unknown_staff"),
        ({"role_state": "changed_unreviewed"}, "role_change_unreviewed"),
        ({"training": "expired"}, "training_expired"),
        ({"training": "none"}, "training_none"),
    ],
)
def test_nobody_stands_here_unknown_suspended_unreviewed_or_untrained(
    change: dict[str, str], code: str
) -> None:
    # S-49 to S-51
    book = carried()
    verdict = stand(replace(SEARCH, **change), book=book)
    assert verdict == Refuse(code, f"Not done: {POLICY['words'][code]}")


def test_who_is_active_reviewed_and_trained_may_be_here_and_no_more() -> None:
    verdict = stand(replace(SEARCH, capability="", action=""), book=carried())
    assert verdict == Permit("standing.RES", "in_good_standing")
    cluster = replace(SEARCH, role="ADM", training="none")  # sees no data: S-51 does not bind it
    assert stand(cluster, book=carried()) == Permit("standing.ADM", "in_good_standing")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"role": "CHIEF"}, "unknown_role"),
        ({"capability": "search_l9"}, "unknown_capability"),
        ({"action": "peek"}, "unknown_action"),
        ({"facts": {**SEARCH.facts, "moon": "full"}}, "unknown_fact"),
        ({"purpose": "curiosity"}, "unknown_purpose"),
        ({"purpose": ""}, "unknown_purpose"),
        ({"category": "petty"}, "unknown_category"),
        ({"category": ""}, "unknown_category"),
        ({"age_s": None}, "unknown_age"),
        ({"grant_state": "perhaps"}, "unknown_grant_state"),
        ({"tool": "crystal ball"}, "unknown_tool"),
        ({"capability": "weed_run", "role": "ADM", "purpose": "curiosity"}, "unknown_purpose"),
        ({"capability": "weed_run", "role": "ADM", "category": "petty"}, "unknown_category"),
    ],
)
def test_whatever_no_rule_knows_is_refused(change: dict[str, object], code: str) -> None:
    # S-9
    verdict = decide(replace(SEARCH, **change), book=carried())
    assert isinstance(verdict, Refuse)
    assert verdict.code == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"staff_state": "suspended"}, "staff_suspended"),
        ({"staff_state": "left"}, "staff_left"),
        ({"staff_state": "on holiday"}, "unknown_staff"),
        ({"role_state": "changed_unreviewed"}, "role_change_unreviewed"),
        ({"training": "expired"}, "training_expired"),
        ({"training": "none"}, "training_none"),
        ({"facts": {**SEARCH.facts, "training_expires_in_s": 0}}, "training_expired"),
        ({"facts": {**SEARCH.facts, "also_holds": "AUD"}}, "separation_of_duties"),
        ({"role": "SL", "capability": "search_l1"}, "separation_of_duties"),
        ({"role": "ADM", "capability": "search_l1"}, "never"),
        ({"capability": "circulate_nationally"}, "never"),
        ({"role": "DPO"}, "not_for_role"),
        ({"action": "read"}, "do_only"),
        ({"action": "sign"}, "not_an_authoriser"),
    ],
)
def test_a_person_or_a_duty_that_stands_against_it_is_named(
    change: dict[str, object], code: str
) -> None:
    # S-49 to S-51; roles.md, hard rules
    verdict = decide(replace(SEARCH, **change), book=carried())
    assert isinstance(verdict, Refuse)
    assert verdict.code == code


def test_a_training_that_ends_in_a_second_still_counts() -> None:
    facts = {**SEARCH.facts, "training_expires_in_s": 1}
    assert isinstance(decide(replace(SEARCH, facts=facts), book=carried()), Permit)


GRANTED = {
    **SEARCH.facts,
    "age_ceiling_s": 200 * 86_400,
    "grant_expires_in_s": 60,
    "searches_left": 1,
    "clock_behind_audit_s": 0,
}
SIGNED = next(
    row.asked
    for row in rows(TABLE, book=carried())
    if (row.asked.capability, row.asked.action, row.told.expected)
    == ("search_l2", "sign", "permit")
)


def test_a_clock_behind_the_audit_is_refused_and_no_signature_helps() -> None:
    old = replace(SEARCH, capability="search_l2", age_s=100 * 86_400, grant_state="valid")
    behind = replace(old, facts={**GRANTED, "clock_behind_audit_s": 3})
    verdict = decide(behind, book=carried())
    assert isinstance(verdict, Refuse)
    assert verdict.code == "clock_behind_audit"
    assert isinstance(decide(replace(old, facts=GRANTED), book=carried()), Permit)


def test_a_search_whose_tool_was_authorised_rests_on_the_grant() -> None:
    convoy = replace(SEARCH, tool="convoy", grant_state="valid", facts=GRANTED)
    assert decide(convoy, book=carried()) == Permit("search_l1.RES", "grant_valid")


def test_who_signs_gives_no_ground_of_their_own() -> None:
    facts = {key: fact for key, fact in SIGNED.facts.items() if key not in {"reference", "reason"}}
    verdict = decide(replace(SIGNED, facts=facts), book=carried())
    assert isinstance(verdict, Permit)
    assert verdict.code == "may_sign"


def test_the_higher_of_role_and_authority_is_the_rank_that_signs() -> None:
    inspector = {**SIGNED.facts, "rank": "inspector"}
    signed = replace(SIGNED, role="INS", facts=inspector)
    assert isinstance(decide(signed, book=carried()), Permit)
    tier = replace(carried().tiers["search_l2"], authority="chief_inspector")
    book = replace(carried(), tiers={**carried().tiers, "search_l2": tier})
    verdict = decide(signed, book=book)
    assert isinstance(verdict, Refuse)
    assert verdict.code == "wrong_rank"
    chief = replace(signed, facts={**inspector, "rank": "chief_inspector"})
    assert isinstance(decide(chief, book=book), Permit)


def test_a_refusal_is_said_in_the_words_of_its_row_where_that_has_some() -> None:
    watching = replace(SEARCH, capability="live_hit_feed", purpose="", category="", age_s=None)
    said = POLICY["words"]["not_for_role:live_hit_feed"]
    assert decide(watching, book=carried()) == Refuse("not_for_role", f"Not done: {said}")


def test_a_missing_authority_says_whose_why_and_what_to_do() -> None:
    old = replace(SEARCH, capability="search_l2", age_s=100 * 86_400)
    said = f"Not done: {POLICY['words']['needs_grant']}"
    needed = NeedsAuthorisation("inspector", 1, "needs_grant", said)
    assert decide(old, book=carried()) == needed


def test_a_look_without_an_order_says_whose_order_it_needs() -> None:
    asked = next(one for one in ASKED if one.capability == "threat_to_life_override")
    unordered = replace(asked, role="RES", action="do", facts={**asked.facts, "fdo_order": False})
    verdict = decide(unordered, book=carried())
    assert isinstance(verdict, NeedsAuthorisation)
    said = f"Not done: {POLICY['words']['needs_fdo_order']}"
    assert (verdict.authority, verdict.sentence) == ("force_duty_officer", said)


def test_a_span_that_ends_at_the_boundary_is_not_past_it() -> None:
    exact = replace(SEARCH, facts={**SEARCH.facts, "span_to_age_s": 90 * 86_400})
    assert decide(exact, book=carried()) == Permit("search_l1.RES", "role_permits")
    over = replace(SEARCH, facts={**SEARCH.facts, "span_to_age_s": 90 * 86_400 + 1})
    cut = Permit("search_l1.RES", "cut_at_age_boundary", cut_at_age_s=90 * 86_400)
    assert decide(over, book=carried()) == cut


def test_a_grant_reaches_to_its_ceiling_and_is_cut_there() -> None:
    def reached(span_d: int) -> object:
        facts = {**GRANTED, "span_to_age_s": span_d * 86_400}
        return decide(replace(SEARCH, grant_state="valid", facts=facts), book=carried())

    assert reached(200) == Permit("search_l1.RES", "grant_valid")
    cut = Permit("search_l1.RES", "cut_at_age_boundary", cut_at_age_s=200 * 86_400)
    assert reached(201) == cut


def test_who_only_reads_gives_no_ground() -> None:
    reading = replace(
        SEARCH,
        role="AUD",
        capability="create_voi_response",
        action="read",
        facts={},
        age_s=None,
    )
    verdict = decide(reading, book=carried())
    assert verdict == Permit("create_voi_response.AUD", "read_permits")


def test_a_tool_that_a_row_does_not_name_is_none_there() -> None:
    marks = replace(SEARCH, capability="search_marks", tool="convoy", facts=GRANTED)
    verdict = decide(replace(marks, grant_state="valid"), book=carried())
    assert isinstance(verdict, Refuse)
    assert verdict.code == "unknown_tool"


@pytest.mark.parametrize(
    ("facts", "signs"),
    [
        ({"rank": "inspector"}, True),
        ({"rank": "staff_equivalent"}, True),
        ({"rank": "sergeant"}, False),
        ({"rank": "sheriff"}, False),
        ({"rank": ""}, False),
        ({}, False),
    ],
)
def test_an_inspector_signs_by_rank_and_not_by_role_alone(
    facts: dict[str, Fact], signs: bool
) -> None:
    # std D: the role alone does not sign, its rank does; what is not told is no rank
    told = {key: fact for key, fact in SIGNED.facts.items() if key != "rank"}
    verdict = decide(replace(SIGNED, role="INS", facts={**told, **facts}), book=carried())
    assert isinstance(verdict, Permit if signs else Refuse)
    if isinstance(verdict, Refuse):
        assert verdict.code == "wrong_rank"


def test_no_rank_is_lower_than_the_lowest_and_none_that_is_unknown_counts_for_it() -> None:
    lowest = {**carried().ranks, "constable": 1}
    tier = replace(carried().tiers["search_l2"], authority="constable")
    book = replace(
        carried(),
        ranks=lowest,
        rank_of_role={},
        tiers={**carried().tiers, "search_l2": tier},
    )
    for rank, signs in (("constable", True), ("sheriff", False), ("", False)):
        signed = replace(SIGNED, role="INS", facts={**SIGNED.facts, "rank": rank})
        assert isinstance(decide(signed, book=book), Permit) is signs, rank


def test_the_rank_of_a_role_binds_also_where_nothing_else_asks_for_one() -> None:
    voted = next(
        one.asked
        for one in rows(TABLE, book=carried())
        if (one.asked.capability, one.asked.role, one.asked.action, one.told.expected)
        == ("create_voi_intelligence", "INS", "sign", "permit")
    )
    assert isinstance(decide(voted, book=carried()), Permit)
    low = replace(voted, facts={**voted.facts, "rank": "sergeant"})
    verdict = decide(low, book=carried())
    assert isinstance(verdict, Refuse)
    assert verdict.code == "wrong_rank"


def test_orders_of_a_shift_raise_a_review_from_the_number_of_the_policy_on() -> None:
    asked = next(
        row.asked
        for row in rows(TABLE, book=carried())
        if (row.asked.capability, row.asked.action, row.told.code)
        == ("threat_to_life_override", "sign", "may_sign")
    )
    book = replace(carried(), overrides_before_review=1)
    for orders, raised in (({}, False), ({"overrides_this_shift": 1}, True)):
        told = {k: v for k, v in asked.facts.items() if k != "overrides_this_shift"}
        verdict = decide(replace(asked, facts={**told, **orders}), book=book)
        assert isinstance(verdict, Permit)
        assert (verdict.view == "review_raised") is raised
