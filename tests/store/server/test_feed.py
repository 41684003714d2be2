"""What a console is owed: the newest state of each alarm, in order, and never without bound."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.answers import AlarmChanged, AlarmRaised, Beat, Event
from store.errors import AuditUnavailableError
from store.server import feed as feed_module
from store.server.feed import OWED, Feed, News, Outbox
from store.terms import Alarm
from tests.store.rig import NOON, OPERATOR
from tests.store.test_wire import ALARM, HEALTH


def _outbox(*, known: set[str] | None = None, sees_alarms: bool = True) -> Outbox:
    return Outbox(officer=OPERATOR, seq=0, known=known or set(), sees_alarms=sees_alarms)


def _alarm(number: int, *, seq: int) -> Alarm:
    return replace(ALARM, alarm_id=f"A-{number}", seq=seq)


async def test_an_alarm_is_raised_once_and_changed_from_then_on() -> None:
    outbox = _outbox()
    outbox.put(_alarm(1, seq=1))
    assert await outbox.take() == AlarmRaised(_alarm(1, seq=1))
    outbox.put(_alarm(1, seq=2))
    assert await outbox.take() == AlarmChanged(_alarm(1, seq=2))


async def test_an_alarm_of_the_board_is_no_news() -> None:
    outbox = _outbox(known={"A-1"})
    outbox.put(_alarm(1, seq=2))
    assert await outbox.take() == AlarmChanged(_alarm(1, seq=2))


async def test_what_waits_is_replaced_by_its_newest_state() -> None:
    outbox = _outbox()
    for seq in range(1, 100):
        outbox.put(_alarm(1, seq=seq))
    assert await outbox.take() == AlarmRaised(_alarm(1, seq=99))
    outbox.beat(HEALTH)
    assert await outbox.take() == Beat(health=HEALTH, seq=99)


async def test_only_the_newest_beat_waits_and_alarms_go_first() -> None:
    outbox = _outbox()
    outbox.beat(HEALTH)
    newest = replace(HEALTH, beat_at=NOON + timedelta(seconds=1))
    outbox.beat(newest)
    outbox.put(_alarm(1, seq=1))
    assert isinstance(await outbox.take(), AlarmRaised)
    beat = await outbox.take()
    assert isinstance(beat, Beat)
    assert beat.health == newest


async def test_a_console_too_far_behind_is_told_by_the_beat_alone() -> None:
    outbox = _outbox()
    for number in range(1, OWED + 2):
        outbox.put(_alarm(number, seq=number))
    outbox.beat(HEALTH)
    assert await outbox.take() == Beat(health=HEALTH, seq=OWED + 1)


async def test_who_may_not_see_alarms_is_told_of_beats_that_tell_no_count() -> None:
    outbox = _outbox(sees_alarms=False)
    outbox.put(_alarm(1, seq=7))
    outbox.beat(HEALTH)
    assert await outbox.take() == Beat(health=HEALTH, seq=0)


async def test_who_may_no_longer_see_alarms_gets_not_even_those_that_wait() -> None:
    outbox = _outbox()
    outbox.put(_alarm(1, seq=1))
    outbox.blind()
    outbox.beat(HEALTH)
    assert isinstance(await outbox.take(), Beat)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=40), st.data())
async def test_a_console_ends_up_with_the_newest_state_of_every_alarm(
    changes: list[int], data: st.DataObject
) -> None:
    outbox = _outbox()
    told: dict[str, int] = {}
    raised: list[str] = []

    def hear(event: Event) -> int:
        assert not isinstance(event, Beat)
        assert event.alarm.seq > told.get(event.alarm.alarm_id, 0)
        told[event.alarm.alarm_id] = event.alarm.seq
        if isinstance(event, AlarmRaised):
            raised.append(event.alarm.alarm_id)
        return int(event.alarm.alarm_id.removeprefix("A-"))

    waiting: set[int] = set()
    for seq, number in enumerate(changes, start=1):
        outbox.put(_alarm(number, seq=seq))
        waiting.add(number)
        if data.draw(st.booleans()):
            waiting.discard(hear(await outbox.take()))
    for _ in waiting:
        hear(await outbox.take())
    newest = {f"A-{number}": seq for seq, number in enumerate(changes, start=1)}
    assert told == newest
    assert sorted(raised) == sorted(newest)


async def test_a_ledger_that_cannot_be_read_silences_the_feed_until_it_can(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(feed_module, "LOOK_S", 0.001)
    readable = threading.Event()
    asked = 0

    def seq() -> int:
        nonlocal asked
        asked += 1
        if not readable.is_set():
            raise AuditUnavailableError("The ledger cannot be read.")
        return 1

    news = News(
        seq=seq,
        since=lambda _seq, _limit: (_alarm(1, seq=1),),
        health=lambda: HEALTH,
        sees_alarms=lambda _: True,
        standing=lambda _: None,
    )
    outbox = _outbox()
    with ThreadPoolExecutor(1) as eye:
        feed = Feed(news, eye=eye)
        feed.follow(outbox)
        running = asyncio.create_task(feed.run())
        while asked < 20:  # the ledger is asked on and on
            await asyncio.sleep(0.001)
        taking = asyncio.create_task(outbox.take())
        await asyncio.sleep(0)
        assert not taking.done()
        readable.set()
        assert await asyncio.wait_for(taking, 60) == AlarmRaised(_alarm(1, seq=1))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert caplog.text.count("no news for the consoles") == 1
