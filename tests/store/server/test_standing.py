"""Who may act no more leaves: the hub ends their sessions, and what they held is passed on."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from store.client import HubClient
from store.desks import open_desks
from store.errors import RefusedError, StoreError
from store.ledger import staff
from store.ledger.ledger import Ledger
from store.ledger.staff import standing
from store.ledger.staff.register import RoleState, StaffState
from store.server import HubServer
from store.terms import AlarmState
from tests.store.rig import COLLEAGUE, NOON, OPERATOR, Rig, read

WAIT_S = 10.0


@pytest.fixture
async def client(socket_path: Path) -> AsyncIterator[HubClient]:
    connected = await HubClient.connect(socket_path, staff_id=OPERATOR.staff_id)
    yield connected
    await connected.close()


async def ending(client: HubClient) -> StoreError:
    """Waits, as a console does, until the hub ends the connection."""
    try:
        async with asyncio.timeout(WAIT_S):
            async for _ in client.events():
                pass
    except StoreError as ended:
        return ended
    raise AssertionError("the events never end by themselves")


def suspend(rig: Rig) -> None:
    with rig.ledger.transaction() as tx:
        standing.set_state(
            tx, OPERATOR.staff_id, StaffState.SUSPENDED, by="NS3001", why="x", now=NOON
        )


async def test_a_suspension_ends_the_session_and_the_console_is_turned_away(
    rig: Rig, client: HubClient, socket_path: Path
) -> None:
    told = asyncio.create_task(ending(client))
    await asyncio.sleep(0)
    suspend(rig)
    ended = await told
    assert isinstance(ended, RefusedError)
    assert ended.reason == "staff_suspended"
    assert "Your ANPR Manager" in str(ended)
    with pytest.raises(RefusedError):
        await HubClient.connect(socket_path, staff_id=OPERATOR.staff_id)


async def test_a_console_that_follows_nothing_is_ended_too(rig: Rig, client: HubClient) -> None:
    suspend(rig)
    async with asyncio.timeout(WAIT_S):
        with pytest.raises(RefusedError) as ended:
            while True:
                await client.health()
                await asyncio.sleep(0.05)
    assert ended.value.reason == "staff_suspended"


async def test_alarms_that_they_held_are_new_again_for_the_others(
    rig: Rig, client: HubClient
) -> None:
    alarm = rig.raised(read(1))
    await client.acknowledge(alarm.alarm_id)
    suspend(rig)
    ended = await ending(client)
    assert "the alarm you held is new again for the others" in str(ended)
    board = rig.desks.alarms.alarms(COLLEAGUE, limit=10, now=NOON)
    assert [one.state for one in board.alarms] == [AlarmState.NEW]
    kinds = [record["kind"] for record in rig.records()]
    assert "alarms passed on" in kinds


async def test_training_that_ends_during_the_shift_ends_the_session_with_its_date(
    rig: Rig, client: HubClient
) -> None:
    with rig.ledger.transaction() as tx:
        until_at = NOON + timedelta(hours=1)
        staff.enrol(tx, OPERATOR, now=NOON, training_until_at=until_at)
    await client.health()
    rig.clock.now = NOON + timedelta(hours=1)
    ended = await ending(client)
    assert str(ended) == (
        "Access suspended: your training ended on 22 Nov 2026. Your ANPR Manager can renew it."
    )


async def test_a_change_of_role_ends_the_session_until_it_is_reviewed(
    rig: Rig, client: HubClient
) -> None:
    with rig.ledger.transaction() as tx:
        staff.enrol(tx, OPERATOR, now=NOON, role_state=RoleState.CHANGED_UNREVIEWED)
    ended = await ending(client)
    assert isinstance(ended, RefusedError)
    assert ended.reason == "role_change_unreviewed"


async def test_a_colleague_works_on(rig: Rig, client: HubClient, socket_path: Path) -> None:
    colleague = await HubClient.connect(socket_path, staff_id=COLLEAGUE.staff_id)
    suspend(rig)
    await ending(client)
    assert (await colleague.health()).cameras == 2
    await colleague.close()


async def test_at_an_empty_register_a_console_is_told_how_it_begins(rig: Rig) -> None:
    ledger = Ledger.open(rig.state / "empty" / "ledger.db")
    desks = open_desks(ledger=ledger, archive=rig.archive, now=NOON)
    path = rig.state / "empty.sock"
    with (
        HubServer(desks, path, clock=rig.clock),
        pytest.raises(RefusedError, match="anpr staff found"),
    ):
        await HubClient.connect(path, staff_id="NS4021")
    ledger.close()
