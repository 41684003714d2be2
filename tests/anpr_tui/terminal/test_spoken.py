"""`:plain` leaves nothing on the screen that a reader cannot say."""

import re

from hypothesis import given
from hypothesis import strategies as st

from anpr_tui.terminal.spoken import spoken
from tests.anpr_tui.pictures import flat_plate_jpeg, flat_vehicle_jpeg
from tests.anpr_tui.scripted_hub import ScriptedHub, alarm
from tests.anpr_tui.seats import seated

DRAWN = re.compile(r"[─-▟•]")


@given(st.text(st.characters(exclude_categories=[]) | st.sampled_from("─│█▌▐░╔▟•")))
def test_a_line_keeps_its_length_and_loses_all_that_is_drawn(text: str) -> None:
    assert len(spoken(text)) == len(text)
    assert not DRAWN.search(spoken(text))


def test_badges_and_masks_are_written_as_drawn_without_blocks() -> None:
    assert spoken("█HIGH█ ▌Med ▐ ░░░░ │") == "#HIGH# =Med = .... |"


async def test_plain_writes_words_for_blocks_and_is_undone() -> None:
    hub = ScriptedHub(
        alarms=(alarm(1187, "TE57CAR"),),
        plate_jpeg=flat_plate_jpeg(),
        vehicle_jpeg=flat_vehicle_jpeg(),
    )
    async with seated(hub) as desk:
        await desk.until("█HIGH█")
        for said in ("plain again undoes it", "As drawn."):
            await desk.press("colon")
            await desk.type("plain")
            await desk.press("enter")
            await desk.until(said)
            await desk.pilot.pause(0.3)
            plainly = said != "As drawn."
            assert ("#HIGH#" in desk.text) is plainly
            assert bool(DRAWN.search(desk.text)) is not plainly
