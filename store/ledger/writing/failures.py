"""SQLite's failures as ours: what could not be done, and whom to ring."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from store.errors import AuditUnavailableError, CorruptError

__all__ = ["NOT_WRITTEN", "not_free", "translated"]

NOT_WRITTEN = "No audit record could be written"


def not_free(wait_s: float) -> AuditUnavailableError:
    """Give the error of somebody who waited in vain for a turn to write."""
    return AuditUnavailableError(
        f"{NOT_WRITTEN}: the ledger was not free within {wait_s:.0f} s. "
        "Recording and alarms go on. Try again, or ring the cluster admin."
    )


@contextmanager
def translated(*, lost: str) -> Iterator[None]:
    """Turn SQLite's failures into ours.

    Args:
        lost: What could not be done, as a sentence begins.

    Raises:
        AuditUnavailableError: The disk or the file does not do what is asked.
        CorruptError: The file is damaged.
    """
    try:
        yield
    except sqlite3.OperationalError as error:
        raise AuditUnavailableError(
            f"{lost} ({error}). Recording and alarms go on. "
            "Ring the cluster admin: look at the disk of the state folder."
        ) from error
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        raise CorruptError(
            f"The ledger is damaged ({error}). Stop the hub and restore it from the last backup; "
            "reads wait in the spool meanwhile."
        ) from error
