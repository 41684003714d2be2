"""Threads that write at once share a commit; each goes on when its own change is on disk."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import sleep

import pytest

from store.errors import AuditUnavailableError
from store.ledger.writing.lock import locked
from store.ledger.writing.turns import Turns

LONG_S = 60.0
Body = Callable[[sqlite3.Connection], object]


class Desk:
    """One connection that writes, and who waits for it."""

    def __init__(self, path: Path, *, open_s: float = LONG_S) -> None:
        self.path = path
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.db.execute("PRAGMA foreign_keys = ON")
        self.db.execute("CREATE TABLE note (text TEXT PRIMARY KEY)")
        self.db.execute(
            "CREATE TABLE owed (text TEXT REFERENCES note DEFERRABLE INITIALLY DEFERRED)"
        )
        self.turns = Turns(self.db, locked=lambda: locked(path, wait_s=LONG_S), open_s=open_s)
        self.statements: list[str] = []
        self.db.set_trace_callback(self.statements.append)

    def write(self, text: str, *, then: Body = lambda _: None, wait_s: float = LONG_S) -> None:
        with self.turns.change(wait_s=wait_s) as db:
            db.execute("INSERT INTO note VALUES (?)", (text,))
            then(db)

    def kept(self) -> set[str]:
        """What another process would find."""
        other = sqlite3.connect(self.path)
        try:
            return {text for (text,) in other.execute("SELECT text FROM note")}
        finally:
            other.close()

    def wait_for(self, others: int) -> None:
        while self.turns.waiting < others:
            sleep(0.001)

    @contextmanager
    def held_up(self, *acts: Callable[[], object]) -> Iterator[list["Future[object]"]]:
        """A first thread writes "first" and holds its turn until so many acts wait behind it."""
        go = threading.Event()
        with ThreadPoolExecutor(len(acts) + 1) as pool:
            first = self.first = pool.submit(
                lambda: self.write("first", then=lambda _: go.wait(LONG_S))
            )
            while not self.db.in_transaction:
                sleep(0.001)
            behind = []
            for act in acts:
                behind.append(pool.submit(act))
                self.wait_for(len(behind))
            go.set()
            yield [first, *behind]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "desk.db")
    yield desk
    desk.db.close()


def writing(desk: Desk, *texts: str) -> list[Callable[[], object]]:
    return [lambda text=text: desk.write(text) for text in texts]


def test_whoever_waits_meanwhile_shares_one_commit(desk: Desk) -> None:
    with desk.held_up(*writing(desk, *"abcdefgh")) as told:
        assert [one.result() for one in told] == [None] * 9
    assert desk.kept() == {"first", *"abcdefgh"}
    assert desk.statements.count("COMMIT") == 1


def test_nobody_goes_on_before_what_they_wrote_is_on_disk(desk: Desk) -> None:
    seen: list[tuple[set[str], bool]] = []

    def look(_: sqlite3.Connection) -> None:
        seen.append((desk.kept(), desk.first.done()))

    with desk.held_up(lambda: desk.write("second", then=look)):
        pass
    assert seen == [(set(), False)]
    assert desk.kept() == {"first", "second"}


def test_a_change_that_is_refused_is_taken_back_alone(desk: Desk) -> None:
    def refused(_: sqlite3.Connection) -> None:
        raise KeyError("refused")

    acts = [lambda: desk.write("bad", then=refused), *writing(desk, "good")]
    with desk.held_up(*acts) as told:
        assert isinstance(told[1].exception(), KeyError)
        assert (told[0].exception(), told[2].exception()) == (None, None)
    assert desk.kept() == {"first", "good"}


def test_a_rule_of_the_tables_that_is_broken_loses_no_other_change(desk: Desk) -> None:
    with desk.held_up(*writing(desk, "first", "good")) as told:
        assert isinstance(told[1].exception(), sqlite3.IntegrityError)
        assert (told[0].exception(), told[2].exception()) == (None, None)
    assert desk.kept() == {"first", "good"}


def test_of_a_batch_that_cannot_be_committed_nothing_stands_and_all_hear_of_it(desk: Desk) -> None:
    def promise(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO owed VALUES ('never written')")

    def refused(_: sqlite3.Connection) -> None:
        raise KeyError("on what another has written")

    acts = [
        lambda: desk.write("second", then=promise),
        lambda: desk.write("third", then=refused),
    ]
    with desk.held_up(*acts) as told:
        failures = [one.exception() for one in told]
    # The refused one too: what it was refused on does not stand.
    assert all(isinstance(failure, AuditUnavailableError) for failure in failures)
    assert len({id(failure) for failure in failures}) == 3
    assert desk.kept() == set()
    desk.write("later")
    assert desk.kept() == {"later"}


def test_a_disk_that_is_full_under_one_change_loses_the_whole_batch(desk: Desk) -> None:
    (pages,) = desk.db.execute("PRAGMA page_count").fetchone()
    desk.db.execute(f"PRAGMA max_page_count = {pages}")
    acts = [lambda: desk.write("x" * 100_000), *writing(desk, "after")]
    with desk.held_up(*acts) as told:
        full = [told[0].exception(), told[1].exception()]
        assert told[2].exception() is None
    assert all(isinstance(one, AuditUnavailableError) and "full" in str(one) for one in full)
    assert desk.kept() == {"after"}


def test_a_change_without_a_turn_in_time_is_refused_and_holds_nobody_up(desk: Desk) -> None:
    go = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(lambda: desk.write("first", then=lambda _: go.wait(LONG_S)))
        while not desk.db.in_transaction:
            sleep(0.001)
        with pytest.raises(AuditUnavailableError, match="not free"):
            desk.write("late", wait_s=0.01)
        go.set()
        assert first.result() is None
    assert desk.kept() == {"first"}


def test_a_batch_that_was_left_to_somebody_who_went_away_is_committed_all_the_same(
    desk: Desk,
) -> None:
    desk.turns.waiting += 1  # as one whose wait was interrupted
    desk.write("first")
    assert desk.kept() == {"first"}


def test_a_batch_takes_only_so_many(desk: Desk) -> None:
    with desk.held_up(*writing(desk, *map(str, range(40)))) as told:
        assert [one.exception() for one in told] == [None] * 41
    assert desk.statements.count("COMMIT") == 2


def test_an_old_batch_takes_nobody_else(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk.db", open_s=0)
    with desk.held_up(*writing(desk, "second")) as told:
        assert [one.exception() for one in told] == [None, None]
    assert desk.statements.count("COMMIT") == 2
    desk.db.close()


def test_who_wants_the_connection_alone_finds_nothing_begun(desk: Desk) -> None:
    def look() -> tuple[bool, set[str]]:
        with desk.turns.alone() as db:
            return db.in_transaction, desk.kept()

    with desk.held_up(look) as told:
        assert told[1].result() == (False, {"first"})
        assert told[0].exception() is None


def test_where_the_lock_is_not_to_be_had_nothing_is_begun_and_the_next_may_try(
    tmp_path: Path,
) -> None:
    path = tmp_path / "desk.db"
    desk = Desk(path)
    desk.turns = Turns(desk.db, locked=lambda: locked(path, wait_s=0.01))
    with (
        locked(path, wait_s=LONG_S),
        pytest.raises(AuditUnavailableError, match="not free"),
    ):
        desk.write("first")
    desk.write("second")
    assert desk.kept() == {"second"}
    desk.db.close()
