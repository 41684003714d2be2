"""Requests, signatures and grants as they are kept; what was frozen is written once."""

import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

from store.access import (
    AccessRequest,
    AccessScope,
    Grant,
    GrantState,
    RequestState,
    Signature,
    UrgentOrder,
)
from store.errors import RefusedError
from store.governance.access.moments import Moment
from store.ledger.instants import from_us, to_us
from store.ledger.ledger import Transaction
from store.purposes import CATEGORY_KEYS, PURPOSE_KEYS, ground_of

__all__ = [
    "Kept",
    "by_grant",
    "by_id",
    "demand",
    "held_by",
    "insert",
    "lift",
    "living",
    "newest_seq",
    "next_request_id",
    "of_state",
    "save",
    "since",
    "stopped",
]

_SCOPE: Final = msgspec.json.Decoder(AccessScope)
_ORDER: Final = msgspec.json.Decoder(UrgentOrder)
_ENCODER: Final = msgspec.json.Encoder()
_REQUEST_ID = re.compile(r"R-([0-9]{1,12})", re.ASCII)
_GRANT_ID = re.compile(r"G-([0-9]{1,12})", re.ASCII)
_SELECT = (
    "SELECT access_request.*, grant_no, began_us, began_ticks_s, began_boot, expires_us, used, "
    "access_grant.searches AS grant_searches, access_grant.state AS grant_state, "
    "access_grant.settled_us AS grant_settled_us, access_grant.settled_by AS grant_settled_by, "
    "access_grant.why AS grant_why, coalesce(lifted_by, '') AS lifted_by "
    "FROM access_request LEFT JOIN access_grant USING (request_no) "
    "LEFT JOIN urgent_lifted USING (request_no) "
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A request with what only the hub needs of it.

    Attributes:
        request: The request with its signatures and grant.
        asked: When it was asked for, on both clocks.
        began: When its grant began, on both clocks; None without a grant.
        estimate: About how many reads it would show.
    """

    request: AccessRequest
    asked: Moment
    began: Moment | None
    estimate: int


def next_request_id(tx: Transaction) -> str:
    """Give the number that the next request will have; it is part of what is signed."""
    row = tx.execute("SELECT seq FROM sqlite_sequence WHERE name = 'access_request'").fetchone()
    return _request_id(1 if row is None else row[0] + 1)


def insert(tx: Transaction, request: AccessRequest, *, asked: Moment, estimate: int) -> None:
    """Write a new request with all that is frozen."""
    order = None if request.order is None else _ENCODER.encode(request.order).decode()
    ground = request.ground
    tx.execute(
        "INSERT INTO access_request VALUES "
        "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, '', '')",
        (
            _request_no(request.request_id),
            _next_seq(tx),
            request.requester,
            _ENCODER.encode(request.scope).decode(),
            PURPOSE_KEYS[ground.purpose],
            CATEGORY_KEYS.get(ground.category, ""),
            ground.reference,
            ground.reason,
            request.capability,
            request.authority,
            request.authorisers,
            request.life_s,
            request.searches,
            request.code,
            request.digest,
            order,
            estimate,
            to_us(request.asked_at),
            asked.ticks_s,
            asked.boot,
            to_us(request.lapses_at),
            request.state,
        ),
    )


def save(tx: Transaction, request: AccessRequest, *, began: Moment) -> AccessRequest:
    """Write how a request, its signatures and its grant stand now.

    Args:
        tx: A transaction.
        request: As it is to stand; a grant without a number gets one.
        began: The present, where this gives the grant.

    Returns:
        As it stands, read back.
    """
    number = _request_no(request.request_id)
    settled_us = None if request.settled_at is None else to_us(request.settled_at)
    tx.execute(
        "UPDATE access_request SET seq = ?, state = ?, settled_us = ?, settled_by = ?, why = ? "
        "WHERE request_no = ?",
        (_next_seq(tx), request.state, settled_us, request.settled_by, request.why, number),
    )
    for one in request.signatures:
        tx.execute(
            "INSERT INTO access_signature VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (request_no, staff_id) DO NOTHING",
            (
                number,
                *(one.staff_id, one.role, one.rank, one.key_fingerprint, one.factor_id),
                *(one.digest, one.proportionate, one.justified, to_us(one.signed_at), one.post),
            ),
        )
    if (grant := request.grant) is not None:
        _save_grant(tx, grant, number=number, began=began)
    kept = by_id(tx, request.request_id)
    if kept is None:
        raise AssertionError("what was just written is there")
    return kept.request


def _save_grant(tx: Transaction, grant: Grant, *, number: int, began: Moment) -> None:
    settled_us = None if grant.settled_at is None else to_us(grant.settled_at)
    changed = tx.execute(
        "UPDATE access_grant SET used = ?, state = ?, settled_us = ?, settled_by = ?, why = ? "
        "WHERE request_no = ? AND state = 'live'",
        (grant.searches_used, grant.state, settled_us, grant.settled_by, grant.why, number),
    )
    if not changed.rowcount:
        tx.execute(
            "INSERT INTO access_grant VALUES "
            "(NULL, ?, ?, ?, ?, ?, 0, ?, 'live', NULL, '', '') ON CONFLICT DO NOTHING",
            (
                *(number, to_us(grant.granted_at), began.ticks_s, began.boot),
                *(to_us(grant.expires_at), grant.searches_max),
            ),
        )


def by_id(db: sqlite3.Connection, request_id: str) -> Kept | None:
    """Find a request by its number, such as "R-0421"."""
    return _first(db, "WHERE request_no = ?", _request_no(request_id))


def by_grant(db: sqlite3.Connection, grant_id: str) -> Kept | None:
    """Find the request of a grant, such as "G-0301"."""
    found = _GRANT_ID.fullmatch(grant_id)
    return _first(db, "WHERE grant_no = ?", int(found[1]) if found else 0)


def demand(db: sqlite3.Connection, request_id: str, *, not_done: str) -> Kept:
    """Find a request that must be there.

    Raises:
        RefusedError: There is none of that number.
    """
    kept = by_id(db, request_id)
    if kept is None:
        raise RefusedError(
            f"{not_done}: there is no such request. Look at the Access screen again.",
            reason="unknown_request",
        )
    return kept


def held_by(db: sqlite3.Connection, staff_id: str, *, limit: int = 50) -> tuple[Kept, ...]:
    """Give an officer's requests: those with a live grant first, then the newest."""
    return _all(
        db,
        "WHERE requester = ? ORDER BY grant_state IS NOT 'live', request_no DESC LIMIT ?",
        *(staff_id, limit),
    )


def of_state(db: sqlite3.Connection, *states: RequestState) -> tuple[Kept, ...]:
    """Give the requests in some states, oldest first."""
    marks = ", ".join("?" * len(states))
    return _all(db, f"WHERE access_request.state IN ({marks}) ORDER BY request_no", *states)


def living(db: sqlite3.Connection) -> tuple[Kept, ...]:
    """Give the requests whose grant is live, oldest first."""
    return _all(db, "WHERE access_grant.state = 'live' ORDER BY request_no")


def stopped(db: sqlite3.Connection) -> tuple[Kept, ...]:
    """Give the urgent uses that were not ratified and stop their officers, oldest first."""
    return _all(
        db,
        "WHERE access_request.state = ? AND lifted_by IS NULL ORDER BY request_no",
        RequestState.NOT_RATIFIED,
    )


def lift(tx: Transaction, request_id: str, lifted: Signature) -> AccessRequest:
    """Write that an urgent use which was not ratified stops its officer no longer.

    Returns:
        The request as it stands, read back.
    """
    number = _request_no(request_id)
    tx.execute(
        "INSERT INTO urgent_lifted VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            *(number, lifted.staff_id, lifted.key_fingerprint, lifted.factor_id),
            *(lifted.justified, lifted.proportionate, to_us(lifted.signed_at)),
        ),
    )
    tx.execute("UPDATE access_request SET seq = ? WHERE request_no = ?", (_next_seq(tx), number))
    return demand(tx, request_id, not_done="Not lifted").request


def since(db: sqlite3.Connection, seq: int, *, limit: int) -> tuple[Kept, ...]:
    """Give requests that changed after a number, oldest change first, each as it is now."""
    return _all(db, "WHERE seq > ? ORDER BY seq LIMIT ?", seq, limit)


def newest_seq(db: sqlite3.Connection) -> int:
    """Give the number of the newest change of any request or grant."""
    return int(db.execute("SELECT seq FROM access_seq").fetchone()[0])


def _first(db: sqlite3.Connection, where: str, *given: object) -> Kept | None:
    return next(iter(_all(db, where, *given)), None)


def _all(db: sqlite3.Connection, where: str, *given: object) -> tuple[Kept, ...]:
    found = db.execute(_SELECT + where, given).fetchall()
    return tuple(_kept(row, signatures=_signatures(db, row["request_no"])) for row in found)


def _signatures(db: sqlite3.Connection, number: int) -> Iterable[sqlite3.Row]:
    return db.execute(
        "SELECT * FROM access_signature WHERE request_no = ? ORDER BY signed_us, staff_id",
        (number,),
    )


def _kept(row: sqlite3.Row, *, signatures: Iterable[sqlite3.Row]) -> Kept:
    asked_at = from_us(row["asked_us"])
    settled_us = row["settled_us"]
    request = AccessRequest(
        request_id=_request_id(row["request_no"]),
        requester=row["requester"],
        scope=_SCOPE.decode(row["scope"]),
        ground=ground_of(dict(row)),
        capability=row["capability"],
        authority=row["authority"],
        authorisers=row["authorisers"],
        life_s=row["life_s"],
        searches=row["searches"],
        code=row["code"],
        digest=row["digest"],
        asked_at=asked_at,
        lapses_at=from_us(row["lapses_us"]),
        seq=row["seq"],
        state=RequestState(row["state"]),
        signatures=tuple(map(_signature, signatures)),
        order=None if row["urgent"] is None else _ORDER.decode(row["urgent"]),
        grant=_grant(row),
        settled_at=None if settled_us is None else from_us(settled_us),
        settled_by=row["settled_by"],
        why=row["why"],
        lifted_by=row["lifted_by"],
    )
    began = None
    if row["grant_no"] is not None:
        began = Moment(from_us(row["began_us"]), row["began_ticks_s"], row["began_boot"])
    asked = Moment(asked_at, row["asked_ticks_s"], row["asked_boot"])
    return Kept(request=request, asked=asked, began=began, estimate=row["estimate"])


def _signature(row: sqlite3.Row) -> Signature:
    return Signature(
        staff_id=row["staff_id"],
        role=row["role"],
        rank=row["rank"],
        key_fingerprint=row["key_fingerprint"],
        factor_id=row["factor_id"],
        digest=row["digest"],
        proportionate=row["proportionate"],
        justified=row["justified"],
        signed_at=from_us(row["signed_us"]),
        post=row["post"],
    )


def _grant(row: sqlite3.Row) -> Grant | None:
    if row["grant_no"] is None:
        return None
    settled_us = row["grant_settled_us"]
    return Grant(
        grant_id=f"G-{row['grant_no']:04}",
        request_id=_request_id(row["request_no"]),
        holder=row["requester"],
        granted_at=from_us(row["began_us"]),
        expires_at=from_us(row["expires_us"]),
        searches_max=row["grant_searches"],
        searches_used=row["used"],
        urgent=row["urgent"] is not None,
        state=GrantState(row["grant_state"]),
        settled_at=None if settled_us is None else from_us(settled_us),
        settled_by=row["grant_settled_by"],
        why=row["grant_why"],
    )


def _next_seq(tx: Transaction) -> int:
    tx.execute("UPDATE access_seq SET seq = seq + 1")
    return newest_seq(tx)


def _request_id(number: int) -> str:
    return f"R-{number:04}"


def _request_no(request_id: str) -> int:
    """Give the number in a request's id; 0, which no request has, where it is no such id."""
    found = _REQUEST_ID.fullmatch(request_id)
    return int(found[1]) if found else 0
