"""The console at a real hub: real socket, desks, ledger, archive and audit chain."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from anpr_tui.console import Console
from store.server import HubServer
from store.terms import AlarmState, Decision, Priority
from tests.anpr_tui.pictures import plate_jpeg, vehicle_jpeg
from tests.anpr_tui.scripted_hub import ScriptedHub
from tests.anpr_tui.seats import Clock, Desk
from tests.store.rig import INVESTIGATOR, OPERATOR, Rig, read


@asynccontextmanager
async def at_desk(
    rig: Rig,
    socket: Path,
    *,
    staff_id: str = OPERATOR.staff_id,
) -> AsyncIterator[Desk]:
    ticking = Clock()
    app = Console(socket=socket, staff_id=staff_id, clock=rig.clock, ticks=ticking.ticks)
    async with app.run_test(size=(80, 24)) as pilot:
        desk = Desk(app, pilot, ScriptedHub(), ticking)
        app.bell = desk.ring
        yield desk


@pytest.fixture
def seen(rig: Rig):
    """A read with pictures, in the archive and on the board."""
    one = replace(read(1), plate_jpeg=plate_jpeg(), vehicle_jpeg=vehicle_jpeg())
    rig.writer.record([one])
    return one


async def test_a_high_goes_from_arrival_to_disposition_and_every_act_is_on_record(
    rig: Rig,
    socket_path: Path,
    seen,
) -> None:
    async with at_desk(rig, socket_path) as desk:
        await desk.until("[1 Alarms]")
        raised = rig.raised(seen)
        await desk.until("█HIGH 1 NEW█")
        assert desk.bells == 1
        await desk.press("h")
        await desk.until("██▌")
        desk.clock.pass_s(1)
        await desk.press("a")
        await desk.until("acknowledged by you")
        await desk.press("d")
        await desk.until("TYPE")
        await desk.press("right", "tab")
        await desk.type("ARV07")
        await desk.press("tab")
        await desk.type("NS-20261122-0931")
        await desk.press("tab", "tab", "enter")
        await desk.until(f"{raised.alarm_id} recorded: deployed. Audit")
    answered = rig.desks.alarms.alarms(OPERATOR, limit=10, now=rig.clock()).alarms[0]
    assert answered.state is AlarmState.ACTIONED
    assert answered.disposition.decision is Decision.DEPLOYED
    assert answered.disposition.resource == "ARV07"
    assert answered.disposition.ground.reference == "NS-20261122-0931"
    assert answered.acknowledged_by == "NS4021"


async def test_a_pattern_finds_masked_rows_and_opening_one_is_on_record(
    rig: Rig,
    socket_path: Path,
) -> None:
    rig.writer.record(
        [
            replace(read(number, vrm=vrm), plate_jpeg=plate_jpeg(), vehicle_jpeg=vehicle_jpeg())
            for number, vrm in enumerate(("AB12CDE", "AB13XYZ", "TE57CAR"))
        ]
    )
    async with at_desk(rig, socket_path, staff_id=INVESTIGATOR.staff_id) as desk:
        await desk.until("[2 Search]")
        await desk.press("slash")
        await desk.type("AB1*")
        for _ in range(4):
            await desk.press("tab")
        await desk.press("o", "tab", "p", "tab")
        await desk.type("NS-2611-04417")
        await desk.until("Needs   Not done")
        await desk.press("tab")
        await desk.type("Named by a witness at the burglary in Moor Lane")
        await desk.until("Nothing more. Oldest part 1 day.")
        await desk.press("enter")
        await desk.until("returned 2, on your own authority.")
        assert desk.text.count("AB1░ ░░░") == 2
        assert "TE57" not in desk.text
        before = len(rig.records())
        await desk.press("enter")
        await desk.until("one plate opened. Opened by you in this search: 1.")
        assert "AB12 CDE" in desk.text or "AB13 XYZ" in desk.text
        opened = rig.records()[before:]
        assert [record["by"] for record in opened] == ["NS4107", "NS4107"]


async def test_the_hub_may_go_and_come_back_under_the_same_rows(
    rig: Rig,
    seen,
) -> None:
    path = rig.state / "hub.sock"
    rig.raised(seen, priority=Priority.HIGH)
    hub = HubServer(rig.desks, path, clock=rig.clock)
    hub.start()
    try:
        async with at_desk(rig, path) as desk:
            await desk.until("TE57 CAR")
            hub.close()
            await desk.until("DATA STALE")
            assert "TE57 CAR" in desk.text
            hub = HubServer(rig.desks, path, clock=rig.clock)
            hub.start()
            await desk.until("The hub answers again.")
            assert "TE57 CAR" in desk.text
            assert "DATA STALE" not in desk.text
    finally:
        hub.close()


async def test_a_number_nobody_has_is_shown_out_with_the_words_of_the_hub(
    rig: Rig,
    socket_path: Path,
) -> None:
    async with at_desk(rig, socket_path, staff_id="NS0000") as desk:
        for _ in range(100):
            if desk.app.turned_away:
                break
            await desk.pilot.pause(0.05)
    assert "register" in desk.app.turned_away
