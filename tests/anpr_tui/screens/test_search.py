"""Screen 2: the law answers while you type, and a plate you did not name stays masked."""

from dataclasses import replace
from datetime import timedelta

import pytest
from textual import events

from store.answers import Found, Needs
from store.errors import AuditUnavailableError, RefusedError
from store.purposes import Category
from store.terms import Ground, MatchKind, Purpose
from tests.anpr_tui.pictures import plate_jpeg, vehicle_jpeg
from tests.anpr_tui.scripted_hub import HEALTH, INVESTIGATOR, NOW, ScriptedHub, read_row
from tests.anpr_tui.seats import Desk, seated

DEMONSTRATION = replace(HEALTH, demonstration=True)


def found(*rows, more: bool = False, sentence: str = "", cut_at=None) -> Found:
    return Found(
        rows=rows,
        more=more,
        took_s=0.06,
        asked_seq=1_204_391,
        returned_seq=1_204_392,
        vehicles=len({row.vrm for row in rows}),
        cut_at=cut_at,
        sentence=sentence,
    )


def named(count: int, *, start: int = 1):
    return [read_row(n, "TE57CAR", ago_s=n * 60) for n in range(start, start + count)]


def masked(count: int):
    return [read_row(n, "AB1░░░░", ago_s=n * 60) for n in range(1, count + 1)]


def hub_with(*pages: Found, **options) -> ScriptedHub:
    hub = ScriptedHub(officer=INVESTIGATOR, health=DEMONSTRATION, **options)
    hub.pages = list(pages)
    return hub


def asked(hub: ScriptedHub, what: str) -> list[tuple]:
    return [act for act in hub.acts if act[0] == what]


async def search_for(desk: Desk, plate: str) -> None:
    await desk.press("slash")
    await desk.type(plate)
    await desk.press("enter")
    await desk.settle()


class TestForm:
    async def test_in_a_demonstration_a_pattern_is_searched_by_six_keys(self):
        hub = hub_with(found(*masked(3)))
        async with seated(hub) as desk:
            await desk.press("slash", "a", "b", "1", "asterisk", "enter")
            await desk.until("Audit 1,204,392: returned 3, on your own authority.")
            _, scope, ground = asked(hub, "search")[0]
            assert (scope.vrm, scope.kind) == ("AB1*", MatchKind.WILDCARD)
            assert scope.cameras == ()
            assert timedelta(hours=23, minutes=58) < NOW - scope.since_at < timedelta(hours=24)
            assert scope.until_at == NOW
            assert ground.purpose is Purpose.PREVENT_DETECT
            assert ground.reason == "Demonstration on rendered footage of a fictional force"

    @pytest.mark.parametrize(
        ("typed", "vrm", "kind"),
        [
            ("~ab12 cde", "AB12CDE", MatchKind.LOOKALIKE),
            ("ab12cde, te57 car,", "AB12CDE,TE57CAR", MatchKind.LISTED),
            ("@local", "@LOCAL", MatchKind.LISTED),
        ],
    )
    async def test_the_first_character_or_a_comma_chooses_the_kind(self, typed, vrm, kind):
        hub = hub_with(found(*masked(1)))
        async with seated(hub) as desk:
            await desk.press("slash")
            await desk.type(typed)
            await desk.press("enter")
            await desk.until("returned 1")
            _, scope, _ = asked(hub, "search")[0]
            assert (scope.vrm, scope.kind) == (vrm, kind)

    @pytest.mark.parametrize("typed", ["~", "@", ","])
    async def test_a_sign_alone_is_no_plate(self, typed):
        hub = hub_with()
        async with seated(hub) as desk:
            await search_for(desk, typed)
            assert desk.notice.startswith("Not searched: no plate.")
            assert asked(hub, "search") == []

    async def test_a_look_alike_says_how_far_it_is_and_stays_masked(self):
        like = replace(read_row(2, "░░░░░░░", ago_s=60), cost=2)
        hub = hub_with(found(read_row(1, "TE57CAR", ago_s=30), like))
        async with seated(hub) as desk:
            await search_for(desk, "~te57car")
            await desk.until("like 2")
            assert "TE57 CAR" in desk.text
            assert "░░░░ ░░░" in desk.text

    async def test_outside_a_demonstration_no_purpose_is_chosen_and_it_says_so(self):
        hub = ScriptedHub(officer=INVESTIGATOR)
        async with seated(hub) as desk:
            await search_for(desk, "TE57 CAR")
            assert desk.notice.startswith("Not searched: no purpose.")
            assert asked(hub, "search") == []
            await desk.press("o")
            assert "[ongoing investigation v]" in desk.text

    async def test_the_whole_ground_is_given_by_keys(self):
        hub = ScriptedHub(officer=INVESTIGATOR)
        hub.pages = [found()]
        async with seated(hub) as desk:
            await desk.press("slash")
            await desk.type("TE57 CAR")
            await desk.press("tab", "ctrl+u")
            await desk.type("15 Nov 2026 00:00")
            await desk.press("tab", "tab", "ctrl+u")
            await desk.type("n014, N031")
            await desk.press("tab", "o", "tab", "p", "tab")
            await desk.type("ns-2611-04417")
            await desk.press("tab")
            await desk.type("Named by witness at Moor Ln")
            await desk.press("enter")
            await desk.until("returned 0")
            _, scope, ground = asked(hub, "search")[0]
            assert scope.vrm == "TE57CAR"
            assert scope.kind is MatchKind.EXACT
            assert scope.since_at == NOW.replace(day=15, hour=0, minute=0, second=0)
            assert scope.cameras == ("N014", "N031")
            assert ground == Ground(
                Purpose.ONGOING_INVESTIGATION,
                Category.PRIORITY_VOLUME,
                "NS-2611-04417",
                "Named by witness at Moor Ln",
            )

    async def test_the_hub_says_what_a_search_needs_before_it_is_made(self):
        hub = hub_with()
        hub.needed = Needs(True, "an Inspector for the part before 24 Aug 2026.", 144)
        async with seated(hub) as desk:
            await desk.press("slash")
            await desk.type("TE57CAR")
            await desk.until("Needs   an Inspector for the part before 24 Aug 2026.")
            assert asked(hub, "search") == []
            assert len(asked(hub, "needs")) == 1

    @pytest.mark.parametrize(
        ("place", "typed", "said"),
        [
            ("since", "31 Feb", "Not a time: write 22 Nov 14:30, 22 Nov 2026, 14:30, -24h"),
            ("cameras", "N014 N_31", "Not searched: cameras are named by their ids"),
            ("plate", "", "Not searched: no plate. Type a mark, or a pattern as AB1*."),
        ],
    )
    async def test_what_cannot_be_asked_is_said_and_gets_the_keyboard(self, place, typed, said):
        hub = hub_with()
        async with seated(hub) as desk:
            await desk.press("slash")
            if place != "plate":
                await desk.type("TE57CAR")
            desk.app.screen.query_one(f"#{place}").focus()
            await desk.press("end", "ctrl+u")
            await desk.type(typed)
            await desk.press("enter")
            assert desk.notice.startswith(said)
            assert desk.app.screen.focused.id == place
            assert asked(hub, "search") == []

    async def test_letters_type_while_a_field_has_the_keyboard_and_escape_gives_them_back(self):
        async with seated(hub_with()) as desk:
            await desk.press("slash", "1", "p")
            assert "[1P " in desk.text
            assert desk.lines[-1].startswith(" TYPE  Tab next  Enter searches  Esc keys")
            await desk.press("escape")
            assert desk.lines[-1].startswith(" / edit  Enter open  r request  p picture")

    async def test_pasted_control_codes_are_dropped(self):
        async with seated(hub_with()) as desk:
            await desk.press("slash")
            desk.app.post_message(events.Paste("te57\x1b[2J\u202e car"))
            await desk.settle()
            assert "[TE57[2J CAR" in desk.text


class TestRows:
    async def test_named_rows_show_time_camera_match_and_certainty(self):
        async with seated(hub_with(found(*named(2)))) as desk:
            await search_for(desk, "TE57CAR")
            await desk.until("── 2 reads, 1 vehicle, 0.06 s ──")
            assert "> 22 Nov 14:31:35 N014 Ring Rd E  to exact   97│" in desk.text
            assert "end." in desk.text

    async def test_the_picture_of_a_named_read_comes_by_itself_where_the_cursor_rests(self):
        hub = hub_with(found(*named(2)), plate_jpeg=plate_jpeg(), vehicle_jpeg=vehicle_jpeg())
        async with seated(hub) as desk:
            await search_for(desk, "TE57CAR")
            await desk.until("▀▀▀▀▀▀")
            assert len(asked(hub, "open_read")) == 1

    async def test_masked_rows_hide_plate_and_picture_until_enter_opens_them(self):
        hub = hub_with(found(*masked(3)), plate_jpeg=plate_jpeg(), vehicle_jpeg=vehicle_jpeg())
        async with seated(hub) as desk:
            await search_for(desk, "AB1*")
            await desk.until("> AB1░ ░░░ 22 Nov 14:31:35")
            await desk.pilot.pause(0.5)
            assert asked(hub, "open_read") == []
            assert "Plate and picture are" in desk.text
            assert "▀▀▀" not in desk.text
            await desk.press("j", "enter")
            await desk.until("> AB12 CDE 22 Nov 14:30:35")
            assert "one plate opened. Opened by you in this search: 1." in desk.notice
            assert desk.text.count("AB1░ ░░░") == 2
            await desk.press("k")
            assert "▀▀▀" not in desk.text

    async def test_p_and_a_second_enter_show_the_opened_read_large_and_escape_returns(self):
        hub = hub_with(found(*masked(3)), plate_jpeg=plate_jpeg(), vehicle_jpeg=vehicle_jpeg())
        async with seated(hub) as desk:
            await search_for(desk, "AB1*")
            await desk.press("p")
            assert desk.notice == "No picture yet: Enter opens the read under the cursor first."
            await desk.press("j", "enter")
            await desk.until("> AB12 CDE")
            await desk.press("p")
            assert "── AB12 CDE ── 22 Nov 2026" in desk.lines[2]
            assert "Alpha Bravo One Two" in desk.text
            await desk.press("escape")
            assert "> AB12 CDE" in desk.text
            await desk.press("enter")
            assert "── AB12 CDE ── 22 Nov 2026" in desk.lines[2]

    async def test_the_next_page_is_asked_for_at_the_end_with_the_key_of_the_last_row(self):
        hub = hub_with(found(*named(3), more=True), found(*named(2, start=10)))
        async with seated(hub) as desk:
            await search_for(desk, "TE57CAR")
            await desk.until("more: j goes on.")
            await desk.press("j", "j", "j")
            await desk.until("── 5 reads, 0.06 s ──")
            assert asked(hub, "search")[1][1].before == "key-3"
            assert "> 22 Nov 14:29:35" in desk.text
            assert "end." in desk.text

    async def test_a_search_that_was_cut_says_so_in_rule_and_notice(self):
        cut_at = NOW - timedelta(days=90)
        said = "Searched back to 24 Aug 2026 only."
        hub = hub_with(found(*named(1), cut_at=cut_at, sentence=said))
        async with seated(hub, size=(120, 40)) as desk:
            await search_for(desk, "TE57CAR")
            await desk.until("cut at 24 Aug 15:32")
            assert said in desk.notice


class TestAnswers:
    async def test_no_read_says_where_and_how_long_was_looked(self):
        async with seated(hub_with(found())) as desk:
            await search_for(desk, "TE57CAR")
            await desk.until("returned 0")
            assert "No read of this plate in 24 h at all cameras." in desk.notice

    @pytest.mark.parametrize(
        "refusal",
        [
            RefusedError("Not searched: the oldest part is 14 months old. Set the class."),
            AuditUnavailableError("No rows: the audit record could not be written."),
        ],
    )
    async def test_a_refusal_is_said_in_the_words_of_the_hub_and_no_rows_stay(self, refusal):
        hub = hub_with(found(*named(2)))
        async with seated(hub) as desk:
            await search_for(desk, "TE57CAR")
            await desk.until("2 reads")
            hub.refusal = refusal
            await desk.press("slash", "enter")
            await desk.until(str(refusal)[:60])
            assert "22 Nov 14:31:35" not in desk.text

    @pytest.mark.parametrize("key", ["escape", "ctrl+c"])
    async def test_a_running_search_says_what_it_does_and_can_be_stopped(self, key):
        hub = hub_with(found(*named(1)))
        async with seated(hub) as desk:
            hub.searching.clear()
            await search_for(desk, "TE57CAR")
            await desk.until("Searching 24 h at all cameras. Esc stops it.")
            await desk.press(key)
            assert "stopped, incomplete" in desk.text
            hub.searching.set()
            await desk.pilot.pause(0.1)
            assert "22 Nov 14:31:35" not in desk.text

    async def test_escape_goes_back_one_step_and_the_rows_stay(self):
        async with seated(hub_with(found(*named(2)))) as desk:
            await search_for(desk, "TE57CAR")
            await desk.until("2 reads")
            await desk.press("escape")
            assert desk.notice == ""
            assert "2 reads" in desk.text
            await desk.press("slash")
            assert "[TE57CAR" in desk.text

    async def test_no_plate_is_ever_on_the_notice_line_or_in_the_title(self):
        hub = hub_with(found(*named(2)))
        async with seated(hub) as desk:
            await search_for(desk, "TE57CAR")
            await desk.until("2 reads")
            said = " ".join(sentence for _, sentence in desk.app.seat.notices) + desk.app.title
            assert "TE57" not in said
