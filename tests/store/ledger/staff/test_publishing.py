"""What sshd is told: one line a key, whole or not at all."""

import os
from pathlib import Path

import pytest

from store.errors import InputError, UnavailableError
from store.ledger.ledger import Ledger
from store.ledger.staff import publishing, standing
from store.ledger.staff.register import StaffState
from tests.store.ledger.staff.people import LEAD, MANAGER, NOW, found, joined

COMMAND = "/usr/bin/anpr console"


def test_each_active_member_with_a_key_has_one_line_that_starts_their_console(
    ledger: Ledger,
) -> None:
    found(ledger)
    joined(ledger, "NS4021", "OP")
    joined(ledger, "NS4022", "OP")
    with ledger.transaction() as tx:
        standing.set_state(tx, "NS4022", StaffState.SUSPENDED, by=LEAD, why="x", now=NOW)
    with ledger.reading() as db:
        told = publishing.lines(db, command=COMMAND)
    assert [line.split()[-1] for line in told] == [LEAD, MANAGER, "NS4021"]
    for line in told:
        assert line.startswith('restrict,pty,command="/usr/bin/anpr console --staff NS')
        assert " ssh-ed25519 AAAA" in line


@pytest.mark.parametrize("command", ["", 'x" ssh', "a;b", "a\nb", "$(a)", "a  b"])
def test_a_command_that_could_end_early_is_refused(ledger: Ledger, command: str) -> None:
    with ledger.reading() as db, pytest.raises(InputError):
        publishing.lines(db, command=command)


def test_the_file_is_replaced_whole_and_readable_for_all_whatever_the_umask(
    tmp_path: Path,
) -> None:
    path = tmp_path / "console_keys"
    path.write_text("of before\n")
    before = os.umask(0o077)
    try:
        publishing.publish(path, told=("one", "two"))
    finally:
        os.umask(before)
    assert path.read_text() == "one\ntwo\n"
    assert path.stat().st_mode & 0o777 == 0o644
    assert [one.name for one in tmp_path.iterdir()] == ["console_keys"]


def test_a_folder_that_is_not_there_is_said_and_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="root"):
        publishing.publish(tmp_path / "absent" / "console_keys", told=())
