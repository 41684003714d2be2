"""What is asked of the desks of authority; who signs, orders or lifts proves who they are."""

from collections.abc import Callable
from datetime import datetime

from store import wire
from store.access import Reasons
from store.desks import Desks
from store.governance.access.requests import Proof
from store.terms import Officer

__all__ = ["AccessCounter"]


class AccessCounter:
    """The desks of authority as the wire's asks; every method blocks and is called off the loop."""

    def __init__(self, desks: Desks, *, clock: Callable[[], datetime]) -> None:
        """Keeps the desks and the hub's clock (aware UTC)."""
        self._desks = desks
        self._clock = clock

    def perform(self, act: wire.AccessAct, *, officer: Officer) -> object:
        """Does what was asked, at its desk.

        Raises:
            StoreError: Refused, or not possible now.
        """
        now, access = self._clock(), self._desks.access
        answer: object
        match act:
            case wire.RequestAccess():
                answer = access.request(officer, act.scope, act.ground, tools=act.tools, now=now)
            case wire.ShowWaiting():
                answer = access.waiting(officer, now=now)
            case wire.ShowMine():
                answer = access.mine(officer, now=now)
            case wire.OpenRequest():
                answer = access.open(officer, request_id=act.request_id, now=now)
            case wire.RefuseRequest():
                answer = access.refuse(officer, request_id=act.request_id, why=act.why, now=now)
            case wire.Withdraw():
                answer = access.withdraw(officer, request_id=act.request_id, now=now)
            case wire.Revoke():
                answer = access.revoke(officer, grant_id=act.grant_id, why=act.why, now=now)
            case wire.AskUrgentTerms():
                answer = self._desks.urgent.terms(officer, now=now)
            case wire.ShowStopped():
                answer = self._desks.urgent.stopped(officer, now=now)
            case wire.Authorise() | wire.OrderUrgent() | wire.Ratify() | wire.LiftStop():
                answer = self._proven(act, officer=officer, now=now)
        return answer

    def _proven(
        self,
        act: wire.Authorise | wire.OrderUrgent | wire.Ratify | wire.LiftStop,
        *,
        officer: Officer,
        now: datetime,
    ) -> object:
        access, urgent = self._desks.access, self._desks.urgent
        proof: Proof = self._desks.identity.reauthenticate(
            officer.staff_id, passphrase=act.passphrase, code=act.factor_code, now=now
        )
        match act:
            case wire.Authorise():
                return access.authorise(
                    officer,
                    request_id=act.request_id,
                    scope_digest=act.scope_digest,
                    code=act.code,
                    reasons=_reasons_of(act),
                    proof=proof,
                    now=now,
                )
            case wire.Ratify():
                return urgent.ratify(
                    officer,
                    request_id=act.request_id,
                    scope_digest=act.scope_digest,
                    reasons=_reasons_of(act),
                    proof=proof,
                    now=now,
                )
            case wire.OrderUrgent():
                return urgent.order(
                    officer,
                    act.scope,
                    act.ground,
                    urgent_ground=act.urgent_ground,
                    ordered_by=act.ordered_by,
                    log_ref=act.log_ref,
                    also=act.also,
                    proof=proof,
                    now=now,
                )
            case wire.LiftStop():
                return urgent.lift(
                    officer,
                    request_id=act.request_id,
                    reasons=_reasons_of(act),
                    proof=proof,
                    now=now,
                )


def _reasons_of(act: wire.Authorise | wire.Ratify | wire.LiftStop) -> Reasons:
    return Reasons(proportionate=act.proportionality, justified=act.necessity)
