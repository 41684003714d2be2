"""The urgent way at the console: said plainly before, searched at once, owed, stopped, lifted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from store.access import AccessRequest, GrantState, RequestState, UrgentOrder
from store.answers import Found, RequestRaised, RequestSettled
from store.errors import RefusedError
from store.purposes import Category
from store.terms import MatchKind, Officer, Purpose
from store.wire import LiftStop, Ratify
from tests.anpr_tui.requested import SUPER, authorised, prompt, request
from tests.anpr_tui.scripted_hub import INVESTIGATOR, NOW, ScriptedHub, alarm, read_row
from tests.anpr_tui.seats import Desk, seated

WORDS = "our pass phrase"
DUTY = Officer("NS3300", "FDO")
INSPECTOR = Officer("NS2050", "INS")
ORDER = UrgentOrder("kidnap", "NS3300", "NS-20261122-0931", NOW + timedelta(hours=24))


def urgent(*, requester: str = "NS4107") -> AccessRequest:
    granted = authorised(request(430, requester=requester))
    assert granted.grant is not None
    return replace(
        granted,
        state=RequestState.URGENT,
        settled_at=None,
        settled_by="",
        lapses_at=NOW + timedelta(hours=24),
        order=ORDER,
        grant=replace(granted.grant, urgent=True, expires_at=NOW + timedelta(hours=1)),
    )


def stopped() -> AccessRequest:
    used = urgent()
    assert used.grant is not None
    return replace(
        used,
        state=RequestState.NOT_RATIFIED,
        settled_at=NOW,
        settled_by="NS2050",
        why="No threat to anybody",
        grant=replace(used.grant, state=GrantState.EXPIRED, settled_at=NOW),
    )


async def filled(desk: Desk, *, plates: str = "te57car,jx65red") -> None:
    """Everything up to the passphrase."""
    await desk.type(plates)
    await desk.press("tab", "tab", "tab", "down", "tab", "down", "tab")
    await desk.type("ns3300")
    await desk.press("tab")
    await desk.type("ns-20261122-0931")
    await desk.press("tab")
    await desk.type("child taken into the car by force")
    await desk.press("tab")


async def test_the_form_says_what_follows_before_anything_is_typed() -> None:
    hub = ScriptedHub(officer=INVESTIGATOR)
    async with seated(hub) as desk:
        await desk.command("urgent")
        await desk.until("What follows")
        for said in (
            "3 plates at most, 60 min, 20 searches",
            "by 23 Nov 14:32 (24 h)",
            "your urgent use stops, until a Superintendent lifts that",
            "any age that is kept",
        ):
            assert said in desk.text, said
        await desk.press("escape")
        await desk.until("Nothing was asked for.")
        assert [act[0] for act in hub.acts if act[0] == "order_urgent"] == []


async def test_the_last_digit_takes_the_order_and_the_rows_come_at_once() -> None:
    hub = ScriptedHub(officer=INVESTIGATOR)
    hub.decided = urgent()
    rows = (read_row(1, "TE57CAR", ago_s=400 * 86_400),)
    hub.pages = [Found(rows, False, 0.06, 1_204_391, 1_204_392, 1, None, "")]
    async with seated(hub) as desk:
        await desk.command("urgent")
        await desk.until("What follows")
        await filled(desk)
        await desk.type(WORDS)
        await desk.press("enter")
        await desk.type("12345")
        await desk.press("enter", "shift+tab")
        assert [act for act in hub.acts if act[0] == "order_urgent"] == []
        assert WORDS not in desk.text
        await desk.type("6")
        await desk.until("1 read")
        (act,) = [act for act in hub.acts if act[0] == "order_urgent"]
        scope, ground, given = act[1], act[2], act[3]
        assert (scope.vrm, scope.kind) == ("TE57CAR", MatchKind.EXACT)
        assert (ground.category, ground.reference) == (Category.THREAT_TO_LIFE, "NS-20261122-0931")
        assert ground.purpose is Purpose.PREVENT_DETECT
        assert given == {
            "urgent_ground": "kidnap",
            "ordered_by": "NS3300",
            "log_ref": "NS-20261122-0931",
            "passphrase": WORDS,
            "factor_code": "123456",
            "also": ("JX65RED",),
        }
        searched = next(act for act in hub.acts if act[0] == "search")
        assert searched[1:] == (scope, ground)
        assert "URGENT 60 min 0/20" in desk.lines[0]
        assert "R-0430, authority owed. / and Enter looks for all its plates." in desk.notice
        assert "JX65RED" not in desk.text


@pytest.mark.parametrize(
    ("left_out", "said"),
    [(0, "no plate"), (1, "no ground"), (2, "no purpose"), (3, "Force Duty"), (4, "log")],
)
async def test_nothing_is_sent_before_all_of_it_is_there(left_out: int, said: str) -> None:
    hub = ScriptedHub(officer=INVESTIGATOR)
    async with seated(hub) as desk:
        await desk.command("urgent")
        await desk.until("What follows")
        given: list[tuple[str, ...]] = [
            tuple("te57car"),
            ("down",),
            ("down",),
            tuple("ns3300"),
            (*"ns-20261122-0931",),
        ]
        given[left_out] = ()
        steps = [given[0], (), (), given[1], given[2], given[3], given[4], tuple("it is a child")]
        for keys in steps:
            await desk.type("".join(keys)) if keys != ("down",) else await desk.press("down")
            await desk.press("tab")
        await desk.type(WORDS)
        await desk.press("tab")
        await desk.type("123456")
        await desk.settle()
        assert said in desk.notice
        assert [act for act in hub.acts if act[0] == "order_urgent"] == []


async def test_what_the_hub_refuses_stays_on_the_form() -> None:
    hub = ScriptedHub(officer=INVESTIGATOR)
    async with seated(hub) as desk:
        await desk.command("urgent")
        await desk.until("What follows")
        await filled(desk)
        await desk.type(WORDS)
        await desk.press("tab")
        hub.refusal = RefusedError("Not done: that is no order of his.", reason="needs_fdo_order")
        await desk.type("123456")
        await desk.until("that is no order of his")
        assert "[TE57CAR,JX65RED" in desk.text


async def test_where_it_is_stopped_the_form_does_not_open() -> None:
    hub = ScriptedHub(officer=INVESTIGATOR)
    hub.terms = replace(hub.terms, refused="Not done: an earlier urgent use was not ratified.")
    async with seated(hub) as desk:
        await desk.command("urgent")
        await desk.until("an earlier urgent use was not ratified")
        assert "What follows" not in desk.text


async def test_who_may_ratify_is_rung_and_ratifies_on_the_same_form() -> None:
    hub = ScriptedHub(officer=INSPECTOR)
    hub.decided = replace(
        urgent(), state=RequestState.RATIFIED, settled_by="NS2050", settled_at=NOW
    )
    async with seated(hub) as desk:
        used = urgent()
        hub.happens(RequestRaised(replace(prompt(430), request=used)))
        await desk.until("threat to life, already looked at")
        assert desk.bells == 1
        await desk.press("w")
        await desk.until("To ratify type")
        await desk.pilot.pause(0.7)
        assert "kidnap, by NS3300, log NS-20261122-0931" in desk.text
        for said in ("Route of one vehicle", "A child's life", "K7WD", WORDS, "123456"):
            await desk.type(said)
            await desk.press("tab")
        await desk.until("R-0430 ratified by you.")
        (act,) = [act[1] for act in hub.acts if act[0] == "sign"]
        assert isinstance(act, Ratify)
        assert act.request_id == "R-0430"


async def test_who_ordered_it_hears_of_its_use_once_and_can_end_it() -> None:
    hub = ScriptedHub(officer=DUTY)
    hub.decided = stopped()
    async with seated(hub) as desk:
        used = urgent()
        hub.happens(RequestSettled(used))
        await desk.until("URGENT R-0430: NS4107 looks on your order, log NS-20261122-0931.")
        assert desk.bells == 1
        assert used.grant is not None
        again = replace(used, seq=used.seq + 1, grant=replace(used.grant, searches_used=1))
        hub.happens(RequestSettled(again))
        await desk.settle()
        assert desk.bells == 1
        await desk.command("revoke")
        await desk.until("End G-0297 now? Say why:")
        await desk.type("The child is found")
        await desk.press("enter")
        await desk.until("G-0297 ended by you.")


async def test_a_superintendent_lifts_a_stop_with_both_reasons() -> None:
    hub = ScriptedHub(officer=SUPER)
    hub.stops = (stopped(),)
    hub.decided = replace(stopped(), lifted_by="NS2003")
    async with seated(hub) as desk:
        await desk.press("4")
        await desk.until("d lifts that")
        await desk.command("lift")
        await desk.until("an urgent use that was not ratified")
        for said in ("kidnap, by NS3300", "NS2050", "No threat to anybody", "TE57 CAR"):
            assert said in desk.text, said
        await desk.type("One slip in nine years")
        await desk.press("tab", "tab")
        await desk.type(WORDS)
        await desk.press("tab")
        await desk.type("123456")
        await desk.until("interest of justice")
        assert [act for act in hub.acts if act[0] == "sign"] == []
        await desk.type("Needed on the night desk")
        await desk.press("tab", "tab")
        await desk.type("123456")
        await desk.until("R-0430 lifted by you: NS4107 may use :urgent again.")
        (act,) = [act for act in hub.acts if act[0] == "sign"]
        assert act[1] == LiftStop(
            request_id="R-0430",
            necessity="Needed on the night desk",
            proportionality="One slip in nine years",
            passphrase=WORDS,
            factor_code="123456",
        )
        await desk.until("lifted by NS2003")


async def test_its_officer_hears_that_it_was_not_ratified_and_that_it_was_lifted() -> None:
    hub = ScriptedHub(officer=INVESTIGATOR)
    async with seated(hub) as desk:
        hub.happens(RequestSettled(urgent()))
        await desk.until("authority owed")
        hub.happens(RequestSettled(stopped()))
        await desk.until("not ratified: urgent use is stopped")
        hub.happens(RequestSettled(replace(stopped(), lifted_by="NS2003")))
        await desk.until("R-0430 lifted by NS2003: you may use :urgent again.")


async def test_alarms_go_on_coming_while_the_form_is_open() -> None:
    hub = ScriptedHub()
    async with seated(hub) as desk:
        await desk.command("urgent")
        await desk.until("What follows")
        hub.raises(alarm(1188, "JX65RED"))
        await desk.until("HIGH 1 NEW")
        assert desk.bells == 1
