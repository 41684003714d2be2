"""The days of the archive and the shelves: format, mark, keys and index against rows."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from store.archive.bucket.moved import is_moved
from store.archive.days.durable import marked_versions
from store.archive.days.folders import day_folders, new_session, open_tables
from store.archive.days.known import may_hold, plates_in
from store.archive.days.lines import Lines, is_sealed
from store.archive.days.rows import id_keys_of
from store.archive.finding.selfcheck import check_day
from store.archive.keeping.holds import shelves
from store.checkup.check import Check
from store.errors import CorruptError, UnavailableError

__all__ = ["days"]

_CACHE_BYTES = 16 << 20
_DRAWN = 3
"""Sealed days that are gone through without `deep`: one of 2 million reads takes some seconds."""

_SAMPLED = 20
"""Identities that are looked up by the index and counted in a scan."""


def days(state: Path, *, now: datetime, deep: bool, reached: bool = True) -> Iterator[Check]:
    """Look at every day; one line for all that are well, and one for each that is not.

    Args:
        state: The state folder.
        now: Its date draws the sealed days whose answers are held against a scan.
        deep: Hold all of them against one, not three.
        reached: Whether the bucket answers; without it the days that lie there are passed over.
    """
    every = day_folders(state / "archive")
    folders = [folder for folder in every if reached or not is_moved(folder)]
    if passed := len(every) - len(folders):
        yield Check("archive", f"{passed} days lie in the bucket and were not looked at")
    evidence = [day for path in shelves(state) if path.is_dir() for day in day_folders(path)]
    well = sealed = reads = 0
    for folder in (*folders, *evidence):
        name = folder.relative_to(state).as_posix()
        trouble, rows = _looked_at(folder)
        if trouble:
            yield Check(name, *trouble)
        else:
            well, sealed, reads = well + 1, sealed + is_sealed(folder), reads + rows
    yield from _answers([folder for folder in folders if is_sealed(folder)], now=now, deep=deep)
    yield Check("archive", f"{well} days are well, {sealed} of them sealed; {reads} reads")


def _answers(sealed: list[Path], *, now: datetime, deep: bool) -> Iterator[Check]:
    """Put questions to sealed days and to a scan of them; nobody writes to a sealed day."""
    dice = random.Random(now.date().toordinal())  # noqa: S311 - a sample, not a secret
    drawn = sealed if deep else dice.sample(sealed, min(_DRAWN, len(sealed)))
    agreed = asked = 0
    for folder in drawn:
        checked = check_day(folder, sample=_SAMPLED, dice=dice)
        # a day that was unsealed meanwhile answers for itself below
        if checked.differences and is_sealed(folder):
            yield Check(
                f"archive/{folder.name}",
                f"searches and a scan differ: {checked.differences[0].what}",
                "Stop the hub, move the file lines of this day away, and start it again.",
            )
        else:
            agreed, asked = agreed + 1, asked + checked.asked
    said = f"{agreed} of {len(sealed)} sealed days answer {asked} questions as a scan does"
    yield Check("search", said)


def _looked_at(folder: Path) -> tuple[tuple[str, str] | None, int]:
    """Give what is wrong with a day and what to do, and its number of reads."""
    for attempt in (1, 2, 3):
        try:
            return _troubles(folder)
        except CorruptError as trouble:
            return (str(trouble), "Move the folder out of the archive, or restore it."), 0
        except (OSError, RuntimeError, ValueError, UnavailableError) as trouble:
            # the writer may have compacted or sealed under us; a day may have been weeded
            if not folder.exists():
                return None, 0
            if attempt == 3:
                why = f"cannot be read ({type(trouble).__name__})"
                return (why, "Check the disk, then restore the day from backup."), 0
    return None, 0


def _troubles(folder: Path) -> tuple[tuple[str, str] | None, int]:
    sealed = is_sealed(folder)
    # rows before keys: a writer adds keys first, so that none of these rows may lack one
    tables = open_tables(folder, session=new_session(cache_bytes=_CACHE_BYTES))
    marked = marked_versions(folder)
    rows = tables["reads"].search().select(["read_id", "plate"]).to_arrow()
    if marked and any(tables[name].version < version for name, version in marked.items()):
        return _lost("a table is older than what was on the disk once"), 0
    plates = np.concatenate(plates_in(folder))
    keys = np.unique(id_keys_of(rows["read_id"]))
    if lost := len(np.setdiff1d(rows["plate"].to_numpy(), plates)):
        return _unfound(f"{lost} plates of its reads are not in its plate file"), 0
    if lost := int((~may_hold(folder, id_keys=keys)).sum()):
        return _unfound(f"{lost} of its reads are not in its file of identities"), 0
    if sealed and len(Lines.open(folder).lines) != rows.num_rows:
        return _unfound("its lines and its reads are not as many"), 0
    if not _index_agrees(tables["pictures"]):
        return _unfound("the index of its pictures gives another answer than a scan"), 0
    return None, rows.num_rows


def _index_agrees(pictures: Any) -> bool:
    """Say whether looking identities up gives as many rows as going through all of them."""
    # one version: while a recorder draws its newest rows together they are there twice
    pictures.checkout(pictures.version)
    read_ids = pictures.search().select(["read_id"]).to_arrow()["read_id"].to_pylist()
    sample = read_ids[:: max(1, len(read_ids) // _SAMPLED)][:_SAMPLED]
    counted = Counter(read_ids)
    return all(
        pictures.count_rows(f"read_id = X'{read_id.hex()}'") == counted[read_id]
        for read_id in sample
    )


def _lost(what: str) -> tuple[str, str]:
    return what, "The disk lost what it had promised: check it, then restore the day from backup."


def _unfound(what: str) -> tuple[str, str]:
    return what, "Stop the hub and start it again: it makes these files anew from the reads."
