"""A locked console shows nothing of the work, takes no key but its own, and still rings."""

from dataclasses import replace

import pytest

from store.answers import Found
from store.errors import RefusedError, UnavailableError
from store.terms import Priority
from tests.anpr_tui.scripted_hub import HEALTH, INVESTIGATOR, ScriptedHub, alarm, read_row
from tests.anpr_tui.seats import Desk, seated

LOCKS = replace(HEALTH, lock_s=600)


async def locked(desk: Desk) -> None:
    await desk.command("lock")
    await desk.until("Locked.")


async def proven(desk: Desk, *, code: str = "123456") -> None:
    await desk.type("our pass phrase")
    await desk.press("tab")
    await desk.type(code)


async def test_what_was_on_the_screen_is_gone_and_comes_back_with_the_passphrase() -> None:
    hub = ScriptedHub(alarms=(alarm(1187, "TE57CAR"),), health=LOCKS)
    async with seated(hub) as desk:
        await desk.until("TE57 CAR")
        await locked(desk)
        assert "TE57" not in desk.text
        assert "1 Alarms" not in desk.text
        await proven(desk)
        await desk.until("TE57 CAR")
        assert ("prove", "our pass phrase", "123456") in hub.acts


async def test_a_high_rings_and_is_counted_without_its_plate() -> None:
    hub = ScriptedHub(health=LOCKS)
    async with seated(hub) as desk:
        await locked(desk)
        hub.raises(alarm(1188, "JX65RED"))
        await desk.until("HIGH 1 NEW")
        assert desk.bells == 1
        assert "JX65" not in desk.text
        hub.raises(alarm(1189, "UB08CUB", priority=Priority.LOW))
        await desk.settle()
        assert "UB08" not in desk.text


async def test_no_key_leads_round_the_lock() -> None:
    hub = ScriptedHub(alarms=(alarm(1187, "TE57CAR"),), health=LOCKS)
    async with seated(hub) as desk:
        await desk.until("TE57 CAR")
        await locked(desk)
        await desk.burst(*("escape", "1", "h", "w", "escape", "colon", "enter", "shift+tab", "g"))
        await desk.burst(*("a", "escape", "question_mark", "tab", "tab", "escape", "2"))
        assert "TE57" not in desk.text
        assert "Locked." in desk.text
        assert [act[0] for act in hub.acts if act[0] in {"acknowledge", "prove"}] == []


@pytest.mark.parametrize(
    "refusal",
    [
        RefusedError("Not confirmed: passphrase or code is wrong.", reason="reauthentication"),
        UnavailableError("Not done: the hub does not answer."),
    ],
)
async def test_it_stays_locked_where_the_hub_does_not_say_yes(refusal) -> None:
    hub = ScriptedHub(alarms=(alarm(1187, "TE57CAR"),), health=LOCKS)
    async with seated(hub) as desk:
        await locked(desk)
        hub.refusal = refusal
        await proven(desk)
        await desk.until(str(refusal).partition(":")[0])
        assert "TE57" not in desk.text
        assert "our pass phrase" not in desk.text
        hub.refusal = None
        await proven(desk)
        await desk.until("TE57 CAR")


async def test_who_watches_is_asked_first_and_the_answer_is_no_command() -> None:
    hub = ScriptedHub(alarms=(alarm(1187, "TE57CAR"),), health=LOCKS)
    async with seated(hub) as desk:
        await desk.step(539)
        assert "Still watching" not in desk.text
        await desk.step(1)
        await desk.until("Still watching? Any key.")
        await desk.press("a")
        assert [act for act in hub.acts if act[0] == "acknowledge"] == []
        assert "Still watching" not in desk.text
        await desk.step(599)
        assert "Locked." not in desk.text
        await desk.step(1)
        await desk.until("Locked.")


async def test_a_hub_that_names_no_time_locks_nobody() -> None:
    async with seated(ScriptedHub()) as desk:
        await desk.step(86_400)
        assert "Locked." not in desk.text


async def test_what_was_typed_waits_behind_the_lock() -> None:
    hub = ScriptedHub(officer=INVESTIGATOR, health=LOCKS)
    hub.pages = [Found((read_row(1, "TE57CAR", ago_s=60),), False, 0.1, 1, 2, 1, None, "")]
    async with seated(hub) as desk:
        await desk.press("slash")
        await desk.type("te57")
        await desk.step(600)
        await desk.until("Locked.")
        assert "TE57" not in desk.text
        await proven(desk)
        await desk.until("[TE57")


async def test_ctrl_c_leaves_a_locked_console() -> None:
    async with seated(ScriptedHub(health=LOCKS)) as desk:
        await locked(desk)
        await desk.press("ctrl+c")
        assert not desk.app.is_running or desk.app._exit
