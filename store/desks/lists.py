"""The desk of lists: somebody brings a local list into force, on a ground and for a time (S-30).

An extract of the national list comes by machine and declares itself that its entries meet the
rules (S-20, S-21); a local list is somebody's own word, so it names who, why, and when it is
looked at again.
"""

from datetime import datetime, timedelta
from pathlib import Path

from store.door import Ask, Door
from store.errors import InputError, ListError
from store.ledger.ledger import Ledger
from store.ledger.rules import policies
from store.lists import delivery
from store.lists.delivery import Checked, Loaded
from store.terms import Ground, Officer

__all__ = ["ListsDesk", "open_lists"]

_HOUR = timedelta(hours=1)


class ListsDesk:
    """What an ANPR Manager, and for a day the Force Duty Officer, does with local lists."""

    def __init__(self, *, door: Door, ledger: Ledger) -> None:
        """Stands between the door and the lists."""
        self._door = door
        self._ledger = ledger

    def load(
        self,
        officer: Officer,
        path: Path,
        *,
        list_name: str | None = None,
        ground: Ground,
        review_at: datetime | None = None,
        now: datetime,
    ) -> Loaded:
        """Brings a local list into force in place of the version before.

        Args:
            officer: Who answers for it.
            path: Sixteen columns, no header.
            list_name: The list it is for.
            ground: Why these vehicles are of interest.
            review_at: When it is looked at again; by default as late as the policy allows.
            now: When.

        Returns:
            What became of the file and of its rows; a refused one leaves what was in force.

        Raises:
            InputError: It is looked at again too late, or in the past.
            ListError: The file cannot be read at all.
            RefusedError: The policy says no; recorded, nothing is loaded.
            AuditUnavailableError: It could not be written down; nothing is loaded.
        """
        with self._ledger.reading() as db:
            book = policies.in_force(db)
        latest_at = now + timedelta(days=book.reviews["entry_review_d"])
        review_at = review_at or latest_at
        if not now < review_at <= latest_at:
            raise InputError(
                f"Not loaded: a local list is looked at again by {latest_at:%d %b %Y} at the "
                "latest. Give a day until then."
            )
        arrival = delivery.arrival_of(path, list_name=list_name)
        try:
            checked = delivery.check(
                path, list_name=arrival.list_name, figures=book.figures.lists, now=now
            )
            ask = self._ask(officer, checked, ground=ground, now=now)
            about = {"review_at": review_at.isoformat()}
            return self._door.change(
                ask,
                make=lambda tx: delivery.put(
                    tx, checked, now=now, by=officer.staff_id, ground=ground, about=about
                ),
            ).result
        except ListError as refusal:
            return delivery.refused(self._ledger, arrival, refusal, now=now, by=officer.staff_id)

    @staticmethod
    def _ask(officer: Officer, checked: Checked, *, ground: Ground, now: datetime) -> Ask:
        """Puts the loading as an ask: how long its entries live is read off the file."""
        last_at = max(entry.weeds_at for entry in checked.gathered.entries)
        life_h = -((now - last_at) // _HOUR)
        return Ask(
            by=officer,
            capability="create_voi_response",
            now=now,
            about={
                "what": "load list",
                "list": checked.arrival.list_name,
                "sha256": checked.arrival.sha256,
            },
            facts={"owner": True, "review_date": True, "life_h": life_h, "urgent_24h": True},
            ground=ground,
        )


def open_lists(ledger: Ledger) -> ListsDesk:
    """Sets up the desk alone, beside a hub that runs or does not."""
    return ListsDesk(door=Door(ledger), ledger=ledger)
