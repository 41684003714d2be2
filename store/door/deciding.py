"""Deciding on an ask: by the register, the policy in force, and the grant at hand.

A grant is looked for only where the role alone does not reach, so that none is used up for what
needs none.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from store.door.asking import STANDING, Ask, put, rows_of
from store.governance.access.grants import GrantAtHand
from store.governance.rulebook.decide import decide, stand
from store.governance.rulebook.grounds import unfounded
from store.governance.rulebook.nouns import Fact, Rulebook
from store.governance.rulebook.verdicts import (
    Asked,
    NeedsAuthorisation,
    Permit,
    Refuse,
    Verdict,
)
from store.ledger import staff
from store.ledger.access import grants, rows, urgent
from store.ledger.access.uptime import moment_at
from store.ledger.rules import policies
from store.ledger.staff import Member

__all__ = ["Decided", "decided_on"]


@dataclass(frozen=True, slots=True)
class Decided:
    """A verdict, and what it rests on.

    Attributes:
        verdict: What the rule book says.
        grant: Number of the grant that it rests on; empty where the role suffices.
    """

    verdict: Verdict
    grant: str = ""


def decided_on(db: sqlite3.Connection, ask: Ask) -> Decided:
    """Decide on an ask by the policy in force, the register and whatever grant is at hand."""
    book = policies.in_force(db)
    member = staff.by_id(db, ask.by.staff_id)
    if member is None:
        return Decided(Refuse("unknown_staff", book.say("unknown_staff")))
    if ask.capability == STANDING:
        here = put(ask, member=member, row="", facts={}, grant_state="none", book=book)
        return Decided(stand(here, book=book))
    facts = ask.looked_up(db)

    def widest(grant_state: str, told: Mapping[str, Fact]) -> Verdict:
        asked = [
            put(ask, member=member, row=row, facts=told, grant_state=grant_state, book=book)
            for row in rows_of(ask, book=book)
        ]
        verdict = max((decide(one, book=book) for one in asked), key=_width)
        return _founded(verdict, asked=asked[0], book=book)

    alone = widest("none", facts)
    if ask.wanted is None or _width(alone) == _WHOLE:
        return Decided(alone)
    staff_id, moment = ask.by.staff_id, moment_at(ask.now)
    held = grants.at_hand(db, staff_id=staff_id, wanted=ask.wanted, moment=moment)
    if held is not None and held.urgent and held.state == book.grants.live:
        return _urgently(db, ask, held=held, member=member, book=book)
    if held is not None:
        granted = widest(*_of_grant(held, counts=ask.counts, live=book.grants.live, facts=facts))
        if _width(granted) > _width(alone) or not isinstance(alone, Permit):
            return Decided(granted, held.grant_id if isinstance(granted, Permit) else "")
    return Decided(alone)


def _of_grant(
    held: GrantAtHand, *, counts: bool, live: str, facts: Mapping[str, Fact]
) -> tuple[str, Mapping[str, Fact]]:
    """Tell of the grant at hand; one used up still opens what its last search found."""
    used_up = not counts and held.state == "exhausted"
    return live if used_up else held.state, {
        **facts,
        "grant_expires_in_s": held.expires_in_s,
        "searches_left": max(held.searches_left, int(not counts)),
        "age_ceiling_s": held.age_ceiling_s,
        "clock_behind_audit_s": held.clock_behind_audit_s,
    }


def _founded(verdict: Verdict, *, asked: Asked, book: Rulebook) -> Verdict:
    """Hold a ground to its form also where the row asks for none: a reviewer reads it (S-62)."""
    if isinstance(verdict, Permit) and asked.purpose:
        for code in unfounded(asked, rules=book.grounds):
            return Refuse(code, book.say(code))
    return verdict


_WHOLE = (3, 0)
_OF_ROLE = {"not_for_role", "not_own"}
"""Refusals that only another person could meet."""


def _width(verdict: Verdict) -> tuple[int, int]:
    """Rank a verdict by how much it lets be seen."""
    match verdict:
        case Permit(cut_at_age_s=None):
            return _WHOLE
        case Permit(cut_at_age_s=reach):
            return 2, reach or 0
        case NeedsAuthorisation():
            return 1, 0
        case Refuse(code=code):
            return 0, code not in _OF_ROLE


def _urgently(
    db: sqlite3.Connection, ask: Ask, *, held: GrantAtHand, member: Member, book: Rulebook
) -> Decided:
    """Decide on a look that rests on a Force Duty Officer's order (threat to life)."""
    kept = rows.by_grant(db, held.grant_id)
    order = None if kept is None else kept.request.order
    if kept is None or order is None or ask.ground is None:
        return Decided(Refuse("needs_fdo_order", book.say("needs_fdo_order")))
    asked = urgent.asked_of(
        db,
        member=member,
        scope=kept.request.scope,
        ground=ask.ground,
        urgent_ground=order.ground,
        ordered_by=order.ordered_by,
        since_order_s=book.grants.urgent_life_s - held.expires_in_s,
        reauth_age_s=0,  # who they are was proven when the order was taken down
        moment=moment_at(ask.now),
    )
    verdict = decide(asked, book=book)
    return Decided(verdict, held.grant_id if isinstance(verdict, Permit) else "")
