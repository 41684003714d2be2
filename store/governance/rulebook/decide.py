"""May this person do this, in these circumstances? By the rule book, pure and total.

Every input gives a verdict: a permit that names the cell of the matrix it rests on, the authority
that is needed, or a refusal. Whatever is not known or not told is refused (S-9). Reasons to
refuse are looked for in one order, so that the same request always gets the same answer.
"""

from collections.abc import Iterator

from store.governance.rulebook.ages import authority_for, gap, out_of_age, reach_s
from store.governance.rulebook.facts import broken, is_so, number
from store.governance.rulebook.grounds import unfounded
from store.governance.rulebook.nouns import ACTIONS, Cell, Condition, Rulebook
from store.governance.rulebook.verdicts import Asked, NeedsAuthorisation, Permit, Refuse, Verdict

__all__ = ["decide", "stand"]

STAFF_STATES = {"suspended": "staff_suspended", "left": "staff_left"}
FITTING = {
    (Cell.DO, "do"): "role_permits",
    (Cell.READ, "read"): "read_permits",
    (Cell.MASKED, "read"): "masked_permits",
    (Cell.PROPOSE, "propose"): "may_propose",
    (Cell.SIGN, "sign"): "may_sign",
    (Cell.GRANT, "do"): "grant_valid",
    (Cell.GRANT, "use_grant"): "grant_valid",
}
UNFIT = {
    Cell.NONE: "not_for_role",
    Cell.OWN: "not_for_role",
    Cell.READ: "read_only",
    Cell.MASKED: "masked_only",
    Cell.PROPOSE: "propose_only",
    Cell.SIGN: "sign_only",
}


def decide(asked: Asked, *, book: Rulebook) -> Verdict:
    """Decide on one act of one person."""
    if (code := next(_against(asked, book=book), None)) is not None:
        return Refuse(code, book.say(code, on=asked.capability))
    tier = book.tiers.get(asked.capability)
    permit = Permit(
        f"{asked.capability}.{asked.role}", _fitting(asked, book=book), _view(asked, book=book)
    )
    if asked.action not in {"do", "use_grant"}:
        return permit
    if tier is not None and tier.ordered:
        if is_so(asked.facts, "fdo_order"):
            return Permit(permit.rule, "urgent_order", tier.view)
        code = "needs_fdo_order"
        return NeedsAuthorisation(tier.authority, tier.authorisers, code, book.say(code))
    return _on_authority(asked, permit=permit, book=book)


def stand(asked: Asked, *, book: Rulebook) -> Permit | Refuse:
    """Decide whether somebody may be here at all: role known, active, reviewed, trained (S-50).

    Every row of the matrix asks for this too; by itself it opens a console and nothing on it.
    """
    against = () if asked.role in book.titles else ("unknown_role",)
    for code in (*against, *_person(asked, book=book)):
        return Refuse(code, book.say(code))
    return Permit(f"standing.{asked.role}", "in_good_standing")


def _on_authority(asked: Asked, *, permit: Permit, book: Rulebook) -> Verdict:
    """Hold an act that the role allows against the signatures and the age limits it needs."""
    (authority, count), missing = authority_for(asked, book=book), gap(asked, book=book)
    if authority and missing:
        if asked.action == "use_grant" or missing == "clock_behind_audit":
            return Refuse(missing, book.say(missing))
        return NeedsAuthorisation(authority, count, missing, book.say(missing))
    span_s = number(asked.facts, "span_to_age_s", otherwise=asked.age_s or 0)
    granted, reach = bool(authority), reach_s(asked, book=book, granted=bool(authority))
    if reach is not None and span_s > reach and not authority and not missing:
        # a grant for the older part serves where the role may hold one
        granted = book.cell("sensitive_tools", role=asked.role) is Cell.GRANT
        reach = max(reach, reach_s(asked, book=book, granted=granted) or 0)
    if reach is not None and span_s > reach:
        return Permit(permit.rule, "cut_at_age_boundary", cut_at_age_s=reach)
    return Permit(permit.rule, "grant_valid", permit.view) if granted else permit


def _against(asked: Asked, *, book: Rulebook) -> Iterator[str]:
    """Give the reasons to refuse, the one that counts first; each may rest on those before."""
    yield from _unknown(asked, book=book)
    yield from _person(asked, book=book)
    yield from _duties(asked, book=book)
    yield from broken(asked, book=book, early=True)
    if not _fitting(asked, book=book):
        cell = book.cell(asked.capability, role=asked.role)
        if asked.action == "sign" and cell in {Cell.DO, Cell.GRANT, Cell.SIGN}:
            yield "not_an_authoriser"
        yield UNFIT.get(cell, "do_only")
    if book.is_in(asked.capability, group="purposed") and asked.action not in {"read", "sign"}:
        yield from unfounded(asked, rules=book.grounds)
    yield from _unmet(asked, book=book)
    yield from out_of_age(asked, book=book)
    yield from broken(asked, book=book, early=False)
    if asked.action == "sign" and not _has_rank(asked, book=book):
        yield "wrong_rank"


def _unknown(asked: Asked, *, book: Rulebook) -> Iterator[str]:
    if asked.role not in book.titles:
        yield "unknown_role"
    if asked.capability not in book.matrix:
        yield "unknown_capability"
    if asked.action not in ACTIONS:
        yield "unknown_action"
    if not asked.facts.keys() <= book.known_facts:
        yield "unknown_fact"
    purposed = bool(asked.purpose) or book.is_in(asked.capability, group="purposed")
    if purposed and asked.purpose not in book.purposes:
        yield "unknown_purpose"
    aged = book.is_in(asked.capability, group="aged")
    if (asked.category or aged) and asked.category not in book.categories:
        yield "unknown_category"
    if aged and asked.age_s is None:
        yield "unknown_age"
    if asked.grant_state != book.grants.live and asked.grant_state not in book.grants.dead:
        yield "unknown_grant_state"


def _person(asked: Asked, *, book: Rulebook) -> Iterator[str]:
    if asked.staff_state != "active":
        yield STAFF_STATES.get(asked.staff_state, "unknown_staff")
    if asked.role_state != "reviewed":
        yield "role_change_unreviewed"
    if asked.role in book.separation.training_exempt:
        return
    if asked.training == "expired" or number(asked.facts, "training_expires_in_s", otherwise=1) < 1:
        yield "training_expired"
    if asked.training != "current":
        yield "training_none"


def _duties(asked: Asked, *, book: Rulebook) -> Iterator[str]:
    apart = book.separation
    both = {asked.role, asked.facts.get("also_holds", "")}
    if apart.auditor in both and both & apart.operational:
        yield "separation_of_duties"
    if asked.role in apart.never_search and book.is_in(asked.capability, group="searches"):
        yield "separation_of_duties"
    if asked.capability in apart.never | apart.never_for.get(asked.role, frozenset()):
        yield "never"


def _fitting(asked: Asked, *, book: Rulebook) -> str:
    """Give the reason code with which the cell allows the action, or empty where it does not."""
    cell = book.cell(asked.capability, role=asked.role)
    tier = book.tiers.get(asked.capability)
    if asked.action == "sign" and tier is not None and tier.signed_by and cell is not Cell.NONE:
        by_post = asked.facts.get("signs_as") in tier.authority.split("+")
        return "may_sign" if asked.role in tier.signed_by and by_post else ""
    if cell is Cell.OWN:
        whole = "do" if book.is_in(asked.capability, group="searches") else "read"
        return "own_permits" if asked.action == whole else ""
    return FITTING.get((cell, asked.action), "")


def _unmet(asked: Asked, *, book: Rulebook) -> Iterator[str]:
    """Give the conditions of the cell, the tool and the tier that are not met."""
    own = book.cell(asked.capability, role=asked.role) is Cell.OWN
    default = Condition("own", ("own",) if own else ())
    condition = book.conditions.get((asked.capability, asked.role), default)
    if not all(is_so(asked.facts, fact) for fact in condition.needs):
        yield "not_own" if own else f"condition_not_met:{condition.name}"
    if asked.tool not in book.tools_of.get(asked.capability, {"", *book.tools}):
        yield "unknown_tool"
    tool, tier = book.tools.get(asked.tool), book.tiers.get(asked.capability)
    for fact in (*(tool.needs if tool else ()), *(tier.needs if tier else ())):
        if not is_so(asked.facts, fact):
            yield f"condition_not_met:{fact}"


def _has_rank(asked: Asked, *, book: Rulebook) -> bool:
    """Whether an authoriser's rank suffices for their role and for what they sign."""
    wanted = [book.rank_of_role.get(asked.role, ""), authority_for(asked, book=book)[0]]
    need = max(wanted, key=lambda rank: book.ranks.get(rank, 0))
    if need not in book.ranks:
        return True
    rank = str(asked.facts.get("rank", ""))
    if rank == "staff_equivalent":
        return need in book.staff_equivalent
    return book.ranks.get(rank, 0) >= book.ranks[need]


def _view(asked: Asked, *, book: Rulebook) -> str:
    """Say how an answer is narrowed, or who is told of it."""
    condition = book.conditions.get((asked.capability, asked.role))
    if book.cell(asked.capability, role=asked.role) is Cell.OWN:
        return "own"
    tier = book.tiers.get(asked.capability)
    orders = number(asked.facts, "overrides_this_shift", otherwise=0)
    if tier is not None and tier.ordered and orders >= book.overrides_before_review:
        return "review_raised"
    return condition.view if condition else ""
