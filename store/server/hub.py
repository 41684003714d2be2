"""The hub's own thread: the socket, the sessions and the feed, from start to close."""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from store import wire
from store.desks import Desks
from store.errors import BusyError, UnavailableError
from store.server.counter import Counter
from store.server.faults import place_of
from store.server.feed import Feed, News, RequestNews
from store.server.listener import ConsoleAccount, claimed_socket, may_knock, refuse_stranger
from store.server.session import Session, Threads

__all__ = ["HubServer"]

DESK_THREADS: Final = 4
SEARCH_THREADS: Final = 2
CONSOLES: Final = 64
"""Connections at a time; a control room has a dozen desks."""

ACCEPTED_S: Final = 0.02
"""A connection accepted in the last moment has its session by then."""

_log = logging.getLogger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class HubServer:
    """Serves the desks over a Unix socket from a thread of its own.

    Use it as a context manager, or call `start` and `close`.
    """

    def __init__(
        self,
        desks: Desks,
        socket_path: Path,
        *,
        console: ConsoleAccount | None = None,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        """Prepares a server; nothing is opened yet.

        Args:
            desks: What it serves.
            socket_path: Where; its folder must be closed to other accounts.
            console: Account of the consoles, or None where they run under the hub's own.
            clock: Gives aware UTC.
        """
        self._path = socket_path
        self._console = console
        self._counter = Counter(desks, clock=clock)
        self._news = News(
            seq=self._counter.seq,
            since=desks.alarms.changed_since,
            health=lambda: desks.cameras.health(now=clock()),
            sees_alarms=self._counter.sees_alarms,
            standing=self._counter.standing,
            let_go=desks.weeding.let_go,
            requests=RequestNews(
                seq=desks.access.newest_news,
                since=lambda seq, limit: desks.access.news_since(seq, limit, clock()),
                standing=lambda: desks.access.news_standing(clock()),
                prompted=lambda number, to: desks.access.prompted(number, to, clock()),
                sweep=lambda: desks.access.sweep(clock()),
            ),
        )
        self._sessions: set[asyncio.Task[None]] = set()
        self._thread: threading.Thread | None = None
        self._stop: Callable[[], object] = _nothing

    def __enter__(self) -> Self:
        """Starts."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Closes."""
        self.close()

    def start(self) -> None:
        """Starts serving; consoles can connect when it returns.

        Raises:
            BusyError: A hub listens there already, or this one was started before.
            InputError: The path is too long, or its folder is open to others.
            RefusedError: Something that is not a socket stands there.
            UnavailableError: The operating system refused the socket.
        """
        if self._thread is not None:
            raise BusyError("Not started: this hub serves already.")
        started: Future[None] = Future()
        self._thread = threading.Thread(
            target=self._run, args=(started,), name="hub-socket", daemon=True
        )
        self._thread.start()
        try:
            started.result()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Ends every connection, lets desks finish what they began, and removes the socket."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._stop()
            thread.join()

    def _run(self, started: "Future[None]") -> None:
        try:
            asyncio.run(self._serve(started))
        except Exception as fault:
            if started.done():
                _log.critical("the hub's socket stopped: %s", place_of(fault))
            else:
                started.set_exception(_in_our_words(fault))

    async def _serve(self, started: "Future[None]") -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        with (
            claimed_socket(self._path, console=self._console) as bound,
            ThreadPoolExecutor(SEARCH_THREADS, thread_name_prefix="hub-search") as searches,
            ThreadPoolExecutor(DESK_THREADS, thread_name_prefix="hub-desk") as desks,
            ThreadPoolExecutor(1, thread_name_prefix="hub-feed") as eye,
        ):
            feed = Feed(self._news, eye=eye)
            threads = Threads(searches=searches, desks=desks)
            telling = asyncio.create_task(feed.run())
            server = await asyncio.start_unix_server(
                lambda reader, writer: self._welcome(reader, writer, feed=feed, threads=threads),
                sock=bound,
                limit=wire.FROM_CONSOLE_BYTES,
            )
            self._stop = lambda: loop.call_soon_threadsafe(stop.set)
            started.set_result(None)
            await stop.wait()
            # asyncio 3.11 leaks a connection that it accepted but has not handed on when its
            # server closes: take no more, let those arrive, close then.
            loop.remove_reader(bound)
            await asyncio.sleep(ACCEPTED_S)
            server.close()
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
            while self._sessions:
                for session in self._sessions:
                    session.cancel()
                await asyncio.gather(*self._sessions, return_exceptions=True)

    def _welcome(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        feed: Feed,
        threads: Threads,
    ) -> None:
        session = Session(reader, writer, counter=self._counter, feed=feed, threads=threads)

        def ended(task: asyncio.Task[None]) -> None:
            # Here, and not in the task: one that is cancelled before its first step never runs.
            self._sessions.discard(task)
            if task.cancelled():
                writer.transport.abort()  # a closing hub waits for no console to read the rest
            else:
                writer.close()

        task = asyncio.create_task(self._converse(session, writer))
        self._sessions.add(task)
        task.add_done_callback(ended)

    async def _converse(self, session: Session, writer: asyncio.StreamWriter) -> None:
        try:
            if len(self._sessions) > CONSOLES:
                await session.refuse(_full())
            elif not may_knock(writer.get_extra_info("socket"), console=self._console):
                await session.refuse(refuse_stranger())
            else:
                await session.run()
        except OSError as broken:
            _log.info("a console's connection broke: %s", broken.strerror)


def _in_our_words(fault: Exception) -> Exception:
    if not isinstance(fault, OSError):
        return fault
    unmade = UnavailableError(
        f"Not started: the socket could not be made ({fault.strerror}). Look at the state folder "
        "and its disk."
    )
    unmade.__cause__ = fault
    return unmade


def _full() -> UnavailableError:
    """What one console too many is told."""
    return UnavailableError(
        f"Not connected: {CONSOLES} consoles are connected, which is all the hub takes. Close one."
    )


def _nothing() -> None:
    """Stops a hub that does not run."""
