"""A disk that is full: said clearly, recorded on into the spool to its limit, and nothing torn."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from store.archive.absence import prove
from store.archive.keeping.erasing import ErasureOrder
from store.archive.weeding import weed
from store.checkup import look_over
from store.desks.keeping.erasures import ErasuresDesk
from store.errors import UnavailableError
from store.intake import Intake
from store.ledger import staff
from store.store import Store, open_store
from store.terms import Account, Officer, Outcome
from tests.resilience.small_disks import grow, small_disk
from tests.store.archive.reads import MIDNIGHT, a_read, a_scope, every_row

MANAGER = Officer(staff_id="NS4900", role="AM", name="Hale")
PICTURE_BYTES = 20_000
SPOOL_LIMIT = 4 << 20


@pytest.fixture
def archive_disk(tmp_path: Path) -> Iterator[Path]:
    """A state folder whose archive has a disk of its own, of 3 MB."""
    with small_disk(tmp_path / "state" / "archive", size_mb=3) as mounted:
        yield mounted


@pytest.fixture
def store(archive_disk: Path) -> Iterator[Store]:
    opened = open_store(archive_disk.parent)
    yield opened
    opened.close()


def an_account(number: int) -> Account:
    at = MIDNIGHT + timedelta(seconds=number)
    read = a_read(number, captured_at=at, vehicle_jpeg=os.urandom(PICTURE_BYTES))
    return Account(f"f{number}", "NS-C01", at, at, Outcome.READ, reads=(read,))


def found(store: Store) -> list[str]:
    return sorted(row.read.read_id for row in every_row(store.archive, a_scope(limit=500)))


def fill(intake: Intake) -> tuple[list[str], set[str], str]:
    """Accept and file until the spool takes no more: what was accepted, and what was said."""
    accepted: list[str] = []
    said: set[str] = set()
    for number in range(2000):
        account = an_account(number)
        try:
            intake.accept([account])
        except UnavailableError as full:
            return accepted, said, str(full)
        accepted.append(account.reads[0].read_id)
        if number % 10 == 9:
            try:
                intake.file()
            except UnavailableError as trouble:
                said.add(str(trouble))
    raise AssertionError("neither the archive nor the spool was ever full")


def test_reads_go_on_into_the_spool_to_its_limit_and_are_filed_once_there_is_room(
    store: Store, archive_disk: Path
) -> None:
    intake = Intake(store.state, ledger=store.ledger, spool_limit_bytes=SPOOL_LIMIT, filing_s=None)
    accepted, said, full = fill(intake)
    assert any("No space left" in one and "waits in the spool" in one for one in said)
    assert "the spool holds its limit" in full
    waiting = sum(path.stat().st_size for path in (store.state / "spool").glob("*.spool"))
    assert SPOOL_LIMIT - 2 * PICTURE_BYTES < waiting <= SPOOL_LIMIT

    grow(archive_disk, size_mb=64)
    intake.file()
    intake.accept([an_account(5000)])
    intake.file()
    assert found(store) == sorted([*accepted, a_read(5000).read_id])
    assert all(
        len((store.archive.pictures(read_id) or (b"", b""))[1]) == PICTURE_BYTES
        for read_id in accepted
    )
    intake.close()


def test_a_hub_that_starts_on_a_full_disk_has_all_it_acknowledged(
    store: Store, archive_disk: Path
) -> None:
    intake = Intake(store.state, ledger=store.ledger, spool_limit_bytes=SPOOL_LIMIT, filing_s=None)
    accepted, _, _ = fill(intake)
    intake.close()  # what it could not file stays in the spool
    again = Intake(store.state, ledger=store.ledger, filing_s=None)
    with pytest.raises(UnavailableError, match="No space left"):
        again.file()
    grow(archive_disk, size_mb=64)
    again.file()
    again.close()
    assert found(store) == sorted(accepted)
    troubles = [one.about for one in look_over(store.state, now=MIDNIGHT) if not one.well]
    assert [about for about in troubles if about.startswith("archive")] == []


def test_an_erasure_without_room_for_a_second_copy_leaves_the_day_as_it_was(
    store: Store, archive_disk: Path
) -> None:
    with store.ledger.transaction() as tx:
        staff.enrol(tx, MANAGER, now=MIDNIGHT)
    intake = Intake(store.state, ledger=store.ledger, filing_s=None)
    accounts = [an_account(number) for number in range(90)]
    intake.accept(accounts)
    intake.close()
    everything = sorted(account.reads[0].read_id for account in accounts)
    order = ErasureOrder("DPO, decision 12", "SAR-26-0031", (everything[0],), ())
    with pytest.raises(UnavailableError, match="could not be written anew"):
        ErasuresDesk(store).erase(MANAGER, order, now=MIDNIGHT)
    assert found(open_store(store.state)) == everything
    grow(archive_disk, size_mb=64)
    weed(store, now=MIDNIGHT)  # takes up what was begun
    assert found(open_store(store.state)) == everything[1:]
    assert prove(store).findings == ()
