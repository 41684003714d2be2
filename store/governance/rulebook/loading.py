"""Reading the rule book: whole, in its one form, without contradiction, or not at all."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

from store.governance.rulebook.figures import figures_in
from store.governance.rulebook.nouns import Check, Condition, Rulebook, Tier, Tool
from store.governance.rulebook.reading.contradictions import refuse_contradictions
from store.governance.rulebook.reading.parts import (
    authority_in,
    check_in,
    conditions_in,
    grants_in,
    grounds_in,
    limits_in,
    positive_in,
    row_in,
    separation_in,
    shares_in,
    spread,
    tier_in,
    tool_in,
)
from store.governance.rulebook.reading.sections import Section, opened

__all__ = ["carried", "load"]

# Facts that the rules in decide.py, ages.py and grounds.py ask for by name.
ASKED_BY_RULES = frozenset(
    {
        "age_ceiling_s", "also_holds", "cameras", "clock_behind_audit_s", "fdo_order",
        "grant_expires_in_s", "overrides_this_shift", "own", "rank", "reason", "reference",
        "searches_left", "signs_as", "span_to_age_s", "training_expires_in_s", "window_s",
    }
)  # fmt: skip


@cache
def carried() -> Rulebook:
    """Give the rule book that this program carries."""
    return load(resources.files("store.governance").joinpath("policy.toml").read_text("utf-8"))


def load(text: str) -> Rulebook:
    """Read a rule book from TOML.

    Raises:
        PolicyError: It is not TOML, a key is unknown, missing, empty or of another kind, or two
            rules contradict each other; the message names the key and its line.
    """
    file = opened(text)
    version = file.take("version", str)
    titles = file.table("titles").values(str)
    ranks = file.table("ranks").values(int)
    matrix = {row: row_in(cells, titles) for row, cells in file.table("matrix").tables()}
    groups = _groups(file.table("groups"), matrix)
    categories = file.table("categories").values(str)
    purposes = file.table("purposes").values(str)
    reads_s, ceiling_s = _retention(file.table("retention"))
    signing = file.table("signing")
    authorities = frozenset(ranks) | {*signing.names("posts")}
    rank_of_role = _ranks_of(signing.table("rank_of_role"), ranks=ranks)
    staff_equivalent = frozenset(signing.within("staff_equivalent", known=ranks))
    signing.done()
    tiers = {
        name: tier_in(tier, categories=categories, authorities=authorities, roles=titles)
        for name, tier in _of_rows(file.table("tiers"), matrix)
    }
    tools = {name: tool_in(tool, ranks) for name, tool in file.table("tools").tables()}
    tools_of = file.table("tools_of")
    tools_by_row = {row: frozenset(tools_of.within(row, known=tools)) for row in matrix}
    tools_of.done()
    conditions = {
        (row, role): condition
        for row, role, condition in conditions_in(file.table("conditions"), matrix)
    }
    grounds = grounds_in(file.table("grounds"))
    grants, overrides = grants_in(file.table("grants"))
    checks = tuple(
        check_in(check, rows=matrix, groups=groups, roles=titles, tools=tools, grounds=grounds)
        for check in file.array("check")
    )
    words = file.table("words")
    book = Rulebook(
        version=version,
        reads_s=reads_s,
        ceiling_s=ceiling_s,
        titles=titles,
        ranks=ranks,
        rank_of_role=rank_of_role,
        staff_equivalent=staff_equivalent,
        groups=groups,
        matrix=matrix,
        conditions=conditions,
        tiers=tiers,
        tools=tools,
        tools_of={row: names for row, names in tools_by_row.items() if names},
        authorities={
            name: (authority_in(who, authorities), _signers(who))
            for name, who in _of_rows(file.table("authorities"), matrix)
        },
        separation=separation_in(file, roles=titles, rows=matrix, groups=groups),
        grounds=grounds,
        grants=grants,
        purposes=purposes,
        categories=categories,
        reviews=positive_in(file.table("reviews")),
        sampling=shares_in(file.table("sampling")),
        flags=limits_in(file.table("flags")),
        checks=checks,
        words=words.values(str),
        known_facts=_facts(checks, conditions=conditions, tiers=tiers, tools=tools),
        overrides_before_review=overrides,
        figures=figures_in(file, version=version, reads_s=reads_s, purposes=purposes),
    )
    file.done()
    refuse_contradictions(book, file=file)
    return book


def _groups(section: Section, rows: Mapping[str, object]) -> dict[str, frozenset[str]]:
    """Read the named sets; one may hold those before it."""
    groups: dict[str, frozenset[str]] = {}
    for name in ("searches", "aged", "plates", "purposed", "requests"):
        members = section.within(name, known={*rows, *groups})
        groups[name] = spread(members, groups)
    section.done()
    return groups


def _retention(section: Section) -> tuple[int, int]:
    reads_s, ceiling_s = section.count("reads_s"), section.count("ceiling_s")
    if reads_s > ceiling_s:
        raise section.refusal("reads_s", "is above the ceiling (S-74)")
    section.done()
    return reads_s, ceiling_s


def _ranks_of(section: Section, *, ranks: Mapping[str, int]) -> dict[str, str]:
    named = section.values(str)
    for role, rank in named.items():
        if rank not in ranks:
            raise section.refusal(role, f"names the rank {rank!r}, which is none")
    return named


def _of_rows(section: Section, rows: Mapping[str, object]) -> list[tuple[str, Section]]:
    """Take tables that are named after rows of the matrix."""
    tables = list(section.tables())
    for name, _ in tables:
        if name not in rows:
            raise section.refusal(name, "is no row of the matrix")
    return tables


def _signers(section: Section) -> int:
    signers = section.count("authorisers")
    section.done()
    return signers


def _facts(
    checks: tuple[Check, ...],
    *,
    conditions: Mapping[tuple[str, str], Condition],
    tiers: Mapping[str, Tier],
    tools: Mapping[str, Tool],
) -> frozenset[str]:
    """Give the names of all facts that some rule looks at."""
    named = set(ASKED_BY_RULES)
    for check in checks:
        named |= {check.fact, check.same_as, *check.when}
    for needs in (
        *(condition.needs for condition in conditions.values()),
        *(tier.needs for tier in tiers.values()),
        *(tool.needs for tool in tools.values()),
    ):
        named |= set(needs)
    return frozenset(named - {"role", ""})
