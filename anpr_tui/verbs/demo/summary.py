"""What the demonstration saw of itself: lines while it runs, and figures against the truth.

The renderer knows which vehicle passed which camera and when, so every figure here is counted
against what was to be read and not against what the hub believes.
"""

import asyncio
import math
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from anpr_tui.verbs.demo.force import MANAGER, OPERATOR
from anpr_tui.verbs.demo.reads import named, stored_reads
from anpr_tui.verbs.running.hub import RunningHub
from cluster.sources.footage import FootageSource, Passing
from store.answers import AlarmChanged, AlarmRaised
from store.client import HubClient
from store.terms import Alarm, Outcome, ReadRow

__all__ = ["Summary", "Watch", "summary_of"]

LOOK_S = 1.0
SETTLED_S = 5.0  # after its last frame a passage is settled, filed and found: 2 s, 1 s, and air


@dataclass(frozen=True, slots=True)
class Summary:
    """How well it went.

    Attributes:
        frames: Frames rendered.
        reads: Reads stored.
        alarms: Alarms raised.
        lost: Frames rendered and not accounted for.
        duplicates: Reads stored twice: under one identity, or for one passage.
        frame_to_alarm_ms: From the bytes of a frame to the alarm at a console: p50, p99.
        reads_per_s: Reads a second of footage.
        read_accuracy: Share of the rendered passages that were read right; a missed one is wrong.
        passages: How many passages were rendered.
        strays: Reads of a mark that did not pass there then.
    """

    frames: int
    reads: int
    alarms: int
    lost: int
    duplicates: int
    frame_to_alarm_ms: dict[str, float | None]
    reads_per_s: float
    read_accuracy: float
    passages: int
    strays: int

    def as_json(self) -> dict[str, Any]:
        """As it is written to a file."""
        return asdict(self)


class Watch:
    """Follows a running demonstration as consoles do, and says what it sees.

    An operator sees the alarms, an ANPR manager searches the reads; each at a connection of
    their own.

    Attributes:
        alarms: Alarms raised, by their id.
        delays_s: Seconds from the frame to the operator, of each read that alarmed.
        reads: Every read stored, once all is recorded.
        tallies: Pictures accounted for, by camera and outcome, likewise.
    """

    def __init__(
        self,
        running: RunningHub,
        sources: Sequence[FootageSource],
        *,
        say: Callable[[str], None],
    ) -> None:
        """Prepare to watch; `sources` may fill when the cameras begin."""
        self._running = running
        self._sources = sources
        self._say = say
        self._seen: dict[str, tuple[str, float]] = {}
        self._told: set[tuple[str, int]] = set()
        self.alarms: set[str] = set()
        self.delays_s: list[float] = []
        self.reads: list[ReadRow] = []
        self.tallies: dict[str, dict[Outcome, int]] = {}

    async def until_done(self, *, within_s: float) -> None:
        """Let the cameras begin, and watch until all is recorded or the time is up."""
        until_s = time.monotonic() + within_s
        operator = await HubClient.connect(self._running.socket, staff_id=OPERATOR)
        manager = await HubClient.connect(self._running.socket, staff_id=MANAGER)
        alarms = asyncio.create_task(self._follow_alarms(operator))
        try:
            await asyncio.to_thread(self._running.cluster.begin)
            while time.monotonic() < until_s and not await asyncio.to_thread(self._done):
                await self._tell_passages(manager, ended_s=SETTLED_S)
                await asyncio.sleep(LOOK_S)
            await asyncio.sleep(LOOK_S)  # what the hub pushed last is on its way
            await asyncio.to_thread(self._count)
            await asyncio.to_thread(self._running.cluster.stop)  # all is in the archive then
            await self._tell_passages(manager, ended_s=0.0)
            self.reads = await self._everything(manager)
        finally:
            if not alarms.done():
                alarms.cancel()
            with suppress(asyncio.CancelledError):
                await alarms  # a console that failed ends the demonstration with its reason
            await manager.close()
            await operator.close()

    def _count(self) -> None:
        """Ask what only the cluster knows, while it is there."""
        cluster = self._running.cluster
        seen = {(read_id, vrm): seen_s for read_id, (vrm, seen_s) in self._seen.items()}
        received = cluster.received(list(seen))
        self.delays_s = [seen[told] - received_s for told, received_s in received.items()]
        self.tallies = {
            source.camera_id: cluster.tally(source.camera_id) for source in self._sources
        }

    async def _follow_alarms(self, client: HubClient) -> None:
        async for event in client.events():
            if isinstance(event, AlarmRaised | AlarmChanged):
                self._note(event.alarm, raised=isinstance(event, AlarmRaised))

    def _note(self, alarm: Alarm, *, raised: bool) -> None:
        if alarm.read_id in self._seen:
            return  # confirmed by its settled reading
        self._seen[alarm.read_id] = (alarm.vrm, time.time())
        self.alarms.add(alarm.alarm_id)
        again = "" if raised else f" (seen {alarm.sights} times)"
        self._say(
            f"{alarm.captured_at:%H:%M:%S} ALARM {alarm.priority:<6} {alarm.vrm:<8}"
            f" {alarm.camera_name}: {alarm.entry.reason}{again}"
        )

    def _done(self) -> bool:
        return all(
            one is not None and one.done for one in self._running.cluster.progress().values()
        )

    async def _tell_passages(self, client: HubClient, *, ended_s: float) -> None:
        """Say of each passage that ended `ended_s` ago whether it was read."""
        before_at = datetime.now(UTC) - timedelta(seconds=ended_s)
        for source in self._sources:
            for passing in source.passings:
                begins_at, ends_at = _while_it_passed(source, passing)
                key = (source.camera_id, passing.first)
                if key in self._told or ends_at > before_at:
                    continue
                self._told.add(key)
                rows = await named(client, passing.vrm, since_at=begins_at, until_at=ends_at)
                met = [row for row in rows if row.camera_id == source.camera_id]
                self._say(_line(passing, source, met))

    async def _everything(self, client: HubClient) -> list[ReadRow]:
        marks = {passing.vrm for source in self._sources for passing in source.passings}
        return await stored_reads(
            client,
            marks=marks,
            cameras=[source.camera_id for source in self._sources],
            since_at=min(source.starts_at for source in self._sources),
            until_at=datetime.now(UTC),
        )


def _line(passing: Passing, source: FootageSource, met: Sequence[ReadRow]) -> str:
    if not met:
        at = source.at(passing.first)
        return f"{at:%H:%M:%S} MISSED {passing.vrm:<8} {source.camera_id}"
    row = met[0]
    return (
        f"{row.captured_at:%H:%M:%S} read  {row.vrm:<8} {row.camera_id}"
        f" {row.confidence:.0%} {row.direction}"
    )


def _while_it_passed(source: FootageSource, passing: Passing) -> tuple[datetime, datetime]:
    slack = timedelta(seconds=0.5 / source.rate)
    begins_at = source.at(passing.first) - slack
    return begins_at, source.at(passing.first + passing.frames - 1) + slack


def summary_of(
    sources: Sequence[FootageSource],
    *,
    reads: Sequence[ReadRow],
    tallies: Mapping[str, Mapping[Outcome, int]],
    alarms: int,
    delays_s: Sequence[float],
) -> Summary:
    """Hold what was stored against what was rendered.

    Args:
        sources: The footage, with its schedule.
        reads: Everything the archive holds, marks that did not pass masked.
        tallies: Pictures accounted for, by camera and outcome.
        alarms: Alarms raised.
        delays_s: From frame to console.
    """
    right, twice, of_a_passage = 0, 0, set[str]()
    for source in sources:
        for passing in source.passings:
            begins_at, ends_at = _while_it_passed(source, passing)
            met = [
                read.read_id
                for read in reads
                if read.camera_id == source.camera_id
                and begins_at <= read.captured_at <= ends_at
                and read.vrm == passing.vrm
            ]
            right += bool(met)
            twice += max(0, len(met) - 1)
            of_a_passage.update(met)
    identities = Counter(read.read_id for read in reads)
    rendered = sum(source.length for source in sources)
    accounted = sum(sum(counts.values()) for counts in tallies.values())
    passages = sum(len(source.passings) for source in sources)
    seconds = max((source.length / source.rate for source in sources), default=0.0)
    return Summary(
        frames=rendered,
        reads=len(reads),
        alarms=alarms,
        lost=rendered - accounted,
        duplicates=twice + sum(times - 1 for times in identities.values()),
        frame_to_alarm_ms={
            "p50": percentile_ms(delays_s, 0.50),
            "p99": percentile_ms(delays_s, 0.99),
        },
        reads_per_s=round(len(reads) / seconds, 3) if seconds else 0.0,
        read_accuracy=round(right / passages, 4) if passages else 0.0,
        passages=passages,
        strays=len(identities.keys() - of_a_passage),
    )


def percentile_ms(seconds: Sequence[float], share: float) -> float | None:
    """The value that a share of the values does not exceed, in milliseconds; None of none."""
    if not seconds:
        return None
    return round(sorted(seconds)[math.ceil(share * len(seconds)) - 1] * 1e3, 1)
