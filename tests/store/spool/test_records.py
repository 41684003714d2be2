"""A torn or flipped segment gives back the exact beginning of what was written."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.spool.records import FORMAT, record, whole_records
from store.terms import Account, Outcome, Read

FIRST, LAST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
TIMES = st.datetimes(
    min_value=FIRST.replace(tzinfo=None),  # hypothesis adds the zone itself
    max_value=LAST.replace(tzinfo=None),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=1))]),
)
UNIT = st.floats(min_value=0, max_value=1)
READS = st.builds(
    Read,
    read_id=st.text(),
    camera_id=st.text(),
    controller=st.text(),
    captured_at=TIMES,
    vrm_raw=st.text(),
    vrm=st.text(),
    fold=st.text(),
    confidence=UNIT,
    repaired=st.booleans(),
    candidates=st.lists(st.tuples(st.text(), UNIT), max_size=2).map(tuple),
    direction=st.sampled_from(["towards", "away", "unknown"]),
    frames=st.integers(min_value=1, max_value=2**31 - 1),
    plate_jpeg=st.binary(),
    vehicle_jpeg=st.binary(),
)
ACCOUNTS = st.builds(
    Account,
    frame_id=st.text(),
    camera_id=st.text(),
    captured_at=TIMES,
    received_at=TIMES,
    outcome=st.sampled_from(Outcome),
    reason=st.text(),
    reads=st.lists(READS, max_size=2).map(tuple),
    sights=st.lists(READS, max_size=1).map(tuple),
)

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
READ = Read("1" * 32, "NS-C01", "NS", AT, "TX26KLM", "TX26KLM", "TX26KLM", 0.5, plate_jpeg=b"jpeg")
THREE = [
    Account("a", "NS-C01", AT, AT, Outcome.READ, reads=(READ,)),
    Account("b", "NS-C01", AT, AT, Outcome.NO_PLATE),
    Account("c", "NS-C01", AT, AT, Outcome.REFUSED, reason="truncated JPEG"),
]
RECORDS = [record(account) for account in THREE]
SEGMENT = FORMAT + b"".join(RECORDS)
ENDS = [len(FORMAT) + sum(map(len, RECORDS[:count])) for count in range(len(THREE) + 1)]


@given(st.lists(ACCOUNTS, max_size=3))
def test_accounts_come_back_as_they_were(accounts: list[Account]) -> None:
    data = FORMAT + b"".join(map(record, accounts))
    assert whole_records(data) == (accounts, len(data))


@pytest.mark.parametrize("junk", [b"", bytes(3), bytes(8), bytes(5000), b"\xff" * 40])
def test_a_cut_at_any_byte_gives_the_records_before_it(junk: bytes) -> None:
    for cut in range(len(FORMAT), len(SEGMENT) + 1):
        whole = sum(end <= cut for end in ENDS) - 1
        torn = SEGMENT[:cut] + junk
        assert whole_records(torn) == (THREE[:whole], ENDS[whole]), cut


def test_a_flip_of_any_bit_gives_the_records_before_it() -> None:
    for at in range(len(FORMAT), len(SEGMENT)):
        whole = sum(end <= at for end in ENDS) - 1
        for bit in range(8):
            flipped = bytearray(SEGMENT)
            flipped[at] ^= 1 << bit
            assert whole_records(bytes(flipped)) == (THREE[:whole], ENDS[whole]), (at, bit)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    accounts, end = whole_records(FORMAT + data)
    assert accounts == [] or end > len(FORMAT)
