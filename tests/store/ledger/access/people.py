"""Officers of a force that does not exist, with keys and second factors, and what they ask."""

from datetime import UTC, datetime, timedelta
from typing import Any

from store.access import AccessRequest, AccessScope, Reasons
from store.governance.access.grants import WantedScope
from store.governance.access.moments import Moment
from store.governance.access.requests import Proof
from store.ledger import staff
from store.ledger.access import requests
from store.ledger.ledger import Ledger, Transaction
from store.purposes import PURPOSE_KEYS
from store.terms import Ground, MatchKind, Officer, Purpose

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ASKER = "NS4107"
SUPERS = ("NS2003", "NS2007")
INSPECTOR = "NS2050"
OPERATOR = "NS4021"
FDO = "NS3300"
AUDITOR = "NS7002"
ROLES = {
    ASKER: "RES", "NS2003": "SUP", "NS2007": "SUP", INSPECTOR: "INS", OPERATOR: "OP",
    FDO: "FDO", AUDITOR: "AUD", "NS3010": "AM",
}  # fmt: skip
GROUND = Ground(
    purpose=Purpose.POST_INCIDENT,
    category="major investigation",
    reference="NS-2605-00817",
    reason="Seen leaving the scene; find its route on 6 to 26 May 2026",
)
WHY = "Route of one vehicle, named by a witness"
JUST = "Murder investigation, no other way to place it"


def at(seconds: float = 0, *, ticks: float | None = None, boot: str = "first") -> Moment:
    """A moment so long after noon, by both clocks unless `ticks` says otherwise."""
    ticks_s = 1_000.0 + (seconds if ticks is None else ticks)
    return Moment(NOON + timedelta(seconds=seconds), ticks_s, boot)


def enrol_all(ledger: Ledger, *, now: datetime = NOON) -> None:
    """Put everybody on the register, each with a key and a second factor of their own."""
    with ledger.transaction() as tx:
        for staff_id, role in ROLES.items():
            staff.enrol(tx, Officer(staff_id, role), now=now)
            give_factor(tx, staff_id)


def give_factor(tx: Transaction, staff_id: str) -> None:
    """Stands for the enrolment of key and second factor."""
    tx.execute(
        "UPDATE staff SET key_fingerprint = ? WHERE staff_id = ?", (f"SHA256:{staff_id}", staff_id)
    )
    tx.execute(
        "INSERT INTO staff_factor VALUES (?, 'argon2', ?, x'00', 0, 0)",
        (staff_id, f"totp-{staff_id}"),
    )


def proof(staff_id: str, *, now: datetime = NOON) -> Proof:
    """Somebody has just shown key and second factor."""
    return Proof(staff_id, f"SHA256:{staff_id}", f"totp-{staff_id}", now)


def old_scope(
    *vrms: str, days: int = 200, until_days: int = 180, cameras: tuple[str, ...] = ()
) -> AccessScope:
    return AccessScope(
        vrms=vrms or ("TE57CAR",),
        kind=MatchKind.EXACT,
        cameras=cameras,
        since_at=NOON - timedelta(days=days),
        until_at=NOON - timedelta(days=until_days),
        age_ceiling_s=(days + 7) * 86_400,
    )


def asked(
    tx: Transaction,
    *,
    by: str = ASKER,
    scope: AccessScope | None = None,
    capability: str = "search_l2",
    authority: str = "inspector",
    authorisers: int = 1,
    moment: Moment | None = None,
) -> AccessRequest:
    return requests.ask(
        tx,
        requester=by,
        scope=scope or old_scope(),
        ground=GROUND,
        capability=capability,
        authority=authority,
        authorisers=authorisers,
        estimate=40,
        moment=moment or at(),
    )


def authorised(
    tx: Transaction,
    request: AccessRequest,
    *,
    by: str = SUPERS[0],
    moment: Moment | None = None,
    **changed: Any,
) -> AccessRequest:
    moment = moment or at()
    given: dict[str, Any] = {
        "signer": by,
        "digest": request.digest,
        "code": request.code,
        "reasons": Reasons(WHY, JUST),
        "proof": proof(by, now=moment.now),
        "moment": moment,
        **changed,
    }
    return requests.authorise(tx, request.request_id, **given)


def wanted(scope: AccessScope | None = None, **changed: Any) -> WantedScope:
    scope = scope or old_scope()
    given: dict[str, Any] = {
        "vrms": scope.vrms,
        "kind": scope.kind,
        "cameras": scope.cameras,
        "since_at": scope.since_at,
        "until_at": scope.until_at,
        "tool": "",
        "purpose": PURPOSE_KEYS[GROUND.purpose],
        "reference": GROUND.reference,
        **changed,
    }
    return WantedScope(**given)
