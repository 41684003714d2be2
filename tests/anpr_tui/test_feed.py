"""What the console is told, how often, and that High never waits."""

import asyncio

from anpr_tui import feed as feed_module
from anpr_tui.feed import AlarmsMoved, Beaten, Feed, Joined, Lost, TurnedAway
from store.answers import AlarmChanged
from store.errors import RefusedError, UnavailableError
from store.terms import Priority
from tests.anpr_tui.scripted_hub import HEALTH, INVESTIGATOR, NOW, ScriptedHub, alarm


class Ear:
    """A feed that runs, and what it posted."""

    def __init__(self, hub: ScriptedHub) -> None:
        self.heard: list[object] = []
        self.feed = Feed(hub.connect, post=self.heard.append)
        self.task = asyncio.create_task(self.feed.run())

    async def until(self, kind: type, count: int = 1) -> list:
        async with asyncio.timeout(30):
            while len(found := [one for one in self.heard if isinstance(one, kind)]) < count:
                await asyncio.sleep(0.01)
        return found

    async def __aenter__(self) -> "Ear":
        return self

    async def __aexit__(self, *_: object) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


def moved(ear: Ear) -> list[list[str]]:
    return [
        [one.alarm_id for one in told.alarms] for told in ear.heard if isinstance(told, AlarmsMoved)
    ]


async def test_it_joins_with_the_board_and_the_health_at_once():
    async with Ear(ScriptedHub(alarms=(alarm(1, "J1"),))) as ear:
        joined, *_ = await ear.until(Joined)
        assert [one.alarm_id for one in joined.board.alarms] == ["A-1"]
        assert (await ear.until(Beaten))[0].health == HEALTH


async def test_a_role_without_alarms_asks_for_no_board():
    async with Ear(ScriptedHub(officer=INVESTIGATOR)) as ear:
        joined, *_ = await ear.until(Joined)
        assert joined.board is None


async def test_a_high_is_told_at_once_with_all_that_waits():
    hub = ScriptedHub()
    async with Ear(hub) as ear:
        await ear.until(Joined)
        hub.raises(alarm(1, "J1", priority=Priority.LOW))
        await ear.until(AlarmsMoved)
        hub.raises(alarm(2, "J2", priority=Priority.LOW))
        hub.raises(alarm(3, "J3"))
        await ear.until(AlarmsMoved, 2)
        assert moved(ear) == [["A-1"], ["A-2", "A-3"]]


async def test_many_changes_within_a_second_are_told_once_and_each_alarm_once():
    hub = ScriptedHub()
    async with Ear(hub) as ear:
        await ear.until(Joined)
        low = alarm(1, "J1", priority=Priority.LOW)
        hub.raises(low)
        await ear.until(AlarmsMoved)
        for sights in range(2, 30):
            hub.happens(AlarmChanged(alarm(1, "J1", priority=Priority.LOW, sights=sights)))
        await ear.until(AlarmsMoved, 2)
        assert moved(ear) == [["A-1"], ["A-1"]]
        assert ear.heard[-1].alarms[0].sights == 29


async def test_a_beat_that_knows_more_than_was_told_brings_the_whole_board():
    hub = ScriptedHub()
    async with Ear(hub) as ear:
        await ear.until(Joined)
        hub.known["A-9"] = alarm(9, "J9")
        hub.beats(at=NOW)
        await ear.until(AlarmsMoved)
        assert moved(ear) == [["A-9"]]


async def test_a_lost_hub_is_joined_again_by_itself(monkeypatch):
    monkeypatch.setattr(feed_module, "RETRY_S", 0.01)
    hub = ScriptedHub()
    async with Ear(hub) as ear:
        await ear.until(Joined)
        hub.goes()
        lost, *_ = await ear.until(Lost)
        assert lost.sentence == "The connection to the hub ended. Connect again."
        await ear.until(Joined, 2)


async def test_an_absent_hub_is_tried_again_and_a_refusal_is_final(monkeypatch):
    monkeypatch.setattr(feed_module, "RETRY_S", 0.01)
    hub = ScriptedHub()
    hub.refusal = UnavailableError("Not connected: no hub answers.")
    async with Ear(hub) as ear:
        await ear.until(Lost, 3)
        hub.refusal = RefusedError("Access suspended.")
        refused, *_ = await ear.until(TurnedAway)
        assert refused.sentence == "Access suspended."
        await asyncio.wait_for(ear.task, 5)
