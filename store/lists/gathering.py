"""Gather the rows of a file into entries: twins are loaded once, contradictions are reported."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from store.lists.rows import Fault, RowOutcome, RowRules, read_row
from store.terms import Action, VehicleOfInterest

__all__ = ["Gathered", "gather"]

_DUPLICATE = Fault("duplicate", "same as a row before: loaded once")
_CONFLICT_ACTION = Fault(
    "conflict", "same mark and source, other action: the STOP entry stays, reported"
)
_CONFLICT = Fault("conflict", "same mark and source, other details: the first row stays, reported")


@dataclass(frozen=True, slots=True)
class Gathered:
    """The rows of a file, read.

    Attributes:
        entries: What may come into force.
        rows: What became of every row, in the order of the file.
    """

    entries: tuple[VehicleOfInterest, ...]
    rows: tuple[RowOutcome, ...]

    @property
    def rejected(self) -> int:
        """How many rows were rejected."""
        return sum(row.outcome == "reject_row" for row in self.rows)


def gather(records: Iterable[Sequence[str] | Fault], *, rules: RowRules) -> Gathered:
    """Read the records of a file, one by one.

    Args:
        records: In the order of the file: the fields of each, or why it could not be split.
        rules: What they are read for.
    """
    entries: dict[tuple[str, str], VehicleOfInterest] = {}
    rows = []
    for number, record in enumerate(records, start=1):
        if isinstance(record, Fault):
            rows.append(_outcome(number, (record,), rejected=True))
            continue
        entry, faults = read_row(record, rules=rules)
        if entry is not None:
            faults += _add(entries, entry)
        rows.append(_outcome(number, faults, rejected=entry is None))
    return Gathered(tuple(entries.values()), tuple(rows))


def _add(
    entries: dict[tuple[str, str], VehicleOfInterest], entry: VehicleOfInterest
) -> tuple[Fault, ...]:
    """Add an entry, or say how it meets one of the same mark and source."""
    key = (entry.vrm, entry.entry_id)
    former = entries.setdefault(key, entry)
    if former is entry:
        return ()
    if former == entry:
        return (_DUPLICATE,)
    if former.action is entry.action:
        return (_CONFLICT,)
    if entry.action is Action.STOP:
        entries[key] = entry
    return (_CONFLICT_ACTION,)


def _outcome(number: int, faults: tuple[Fault, ...], *, rejected: bool) -> RowOutcome:
    outcome = "reject_row" if rejected else "warn" if faults else "load"
    return RowOutcome(
        row=number,
        error=";".join(fault.code for fault in faults),
        outcome=outcome,
        meaning="; ".join(fault.meaning for fault in faults),
    )
