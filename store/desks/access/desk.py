"""The access desk: ask for an authority, sign it or refuse it, end it; each act on record.

The door looks at who stands before it; whether they may sign, and whether the request can still be
signed, is decided by the rule book in the transaction that writes it down, so that of two
authorisers at once one is first and the other is told.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from store.access import AccessRequest, Prompt, Reasons, RequestState
from store.archive.search import Archive
from store.desks.access.prompting import AccessNews, news_of, prompt_of
from store.desks.access.recorded import Recorded
from store.desks.searches import SearchesDesk
from store.door import Door
from store.errors import RefusedError
from store.governance.access.freezing import (
    age_ceiling_s,
    capability_for,
    frozen,
    oldest_s,
)
from store.governance.access.moments import Moment
from store.governance.access.requests import Proof
from store.governance.rulebook.ages import authority_for
from store.governance.rulebook.verdicts import Asked
from store.ledger import audit
from store.ledger.access import grants, requests, rows, sweeping, urgent
from store.ledger.access.signing import eligible
from store.ledger.access.uptime import moment_at
from store.ledger.ledger import Ledger, Transaction
from store.ledger.rules import policies
from store.terms import Ground, Officer, Scope

__all__ = ["AccessDesk"]


class AccessDesk:
    """What officers do about authority: for themselves, and for each other."""

    def __init__(
        self,
        *,
        door: Door,
        ledger: Ledger,
        archive: Archive,
        searches: SearchesDesk,
        moment: Callable[[datetime], Moment] = moment_at,
    ) -> None:
        """Stands between the door and the requests.

        Args:
            door: The door.
            ledger: Where requests and grants are.
            archive: Counts what a request would show; opens nothing.
            searches: Says what a search needs.
            moment: Gives a moment on both clocks.
        """
        self._recorded = Recorded(door=door, ledger=ledger)
        self._ledger = ledger
        self._archive = archive
        self._searches = searches
        self._moment = moment

    def request(
        self,
        officer: Officer,
        scope: Scope,
        ground: Ground,
        *,
        tools: tuple[str, ...],
        now: datetime,
    ) -> AccessRequest:
        """Asks for the authority that a search needs.

        Args:
            officer: Who asks.
            scope: The search; its page plays no part.
            ground: Why.
            tools: Analyses beside the plain search.
            now: When.

        Raises:
            InputError: The search is malformed, or nothing is named.
            RefusedError: It needs no authority, or none would allow it; recorded.
            AuditUnavailableError: It could not be written down; nothing was asked.
        """
        needed = self._searches.needs(officer, scope, ground, now=now)
        what = frozen(scope, tools=tools)
        estimate = 0
        if needed.authority:
            counted = self._archive.count(replace(scope, vrm="".join(what.vrms), before=""))
            estimate = counted.reads

        def make(tx: Transaction) -> AccessRequest:
            if not needed.authority:
                said = needed.sentence if not needed.may else "Not asked: it needs nothing more."
                raise RefusedError(said, reason="needs_nothing" if needed.may else "not_grantable")
            book = policies.in_force(tx)
            age_s = oldest_s(what.since_at, now=now)
            capability = capability_for(age_s=age_s, tools=what.tools, book=book)
            tool = next(iter(what.tools), "")
            asked = Asked(officer.role, capability, "do", {}, age_s=age_s, tool=tool)
            authority, authorisers = authority_for(asked, book=book)
            ceiling_s = age_ceiling_s(asked, life_s=book.grants.life_default_s, book=book)
            return requests.ask(
                tx,
                requester=officer.staff_id,
                scope=replace(what, age_ceiling_s=ceiling_s),
                ground=ground,
                capability=capability,
                authority=authority,
                authorisers=authorisers,
                estimate=estimate,
                moment=self._moment(now),
            )

        return self._recorded.change(officer, "request access", make, now=now, ground=ground)

    def waiting(self, officer: Officer, *, now: datetime) -> tuple[Prompt, ...]:
        """Shows the requests that this officer may sign, oldest first.

        Raises:
            RefusedError: The officer is not active.
            AuditUnavailableError: The look could not be written down.
        """

        def find(db: sqlite3.Connection) -> tuple[Prompt, ...]:
            open_now = rows.of_state(db, RequestState.PENDING, RequestState.URGENT)
            return tuple(
                prompt_of(db, kept)
                for kept in open_now
                if officer.staff_id
                in {one.officer.staff_id for one in eligible(db, kept.request, now=now)}
            )

        return self._recorded.look(officer, "requests waiting", find, ids=_ids, now=now)

    def mine(self, officer: Officer, *, now: datetime) -> tuple[AccessRequest, ...]:
        """Shows an officer's own requests: those with a live grant first, then the newest."""

        def find(db: sqlite3.Connection) -> tuple[AccessRequest, ...]:
            return tuple(kept.request for kept in rows.held_by(db, officer.staff_id))

        return self._recorded.look(
            officer,
            "own requests",
            find,
            ids=lambda found: tuple(one.request_id for one in found),
            now=now,
        )

    def open(self, officer: Officer, *, request_id: str, now: datetime) -> Prompt:
        """Opens one request in full: its own requester may, and whoever may sign it.

        Raises:
            RefusedError: There is none, or it is not for this officer; recorded.
            AuditUnavailableError: The look could not be written down.
        """

        def find(db: sqlite3.Connection) -> Prompt:
            kept = rows.demand(db, request_id, not_done="Not opened")
            may = {one.officer.staff_id for one in eligible(db, kept.request, now=now)}
            signed = {one.staff_id for one in kept.request.signatures}
            if officer.staff_id not in may | signed | {kept.request.requester}:
                raise RefusedError(
                    f"Not opened: {request_id} is for others to decide.",
                    reason="not_an_authoriser",
                )
            prompt = prompt_of(db, kept)
            own = officer.staff_id == kept.request.requester
            return replace(prompt, estimate=0) if own else prompt

        return self._recorded.look(
            officer, "request", find, ids=lambda one: (one.request.request_id,), now=now
        )

    def authorise(
        self,
        officer: Officer,
        *,
        request_id: str,
        scope_digest: str,
        code: str,
        reasons: Reasons,
        proof: Proof,
        now: datetime,
    ) -> AccessRequest:
        """Signs exactly the scope that was shown (S-54, S-55).

        Args:
            officer: Who signs.
            request_id: Which request.
            scope_digest: Of what they were shown.
            code: As they typed it.
            reasons: Why they sign (S-55).
            proof: That it is them.
            now: When.

        Raises:
            RefusedError: The rule book or the life of the request says no; recorded.
            AuditUnavailableError: It could not be written down; nothing changed.
        """
        return self._recorded.change(
            officer,
            "authorise",
            lambda tx: requests.authorise(
                tx,
                request_id,
                signer=officer.staff_id,
                digest=scope_digest,
                code=code,
                reasons=reasons,
                proof=proof,
                moment=self._moment(now),
            ),
            now=now,
            which=request_id,
        )

    def refuse(
        self, officer: Officer, *, request_id: str, why: str, now: datetime
    ) -> AccessRequest:
        """Refuses a request, with a reason that goes back; an urgent one is not ratified."""

        def make(tx: Transaction) -> AccessRequest:
            kept = rows.demand(tx, request_id, not_done="Not refused")
            decline = requests.refuse if kept.request.order is None else urgent.decline
            return decline(tx, request_id, by=officer.staff_id, why=why, moment=self._moment(now))

        return self._recorded.change(officer, "refuse", make, now=now, which=request_id)

    def withdraw(self, officer: Officer, *, request_id: str, now: datetime) -> AccessRequest:
        """Takes one's own request back."""
        return self._recorded.change(
            officer,
            "withdraw",
            lambda tx: requests.withdraw(
                tx, request_id, by=officer.staff_id, moment=self._moment(now)
            ),
            now=now,
            which=request_id,
        )

    def revoke(self, officer: Officer, *, grant_id: str, why: str, now: datetime) -> AccessRequest:
        """Ends a grant before its time."""
        return self._recorded.change(
            officer,
            "revoke",
            lambda tx: grants.revoke(
                tx, grant_id, by=officer.staff_id, why=why, moment=self._moment(now)
            ),
            now=now,
            which=grant_id,
        )

    def newest_news(self) -> int:
        """Gives the number of the newest change of any request or grant; for the feed."""
        with self._ledger.reading() as db:
            return rows.newest_seq(db)

    def news_since(self, seq: int, limit: int, now: datetime) -> tuple[AccessNews, ...]:
        """Gives what changed after a number and whom it concerns; for the feed."""
        with self._ledger.reading() as db:
            changed = rows.since(db, seq, limit=limit)
            return tuple(news_of(db, kept, now=now) for kept in changed)

    def news_standing(self, now: datetime) -> tuple[AccessNews, ...]:
        """Gives what waits or lives, for a console that has just begun to follow."""
        with self._ledger.reading() as db:
            open_now = rows.of_state(db, RequestState.PENDING, RequestState.URGENT)
            of_grants = [kept for kept in rows.living(db) if kept.request.order is None]
            return tuple(news_of(db, kept, now=now) for kept in (*open_now, *of_grants))

    def prompted(self, request_id: str, staff_ids: tuple[str, ...], now: datetime) -> None:
        """Writes down whose console a prompt has just been shown on; for the feed."""
        with self._ledger.transaction() as tx:
            about = {"request": request_id, "shown_to": staff_ids}
            audit.append(tx, "access prompt shown", by=audit.HUB, now=now, about=about)

    def sweep(self, now: datetime) -> None:
        """Ends what time has ended; for the hub, about once a second."""
        moment = self._moment(now)
        with self._ledger.reading() as db:
            due = sweeping.anything_due(db, moment=moment)
        if due:
            with self._ledger.transaction() as tx:
                sweeping.sweep(tx, moment=moment)


def _ids(prompts: tuple[Prompt, ...]) -> tuple[str, ...]:
    return tuple(prompt.request.request_id for prompt in prompts)
