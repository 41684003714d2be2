"""Ages open rows, take signatures and end answers; a grant that does not count says why."""

from dataclasses import replace

import pytest

from store.governance.rulebook.ages import (
    authority_for,
    gap,
    out_of_age,
    reach_s,
    searches_at,
    tier_of,
)
from store.governance.rulebook.loading import carried
from store.governance.rulebook.nouns import Fact, Rulebook
from store.governance.rulebook.verdicts import Asked

DAY_S = 86_400
BOOK = carried()
LIVE: dict[str, Fact] = {
    "grant_expires_in_s": 1,
    "searches_left": 1,
    "age_ceiling_s": 100 * DAY_S,
    "clock_behind_audit_s": 2,
}
GRANTED = Asked(
    role="RES",
    capability="search_l2",
    action="do",
    facts=LIVE,
    age_s=100 * DAY_S,
    category="serious",
    grant_state="valid",
)


def told(asked: Asked, **facts: Fact) -> Asked:
    return replace(asked, facts={**asked.facts, **facts})


def without(asked: Asked, name: str) -> Asked:
    return replace(asked, facts={key: fact for key, fact in asked.facts.items() if key != name})


@pytest.mark.parametrize(
    ("age_s", "rows"),
    [
        (0, ("search_l1", "search_l0")),
        (DAY_S, ("search_l1", "search_l0")),
        (DAY_S + 1, ("search_l1",)),
        (90 * DAY_S, ("search_l1",)),
        (90 * DAY_S + 1, ("search_l2",)),
        (365 * DAY_S, ("search_l2",)),
        (365 * DAY_S + 1, ("search_l3",)),
        (730 * DAY_S, ("search_l3",)),
        (731 * DAY_S, ("search_l3",)),
    ],
)
def test_an_age_is_searched_by_the_rows_that_reach_it_the_widest_first(
    age_s: int, rows: tuple[str, ...]
) -> None:
    # S-56 to S-59: 24 hours, 90 days, 12 months, two years, each bound inclusive
    assert searches_at(age_s, book=BOOK) == rows


def test_which_row_is_the_widest_goes_by_its_reach_and_not_by_its_name() -> None:
    wide = replace(BOOK.tiers["search_l0"], upto_s=60 * 365 * DAY_S)
    book = replace(BOOK, tiers={**BOOK.tiers, "search_l0": wide})
    assert searches_at(0, book=book) == ("search_l0", "search_l1")
    assert searches_at(800 * DAY_S, book=book) == ("search_l0",)


def test_the_grant_at_hand_counts_on_all_its_bounds() -> None:
    assert gap(GRANTED, book=BOOK) == ""


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"grant_expires_in_s": 0}, "grant_expired"),
        ({"searches_left": 0}, "grant_exhausted"),
        ({"age_ceiling_s": 100 * DAY_S - 1}, "grant_scope"),
        ({"clock_behind_audit_s": 3}, "clock_behind_audit"),
        ({"grant_expires_in_s": 0, "searches_left": 0}, "grant_expired"),
        ({"searches_left": 0, "age_ceiling_s": 0}, "grant_exhausted"),
        ({"age_ceiling_s": 0, "clock_behind_audit_s": 3}, "grant_scope"),
    ],
)
def test_a_grant_beyond_a_bound_says_which(facts: dict[str, Fact], code: str) -> None:
    assert gap(told(GRANTED, **facts), book=BOOK) == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("grant_expires_in_s", "grant_expired"),
        ("searches_left", "grant_exhausted"),
        ("age_ceiling_s", "grant_scope"),
        ("clock_behind_audit_s", "clock_behind_audit"),
    ],
)
def test_what_is_not_told_of_a_grant_counts_against_it(name: str, code: str) -> None:
    assert gap(without(GRANTED, name), book=BOOK) == code


def test_a_grant_without_a_ceiling_opens_not_even_what_is_new() -> None:
    new = replace(without(GRANTED, "age_ceiling_s"), age_s=0)
    assert gap(new, book=BOOK) == "grant_scope"
    assert gap(told(replace(GRANTED, age_s=None), age_ceiling_s=0), book=BOOK) == ""


@pytest.mark.parametrize("state", sorted(BOOK.grants.dead))
def test_a_grant_in_another_state_gives_the_reason_of_that_state(state: str) -> None:
    assert gap(replace(GRANTED, grant_state=state), book=BOOK) == BOOK.grants.dead[state]


def test_the_tier_of_a_row_is_its_own_and_of_others_that_of_the_age() -> None:
    assert tier_of(replace(GRANTED, age_s=0), book=BOOK) is BOOK.tiers["search_l2"]
    tool = replace(GRANTED, capability="sensitive_tools")
    assert tier_of(tool, book=BOOK) is BOOK.tiers["search_l2"]
    assert tier_of(replace(tool, age_s=90 * DAY_S), book=BOOK) is BOOK.tiers["search_l1"]
    assert tier_of(replace(tool, age_s=DAY_S), book=BOOK) is BOOK.tiers["search_l1"]
    assert tier_of(replace(tool, age_s=None), book=BOOK) is None


def test_an_age_below_every_tier_is_unknown() -> None:
    late = {
        name: replace(tier, over_s=max(tier.over_s, DAY_S))
        for name, tier in BOOK.tiers.items()
        if name != "sensitive_tools"
    }
    asked = replace(GRANTED, capability="sensitive_tools", age_s=DAY_S)
    assert list(out_of_age(asked, book=replace(BOOK, tiers=late))) == ["unknown_age"]


def test_the_age_plays_no_part_where_none_is_told_or_the_row_has_none() -> None:
    assert list(out_of_age(replace(GRANTED, age_s=None), book=BOOK)) == []
    assert list(out_of_age(replace(GRANTED, capability="weed_run"), book=BOOK)) == []


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        (GRANTED, []),
        (replace(GRANTED, age_s=-1), ["age_negative"]),
        (replace(GRANTED, age_s=365 * DAY_S), []),
        (replace(GRANTED, age_s=365 * DAY_S + 1), ["beyond_retention", "age_above_tier"]),
        (replace(GRANTED, category="other_policing"), ["category_not_for_tier"]),
        (replace(GRANTED, capability="search_evidential_hold", age_s=3_000 * DAY_S), []),
        (replace(GRANTED, capability="search_l1", age_s=90 * DAY_S), []),
        (replace(GRANTED, capability="search_l1", age_s=91 * DAY_S), ["age_above_tier"]),
        (replace(GRANTED, capability="search_l1", age_s=0, tool="convoy"), []),
        (
            replace(GRANTED, role="OP", capability="search_l1", age_s=0, tool="convoy"),
            ["not_for_role"],
        ),
        (replace(GRANTED, role="OP", capability="search_l1", age_s=0), []),
    ],
)
def test_what_stands_against_an_age(asked: Asked, codes: list[str]) -> None:
    assert list(out_of_age(asked, book=BOOK)) == codes


@pytest.mark.parametrize(
    ("capability", "age_s", "tool", "who"),
    [
        ("search_l1", 90 * DAY_S, "", ("", 0)),
        ("search_l2", 0, "", ("inspector", 1)),
        ("search_l3", 0, "", ("superintendent", 1)),
        ("search_l1", 365 * DAY_S, "", ("inspector", 1)),
        ("search_l1", 366 * DAY_S, "", ("superintendent", 1)),
        ("search_l1", 0, "convoy", ("inspector", 1)),
        ("search_l2", 0, "pattern_of_life", ("superintendent", 1)),
        ("search_l3", 0, "convoy", ("superintendent", 1)),
        ("search_evidential_hold", 3_000 * DAY_S, "convoy", ("anpr_manager+case_owner", 2)),
        ("statement", None, "", ("anpr_manager", 1)),
        ("weed_run", None, "", ("", 0)),
        ("sensitive_tools", 0, "area_trawl", ("inspector", 1)),
    ],
)
def test_the_strictest_of_row_age_and_tool_signs(
    capability: str, age_s: int | None, tool: str, who: tuple[str, int]
) -> None:
    asked = replace(GRANTED, capability=capability, age_s=age_s, tool=tool, facts={})
    assert authority_for(asked, book=BOOK) == who


@pytest.mark.parametrize(
    ("rank", "capability", "signs"),
    [
        ("assistant_chief_constable", "search_l2", "assistant_chief_constable"),
        ("chief_inspector", "search_l3", "superintendent"),
        ("constable", "search_l1", "constable"),  # the lowest rank is more than none
    ],
)
def test_of_two_signatures_the_higher_rank_is_wanted_whatever_its_name(
    rank: str, capability: str, signs: str
) -> None:
    convoy = replace(BOOK.tools["convoy"], authority=rank)
    book = replace(BOOK, tools={**BOOK.tools, "convoy": convoy})
    asked = replace(GRANTED, capability=capability, age_s=0, tool="convoy", facts={})
    assert authority_for(asked, book=book) == (signs, 1)


@pytest.mark.parametrize(
    ("facts", "free"),
    [
        ({"cameras": 5, "window_s": 7_200}, True),
        ({"cameras": 6, "window_s": 7_200}, False),
        ({"cameras": 5, "window_s": 7_201}, False),
        ({"cameras": 5}, False),
        ({"window_s": 7_200}, False),
        ({}, False),
    ],
)
def test_a_tool_is_free_within_both_of_its_bounds(facts: dict[str, Fact], free: bool) -> None:
    # methods.md A3: five cameras and two hours
    asked = replace(GRANTED, capability="search_l1", age_s=0, tool="area_trawl", facts=facts)
    assert authority_for(asked, book=BOOK) == (("", 0) if free else ("inspector", 1))
    by_grant = replace(asked, capability="sensitive_tools")
    assert authority_for(by_grant, book=BOOK) == ("inspector", 1)


def two_years() -> Rulebook:
    return replace(BOOK, reads_s=730 * DAY_S)


@pytest.mark.parametrize(
    ("asked", "granted", "book", "limit_d"),
    [
        (replace(GRANTED, capability="search_l1", age_s=0), False, BOOK, 90),
        (replace(GRANTED, capability="search_l0", age_s=0), False, BOOK, 1),
        (GRANTED, False, BOOK, 365),
        (GRANTED, True, BOOK, 100),
        (told(GRANTED, age_ceiling_s=400 * DAY_S), True, BOOK, 365),
        (told(GRANTED, age_ceiling_s=400 * DAY_S), True, two_years(), 365),
        (
            told(replace(GRANTED, age_s=365 * DAY_S), age_ceiling_s=400 * DAY_S),
            True,
            two_years(),
            365,
        ),
        (
            told(replace(GRANTED, category="major"), age_ceiling_s=400 * DAY_S),
            True,
            two_years(),
            400,
        ),
        (
            told(replace(GRANTED, capability="search_evidential_hold"), age_ceiling_s=999 * DAY_S),
            True,
            BOOK,
            999,
        ),
        (replace(GRANTED, capability="search_evidential_hold"), False, BOOK, 365),
        (without(GRANTED, "age_ceiling_s"), True, BOOK, 100),
        (
            replace(GRANTED, capability="threat_to_life_override", category="major"),
            False,
            two_years(),
            730,
        ),
    ],
)
def test_an_answer_reaches_as_far_back_as_row_grant_retention_and_class_allow(
    asked: Asked, granted: bool, book: Rulebook, limit_d: int
) -> None:
    assert reach_s(asked, book=book, granted=granted) == limit_d * DAY_S


def test_where_the_age_plays_no_part_nothing_is_cut() -> None:
    assert reach_s(replace(GRANTED, age_s=None), book=BOOK, granted=False) is None
    assert (
        reach_s(replace(GRANTED, capability="weed_run", age_s=None), book=BOOK, granted=True)
        is None
    )
