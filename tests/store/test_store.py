"""Opening the data of a hub."""

import os
from pathlib import Path

import pytest

from store.errors import UnavailableError
from store.store import open_store


def test_the_folders_are_made_and_belong_to_nobody_else(tmp_path: Path) -> None:
    store = open_store(tmp_path / "new" / "state")
    store.close()
    for folder in ("", "ledger", "archive", "spool"):
        assert (store.state / folder).stat().st_mode & 0o777 == 0o700


def test_a_state_folder_that_is_a_file_is_said_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(UnavailableError, match="Check its owner"):
        open_store(tmp_path / "state")


def test_an_intake_on_a_spool_that_is_a_file_is_said_with_what_to_do(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state")
    (store.state / "spool").rmdir()
    (store.state / "spool").write_text("a file")
    with pytest.raises(UnavailableError, match="Check its owner"):
        store.intake()
    (store.state / "spool").unlink()
    # the writer's place was given back
    store.intake().close()
    store.close()


def test_descriptors_are_given_back(tmp_path: Path) -> None:
    def once() -> int:
        store = open_store(tmp_path / "state")
        store.intake().close()
        store.close()
        return len(os.listdir("/proc/self/fd"))

    once()
    before = once()
    for _ in range(3):
        assert once() <= before
