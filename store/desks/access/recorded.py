"""How the desks of authority change and look: through the door, each act on record."""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from store.access import AccessRequest
from store.door import STANDING, Ask, Door, Shown
from store.governance.rulebook.verdicts import Verdict
from store.ledger.ledger import Ledger, Transaction
from store.terms import Ground, Officer

__all__ = ["Recorded"]

_Found = TypeVar("_Found")


class Recorded:
    """The door, as those who ask for, sign and end authority go through it.

    The door looks at who stands before it; whether they may sign, and whether the request can
    still be signed, is decided by the rule book in the transaction that writes it down.
    """

    def __init__(self, *, door: Door, ledger: Ledger) -> None:
        """Stands between the door and the requests."""
        self._door = door
        self._ledger = ledger

    def change(
        self,
        officer: Officer,
        what: str,
        make: Callable[[Transaction], AccessRequest],
        *,
        now: datetime,
        ground: Ground | None = None,
        which: str = "",
    ) -> AccessRequest:
        """Lets somebody change a request or grant.

        Args:
            officer: Who.
            what: The act, for the record.
            make: Makes the change with its record, or refuses.
            now: When.
            ground: Why, where it is asked for anew.
            which: The request or grant that it is done to.

        Raises:
            RefusedError: They may not act at all, or `make` refuses; recorded.
            AuditUnavailableError: It could not be written down; nothing changed.
        """
        about = {"what": what, "which": which} if which else {"what": what}
        ask = Ask(by=officer, capability=STANDING, now=now, about=about, ground=ground)
        return self._door.change(ask, make=make).result

    def standing(self, officer: Officer, *, now: datetime) -> Verdict:
        """Says whether somebody may act at all; does nothing and leaves no record."""
        return self._door.verdict(Ask(by=officer, capability=STANDING, now=now, about={}))

    def look(
        self,
        officer: Officer,
        what: str,
        find: Callable[[sqlite3.Connection], _Found],
        *,
        ids: Callable[[_Found], tuple[str, ...]],
        now: datetime,
    ) -> _Found:
        """Lets somebody see requests.

        Raises:
            RefusedError: They may not act at all, or `find` refuses; recorded.
            AuditUnavailableError: The look could not be written down.
        """

        def shown(_: object) -> Shown[_Found]:
            with self._ledger.reading() as db:
                found = find(db)
            return Shown(found, ids=ids(found))

        ask = Ask(by=officer, capability=STANDING, now=now, about={"what": what})
        return self._door.look(ask, find=shown).result
