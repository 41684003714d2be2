"""The entries in force, in memory, by the key that a read meets them on."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from store.ledger import lists
from store.ledger.ledger import Ledger
from store.terms import Certainty, Read, VehicleOfInterest

__all__ = ["Match", "WatchedEntries"]


@dataclass(frozen=True, slots=True)
class Match:
    """A read that met an entry.

    Attributes:
        entry: The entry.
        certainty: How it was met.
    """

    entry: VehicleOfInterest
    certainty: Certainty


class WatchedEntries:
    """All active entries of all lists, kept up with the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        """Watch a ledger; `refresh` takes the entries from it."""
        self._ledger = ledger
        self._generation = -1
        self._by_fold: dict[str, list[VehicleOfInterest]] = {}

    def refresh(self, *, now: datetime) -> None:
        """Take the entries anew where a list has been dealt with since.

        Raises:
            UnavailableError: The ledger cannot be read; the entries stay as they were.
        """
        with self._ledger.reading() as db:
            generation = lists.generation(db)
            if generation == self._generation:
                return
            by_fold = defaultdict(list)
            for entry in lists.active(db, now=now):
                by_fold[entry.fold].append(entry)
        self._by_fold, self._generation = dict(by_fold), generation

    def met(self, read: Read, *, now: datetime) -> tuple[Match, ...]:
        """Give the entries that a read meets (S-13, S-15).

        A repaired read alarms as possible only: part of its mark is grammar and not sight.
        """
        return tuple(
            Match(entry, _certainty(read, entry))
            for entry in self._by_fold.get(read.fold, ())
            if entry.weeds_at > now
        )


def _certainty(read: Read, entry: VehicleOfInterest) -> Certainty:
    if read.repaired:
        return Certainty.POSSIBLE
    return Certainty.EXACT if read.vrm == entry.vrm else Certainty.GLYPH
