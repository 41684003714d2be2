"""What machines may do: have pictures accounted for, have reads matched, and say that they live.

An account is acknowledged when the spool has it on disk. Then its reads are matched against the
lists in memory and alarms stand in the ledger, in one transaction; a moment later the reads are in
their day's tables and searches find them. At the start the spool is filed again: ledger, archive
and book of pictures each know what they have, so nothing is lost and nothing counts twice.
"""

import logging
import math
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from store.archive.bucket.mover import Mover
from store.archive.bucket.waiting import Waiting
from store.archive.writer import ArchiveWriter
from store.errors import StoreError, UnavailableError
from store.governance.rulebook.figures import Figures
from store.ledger import heartbeat
from store.ledger.alarms import raising
from store.ledger.cameras import register
from store.ledger.ledger import Ledger, Transaction
from store.ledger.rules import policies
from store.lists import delivery
from store.lists.delivery import Loaded
from store.lists.watch import Match, WatchedEntries
from store.spool import frames
from store.spool.admission import dated, demand_sound
from store.spool.spool import Spool
from store.terms import Account, Camera, Outcome, Read

__all__ = ["FILING_S", "Accounted", "Intake"]

Accounted = frames.Accounted
"""Named here too, so that machines need nothing of the store but its intake and its terms."""

log = logging.getLogger(__name__)

SPOOL_LIMIT_BYTES = 8 << 30
"""Some two days of one force's reads with pictures, should the archive take none."""

FILING_S = 1.0
"""A commit costs the same for one read as for hundreds, and an officer waits a second gladly."""

_FILINGS_A_SEGMENT = 2
"""Each filing seals what the spool has. Where it stands still, while a day's pictures are drawn
together, what piles up is filed in pieces: in one it took 5 MB of Python's memory at 320 reads a
second, and most of it for good."""


@dataclass(frozen=True, slots=True)
class _News:
    """What the ledger is to be told of one read."""

    read: Read
    met: tuple[Match, ...]
    settled: bool


class Intake:
    """The one way in for machines; threads may share it, and one process at a time has it."""

    def __init__(
        self,
        state: Path,
        *,
        ledger: Ledger,
        spool_limit_bytes: int = SPOOL_LIMIT_BYTES,
        filing_s: float | None = FILING_S,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        """Take the writer's place, and file what a crash left in the spool.

        Args:
            state: The state folder, with `archive` and `spool` in it.
            ledger: Where alarms go.
            spool_limit_bytes: What may wait in the spool before accounts are turned away.
            filing_s: Seconds between two filings by a thread of its own; None for no thread:
                then call `file`.
            clock: Gives aware UTC; the system's own where None.

        Raises:
            BusyError: Another process has the intake.
            CorruptError: A file of the archive or the spool is not as we wrote it.
        """
        self._ledger = ledger
        self._clock = clock or (lambda: datetime.now(UTC))
        self._watched = WatchedEntries(ledger)
        self._accepting = threading.Lock()
        self._filing = threading.Lock()
        self._pending: dict[tuple[str, str], Accounted] = {}
        self._news: list[_News] = []
        self._reads = 0
        self._last_read_at: datetime | None = None
        self._trouble = ""
        self._weeded_before = date.min
        self._closed = False
        with ExitStack() as undo:
            self._archive = ArchiveWriter(state / "archive")
            undo.callback(self._archive.close)
            self._spool = Spool(
                state / "spool",
                limit_bytes=spool_limit_bytes,
                segment_s=math.inf if filing_s is None else _FILINGS_A_SEGMENT * filing_s,
            )
            undo.callback(self._spool.close)
            self._book = frames.FrameBook(state / "spool" / "frames.db")
            undo.callback(self._book.close)
            with ledger.reading() as db:
                self._unsettled = raising.unsettled(db)
                self._policy = policies.in_force(db).figures
            for segment in self._spool.sealed():
                self._take_note(self._spool.read(segment))
            self._tell()
            self._files = undo.pop_all()
        self._stopping = threading.Event()
        self._waiting = Waiting()
        self._mover = Mover(state / "archive", alone=self._filing, clock=self._clock)
        self._thread: threading.Thread | None = None
        if filing_s is not None:
            self._thread = threading.Thread(
                target=self._keep_filing, args=(filing_s,), name="intake filing", daemon=True
            )
            self._thread.start()
            self._mover.start()

    def accept(self, accounts: Sequence[Account]) -> None:
        """Take accounts, all or none; on return they are on disk and their alarms are raised.

        A picture that is accounted for already is passed over, so that a batch may be given again
        after any failure. One whose date cannot be right is accounted for as refused, with why: its
        reads would be weeded at once, or outlive their time.

        Args:
            accounts: What became of pictures, in the order of each camera.

        Raises:
            InputError: An account cannot be kept as it is; nothing of the batch was taken.
            UnavailableError: The disk of the spool is full or fails; nothing was taken.
        """
        for account in accounts:
            demand_sound(account)
        with self._accepting:
            if self._closed:
                raise UnavailableError("The intake is closed. Open the store again.")
            figures = self._figures()
            oldest = self._weeded_before
            fresh = [dated(one, figures=figures, oldest=oldest) for one in self._fresh(accounts)]
            if not fresh:
                return
            self._spool.append(fresh)
            self._take_note(fresh)
            self._tell()

    def known(self, frame_ids: Sequence[str], *, camera_id: str) -> dict[str, Accounted]:
        """Say what became of a camera's pictures; those that are not accounted for are left out."""
        with self._accepting:
            found = self._known([(camera_id, frame_id) for frame_id in frame_ids])
        return {frame_id: what for (_, frame_id), what in found.items()}

    def seen(self, frame_ids: Sequence[str], *, camera_id: str) -> set[str]:
        """Give those of a camera's pictures that are accounted for."""
        return set(self.known(frame_ids, camera_id=camera_id))

    def tally(self, camera_id: str) -> dict[Outcome, int]:
        """Count the different pictures of a camera by what became of them."""
        with self._accepting:
            waiting = {one: what for one, what in self._pending.items() if one[0] == camera_id}
            filed = self._book.find(waiting)
            counts = Counter(self._book.tally(camera_id))
        counts.update(what.outcome for one, what in waiting.items() if one not in filed)
        return {outcome: counts[outcome] for outcome in Outcome}

    def register(self, cameras: Sequence[Camera]) -> None:
        """Put cameras on the register (S-16), or change their lines.

        Raises:
            InputError: A camera id is malformed.
            UnavailableError: The ledger cannot be written now.
        """
        with self._ledger.transaction() as tx:
            register(tx, cameras, now=self._clock())

    def load_list(self, path: Path, *, now: datetime) -> Loaded:
        """Load a file of vehicles of interest; reads accepted after it are matched with it.

        Args:
            path: A plain list of sixteen columns, or an extract.
            now: The moment of loading; weed dates are held against it.

        Returns:
            What became of the file and of its rows.

        Raises:
            ListError: The file was refused; the version before stays in force.
            UnavailableError: The ledger cannot be written now.
        """
        return delivery.load(self._ledger, path, now=now)

    def heartbeat(self, now: datetime, *, cluster: str, cameras_up: int) -> None:
        """Say that the hub lives; a trouble of the intake's own goes before the cluster's.

        Args:
            now: When.
            cluster: "ok", or the trouble in a few words.
            cameras_up: Cameras that sent a frame lately.

        Raises:
            UnavailableError: The ledger cannot be written now.
        """
        with self._ledger.transaction() as tx:
            heartbeat.beat(
                tx,
                now=now,
                cluster=self._trouble or self._mover.trouble or cluster,
                cameras_up=cameras_up,
                reads=self._reads,
                last_read_at=self._last_read_at,
            )

    def file(self) -> None:
        """Bring what the spool holds to ledger, archive and book, and let the spool forget it.

        The intake's own thread does this every second; it may be called at any time.

        Raises:
            UnavailableError: Something cannot be written now; the spool keeps all of it.
            CorruptError: A day of the archive is not as we wrote it.
        """
        with self._filing:
            self._file()

    @contextmanager
    def standing_aside(self, *, before: date) -> Iterator[None]:
        """File what the spool holds, and change no day while a block runs: days may go then.

        Accounts are accepted meanwhile and wait in the spool. One that was captured before the day
        is refused from here on, so that no day comes back that went.

        Args:
            before: First day that stays.

        Raises:
            UnavailableError: Something cannot be written now; the block does not run.
            CorruptError: A day of the archive is not as we wrote it; the block does not run.
        """
        with self._mover.at_rest(), self._filing:
            with self._accepting:
                self._weeded_before = max(self._weeded_before, before)
            self._file()
            try:
                yield
            finally:
                self._archive.let_go()

    def close(self) -> None:
        """File what is there and give up the writer's place; a second call does nothing."""
        with self._accepting:
            if self._closed:
                return
            self._closed = True
        self._stopping.set()
        self._mover.close()
        if self._thread:
            self._thread.join()
        try:
            self.file()
        except StoreError:
            log.exception("what is not filed yet waits in the spool for the next start")
        finally:
            self._files.close()

    def _file(self) -> None:
        with self._accepting:
            self._tell()
            if self._news:
                raise UnavailableError(self._trouble)
            self._spool.seal()
        for segment in self._waiting.due(self._spool.sealed()):
            with self._waiting.noted(segment):
                self._file_one(segment)
        self._archive.compact()
        self._archive.seal_ended(now=self._clock())
        self._waiting.tell()

    def _file_one(self, segment: Path) -> None:
        accounts = self._spool.read(segment)
        reads = [read for account in accounts for read in account.reads]
        sights = [read for account in accounts for read in account.sights]
        self._archive.record(
            reads, sights=[sight for sight in sights if sight.read_id in self._unsettled]
        )
        self._book.enter(accounts)
        self._spool.drop(segment)
        with self._accepting:
            for account in accounts:
                self._pending.pop((account.camera_id, account.frame_id), None)

    def _keep_filing(self, every_s: float) -> None:
        while not self._stopping.wait(every_s):
            try:
                self.file()
            except Exception as trouble:
                # whatever it is, a thread that ends would fill the spool without a word
                said = str(trouble) if isinstance(trouble, StoreError) else type(trouble).__name__
                if said != self._trouble:
                    log.exception("filing failed; it is tried again")
                self._trouble = said
            else:
                self._trouble = ""

    def _figures(self) -> Figures:
        """Give the figures in force; those known before where the ledger cannot be read now."""
        try:
            with self._ledger.reading() as db:
                self._policy = policies.in_force(db).figures
        except StoreError:
            log.exception("the policy could not be read again; the one known before goes on")
        return self._policy

    def _fresh(self, accounts: Sequence[Account]) -> list[Account]:
        """Give the accounts of pictures that are not accounted for, each once."""
        pictures: dict[frames.Picture, Account] = {}
        for account in accounts:
            pictures.setdefault((account.camera_id, account.frame_id), account)
        known = self._known(pictures)
        return [account for one, account in pictures.items() if one not in known]

    def _known(self, pictures: Collection[frames.Picture]) -> dict[frames.Picture, Accounted]:
        known = self._book.find(pictures)
        known.update((one, self._pending[one]) for one in pictures if one in self._pending)
        return known

    def _take_note(self, accounts: Sequence[Account]) -> None:
        """Remember what is in the spool, and find what the ledger must hear of it."""
        now = self._clock()
        try:
            self._watched.refresh(now=now)
        except StoreError:
            log.exception("the lists could not be read again; the entries known before go on")
        for account in accounts:
            self._pending[account.camera_id, account.frame_id] = Accounted.of(account)
            for sight in account.sights:
                if met := self._watched.met(sight, now=now):
                    self._news.append(_News(sight, met, settled=False))
                    self._unsettled.add(sight.read_id)
            for read in account.reads:
                met = self._watched.met(read, now=now)
                if met or read.read_id in self._unsettled:
                    self._news.append(_News(read, met, settled=True))
                self._reads += 1
                self._last_read_at = max(read.captured_at, self._last_read_at or read.captured_at)

    def _tell(self) -> None:
        """Raise, repeat and correct alarms in one transaction; what fails waits for the next."""
        if not self._news:
            return
        try:
            with self._ledger.transaction() as tx:
                for one in self._news:
                    _tell_one(tx, one, now=self._clock())
        except StoreError as trouble:
            log.exception("%d alarms wait for the ledger", len(self._news))
            self._trouble = str(trouble)
            return
        self._unsettled.difference_update(one.read.read_id for one in self._news if one.settled)
        self._news.clear()


def _tell_one(tx: Transaction, news: _News, *, now: datetime) -> None:
    for match in news.met:
        raising.raise_or_repeat(
            tx,
            news.read,
            entry=match.entry,
            certainty=match.certainty,
            settled=news.settled,
            now=now,
        )
    if news.settled:
        raising.correct(tx, news.read, met=[match.entry for match in news.met], now=now)
