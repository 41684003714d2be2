"""What the demonstration saw of itself: lines while it runs, and figures against the truth.

The renderer knows which vehicle passed which camera and when, so every figure here is counted
against what was to be read and not against what the hub believes.
"""

import asyncio
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from anpr_tui.verbs.hub import RunningHub
from cluster.sources.footage import FootageSource
from store.answers import AlarmChanged, AlarmRaised
from store.client import HubClient
from store.terms import Alarm, MatchKind, Outcome, Read, Scope

if TYPE_CHECKING:
    from store.store import Store

__all__ = ["Summary", "Watch", "stored_reads", "summary_of"]

LOOK_S = 1.0
PAGE = 500


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
    """Follows a running demonstration as a console does, and says what it sees.

    Attributes:
        alarms: Alarms raised, by their id.
        delays_s: Seconds from the frame to this console, of each read that alarmed.
    """

    def __init__(self, running: RunningHub, *, staff_id: str, say: Callable[[str], None]) -> None:
        """Prepare to watch."""
        self._running = running
        self._staff_id = staff_id
        self._say = say
        self._seen: dict[str, float] = {}
        self._told: set[str] = set()
        self._since_at = datetime.now(UTC)
        self.alarms: set[str] = set()
        self.delays_s: list[float] = []

    async def until_done(self, *, within_s: float) -> None:
        """Let the cameras begin, and watch until all is recorded or the time is up."""
        until_s = time.monotonic() + within_s
        client = await HubClient.connect(self._running.socket, staff_id=self._staff_id)
        alarms = asyncio.create_task(self._follow_alarms(client))
        try:
            await asyncio.to_thread(self._running.cluster.begin)
            while time.monotonic() < until_s and not await asyncio.to_thread(self._done):
                await asyncio.to_thread(self._tell_reads)
                await asyncio.sleep(LOOK_S)
        finally:
            await asyncio.sleep(LOOK_S)  # what the hub pushed last is on its way
            if not alarms.done():
                alarms.cancel()
            with suppress(asyncio.CancelledError):
                await alarms  # a console that failed ends the demonstration with its reason
            await client.close()
        received = self._running.cluster.received(list(self._seen))
        self.delays_s = [
            self._seen[read_id] - received[read_id] for read_id in self._seen if read_id in received
        ]

    async def _follow_alarms(self, client: HubClient) -> None:
        async for event in client.events():
            if isinstance(event, AlarmRaised | AlarmChanged):
                self._note(event.alarm, raised=isinstance(event, AlarmRaised))

    def _note(self, alarm: Alarm, *, raised: bool) -> None:
        if alarm.read_id in self._seen:
            return  # confirmed by its settled reading
        self._seen[alarm.read_id] = time.time()
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

    def _tell_reads(self) -> None:
        since_at = max(self._since_at, datetime.now(UTC) - timedelta(minutes=1))
        for read in reversed(list(stored_reads(self._running.store, since_at=since_at))):
            if read.read_id not in self._told:
                self._told.add(read.read_id)
                self._say(
                    f"{read.captured_at:%H:%M:%S} read  {read.vrm:<8} {read.camera_id}"
                    f" {read.confidence:.0%} {read.direction}, {read.frames} frames"
                )


def stored_reads(store: "Store", *, since_at: datetime) -> Iterator[Read]:
    """Every read that is stored, newest first."""
    before = ""
    while True:
        rows, more = store.archive.search(
            Scope(
                vrm="",
                kind=MatchKind.EXACT,
                since_at=since_at,
                until_at=datetime.now(UTC) + timedelta(days=1),
                limit=PAGE,
                before=before,
            )
        )
        yield from (row.read for row in rows)
        if not more:
            return
        before = rows[-1].key


def summary_of(
    sources: Sequence[FootageSource],
    *,
    reads: Sequence[Read],
    tallies: Mapping[str, Mapping[Outcome, int]],
    alarms: int,
    delays_s: Sequence[float],
) -> Summary:
    """Hold what was stored against what was rendered.

    Args:
        sources: The footage, with its schedule.
        reads: Everything the archive holds.
        tallies: Pictures accounted for, by camera and outcome.
        alarms: Alarms raised.
        delays_s: From frame to console.
    """
    right, twice, of_a_passage = 0, 0, set[str]()
    for source in sources:
        for passing in source.passings:
            slack = timedelta(seconds=0.5 / source.rate)
            begins_at = source.at(passing.first) - slack
            ends_at = source.at(passing.first + passing.frames - 1) + slack
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
