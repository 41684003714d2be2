"""End what time has ended: requests lapse, grants expire, what is owed is not ratified."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

from store.access import AccessRequest, RequestState
from store.governance.access import grants, requests
from store.governance.access.moments import Moment, elapsed_s
from store.ledger import audit
from store.ledger.access import rows
from store.ledger.ledger import Transaction
from store.ledger.rules import policies

__all__ = ["anything_due", "sweep"]


def anything_due(db: sqlite3.Connection, *, moment: Moment) -> bool:
    """Say whether there is something to end; cheap, so that the hub can ask every second."""
    of_requests = next(_requests_due(db, moment=moment), None)
    return of_requests is not None or next(_grants_due(db, moment=moment), None) is not None


def sweep(tx: Transaction, *, moment: Moment) -> tuple[AccessRequest, ...]:
    """End what is due, each with its record; what had ended before stays as it was."""
    ended: list[AccessRequest] = []
    # One after the other: an urgent request and its grant may end in the same moment.
    for due in (_requests_due, _grants_due):
        for kind, after in list(due(tx, moment=moment)):
            ended.append(rows.save(tx, after, began=moment))
            about = {
                "request": after.request_id,
                "grant": "" if after.grant is None else after.grant.grant_id,
                "requester": after.requester,
            }
            audit.append(tx, kind, by=audit.HUB, now=moment.now, about=about)
    return tuple(ended)


def _requests_due(db: sqlite3.Connection, *, moment: Moment) -> Iterator[tuple[str, AccessRequest]]:
    rules, now = policies.in_force(db).grants, moment.now
    for kept in rows.of_state(db, RequestState.PENDING, RequestState.URGENT):
        old_s, request = elapsed_s(kept.asked, moment=moment), kept.request
        if request.state is RequestState.PENDING and old_s >= rules.request_lapses_s:
            yield "access lapsed", requests.lapse(request, now=now)
        if request.state is RequestState.URGENT and old_s > rules.urgent_ratify_s:
            after = requests.leave_unratified(request, by="", why="", now=now)
            yield "urgent access not ratified", after


def _grants_due(db: sqlite3.Connection, *, moment: Moment) -> Iterator[tuple[str, AccessRequest]]:
    for kept in rows.living(db):
        grant, began = kept.request.grant, kept.began
        if grant is None or began is None or grants.left_s(grant, began=began, moment=moment) > 0:
            continue
        yield "grant expired", replace(kept.request, grant=grants.expire(grant, now=moment.now))
