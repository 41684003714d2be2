"""One console at the hub: hello, then asks and answers in any order, and events in between.

Whatever goes wrong here ends this connection at most. A console may have a few asks under way; the
next one is not read before an answer has left, so a console that does not read costs the hub
nothing but its own silence.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from store import wire
from store.answers import AlarmBoard
from store.errors import InputError, RefusedError, StoreError, UnavailableError
from store.reviews import DrawSample, VerifyChain
from store.server.counter import Counter
from store.server.faults import place_of
from store.server.feed import Feed, Outbox
from store.terms import Officer

__all__ = ["Session", "Threads"]

HELLO_S: Final = 5.0
HANG_UP_S: Final = 1.0
UNDER_WAY: Final = 8
"""Asks of one console under way at a time; the mock-ups never need more than three."""

_Done = TypeVar("_Done")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Threads:
    """Where desks do their work, so that an alarm never waits for somebody's long search.

    Attributes:
        searches: For searches and opened reads.
        desks: For everything else.
    """

    searches: Executor
    desks: Executor


class Session:
    """Serves one connection from its hello to its end."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        counter: Counter,
        feed: Feed,
        threads: Threads,
    ) -> None:
        """Takes a connection whose account was checked.

        Args:
            reader: From the console.
            writer: To the console.
            counter: Where asks go.
            feed: Where events come from.
            threads: For what blocks.
        """
        self._reader = reader
        self._writer = writer
        self._counter = counter
        self._feed = feed
        self._threads = threads
        self._known: set[str] = set()
        self._sending = asyncio.Lock()
        self._places = asyncio.Semaphore(UNDER_WAY)
        self._tasks: set[asyncio.Task[None]] = set()
        self._follows = False
        self._outbox: Outbox | None = None

    async def run(self) -> None:
        """Serves until the console leaves, sends what is not of the protocol, or is cancelled."""
        officer: Officer | None = None
        try:
            officer = await self._greeted()
            await self._while_in_standing(officer)
        except StoreError as refused:
            await self._drop_work()
            await self.refuse(refused)
        finally:
            await self._drop_work()
            if officer is not None:
                await self._signed_off(officer)

    async def _while_in_standing(self, officer: Officer) -> None:
        """Serve an officer for as long as they may act; what they hold is passed on at the end.

        Raises:
            RefusedError: They may act no more (S-50, S-51); in the words that they are told.
        """
        ended = self._feed.attend(officer)
        serving = asyncio.create_task(self._serve(officer))
        try:
            both: set[asyncio.Future[Any]] = {serving, ended}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if not serving.done():
                held = 0
                with suppress(StoreError):  # they leave all the same; a repeat raises it again
                    held = await self._at_desk(lambda: self._counter.passed_on(officer))
                raise _ended(ended.result(), held=held)
            await serving
        finally:
            ended.cancel()
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

    async def _serve(self, officer: Officer) -> None:
        while (body := await self._read()) is not None:
            match wire.from_console(body):
                case wire.Asked() as asked:
                    await self._places.acquire()
                    self._start(self._answer(asked, officer=officer))
                case wire.Hello():
                    raise InputError("Connection closed: hello was said twice. Connect again.")

    async def refuse(self, refused: StoreError) -> None:
        """Says why this connection ends, and waits a moment for the console to hear it."""
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(HANG_UP_S):
                await self._send(wire.framed(wire.failed(0, refused)))
                self._writer.write_eof()
                # Closing over unread bytes would reset the other side, and lose it our words.
                while await self._reader.read(wire.FROM_CONSOLE_BYTES):
                    pass

    async def _greeted(self) -> Officer:
        try:
            async with asyncio.timeout(HELLO_S):
                body = await self._read()
        except TimeoutError as silent:
            raise InputError("Connection closed: no hello came. Connect again.") from silent
        hello = wire.from_console(body or b"")
        if not isinstance(hello, wire.Hello):
            raise InputError("Connection closed: hello comes first. Connect again.")
        if hello.version != wire.VERSION:
            raise InputError(
                f"Not connected: the console speaks version {hello.version} and the hub "
                f"{wire.VERSION}. Bring both to one release."
            )
        officer = await self._at_desk(lambda: self._counter.sign_on(hello.staff_id))
        await self._send(wire.framed(wire.Welcome(version=wire.VERSION, officer=officer)))
        return officer

    async def _signed_off(self, officer: Officer) -> None:
        """Write down that the console left; where that cannot be, its silence is on record."""
        with suppress(StoreError):
            await self._at_desk(lambda: self._counter.sign_off(officer))

    async def _answer(self, asked: wire.Asked, *, officer: Officer) -> None:
        try:
            answer = await self._done(asked.act, officer=officer)
            if isinstance(answer, AlarmBoard):
                self._known |= {alarm.alarm_id for alarm in answer.alarms}
            frame = wire.framed(wire.answered(asked.number, answer))
        except StoreError as refused:
            frame = wire.framed(wire.failed(asked.number, refused))
        try:
            await self._send(frame)
        finally:
            self._places.release()

    async def _done(self, act: wire.Act, *, officer: Officer) -> object:
        if isinstance(act, wire.Follow):
            await self._follow(act, officer=officer)
            return True
        long = isinstance(act, wire.SearchReads | wire.OpenRead | DrawSample | VerifyChain)
        return await self._at_desk(
            lambda: self._counter.perform(act, officer=officer),
            thread=self._threads.searches if long else self._threads.desks,
        )

    async def _follow(self, act: wire.Follow, *, officer: Officer) -> None:
        if self._follows:
            raise InputError("Not followed: this console follows the events already.")
        self._follows = True
        try:
            sees_alarms = await self._at_desk(lambda: self._counter.sees_alarms(officer))
            follow = (lambda: self._counter.follow(officer)) if sees_alarms else self._counter.seq
            newest = await self._at_desk(follow)
        except StoreError:
            self._follows = False
            raise
        self._outbox = Outbox(
            officer=officer,
            seq=newest if act.after is None else min(act.after, newest),
            known=self._known,
            sees_alarms=sees_alarms,
        )
        self._feed.follow(self._outbox)
        self._start(self._tell(self._outbox))

    async def _tell(self, outbox: Outbox) -> None:
        while True:
            await self._send(wire.framed(wire.told(await outbox.take())))

    async def _at_desk(self, act: Callable[[], _Done], *, thread: Executor | None = None) -> _Done:
        thread = thread or self._threads.desks
        try:
            return await asyncio.get_running_loop().run_in_executor(thread, act)
        except StoreError:
            raise
        except Exception as fault:
            _log.error("a desk failed: %s", place_of(fault))
            raise UnavailableError(
                "Not done: the hub met a fault of its own and wrote it in its log. Recording and "
                "alarms go on. Ring the cluster admin."
            ) from fault

    async def _drop_work(self) -> None:
        if self._outbox is not None:
            self._feed.leave(self._outbox)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _read(self) -> bytes | None:
        return await wire.read_frame(self._reader, most_bytes=wire.FROM_CONSOLE_BYTES)

    async def _send(self, frame: bytes) -> None:
        with suppress(OSError):  # the console left; its reader sees that and ends the session
            async with self._sending:
                self._writer.write(frame)
                await self._writer.drain()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _ended(refused: RefusedError, *, held: int) -> RefusedError:
    """What somebody is told whose session the hub ends."""
    if not held:
        return refused
    what = "the alarm you held is" if held == 1 else f"the {held} alarms you held are"
    return RefusedError(
        f"{refused} Meanwhile {what} new again for the others.", reason=refused.reason
    )
