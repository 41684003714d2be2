"""The parts of a rule book, each read from its section of the policy file."""

import re
from collections.abc import Mapping

from store.governance.rulebook.grounds import words_of
from store.governance.rulebook.nouns import (
    ACTIONS,
    Cell,
    Check,
    Condition,
    Fact,
    GrantRules,
    GroundRules,
    Separation,
    Tier,
    Tool,
)
from store.governance.rulebook.reading.sections import Section

__all__ = [
    "authority_in",
    "check_in",
    "conditions_in",
    "grants_in",
    "grounds_in",
    "limits_in",
    "positive_in",
    "row_in",
    "separation_in",
    "shares_in",
    "spread",
    "tier_in",
    "tool_in",
]


def row_in(cells: Section, roles: Mapping[str, str]) -> dict[str, Cell]:
    """Turn "cell to its roles" into "role to its cell"."""
    row: dict[str, Cell] = {}
    for cell in Cell:
        for role in cells.within(cell, known=roles):
            if role in row:
                raise cells.refusal(cell, f"gives {role} a second cell in one row")
            row[role] = cell
    cells.done()
    return row


def authority_in(section: Section, known: frozenset[str]) -> str:
    """Take a rank or post that is known."""
    authority = section.take("authority", str)
    if authority not in known:
        raise section.refusal("authority", f"names {authority!r}, which is no rank or post")
    return authority


def tier_in(
    section: Section,
    *,
    categories: Mapping[str, str],
    authorities: frozenset[str],
    roles: Mapping[str, str],
) -> Tier:
    """Read the age of data that one capability opens."""
    over_s, upto_s = section.count("over_s", least=-1), section.count("upto_s", least=0)
    if upto_s and upto_s <= over_s:
        raise section.refusal("upto_s", "lies before over_s: no age fits")
    authority = section.take("authority", str, " ").strip()
    authorisers = section.count("authorisers", least=0, default=0)
    known = not authority or authorities.issuperset(authority.split("+"))
    if bool(authority) != bool(authorisers) or not known:
        raise section.refusal("authority", "and authorisers must name who signs and how many")
    if "+" in authority and authorisers != len(authority.split("+")):
        raise section.refusal("authorisers", "is not one for each post")
    tier = Tier(
        over_s=over_s,
        upto_s=upto_s,
        categories=frozenset(section.within("categories", known=categories)),
        authority=authority,
        authorisers=authorisers,
        signed_by=frozenset(section.within("signed_by", known=roles)),
        needs=section.names("needs", ()),
        held=section.take("held", bool, False),
        ordered=section.take("ordered", bool, False),
        view=section.take("view", str, " ").strip(),
    )
    section.done()
    if not tier.categories:
        raise section.refusal("categories", "is missing or empty")
    return tier


def tool_in(section: Section, ranks: Mapping[str, int]) -> Tool:
    """Read one sensitive tool."""
    tool = Tool(
        authority=authority_in(section, frozenset(ranks)),
        authorisers=section.count("authorisers"),
        free_cameras_max=section.count("free_cameras_max", default=0, least=0),
        free_window_s=section.count("free_window_s", default=0, least=0),
        needs=section.names("needs", ()),
    )
    section.done()
    return tool


def conditions_in(
    section: Section, matrix: Mapping[str, Mapping[str, Cell]]
) -> list[tuple[str, str, Condition]]:
    """Read what the words inside cells ask for, by row and role."""
    read = []
    for key, inner in section.tables():
        row, _, role = key.partition(".")
        if role not in matrix.get(row, {}):
            raise section.refusal(key, "is a cell that the matrix leaves empty")
        needs = inner.names("needs", ())
        name = inner.take("name", str, needs[0] if needs else key)
        read.append((row, role, Condition(name, needs, inner.take("view", str, " ").strip())))
        inner.done()
    return read


def grounds_in(section: Section) -> GroundRules:
    """Read the rules for references and reasons."""
    rules = GroundRules(
        reason_min_chars=section.count("reason_min_chars"),
        reason_min_words=section.count("reason_min_words"),
        placeholders=tuple(
            words for phrase in section.names("placeholders") if (words := words_of(phrase.lower()))
        ),
        references={
            name: _pattern(section, form)
            for name, form in section.table("reference_formats").values(str).items()
        },
    )
    section.done()
    return rules


def _pattern(section: Section, form: str) -> re.Pattern[str]:
    try:
        return re.compile(form, re.ASCII)
    except re.error as error:
        raise section.refusal(
            "reference_formats", f"holds no regular expression: {error}"
        ) from error


def grants_in(section: Section) -> tuple[GrantRules, int]:
    """Read the rules for authorities, and the urgent orders of a shift before a review."""
    rules = GrantRules(
        life_default_s=section.count("life_default_s"),
        life_max_s=section.count("life_max_s"),
        searches_default=section.count("searches_default"),
        searches_max=section.count("searches_max"),
        request_lapses_s=section.count("request_lapses_s"),
        clock_behind_audit_s=section.count("clock_behind_audit_s", least=0),
        urgent_life_s=section.count("urgent_life_s"),
        urgent_searches=section.count("urgent_searches"),
        urgent_ratify_s=section.count("urgent_ratify_s"),
        live=section.take("live", str),
        dead=section.table("dead").values(str),
    )
    if rules.life_default_s > rules.life_max_s:
        raise section.refusal("life_default_s", "is longer than life_max_s")
    if rules.searches_default > rules.searches_max:
        raise section.refusal("searches_default", "is more than searches_max")
    if rules.live in rules.dead or "none" not in rules.dead:
        raise section.refusal("live", "must count, and the state none must not")
    overrides = section.count("overrides_before_review")
    section.done()
    return rules, overrides


def check_in(
    section: Section,
    *,
    rows: Mapping[str, object],
    groups: Mapping[str, frozenset[str]],
    roles: Mapping[str, str],
    tools: Mapping[str, Tool],
    grounds: GroundRules,
) -> Check:
    """Read one check of a fact."""
    when = section.table("when").values(object) if section.has("when") else {}
    check = Check(
        fact=section.take("fact", str),
        code=section.take("code", str),
        on=spread(section.within("on", known={*rows, *groups}), groups),
        act=frozenset(section.within("act", known=ACTIONS)),
        role=frozenset(section.within("role", known=roles)),
        tool=frozenset(section.within("tool", known=tools)),
        when={fact: _values(value) for fact, value in when.items()},
        early=section.take("early", bool, False),
        one_of=_values(section.take("one_of", list)) if section.has("one_of") else None,
        none_of=_values(section.take("none_of", list)) if section.has("none_of") else (),
        least=section.take("least", int) if section.has("least") else None,
        most=section.take("most", int) if section.has("most") else None,
        form=section.take("form", str) if section.has("form") else "",
        same_as=section.take("same_as", str) if section.has("same_as") else "",
    )
    demands = (check.one_of, check.none_of, check.form, check.same_as)
    if not check.act or not (any(demands) or (check.least, check.most) != (None, None)):
        raise section.refusal("fact", "is checked for nothing, or in no act")
    if check.form and check.form not in grounds.references:
        raise section.refusal("form", "is no reference format")
    section.done()
    return check


def separation_in(
    file: Section,
    *,
    roles: Mapping[str, str],
    rows: Mapping[str, object],
    groups: Mapping[str, frozenset[str]],
) -> Separation:
    """Read the duties that are kept apart."""
    section, never = file.table("separation"), file.table("never")
    never_for = never.table("roles")
    separation = Separation(
        auditor=section.take("auditor", str),
        operational=frozenset(section.within("operational", known=roles)),
        never_search=frozenset(section.within("never_search", known=roles)),
        training_exempt=frozenset(section.within("training_exempt", known=roles)),
        never=frozenset(never.within("capabilities", known=rows)),
        never_for={
            role: spread(never_for.within(role, known={*rows, *groups}), groups) for role in roles
        },
    )
    if separation.auditor not in roles:
        raise section.refusal("auditor", "is no role")
    for part in (section, never_for, never):
        part.done()
    return separation


def positive_in(section: Section) -> dict[str, int]:
    """Read figures that must all be 1 or more."""
    figures = section.values(int)
    for name, figure in figures.items():
        if figure < 1:
            raise section.refusal(name, "must be 1 or more")
    return figures


def limits_in(section: Section) -> dict[str, int]:
    """Read the limits of the flags: each of them there, and 1 or more."""
    names = ("vrms_per_reference", "searches_of_vrm", "searches_of_vrm_window_s")
    limits = {name: section.count(name) for name in (*names, "rate_over_median")}
    section.done()
    return limits


def shares_in(section: Section) -> dict[str, float]:
    """Read shares of searches, above 0 and at most 1, and the least number of them."""
    shares = {"per_officer_month_min": float(section.count("per_officer_month_min"))}
    for name, share in section.values(float).items():
        if not 0 < share <= 1:
            raise section.refusal(name, "must be above 0 and at most 1")
        shares[name] = share
    return shares


def spread(names: tuple[str, ...], groups: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Put the members of groups in place of their names."""
    return frozenset().union(*(groups.get(name, {name}) for name in names))


def _values(value: object) -> tuple[Fact, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(one for one in values if isinstance(one, (bool, int, str)))
