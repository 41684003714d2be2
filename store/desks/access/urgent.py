"""The urgent desk: a look in a threat to life, the authority owed for it, and what stops it.

Rows come at once on a Force Duty Officer's order; an Inspector or a Superintendent ratifies it
within a day, or the officer's urgent use stops until a Superintendent lifts that (security.md).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from store.access import AccessRequest, Reasons, UrgentTerms
from store.desks.access.recorded import Recorded
from store.door import Door
from store.governance.access.freezing import frozen, oldest_s
from store.governance.access.moments import Moment
from store.governance.access.requests import Proof
from store.governance.rulebook.verdicts import Permit
from store.ledger.access import lifting, urgent
from store.ledger.access.uptime import moment_at
from store.ledger.ledger import Ledger, Transaction
from store.ledger.rules import policies
from store.terms import Ground, Officer, Scope

__all__ = ["UrgentDesk"]


class UrgentDesk:
    """What officers do when there is no time to ask first, and what others then do about it."""

    def __init__(
        self, *, door: Door, ledger: Ledger, moment: Callable[[datetime], Moment] = moment_at
    ) -> None:
        """Stands between the door and the requests; `moment` gives both clocks."""
        self._recorded = Recorded(door=door, ledger=ledger)
        self._ledger = ledger
        self._moment = moment

    def terms(self, officer: Officer, *, now: datetime) -> UrgentTerms:
        """Says what the urgent way asks and what follows; asks for nothing, leaves no record."""
        standing = self._recorded.standing(officer, now=now)
        with self._ledger.reading() as db:
            terms = urgent.terms_for(db, officer.staff_id)
        if isinstance(standing, Permit):
            return terms
        return replace(terms, refused=standing.sentence)

    def order(
        self,
        officer: Officer,
        scope: Scope,
        ground: Ground,
        *,
        urgent_ground: str,
        ordered_by: str,
        log_ref: str,
        proof: Proof,
        now: datetime,
        also: tuple[str, ...] = (),
    ) -> AccessRequest:
        """Takes a Force Duty Officer's order in a threat to life; its authority is owed.

        Args:
            officer: Who looks.
            scope: What at.
            ground: Why it cannot wait.
            urgent_ground: Of the closed list.
            ordered_by: Staff number of who ordered it.
            log_ref: Command-and-control log that the order stands in.
            proof: That it is them.
            now: When.
            also: Further whole marks.

        Raises:
            InputError: The search is malformed, or nothing is named.
            RefusedError: The rule book says no; recorded, nothing is given.
            AuditUnavailableError: It could not be written down; nothing is given.
        """
        what = frozen(scope, also=also)

        def make(tx: Transaction) -> AccessRequest:
            life_s = policies.in_force(tx).grants.urgent_life_s
            ceiling_s = oldest_s(what.since_at, now=now) + life_s
            return urgent.order(
                tx,
                requester=officer.staff_id,
                scope=replace(what, age_ceiling_s=ceiling_s),
                ground=ground,
                urgent_ground=urgent_ground,
                ordered_by=ordered_by,
                log_ref=log_ref,
                proof=proof,
                moment=self._moment(now),
            )

        return self._recorded.change(officer, "urgent", make, now=now, ground=ground)

    def ratify(
        self,
        officer: Officer,
        *,
        request_id: str,
        scope_digest: str,
        reasons: Reasons,
        proof: Proof,
        now: datetime,
    ) -> AccessRequest:
        """Gives the written authority that an urgent use is owed.

        Raises:
            RefusedError: The rule book says no, nothing is owed, or it is too late; recorded.
            AuditUnavailableError: It could not be written down; nothing changed.
        """
        return self._recorded.change(
            officer,
            "ratify",
            lambda tx: urgent.ratify(
                tx,
                request_id,
                signer=officer.staff_id,
                digest=scope_digest,
                reasons=reasons,
                proof=proof,
                moment=self._moment(now),
            ),
            now=now,
            which=request_id,
        )

    def stopped(self, officer: Officer, *, now: datetime) -> tuple[AccessRequest, ...]:
        """Shows the uses that were not ratified, whose officers this person may trust again.

        Raises:
            RefusedError: The officer is not active.
            AuditUnavailableError: The look could not be written down.
        """
        return self._recorded.look(
            officer,
            "urgent uses stopped",
            lambda db: lifting.stopped_for(db, officer.staff_id, now=now),
            ids=lambda found: tuple(one.request_id for one in found),
            now=now,
        )

    def lift(
        self,
        officer: Officer,
        *,
        request_id: str,
        reasons: Reasons,
        proof: Proof,
        now: datetime,
    ) -> AccessRequest:
        """Lets an officer use the urgent way again, in spite of one that was not ratified.

        Raises:
            RefusedError: Nothing stops there, or the rule book says no; recorded.
            AuditUnavailableError: It could not be written down; nothing changed.
        """
        return self._recorded.change(
            officer,
            "lift urgent stop",
            lambda tx: lifting.lift(
                tx,
                request_id,
                by=officer.staff_id,
                reasons=reasons,
                proof=proof,
                moment=self._moment(now),
            ),
            now=now,
            which=request_id,
        )
