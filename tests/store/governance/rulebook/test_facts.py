"""A fact holds where it is told and within what the policy asks; anything else does not hold."""

from dataclasses import replace

import pytest

from store.governance.rulebook.facts import broken, is_so, number
from store.governance.rulebook.loading import carried
from store.governance.rulebook.nouns import Check, Fact
from store.governance.rulebook.verdicts import Asked

BOOK = carried()
CHECK = Check(
    fact="level",
    code="not_so",
    on=frozenset(),
    act=frozenset({"do"}),
    role=frozenset(),
    tool=frozenset(),
    when={},
)
ASKED = Asked(role="RES", capability="search_l1", action="do", facts={})


def codes(check: Check, *, asked: Asked = ASKED, early: bool = False, **facts: Fact) -> list[str]:
    book = replace(BOOK, checks=(check,))
    return list(broken(replace(asked, facts=facts), book=book, early=early))


@pytest.mark.parametrize(
    ("value", "so"),
    [(True, True), (1, True), ("yes", True), (False, False), (0, False), ("", False)],
)
def test_a_fact_is_so_where_it_is_neither_false_nor_nought_nor_empty(value: Fact, so: bool) -> None:
    assert is_so({"own": value}, "own") is so
    assert is_so({}, "own") is False


@pytest.mark.parametrize(
    ("value", "given"), [(5, 5), (0, 0), (-5, -5), (True, 9), (False, 9), ("5", 9)]
)
def test_what_is_no_number_counts_as_not_told(value: Fact, given: int) -> None:
    assert number({"n": value}, "n", otherwise=9) == given
    assert number({}, "n", otherwise=9) == 9


@pytest.mark.parametrize(
    ("bounds", "value", "holds"),
    [
        ({"least": 3}, 3, True),
        ({"least": 3}, 2, False),
        ({"most": 3}, 3, True),
        ({"most": 3}, 4, False),
        ({"least": 2, "most": 3}, 1, False),
        ({"least": 2, "most": 3}, 4, False),
        ({"least": 0}, True, False),
        ({"most": 5}, True, False),
        ({"most": 5}, "3", False),
        ({"one_of": ("a", "b")}, "b", True),
        ({"one_of": ("a", "b")}, "c", False),
        ({"one_of": ()}, "c", False),
        ({"none_of": ("a", "")}, "b", True),
        ({"none_of": ("a", "")}, "", False),
        ({"form": "hit"}, "HIT-00000017", True),
        ({"form": "hit"}, "HIT-00000017 ", False),
        ({"form": "hit"}, 17, False),
    ],
)
def test_a_value_is_held_against_what_the_check_asks(
    bounds: dict[str, object], value: Fact, holds: bool
) -> None:
    check = replace(CHECK, **bounds)
    assert codes(check, level=value) == ([] if holds else ["not_so"])
    assert codes(check) == ["not_so"]


def test_a_fact_may_have_to_be_the_same_as_another() -> None:
    check = replace(CHECK, same_as="other")
    assert codes(check, level="SV", other="SV") == []
    assert codes(check, level="SV", other="NS") == ["not_so"]
    assert codes(check, level="SV") == ["not_so"]


@pytest.mark.parametrize(
    "change",
    [
        {"act": frozenset({"sign"})},
        {"on": frozenset({"weed_run"})},
        {"role": frozenset({"AM"})},
        {"tool": frozenset({"convoy"})},
    ],
)
def test_a_check_binds_only_where_it_applies(change: dict[str, object]) -> None:
    assert codes(replace(CHECK, one_of=("a",), **change), level="b") == []


@pytest.mark.parametrize(
    "change",
    [
        {"on": frozenset({"search_l1"})},
        {"role": frozenset({"RES", "AM"})},
        {"act": frozenset({"do", "sign"})},
    ],
)
def test_a_check_binds_where_it_applies(change: dict[str, object]) -> None:
    assert codes(replace(CHECK, one_of=("a",), **change), level="b") == ["not_so"]


def test_a_check_of_a_tool_binds_its_use() -> None:
    check = replace(CHECK, one_of=("a",), tool=frozenset({"convoy"}))
    assert codes(check, asked=replace(ASKED, tool="convoy"), level="b") == ["not_so"]


def test_a_check_with_a_circumstance_binds_in_it_and_where_it_is_not_told() -> None:
    check = replace(CHECK, one_of=("a",), when={"priority": ("high",)})
    assert codes(check, level="b", priority="high") == ["not_so"]
    assert codes(check, level="b", priority="low") == []
    assert codes(check, level="b") == ["not_so"]


def test_the_role_is_a_circumstance_like_any_other() -> None:
    check = replace(CHECK, fact="role", one_of=("RES",))
    assert codes(check) == []
    assert codes(check, asked=replace(ASKED, role="OP")) == ["not_so"]


def test_an_early_check_binds_only_where_its_fact_is_told() -> None:
    check = replace(CHECK, one_of=("a",), early=True)
    assert codes(check, early=True) == []
    assert codes(check, early=True, level="b") == ["not_so"]
    assert codes(replace(check, early=False), early=True, level="b") == []


def test_checks_are_looked_for_in_their_order() -> None:
    book = replace(BOOK, checks=(replace(CHECK, code="first"), replace(CHECK, code="second")))
    assert list(broken(ASKED, book=book, early=False)) == ["first", "second"]


def test_an_early_check_is_found_behind_one_that_is_not() -> None:
    late, early = replace(CHECK, code="late"), replace(CHECK, code="early", one_of=(), early=True)
    asked = replace(ASKED, facts={"level": "b"})
    book = replace(BOOK, checks=(late, early))
    assert list(broken(asked, book=book, early=True)) == ["early"]
