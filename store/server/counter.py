"""Which desk an ask goes to. Every desk sends what it is asked through the door."""

from collections.abc import Callable
from datetime import datetime

from store import wire
from store.desks import Desks
from store.errors import RefusedError
from store.reviews import AuditAsk
from store.server.access_counter import AccessCounter
from store.server.audit_counter import AuditCounter
from store.terms import Officer

__all__ = ["Counter"]


class Counter:
    """The desks as the wire's asks; every method blocks and is called off the loop."""

    def __init__(self, desks: Desks, *, clock: Callable[[], datetime]) -> None:
        """Keeps the desks and the hub's clock (aware UTC)."""
        self._desks = desks
        self._clock = clock
        self._access = AccessCounter(desks, clock=clock)
        self._audit = AuditCounter(desks, clock=clock)

    def sign_on(self, staff_id: str) -> Officer:
        """Lets an officer in; RefusedError where the register does not have them active."""
        return self._desks.staff.sign_on(staff_id, now=self._clock())

    def sign_off(self, officer: Officer) -> None:
        """Writes down that an officer's console left."""
        self._desks.staff.sign_off(officer, now=self._clock())

    def sees_alarms(self, officer: Officer) -> bool:
        """Says whether the policy lets this officer be told of alarms."""
        return self._desks.staff.may_see(officer, "live_hit_feed", now=self._clock())

    def standing(self, officer: Officer) -> RefusedError | None:
        """Says why this officer may no longer act at all, or None."""
        return self._desks.staff.standing(officer, now=self._clock())

    def passed_on(self, officer: Officer) -> int:
        """Gives back the alarms that an officer held whose session was ended."""
        return self._desks.staff.pass_on(officer, now=self._clock())

    def follow(self, officer: Officer) -> int:
        """Writes down that the officer follows the alarms, and says from which change."""
        return self._desks.alarms.follow(officer, now=self._clock())

    def seq(self) -> int:
        """Gives the newest change of any alarm."""
        return self._desks.alarms.newest_change()

    def perform(self, act: wire.Act, *, officer: Officer) -> object:
        """Does what was asked, at its desk.

        Args:
            act: Anything but Follow, which is the session's own.
            officer: Who asks.

        Returns:
            The answer, of the type that `store.client` expects for this act.

        Raises:
            StoreError: Refused, or not possible now.
        """
        if isinstance(act, wire.AccessAct):
            return self._access.perform(act, officer=officer)
        if isinstance(act, AuditAsk):
            return self._audit.perform(act, officer=officer)
        if isinstance(act, wire.OrderWeeding):
            return self._desks.weeding.order(officer, now=self._clock())
        if isinstance(act, wire.ShowWeeding):
            return self._desks.weeding.stand(officer, now=self._clock())
        return self._at_other_desks(act, officer=officer)

    def _at_other_desks(self, act: wire.Act, *, officer: Officer) -> object:
        now = self._clock()
        alarms, searches, cameras = self._desks.alarms, self._desks.searches, self._desks.cameras
        answer: object
        match act:
            case wire.ShowAlarms():
                answer = alarms.alarms(officer, limit=act.limit, now=now)
            case wire.OpenAlarm():
                answer = alarms.alarm(officer, alarm_id=act.alarm_id, now=now)
            case wire.Acknowledge():
                answer = alarms.acknowledge(officer, alarm_id=act.alarm_id, now=now)
            case wire.Unacknowledge():
                answer = alarms.unacknowledge(officer, alarm_id=act.alarm_id, now=now)
            case wire.Decide():
                answer = alarms.decide(
                    officer,
                    alarm_id=act.alarm_id,
                    decision=act.decision,
                    resource=act.resource,
                    log_ref=act.log_ref,
                    why=act.why,
                    ground=act.ground,
                    now=now,
                )
            case wire.AskNeeds():
                answer = searches.needs(officer, act.scope, act.ground, now=now)
            case wire.SearchReads():
                answer = searches.search(officer, act.scope, act.ground, now=now)
            case wire.OpenRead():
                answer = searches.open_read(
                    officer, read_id=act.read_id, ground=act.ground, now=now
                )
            case wire.ListCameras():
                answer = cameras.cameras(officer, now=now)
            case wire.AskHealth():
                answer = cameras.health(now=now)
            case wire.ProveSelf():
                answer = bool(
                    self._desks.identity.reauthenticate(
                        officer.staff_id,
                        passphrase=act.passphrase,
                        code=act.factor_code,
                        now=now,
                    )
                )
            case wire.Follow():
                raise AssertionError("the session follows by itself")
        return answer
