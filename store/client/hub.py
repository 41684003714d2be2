"""The desks as seen from a console: the same acts, the same answers, the same refusals.

Light: it knows the socket and the terms, holds no key and can open no data file.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final, Self, TypeVar

import msgspec

from store import wire
from store.answers import (
    Acted,
    AlarmBoard,
    AlarmDetail,
    Event,
    Found,
    Needs,
    ReadDetail,
    Weeding,
)
from store.client.audit import AuditAsks
from store.client.authority import AuthorityAsks
from store.errors import InputError, StoreError, UnavailableError
from store.terms import Camera, Decision, Ground, Health, Officer, Scope

__all__ = ["HubClient"]

CONNECT_S: Final = 5.0
ANSWER_S: Final = 30.0
EVENTS_KEPT: Final = 1_000
"""Events a console may leave unread; older ones go, and `Beat.seq` shows that some went."""

_Answer = TypeVar("_Answer")


class HubClient(AuthorityAsks, AuditAsks):
    """One officer's connection to the hub.

    Every method may raise RefusedError (the policy says no), InputError (what was asked cannot be
    taken), AuditUnavailableError (nothing may be shown) and UnavailableError (the hub is gone or
    too slow; connect again).
    """

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, officer: Officer
    ) -> None:
        """Takes over a connection that was welcomed; use `connect`."""
        self.officer: Final = officer
        self._reader = reader
        self._writer = writer
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[msgspec.Raw]] = {}
        self._events: deque[Event] = deque(maxlen=EVENTS_KEPT)
        self._news = asyncio.Event()
        self._follows = False
        self._gone: StoreError | None = None
        self._listener = asyncio.create_task(self._listen())

    @classmethod
    async def connect(cls, path: Path, *, staff_id: str) -> Self:
        """Opens a connection for an officer.

        Args:
            path: The hub's socket.
            staff_id: Who sits at the keyboard, as sshd established it.

        Raises:
            RefusedError: The staff number is unknown or not active.
            UnavailableError: No hub listens there, or it does not answer.
            InputError: Something else listens there, or a hub of another release.
        """
        try:
            async with asyncio.timeout(CONNECT_S):
                reader, writer = await asyncio.open_unix_connection(path)
        except (OSError, TimeoutError) as absent:
            raise _no_hub() from absent
        try:
            async with asyncio.timeout(CONNECT_S):
                officer = await _welcomed(reader, writer, staff_id=staff_id)
        except (OSError, TimeoutError) as silent:
            writer.close()
            raise _no_hub() from silent
        except StoreError:
            writer.close()
            raise
        return cls(reader, writer, officer=officer)

    async def close(self) -> None:
        """Leaves; whoever still waits is told that the connection ended."""
        self._listener.cancel()
        await asyncio.gather(self._listener, return_exceptions=True)
        self._end(UnavailableError("Not done: this console left the hub. Connect again."))
        self._writer.close()

    async def alarms(self, *, limit: int = 200) -> AlarmBoard:
        """The board, at most `limit` alarms (1 to 1,000) but never without an unanswered High."""
        return await self._ask(wire.ShowAlarms(limit=limit), AlarmBoard)

    async def alarm(self, alarm_id: str) -> AlarmDetail:
        """Opens an alarm with its pictures; audited."""
        return await self._ask(wire.OpenAlarm(alarm_id=alarm_id), AlarmDetail)

    async def acknowledge(self, alarm_id: str) -> Acted:
        """Takes an alarm; refused where a colleague has it already (the message says who)."""
        return await self._ask(wire.Acknowledge(alarm_id=alarm_id), Acted)

    async def unacknowledge(self, alarm_id: str) -> Acted:
        """Gives an alarm back, within ten seconds and by the same officer."""
        return await self._ask(wire.Unacknowledge(alarm_id=alarm_id), Acted)

    async def decide(
        self,
        alarm_id: str,
        *,
        decision: Decision,
        resource: str = "",
        log_ref: str = "",
        why: str = "",
        ground: Ground | None = None,
    ) -> Acted:
        """Answers an alarm (S-24); "not deployed" demands its `why`, a unit that is sent a ground.

        `AlarmDetail.ground` is what the list entry proposes.
        """
        act = wire.Decide(
            alarm_id=alarm_id,
            decision=decision,
            resource=resource,
            log_ref=log_ref,
            why=why,
            ground=ground,
        )
        return await self._ask(act, Acted)

    async def needs(self, scope: Scope, ground: Ground) -> Needs:
        """Says what a search would need; looks at nothing and is not audited."""
        return await self._ask(wire.AskNeeds(scope=scope, ground=ground), Needs)

    async def search(self, scope: Scope, ground: Ground) -> Found:
        """Makes a search; audited before the archive is asked and before rows leave."""
        return await self._ask(wire.SearchReads(scope=scope, ground=ground), Found)

    async def open_read(self, read_id: str, *, ground: Ground) -> ReadDetail:
        """Opens one read: its plate in clear and its pictures; an audited act of its own."""
        return await self._ask(wire.OpenRead(read_id=read_id, ground=ground), ReadDetail)

    async def cameras(self) -> tuple[Camera, ...]:
        """The cameras; positions only for those who may know them."""
        return await self._ask(wire.ListCameras(), tuple[Camera, ...])

    async def prove(self, passphrase: str, *, factor_code: str) -> bool:
        """Says again who this is, after the console was locked; audited, right or wrong."""
        act = wire.ProveSelf(passphrase=passphrase, factor_code=factor_code)
        return await self._ask(act, bool)

    async def order_weeding(self) -> int:
        """Has the hub weed now; gives the audit record, which its certificate comes after."""
        return await self._ask(wire.OrderWeeding(), int)

    async def weeding(self) -> Weeding:
        """What is due, and what the newest certificate says."""
        return await self._ask(wire.ShowWeeding(), Weeding)

    async def health(self) -> Health:
        """How alive the hub is."""
        return await self._ask(wire.AskHealth(), Health)

    async def events(self, *, after: int | None = None) -> AsyncIterator[Event]:
        """Tells what happens, for ever.

        Args:
            after: `AlarmBoard.seq` of the board on the screen, so that nothing falls between
                board and events; None begins now. Iterating anew goes on where it was left.

        Yields:
            Alarms as they change, oldest change first, and a beat about every second. Changes of
            one alarm may be merged into its newest.

        Raises:
            UnavailableError: The connection ended; connect again.
        """
        if not self._follows:
            await self._ask(wire.Follow(after=after), bool)
            self._follows = True
        while True:
            while self._events:
                yield self._events.popleft()
            if self._gone is not None:
                raise self._gone
            self._news.clear()
            await self._news.wait()

    async def _ask(self, act: wire.Act, answer: type[_Answer]) -> _Answer:
        if self._gone is not None:
            raise self._gone
        number = next(self._numbers)
        frame = wire.framed(wire.Asked(number=number, act=act), most_bytes=wire.FROM_CONSOLE_BYTES)
        waiting = asyncio.get_running_loop().create_future()
        self._waiting[number] = waiting
        try:
            async with asyncio.timeout(ANSWER_S):
                self._writer.write(frame)
                await self._writer.drain()
                return wire.unpacked(await waiting, answer)
        except TimeoutError as late:
            raise UnavailableError(
                f"No answer: the hub took longer than {ANSWER_S:.0f} s. "
                "What was asked may still be done; look before asking again."
            ) from late
        except OSError as broken:
            raise _lost() from broken
        finally:
            self._waiting.pop(number, None)

    async def _listen(self) -> None:
        gone: StoreError = _lost()
        try:
            while (
                body := await wire.read_frame(self._reader, most_bytes=wire.FROM_HUB_BYTES)
            ) is not None:
                self._take(wire.from_hub(body))
        except StoreError as said:
            gone = said
        except OSError:
            pass  # the hub went away mid-frame: `gone` says so already
        self._end(gone)

    def _take(self, message: wire.Welcome | wire.Answered | wire.Failed | wire.Told) -> None:
        match message:
            case wire.Answered():
                if (waiting := self._waiting.get(message.number)) and not waiting.done():
                    waiting.set_result(message.body)
            case wire.Failed(number=0):
                raise wire.error_of(message)
            case wire.Failed():
                if (waiting := self._waiting.get(message.number)) and not waiting.done():
                    waiting.set_exception(wire.error_of(message))
            case wire.Told():
                self._events.append(wire.event_of(message))
                self._news.set()
            case wire.Welcome():
                raise InputError("Connection closed: the hub welcomed twice. Connect again.")

    def _end(self, gone: StoreError) -> None:
        self._gone = self._gone or gone
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(gone)
        self._news.set()


async def _welcomed(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, staff_id: str
) -> Officer:
    writer.write(wire.framed(wire.Hello(version=wire.VERSION, staff_id=staff_id)))
    await writer.drain()
    body = await wire.read_frame(reader, most_bytes=wire.FROM_HUB_BYTES)
    if body is None:
        raise _no_hub()
    match wire.from_hub(body):
        case wire.Welcome(officer=officer):
            return officer
        case wire.Failed() as refused:
            raise wire.error_of(refused)
        case _:
            raise InputError("Not connected: what listens there is no hub. Check the path.")


def _no_hub() -> UnavailableError:
    return UnavailableError(
        "Not connected: no hub answers on its socket. It may be starting; try again in a few "
        "seconds, then ring the cluster admin."
    )


def _lost() -> UnavailableError:
    return UnavailableError("The connection to the hub ended. Connect again.")
