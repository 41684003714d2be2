"""The desk of weeding: what is due, and having the running hub weed now. It shows counts alone."""

import sqlite3
from collections.abc import Mapping
from datetime import datetime

from store.answers import Weeding
from store.archive.search import Archive
from store.archive.weeding import demand_clock
from store.door import SEE, Ask, Door, Shown
from store.governance.retention import first_day_kept
from store.governance.rulebook.nouns import Fact
from store.governance.rulebook.verdicts import Permit
from store.ledger.keeping import weeding
from store.ledger.ledger import Ledger, Transaction
from store.ledger.rules import policies
from store.terms import Officer

__all__ = ["WeedingDesk"]


class WeedingDesk:
    """What a cluster administrator starts, and managers and auditors look at (roles.md)."""

    def __init__(self, *, door: Door, ledger: Ledger, archive: Archive) -> None:
        """Stands between the door, the archive's days and the certificates."""
        self._door = door
        self._ledger = ledger
        self._archive = archive

    def order(self, officer: Officer, *, now: datetime) -> int:
        """Has the process that records weed now; it begins within some seconds.

        Returns:
            The number of the audit record; the certificate has a later one.

        Raises:
            RefusedError: The policy says no, nothing is due, or the clock is not believed;
                recorded.
            AuditUnavailableError: It could not be written down; nothing is weeded.
        """

        def make(tx: Transaction) -> int:
            demand_clock(tx, now=now)
            return weeding.order(tx, by=officer.staff_id, now=now)

        def due(db: sqlite3.Connection) -> Mapping[str, Fact]:
            # a hold keeps its reads on its shelf, so that no day is under one as a whole (S-75)
            newest = weeding.newest(db)
            begun = newest is not None and newest.kind == weeding.BEGUN
            return {"day": "due" if begun or self._due_days(db, now=now) else "not_due"}

        ask = Ask(
            by=officer,
            capability="weed_run",
            now=now,
            about={"what": "weeding"},
            looked_up=due,
        )
        return self._door.change(ask, make=make).audit_seq

    def stand(self, officer: Officer, *, now: datetime) -> Weeding:
        """Says how many days are due, and what the newest certificate says.

        Raises:
            RefusedError: The policy says no; recorded.
            AuditUnavailableError: It could not be written down; nothing is shown.
        """

        def find(_: Permit) -> Shown[Weeding]:
            with self._ledger.reading() as db:
                due_days = self._due_days(db, now=now)
                newest = weeding.newest(db)
                certified = weeding.newest(db, certified=True)
            about = {} if certified is None else certified.about
            gone = about.get("days", ())
            return Shown(
                Weeding(
                    due_days=due_days,
                    under_way=newest is not None and newest.kind == weeding.BEGUN,
                    certificate=0 if certified is None else certified.seq,
                    bound=str(about.get("bound", "")),
                    days=len(gone),
                    reads=sum(day["reads"] for day in gone),
                ),
                ids=(),
            )

        ask = Ask(
            by=officer,
            capability="weed_run",
            action=SEE,
            now=now,
            about={"what": "weeding"},
            facts={"day": "due"},  # a look takes no day: who may start it sees when nothing is due
        )
        return self._door.look(ask, find=find).result

    def let_go(self) -> None:
        """Lets go of days that went; shows and changes nothing."""
        self._archive.let_go()

    def _due_days(self, db: sqlite3.Connection, *, now: datetime) -> int:
        before = first_day_kept(now, reads_s=policies.in_force(db).reads_s)
        return self._archive.days(before=before)
