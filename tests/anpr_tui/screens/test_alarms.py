"""Screen 1: a High from its arrival to its disposition, by keys alone."""

from dataclasses import replace

import pytest

from anpr_tui.screens import alarms as alarms_screen
from store.errors import RefusedError
from store.terms import AlarmState, Certainty, Decision, Ground, Priority, Purpose
from tests.anpr_tui.pictures import plate_jpeg, vehicle_jpeg
from tests.anpr_tui.scripted_hub import HEALTH, OPERATOR, PROPOSED, ScriptedHub, alarm
from tests.anpr_tui.seats import Desk, seated

M, L = Priority.MEDIUM, Priority.LOW
BOARD = (
    alarm(1187, "TE57CAR", ago_s=40),
    alarm(1185, "JE26TST", ago_s=265, state=AlarmState.ACKNOWLEDGED, by="NS4033", sights=4),
    alarm(1186, "TX24DEM", priority=M, ago_s=150, reason="M01 Wanted person"),
    alarm(1180, "XT19TED", priority=M, ago_s=3_400, certainty=Certainty.POSSIBLE),
    alarm(1179, "UB08CUB", priority=L, ago_s=3_500, reason="L01 No insurance"),
)


def row_of(desk: Desk, text: str) -> int:
    return next(number for number, line in enumerate(desk.lines) if text in line)


def cursor_row(desk: Desk) -> str:
    return next(line for line in desk.lines if line.startswith("> "))


class TestList:
    async def test_each_row_says_priority_plate_list_camera_time_match_and_state(self):
        async with seated(ScriptedHub(alarms=BOARD)) as desk:
            assert desk.lines[3:11] == [
                "  prio   plate    list and why     camera          at         x match state     ",
                "> █HIGH█ TE57 CAR PNC firearms or  N014 Ring Rd E  14:31:55   1 exact NEW 0:40  ",
                "  █HIGH█ JE26 TST PNC firearms or  N014 Ring Rd E  14:28:10   4 exact ack NS4033",
                " " * 80,
                " " * 80,
                "── Medium and Low, newest first " + "─" * 48,
                "  ▌Med ▐ TX24 DEM PNC wanted perso N014 Ring Rd E  14:30:05   1 exact NEW       ",
                "  ▌Med ▐ XT19 TED PNC firearms or  N014 Ring Rd E  13:35:55   1 poss. NEW       ",
            ]

    async def test_the_first_line_counts_what_must_never_be_out_of_sight(self):
        async with seated(ScriptedHub(alarms=BOARD)) as desk:
            assert desk.lines[2].startswith(
                "── Alarms ── 2 High 2 Medium 1 Low ── shelved 0 ── filtered 0 ── 3 per 10 min ─"
            )

    async def test_ages_step_by_five_seconds(self):
        async with seated(ScriptedHub(alarms=BOARD)) as desk:
            desk.hub.beats(at=desk.clock.now)
            await desk.step(3)
            assert "NEW 0:40" in desk.text
            desk.app.screen.show_ages()
            await desk.settle()
            assert "NEW 0:40" in desk.text
            await desk.step(2)
            assert "NEW 0:45" in desk.text

    async def test_an_empty_list_proves_that_the_system_was_looking(self):
        async with seated(ScriptedHub()) as desk:
            assert [line.strip() for line in desk.lines[4:6]] == [
                "No alarms. Last read 1 s ago, 141 of 143 cameras up,",
                "so this is quiet, not broken.",
            ]

    async def test_an_empty_list_without_cameras_does_not_say_quiet(self):
        hub = ScriptedHub(health=replace(HEALTH, cameras_up=0))
        async with seated(hub) as desk:
            assert "not broken" not in desk.text
            assert "0 of 143 cameras up," in desk.text
            assert "so nothing is seen." in desk.text

    async def test_new_medium_and_low_wait_for_n_and_nothing_moves(self):
        hub = ScriptedHub(alarms=BOARD)
        async with seated(hub) as desk:
            await desk.press("j", "j")
            before = row_of(desk, "TX24 DEM")
            hub.raises(alarm(1190, "JK70FAB", priority=M, ago_s=5))
            hub.raises(alarm(1191, "TD55BUS", priority=L, ago_s=4))
            await desk.until("2 new wait: n lets them in.")
            assert "JK70 FAB" not in desk.text
            assert row_of(desk, "TX24 DEM") == before
            assert cursor_row(desk)[9:17] == "TX24 DEM"
            await desk.press("n")
            assert row_of(desk, "TD55 BUS") == before
            assert row_of(desk, "JK70 FAB") == before + 1
            assert cursor_row(desk)[9:17] == "TX24 DEM"
            assert "new wait" not in desk.text

    async def test_h_goes_to_the_next_high_that_nobody_has_acknowledged(self):
        async with seated(ScriptedHub(alarms=BOARD)) as desk:
            await desk.press("G")
            assert cursor_row(desk)[9:17] == "UB08 CUB"
            await desk.press("h")
            assert cursor_row(desk)[9:17] == "TE57 CAR"

    async def test_with_all_high_acknowledged_h_says_so(self):
        async with seated(ScriptedHub(alarms=BOARD[1:])) as desk:
            await desk.press("h")
            assert desk.notice == "No High waits: all are acknowledged."

    async def test_the_cursor_can_reach_rows_below_the_edge(self):
        many = tuple(alarm(n, f"JA{n}AAA", priority=M, ago_s=n) for n in range(10, 40))
        async with seated(ScriptedHub(alarms=many)) as desk:
            await desk.press("G")
            assert cursor_row(desk)[9:17] == "JA39 AAA"
            await desk.press("g", "g")
            assert cursor_row(desk)[9:17] == "JA10 AAA"


class TestCard:
    async def test_it_shows_plate_crop_what_to_do_list_age_and_the_phonetic_line(self):
        hub = ScriptedHub(alarms=BOARD, plate_jpeg=plate_jpeg())
        async with seated(hub) as desk:
            await desk.until("██▌")
            card = desk.text[desk.text.index("A-1187, under the cursor") :]
            assert "PNC firearms or weapons. STOP. Armed response only" in card
            assert "Markers firearms, violent" in card
            assert "list 0:30 old" in card
            assert "Tango Echo Five Seven Charlie Alpha Romeo" in card

    async def test_a_picture_that_is_filed_after_its_alarm_comes_by_itself(self, monkeypatch):
        monkeypatch.setattr(alarms_screen, "FILED_AFTER_S", (0.05, 0.05))
        hub = ScriptedHub(alarms=(alarm(1, "TE57CAR", ago_s=2),))
        async with seated(hub) as desk:
            await desk.until("picture to come")
            hub.plate_jpeg = plate_jpeg()
            await desk.until("██▌")

    async def test_an_old_alarm_without_a_picture_is_opened_once(self):
        hub = ScriptedHub(alarms=(alarm(1, "TE57CAR", ago_s=600),))
        async with seated(hub) as desk:
            await desk.until("no picture kept")
            assert [act for act in hub.acts if act[0] == "alarm"] == [("alarm", "A-1")]

    async def test_a_row_the_cursor_only_passed_is_not_opened(self):
        hub = ScriptedHub(alarms=BOARD)
        async with seated(hub) as desk:
            await desk.press("j", "j", "j")
            await desk.pilot.pause(0.4)
            assert [act for act in hub.acts if act[0] == "alarm"] == [("alarm", "A-1180")]

    async def test_at_120x40_the_pane_shows_what_enter_would(self):
        hub = ScriptedHub(alarms=BOARD, plate_jpeg=plate_jpeg(), vehicle_jpeg=vehicle_jpeg())
        async with seated(hub, size=(120, 40)) as desk:
            await desk.until("Opened, audit")
            assert "├─ A-1187 ── TE57 CAR ──" in desk.text
            assert "▀▀▀▀▀▀" in desk.text
            assert "── Deployed, outcome awaited 0 ──" in desk.text


class TestAcknowledge:
    async def test_a_acknowledges_and_answers_with_its_audit_number(self):
        hub = ScriptedHub(alarms=BOARD)
        async with seated(hub) as desk:
            desk.clock.pass_s(1)
            await desk.press("a")
            await desk.until("A-1187 acknowledged by you; u undoes it for 10 s. Audit 1,204,")
            assert "ack NS4021" in cursor_row(desk)
            assert "High 2, 0 new" in desk.lines[1]

    async def test_a_row_that_had_just_come_under_the_cursor_is_not_acknowledged(self):
        hub = ScriptedHub(alarms=BOARD)
        async with seated(hub) as desk:
            desk.clock.pass_s(1)
            await desk.press("j", "a")
            assert desk.notice.startswith("Not acknowledged: the row under the cursor had just")
            desk.clock.pass_s(0.4)
            await desk.press("a")
            assert ("acknowledge", "A-1185") in hub.acts

    async def test_u_takes_the_last_acknowledgement_back(self):
        hub = ScriptedHub(alarms=BOARD)
        async with seated(hub) as desk:
            desk.clock.pass_s(1)
            await desk.press("a")
            await desk.until("ack NS4021")
            await desk.press("u")
            await desk.until("A-1187 is new again.")
            assert "NEW" in cursor_row(desk)
            await desk.press("u")
            assert desk.notice.startswith("Nothing to undo")

    async def test_a_refusal_is_said_in_the_words_of_the_hub_and_nothing_changes(self):
        hub = ScriptedHub(alarms=BOARD)
        async with seated(hub) as desk:
            desk.clock.pass_s(1)
            hub.refusal = RefusedError("Not acknowledged: NS4033 has A-1187 already.")
            await desk.press("a")
            await desk.until("Not acknowledged: NS4033 has A-1187 already.")
            assert "NEW" in cursor_row(desk)

    async def test_nothing_under_the_cursor_is_said(self):
        async with seated(ScriptedHub()) as desk:
            await desk.press("a")
            assert desk.notice == "There is no alarm under the cursor."


class TestDisposition:
    async def open_form(self, desk: Desk) -> None:
        await desk.press("d")
        await desk.until("TYPE")

    async def test_enter_opens_the_alarm_and_escape_returns_to_its_row(self):
        async with seated(ScriptedHub(alarms=BOARD)) as desk:
            await desk.press("j", "enter")
            await desk.until("── Alarm A-1185 ── JE26 TST ── acknowledged by NS4033 14:28:19 ──")
            assert "Disposition" not in desk.text
            await desk.press("escape")
            assert cursor_row(desk)[9:17] == "JE26 TST"

    async def test_deployed_is_recorded_by_keys_alone_with_unit_and_log(self):
        hub = ScriptedHub(alarms=BOARD)
        async with seated(hub) as desk:
            await self.open_form(desk)
            await desk.press("right", "tab")
            await desk.type("arv07")
            await desk.press("tab")
            await desk.type("NS-20261122-0931")
            await desk.press("tab", "tab", "enter")
            await desk.until("A-1187 recorded: deployed. Audit 1,204,")
            sent = ("decide", "A-1187", Decision.DEPLOYED, "ARV07", "NS-20261122-0931", "")
            assert (*sent, PROPOSED) in hub.acts
            assert "deployed, by you 14:32:35" in desk.lines[2]
            await desk.until("Sent on prevent or detect crime,")

    async def test_a_whole_answer_typed_ahead_is_recorded_like_one_typed_slowly(self):
        hub = ScriptedHub(alarms=BOARD)
        async with seated(hub) as desk:
            await self.open_form(desk)
            await desk.burst("right", "tab", *"ARV07", "tab", *"NS0931", "tab", "tab", "enter")
            await desk.until("A-1187 recorded: deployed. Audit 1,204,")
            sent = ("decide", "A-1187", Decision.DEPLOYED, "ARV07", "NS0931", "")
            assert (*sent, PROPOSED) in hub.acts

    async def test_what_is_typed_ahead_of_an_opening_ground_lands_in_it(self):
        hub = ScriptedHub(alarms=BOARD)
        async with seated(hub) as desk:
            await self.open_form(desk)
            await desk.burst("right", "tab", "tab", "tab", "space", "v", "tab", "tab", "ctrl+u")
            await desk.burst(*"NS0777", "tab", "tab", "enter")
            await desk.until("A-1187 recorded: deployed.")
            (sent,) = [act[-1] for act in hub.acts if act[0] == "decide"]
            assert (sent.purpose, sent.reference) == (Purpose.MISSING_PERSON, "NS0777")

    async def test_the_entry_s_own_ground_stands_in_one_line_once_a_unit_is_sent(self):
        async with seated(ScriptedHub(alarms=BOARD)) as desk:
            await self.open_form(desk)
            assert "Ground" not in desk.text
            await desk.press("right")
            assert " Ground     [prevent or detect crime, NS-20261122-0035: Ala v]" in desk.text
            assert " Why " not in desk.text
            await desk.press("right")
            assert "Ground" not in desk.text
            assert "if not deployed" in desk.text

    async def test_the_space_bar_opens_the_ground_and_another_is_recorded(self):
        hub = ScriptedHub(alarms=BOARD)
        async with seated(hub) as desk:
            await self.open_form(desk)
            await desk.press("right", "tab", "tab", "tab", "space")
            await desk.until(" Purpose [prevent or detect cri v]")
            await desk.press("v", "tab", "tab", "ctrl+u")
            await desk.type("NS-20261122-0777")
            await desk.press("tab", "ctrl+u")
            await desk.type("Child seen in it by the school")
            await desk.press("tab", "enter")
            await desk.until("A-1187 recorded: deployed.")
            (sent,) = [act[-1] for act in hub.acts if act[0] == "decide"]
            assert sent == Ground(
                purpose=Purpose.MISSING_PERSON,
                category=PROPOSED.category,
                reference="NS-20261122-0777",
                reason="Child seen in it by the school",
            )

    async def test_without_a_proposal_the_officer_says_the_purpose(self):
        hub = ScriptedHub(alarms=BOARD)
        hub.proposed = None
        async with seated(hub) as desk:
            await self.open_form(desk)
            await desk.press("right", *["tab"] * 7, "enter")
            assert desk.notice == "Not recorded: a unit is sent for a purpose. Choose one."
            assert "decide" not in str(hub.acts)
            await desk.press("w", "tab", "o", "tab")
            await desk.type("NS-20261122-0777")
            await desk.press("tab")
            await desk.type("Seen at the Quay by PC 1187")
            await desk.press("tab", "enter")
            await desk.until("A-1187 recorded: deployed.")
            (sent,) = [act[-1] for act in hub.acts if act[0] == "decide"]
            assert (sent.purpose, sent.category) == (Purpose.WANTED_PERSON, PROPOSED.category)

    async def test_where_the_entry_names_no_incident_the_log_is_the_reference(self):
        hub = ScriptedHub(alarms=BOARD)
        hub.proposed = replace(PROPOSED, reference="")
        async with seated(hub) as desk:
            await self.open_form(desk)
            await desk.press("right", "tab", "tab", "tab", "tab", "enter")
            assert desk.notice == (
                "Not recorded: no incident. Give the STORM log, or change the ground."
            )
            await desk.type("NS-20261122-0931")
            await desk.press("tab", "tab", "enter")
            await desk.until("A-1187 recorded: deployed.")
            (sent,) = [act[-1] for act in hub.acts if act[0] == "decide"]
            assert sent == replace(PROPOSED, reference="NS-20261122-0931")

    async def test_an_alarm_passed_to_a_force_goes_there_on_a_ground(self):
        hub = ScriptedHub(alarms=BOARD)
        async with seated(hub) as desk:
            await self.open_form(desk)
            await desk.press("left", "left", "left", "tab")
            await desk.type("SV")
            await desk.press("tab", "tab", "tab", "enter")
            await desk.until("A-1187 recorded: passed to force.")
            assert ("decide", "A-1187", Decision.PASSED_ON, "SV", "", "", PROPOSED) in hub.acts

    async def test_nothing_is_chosen_beforehand_so_record_alone_does_nothing(self):
        hub = ScriptedHub(alarms=BOARD)
        async with seated(hub) as desk:
            await self.open_form(desk)
            await desk.press("tab", "tab", "tab", "tab", "enter")
            assert desk.notice == "Not recorded: choose a decision first."
            assert "decide" not in str(hub.acts)

    @pytest.mark.parametrize(
        ("presses", "said"),
        [
            (2, 'Not recorded: "not deployed" needs a reason. Say why.'),
            (3, "Not recorded: name the force it is passed to under Resource."),
        ],
    )
    async def test_what_an_answer_lacks_is_said_and_gets_the_keyboard(self, presses, said):
        hub = ScriptedHub(alarms=BOARD)
        async with seated(hub) as desk:
            await self.open_form(desk)
            await desk.press(*["right"] * presses, *["tab"] * 4, "enter")
            assert desk.notice == said
            assert "decide" not in str(hub.acts)
            await desk.type("nobody near")
            await desk.press("tab", "tab", "tab", "enter")
            if presses == 2:
                assert "nobody near" in desk.text

    async def test_keys_typed_before_the_form_could_be_read_are_dropped(self):
        hub = ScriptedHub(alarms=BOARD)
        async with seated(hub) as desk:
            await desk.burst("d", "right", "a", "tab", "enter")
            await desk.until("TYPE")
            assert "(*)" not in desk.text
            assert "acknowledge" not in str(hub.acts)

    async def test_escape_gives_the_keys_back_and_keeps_the_draft(self):
        hub = ScriptedHub(alarms=BOARD)
        async with seated(hub) as desk:
            await self.open_form(desk)
            await desk.press("right", "escape")
            assert "TYPE" not in desk.lines[-1]
            assert "(*) deployed" in desk.text
            assert "decide" not in str(hub.acts)

    async def test_a_refused_answer_leaves_the_form_as_it_was(self):
        hub = ScriptedHub(alarms=BOARD)
        async with seated(hub) as desk:
            await self.open_form(desk)
            await desk.press("right", "tab")
            await desk.type("ARV07")
            hub.refusal = RefusedError("Not recorded: A-1187 was answered by NS4033 at 14:32.")
            await desk.press("tab", "tab", "tab", "enter")
            await desk.until("Not recorded: A-1187 was answered by NS4033")
            assert "ARV07" in desk.text


class TestOfficerOfOwn:
    async def test_the_alarm_says_you_for_the_officers_own_acts(self):
        own = alarm(1, "TE57CAR", state=AlarmState.ACKNOWLEDGED, by=OPERATOR.staff_id)
        async with seated(ScriptedHub(alarms=(own,))) as desk:
            await desk.press("enter")
            await desk.until("acknowledged by you 14:32:04")
