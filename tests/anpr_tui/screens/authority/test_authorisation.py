"""The ten rules of prompts, and the requester's side of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from store.access import RequestState, UrgentOrder
from store.answers import Found, Needs, RequestRaised, RequestSettled
from store.errors import RefusedError
from store.wire import Authorise
from tests.anpr_tui.requested import SUPER, authorised, prompt, refused, request
from tests.anpr_tui.scripted_hub import INVESTIGATOR, MANAGER, NOW, ScriptedHub, read_row
from tests.anpr_tui.seats import Desk, seated

GUARD_S = 0.7
WORDS = "our pass phrase"


@asynccontextmanager
async def prompted(hub: ScriptedHub) -> AsyncIterator[Desk]:
    """A console at which a request waits for the officer."""
    async with seated(hub) as desk:
        hub.happens(RequestRaised(prompt()))
        await desk.until("NEEDS YOU")
        yield desk


async def opened(desk: Desk) -> None:
    """The form of the prompt, after its guard."""
    await desk.press("w")
    await desk.until("Proportionate because")
    await desk.pilot.pause(GUARD_S)


async def filled(desk: Desk, *, code: str = "K7WD", factor: str = "123456") -> None:
    for said in ("Route of one vehicle", "Murder, no other way", code, WORDS, factor):
        await desk.type(said)
        await desk.press("tab")


async def test_a_prompt_is_a_banner_that_takes_neither_focus_nor_keys() -> None:
    hub = ScriptedHub(officer=MANAGER)
    async with seated(hub) as desk:
        await desk.press("2", "slash")
        await desk.type("te5")
        focused, before = desk.app.screen.focused, desk.app.screen
        hub.happens(RequestRaised(prompt()))
        await desk.until("NEEDS YOU")
        assert "R-0421 from NS4107: older than 12 months. w opens. 49 min left." in desk.lines[21]
        assert (desk.app.screen.focused, desk.app.screen) == (focused, before)
        await desk.type("w7")
        assert "[TE5W7" in desk.text
        assert desk.bells == 0


async def test_w_opens_the_exact_scope_and_what_it_would_show() -> None:
    hub = ScriptedHub(officer=SUPER)
    async with prompted(hub) as desk:
        await opened(desk)
        for said in (
            "R-0421",
            "older than 12 months: Superintendent",
            "TE57 CAR exactly",
            "all 143 cameras",
            "about 41 reads",
            "7 days and 20 searches",
            "NS-2509-00817",
            "K 7 W D",
            "NS4107 investigator",
            "Enter never authorises  Esc leaves it waiting",
        ):
            assert said in desk.text, said
        assert ("open_request", "R-0421") in hub.acts


async def test_keys_of_the_first_half_second_are_dropped() -> None:
    hub = ScriptedHub(officer=SUPER)
    async with prompted(hub) as desk:
        await desk.burst("w", "x", "y", "enter", "escape")
        assert "Proportionate because" in desk.text
        await desk.pilot.pause(GUARD_S)
        assert "[xy" not in desk.text
        await desk.type("seen")
        assert "[seen" in desk.text


async def test_the_last_digit_of_the_factor_authorises_and_enter_never_does() -> None:
    hub = ScriptedHub(officer=SUPER)
    hub.decided = authorised(request())
    async with prompted(hub) as desk:
        await opened(desk)
        for said in ("Route of one vehicle", "Murder, no other way", "k7wd", WORDS):
            await desk.type(said)
            await desk.press("enter")
        await desk.type("12345")
        await desk.press("enter", "shift+tab")
        assert not [act for act in hub.acts if act[0] == "sign"]
        assert WORDS not in desk.text
        assert "12345" not in desk.text
        await desk.type("6")
        await desk.until("R-0421 authorised by you: G-0297.")
        (act,) = [act for act in hub.acts if act[0] == "sign"]
        assert act[1] == Authorise(
            request_id="R-0421",
            scope_digest="d" * 64,
            code="K7WD",
            necessity="Murder, no other way",
            proportionality="Route of one vehicle",
            passphrase=WORDS,
            factor_code="123456",
        )
        assert "Proportionate because" not in desk.text


@pytest.mark.parametrize(
    ("left_out", "said"),
    [(0, "proportionate"), (1, "interest of justice"), (2, "code of this request"), (3, "phrase")],
)
async def test_nothing_is_sent_before_all_of_it_is_there(left_out: int, said: str) -> None:
    hub = ScriptedHub(officer=SUPER)
    async with prompted(hub) as desk:
        await opened(desk)
        given = ["Route of one vehicle", "Murder, no other way", "K7WD", WORDS]
        given[left_out] = ""
        for one in given:
            await desk.type(one)
            await desk.press("tab")
        await desk.type("123456")
        assert said in desk.notice
        assert not [act for act in hub.acts if act[0] == "sign"]


async def test_enter_in_the_last_field_refuses_with_its_reason() -> None:
    hub = ScriptedHub(officer=SUPER)
    hub.decided = refused(request(), "Ask for the two nights")
    async with prompted(hub) as desk:
        await opened(desk)
        await desk.press("shift+tab", "enter")
        assert "Not refused" in desk.notice
        assert not [act for act in hub.acts if act[0] == "refuse"]
        await desk.type("Ask for the two nights")
        await desk.press("enter")
        await desk.until("R-0421 refused by you.")
        assert ("refuse", "R-0421", "Ask for the two nights") in hub.acts
        assert "NEEDS YOU" not in desk.text


async def test_esc_decides_nothing_and_leaves_it_waiting() -> None:
    hub = ScriptedHub(officer=SUPER)
    async with prompted(hub) as desk:
        await opened(desk)
        await desk.type("Route")
        await desk.press("escape")
        assert "Proportionate because" not in desk.text
        assert "NEEDS YOU" in desk.text
        assert [act[0] for act in hub.acts] == ["open_request"]


async def test_a_desk_that_is_first_closes_the_form_of_the_others() -> None:
    hub = ScriptedHub(officer=SUPER)
    async with prompted(hub) as desk:
        await opened(desk)
        await desk.type("Route")
        hub.happens(RequestSettled(refused(request(), "Not needed", by="NS2007")))
        await desk.until("R-0421 refused by NS2007, 14:32.")
        assert "Proportionate because" not in desk.text
        assert "NEEDS YOU" not in desk.text


async def test_the_time_that_is_left_counts_down_on_banner_and_form() -> None:
    hub = ScriptedHub(officer=SUPER)
    async with seated(hub) as desk:
        hub.happens(RequestRaised(prompt()))
        await desk.until("49 min left")
        await opened(desk)
        hub.beats(at=NOW + timedelta(minutes=10))
        await desk.step(600)
        assert "39 min" in desk.lines[3]
        hub.beats(at=NOW + timedelta(minutes=45))
        await desk.step(35 * 60)
        assert "4:00" in desk.lines[3]


async def test_what_the_hub_refuses_stays_on_the_form_in_its_words() -> None:
    hub = ScriptedHub(officer=SUPER)
    async with prompted(hub) as desk:
        await opened(desk)
        hub.refusal = RefusedError("Not taken: that code was used before.", reason="x")
        await filled(desk)
        await desk.until("that code was used before")
        assert "Proportionate because" in desk.text


async def test_r_asks_after_a_refused_search_and_its_rows_come_without_a_key() -> None:
    hub = ScriptedHub(officer=INVESTIGATOR)
    hub.needed = Needs(False, "It takes a Superintendent.", 436, "superintendent", 1)
    hub.requests = [request()]
    rows = (read_row(1, "TE57CAR", ago_s=400 * 86_400),)
    hub.pages = [Found(rows, False, 0.06, 1_204_391, 1_204_392, 1, None, "")]
    async with seated(hub) as desk:
        hub.refusal = RefusedError("Not searched: it needs an authority.", reason="needs_grant")
        await asking(desk)
        await desk.press("enter")
        await desk.until("Not searched: it needs an authority.")
        hub.refusal = None
        await desk.pilot.pause(0.5)
        await desk.press("escape", "r")
        await desk.until("R-0421 asked: Superintendent signs.")
        hub.happens(RequestSettled(authorised(request())))
        await desk.until("R-0421 authorised by NS2003, search goes on.")
        await desk.until("1 read")
        searched = [act for act in hub.acts if act[0] == "search"]
        asked = next(act for act in hub.acts if act[0] == "request_access")
        assert searched[-1][1:] == asked[1:]
        # a minute later the form still asks for exactly what was authorised
        hub.pages = [Found(rows, False, 0.06, 1_204_393, 1_204_394, 1, None, "")]
        desk.clock.pass_s(61)
        await desk.press("slash", "enter")
        await desk.until("Audit 1,204,394")
        again = [act for act in hub.acts if act[0] == "search"][-1]
        assert again[1:] == asked[1:]
        assert "G-0297 7d 00h 0/20" in desk.lines[0] or "G-0297 6d 23h 0/20" in desk.lines[0]


async def asking(desk: Desk) -> None:
    """A search by an investigator, typed up to its last field."""
    await desk.press("slash")
    await desk.type("te57car")
    await desk.press("tab", "tab", "tab", "tab", "down", "tab", "tab")
    await desk.type("ns-2509-00817")


async def test_a_refusal_goes_back_with_its_reason_and_r_asks_anew() -> None:
    hub = ScriptedHub(officer=INVESTIGATOR)
    hub.needed = Needs(False, "It takes a Superintendent.", 436, "superintendent", 1)
    hub.requests = [request()]
    async with seated(hub) as desk:
        await asking(desk)
        await desk.press("escape", "r")
        await desk.until("R-0421 asked")
        hub.happens(RequestSettled(refused(request(), "Ask for the two nights")))
        await desk.until('R-0421 refused by NS2003: "Ask for the two nights"')
        await desk.press("slash", "tab", "ctrl+u")
        await desk.type("-24h")
        hub.requests.insert(0, request(422))
        await desk.press("escape", "r")
        await desk.until("R-0422 asked")
        scopes = [act[1] for act in hub.acts if act[0] == "request_access"]
        assert len(scopes) == 2


async def test_from_the_access_screen_r_copies_a_refused_request_into_the_search() -> None:
    hub = ScriptedHub(officer=INVESTIGATOR)
    hub.requests = [refused(request(), "Ask for the two nights")]
    async with seated(hub) as desk:
        await desk.press("4")
        await desk.until("refused 14:32")
        assert 'NS2003: "Ask for the two nights"' in desk.text
        await desk.press("r")
        await desk.until("R-0421 copied")
        assert "[TE57CAR" in desk.text
        assert "NS-2509-00817" in desk.text
        assert "12 Sep 2025" in desk.text


async def test_withdraw_asks_for_the_number_and_then_withdraws() -> None:
    hub = ScriptedHub(officer=INVESTIGATOR)
    hub.requests = [request()]
    hub.decided = replace(
        request(), state=RequestState.WITHDRAWN, settled_by="NS4107", settled_at=NOW
    )
    async with seated(hub) as desk:
        await desk.command("withdraw")
        await desk.until("Type its number")
        await desk.type("R-0422")
        await desk.press("enter")
        assert not [act for act in hub.acts if act[0] == "withdraw"]
        await desk.press("ctrl+u")
        await desk.type("r-0421")
        await desk.press("enter")
        await desk.until("R-0421 withdrawn.")


async def test_a_grant_counts_its_searches_and_seconds_at_the_end() -> None:
    hub = ScriptedHub(officer=INVESTIGATOR)
    granted = authorised(request())
    used = replace(granted.grant, searches_used=3, expires_at=NOW + timedelta(seconds=299))
    async with seated(hub) as desk:
        hub.happens(RequestSettled(replace(granted, grant=used)))
        await desk.until("G-0297 4:59 3/20")
        await desk.step(300)
        assert "no grant in force" in desk.lines[0]


async def test_an_urgent_grant_stands_before_all_others_and_says_what_is_owed() -> None:

    hub = ScriptedHub(officer=INVESTIGATOR)
    granted = authorised(request(430))
    order = UrgentOrder("kidnap", "NS3300", "NS-20261122-0931", NOW + timedelta(hours=23))
    urgent = replace(
        granted,
        state=RequestState.URGENT,
        settled_at=None,
        settled_by="",
        order=order,
        grant=replace(granted.grant, urgent=True, expires_at=NOW + timedelta(minutes=41)),
    )
    async with seated(hub, size=(120, 40)) as desk:
        hub.happens(RequestSettled(authorised(request())))
        hub.happens(RequestSettled(urgent))
        await desk.until("URGENT 41 min 0/20")
        assert "authority owed 23:00" in desk.lines[0]
