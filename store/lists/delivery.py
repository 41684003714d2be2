"""Check a file of vehicles of interest, and bring it into force in the ledger."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from store.errors import ListError
from store.governance.rulebook.figures import ListRules
from store.ledger import audit, lists
from store.ledger.ledger import Ledger, Transaction
from store.ledger.lists import Arrival, Delivery
from store.ledger.rules import policies
from store.lists import voi
from store.lists.extract import EXTRACT_MAX_BYTES, is_extract, read_extract
from store.lists.gathering import Gathered, gather
from store.lists.rows import RowRules
from store.terms import Ground, VehicleOfInterest

__all__ = [
    "EXTRACT_LIST",
    "LOCAL_LIST",
    "Checked",
    "Loaded",
    "arrival_of",
    "check",
    "load",
    "put",
    "refused",
]

EXTRACT_LIST = "PNC"
"""The list that an extract is for, unless told otherwise."""

LOCAL_LIST = "local"
"""The list that a plain file is for, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file, read but not loaded.

    Attributes:
        arrival: The file.
        gathered: Its rows.
        sequence: The sender's number; None for a plain list.
        note: What is odd about its form; empty where nothing.
    """

    arrival: Arrival
    gathered: Gathered
    sequence: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a file.

    Attributes:
        delivery: The load record.
        gathered: Its rows; empty where the file was refused as a whole.
    """

    delivery: Delivery
    gathered: Gathered

    @property
    def refused(self) -> bool:
        """True where nothing of the file came into force."""
        return self.delivery.outcome.startswith("refuse")

    @property
    def entries(self) -> tuple[VehicleOfInterest, ...]:
        """What came into force."""
        return () if self.refused else self.gathered.entries


def check(
    path: Path, *, list_name: str | None = None, figures: ListRules, now: datetime
) -> Checked:
    """Read a file as it would be loaded now.

    Args:
        path: A plain list of sixteen columns, or an extract, known by its first line.
        list_name: The list it is for.
        figures: What the policy says of lists.
        now: The moment of loading; weed dates are held against it.

    Raises:
        ListError: The file as a whole cannot be taken.
    """
    arrival = arrival_of(path, list_name=list_name)
    return _check(path, arrival=arrival, now=now, figures=figures)


def load(
    ledger: Ledger,
    path: Path,
    *,
    list_name: str | None = None,
    now: datetime,
    by: str = audit.HUB,
) -> Loaded:
    """Bring a file into force, or record that it was refused.

    A refused file leaves the version before in force: see the outcome and note of the delivery.

    Raises:
        ListError: The file cannot be read at all.
        AuditUnavailableError: The ledger cannot be written.
    """
    arrival = arrival_of(path, list_name=list_name)
    try:
        with ledger.reading() as db:
            figures = policies.in_force(db).figures.lists
        checked = _check(path, arrival=arrival, now=now, figures=figures)
        with ledger.transaction() as tx:
            return put(tx, checked, now=now, by=by)
    except ListError as refusal:
        return refused(ledger, arrival, refusal, now=now, by=by)


def put(
    tx: Transaction,
    checked: Checked,
    *,
    now: datetime,
    by: str,
    ground: Ground | None = None,
    about: Mapping[str, object] | None = None,
) -> Loaded:
    """Bring a file that was checked into force, with its record.

    Args:
        tx: A transaction.
        checked: The file.
        now: When.
        by: Staff number of who loads it, or the hub.
        ground: On what its entries are of interest; None for an extract, whose entries say it.
        about: What else the record says.

    Raises:
        ListError: It does not follow the version in force.
    """
    before = lists.in_force(tx, checked.arrival.list_name)
    _demand_successor(checked, before=before)
    delivery = lists.replace(
        tx,
        checked.arrival,
        entries=checked.gathered.entries,
        rows=checked.gathered.rows,
        sequence=checked.sequence,
        note=checked.note,
        now=now,
        by=by,
        ground=ground,
        about=about,
    )
    return Loaded(delivery, checked.gathered)


def refused(
    ledger: Ledger, arrival: Arrival, refusal: ListError, *, now: datetime, by: str
) -> Loaded:
    """Record that a file was refused as a whole; the version before stays in force."""
    with ledger.transaction() as tx:
        delivery = lists.refuse(tx, arrival, code=refusal.code, note=str(refusal), now=now, by=by)
    return Loaded(delivery, Gathered((), ()))


def arrival_of(path: Path, *, list_name: str | None) -> Arrival:
    """Say what a file is and which list it is for, by its first line where none is named.

    Raises:
        ListError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            default = EXTRACT_LIST if is_extract(file.read(64)) else LOCAL_LIST
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ListError(
            f"Not loaded: {path.name} cannot be read ({error.strerror}). Look at its place and "
            "rights.",
            code="unreadable",
        ) from error
    return Arrival(list_name or default, path.name, sha256)


def _check(path: Path, *, arrival: Arrival, now: datetime, figures: ListRules) -> Checked:
    with path.open("rb") as file:
        national = is_extract(file.read(64))
        file.seek(0)
        rules = RowRules(list_name=arrival.list_name, now=now, national=national, figures=figures)
        if not national:
            gathered = gather(voi.records(file), rules=rules)
            checked = Checked(arrival, gathered)
        else:
            data = file.read(EXTRACT_MAX_BYTES + 1)
            if len(data) > EXTRACT_MAX_BYTES:
                raise ListError(
                    "Not loaded: the extract is larger than any list there is. "
                    "The version before stays in force; ask the sender.",
                    code="too_large",
                )
            extract = read_extract(data, rules=rules)
            checked = Checked(arrival, extract.gathered, extract.sequence, extract.note)
    if not checked.gathered.entries:
        # Far more likely the wrong file than the wish to stop looking for anybody.
        raise ListError(
            f"Not loaded: no row of {arrival.file_name} can be taken. "
            "The version before stays in force; check the file row by row.",
            code="no_rows",
        )
    return checked


def _demand_successor(checked: Checked, *, before: lists.ListVersion | None) -> None:
    """Refuse a file that does not follow the version in force.

    Raises:
        ListError: An extract is not newer, or a plain file would take an extract's place.
    """
    if before is None or before.sequence is None:
        return
    if checked.sequence is None:
        raise ListError(
            f"Not loaded: the list {before.list_name} is kept by extracts. "
            "Name another list for this file.",
            code="other_kind",
        )
    if checked.sequence <= before.sequence:
        raise ListError(
            f"Not loaded: extract {checked.sequence} is not newer than {before.sequence}, which "
            "is in force. Nothing has to be done, unless the sender has begun to count anew.",
            code="sequence_not_newer",
        )
