"""Tell sshd which key signs on whom: one file of root's, written whole or not at all.

sshd asks for keys at every log-in, so the login opens no database and works while the hub is down.
The staff number is an argument of the forced command: nothing of it comes from the client.
"""

import re
import sqlite3
from pathlib import Path

from store.disk import replace_durably
from store.errors import InputError, UnavailableError
from store.ledger.staff.register import StaffState

__all__ = ["lines", "publish"]

_COMMAND = re.compile(r"[A-Za-z0-9/._=-]+( [A-Za-z0-9/._=-]+)*", re.ASCII)


def lines(db: sqlite3.Connection, *, command: str) -> tuple[str, ...]:
    """Give a line of sshd's for each active member with a key.

    Args:
        db: A connection.
        command: What each key may start; `--staff` and the number are added.

    Raises:
        InputError: The command holds what could end it early.
    """
    if not _COMMAND.fullmatch(command):
        raise InputError(
            "Not published: the command may hold letters, digits, blanks and / . _ = - only."
        )
    rows = db.execute(
        "SELECT staff_id, key_line FROM staff WHERE state = ? AND key_line != '' ORDER BY staff_id",
        (StaffState.ACTIVE.value,),
    )
    return tuple(
        f'restrict,pty,command="{command} --staff {staff_id}" {key_line} {staff_id}'
        for staff_id, key_line in rows
    )


def publish(path: Path, *, told: tuple[str, ...]) -> None:
    """Put the lines in the file's place: durable, readable for all, and writable for root alone.

    Raises:
        UnavailableError: It cannot be written.
    """
    text = "".join(f"{line}\n" for line in told)
    try:
        # readable for all: sshd's helper runs as another user
        replace_durably(path, text.encode(), mode=0o644)
    except OSError as error:
        raise UnavailableError(
            f"Not published: {path} could not be written ({error.strerror}). Run it as root, and "
            "look at the folder; the file of before stands."
        ) from error
