"""Screen 8: the auditor's sample and verdicts; everybody else finds their own record alone."""

from dataclasses import replace

import pytest

from tests.anpr_tui.sampled import OWN, SAMPLE
from tests.anpr_tui.scripted_hub import AUDITOR, INVESTIGATOR, OPERATOR, ScriptedHub
from tests.anpr_tui.seats import Desk, seated


def auditors() -> ScriptedHub:
    hub = ScriptedHub(officer=AUDITOR)
    hub.drawn = SAMPLE
    return hub


async def test_the_auditor_sees_the_sample_first_and_no_plate_in_it() -> None:
    hub = auditors()
    async with seated(hub) as desk:
        await desk.until("dip sample 2026-10 ── 2 of 5 done, due 1 Dec")
        await desk.until("Enter opens")
        assert "checkpoint 9f31..c2; nobody could steer it" in desk.text
        assert "urgent 0/1" in desk.text
        assert "░░░░ ░░░: Enter opens" in desk.text
        assert "TE57" not in desk.text
        assert "You are recorded too" in desk.text


async def test_enter_opens_the_plate_of_one_search_and_says_its_number() -> None:
    hub = auditors()
    async with seated(hub) as desk:
        await desk.until("dip sample")
        await desk.press("j", "enter")
        await desk.until("Audit 1,204,440: record 1,099,871 opened.")
        assert "TE57CAR" in desk.text
        assert ("open", "2026-10", 1_099_871) in hub.acts
        await desk.press("k")
        assert "TE57CAR" not in desk.text, "opened is one search, not all of them"


async def test_a_verdict_is_given_and_the_cursor_moves_on() -> None:
    hub = auditors()
    async with seated(hub) as desk:
        await desk.until("dip sample")
        await desk.press("j", "d", "space", "tab")
        await desk.type("exists")
        await desk.press("tab", "tab", "tab", "enter")
        await desk.until("Audit 1,204,441: record 1,099,871 is fair.")
        assert "3 of 5 done" in desk.text
        given = {"outcome": "fair", "note": "exists", "category": "", "told": ""}
        assert ("review", "2026-10", 1_099_871, given) in hub.acts
        cursor = next(line for line in desk.lines if line.startswith("> "))
        assert "1,100,015" in cursor


async def test_a_question_without_words_is_not_given() -> None:
    hub = auditors()
    async with seated(hub) as desk:
        await desk.until("dip sample")
        await desk.press("d", "space", "space", "tab", "tab", "tab", "tab", "enter")
        await desk.until("say under Note what is asked")
        assert not any(act[0] == "review" for act in hub.acts)
        await desk.press("escape")
        assert "Verdict" not in desk.text


async def test_v_verifies_the_chain_and_says_what_holds() -> None:
    hub = auditors()
    async with seated(hub) as desk:
        await desk.until("dip sample")
        await desk.press("v")
        await desk.until("WHOLE   1,204,431 records checked in 1.3 s; 311,020 bodies weeded")
        assert "Not yet sealed: 29." in desk.text


async def test_a_sample_that_cannot_be_drawn_says_why() -> None:
    hub = ScriptedHub(officer=AUDITOR)
    async with seated(hub) as desk:
        await desk.until("Not drawn: no checkpoint was signed")
        await desk.press("d")
        await desk.until("Nothing to decide")


async def test_everybody_else_finds_their_own_record_and_what_is_asked_of_them() -> None:
    for officer in (OPERATOR, INVESTIGATOR):
        hub = ScriptedHub(officer=officer)
        hub.own = OWN
        async with seated(hub) as desk:
            await desk.press("8")
            await desk.until("Audit: your own record")
            assert "1,204,300" in desk.text
            assert "NS7002 asks by 28 Nov: Who named the vehicle?" in desk.text
            assert not any(act[0] == "sample" for act in hub.acts)
            await desk.press("v")
            await desk.until("Not verified: that is for the auditor.")
            assert ("verify",) not in hub.acts


async def test_an_officer_answers_what_is_asked_on_their_own_screen() -> None:
    hub = ScriptedHub(officer=INVESTIGATOR)
    hub.own = OWN
    async with seated(hub) as desk:
        await desk.press("8")
        await desk.until("Who named the vehicle?")
        await desk.press("d")
        await desk.type("the witness")
        await desk.press("tab", "enter")
        await desk.until("Audit 1,204,442: answered about record 1,099,871.")
        assert ("answer", 1_099_871, "the witness") in hub.acts
        assert "asks by" not in desk.text


async def exporting(desk: Desk) -> None:
    """The export's form, filled up to the passphrase."""
    await desk.press("x")
    await desk.until("For     [choose")
    await desk.press("down", "tab", "tab", "down", "tab", "down", "tab")
    await desk.type("ns-2611-04417")
    await desk.press("tab")
    await desk.type("asked for by letter of 12 november")
    await desk.press("tab")


async def test_the_last_digit_exports_and_says_where_the_pack_is() -> None:
    hub = auditors()
    async with seated(hub) as desk:
        await desk.until("dip sample")
        await exporting(desk)
        await desk.type("our pass phrase")
        await desk.press("enter")
        await desk.type("12345")
        await desk.press("enter", "shift+tab")
        assert not any(act[0] == "export_audit" for act in hub.acts)
        await desk.type("6")
        await desk.until("Exported 1,204,431 records")
        assert "exports/20261122T143235Z-ico" in desk.notice
        (act,) = [act for act in hub.acts if act[0] == "export_audit"]
        assert (act[1], act[2].reference) == ("ico", "NS-2611-04417")
        assert act[3] == {"passphrase": "our pass phrase", "factor_code": "123456"}
        assert "For     [" not in desk.text


async def test_an_export_without_a_purpose_is_not_sent_and_esc_gives_the_chain_back() -> None:
    hub = auditors()
    async with seated(hub) as desk:
        await desk.until("dip sample")
        await desk.press("x", "down", *["tab"] * 6)
        await desk.type("our pass phrase")
        await desk.press("tab")
        await desk.type("123456")
        await desk.until("Not exported: no purpose.")
        assert not any(act[0] == "export_audit" for act in hub.acts)
        await desk.press("escape")
        await desk.until("v verifies the whole chain")


async def test_who_does_not_export_is_told_whose_it_is() -> None:
    hub = ScriptedHub(officer=INVESTIGATOR)
    hub.own = OWN
    async with seated(hub) as desk:
        await desk.press("8")
        await desk.until("your own record")
        assert "x export" not in desk.text
        await desk.press("x")
        await desk.until("that is for the auditor and the Data Protection Officer")


@pytest.mark.parametrize(
    ("agreed", "said"),
    [
        (1_204_402, "witness agrees to 1,204,402"),
        (0, "the WITNESS is not there"),
        (-1, "NO WITNESS is kept outside"),
    ],
)
async def test_the_chain_says_what_the_witness_agrees_to(agreed: int, said: str) -> None:
    hub = auditors()
    hub.chain = replace(hub.chain, agreed=agreed)
    async with seated(hub) as desk:
        await desk.until("dip sample")
        await desk.press("v")
        await desk.until(said)
