"""How old the data are, whose signature that takes, and how far back an answer may reach."""

from collections.abc import Iterator

from store.governance.rulebook.facts import number
from store.governance.rulebook.nouns import Cell, Rulebook, Tier
from store.governance.rulebook.verdicts import Asked

__all__ = ["authority_for", "gap", "out_of_age", "reach_s", "searches_at", "tier_of"]


def searches_at(age_s: int, *, book: Rulebook) -> tuple[str, ...]:
    """Name the rows by which data of an age are searched without a tool, the widest first.

    Args:
        age_s: Of the newest datum asked for; 0 or more.
        book: The rule book.

    Returns:
        Rows of the matrix; the oldest there is where none reaches that far.
    """
    plain = {
        name: tier
        for name, tier in book.tiers.items()
        if book.is_in(name, group="searches") and not tier.held
    }
    widest = sorted(plain, key=lambda name: plain[name].upto_s, reverse=True)
    fitting = tuple(name for name in widest if plain[name].over_s < age_s <= plain[name].upto_s)
    return fitting or tuple(widest[:1])


def tier_of(asked: Asked, *, book: Rulebook) -> Tier | None:
    """Give the tier of a capability, or the one that the age falls in where it has none."""
    if (tier := book.tiers.get(asked.capability)) is not None or asked.age_s is None:
        return tier
    return _by_age(asked.age_s, book=book)


def _by_age(age_s: int, *, book: Rulebook) -> Tier | None:
    """Give the oldest tier that an age reaches into, the widest where two begin alike."""
    reached = [tier for tier in book.tiers.values() if tier.over_s < age_s and tier.upto_s]
    return max(reached, key=lambda tier: (tier.over_s, tier.upto_s), default=None)


def out_of_age(asked: Asked, *, book: Rulebook) -> Iterator[str]:
    """Give what stands against the age, and against the class of offence at that age."""
    if asked.age_s is None or not book.is_in(asked.capability, group="aged"):
        return
    if asked.age_s < 0:
        yield "age_negative"
    tier = tier_of(asked, book=book)
    if tier is None:
        yield "unknown_age"
        return
    if asked.age_s > book.reads_s and not tier.held:
        yield "beyond_retention"
    if 0 < tier.upto_s < asked.age_s:
        yield "age_above_tier"
    if asked.category not in tier.categories:
        yield "category_not_for_tier"
    by_role = book.cell(asked.capability, role=asked.role) in {Cell.DO, Cell.OWN}
    further = by_role and not tier.ordered and authority_for(asked, book=book)[0]
    # where a tool intrudes further than the cell covers, the row of such tools says who may
    if further and book.cell("sensitive_tools", role=asked.role) is not Cell.GRANT:
        yield "not_for_role"


def authority_for(asked: Asked, *, book: Rulebook) -> tuple[str, int]:
    """Give who must sign and how many: the strictest of capability, age and tool.

    Returns:
        A rank or posts, and a number; ("", 0) where the role suffices.
    """
    if asked.capability in book.authorities:
        return book.authorities[asked.capability]
    wanted = []
    own = book.tiers.get(asked.capability)
    if own is not None and own.authority:
        if own.authority not in book.ranks:
            return own.authority, own.authorisers
        wanted.append((own.authority, own.authorisers))
    if asked.age_s is not None and (aged := _by_age(asked.age_s, book=book)) is not None:
        wanted.append((aged.authority, aged.authorisers))
    if (tool := book.tools.get(asked.tool)) is not None and not _is_free(asked, book=book):
        wanted.append((tool.authority, tool.authorisers))
    rank = max((rank for rank, _ in wanted), key=lambda rank: book.ranks.get(rank, 0), default="")
    return rank, max((count for _, count in wanted), default=0)


def _is_free(asked: Asked, *, book: Rulebook) -> bool:
    """Whether a tool is used so little that the role suffices (methods.md A3)."""
    if book.cell(asked.capability, role=asked.role) is Cell.GRANT:
        return False
    tool = book.tools[asked.tool]
    cameras = number(asked.facts, "cameras", otherwise=tool.free_cameras_max + 1)
    window_s = number(asked.facts, "window_s", otherwise=tool.free_window_s + 1)
    return cameras <= tool.free_cameras_max and window_s <= tool.free_window_s


def gap(asked: Asked, *, book: Rulebook) -> str:
    """Say why the grant at hand does not count, or nothing where it does."""
    rules, facts = book.grants, asked.facts
    if asked.grant_state != rules.live:
        return rules.dead[asked.grant_state]
    behind_s = number(facts, "clock_behind_audit_s", otherwise=rules.clock_behind_audit_s + 1)
    if number(facts, "grant_expires_in_s", otherwise=0) < 1:
        return "grant_expired"
    if number(facts, "searches_left", otherwise=0) < 1:
        return "grant_exhausted"
    if number(facts, "age_ceiling_s", otherwise=-1) < (asked.age_s or 0):
        return "grant_scope"
    return "clock_behind_audit" if behind_s > rules.clock_behind_audit_s else ""


def reach_s(asked: Asked, *, book: Rulebook, granted: bool) -> int | None:
    """Say how old the oldest datum shown may be (S-60); None where age plays no part."""
    tier = tier_of(asked, book=book)
    if asked.age_s is None or tier is None:
        return None
    limit_s = tier.upto_s or book.reads_s
    if granted:
        limit_s = number(asked.facts, "age_ceiling_s", otherwise=asked.age_s)
    if tier.held:
        return limit_s
    limit_s = min(limit_s, book.reads_s)
    for older in book.tiers.values():  # no grant widens the classes of offence of a tier
        if asked.age_s <= older.over_s < limit_s and asked.category not in older.categories:
            limit_s = older.over_s
    return limit_s
