"""`:plain`: all the work is done by ear, in lines, with nothing painted."""

import re
from dataclasses import replace

import pytest

from store.answers import Beat, Found, RequestRaised
from store.errors import RefusedError
from store.terms import AlarmState, Decision, Priority
from tests.anpr_tui.pictures import flat_plate_jpeg, flat_vehicle_jpeg
from tests.anpr_tui.requested import SUPER, authorised, prompt, request
from tests.anpr_tui.sampled import SAMPLE
from tests.anpr_tui.scripted_hub import (
    AUDITOR,
    HEALTH,
    INVESTIGATOR,
    PROPOSED,
    ScriptedHub,
    alarm,
    read_row,
)
from tests.anpr_tui.seats import Desk, seated

BOARD = (
    alarm(1187, "TE57CAR"),
    alarm(1185, "JE26TST", ago_s=265, state=AlarmState.ACKNOWLEDGED, by="NS4033", sights=4),
    alarm(1186, "TX24DEM", priority=Priority.MEDIUM, ago_s=150, reason="M01 Wanted person"),
)
TOP = (
    "High, TE57 CAR, PNC firearms or weapons, N014 Ring Rd E at 14:31:55, 1 sight, exact, "
    "98 per cent, NEW, row 1 of 3."
)


def listened(desk: Desk) -> str:
    """What was heard since it was last asked, as one text; what was only rubbed out is gone."""
    heard, desk.heard = desk.heard, ""
    return " ".join(re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\x08 \x08", " ", heard).split())


async def heard(desk: Desk, *keys: str, until: str = "", wait_s: float = 0.05) -> str:
    """Press keys, and listen until a sentence is heard; real time is for the screen's timers."""
    await desk.press(*keys)
    await desk.pilot.pause(wait_s)
    said = listened(desk)
    for _ in range(100):
        if until in said:
            return said
        await desk.pilot.pause(0.05)
        said = f"{said} {listened(desk)}".strip()
    raise AssertionError(f"never heard {until!r}: {said}")


async def test_it_begins_with_where_one_is_and_the_first_alarm_as_a_sentence() -> None:
    async with seated(ScriptedHub(alarms=BOARD), plainly=True) as desk:
        said = await heard(desk, until=TOP)
        assert said.startswith("Line by line. Ctrl-L says all of this screen")
        assert "1 Alarms." in said


async def test_each_row_is_a_sentence_once_and_time_alone_says_nothing() -> None:
    async with seated(ScriptedHub(alarms=BOARD), plainly=True) as desk:
        await heard(desk, until=TOP)
        assert (await heard(desk, "j")).startswith("High, JE26 TST")
        assert await heard(desk, "k") == TOP
        for _ in range(12):
            desk.clock.pass_s(5)
            desk.hub.happens(Beat(replace(HEALTH, beat_at=desk.clock.read()), 0))
            await desk.step(0)
        assert listened(desk) == ""


async def test_a_high_that_comes_is_one_line_whatever_is_being_typed() -> None:
    hub = ScriptedHub(alarms=BOARD)
    async with seated(hub, plainly=True) as desk:
        await heard(desk, "2", "slash", until="Plate:")
        assert await heard(desk, "t", "e") == "TE"
        desk.clock.pass_s(6)  # what comes sooner rings with the bell before
        hub.raises(alarm(1190, "JX65RED"))
        said = await heard(desk, until="h goes to it.")
        assert "New High: JX65 RED, PNC firearms or weapons, N014 Ring Rd E. h goes" in said
        assert said.endswith("Plate: TE")
        assert desk.bells == 1
        assert (await heard(desk, "5")).startswith("5")


async def test_an_alarm_is_opened_and_a_unit_sent_by_ear() -> None:
    hub = ScriptedHub(alarms=BOARD, plate_jpeg=flat_plate_jpeg(), vehicle_jpeg=flat_vehicle_jpeg())
    async with seated(hub, plainly=True) as desk:
        await heard(desk, until=TOP)
        said = await heard(desk, "enter", until="Say Tango Echo Five Seven")
        for fact in ("Do STOP. Armed response only", "Markers firearms", "CAD NS-20261122-0035"):
            assert fact in said
        await heard(desk, "d", until="Decision: none of 5 chosen")
        assert await heard(desk, "right") == "Decision: deployed, 1 of 5"
        assert await heard(desk, "tab") == "Resource:"
        assert await heard(desk, *"arv07") == "ARV07"
        assert (await heard(desk, "tab")).startswith("STORM log:")
        assert (await heard(desk, "tab")).startswith(
            "Ground, space changes it: prevent or detect crime, NS-20261122-0035"
        )
        assert "Record" in await heard(desk, "tab")
        said = await heard(desk, "enter", until="A-1187 recorded: deployed. Audit")
        assert ("decide", "A-1187", Decision.DEPLOYED, "ARV07", "", "", PROPOSED) in hub.acts
        assert "deployed, by you 14:32:35" in f"{said} {await heard(desk)}"


async def test_a_refusal_is_heard_each_time_it_is_given() -> None:
    hub = ScriptedHub(alarms=BOARD)
    async with seated(hub, plainly=True) as desk:
        await heard(desk, until=TOP)
        desk.clock.pass_s(1)
        for _ in range(2):
            hub.refusal = RefusedError("Not acknowledged: NS4033 has A-1187 already.")
            await heard(desk, "a", until="Not acknowledged: NS4033 has A-1187 already.")


async def test_a_search_is_made_and_a_masked_plate_opened_by_ear() -> None:
    hub = ScriptedHub(officer=INVESTIGATOR)
    rows = tuple(read_row(n, "AB1░░░░", ago_s=n * 900) for n in range(1, 4))
    hub.pages = [Found(rows, False, 0.06, 1_204_391, 1_204_392, 3, None, "")]
    async with seated(hub, plainly=True) as desk:
        await heard(desk, "slash", until="Plate:")
        await desk.type("ab1*")
        await heard(desk, *["tab"] * 4, "w", "tab", "o", "tab", until="Ref:")
        await desk.type("NS-2611-04417")
        await heard(desk, "tab", until="Reason:")
        await desk.type("Named by a witness")
        assert "Named by a witness" in await heard(desk)
        said = await heard(desk, "enter", until="row 1 of 3.")
        assert "3 reads" in said
        assert "AB1 hidden, 22 Nov 14:17:35, N014 Ring Rd E, towards, exact" in said
        assert "Audit 1,204,392: returned 3" in f"{said} {await heard(desk)}"
        assert "AB1 hidden" in await heard(desk, "j", until="row 2 of 3.")


async def test_a_request_is_heard_in_full_and_authorised_by_ear() -> None:
    hub = ScriptedHub(officer=SUPER)
    hub.decided = authorised(request())
    async with seated(hub, plainly=True) as desk:
        hub.happens(RequestRaised(prompt()))
        await heard(desk, until="NEEDS YOU: R-0421 from NS4107: older than 12 months. w opens.")
        said = await heard(desk, "w", until="Proportionate because:", wait_s=0.8)
        for fact in (
            "From: NS4107 investigator",
            "Plate: TE57 CAR exactly; no wildcard, no look-alikes.",
            'Reason: "Seen leaving the scene.',
        ):
            assert fact in said
        for words, following in (
            ("Route of one vehicle", "In the interest of justice as:"),
            ("Murder, no other way", "To authorise type K 7 W D:"),
            ("K7WD", "passphrase:"),
            ("our pass phrase", "factor:"),
        ):
            await desk.type(words)
            said = await heard(desk, "tab", until=following)
        assert "our pass" not in said
        assert "***" in said
        await desk.type("123456")
        await heard(desk, until="authorised")
        assert [act[0] for act in hub.acts].count("sign") == 1


async def test_a_countdown_is_no_news() -> None:
    hub = ScriptedHub(officer=SUPER)
    async with seated(hub, plainly=True) as desk:
        hub.happens(RequestRaised(prompt()))
        await heard(desk, until="NEEDS YOU")
        assert "R-0421, NS4107" in await heard(desk, "ctrl+l", until="row 1 of 1.")
        for _ in range(3):
            await desk.step(1)
        assert listened(desk) == ""


async def test_an_auditor_hears_the_record_under_the_cursor() -> None:
    hub = ScriptedHub(officer=AUDITOR)
    hub.drawn = SAMPLE
    async with seated(hub, plainly=True) as desk:
        said = await heard(desk, until="You are recorded too")
        assert "hidden: Enter opens" in said
        await heard(desk, "j")
        assert "opened." in await heard(desk, "enter", until="record")


async def test_a_lock_takes_what_was_said_out_of_sight_and_says_no_plate() -> None:
    hub = ScriptedHub(alarms=BOARD, health=replace(HEALTH, lock_s=600))
    async with seated(hub, plainly=True) as desk:
        await heard(desk, until=TOP)
        await desk.command("lock")
        await desk.pilot.pause(0.3)
        gone = desk.heard.rpartition("\x1b[2J\x1b[H")
        assert gone[1]
        assert "TE57" not in gone[2]
        assert "Passphrase:" in gone[2]
        listened(desk)
        hub.raises(alarm(1190, "JX65RED"))
        said = await heard(desk, until="A new High alarm waits.")
        assert "JX65" not in said
        await desk.type("our pass phrase")
        await desk.press("tab")
        await desk.type("123456")
        assert "TE57 CAR" in await heard(desk, until="1 Alarms.")


async def test_ctrl_l_says_all_of_the_screen_with_what_is_silent_otherwise() -> None:
    async with seated(ScriptedHub(alarms=BOARD), plainly=True) as desk:
        await heard(desk, until=TOP)
        said = await heard(desk, "ctrl+l", until=TOP)
        assert "Northshire Police OFFICIAL-SENSITIVE NS4021 operator" in said
        assert "feed <2s cameras 141/143 lists 0:30 old cluster ok" in said
        assert "h High a ack" in said


async def test_what_is_in_trouble_is_said_by_itself() -> None:
    hub = ScriptedHub(alarms=BOARD)
    async with seated(hub, plainly=True) as desk:
        await heard(desk, until=TOP)
        await desk.step(75)
        assert (await heard(desk, until="DATA STALE")).count("DATA STALE") == 1
        await desk.step(5)
        assert "DATA STALE" not in listened(desk)


async def test_the_keys_of_a_screen_are_all_said_not_only_those_in_sight() -> None:
    async with seated(ScriptedHub(alarms=BOARD), plainly=True) as desk:
        await heard(desk, until=TOP)
        said = await heard(desk, "question_mark", until=":withdraw")
        assert "Keys of this screen h to the next High nobody has acknowledged" in said


async def test_plain_begins_and_ends_by_command() -> None:
    async with seated(ScriptedHub(alarms=BOARD)) as desk:
        await desk.until("█HIGH█")
        for begins in (True, False):
            await desk.command("plain")
            await desk.pilot.pause(0.2)
            assert desk.app.plainly is begins
        assert TOP in listened(desk)
        await desk.until("As drawn.")


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (200, 60)])
async def test_a_window_of_any_size_says_the_same(size: tuple[int, int]) -> None:
    async with seated(ScriptedHub(alarms=BOARD), size=size, plainly=True) as desk:
        said = await heard(desk, until=TOP)
        assert "This window is" not in said
