"""The frame: who, where, what was said, how healthy, which keys - on every screen."""

from dataclasses import replace
from datetime import timedelta

import pytest

from store.errors import RefusedError, UnavailableError
from store.terms import Officer, Priority
from tests.anpr_tui.scripted_hub import HEALTH, INVESTIGATOR, MANAGER, NOW, ScriptedHub, alarm
from tests.anpr_tui.seats import seated

HIGH = (alarm(1187, "TE57CAR"), alarm(1186, "TX24DEM", priority=Priority.MEDIUM, ago_s=150))


class TestFrame:
    @pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40)])
    async def test_every_line_is_exactly_as_wide_as_the_window(self, size):
        async with seated(ScriptedHub(alarms=HIGH), size=size) as desk:
            assert [len(line) for line in desk.lines] == [size[0]] * size[1]
            await desk.press("2")
            assert [len(line) for line in desk.lines] == [size[0]] * size[1]

    async def test_line_1_says_force_marking_officer_and_grant(self):
        async with seated(ScriptedHub()) as desk:
            assert desk.lines[0] == (
                " Northshire Police ▌OFFICIAL-SENSITIVE▐ NS4021 operator       no grant in force "
            )

    async def test_a_hub_that_was_told_no_force_names_none(self):
        async with seated(ScriptedHub(health=replace(HEALTH, force=""))) as desk:
            assert desk.lines[0].startswith(" ANPR Hub ▌OFFICIAL-SENSITIVE▐ NS4021 operator ")

    async def test_a_demonstration_says_so_where_the_marking_stands(self):
        hub = ScriptedHub(health=replace(HEALTH, demonstration=True))
        async with seated(hub) as desk:
            assert "▌DEMONSTRATION▐" in desk.lines[0]
            assert "OFFICIAL" not in desk.lines[0]

    async def test_line_2_counts_high_for_whoever_may_act_on_it(self):
        async with seated(ScriptedHub(alarms=HIGH)) as desk:
            assert desk.lines[1].startswith("[1 Alarms] 2 Search ")
            assert desk.lines[1].endswith(" █HIGH 1 NEW█ h ")
        async with seated(ScriptedHub(officer=INVESTIGATOR)) as desk:
            assert desk.lines[1].strip() == "[2 Search] 4 Access  8 Audit"

    async def test_the_health_line_is_plain_while_all_is_well(self):
        async with seated(ScriptedHub()) as desk:
            said = desk.lines[-2].strip()
            assert said == "feed <2s │ cameras 141/143 │ lists 0:30 old │ cluster ok"

    async def test_trouble_is_written_in_capitals(self):
        hub = ScriptedHub(health=replace(HEALTH, list_loaded_at=None, cluster="GONE 1/5"))
        async with seated(hub) as desk:
            assert "lists NONE" in desk.lines[-2]
            assert "cluster GONE 1/5" in desk.lines[-2]

    async def test_the_watermark_is_staff_number_and_minute(self):
        async with seated(ScriptedHub()) as desk:
            assert desk.lines[-1].endswith(" NS4021 14:32 ")

    async def test_a_place_of_another_role_or_release_answers_on_the_notice_line(self):
        async with seated(ScriptedHub(officer=INVESTIGATOR)) as desk:
            await desk.press("1")
            assert desk.notice == "1 is Alarms, which the role investigator does not have."
            await desk.press("7")
            assert desk.notice == "7 is Cluster, which is not part of this release."

    async def test_a_window_below_80x24_says_what_is_needed_and_still_counts_high(self):
        async with seated(ScriptedHub(alarms=HIGH), size=(72, 20)) as desk:
            assert desk.lines[0].strip() == "This window is 72x20, the console needs 80x24"
            assert desk.lines[1].strip() == "█HIGH 1 NEW█"
            assert "TE57" not in desk.text
            await desk.pilot.resize_terminal(80, 24)
            await desk.settle()
            assert "TE57 CAR" in desk.text


class TestStaleData:
    async def test_an_old_heartbeat_turns_the_notice_line_into_a_bar_and_rows_stay(self):
        async with seated(ScriptedHub(alarms=HIGH)) as desk:
            await desk.step(10)
            assert "DATA STALE" not in desk.text
            await desk.step(5)
            assert desk.notice.startswith("DATA STALE 0:15")
            assert "TE57 CAR" in desk.text
            await desk.step(60)
            assert "NEW 0:50" in desk.text  # ages freeze where the data stopped being fresh
            desk.hub.beats(at=desk.clock.now)
            await desk.settle()
            assert "DATA STALE" not in desk.text

    async def test_a_lost_hub_is_stale_at_once_and_is_joined_again_by_itself(self):
        hub = ScriptedHub(alarms=HIGH)
        async with seated(hub) as desk:
            hub.goes()
            await desk.until("DATA STALE 0:00")
            assert "feed STALE" in desk.lines[-2]
            assert "TE57 CAR" in desk.text
            await desk.until("The hub answers again.")
            assert "DATA STALE" not in desk.text

    async def test_an_act_without_a_hub_is_refused_and_nothing_is_pretended(self):
        hub = ScriptedHub(alarms=HIGH)
        async with seated(hub) as desk:
            hub.goes()
            await desk.until("DATA STALE")
            await desk.step(1)
            await desk.press("a")
            assert "Not done: the hub does not answer." in desk.notice
            assert "acknowledge" not in str(hub.acts)


class TestSigningOn:
    async def test_an_officer_the_hub_refuses_is_shown_out_with_its_words(self):
        hub = ScriptedHub()
        hub.refusal = RefusedError("Access suspended. Your ANPR Manager can say why.")
        async with seated(hub) as desk:
            await desk.settle()
            assert desk.app.turned_away == "Access suspended. Your ANPR Manager can say why."

    async def test_without_a_hub_the_console_says_so_and_goes_on_trying(self):
        hub = ScriptedHub()
        hub.refusal = UnavailableError("Not connected: no hub answers on its socket.")
        async with seated(hub) as desk:
            assert "Not connected: no hub answers" in desk.notice
            hub.refusal = None
            await desk.until("[1 Alarms]")

    async def test_a_role_without_a_screen_is_told(self):
        async with seated(ScriptedHub(officer=Officer("NS7002", "XYZ"))) as desk:
            assert desk.notice == "Nothing to show: this console has no screen for XYZ yet."


class TestKeys:
    async def test_g_lists_the_letters_and_waits(self):
        async with seated(ScriptedHub(officer=MANAGER)) as desk:
            await desk.press("g")
            listed = "g then a Alarms, s Search, r Access, u Audit, g top. Esc forgets it."
            assert desk.notice == listed
            await desk.press("s")
            assert "[2 Search]" in desk.lines[1]
            await desk.press("g", "a")
            assert "[1 Alarms]" in desk.lines[1]

    async def test_question_mark_shows_the_keys_of_the_screen_from_its_table(self):
        async with seated(ScriptedHub(alarms=HIGH)) as desk:
            await desk.press("question_mark")
            assert "Keys of this screen" in desk.lines[2]
            assert "let waiting rows in" in desk.text
            await desk.press("escape")
            assert "under the cursor" in desk.text

    async def test_the_command_line_completes_and_quits(self):
        async with seated(ScriptedHub()) as desk:
            await desk.press("colon", "q")
            assert desk.lines[-3].strip().startswith(":q")
            assert ":quit" in desk.lines[-3]
            await desk.press("tab")
            assert desk.lines[-3].startswith(" :quit")
            await desk.press("enter")
            assert not desk.app.is_running or desk.app._exit

    async def test_an_unknown_command_is_named_as_such(self):
        async with seated(ScriptedHub()) as desk:
            await desk.type(":zz")
            await desk.press("enter")
            assert desk.notice.startswith("Not done: no such command.")

    async def test_notices_lists_what_was_said(self):
        async with seated(ScriptedHub()) as desk:
            await desk.press("7")
            await desk.type(":notices")
            await desk.press("enter")
            assert "14:32:35  7 is Cluster" in desk.text

    async def test_ctrl_c_says_how_to_leave(self):
        async with seated(ScriptedHub()) as desk:
            await desk.press("ctrl+c")
            assert desk.notice == "To leave, type :quit and Enter. Esc goes one step back."
            assert desk.app.is_running


class TestRestricted:
    async def test_actions_outside_the_allow_list_do_nothing(self):
        async with seated(ScriptedHub(), size=(80, 24)) as desk:
            for action in (
                "screenshot",
                "app.suspend_process",
                "command_palette",
                "simulate_key('a')",
                "toggle_dark",
                "quit",
                "app.bell",
            ):
                assert not await desk.app.run_action(action), action
            assert desk.app.is_running

    async def test_no_way_leads_to_a_file_a_link_or_the_clipboard(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        async with seated(ScriptedHub()) as desk:
            desk.app.action_screenshot()
            assert desk.app.save_screenshot() == ""
            desk.app.deliver_text(None)
            desk.app.copy_to_clipboard("TE57CAR")
            assert desk.app.clipboard == ""
            with desk.app.suspend():
                assert desk.app.is_running
        assert list(tmp_path.iterdir()) == []

    async def test_markup_and_control_codes_in_data_are_shown_as_text_or_dropped(self):
        nasty = "[red]x[/] [@click=app.quit()]\x1b]52;c;eA==\x07\u202eRAB"
        listed = alarm(1, "TE57CAR", instructions=nasty, reason="H03 " + nasty)
        odd = replace(listed, camera_name="\x9b2J日本")
        async with seated(ScriptedHub(alarms=(odd,)), size=(120, 40)) as desk:
            assert [len(line) for line in desk.lines] == [120] * 40
            assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(desk.text)
            assert "[red]x" in desk.text
            assert "??" in desk.text

    async def test_a_failure_prints_no_traceback_and_is_kept_for_the_log(self, capsys):
        with pytest.raises(ZeroDivisionError):
            async with seated(ScriptedHub()) as desk:
                desk.app.call_later(lambda: 1 / 0)
                await desk.settle()
        assert isinstance(desk.app.failure, ZeroDivisionError)
        assert "Traceback" not in "".join(capsys.readouterr())


class TestHighEverywhere:
    async def test_a_high_rings_once_and_is_counted_on_every_screen_and_in_the_title(self):
        hub = ScriptedHub()
        async with seated(hub) as desk:
            await desk.press("2")
            hub.raises(alarm(1187, "TE57CAR"))
            await desk.until("█HIGH 1 NEW█")
            assert desk.bells == 1
            assert desk.app.title == "ANPR 1 High"
            assert "TE57" not in desk.text

    async def test_h_goes_to_the_high_from_search_and_from_an_opened_alarm(self):
        async with seated(ScriptedHub(alarms=HIGH)) as desk:
            await desk.press("2", "h")
            assert "[1 Alarms]" in desk.text
            assert "> █HIGH█ TE57 CAR" in desk.text
            await desk.press("j", "enter")
            await desk.until("── Alarm A-1186")
            await desk.press("h")
            assert "> █HIGH█ TE57 CAR" in desk.text

    async def test_high_alarms_within_five_seconds_ring_once(self):
        hub = ScriptedHub()
        async with seated(hub) as desk:
            hub.raises(alarm(1, "JA11AAA"))
            hub.raises(alarm(2, "JA12AAA"))
            await desk.until("█HIGH 2 NEW█")
            assert desk.bells == 1
            desk.clock.pass_s(5)
            hub.raises(alarm(3, "JA13AAA"))
            await desk.until("█HIGH 3 NEW█")
            assert desk.bells == 2

    async def test_medium_and_low_never_ring(self):
        hub = ScriptedHub()
        async with seated(hub) as desk:
            hub.raises(alarm(5, "JA15AAA", priority=Priority.MEDIUM))
            await desk.until("1 new waits: n lets it in.")
            assert desk.bells == 0

    async def test_events_that_were_dropped_are_noticed_by_the_next_beat(self):
        hub = ScriptedHub()
        async with seated(hub) as desk:
            missed = alarm(77, "JA17AAA")
            hub.known[missed.alarm_id] = missed
            hub.beats(at=NOW + timedelta(seconds=1))
            await desk.until("█HIGH 1 NEW█")


class TestTypingAhead:
    async def test_keys_sent_in_one_burst_go_where_they_would_go_one_by_one(self):
        hub = ScriptedHub(alarms=HIGH)
        async with seated(hub) as desk:
            desk.clock.pass_s(1)
            await desk.burst("slash", "a", "b", "1", "tab", "ctrl+u", "minus", "7", "d")
            assert "[AB1 " in desk.text
            assert "[-7d " in desk.text
            assert "acknowledge" not in str(hub.acts)

    async def test_a_command_in_one_burst_is_no_key_of_the_screen(self):
        hub = ScriptedHub(alarms=HIGH)
        async with seated(hub) as desk:
            desk.clock.pass_s(1)
            await desk.burst("colon", "n", "o", "t", "i", "tab", "enter", "escape", "2")
            assert "[2 Search]" in desk.text
            assert hub.acts == [] or hub.acts[0][0] != "acknowledge"

    async def test_opening_and_deciding_in_one_burst_acts_on_nothing_unseen(self):
        hub = ScriptedHub(alarms=HIGH)
        async with seated(hub) as desk:
            await desk.burst("enter", "d", "right", "tab", "x")
            await desk.until("TYPE")
            assert "(*)" not in desk.text
