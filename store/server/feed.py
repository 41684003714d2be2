"""What happens, told to every console that follows: alarms as they change, and a beat.

The ledger's alarm sequence is asked for ten times a second (one indexed look-up); rows are read
only when it has moved. A console that reads slowly is owed at most the newest state of each alarm:
it is never waited for.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from store.answers import (
    AlarmChanged,
    AlarmRaised,
    Beat,
    Event,
    RequestRaised,
    RequestSettled,
)
from store.desks.access.prompting import AccessNews
from store.errors import RefusedError
from store.server.faults import place_of
from store.terms import Alarm, Health, Officer

__all__ = ["Feed", "News", "Outbox", "RequestNews"]

LOOK_S: Final = 0.1
LOOKS_PER_BEAT: Final = 10
LOOKS_PER_ROLL: Final = 3
"""Who may no longer act leaves within a second: 0.3 s, and the time that a look takes."""
OWED: Final = 500
"""Alarms a console may be behind; beyond that it is told none of them, and `Beat.seq` shows it."""

_Seen = TypeVar("_Seen")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class News:
    """Where the feed learns from; every call may block, and runs off the loop.

    Attributes:
        seq: Gives the newest change of any alarm.
        since: Takes such a number and a limit; gives the alarms changed after it, oldest first.
        health: Says how alive the hub is.
        sees_alarms: Says whether an officer may still be told of alarms.
        standing: Says why an officer may no longer act at all, or None.
        requests: Of requests for authority; None where nobody asks for any.
        let_go: Lets go of days that were weeded.
    """

    seq: Callable[[], int]
    since: Callable[[int, int], tuple[Alarm, ...]]
    health: Callable[[], Health]
    sees_alarms: Callable[[Officer], bool]
    standing: Callable[[Officer], RefusedError | None]
    requests: "RequestNews | None" = None
    let_go: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class RequestNews:
    """Where the feed learns of requests for authority from.

    Attributes:
        seq: Gives the newest change of any request or grant.
        since: Takes such a number and a limit; gives what changed after it, oldest first.
        standing: Gives the requests that wait and the grants that live.
        prompted: Writes down on whose consoles a prompt was just shown.
        sweep: Ends what time has ended.
    """

    seq: Callable[[], int]
    since: Callable[[int, int], tuple[AccessNews, ...]]
    standing: Callable[[], tuple[AccessNews, ...]]
    prompted: Callable[[str, tuple[str, ...]], None]
    sweep: Callable[[], None]


class Outbox:
    """What one console is still to be told: bounded, and of each alarm its newest state only.

    Attributes:
        officer: Whose console it is.
        seq: Alarms changed up to here were put in.
        sees_alarms: False for those whom the policy tells of beats alone.
    """

    def __init__(self, *, officer: Officer, seq: int, known: set[str], sees_alarms: bool) -> None:
        """Opens an empty outbox.

        Args:
            officer: Whose console it is.
            seq: What the console has seen already.
            known: Identities of alarms the console has been told of; shared with its session.
            sees_alarms: False for those whom the policy tells of beats alone.
        """
        self.officer = officer
        self.seq = seq
        self.sees_alarms = sees_alarms
        self._known = known
        self._owed: dict[str, AlarmRaised | AlarmChanged] = {}
        self._requests: dict[str, RequestRaised | RequestSettled] = {}
        self._prompted: set[str] = set()
        self._beat: Beat | None = None
        self._news = asyncio.Event()

    def put(self, alarm: Alarm) -> None:
        """Owes the console this state of an alarm instead of any older one."""
        self.seq = max(self.seq, alarm.seq)
        if not self.sees_alarms:
            return
        before = self._owed.pop(alarm.alarm_id, None)
        untold = isinstance(before, AlarmRaised) or alarm.alarm_id not in self._known
        self._known.add(alarm.alarm_id)
        self._owed[alarm.alarm_id] = AlarmRaised(alarm) if untold else AlarmChanged(alarm)
        if len(self._owed) > OWED:
            self._owed.clear()
        self._news.set()

    def put_request(self, news: AccessNews) -> bool:
        """Owes the console this state of a request, where it concerns the officer.

        Returns:
            True where it is a prompt that this console has not been told of yet.
        """
        request, own = news.request, self.officer.staff_id
        number = request.request_id
        prompts = news.prompt is not None and own in news.signers
        if news.prompt is not None and prompts:
            self._requests[number] = RequestRaised(news.prompt)
        elif own in {request.requester, *news.told} or number in self._prompted:
            self._requests[number] = RequestSettled(request)
        else:
            return False
        first = prompts and number not in self._prompted
        if prompts:
            self._prompted.add(number)
        self._news.set()
        return first

    def beat(self, health: Health) -> None:
        """Owes the console a beat instead of any older one."""
        self._beat = Beat(health=health, seq=self.seq if self.sees_alarms else 0)
        self._news.set()

    def blind(self) -> None:
        """Tells no more of alarms, not even of those owed: the officer may not see them now."""
        self.sees_alarms = False
        self._owed.clear()

    async def take(self) -> Event:
        """Waits for what is owed: alarms, then requests, the one unchanged for longest first."""
        while True:
            if self._owed:
                return self._owed.pop(next(iter(self._owed)))
            if self._requests:
                return self._requests.pop(next(iter(self._requests)))
            if self._beat is not None:
                beat, self._beat = self._beat, None
                return beat
            self._news.clear()
            await self._news.wait()


class Feed:
    """Looks at the ledger and fills the outboxes; lives on the hub's loop."""

    def __init__(self, news: News, *, eye: Executor) -> None:
        """Keeps where to learn from, and a thread of its own to look with.

        Args:
            news: Where from.
            eye: Runs the looks; not the desks' threads, so that searches never delay an alarm.
        """
        self._news = news
        self._eye = eye
        self._outboxes: set[Outbox] = set()
        self._present: dict[asyncio.Future[RefusedError], Officer] = {}
        self._blind = False
        self._access_seq = -1
        self._newcomers: list[Outbox] = []

    def follow(self, outbox: Outbox) -> None:
        """Tells this outbox too, from its own `seq` on, and of every request that stands."""
        self._outboxes.add(outbox)
        self._newcomers.append(outbox)

    def leave(self, outbox: Outbox) -> None:
        """Tells it no more."""
        self._outboxes.discard(outbox)

    def attend(self, officer: Officer) -> "asyncio.Future[RefusedError]":
        """Watches over an officer's standing; what it gives is done when they may act no more."""
        ended: asyncio.Future[RefusedError] = asyncio.get_running_loop().create_future()
        self._present[ended] = officer
        ended.add_done_callback(lambda done: self._present.pop(done, None))
        return ended

    async def run(self) -> None:
        """Looks and tells, until cancelled.

        A ledger that cannot be read silences alarms and beats, so that every console says DATA
        STALE; it is asked on and on.
        """
        looks = 0
        while True:
            try:
                await self._tell_alarms()
                if self._news.requests is not None:
                    await self._tell_requests(self._news.requests)
                if looks % LOOKS_PER_BEAT == 0:
                    await self._tell_beat()
                if looks % LOOKS_PER_ROLL == 0:
                    await self._call_roll()
                self._blind = False
            except Exception as fault:
                if not self._blind:
                    _log.error("no news for the consoles: %s", place_of(fault))
                self._blind = True
            looks += 1
            await asyncio.sleep(LOOK_S)

    async def _tell_alarms(self) -> None:
        outboxes = tuple(self._outboxes)
        if not outboxes:
            return
        oldest = min(outbox.seq for outbox in outboxes)
        if await self._look(self._news.seq) <= oldest:
            return
        for alarm in await self._look(lambda: self._news.since(oldest, OWED)):
            for outbox in outboxes:
                if alarm.seq > outbox.seq:
                    outbox.put(alarm)

    async def _tell_requests(self, source: RequestNews) -> None:
        newest = await self._look(source.seq)
        newcomers, self._newcomers = self._newcomers, []
        if newcomers:
            for news in await self._look(source.standing):
                await self._put_request(news, newcomers, source=source)
        before, self._access_seq = self._access_seq, newest
        if not 0 <= before < newest:
            return
        for news in await self._look(lambda: source.since(before, OWED)):
            await self._put_request(news, tuple(self._outboxes), source=source)

    async def _put_request(
        self, news: AccessNews, outboxes: Iterable[Outbox], *, source: RequestNews
    ) -> None:
        shown = {one.officer.staff_id for one in outboxes if one.put_request(news)}
        if shown:
            number, to = news.request.request_id, tuple(sorted(shown))
            await self._look(lambda: source.prompted(number, to))

    async def _tell_beat(self) -> None:
        await self._look(self._news.let_go)
        if self._news.requests is not None:
            await self._look(self._news.requests.sweep)
        if not self._outboxes:
            return
        health = await self._look(self._news.health)
        for outbox in tuple(self._outboxes):
            may = partial(self._news.sees_alarms, outbox.officer)
            if outbox.sees_alarms and not await self._look(may):
                outbox.blind()
            outbox.beat(health)

    async def _call_roll(self) -> None:
        """End the sessions of those who were suspended, left, changed role or lost training."""
        if not self._present:
            return
        present = dict(self._present)
        once = {officer.staff_id: officer for officer in present.values()}

        def stand() -> dict[str, RefusedError | None]:
            return {staff_id: self._news.standing(one) for staff_id, one in once.items()}

        standing = await self._look(stand)
        for ended, officer in present.items():
            refused = standing[officer.staff_id]
            if refused is not None and not ended.done():
                ended.set_result(refused)

    async def _look(self, look: Callable[[], _Seen]) -> _Seen:
        return await asyncio.get_running_loop().run_in_executor(self._eye, look)
