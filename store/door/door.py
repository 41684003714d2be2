"""Every act of a person passes here: decide, record the ask, act, record the outcome, let go.

It fails closed. Where a record cannot be written there is no result, whatever was found: the caller
gets AuditUnavailableError. A refusal is a record too. Standing on the register and the policy in
force are looked up at every act, in the same transaction as its record, so that somebody suspended
a second ago is refused now (S-50) and a policy loaded a second ago decides (S-8).
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from store.door.asking import STANDING, Ask
from store.door.deciding import Decided, decided_on
from store.errors import AuditUnavailableError, RefusedError, StoreError
from store.governance.rulebook.verdicts import (
    NeedsAuthorisation,
    Permit,
    Refuse,
    Verdict,
)
from store.governance.rulebook.words import said
from store.ledger import audit, clock
from store.ledger.access import grants
from store.ledger.access.uptime import moment_at
from store.ledger.alarms import dispositions
from store.ledger.ledger import Ledger, Transaction
from store.ledger.rules import policies, vehicles
from store.purposes import kept
from store.terms import Officer

__all__ = [
    "Changed",
    "Door",
    "Looked",
    "Shown",
    "behind_audit_s",
    "cut_at",
    "demanded",
]

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Shown(Generic[_Result]):
    """What a look would show, before it is shown.

    Attributes:
        result: For the officer.
        ids: Identity of every read or alarm in it; counted and hashed into the record.
        controllers: The forces that answer for the data in it; they may ask for their records.
        rests_on: Rule and grant beyond those of the ask, where they were known only now.
    """

    result: _Result
    ids: tuple[str, ...]
    controllers: frozenset[str] = frozenset()
    rests_on: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Looked(Generic[_Result]):
    """A look whose two records are durable.

    Attributes:
        result: For the officer.
        permit: What the policy allowed, with the cut it made.
        asked_seq: Record that was durable before anything was looked at.
        returned_seq: Record that was durable before this left.
    """

    result: _Result
    permit: Permit
    asked_seq: int
    returned_seq: int


@dataclass(frozen=True, slots=True)
class Changed(Generic[_Result]):
    """A change that became durable together with its record.

    Attributes:
        result: For the officer.
        audit_seq: The record.
    """

    result: _Result
    audit_seq: int


class Door:
    """The one way from a person to the data of the hub."""

    def __init__(self, ledger: Ledger) -> None:
        """Guards with this ledger: its register, its policy, its audit chain."""
        self._ledger = ledger
        self._clock_told = False

    def verdict(self, ask: Ask) -> Verdict:
        """Says what the policy would say, does nothing and writes nothing."""
        return self.weighed(ask).verdict

    def weighed(self, ask: Ask) -> Decided:
        """Says what the policy would say and on which grant; no use of it is counted."""
        with self._ledger.reading() as db:
            return decided_on(db, ask)

    def look(self, ask: Ask, *, find: Callable[[Permit], Shown[_Result]]) -> Looked[_Result]:
        """Lets an officer see something.

        Args:
            ask: What, why, when.
            find: Finds it, within what the permit allows; runs only once "asked" is durable.

        Raises:
            RefusedError: The policy says no, or not without an authority; recorded.
            AuditUnavailableError: A record could not be written; nothing is shown.
            StoreError: What `find` raises; recorded.
        """
        permit, grant, asked_seq = self._permitted(ask)
        with audit.resting_on(permit.rule, grant=grant):
            try:
                shown = find(permit)
            except Exception as failure:
                kind = "refused" if isinstance(failure, RefusedError) else "failed"
                with suppress(AuditUnavailableError):  # nothing is shown either way
                    self._record(kind, ask, {"asked": asked_seq, "why": _why(failure)})
                raise
            outcome = {"asked": asked_seq, "count": len(shown.ids), "digest": _digest(shown.ids)}
            if shown.controllers:
                outcome["controllers"] = sorted(shown.controllers)
            outcome |= shown.rests_on
            returned_seq = self._record("returned", ask, outcome)
        return Looked(
            result=shown.result, permit=permit, asked_seq=asked_seq, returned_seq=returned_seq
        )

    def change(self, ask: Ask, *, make: Callable[[Transaction], _Result]) -> Changed[_Result]:
        """Lets an officer change something.

        Args:
            ask: What, when.
            make: Makes the change and appends its record, in the transaction it is given.

        Raises:
            RefusedError: The policy says no, or `make` does; recorded, nothing was changed.
            AuditUnavailableError: The record could not be written; nothing was changed.
        """
        try:
            with self._ledger.transaction() as tx:
                self._watch_clock(tx, now=ask.now)
                decided = decided_on(tx, ask)
                permit = demanded(decided.verdict)
                with audit.resting_on(permit.rule, grant=decided.grant):
                    before = audit.last_seq(tx)
                    result = make(tx)
                    if audit.last_seq(tx) == before:
                        _append(tx, "changed nothing", ask, {})
                return Changed(result=result, audit_seq=audit.last_seq(tx))
        except AuditUnavailableError:
            raise
        except StoreError as refused:
            self._record("refused", ask, {"why": _why(refused)})
            raise

    def leave(self, officer: Officer, *, now: datetime) -> None:
        """Writes down that somebody left, whatever their standing is by now.

        Raises:
            AuditUnavailableError: It could not be written down.
        """
        with self._ledger.transaction() as tx:
            audit.append(tx, "signed off", by=officer.staff_id, now=now, about={"what": "sign off"})

    def dismiss(self, officer: Officer, *, now: datetime) -> int:
        """Passes on the alarms of somebody who may act no more; nobody else loses any.

        Returns:
            How many alarms they held, which are new again for the others (S-22).

        Raises:
            AuditUnavailableError: It could not be written down; nothing changed.
        """
        ask = Ask(by=officer, capability=STANDING, now=now, about={"what": "dismiss"})
        with self._ledger.transaction() as tx:
            if isinstance(decided_on(tx, ask).verdict, Permit):
                return 0
            return dispositions.pass_on(tx, staff_id=officer.staff_id, now=now)

    def _permitted(self, ask: Ask) -> tuple[Permit, str, int]:
        with self._ledger.transaction() as tx:
            self._watch_clock(tx, now=ask.now)
            decided = decided_on(tx, ask)
            verdict = decided.verdict
            if isinstance(verdict, Permit):
                with audit.resting_on(verdict.rule, grant=decided.grant):
                    if decided.grant and ask.counts:
                        grants.use(tx, decided.grant, moment=moment_at(ask.now))
                    found = {**_cut(verdict, now=ask.now), **_flags(tx, ask)}
                    seq = _append(tx, "asked", ask, found)
                return verdict, decided.grant, seq
            _append(tx, "refused", ask, {"why": verdict.code, **_needs(verdict)})
        raise _refusal(verdict)

    def _record(self, kind: str, ask: Ask, outcome: Mapping[str, object]) -> int:
        with self._ledger.transaction() as tx:
            return _append(tx, kind, ask, outcome)

    def _watch_clock(self, tx: Transaction, *, now: datetime) -> None:
        """Write down, once each time it happens, that the clock lies behind the audit."""
        behind_s = behind_audit_s(tx, now=now)
        behind = behind_s > policies.in_force(tx).grants.clock_behind_audit_s
        if behind and not self._clock_told:
            about = {"what": "clock", "behind_s": behind_s}
            audit.append(tx, "clock behind audit", by=audit.HUB, now=now, about=about)
        self._clock_told = behind


def cut_at(permit: Permit, *, now: datetime) -> datetime | None:
    """Give the oldest capture time that a permit lets be shown; None where it cuts nothing."""
    age_s = permit.cut_at_age_s
    return None if age_s is None else now - timedelta(seconds=age_s)


def behind_audit_s(db: sqlite3.Connection, *, now: datetime) -> int:
    """Say by how many whole seconds the clock lies behind what is on record; 0 where it does not.

    A clock that was set back would let an authority live longer (security.md).
    """
    seen_at = clock.seen_at(db)
    return 0 if seen_at is None else max(0, (seen_at - now) // timedelta(seconds=1))


def demanded(verdict: Verdict) -> Permit:
    """Give the permit.

    Raises:
        RefusedError: It is none; says why, whose authority it takes, and what to do next.
    """
    if isinstance(verdict, Permit):
        return verdict
    raise _refusal(verdict)


def _refusal(verdict: NeedsAuthorisation | Refuse) -> RefusedError:
    sentence = said(verdict) if isinstance(verdict, NeedsAuthorisation) else verdict.sentence
    return RefusedError(sentence, reason=verdict.code)


def _append(tx: Transaction, kind: str, ask: Ask, outcome: Mapping[str, object]) -> int:
    about: dict[str, object] = {"act": ask.capability, **ask.about, **outcome}
    if ask.tool:
        about["tool"] = ask.tool
    if ask.ground is not None:
        about["ground"] = kept(ask.ground)
    return audit.append(tx, kind, by=ask.by.staff_id, now=ask.now, about=about)


def _digest(ids: Iterable[str]) -> str:
    """Names what was shown without repeating it: SHA-256 over the ids, one a line, in hex."""
    return hashlib.sha256("".join(f"{one}\n" for one in ids).encode()).hexdigest()


def _why(refused: Exception) -> str:
    return refused.reason if isinstance(refused, RefusedError) else type(refused).__name__


def _cut(permit: Permit, *, now: datetime) -> Mapping[str, object]:
    cut = cut_at(permit, now=now)
    return {} if cut is None else {"cut_at": cut.isoformat()}


def _flags(db: sqlite3.Connection, ask: Ask) -> Mapping[str, object]:
    """Say whose vehicle is looked for, where it is one of staff: in the record, on no screen."""
    whose = vehicles.flags(db, ask.folds, staff_id=ask.by.staff_id, fits=ask.fits)
    return {"vehicles_of": whose} if whose else {}


def _needs(verdict: NeedsAuthorisation | Refuse) -> Mapping[str, object]:
    if isinstance(verdict, Refuse):
        return {}
    return {"authority": verdict.authority, "authorisers": verdict.count}
