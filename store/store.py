"""Open the hub's data: the ledger, the archive, and the one way in for machines."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from store.archive.search import Archive
from store.errors import UnavailableError
from store.intake import Intake
from store.ledger.ledger import Ledger

__all__ = ["Store", "open_store"]


@dataclass(frozen=True, slots=True)
class Store:
    """The data of one hub, open in this process.

    Attributes:
        state: The state folder.
        ledger: Staff, cameras, lists, alarms and the audit chain.
        archive: Reads, for searches; another process may write them.
    """

    state: Path
    ledger: Ledger
    archive: Archive

    def intake(self) -> Intake:
        """Take the writer's place.

        Raises:
            BusyError: Another process has the intake.
            CorruptError: A file of the archive or the spool is not as we wrote it.
            UnavailableError: The state folder cannot be used.
        """
        with _usable(self.state):
            return Intake(self.state, ledger=self.ledger)

    def close(self) -> None:
        """Close the ledger; an intake is closed by whoever took it, before this."""
        self.ledger.close()


def open_store(state: Path) -> Store:
    """Open the data of a hub, making its folders where there are none.

    Args:
        state: The state folder; nobody but the hub's account may look into it.

    Raises:
        UnavailableError: The folder cannot be used, or another version wrote the ledger.
        CorruptError: The ledger is damaged.
    """
    with _usable(state):
        for folder in (state, state / "ledger", state / "archive", state / "spool"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ledger = Ledger.open(state / "ledger" / "ledger.db")
    return Store(state=state, ledger=ledger, archive=Archive(state / "archive"))


@contextmanager
def _usable(state: Path) -> Iterator[None]:
    try:
        yield
    except OSError as trouble:
        raise UnavailableError(
            f"The state folder {state} cannot be used ({trouble.strerror}). "
            "Check its owner, its rights and its disk."
        ) from trouble
