"""The staff desk: signing on at a console, and off."""

from datetime import datetime

from store.door import SEE, STANDING, Ask, Door, Shown
from store.errors import RefusedError
from store.governance.rulebook.verdicts import NeedsAuthorisation, Permit, Refuse
from store.ledger import staff
from store.ledger.ledger import Ledger
from store.ledger.staff import founding
from store.terms import Officer

__all__ = ["StaffDesk"]


class StaffDesk:
    """Lets officers in who are on the register and active (S-49, S-50)."""

    def __init__(self, *, door: Door, ledger: Ledger) -> None:
        """Stands between the door and the register."""
        self._door = door
        self._ledger = ledger

    def sign_on(self, staff_id: str, *, now: datetime) -> Officer:
        """Opens a console for an officer; audited, refused or not.

        Args:
            staff_id: As sshd established it; nothing the officer typed.
            now: When.

        Raises:
            RefusedError: Not on the register, suspended, left, not reviewed since the role changed,
                or not trained; or nobody is on the register yet, so that two people found it first.
        """
        ask = Ask(
            by=Officer(staff_id=staff_id, role=""),
            capability=STANDING,
            now=now,
            about={"what": "sign on"},
        )
        try:
            return self._door.look(ask, find=lambda _: Shown(self._member(staff_id), ids=())).result
        except RefusedError as refused:
            with self._ledger.reading() as db:
                if founding.is_empty(db):
                    raise _not_founded() from refused
            raise

    def sign_off(self, officer: Officer, *, now: datetime) -> None:
        """Writes down that an officer's console left, whatever their standing is by now.

        Raises:
            AuditUnavailableError: It could not be written down.
        """
        self._door.leave(officer, now=now)

    def standing(self, officer: Officer, *, now: datetime) -> RefusedError | None:
        """Says why an officer may no longer act at all, or None; audits nothing."""
        ask = Ask(by=officer, capability=STANDING, now=now, about={})
        verdict = self._door.verdict(ask)
        if isinstance(verdict, Permit):
            return None
        return RefusedError(self._told(officer.staff_id, verdict, now=now), reason=verdict.code)

    def pass_on(self, officer: Officer, *, now: datetime) -> int:
        """Lets the others have the alarms of somebody whose session is ended.

        Returns:
            How many they held.

        Raises:
            AuditUnavailableError: It could not be written down.
        """
        return self._door.dismiss(officer, now=now)

    def may_see(self, officer: Officer, capability: str, *, now: datetime) -> bool:
        """Says whether an officer may see what needs no ground; audits nothing."""
        ask = Ask(by=officer, capability=capability, action=SEE, now=now, about={})
        return isinstance(self._door.verdict(ask), Permit)

    def _told(self, staff_id: str, refused: Refuse | NeedsAuthorisation, *, now: datetime) -> str:
        """Words a session ends with: what happened, and who can mend it."""
        with self._ledger.reading() as db:
            member = staff.by_id(db, staff_id)
        until = None if member is None else member.training_until_at
        if refused.code == "training_expired" and until is not None:
            return (
                f"Access suspended: your training ended on {until.day} {until:%b %Y}. "
                "Your ANPR Manager can renew it."
            )
        return f"Session ended: {refused.sentence.removeprefix('Not done: ')}"

    def _member(self, staff_id: str) -> Officer:
        with self._ledger.reading() as db:
            member = staff.by_id(db, staff_id)
        if member is None:
            raise RefusedError(
                "Not connected: your line on the register went this moment. Ask the ANPR Manager.",
                reason="unknown_staff",
            )
        return member.officer


def _not_founded() -> RefusedError:
    return RefusedError(
        "Not connected: nobody is enrolled at this hub yet. On its machine two people begin with "
        "`anpr staff found`.",
        reason="not_founded",
    )
