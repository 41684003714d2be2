"""Days in and out of the files of their months; for whoever has the writer's place."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from store.archive.days.folders import day_folders
from store.archive.days.lines import Lines, is_sealed
from store.archive.months.month import MONTHS, Month, month_file
from store.disk import sync_all
from store.errors import CorruptError

__all__ = ["cover", "mend_months", "uncover"]

_AT_ONCE = 8
"""Days whose plates are joined at once: of 2,000,000 reads each, some 80 MB."""


def cover(folders: Iterable[Path]) -> None:
    """Take sealed days of one archive into the files of their months.

    Raises:
        OSError: The disk did not take it; the days are asked themselves.
        CorruptError: The lines of a day are not as we wrote them.
    """
    for path, some in _by_month(folders):
        _write(path, _joined(_there(path).without([one.name for one in some]), some))


def uncover(folders: Iterable[Path]) -> None:
    """Take days out of the files of their months; on return nothing there names their marks.

    Raises:
        OSError: The disk did not take it; nothing may be changed in these days yet.
    """
    for path, some in _by_month(folders):
        month = _there(path)
        names = [one.name for one in some]
        if not month.days or month.days.keys() & set(names):
            _write(path, month.without(names))


def mend_months(archive: Path) -> None:
    """Bring the files of the months to what the days are, and sweep what a killed writer left.

    Raises:
        OSError: The disk did not take it.
        CorruptError: The lines of a day are not as we wrote them.
    """
    for stray in (archive / MONTHS).glob(".tmp*"):
        stray.unlink(missing_ok=True)
    folders = [folder for folder in day_folders(archive) if is_sealed(folder)]
    sealed = {folder.name: Lines.open(folder).sum.digest for folder in folders}
    paths = {month_file(archive, name) for name in sealed}
    for path in sorted(paths | set((archive / MONTHS).glob("*"))):
        month = _there(path)
        stale = [day for day, digest in month.days.items() if sealed.get(day) != digest]
        kept = month.without(stale) if stale else month
        fresh = [
            folder
            for folder in folders
            if folder.name[:7] == path.name and folder.name not in kept.days
        ]
        if stale or fresh or not month.days:
            _write(path, _joined(kept, fresh))


def _by_month(folders: Iterable[Path]) -> Iterator[tuple[Path, list[Path]]]:
    for path, some in groupby(sorted(folders), lambda one: month_file(one.parent, one.name)):
        yield path, list(some)


def _there(path: Path) -> Month:
    """Give a month as it is; without days where it is not, or not as we wrote it."""
    try:
        return Month.open(path)
    except (FileNotFoundError, CorruptError):
        return Month.empty()


def _joined(month: Month, folders: list[Path]) -> Month:
    for at in range(0, len(folders), _AT_ONCE):
        opened = {one.name: Lines.open(one) for one in folders[at : at + _AT_ONCE]}
        month = month.joined({day: (one.sum.digest, one.plates) for day, one in opened.items()})
    return month


def _write(path: Path, month: Month) -> None:
    if month.days:
        month.write(path)
    elif path.exists():
        path.unlink()
        sync_all([path.parent])
