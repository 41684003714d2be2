"""The book of pictures counts each once and knows it for good."""

import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.errors import CorruptError
from store.spool.frames import Accounted, FrameBook
from store.terms import Account, Outcome

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def account(frame_id: str, *, camera_id: str = "NS-C01", outcome: Outcome) -> Account:
    return Account(frame_id, camera_id, AT, AT, outcome, reason=str(outcome))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.lists(
            st.tuples(
                st.sampled_from("abcdefgh"),
                st.sampled_from(["NS-C01", "NS-C02"]),
                st.sampled_from(Outcome),
            ),
            max_size=6,
        ),
        max_size=4,
    )
)
def test_the_first_account_of_a_picture_counts_and_no_other(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple[str, str, Outcome]]]
) -> None:
    path = tmp_path_factory.mktemp("book") / "frames.db"
    first: dict[tuple[str, str], Outcome] = {}
    for batch in batches:
        book = FrameBook(path)
        book.enter(account(frame, camera_id=camera, outcome=what) for frame, camera, what in batch)
        for frame, camera, what in batch:
            first.setdefault((camera, frame), what)
        for camera in ("NS-C01", "NS-C02"):
            known = {frame: what for (at, frame), what in first.items() if at == camera}
            assert book.find([(camera, frame) for frame in "abcdefghi"]) == {
                (camera, frame): Accounted(what, str(what), 0) for frame, what in known.items()
            }
            assert book.tally(camera) == {
                what: list(known.values()).count(what) for what in set(known.values())
            }
        book.close()


def test_more_pictures_than_one_query_names_are_found(tmp_path: Path) -> None:
    book = FrameBook(tmp_path / "frames.db")
    names = [f"picture {number}" for number in range(1200)]
    book.enter(account(name, outcome=Outcome.NO_PLATE) for name in names)
    assert len(book.find([("NS-C01", name) for name in [*names, "another"]])) == 1200
    book.close()


def test_a_file_that_is_no_book_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "frames.db"
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(CorruptError, match="damaged"):
        FrameBook(path)


def test_a_book_of_another_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "frames.db"
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("PRAGMA user_version = 2")
    with pytest.raises(CorruptError, match="version 2"):
        FrameBook(path)


def test_what_is_weeded_leaves_the_file_its_log_and_the_tallies(tmp_path: Path) -> None:
    book, dice = FrameBook(tmp_path / "frames.db"), random.Random(2)
    accounts = [
        replace(
            account(f"f{number}", outcome=Outcome.REFUSED),
            received_at=AT - timedelta(days=number % 2),
            reason=f"reason {number:05}" + "y" * dice.randrange(200),
        )
        for number in range(4000)
    ]
    for first in range(0, len(accounts), 50):
        book.enter(accounts[first : first + 50])
    assert book.past(before=AT.date()) == 2000
    book.weed(before=AT.date())
    assert book.past(before=AT.date()) == 0
    assert book.tally("NS-C01") == {Outcome.REFUSED: 2000}
    everything = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    there = [one.reason[:12].encode() in everything for one in accounts]
    assert there == [number % 2 == 0 for number in range(4000)]
    book.close()
