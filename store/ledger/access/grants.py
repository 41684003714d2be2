"""What an officer has at hand: the grant that covers a look, and the counting of its uses."""

import sqlite3
from dataclasses import replace

from store.access import AccessRequest, GrantState
from store.errors import RefusedError
from store.governance.access import grants as life
from store.governance.access.freezing import digest_of
from store.governance.access.grants import GrantAtHand, WantedScope
from store.governance.access.moments import Moment
from store.ledger import audit, clock, staff
from store.ledger.access import rows
from store.ledger.access.rows import Kept
from store.ledger.access.signing import demand_may_decide, why_void
from store.ledger.ledger import Transaction
from store.ledger.rules import policies
from store.ledger.staff import StaffState

__all__ = ["at_hand", "behind_audit_s", "revoke", "use"]


def at_hand(
    db: sqlite3.Connection,
    *,
    staff_id: str,
    wanted: WantedScope,
    moment: Moment,
) -> GrantAtHand | None:
    """Find the best authority an officer holds for one look.

    Args:
        db: A connection; inside the transaction that records the look, nothing comes between.
        staff_id: Who looks.
        wanted: What at.
        moment: The present.

    Returns:
        One whose state is "valid" where there is one; else the newest that would cover the look,
        with the reason why it does not count; else the newest live one with what it does not
        cover; None where the officer never asked for anything of the kind.
    """
    found = [
        (_state(db, kept, wanted=wanted, moment=moment), kept)
        for kept in rows.held_by(db, staff_id)
    ]
    valid = [one for one in found if one[0] == policies.in_force(db).grants.live]
    if valid:
        state, kept = max(valid, key=lambda one: _left_s(one[1], moment=moment))
    else:
        covering = [one for one in found if not one[0].startswith("other_")]
        narrower = [one for one in found if _is_live(one[1].request)]
        chosen = covering or narrower
        if not chosen:
            return None
        state, kept = chosen[0]
    return _told(db, kept, state=state, moment=moment)


def use(tx: Transaction, grant_id: str, *, moment: Moment) -> None:
    """Count one search under a grant, in the transaction that records that it was asked.

    Raises:
        RefusedError: There is no such grant, it is over, revoked or used up; nothing is counted.
    """
    kept = rows.by_grant(tx, grant_id)
    if kept is None or kept.request.grant is None or kept.began is None:
        raise RefusedError(
            "Not searched: there is no such authority. Ask for one.", reason="needs_grant"
        )
    if behind_audit_s(tx, moment=moment) > policies.in_force(tx).grants.clock_behind_audit_s:
        raise RefusedError(
            policies.in_force(tx).say("clock_behind_audit"), reason="clock_behind_audit"
        )
    used = life.use(kept.request.grant, began=kept.began, moment=moment)
    rows.save(tx, replace(kept.request, grant=used), began=kept.began)
    if used.state is GrantState.EXHAUSTED:
        audit.append(
            tx, "grant exhausted", by=used.holder, now=moment.now, about={"grant": grant_id}
        )


def revoke(tx: Transaction, grant_id: str, *, by: str, why: str, moment: Moment) -> AccessRequest:
    """End a grant before its time; by its holder, or by whoever ordered, may sign or audit it.

    Raises:
        RefusedError: There is no such grant, it is over, or no reason is given.
    """
    kept = rows.by_grant(tx, grant_id)
    if kept is None or kept.request.grant is None or kept.began is None:
        raise RefusedError(
            "Not revoked: there is no such grant. Look at the Access screen again.",
            reason="unknown_request",
        )
    request, member = kept.request, staff.by_id(tx, by)
    auditor = policies.in_force(tx).separation.auditor
    if member is None:
        raise RefusedError(policies.in_force(tx).say("unknown_staff"), reason="unknown_staff")
    ordered_by = "" if request.order is None else request.order.ordered_by
    if by not in {request.requester, ordered_by} and member.officer.role != auditor:
        demand_may_decide(tx, request, member=member, now=moment.now)
    revoked = life.revoke(kept.request.grant, by=by, why=why, now=moment.now)
    settled = rows.save(tx, replace(kept.request, grant=revoked), began=kept.began)
    about = {"grant": grant_id, "request": kept.request.request_id, "why": revoked.why}
    audit.append(tx, "grant revoked", by=by, now=moment.now, about=about)
    return settled


def behind_audit_s(db: sqlite3.Connection, *, moment: Moment) -> int:
    """Say how far the clock lies behind the newest moment that is on record; 0 where not.

    Not behind the newest record alone: the first one that is written under a clock that was set
    back would make that clock look right.
    """
    seen = clock.seen_at(db)
    return 0 if seen is None else max(0, -int(-(seen - moment.now).total_seconds() // 1))


def _state(db: sqlite3.Connection, kept: Kept, *, wanted: WantedScope, moment: Moment) -> str:
    """Say how one request stands toward a look, in the words of the policy."""
    request = kept.request
    if missing := life.misses(request, wanted=wanted):
        return missing
    state, live = life.standing(request), policies.in_force(db).grants.live
    if state != live:
        return state
    if _left_s(kept, moment=moment) < 1:
        return "expired"
    if digest_of(request) != request.digest:
        return "scope_changed_after_signing"
    if request.order is not None:
        return _void_order(db, request) or state
    return why_void(db, request, now=moment.now) or state


def _void_order(db: sqlite3.Connection, request: AccessRequest) -> str:
    """Say why an order no longer counts: whoever gave it is no Force Duty Officer any more."""
    order = request.order
    officer = None if order is None else staff.by_id(db, order.ordered_by)
    if officer is None or officer.state is not StaffState.ACTIVE:
        return "signer_not_on_register"
    return "" if officer.officer.role == "FDO" else "signer_role_changed"


def _left_s(kept: Kept, *, moment: Moment) -> float:
    grant = kept.request.grant
    if grant is None or kept.began is None:
        return 0.0
    return life.left_s(grant, began=kept.began, moment=moment)


def _is_live(request: AccessRequest) -> bool:
    return request.grant is not None and request.grant.state is GrantState.LIVE


def _told(db: sqlite3.Connection, kept: Kept, *, state: str, moment: Moment) -> GrantAtHand:
    request, grant = kept.request, kept.request.grant
    left = 0 if grant is None else grant.searches_max - grant.searches_used
    return GrantAtHand(
        state=state,
        expires_in_s=int(_left_s(kept, moment=moment)),
        searches_left=left,
        age_ceiling_s=request.scope.age_ceiling_s,
        clock_behind_audit_s=behind_audit_s(db, moment=moment),
        grant_id="" if grant is None else grant.grant_id,
        request_id=request.request_id,
        urgent=request.order is not None,
        ordered_by="" if request.order is None else request.order.ordered_by,
        urgent_ground="" if request.order is None else request.order.ground,
    )
