"""Consoles at a real hub: a real socket, a real ledger, a real archive."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from store import wire
from store.answers import AlarmChanged, AlarmRaised, Beat, Event
from store.client import HubClient
from store.errors import AuditUnavailableError, InputError, RefusedError, UnavailableError
from store.ledger import ledger as ledger_module
from store.server import HubServer
from store.terms import AlarmState, Decision, MatchKind, Scope
from tests.store.rig import COLLEAGUE, GROUND, INCIDENT, INVESTIGATOR, OPERATOR, Rig, read, scope


@asynccontextmanager
async def console(path: Path, staff_id: str = OPERATOR.staff_id) -> AsyncIterator[HubClient]:
    client = await HubClient.connect(path, staff_id=staff_id)
    try:
        yield client
    finally:
        await client.close()


async def next_of(events: AsyncIterator[Event], kind: type[Event]) -> Event:
    """The next event of a kind; a minute without one fails."""
    async with asyncio.timeout(60):
        async for event in events:
            if isinstance(event, kind):
                return event
    raise AssertionError("the events ended")


async def test_an_officer_is_welcomed_with_the_role_of_the_register(socket_path: Path) -> None:
    async with console(socket_path) as client:
        assert client.officer == OPERATOR


@pytest.mark.parametrize("state", ["suspended", "left"])
async def test_an_officer_who_is_not_active_is_refused_at_the_door(
    rig: Rig, socket_path: Path, state: str
) -> None:
    rig.enrol(OPERATOR, state)
    with pytest.raises(RefusedError, match="ANPR Manager") as refused:
        await HubClient.connect(socket_path, staff_id=OPERATOR.staff_id)
    assert refused.value.reason == f"staff_{state}"


async def test_a_number_nobody_has_is_refused_and_on_record(rig: Rig, socket_path: Path) -> None:
    with pytest.raises(RefusedError) as refused:
        await HubClient.connect(socket_path, staff_id="NS0000")
    assert refused.value.reason == "unknown_staff"
    assert rig.kinds(by="NS0000") == ["refused"]


async def test_without_a_hub_the_console_is_told_so(rig: Rig) -> None:
    with pytest.raises(UnavailableError, match="no hub"):
        await HubClient.connect(rig.state / "hub.sock", staff_id="NS4021")


async def test_an_alarm_reaches_every_console_that_follows(rig: Rig, socket_path: Path) -> None:
    async with console(socket_path) as one, console(socket_path, COLLEAGUE.staff_id) as two:
        feeds = [client.events() for client in (one, two)]
        for feed in feeds:
            await next_of(feed, Beat)
        alarm = rig.raised(read(1))
        for feed in feeds:
            raised = await next_of(feed, AlarmRaised)
            assert isinstance(raised, AlarmRaised)
            assert raised.alarm == alarm


async def test_an_acknowledgement_reaches_the_other_console(rig: Rig, socket_path: Path) -> None:
    alarm_id = rig.raised(read(1)).alarm_id
    async with console(socket_path) as one, console(socket_path, COLLEAGUE.staff_id) as two:
        board = await two.alarms()
        events = two.events(after=board.seq)
        await next_of(events, Beat)
        acted = await one.acknowledge(alarm_id)
        changed = await next_of(events, AlarmChanged)
        assert isinstance(changed, AlarmChanged)
        assert changed.alarm == acted.alarm
        assert changed.alarm.acknowledged_by == OPERATOR.staff_id


async def test_nothing_falls_between_the_board_and_the_events(rig: Rig, socket_path: Path) -> None:
    async with console(socket_path) as client:
        board = await client.alarms()
        missed = rig.raised(read(1))
        raised = await next_of(client.events(after=board.seq), AlarmRaised)
        assert isinstance(raised, AlarmRaised)
        assert raised.alarm == missed


async def test_of_two_officers_who_acknowledge_at_once_one_has_it(
    rig: Rig, socket_path: Path
) -> None:
    async with console(socket_path) as one, console(socket_path, COLLEAGUE.staff_id) as two:
        for number in range(10):
            alarm_id = rig.raised(read(number, vrm=f"TE5{number}CAR")).alarm_id
            results = await asyncio.gather(
                one.acknowledge(alarm_id), two.acknowledge(alarm_id), return_exceptions=True
            )
            refused = [result for result in results if isinstance(result, RefusedError)]
            assert [error.reason for error in refused] == ["already_acknowledged"]
            (acted,) = [result for result in results if not isinstance(result, BaseException)]
            assert acted.alarm.acknowledged_by in str(refused[0])
    kinds = rig.kinds(by=OPERATOR.staff_id) + rig.kinds(by=COLLEAGUE.staff_id)
    assert kinds.count("alarm acknowledged") == 10
    assert kinds.count("refused") == 10


async def test_an_alarm_goes_from_new_to_actioned(rig: Rig, socket_path: Path) -> None:
    rig.writer.record([read(1)])
    alarm_id = rig.raised(read(1)).alarm_id
    async with console(socket_path) as client:
        assert (await client.alarm(alarm_id)).plate_jpeg == b"plate"
        assert (await client.acknowledge(alarm_id)).alarm.state is AlarmState.ACKNOWLEDGED
        assert (await client.unacknowledge(alarm_id)).alarm.state is AlarmState.NEW
        acted = await client.decide(
            alarm_id,
            decision=Decision.DEPLOYED,
            resource="ARV07",
            log_ref="NS-20261122-0931",
            ground=INCIDENT,
        )
        assert acted.alarm.disposition is not None
        assert acted.alarm.disposition.ground == INCIDENT
        with pytest.raises(RefusedError) as refused:
            await client.decide(alarm_id, decision=Decision.MISREAD)
        assert refused.value.reason == "already_answered"


async def test_a_search_comes_back_masked_and_a_read_opens(rig: Rig, socket_path: Path) -> None:
    rig.writer.record([read(1)])
    async with console(socket_path, INVESTIGATOR.staff_id) as client:
        wild = scope("TE5*", kind=MatchKind.WILDCARD)
        assert (await client.needs(wild, GROUND)).may
        found = await client.search(wild, GROUND)
        assert [row.vrm for row in found.rows] == ["TE5░░░░"]
        detail = await client.open_read(found.rows[0].read_id, ground=GROUND)
        assert (detail.vrm, detail.vehicle_jpeg) == ("TE57CAR", b"vehicle")
    assert rig.kinds(by=INVESTIGATOR.staff_id) == ["asked", "returned"] * 3  # sign on, search, open


async def test_pictures_of_some_megabytes_arrive_whole(rig: Rig, socket_path: Path) -> None:
    picture = bytes(range(256)) * 12_000
    rig.writer.record([read(1, vehicle_jpeg=picture)])
    async with console(socket_path, INVESTIGATOR.staff_id) as client:
        detail = await client.open_read(f"{1:032x}", ground=GROUND)
        assert detail.vehicle_jpeg == picture


async def test_cameras_and_health_are_told(socket_path: Path) -> None:
    async with console(socket_path) as client:
        assert [camera.camera_id for camera in await client.cameras()] == ["NS-C01", "NS-C02"]
        assert (await client.health()).cameras == 2


async def test_an_investigator_hears_beats_and_no_alarms(rig: Rig, socket_path: Path) -> None:
    async with console(socket_path, INVESTIGATOR.staff_id) as client:
        events = client.events()
        await next_of(events, Beat)
        rig.raised(read(1))
        heard = [await next_of(events, Beat | AlarmRaised | AlarmChanged) for _ in range(2)]
        assert [event.seq for event in heard if isinstance(event, Beat)] == [0, 0]


async def test_an_officer_suspended_while_connected_hears_and_does_no_more(
    rig: Rig, socket_path: Path
) -> None:
    alarm_id = rig.raised(read(1)).alarm_id
    async with console(socket_path) as client:
        events = client.events()
        await next_of(events, Beat)
        rig.enrol(OPERATOR, "suspended")
        with pytest.raises(RefusedError) as refused:
            await client.acknowledge(alarm_id)
        assert refused.value.reason == "staff_suspended"
        with pytest.raises(RefusedError, match="Session ended"):
            await next_of(events, AlarmChanged)


async def test_an_officer_whose_role_has_no_alarms_any_more_is_told_of_none(
    rig: Rig, socket_path: Path
) -> None:
    async with console(socket_path) as client:
        events = client.events()
        await next_of(events, Beat)
        rig.enrol(replace(OPERATOR, role="RES"))
        while (await _beat(events)).seq:  # each beat asks the register again
            pass
        rig.raised(read(2, vrm="TX24DEM"))
        assert (await _beat(events)).seq == 0


async def _beat(events: AsyncIterator[Event]) -> Beat:
    beat = await next_of(events, Beat)
    assert isinstance(beat, Beat)
    return beat


async def test_rows_do_not_leave_when_the_audit_cannot_be_written(
    rig: Rig, socket_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.writer.record([read(1)])
    monkeypatch.setattr(ledger_module, "LOCK_WAIT_S", 0.05)
    async with console(socket_path, INVESTIGATOR.staff_id) as client:
        with rig.ledger_held():
            with pytest.raises(AuditUnavailableError):
                await client.search(scope(), GROUND)
            assert (await client.needs(scope(), GROUND)).may  # reading goes on
        assert len((await client.search(scope(), GROUND)).rows) == 1


@pytest.mark.parametrize(
    "wrong",
    [scope("TE57CAR", limit=0), replace(scope(), vrm="!"), scope(before="x")],
)
async def test_a_malformed_search_ends_neither_connection_nor_hub(
    socket_path: Path, wrong: Scope
) -> None:
    async with console(socket_path, INVESTIGATOR.staff_id) as client:
        with pytest.raises(InputError):
            await client.search(wrong, GROUND)
        assert (await client.search(scope(), GROUND)).rows == ()


async def test_asks_under_way_are_answered_each_to_its_own(rig: Rig, socket_path: Path) -> None:
    rig.writer.record([read(n, vrm=f"TE5{n}CAR") for n in range(10)])
    async with console(socket_path, INVESTIGATOR.staff_id) as client:
        pages, _ = await asyncio.gather(
            asyncio.gather(*(client.search(scope(f"TE5{n}CAR"), GROUND) for n in range(10))),
            asyncio.gather(*(client.health() for _ in range(10))),
        )
        for n, page in enumerate(pages):
            assert [row.vrm for row in page.rows] == [f"TE5{n}CAR"]


async def test_a_console_that_stops_reading_holds_nobody_up(rig: Rig, socket_path: Path) -> None:
    reader, writer = await asyncio.open_unix_connection(socket_path)
    writer.write(wire.framed(wire.Hello(version=wire.VERSION, staff_id=COLLEAGUE.staff_id)))
    for number in range(1, 400):  # answers nobody reads fill the socket
        writer.write(wire.framed(wire.Asked(number=number, act=wire.ListCameras())))
    writer.write(wire.framed(wire.Asked(number=400, act=wire.Follow(after=None))))
    async with console(socket_path) as client:
        events = client.events()
        await next_of(events, Beat)
        alarm = rig.raised(read(1))
        raised = await next_of(events, AlarmRaised)
        assert isinstance(raised, AlarmRaised)
        assert raised.alarm == alarm
    writer.close()
    reader.feed_eof()


async def test_an_alarm_is_answered_while_every_search_thread_is_busy(
    rig: Rig, socket_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarm_id = rig.raised(read(1)).alarm_id
    go_on = threading.Event()
    search = rig.archive.search

    def slow(asked: Scope) -> object:
        assert go_on.wait(60)
        return search(asked)

    monkeypatch.setattr(rig.archive, "search", slow)
    async with console(socket_path, INVESTIGATOR.staff_id) as busy, console(socket_path) as other:
        searches = [asyncio.create_task(busy.search(scope(), GROUND)) for _ in range(6)]
        try:
            await asyncio.wait_for(other.acknowledge(alarm_id), 60)
            assert not any(search.done() for search in searches)
        finally:
            go_on.set()
            await asyncio.gather(*searches)


async def test_a_fault_of_our_own_is_told_plainly_and_logged_without_its_words(
    rig: Rig,
    socket_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def faulty(asked: Scope) -> object:
        raise KeyError(asked.vrm)

    monkeypatch.setattr(rig.archive, "search", faulty)
    async with console(socket_path, INVESTIGATOR.staff_id) as client:
        with pytest.raises(UnavailableError, match="cluster admin") as told:
            await client.search(scope("TE57CAR"), GROUND)
        assert (await client.health()).cameras == 2
    assert "TE57CAR" not in str(told.value)
    assert "KeyError" in caplog.text
    assert "TE57CAR" not in caplog.text
    assert rig.kinds(by=INVESTIGATOR.staff_id)[-2:] == ["asked", "failed"]


async def test_consoles_are_told_when_the_hub_closes(rig: Rig) -> None:
    path = rig.state / "hub.sock"
    hub = HubServer(rig.desks, path, clock=rig.clock)
    hub.start()
    async with console(path) as client:
        events = client.events()
        await next_of(events, Beat)
        await asyncio.to_thread(hub.close)
        with pytest.raises(UnavailableError, match="Connect again"):
            await next_of(events, AlarmRaised)
        with pytest.raises(UnavailableError):
            await client.health()
    with HubServer(rig.desks, path, clock=rig.clock):
        async with console(path) as again:
            assert (await again.health()).cameras == 2


async def test_time_is_the_hubs_and_not_the_consoles(rig: Rig, socket_path: Path) -> None:
    alarm_id = rig.raised(read(1)).alarm_id
    async with console(socket_path) as client:
        await client.acknowledge(alarm_id)
        rig.clock.now += timedelta(seconds=11)
        with pytest.raises(RefusedError) as refused:
            await client.unacknowledge(alarm_id)
        assert refused.value.reason == "too_late"
