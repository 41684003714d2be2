"""The desk of the staff register: who joins, as what, until when, and who signs it (S-49 to S-51).

Every act but a look wants a proof of the last minutes. Who may propose and who may sign stands in
the policy (row `staff_register`); that the two differ, and that neither is the person concerned,
is held here, in the rule book and in the ledger.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store.desks.people.identity import proof_age
from store.door import Ask, Door, Shown
from store.errors import RefusedError
from store.governance.access.requests import Proof
from store.governance.rulebook.nouns import Cell, Fact
from store.governance.rulebook.verdicts import Permit
from store.ledger.ledger import Ledger
from store.ledger.rules import policies
from store.ledger.staff import changes, factors, register, standing
from store.ledger.staff.changes import Change, ChangeKind
from store.ledger.staff.register import Member, StaffState
from store.terms import Officer

__all__ = ["RegisterDesk", "Roll", "open_register"]


@dataclass(frozen=True, slots=True)
class Roll:
    """The register as somebody may see it.

    Attributes:
        members: By staff number; without roles for those who see accounts only.
        pending: Proposals that wait for a signature.
        due: Whose training or review ends soon, a sentence each.
    """

    members: tuple[Member, ...]
    pending: tuple[Change, ...] = ()
    due: tuple[str, ...] = ()


class RegisterDesk:
    """What the ANPR Manager proposes and the Strategic Lead signs."""

    def __init__(self, *, door: Door, ledger: Ledger) -> None:
        """Stands between the door and the register."""
        self._door = door
        self._ledger = ledger

    def roll(self, officer: Officer, *, proof: Proof, now: datetime) -> Roll:
        """Shows the register: to who reads it, and to who proposes or signs as part of that.

        Raises:
            RefusedError: The register is not for this officer's role.
            AuditUnavailableError: The look could not be written down.
        """

        def find(permit: Permit) -> Shown[Roll]:
            with self._ledger.reading() as db:
                members = register.every(db)
                roll = Roll(members, changes.pending(db), standing.due(db, now=now))
            if permit.view == "accounts_only":
                roll = Roll(tuple(map(_account, members)))
            return Shown(roll, ids=tuple(one.officer.staff_id for one in members))

        ask = self._alone(officer, "", what="roll", why="to keep it", proof=proof, now=now)
        return self._door.look(ask, find=find).result

    def propose(
        self,
        officer: Officer,
        kind: ChangeKind,
        *,
        staff_id: str,
        wanted: Mapping[str, Any],
        proof: Proof,
        now: datetime,
    ) -> Change:
        """Proposes a change of the register; see `store.ledger.staff.changes.propose`.

        Raises:
            RefusedError: Not for this role, their own line, or the proof is old.
            InputError: What is wanted makes no line.
            AuditUnavailableError: It could not be written down; nothing changed.
        """
        ask = self._alone(
            officer,
            staff_id,
            what=f"propose {kind}",
            why="-",
            proof=proof,
            now=now,
            action="propose",
        )
        return self._door.change(
            ask,
            make=lambda tx: changes.propose(
                tx, kind, staff_id=staff_id, wanted=wanted, by=officer.staff_id, now=now
            ),
        ).result

    def sign(
        self, officer: Officer, change_no: int, *, why: str, proof: Proof, now: datetime
    ) -> str:
        """Signs what another proposed.

        Returns:
            A word for the person concerned where they are to make credentials, or empty.

        Raises:
            RefusedError: Not for this role, proposed by them or about them, settled, no reason,
                or the proof is old.
            AuditUnavailableError: It could not be written down; nothing changed.
        """
        ask = self._settling(officer, change_no, what="sign", why=why, proof=proof, now=now)
        return self._door.change(
            ask,
            make=lambda tx: changes.sign(tx, change_no, by=officer.staff_id, why=why, now=now),
        ).result

    def refuse(
        self, officer: Officer, change_no: int, *, why: str, proof: Proof, now: datetime
    ) -> None:
        """Refuses what another proposed; raises as `sign` does."""
        ask = self._settling(officer, change_no, what="refuse", why=why, proof=proof, now=now)
        self._door.change(
            ask,
            make=lambda tx: changes.refuse(tx, change_no, by=officer.staff_id, why=why, now=now),
        )

    def set_state(
        self,
        officer: Officer,
        staff_id: str,
        state: StaffState,
        *,
        why: str,
        proof: Proof,
        now: datetime,
    ) -> None:
        """Suspends somebody, or writes that they left; their sessions end within a second.

        Raises:
            RefusedError: Not for this role, their own line, the last of their role, or no reason.
            AuditUnavailableError: It could not be written down; nothing changed.
        """
        if not why.strip():
            raise RefusedError("Not done: no reason. Give one.", reason="reason_missing")
        ask = self._alone(officer, staff_id, what=state.value, why=why, proof=proof, now=now)
        self._door.change(
            ask,
            make=lambda tx: standing.set_state(
                tx, staff_id, state, by=officer.staff_id, why=why, now=now
            ),
        )

    def train(
        self, officer: Officer, staff_id: str, *, until_at: datetime, proof: Proof, now: datetime
    ) -> None:
        """Records until when somebody's training is good (S-51).

        Raises:
            RefusedError: Not for this role, their own, or longer than a course counts.
            AuditUnavailableError: It could not be written down; nothing changed.
        """
        ask = self._alone(officer, staff_id, what="training", why="-", proof=proof, now=now)
        self._door.change(
            ask,
            make=lambda tx: standing.train(
                tx, staff_id, until_at=until_at, by=officer.staff_id, now=now
            ),
        )

    def review(
        self, officer: Officer, staff_id: str, *, why: str, proof: Proof, now: datetime
    ) -> None:
        """Writes that a line was looked at and stays.

        Raises:
            RefusedError: Not for this role, their own line, or a change of it waits.
            AuditUnavailableError: It could not be written down; nothing changed.
        """
        ask = self._alone(
            officer, staff_id, what="review", why=why, proof=proof, now=now, action="sign"
        )
        self._door.change(
            ask,
            make=lambda tx: standing.review(tx, staff_id, by=officer.staff_id, why=why, now=now),
        )

    def unlock(self, officer: Officer, staff_id: str, *, proof: Proof, now: datetime) -> None:
        """Lets somebody try their passphrase and code again.

        Raises:
            RefusedError: Not for this role, their own, or there is no second factor.
            AuditUnavailableError: It could not be written down; nothing changed.
        """
        ask = self._alone(officer, staff_id, what="unlock", why="-", proof=proof, now=now)
        self._door.change(
            ask, make=lambda tx: factors.unlock(tx, staff_id, by=officer.staff_id, now=now)
        )

    def _settling(
        self,
        officer: Officer,
        change_no: int,
        *,
        what: str,
        why: str,
        proof: Proof,
        now: datetime,
    ) -> Ask:
        """Puts a signature, or its refusal, as an ask: who proposed it is looked up."""

        def looked_up(db: sqlite3.Connection) -> Mapping[str, Fact]:
            proposed = changes.change(db, change_no)
            facts = _apart(db, officer, proposed.proposed_by, proof=proof)
            if officer.staff_id == proposed.staff_id:
                facts["requester"] = "self"
            if proposed.kind in {ChangeKind.ENROL, ChangeKind.ROLE}:
                facts["appoints"] = str(proposed.wanted["role"])
            return facts

        return Ask(
            by=officer,
            capability=standing.REGISTER,
            action="sign",
            now=now,
            about={"what": what, "change_no": change_no, "why": why},
            facts=_said(officer, why=why, proof=proof, now=now),
            looked_up=looked_up,
        )

    def _alone(
        self,
        officer: Officer,
        staff_id: str,
        *,
        what: str,
        why: str,
        proof: Proof,
        now: datetime,
        action: str = "",
    ) -> Ask:
        """Puts an act that waits for nobody as an ask: by who proposes staff or who signs it."""
        return Ask(
            by=officer,
            capability=standing.REGISTER,
            action=action or self._part(officer),
            now=now,
            about={"what": what, "staff_id": staff_id, "why": why},
            facts=_said(officer, why=why, proof=proof, now=now),
            looked_up=lambda db: _apart(db, officer, staff_id, proof=proof),
        )

    def _part(self, officer: Officer) -> str:
        """Names the action in which this officer's role takes part in the register."""
        with self._ledger.reading() as db:
            book, member = policies.in_force(db), register.by_id(db, officer.staff_id)
        role = "" if member is None else member.officer.role
        actions = {Cell.PROPOSE: "propose", Cell.SIGN: "sign"}
        return actions.get(book.cell(standing.REGISTER, role=role), "read")


def _said(officer: Officer, *, why: str, proof: Proof, now: datetime) -> dict[str, Fact]:
    """Tells what the officer gave: a proof of the last minutes, and a reason (S-55)."""
    given = bool(why.strip())
    return {
        **proof_age(proof, officer, now=now),
        "on_register": True,
        "proportionality": given,
        "interest_of_justice": given,
    }


def _apart(
    db: sqlite3.Connection, officer: Officer, other_id: str, *, proof: Proof
) -> dict[str, Fact]:
    """Tells how far an officer is another person than the one they act for or on."""
    other = register.by_id(db, other_id)
    return {
        "requester": "self" if officer.staff_id == other_id else "other",
        "same_key_as_requester": other is not None
        and other.key_fingerprint == proof.key_fingerprint,
        "same_second_factor_as_requester": other is not None
        and other.second_factor == proof.factor_id,
    }


def _account(member: Member) -> Member:
    """What somebody sees who sees accounts only: number, name and state."""
    return Member(
        officer=Officer(staff_id=member.officer.staff_id, role="", name=member.officer.name),
        state=member.state,
    )


def open_register(ledger: Ledger) -> RegisterDesk:
    """Sets up the desk of the register alone, beside a hub that runs or does not."""
    return RegisterDesk(door=Door(ledger), ledger=ledger)
