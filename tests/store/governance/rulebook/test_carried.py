"""The rule book says what the file says, read here by other code than the loader's."""

import re
import tomllib
from dataclasses import replace
from importlib import resources
from typing import Any

import pytest

from store.governance.rulebook.figures import (
    AlarmRules,
    ClockRules,
    ConsoleRules,
    Figures,
    HoldRules,
    ListRules,
)
from store.governance.rulebook.loading import carried, load
from store.governance.rulebook.nouns import (
    Cell,
    Check,
    Condition,
    GrantRules,
    Rulebook,
    Separation,
    Tier,
    Tool,
)
from store.purposes import purpose_of
from store.terms import Priority

TEXT = resources.files("store.governance").joinpath("policy.toml").read_text("utf-8")
FILE: dict[str, Any] = tomllib.loads(TEXT)


@pytest.fixture
def book() -> Rulebook:
    return load(TEXT)


def members(name: str) -> set[str]:
    """A named set with the members of the sets in it."""
    groups = FILE["groups"]
    return set().union(*(members(one) if one in groups else {one} for one in groups[name]))


def test_what_the_program_carries_is_the_file(book: Rulebook) -> None:
    assert carried() == book


@pytest.mark.parametrize("name", ["version", "titles", "ranks", "purposes", "categories", "words"])
def test_plain_tables_are_as_they_stand(book: Rulebook, name: str) -> None:
    assert getattr(book, name) == FILE[name]


def test_figures_of_reviews_samples_and_flags_are_as_they_stand(book: Rulebook) -> None:
    assert book.reviews == FILE["reviews"]
    assert book.flags == FILE["flags"]
    assert book.sampling == FILE["sampling"]
    assert {type(share) for share in book.sampling.values()} == {float}
    assert (book.reads_s, book.ceiling_s) == (31_536_000, 63_072_000)


def test_each_cell_of_the_matrix_is_the_role_s_own(book: Rulebook) -> None:
    assert book.matrix == {
        row: {role: Cell(cell) for cell, roles in cells.items() for role in roles}
        for row, cells in FILE["matrix"].items()
    }
    assert book.cell("search_l1", role="OP") is Cell.OWN
    assert book.cell("search_l1", role="DPO") is Cell.NONE
    assert book.cell("no such row", role="OP") is Cell.NONE


def test_sets_hold_the_members_of_the_sets_in_them(book: Rulebook) -> None:
    assert book.groups == {name: members(name) for name in FILE["groups"]}
    assert book.is_in("search_l3", group="purposed")
    assert not book.is_in("weed_run", group="purposed")


def test_signing_and_separation_are_as_they_stand(book: Rulebook) -> None:
    assert book.rank_of_role == {"INS": "inspector", "SUP": "superintendent"}
    assert book.staff_equivalent == {"inspector"}
    never_for = dict.fromkeys(FILE["titles"], frozenset[str]())
    assert book.separation == Separation(
        auditor="AUD",
        operational=frozenset(FILE["separation"]["operational"]),
        never_search=frozenset({"SL"}),
        training_exempt=frozenset({"NHT", "ADM"}),
        never=frozenset({"filter_high", "circulate_nationally"}),
        never_for={**never_for, "ADM": frozenset(members("plates") | {"break_glass"})},
    )


def test_conditions_ask_for_their_facts_under_their_name(book: Rulebook) -> None:
    assert book.conditions == {
        tuple(cell.split(".")): Condition(
            name=of_it.get("name", [*of_it.get("needs", []), cell][0]),
            needs=tuple(of_it.get("needs", ())),
            view=of_it.get("view", ""),
        )
        for cell, of_it in FILE["conditions"].items()
    }


def test_tiers_and_tools_are_as_they_stand(book: Rulebook) -> None:
    sets = {"categories", "signed_by"}
    assert book.tiers == {
        name: Tier(
            **{
                key: frozenset(value)
                if key in sets
                else tuple(value)
                if isinstance(value, list)
                else value
                for key, value in tier.items()
            }
        )
        for name, tier in FILE["tiers"].items()
    }
    assert book.tools == {
        name: Tool(**{**tool, "needs": tuple(tool.get("needs", ()))})
        for name, tool in FILE["tools"].items()
    }
    assert book.tools_of == {row: frozenset(names) for row, names in FILE["tools_of"].items()}
    assert book.authorities == {"statement": ("anpr_manager", 1)}


def test_grounds_and_grants_are_as_they_stand(book: Rulebook) -> None:
    grounds, grants = FILE["grounds"], dict(FILE["grants"])
    assert book.grounds.reason_min_chars == 15
    assert book.grounds.reason_min_words == 3
    phrases = [re.findall(r"[a-z0-9]+", phrase) for phrase in grounds["placeholders"]]
    assert book.grounds.placeholders == tuple(tuple(words) for words in phrases if words)
    assert {name: form.pattern for name, form in book.grounds.references.items()} == grounds[
        "reference_formats"
    ]
    assert all(form.flags & re.ASCII for form in book.grounds.references.values())
    assert book.overrides_before_review == grants.pop("overrides_before_review")
    assert book.grants == GrantRules(**grants)


def values(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


def test_checks_are_as_they_stand_and_in_that_order(book: Rulebook) -> None:
    expected = []
    for check in FILE["check"]:
        names = check.get("on", [])
        on = set().union(*(members(one) if one in FILE["groups"] else {one} for one in names))
        told = {
            **check,
            "on": frozenset(on),
            "act": frozenset(check["act"]),
            "role": frozenset(check.get("role", ())),
            "tool": frozenset(check.get("tool", ())),
            "when": {fact: values(value) for fact, value in check.get("when", {}).items()},
        }
        for name in {"one_of", "none_of"} & check.keys():
            told[name] = tuple(check[name])
        expected.append(Check(**told))
    assert list(book.checks) == expected


def test_every_fact_that_a_rule_looks_at_is_known_and_no_other(book: Rulebook) -> None:
    named = {
        "age_ceiling_s", "also_holds", "cameras", "clock_behind_audit_s", "fdo_order",
        "grant_expires_in_s", "overrides_this_shift", "own", "rank", "reason", "reference",
        "searches_left", "signs_as", "span_to_age_s", "training_expires_in_s", "window_s",
    }  # fmt: skip
    for check in FILE["check"]:
        named |= {check["fact"], *check.get("when", {})}
        named |= {check["same_as"]} if "same_as" in check else set()
    for table in ("conditions", "tiers", "tools"):
        named |= {fact for of_it in FILE[table].values() for fact in of_it.get("needs", ())}
    assert book.known_facts == named - {"role"}


def test_the_figures_of_desks_and_machines_are_as_they_stand(book: Rulebook) -> None:
    lists = FILE["lists"]
    assert book.figures == Figures(
        version=FILE["version"],
        reads_s=31_536_000,
        clocks=ClockRules(**FILE["clocks"]),
        holds=HoldRules(**FILE["holds"]),
        alarms=AlarmRules(repeat_hits=3, repeat_window_s=86_400, unacknowledge_s=10),
        lists=ListRules(
            weed_date_far_s=lists["weed_date_far_s"],
            field_max_chars=lists["field_max_chars"],
            national_names=frozenset(lists["national_names"]),
            reasons={code: Priority(word) for code, word in lists["reasons"].items()},
            purposes={code: purpose_of(key) for code, key in lists["purposes"].items()},
        ),
        console=ConsoleRules(**FILE["console"]),
    )


def test_a_code_is_said_in_a_row_s_own_words_where_it_has_some(book: Rulebook) -> None:
    words = {"never": "this is never done", "never:weed_run": "weeding is never done by hand"}
    told = {**book.words, **words}
    other = replace(book, words=told)
    assert other.say("never", on="weed_run") == "Not done: weeding is never done by hand"
    assert other.say("never", on="subject_access") == "Not done: this is never done"
    assert other.say("never") == "Not done: this is never done"
    general = FILE["words"]["condition_not_met"]
    assert other.say("condition_not_met:no such fact") == f"Not done: {general}"
