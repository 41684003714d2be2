"""What leaves the ledger leaves its pages too."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.ledger import audit
from store.ledger.alarms import board
from store.ledger.alarms.raising import raise_or_repeat
from store.ledger.keeping import weeding
from store.ledger.ledger import Ledger
from store.terms import Certainty
from tests.store.examples import a_read, an_entry

BOUND = datetime(2025, 11, 22, tzinfo=UTC)
VEHICLES = 1000
AT_ONCE = 50


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


def _fill(ledger: Ledger) -> tuple[list[str], list[str]]:
    """Sights before and after the bound in the order of traffic; give the plates of both."""
    dice = random.Random(4)
    plates = [f"T{chr(65 + number % 26)}{number:04}J" for number in range(VEHICLES)]
    for first in range(0, VEHICLES, AT_ONCE):
        with ledger.transaction() as tx:
            for number in range(first, first + AT_ONCE):
                # a vehicle is seen twice, so that rows grow and move to other pages
                for again in (0, 1):
                    at = BOUND + timedelta(minutes=(1 if number % 2 else -2) + again)
                    read_id = f"{dice.getrandbits(128):032x}"
                    seen = a_read(read_id, vrm=plates[number], captured_at=at)
                    entry = an_entry(f"26/{number}", vrm=plates[number])
                    raise_or_repeat(tx, seen, entry=entry, certainty=Certainty.EXACT, now=at)
    return plates[::2], plates[1::2]


def test_no_page_of_the_file_keeps_a_copy_of_what_was_removed(path: Path) -> None:
    ledger = Ledger.open(path)
    past, kept = _fill(ledger)
    with ledger.transaction() as tx:
        weeding.weed(tx, before=BOUND.date())
    ledger.rewrite()
    everything = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert [vrm for vrm in past if vrm.encode() in everything] == []
    assert [vrm for vrm in kept if vrm.encode() not in everything] == []
    with ledger.reading() as db:
        assert weeding.past(db, before=BOUND.date()) == weeding.Past(sights=0, alarms=0)
        assert len(board.board(db, limit=VEHICLES)) == VEHICLES
    ledger.close()


def test_what_is_past_is_counted_before_it_goes(path: Path) -> None:
    ledger = Ledger.open(path)
    past, _ = _fill(ledger)
    with ledger.reading() as db:
        counted = weeding.past(db, before=BOUND.date())
    assert counted == weeding.Past(sights=2 * len(past), alarms=len(past))
    ledger.close()


def test_the_newest_certificate_is_found_behind_a_weeding_that_was_only_begun(path: Path) -> None:
    ledger = Ledger.open(path)
    with ledger.transaction() as tx:
        assert weeding.newest(tx) is None
        first = weeding.record(tx, weeding.CERTIFICATE, now=BOUND, about={"bound": "a"})
        second = weeding.record(tx, weeding.BEGUN, now=BOUND, about={"bound": "b"})
    with ledger.reading() as db:
        assert weeding.newest(db) == weeding.Told(second, weeding.BEGUN, {"bound": "b"}, audit.HUB)
        assert weeding.newest(db, certified=True) == weeding.Told(
            first, weeding.CERTIFICATE, {"bound": "a"}, audit.HUB
        )
    ledger.close()


def test_a_rewrite_removes_the_copies_that_pages_keep_of_rows_that_moved(path: Path) -> None:
    ledger = Ledger.open(path)
    dice = random.Random(1)
    words = [f"SENTINEL{number:06}X" for number in range(4000)]
    with ledger.transaction() as tx:
        tx.execute("CREATE TABLE row (id TEXT PRIMARY KEY, word TEXT, rest TEXT) WITHOUT ROWID")
    for first in range(0, len(words), AT_ONCE):
        with ledger.transaction() as tx:
            for word in words[first : first + AT_ONCE]:
                # rows of any length in any order: pages split, and rows move between them
                id_, rest = f"{dice.getrandbits(128):032x}", "y" * dice.randrange(300)
                tx.execute("INSERT INTO row VALUES (?, ?, ?)", (id_, word, rest))
    with ledger.transaction() as tx:
        tx.execute("DELETE FROM row WHERE CAST(substr(word, 9, 6) AS INTEGER) % 2 = 0")
    ledger.rewrite()
    file = path.read_bytes()
    assert [word for word in words[::2] if word.encode() in file] == []
    assert [word for word in words if word.encode() not in file] == words[::2]
    ledger.close()
