"""The spool as files: what is appended is there, what is torn is cut, what is full says so."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from store.errors import CorruptError, UnavailableError
from store.spool import spool as spool_module
from store.spool.spool import Spool
from store.terms import Account, Outcome

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
LIMIT_BYTES = 1 << 30


def account(number: int, *, size: int = 10) -> Account:
    return Account(f"f{number}", "NS-C01", AT, AT, Outcome.REFUSED, reason="x" * size)


def everything(spool: Spool) -> list[Account]:
    spool.seal()
    return [account for segment in spool.sealed() for account in spool.read(segment)]


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Let the system refuse every file beyond a size, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_was_appended_is_there_after_opening_again(tmp_path: Path) -> None:
    first = Spool(tmp_path, limit_bytes=LIMIT_BYTES)
    first.append([account(1), account(2)])
    first.append([account(3)])
    # not closed: a killed process closes nothing
    second = Spool(tmp_path, limit_bytes=LIMIT_BYTES)
    second.append([account(4)])
    assert everything(second) == [account(number) for number in (1, 2, 3, 4)]


def test_a_torn_end_is_cut_and_kept_aside(tmp_path: Path) -> None:
    Spool(tmp_path, limit_bytes=LIMIT_BYTES).append([account(1), account(2)])
    (segment,) = tmp_path.glob("*.spool")
    os.truncate(segment, segment.stat().st_size - 3)
    spool = Spool(tmp_path, limit_bytes=LIMIT_BYTES)
    spool.append([account(3)])
    assert everything(spool) == [account(1), account(3)]
    assert [path.suffix for path in tmp_path.glob("*.cut")] == [".cut"]


@pytest.mark.parametrize("data", [b"", bytes(8), bytes(4096)])
def test_a_segment_whose_first_bytes_never_reached_the_disk_is_no_trouble(
    tmp_path: Path, data: bytes
) -> None:
    (tmp_path / "000000000007.spool").write_bytes(data)
    spool = Spool(tmp_path, limit_bytes=LIMIT_BYTES)
    spool.append([account(1)])
    assert everything(spool) == [account(1)]


def test_a_segment_of_another_format_is_refused_and_left_alone(tmp_path: Path) -> None:
    segment = tmp_path / "000000000001.spool"
    segment.write_bytes(b"ANPRSPL2" + b"new things")
    with pytest.raises(CorruptError, match="Start the version that wrote it"):
        Spool(tmp_path, limit_bytes=LIMIT_BYTES)
    assert segment.read_bytes() == b"ANPRSPL2new things"


def test_what_is_dropped_is_gone_and_its_number_is_not_used_for_another(tmp_path: Path) -> None:
    spool = Spool(tmp_path, limit_bytes=LIMIT_BYTES)
    spool.append([account(1)])
    spool.seal()
    spool.append([account(2)])
    (first,) = spool.sealed()
    spool.drop(first)
    assert everything(spool) == [account(2)]
    assert spool.held_bytes == sum(path.stat().st_size for path in tmp_path.iterdir())


def test_a_large_segment_is_sealed_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool_module, "_SEGMENT_BYTES", 100)
    spool = Spool(tmp_path, limit_bytes=LIMIT_BYTES)
    for number in range(3):
        spool.append([account(number, size=200)])
    assert len(spool.sealed()) == 3


def test_a_segment_that_has_lasted_is_sealed_by_itself(tmp_path: Path) -> None:
    spool = Spool(tmp_path, limit_bytes=LIMIT_BYTES, segment_s=0.0)
    for number in range(3):
        spool.append([account(number)])
        assert len(spool.sealed()) == number + 1
    assert everything(spool) == [account(number) for number in range(3)]


def test_a_spool_at_its_limit_turns_accounts_away_and_takes_them_once_there_is_room(
    tmp_path: Path,
) -> None:
    spool = Spool(tmp_path, limit_bytes=1500)
    spool.append([account(1, size=1000)])
    with pytest.raises(UnavailableError, match="Nothing was accepted"):
        spool.append([account(2, size=1000)])
    spool.seal()
    spool.drop(spool.sealed()[0])
    spool.append([account(2, size=1000)])
    assert everything(spool) == [account(2, size=1000)]


@pytest.mark.parametrize("room", [0, 5, 700, 1300])
def test_a_disk_that_fills_up_is_a_clear_error_and_tears_nothing(tmp_path: Path, room: int) -> None:
    spool = Spool(tmp_path, limit_bytes=LIMIT_BYTES)
    with files_of_at_most(room), pytest.raises(UnavailableError, match="Make room"):
        for number in range(10):
            spool.append([account(number, size=500)])
            assert (number + 1) * 500 < room
    kept = everything(Spool(tmp_path, limit_bytes=LIMIT_BYTES))
    assert kept == [account(number, size=500) for number in range(number)]
    spool.append([account(99)])
    assert everything(spool)[-1] == account(99)
    assert not list(tmp_path.glob("*.cut"))
