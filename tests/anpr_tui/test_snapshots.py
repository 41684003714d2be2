"""The screens as pictures, at both sizes they are drawn for; look at them before you update."""

from dataclasses import replace

import pytest

from anpr_tui.console import Console
from store.answers import Found, RequestRaised, RequestSettled
from store.terms import AlarmState, Certainty, Priority
from tests.anpr_tui.pictures import flat_plate_jpeg, flat_vehicle_jpeg
from tests.anpr_tui.requested import SUPER, authorised, prompt, refused, request
from tests.anpr_tui.sampled import OWN, SAMPLE
from tests.anpr_tui.screens.authority.test_urgent import stopped
from tests.anpr_tui.scripted_hub import (
    AUDITOR,
    HEALTH,
    INVESTIGATOR,
    MANAGER,
    ScriptedHub,
    alarm,
    read_row,
)
from tests.anpr_tui.seats import Clock, console_of

SIZES = [(80, 24), (120, 40)]
BOARD = (
    alarm(1187, "TE57CAR"),
    alarm(1185, "JE26TST", ago_s=265, state=AlarmState.ACKNOWLEDGED, by="NS4033", sights=4),
    alarm(1186, "TX24DEM", priority=Priority.MEDIUM, ago_s=150, reason="M01 Wanted person"),
    alarm(1180, "XT19TED", priority=Priority.MEDIUM, ago_s=3_400, certainty=Certainty.POSSIBLE),
    alarm(1179, "UB08CUB", priority=Priority.LOW, ago_s=3_500, reason="L01 No insurance"),
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def console(clock: Clock) -> Console:
    hub = ScriptedHub(
        alarms=BOARD,
        health=replace(HEALTH, demonstration=True),
        plate_jpeg=flat_plate_jpeg(),
        vehicle_jpeg=flat_vehicle_jpeg(),
    )
    rows = tuple(read_row(n, "AB1░░░░", ago_s=n * 900) for n in range(1, 8))
    hub.own = OWN
    hub.pages = [Found(rows, True, 0.06, 1_204_391, 1_204_392, 5, None, "")]
    return console_of(hub, clock)


def after(*keys: str, wait_s: float = 0.5):
    """Keys, each batch followed by the time that a timer of the screen needs."""

    async def press(pilot) -> None:
        await pilot.pause(wait_s)
        for key in keys:
            await pilot.press(key)
        await pilot.pause(wait_s + 0.3)

    return press


class TestAlarms:
    @pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
    def test_list_and_card(self, snap_compare, console, size):
        assert snap_compare(console, terminal_size=size, run_before=after("j"))

    def test_disposition(self, snap_compare, console):
        assert snap_compare(console, terminal_size=(80, 24), run_before=after("d", wait_s=0.9))

    @pytest.mark.parametrize("keys", [("right",), ("right", "tab", "tab", "tab", "space")])
    def test_ground_of_a_deployment(self, snap_compare, console, keys):
        async def send(pilot) -> None:
            await after("d", wait_s=0.9)(pilot)
            await after(*keys)(pilot)

        assert snap_compare(console, terminal_size=(80, 24), run_before=send)

    def test_stale(self, snap_compare, console, clock):
        async def go_stale(pilot) -> None:
            await pilot.pause(0.5)
            clock.pass_s(75)
            await pilot.app._step()
            await pilot.pause()

        assert snap_compare(console, terminal_size=(80, 24), run_before=go_stale)


class TestSearch:
    @pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
    def test_masked_rows_with_one_opened(self, snap_compare, console, size):
        async def search_and_open(pilot) -> None:
            await after("slash", "a", "b", "1", "asterisk", "enter")(pilot)
            await after("j", "enter")(pilot)

        assert snap_compare(console, terminal_size=size, run_before=search_and_open)

    def test_look_alikes_with_their_cost(self, snap_compare, clock):
        masked = [
            replace(
                read_row(n, "░░░░░░░", ago_s=n * 900), certainty=Certainty.POSSIBLE, cost=n // 3 + 1
            )
            for n in range(2, 5)
        ]
        said = "3 rows are of plates like it, masked until opened: judge by the picture."
        rows = (read_row(1, "AB18CDE", ago_s=600), *masked)
        hub = ScriptedHub(officer=INVESTIGATOR, health=replace(HEALTH, demonstration=True))
        hub.pages = [Found(rows, False, 0.06, 1_204_391, 1_204_392, 4, None, said)]
        console = console_of(hub, clock)
        keys = ("slash", "tilde", *"ab18cde", "enter")
        assert snap_compare(console, terminal_size=(80, 24), run_before=after(*keys))


class TestFrame:
    def test_keys(self, snap_compare, console):
        assert snap_compare(console, terminal_size=(80, 24), run_before=after("question_mark"))

    def test_small_window(self, snap_compare, console):
        assert snap_compare(console, terminal_size=(72, 20), run_before=after())


class TestAuthority:
    @pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
    def test_one_that_waits_for_a_signature(self, snap_compare, clock, size):
        hub = ScriptedHub(officer=SUPER)
        hub.happens(RequestRaised(prompt()))
        console = console_of(hub, clock)
        assert snap_compare(console, terminal_size=size, run_before=after("w", wait_s=0.9))

    @pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
    def test_what_waits_and_what_was_asked(self, snap_compare, clock, size):
        hub = ScriptedHub(officer=MANAGER)
        mine = replace(request(409, requester="NS3010"), ground=request().ground)
        hub.requests = [refused(mine, "Ask for the two nights, not the month.")]
        hub.happens(RequestRaised(prompt()))
        hub.happens(RequestSettled(authorised(request(411, requester="NS3010"))))
        console = console_of(hub, clock)
        assert snap_compare(console, terminal_size=size, run_before=after("4", "tab"))


class TestLock:
    def test_nothing_of_the_work(self, snap_compare, console):
        keys = (":", *"lock", "enter")
        assert snap_compare(console, terminal_size=(80, 24), run_before=after(*keys))


class TestUrgent:
    @pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
    def test_what_is_asked_and_what_follows(self, snap_compare, clock, size):
        console = console_of(ScriptedHub(officer=INVESTIGATOR), clock)
        keys = (":", *"urgent", "enter")
        assert snap_compare(console, terminal_size=size, run_before=after(*keys))

    def test_a_stop_that_may_be_lifted(self, snap_compare, clock):
        hub = ScriptedHub(officer=SUPER)
        hub.stops = (stopped(),)
        keys = ("4", ":", *"lift", "enter")
        run = after(*keys)
        assert snap_compare(console_of(hub, clock), terminal_size=(80, 24), run_before=run)


class TestAudit:
    @pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
    def test_sample_and_chain(self, snap_compare, clock, size):
        hub = ScriptedHub(officer=AUDITOR, health=replace(HEALTH, demonstration=True))
        hub.drawn = SAMPLE
        app = console_of(hub, clock)
        assert snap_compare(app, terminal_size=size, run_before=after("j", "v"))

    def test_export(self, snap_compare, clock):
        hub = ScriptedHub(officer=AUDITOR, health=replace(HEALTH, demonstration=True))
        hub.drawn = SAMPLE
        run = after("x")
        assert snap_compare(console_of(hub, clock), terminal_size=(80, 24), run_before=run)

    def test_own_record(self, snap_compare, console):
        assert snap_compare(console, terminal_size=(80, 24), run_before=after("8"))
