"""Open the hub's data: the ledger, the archive, and the one way in for machines."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from store.archive.bucket.address import assign
from store.archive.bucket.moved import lying
from store.archive.search import Archive
from store.errors import UnavailableError
from store.intake import FILING_S, Intake
from store.ledger.ledger import Ledger

__all__ = ["Bucket", "Store", "open_store"]


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where sealed days are to go.

    Attributes:
        address: Such as "s3://BUCKET/FOLDER"; empty for the hub's own disk.
        days_here: So many of the newest days of capture stay on the hub's disk, at least 1.
    """

    address: str
    days_here: int


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

    def intake(
        self,
        *,
        filing_s: float | None = FILING_S,
        clock: Callable[[], datetime] | None = None,
    ) -> Intake:
        """Take the writer's place.

        Args:
            filing_s: Seconds between two filings; None for none but those that are called for.
            clock: Gives aware UTC; the system's own where None.

        Raises:
            BusyError: Another process has the intake.
            CorruptError: A file of the archive or the spool is not as we wrote it.
            UnavailableError: The state folder cannot be used.
        """
        with _usable(self.state):
            return Intake(self.state, ledger=self.ledger, filing_s=filing_s, clock=clock)

    def close(self) -> None:
        """Close the ledger; an intake is closed by whoever took it, before this."""
        self.ledger.close()


def open_store(state: Path, *, bucket: Bucket | None = None) -> Store:
    """Open the data of a hub, making its folders where there are none.

    Args:
        state: The state folder; nobody but the hub's account may look into it.
        bucket: Where sealed days are to go from now on; None leaves what was said before.

    Raises:
        InputError: The bucket's address is none, or days lie at another one.
        UnavailableError: The folder cannot be used, or another version wrote the ledger.
        CorruptError: The ledger is damaged.
    """
    with _usable(state):
        for folder in (state, state / "ledger", state / "archive", state / "spool"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if bucket:
            archive = state / "archive"
            assign(archive, bucket.address, days_here=bucket.days_here, lying=lying(archive))
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
