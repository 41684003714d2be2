"""The desk of erasures: named reads leave the hub, on somebody's authority, with a certificate."""

from datetime import datetime

from store.archive.keeping.alone import filed_and_alone
from store.archive.keeping.erasing import Erasure, ErasureOrder, finish_erasing, plan
from store.door import Ask, Door
from store.errors import UnavailableError
from store.ledger.keeping import erasing
from store.store import Store
from store.terms import Officer

__all__ = ["ErasuresDesk"]


class ErasuresDesk:
    """What an ANPR manager does where reads of a person are to go before their time."""

    def __init__(self, store: Store) -> None:
        """Sets the desk up behind a door of its own, for whoever sits at the hub's own machine."""
        self._store = store
        self._door = Door(store.ledger)

    def erase(self, officer: Officer, order: ErasureOrder, *, now: datetime) -> Erasure:
        """Erases reads; an erasure that was interrupted is finished first.

        What a hold keeps of them stays on its shelf, for its own case alone, until it is released.
        The record names how many reads went and not which.

        Raises:
            InputError: The order is not whole.
            RefusedError: The policy says no; recorded, nothing was done.
            BusyError: A hub records; nothing was done.
            UnavailableError: The disk or the ledger refuses; erase again, it goes on from there.
        """
        with filed_and_alone(self._store, now=now):
            finish_erasing(self._store, now=now)
            planned = plan(self._store, order, now=now)
            ask = Ask(
                by=officer,
                capability="subject_access",
                now=now,
                about={"what": "erasure"},
                facts={"case_assigned": True},  # an order without an authority was refused above
            )
            self._door.change(
                ask,
                make=lambda tx: erasing.begin(
                    tx, days=planned.days, about=planned.about, by=officer.staff_id, now=now
                ),
            )
            done = finish_erasing(self._store, now=now)
        if done is None:
            raise UnavailableError(
                "Nothing was erased: no read of the archive or the ledger is named by that order."
            )
        return done
