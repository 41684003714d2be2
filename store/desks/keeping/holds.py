"""The desk of evidential holds: set, looked at again, released, and searched for their case (S-75).

What is held may be older than anything else there is, so it is opened for the case that holds it
and for no other.
"""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

from store.access import AccessRequest, AccessScope
from store.archive.finding.found import ReadLine
from store.archive.keeping.holds import clear_released, evidence, secure
from store.archive.search import Archive
from store.desks.access.recorded import Recorded
from store.door import SEE, Ask, Door, Shown
from store.errors import RefusedError
from store.governance.access.grants import WantedScope
from store.governance.rulebook.nouns import Fact
from store.governance.rulebook.verdicts import Permit, Refuse
from store.ledger.access import requests
from store.ledger.access.uptime import moment_at
from store.ledger.keeping import holds
from store.ledger.keeping.holds import Hold, HoldOrder
from store.ledger.ledger import Ledger, Transaction
from store.ledger.rules import policies
from store.purposes import PURPOSE_KEYS
from store.store import Store
from store.terms import Ground, MatchKind, Officer, Scope
from store.vrm import Pattern, normalise

__all__ = ["Evidence", "HoldsDesk", "SetHold", "open_holds_desk"]

_Result = TypeVar("_Result")

CAPABILITY: Final = "search_evidential_hold"
TOOL: Final = "evidential_hold"
"""What a request for it names as its tool."""
EVER_AT: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SetHold:
    """A hold that was just set.

    Attributes:
        number: Its number.
        reads: How many reads lie on its shelf.
        missing: How many reads it names by their id and the archive does not have.
    """

    number: int
    reads: int
    missing: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A page of what a hold keeps.

    Attributes:
        reads: Newest first.
        more: Whether another page follows.
        last: Key of the last row, to page on with; empty where there is none.
    """

    reads: tuple[ReadLine, ...]
    more: bool
    last: str


class HoldsDesk:
    """What an ANPR manager does with evidence."""

    def __init__(self, *, door: Door, ledger: Ledger, state: Path) -> None:
        """Stands between the door and the shelves in a state folder."""
        self._door = door
        self._recorded = Recorded(door=door, ledger=ledger)
        self._ledger = ledger
        self._state = state

    def every(self, officer: Officer, *, now: datetime) -> tuple[Hold, ...]:
        """Gives every hold there was, oldest first.

        Raises:
            RefusedError: The policy says no; recorded.
            AuditUnavailableError: It could not be written down; nothing is shown.
        """

        def find(_: Permit) -> Shown[tuple[Hold, ...]]:
            with self._ledger.reading() as db:
                found = holds.every(db)
            return Shown(found, ids=tuple(str(hold.number) for hold in found))

        about = {"what": "holds"}
        ask = Ask(by=officer, capability="evidential_hold", action=SEE, now=now, about=about)
        return self._door.look(ask, find=find).result

    def set(self, officer: Officer, order: HoldOrder, *, now: datetime) -> SetHold:
        """Sets a hold and puts what it names on its shelf.

        Once the hold is set it holds, even where this fails afterwards: whatever it names is
        secured before it is weeded.

        Raises:
            InputError: The order is not whole.
            RefusedError: The policy says no; recorded.
            AuditUnavailableError: It could not be written down; nothing was done.
            UnavailableError: A day cannot be read now; the hold stands.
        """
        number = self._changed(
            officer, now, lambda tx: holds.set_hold(tx, order, by=officer.staff_id, now=now)
        )
        secure(self._state, self._ledger, now=now, by=officer.staff_id)
        with self._ledger.reading() as db:
            lying = holds.held(db, number)
        missing = sum(read_id not in lying for read_id in set(order.read_ids))
        return SetHold(number, reads=len(lying), missing=missing)

    def put_off(self, officer: Officer, number: int, *, review_at: datetime, now: datetime) -> None:
        """Sets the day on which a hold is looked at again; raises as `set` does."""
        self._changed(
            officer,
            now,
            lambda tx: holds.put_off(tx, number, review_at=review_at, by=officer.staff_id, now=now),
        )

    def release(self, officer: Officer, number: int, *, why: str, now: datetime) -> None:
        """Releases a hold and removes its shelf; what is in time still stays in its day.

        Raises as `set` does; a removal that fails goes on at the next weeding.
        """
        self._changed(
            officer,
            now,
            lambda tx: holds.release(tx, number, why=why, by=officer.staff_id, now=now),
        )
        clear_released(self._state, self._ledger, now=now)

    def search(
        self, officer: Officer, number: int, scope: Scope, ground: Ground, *, now: datetime
    ) -> Evidence:
        """Searches what a hold keeps, newest first, one page, for its own case.

        Raises:
            InputError: The mark, the pattern, the page or the hold is none.
            RefusedError: The policy says no, or the ground names another case; recorded.
            AuditUnavailableError: It could not be written down; nothing is shown.
        """

        def find(lying: Archive) -> Shown[Evidence]:
            found, more = lying.search(scope)
            reads = tuple(stored.read for stored in found)
            shown = Evidence(reads, more=more, last=found[-1].key if found else "")
            return Shown(
                shown,
                ids=tuple(read.read_id for read in reads),
                controllers=frozenset(read.controller for read in reads),
            )

        about = {"vrm": scope.vrm, "kind": scope.kind, "before": scope.before}
        return self._looked(officer, number, about, ground, now=now, find=find)

    def request(
        self, officer: Officer, number: int, scope: Scope, ground: Ground, *, now: datetime
    ) -> AccessRequest:
        """Asks for the authority to search what a hold keeps; those who may sign are prompted.

        Args:
            officer: Who asks.
            number: The hold.
            scope: Its mark alone counts; without one it is all that the hold keeps.
            ground: Why; its reference is the case of the hold.
            now: When.

        Raises:
            InputError: The mark or the hold is none.
            RefusedError: It needs no authority, or none would allow it; recorded.
            AuditUnavailableError: It could not be written down; nothing was asked.
        """

        def make(tx: Transaction) -> AccessRequest:
            hold = holds.holding(tx, number)
            verdict = self._door.verdict(self._ask(officer, number, {}, ground, now=now))
            if isinstance(verdict, Permit):
                raise RefusedError("Not asked: it needs nothing more.", reason="needs_nothing")
            if isinstance(verdict, Refuse):
                raise RefusedError(verdict.sentence, reason=verdict.code)
            life_s = policies.in_force(tx).grants.life_max_s
            what = AccessScope(
                vrms=(normalise(scope.vrm),) if scope.vrm else (),
                kind=scope.kind,
                cameras=(),
                since_at=EVER_AT,
                until_at=now + timedelta(seconds=life_s),
                age_ceiling_s=-((EVER_AT - now) // timedelta(seconds=1)) + life_s,
                tools=(TOOL,),
                hold=number,
            )
            return requests.ask(
                tx,
                requester=officer.staff_id,
                scope=what,
                ground=ground,
                capability=CAPABILITY,
                authority=verdict.authority,
                authorisers=verdict.count,
                estimate=hold.reads,
                moment=moment_at(now),
            )

        if scope.vrm:
            Pattern.compile(scope.vrm)
        return self._recorded.change(officer, "request access", make, now=now, ground=ground)

    def pictures(
        self, officer: Officer, number: int, *, read_id: str, ground: Ground, now: datetime
    ) -> tuple[bytes, bytes]:
        """Opens the plate patch and the vehicle of a held read; raises as `search` does."""

        def find(lying: Archive) -> Shown[tuple[bytes, bytes]]:
            found = lying.pictures(read_id)
            if found is None:
                raise RefusedError("Not opened: this hold has no such read.", reason="unknown_read")
            return Shown(found, ids=(read_id,))

        return self._looked(officer, number, {"read_id": read_id}, ground, now=now, find=find)

    def _looked(
        self,
        officer: Officer,
        number: int,
        about: Mapping[str, object],
        ground: Ground,
        *,
        now: datetime,
        find: Callable[[Archive], Shown[_Result]],
    ) -> _Result:
        def within(_: Permit) -> Shown[_Result]:
            with self._ledger.reading() as db:
                holds.holding(db, number)
            return find(evidence(self._state, number))

        ask = self._ask(officer, number, about, ground, now=now)
        return self._door.look(ask, find=within).result

    def _ask(
        self,
        officer: Officer,
        number: int,
        about: Mapping[str, object],
        ground: Ground,
        *,
        now: datetime,
    ) -> Ask:
        """Puts a look at what a hold keeps as an ask; a further page and a picture count as one."""
        vrm = str(about.get("vrm", ""))

        def named(db: sqlite3.Connection) -> Mapping[str, Fact]:
            hold = holds.find(db, number)
            case = "" if hold is None else hold.case
            # one that is not there is told by `within`, which says so in its own words
            return {"hold_names_this_case": case in {"", ground.reference.strip()}}

        return Ask(
            by=officer,
            capability=CAPABILITY,
            now=now,
            about={"what": "held reads", "hold": number, **about},
            looked_up=named,
            ground=ground,
            until_at=now,
            # a whole mark is a pattern without wild characters: both flag vehicles of staff
            fits=Pattern.compile(vrm).matches if vrm else None,
            wanted=WantedScope(
                vrms=(normalise(vrm),) if vrm else (),
                kind=MatchKind(str(about.get("kind", MatchKind.EXACT))),
                cameras=(),
                since_at=EVER_AT,
                until_at=now,
                tool=TOOL,
                purpose=PURPOSE_KEYS[ground.purpose],
                reference=ground.reference,
                hold=number,
            ),
            counts="kind" in about and not about.get("before"),
        )

    def _changed(
        self, officer: Officer, now: datetime, make: Callable[[Transaction], _Result]
    ) -> _Result:
        ask = Ask(by=officer, capability="evidential_hold", now=now, about={"what": "hold"})
        return self._door.change(ask, make=make).result


def open_holds_desk(store: Store) -> HoldsDesk:
    """Sets the desk up behind a door of its own, for whoever sits at the hub's own machine."""
    return HoldsDesk(door=Door(store.ledger), ledger=store.ledger, state=store.state)
