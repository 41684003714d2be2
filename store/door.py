"""Every act of a person passes here: decide, record the ask, act, record the outcome, let go.

It fails closed. Where a record cannot be written there is no result, whatever was found: the caller
gets AuditUnavailableError. A refusal is a record too. Standing on the register is looked up at
every act, in the same transaction as its record, so that somebody suspended a second ago is
refused now (S-50).
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from store.errors import AuditUnavailableError, RefusedError, StoreError
from store.governance.decisions import Act, Permit, Refuse, Verdict, decide
from store.ledger import audit, staff
from store.ledger.ledger import Ledger, Transaction
from store.purposes import CATEGORY_KEYS, PURPOSE_KEYS
from store.terms import Ground, Officer

__all__ = ["Ask", "Changed", "Door", "Looked", "Shown"]

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Ask:
    """What an officer asks for, as it is decided on and written down.

    Attributes:
        by: Who asks.
        act: What for.
        now: When.
        about: What exactly, for the audit record; JSON values.
        ground: Why, where the act needs one (S-62).
        since_at: Oldest capture time asked for, where the act reaches into the past.
        until_at: End of it.
        cameras: How many cameras are asked where no plate is; 0 means all of them.
    """

    by: Officer
    act: Act
    now: datetime
    about: Mapping[str, object]
    ground: Ground | None = None
    since_at: datetime | None = None
    until_at: datetime | None = None
    cameras: int = 0


@dataclass(frozen=True, slots=True)
class Shown(Generic[_Result]):
    """What a look would show, before it is shown.

    Attributes:
        result: For the officer.
        ids: Identity of every read or alarm in it; counted and hashed into the record.
    """

    result: _Result
    ids: tuple[str, ...]


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
        """Guards with this ledger: its register, its audit chain."""
        self._ledger = ledger

    def verdict(self, ask: Ask) -> Verdict:
        """Says what the policy would say, does nothing and writes nothing."""
        with self._ledger.reading() as db:
            return _decided(db, ask)

    def look(self, ask: Ask, *, find: Callable[[Permit], Shown[_Result]]) -> Looked[_Result]:
        """Lets an officer see something.

        Args:
            ask: What, why, when.
            find: Finds it, within what the permit allows; runs only once "asked" is durable.

        Raises:
            RefusedError: The policy says no; recorded.
            AuditUnavailableError: A record could not be written; nothing is shown.
            StoreError: What `find` raises; recorded.
        """
        permit, asked_seq = self._permitted(ask)
        try:
            shown = find(permit)
        except Exception as failure:
            kind = "refused" if isinstance(failure, RefusedError) else "failed"
            with suppress(AuditUnavailableError):  # nothing is shown either way
                self._record(kind, ask, {"asked": asked_seq, "why": _why(failure)})
            raise
        returned_seq = self._record(
            "returned",
            ask,
            {"asked": asked_seq, "count": len(shown.ids), "digest": _digest(shown.ids)},
        )
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
                verdict = _decided(tx, ask)
                if isinstance(verdict, Refuse):
                    raise RefusedError(verdict.sentence, reason=verdict.code)
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

    def _permitted(self, ask: Ask) -> tuple[Permit, int]:
        with self._ledger.transaction() as tx:
            verdict = _decided(tx, ask)
            if isinstance(verdict, Permit):
                return verdict, _append(tx, "asked", ask, _cut(verdict))
            _append(tx, "refused", ask, {"why": verdict.code})
        raise RefusedError(verdict.sentence, reason=verdict.code)

    def _record(self, kind: str, ask: Ask, outcome: Mapping[str, object]) -> int:
        with self._ledger.transaction() as tx:
            return _append(tx, kind, ask, outcome)


def _decided(db: sqlite3.Connection, ask: Ask) -> Verdict:
    member = staff.by_id(db, ask.by.staff_id)
    if member is None:
        return Refuse(
            "unknown_staff",
            "Not done: your staff number is not on the register of this hub. "
            "Ask the ANPR Manager to enrol you.",
        )
    return decide(
        ask.act,
        role=member.officer.role,
        state=member.state,
        now=ask.now,
        ground=ask.ground,
        since_at=ask.since_at,
        until_at=ask.until_at,
        cameras=ask.cameras,
    )


def _append(tx: Transaction, kind: str, ask: Ask, outcome: Mapping[str, object]) -> int:
    about: dict[str, object] = {"act": ask.act.value, **ask.about, **outcome}
    if ask.ground is not None:
        about["ground"] = _kept(ask.ground)
    return audit.append(tx, kind, by=ask.by.staff_id, now=ask.now, about=about)


def _kept(ground: Ground) -> Mapping[str, str]:
    """Gives a ground as it is stored: purpose and class as the keys they are decided on."""
    return {
        "purpose": PURPOSE_KEYS[ground.purpose],
        "category": CATEGORY_KEYS.get(ground.category, ""),
        "reference": ground.reference,
        "reason": ground.reason,
    }


def _digest(ids: Iterable[str]) -> str:
    """Names what was shown without repeating it: SHA-256 over the ids, one a line, in hex."""
    return hashlib.sha256("".join(f"{one}\n" for one in ids).encode()).hexdigest()


def _why(refused: Exception) -> str:
    return refused.reason if isinstance(refused, RefusedError) else type(refused).__name__


def _cut(permit: Permit) -> Mapping[str, object]:
    return {} if permit.cut_at is None else {"cut_at": permit.cut_at.isoformat()}
