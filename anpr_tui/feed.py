"""Follows the hub and tells the console: one message for what came in a second, High at once.

The connection is opened again by itself for as long as the console lives; rows stay on the screen
meanwhile and the frame says how old they are.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from textual.message import Message

from anpr_tui.officer import watches
from store.access import AccessRequest, Prompt
from store.answers import (
    AlarmBoard,
    AlarmChanged,
    AlarmRaised,
    Beat,
    Event,
    RequestRaised,
    RequestSettled,
)
from store.client import HubClient
from store.errors import RefusedError, StoreError
from store.terms import Alarm, Health, Priority

__all__ = [
    "AlarmsMoved",
    "Beaten",
    "Feed",
    "Joined",
    "Lost",
    "Prompted",
    "Settled",
    "TurnedAway",
]

REPAINT_S = 1.0
"""Lists and counters are told at most once in this time."""
RETRY_S = 2.0


@dataclass
class Joined(Message):
    """The hub knows this officer; `board` is None where the role has no alarms."""

    client: HubClient
    board: AlarmBoard | None


@dataclass
class Lost(Message):
    """The hub does not answer; `sentence` says so in its words."""

    sentence: str


@dataclass
class TurnedAway(Message):
    """The hub refuses this officer: there is nothing to wait for."""

    sentence: str


@dataclass
class AlarmsMoved(Message):
    """Alarms as they stand now, each once, oldest change first."""

    alarms: tuple[Alarm, ...]


@dataclass
class Prompted(Message):
    """A request waits that this officer may sign."""

    prompt: Prompt


@dataclass
class Settled(Message):
    """A request of this officer's, or one that was shown to them, as it stands now."""

    request: AccessRequest


@dataclass
class Beaten(Message):
    """The hub is alive."""

    health: Health


class Feed:
    """One console's ear at the hub.

    Args:
        connect: Opens a connection, or raises an error of the store's tree.
        post: Takes the messages above.
    """

    def __init__(
        self, connect: Callable[[], Awaitable[HubClient]], *, post: Callable[[Message], object]
    ) -> None:
        self._connect = connect
        self._post = post
        self._unsaid: dict[str, Alarm] = {}
        self._said_at = 0.0
        self._saying: asyncio.TimerHandle | None = None
        self._seen_seq = 0

    async def run(self) -> None:
        """Follows the hub until it is cancelled or the officer is refused."""
        while True:
            try:
                client = await self._connect()
            except RefusedError as refused:
                self._post(TurnedAway(str(refused)))
                return
            except StoreError as absent:
                self._post(Lost(str(absent)))
            else:
                if not await self._follow(client):
                    return
            await asyncio.sleep(RETRY_S)

    async def _follow(self, client: HubClient) -> bool:
        """Follows one connection to its end; False where the hub ended it for good."""
        try:
            board = await client.alarms() if watches(client.officer) else None
            health = await client.health()
            self._seen_seq = board.seq if board else 0
            self._post(Joined(client, board))
            self._post(Beaten(health))
            async for event in client.events(after=board.seq if board else None):
                await self._take(event, client=client)
        except RefusedError as refused:
            self._post(TurnedAway(str(refused)))
            return False
        except StoreError as ended:
            self._post(Lost(str(ended)))
        finally:
            self._say()
            with contextlib.suppress(StoreError, OSError):
                await client.close()
        return True

    async def _take(self, event: Event, *, client: HubClient) -> None:
        match event:
            case Beat(health=health, seq=seq):
                self._post(Beaten(health))
                if seq > self._seen_seq and watches(client.officer):
                    await self._catch_up(client)
            case RequestRaised(prompt=prompt):
                self._post(Prompted(prompt))
            case RequestSettled(request=request):
                self._post(Settled(request))
            case AlarmRaised(alarm=alarm) | AlarmChanged(alarm=alarm):
                self._seen_seq = max(self._seen_seq, alarm.seq)
                self._unsaid.pop(alarm.alarm_id, None)
                self._unsaid[alarm.alarm_id] = alarm
                self._say_soon(at_once=alarm.priority is Priority.HIGH)

    async def _catch_up(self, client: HubClient) -> None:
        """Asks for the board again: this console was too slow and some events were dropped."""
        board = await client.alarms()
        self._seen_seq = board.seq
        self._post(AlarmsMoved(tuple(reversed(board.alarms))))

    def _say_soon(self, *, at_once: bool) -> None:
        loop = asyncio.get_running_loop()
        due_at = self._said_at + REPAINT_S
        if at_once or loop.time() >= due_at:
            self._say()
        elif self._saying is None:
            self._saying = loop.call_at(due_at, self._say)

    def _say(self) -> None:
        if self._saying is not None:
            self._saying.cancel()
            self._saying = None
        if self._unsaid:
            self._said_at = asyncio.get_running_loop().time()
            self._post(AlarmsMoved(tuple(self._unsaid.values())))
            self._unsaid = {}
