"""Rows never move under the cursor, and a High is never hidden."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from anpr_tui.board import Board
from store.answers import AlarmBoard
from store.terms import Action, AlarmState, Priority
from tests.anpr_tui.scripted_hub import NOW, alarm

M, L = Priority.MEDIUM, Priority.LOW


def board_of(*alarms) -> Board:
    board = Board()
    board.start(AlarmBoard(alarms, 0, 0, 0))
    return board


def ids(lines) -> list[str]:
    return ["---" if one.rule else one.alarm.alarm_id if one.alarm else "" for one in lines]


def drawn(board: Board, *, cursor: str = "", height: int = 11, top: int = 0) -> list[str]:
    return ids(board.lines(height=height, high_lines=4, top=top, cursor=cursor))


def test_high_owns_the_first_lines_and_the_rest_is_newest_first():
    board = board_of(
        alarm(1, "J1", ago_s=300),
        alarm(2, "J2", priority=M, ago_s=200),
        alarm(3, "J3", priority=L, ago_s=100),
    )
    assert drawn(board)[:7] == ["A-1", "", "", "", "---", "A-3", "A-2"]


def test_a_new_high_takes_an_empty_line_at_once():
    board = board_of(alarm(1, "J1", ago_s=300), alarm(2, "J2", priority=M))
    assert board.take(alarm(9, "J9", ago_s=0))
    assert drawn(board)[:6] == ["A-1", "A-9", "", "", "---", "A-2"]


def test_new_medium_and_low_wait_until_they_are_let_in():
    board = board_of(alarm(2, "J2", priority=M, ago_s=200))
    board.take(alarm(3, "J3", priority=M, ago_s=10))
    board.take(alarm(4, "J4", priority=L, ago_s=5))
    assert board.waiting == 2
    assert drawn(board)[4:] == ["---", "A-2", "", "", "", "", ""]
    board.let_in()
    assert board.waiting == 0
    assert drawn(board)[4:] == ["---", "A-4", "A-3", "A-2", "", "", ""]


def test_a_fifth_high_covers_the_list_from_its_top_but_never_the_cursor():
    lower = [alarm(n, f"J{n}", priority=M, ago_s=n) for n in range(10, 16)]
    board = board_of(*lower, *(alarm(n, f"J{n}", ago_s=n) for n in range(1, 5)))
    before = drawn(board, cursor="A-10")
    board.take(alarm(7, "J7", ago_s=0))
    after = drawn(board, cursor="A-10")
    assert before[4:6] == ["---", "A-10"]
    assert after[4:7] == ["A-7", "A-10", "---"]
    assert after[7:] == before[7:]


def test_a_change_of_a_shown_alarm_changes_its_row_and_moves_nothing():
    board = board_of(
        alarm(1, "J1"), alarm(2, "J2", priority=M, ago_s=9), alarm(3, "J3", priority=M)
    )
    before = drawn(board)
    board.take(replace(board.alarm("A-2"), seq=99, captured_at=NOW, sights=2))
    assert drawn(board) == before
    assert board.alarm("A-2").sights == 2
    assert board.waiting == 0


def test_an_older_change_that_arrives_late_is_dropped():
    board = board_of(replace(alarm(1, "J1"), seq=5, state=AlarmState.ACKNOWLEDGED))
    assert not board.take(replace(alarm(1, "J1"), seq=4))
    assert board.alarm("A-1").state is AlarmState.ACKNOWLEDGED


def test_only_an_unacknowledged_high_that_was_not_known_rings():
    board = board_of(alarm(1, "J1"))
    assert not board.take(replace(alarm(1, "J1"), seq=8, sights=2))
    assert not board.take(alarm(2, "J2", priority=M))
    assert not board.take(alarm(3, "J3", state=AlarmState.ACKNOWLEDGED, by="NS4033"))
    assert board.take(alarm(4, "J4"))
    assert board.take(replace(alarm(2, "J2"), seq=9))


def test_a_silent_high_is_shown_and_does_not_ring():
    loud = alarm(4, "J4")
    silent = replace(loud, entry=replace(loud.entry, action=Action.SILENT))
    board = board_of()
    assert not board.take(silent)
    assert board.high_new == 1


def test_an_answered_high_keeps_its_line_until_rows_are_let_in():
    board = board_of(alarm(1, "J1"), alarm(2, "J2", priority=M))
    board.take(replace(alarm(1, "J1"), seq=7, state=AlarmState.ACTIONED))
    assert drawn(board)[0] == "A-1"
    board.let_in()
    assert drawn(board)[0] == ""
    assert "A-1" in drawn(board)[5:]


def test_the_next_high_goes_round():
    board = board_of(*(alarm(n, f"J{n}", ago_s=n) for n in (1, 2, 3)))
    assert board.next_high("A-3") == "A-1"
    assert board.next_high("A-1") == "A-2"
    assert board.next_high("") == "A-1"
    assert board_of(alarm(1, "J1", priority=M)).next_high("") is None


PRIORITIES = st.sampled_from(list(Priority))
STEPS = st.lists(st.tuples(st.integers(1, 30), PRIORITIES, st.sampled_from(list(AlarmState))))


@given(start=STEPS, then=STEPS, pick=st.integers(0, 40), height=st.integers(12, 24))
def test_whatever_comes_the_row_under_the_cursor_stays_on_its_line(start, then, pick, height):
    board = board_of(*(alarm(n, f"J{n}", priority=p, state=s) for n, p, s in start))
    order = board.order()
    if not order:
        return
    cursor = order[pick % len(order)]
    before = drawn(board, cursor=cursor, height=height)
    for step, (number, priority, state) in enumerate(then):
        came = alarm(number, f"J{number}", priority=priority, state=state)
        if came.alarm_id != cursor and len(board.high) < height - 1:
            board.take(replace(came, seq=1_000 + step))
    after = drawn(board, cursor=cursor, height=height)
    assert len(after) == height
    if cursor in before:
        assert after.index(cursor) == before.index(cursor)


@given(STEPS)
def test_no_open_high_is_ever_missing_from_the_order(steps):
    board = Board()
    for step, (number, priority, state) in enumerate(steps):
        came = alarm(number, f"J{number}", priority=priority, state=state)
        board.take(replace(came, seq=step))
        shown = set(board.order())
        open_high = {
            f"A-{n}"
            for n in range(1, 31)
            if (one := board.alarm(f"A-{n}"))
            and one.priority is Priority.HIGH
            and one.state is not AlarmState.ACTIONED
        }
        assert open_high <= shown
